"""Reads a line of JSON for each file that was served: {"stored": path, "served": path}; writes what pydicom and GDCM make of both."""
import hashlib
import json
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")
J2K = "1.2.840.10008.1.2.4.90"
# OpenJPEG, by which GDCM decodes JPEG 2000, reads the high-throughput coder as well; GDCM does not know it by its name.
KNOWN_AS = {"1.2.840.10008.1.2.4.201": J2K, "1.2.840.10008.1.2.4.202": J2K}
PIXELS = (0x7FE00010, 0x7FE00008, 0x7FE00009)


def pixels(ds):
    """Samples by frame, row, column and colour."""
    try:
        syntax = str(ds.file_meta.TransferSyntaxUID)
        ds.file_meta.TransferSyntaxUID = pydicom.uid.UID(KNOWN_AS.get(syntax, syntax))
        array = ds.pixel_array
        little = array.astype(array.dtype.newbyteorder("<"))
        return [list(array.shape), hashlib.sha256(little.tobytes()).hexdigest()]
    except Exception as error:
        return [None, str(error)[:200]]


def changed(one, other):
    tags = {e.tag for ds in (one, other) for e in ds if e.tag not in PIXELS}
    return sorted("%08X" % tag for tag in tags if one.get(tag) != other.get(tag))


for line in sys.stdin:
    asked = json.loads(line)
    stored, served = pydicom.dcmread(asked["stored"]), pydicom.dcmread(asked["served"])
    syntax = str(served.file_meta.TransferSyntaxUID)
    said = {"syntax": syntax, "uid": str(served.SOPInstanceUID), "changed": changed(stored, served)}
    print(json.dumps({**said, "stored": pixels(stored), "served": pixels(served)}), flush=True)
