"""Reads transcoded files with DCMTK, GDCM and pydicom, and says in which they differ from what they were made of.

Arguments: the folder of the sources, then of each target `name=folder`. Prints a line of JSON a pair.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings

import numpy
import pydicom
from pydicom.dataelem import RawDataElement

warnings.simplefilter("ignore")
sources = sys.argv[1]
targets = dict(argument.split("=", 1) for argument in sys.argv[2:])
scratch = tempfile.mkdtemp()
ROOT = "1.2.840.10008.1.2"
LOSSY = {f"{ROOT}.4.{n}" for n in (50, 51, 81, 91, 203)}
JPEG = {f"{ROOT}.4.{n}" for n in (50, 51, 57, 70)}
JPEG_LS = {f"{ROOT}.4.80", f"{ROOT}.4.81"}
JPEG_2000 = {f"{ROOT}.4.90", f"{ROOT}.4.91"}
HTJ2K = {f"{ROOT}.4.201", f"{ROOT}.4.202", f"{ROOT}.4.203"}
CHANGED = {0x00280004, 0x00280006, 0x7FE00000, 0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010}
REWRITTEN = {ROOT, f"{ROOT}.2"}


def values(path):
    """Stored values, pixel by pixel: what stands beside them in their words is compared by the exchange itself."""
    d = pydicom.dcmread(path)
    if "PixelData" not in d:
        word = "FloatPixelData" if "FloatPixelData" in d else "DoubleFloatPixelData"
        return d[word].value
    a = d.pixel_array
    stored, high = int(d.BitsStored), int(d.HighBit)
    if not 0 < stored <= high + 1 <= int(d.BitsAllocated):
        return a.astype(numpy.int64)
    v = (a.astype(numpy.int64) >> (high + 1 - stored)) & ((1 << stored) - 1)
    return numpy.where(v >= 1 << (stored - 1), v - (1 << stored), v) if d.PixelRepresentation == 1 else v


def by(*command):
    """What a tool makes of a file, as pydicom reads it; it may take a minute and 4 GB."""

    def read(path):
        out = os.path.join(scratch, "out.dcm")
        if os.path.exists(out):
            os.remove(out)
        done = subprocess.run(
            ["sh", "-c", 'ulimit -t 60; ulimit -v 4000000; exec "$@"', "sh", *command, path, out], capture_output=True
        )
        if done.returncode or not os.path.exists(out):
            raise Exception(f"{command[0]}: {(done.stderr or done.stdout)[:100]}")
        return values(out)

    return read


gdcm = by("gdcmconv", "--raw")


def openjpeg(path):
    """GDCM's OpenJPEG reads the code streams of HTJ2K; its own name for them is that of JPEG 2000."""
    d = pydicom.dcmread(path)
    d.file_meta.TransferSyntaxUID = f"{ROOT}.4.90"
    renamed = os.path.join(scratch, "renamed.dcm")
    d.save_as(renamed)
    return gdcm(renamed)


def readers(syntax):
    if syntax in JPEG:
        return {"dcmdjpeg": by("dcmdjpeg", "-q"), "gdcm": gdcm}
    if syntax in JPEG_LS:
        return {"dcmdjpls": by("dcmdjpls", "-q"), "gdcm": gdcm}
    if syntax in JPEG_2000:
        return {"gdcm": gdcm}
    if syntax in HTJ2K:
        return {"openjpeg": openjpeg}
    if syntax == f"{ROOT}.5":
        return {"pydicom": values, "dcmdrle": by("dcmdrle", "-q")}
    return {"pydicom": values}


def first_values(path, syntax):
    for read in readers(syntax).values():
        try:
            return read(path)
        except Exception:
            pass
    return None


def same(a, b):
    if isinstance(a, bytes) or isinstance(b, bytes):
        return a == b
    return a.size == b.size and bool((a.reshape(-1) == b.reshape(-1)).all())


def differences(before, after):
    """Tags whose elements differ, those apart that a transcoding may change; of a header that is written anew group lengths are gone."""
    found = []
    rewritten = str(before.file_meta.TransferSyntaxUID) in REWRITTEN
    for tag in sorted({*before.keys(), *after.keys()}):
        one, other = before.get_item(tag), after.get_item(tag)
        if int(tag) in CHANGED:
            if int(tag) == 0x7FE00000 and other is not None:
                found.append(str(tag))
            continue
        if int(tag) & 0xFFFF == 0 and rewritten:
            if other is not None:
                found.append(str(tag))
            continue
        # Only the transfer syntax of a lossy one may have said so; then the header says it from now on.
        if int(tag) == 0x00282110 and str(before.file_meta.TransferSyntaxUID) in LOSSY:
            if other is None or str(after[tag].value) not in ("01", "" if one is None else str(before[tag].value)):
                found.append(str(tag))
            continue
        # The length of a group in which something may change may change with it.
        if int(tag) == 0x00280000 and one is not None and other is not None:
            continue
        if one is None or other is None:
            found.append(str(tag))
            continue
        raw = isinstance(one, RawDataElement) and isinstance(other, RawDataElement) and before.is_little_endian
        if not (one.value == other.value if raw else before[tag].value == after[tag].value):
            found.append(str(tag))
    return found


def dumps(folder):
    """Whether DCMTK reads every file there to its end."""
    files = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".dcm")]
    return subprocess.run(["dcmdump", "-q", *files], stdout=subprocess.DEVNULL).returncode == 0


dumped = {target for target, folder in targets.items() if dumps(folder)}
for name in sorted(os.listdir(sources)):
    path = os.path.join(sources, name)
    before = pydicom.dcmread(path, defer_size=None)
    syntax = str(before.file_meta.TransferSyntaxUID)
    reference = None if syntax in LOSSY else first_values(path, syntax)
    origin = syntax
    for target, folder in targets.items():
        made = os.path.join(folder, name)
        if not os.path.exists(made):
            continue
        after = pydicom.dcmread(made)
        row = {"name": name, "target": target, "from": syntax, "photometric": str(after.get("PhotometricInterpretation"))}
        row["copied"] = str(after.file_meta.TransferSyntaxUID) == syntax
        row["dcmdump"] = target in dumped
        row["header"] = differences(pydicom.dcmread(path), after)
        if row["copied"]:
            row["header"] = [] if open(path, "rb").read() == open(made, "rb").read() else ["its bytes"]
        row["equal"], row["unequal"], row["unread"] = [], [], {}
        for reader, read in readers(str(after.file_meta.TransferSyntaxUID)).items():
            try:
                found = read(made)
            except Exception as error:
                row["unread"][reader] = str(error)[:120]
                continue
            if reference is None:
                reference, origin = found, target
            row["equal" if same(found, reference) else "unequal"].append(reader)
        row["reference"] = origin
        print(json.dumps(row))
