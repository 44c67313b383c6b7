"""Reads a zip a line, each with a DICOMDIR, and writes for each how many files its records name, and what is wrong with it."""
import json
import os
import sys
import tempfile
import warnings
import zipfile

import pydicom
from pydicom.fileset import FileSet

warnings.simplefilter("ignore")
REFERENCES = {
    "ReferencedSOPClassUIDInFile": lambda ds: ds.SOPClassUID,
    "ReferencedSOPInstanceUIDInFile": lambda ds: ds.SOPInstanceUID,
    "ReferencedTransferSyntaxUIDInFile": lambda ds: ds.file_meta.TransferSyntaxUID,
}
# What stands in for what a file does not say: PS3.3 has these keys filled in all the same.
COUNTED = {"StudyID", "SeriesNumber", "InstanceNumber"}
FROM_ELSEWHERE = {"StudyDate": ("SeriesDate", "AcquisitionDate", "ContentDate"), "StudyTime": ("SeriesTime", "AcquisitionTime", "ContentTime")}


def texts(ds, keyword):
    if keyword not in ds:
        return []
    value = ds[keyword].value
    many = value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    return [str(one).strip() for one in many if one is not None and str(one).strip() != ""]


def wrong(record, ds):
    """The keys of one record that are not what the file says."""
    for element in record:
        keyword = element.keyword
        if element.tag.group in (0x0004, 0xFFFE) or keyword == "SpecificCharacterSet" or element.VR == "SQ":
            continue
        ours, theirs = texts(record, keyword), texts(ds, keyword)
        if ours == theirs or (keyword in COUNTED and theirs == []):
            continue
        if ours == [] and theirs != [] and any(max(map(ord, one)) > 126 or len(one) > 250 for one in theirs):
            yield f"{record.DirectoryRecordType} {keyword} left out"
        elif theirs == [] and any(ours == texts(ds, other) for other in FROM_ELSEWHERE.get(keyword, ())):
            continue
        else:
            yield f"{record.DirectoryRecordType} {keyword}: {ours} is {theirs}"


def read(folder):
    found = pydicom.dcmread(os.path.join(folder, "DICOMDIR"))
    by_offset = {item.seq_item_tell: item for item in found.DirectoryRecordSequence}
    problems, named, types = [], set(), {}
    work = [(found[0x00041200].value, [])]
    while work:
        at, above = work.pop()
        if at == 0:
            continue
        record = by_offset.pop(at, None)
        if record is None:
            problems.append("an offset leads nowhere, or twice")
            continue
        work.append((record.OffsetOfTheNextDirectoryRecord, above))
        work.append((record.OffsetOfReferencedLowerLevelDirectoryEntity, [*above, record]))
        if "ReferencedFileID" not in record:
            continue
        name = record.ReferencedFileID
        path = name if isinstance(name, str) else "/".join(name)
        named.add(path)
        types[record.DirectoryRecordType] = types.get(record.DirectoryRecordType, 0) + 1
        ds = pydicom.dcmread(os.path.join(folder, path), stop_before_pixels=True, force=True)
        for keyword, of in REFERENCES.items():
            if str(record[keyword].value) != str(of(ds)):
                problems.append(f"{keyword} is not the file's")
        for one in [*above, record]:
            problems.extend(wrong(one, ds))
    if by_offset:
        problems.append(f"{len(by_offset)} records are reached by no offset")
    there = {
        os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names
    } - {"DICOMDIR", "README.TXT"}
    if there != named:
        problems.append(f"{len(there - named)} files without a record, {len(named - there)} records without a file")
    try:
        of_pydicom = len(FileSet(found))
    except Exception as error:
        of_pydicom = str(error)
    return {"files": len(named), "types": types, "problems": problems, "fileSet": of_pydicom}


for line in sys.stdin.read().splitlines():
    with tempfile.TemporaryDirectory() as into, zipfile.ZipFile(line) as archive:
        # Checks every CRC on the way.
        archive.extractall(into)
        print(json.dumps(read(into)))
