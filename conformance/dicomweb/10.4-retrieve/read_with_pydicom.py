"""Reads a path a line; writes for each the DICOM JSON of its header and the SHA-256 of each decoded frame, or null."""
import hashlib
import json
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")
PIXELS = (0x7FE00010, 0x7FE00008, 0x7FE00009)
LOSSLESS = {
    "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90",
}


def header(ds):
    for tag in PIXELS:
        if tag in ds:
            # An address, whatever it holds.
            ds[tag].value = bytes(2048)
    ds.walk(lambda d, e: None)
    return ds.to_json_dict(1024, lambda e: "never")


def frames(ds):
    """Samples as they are stored, little endian, by pixel."""
    if str(ds.file_meta.TransferSyntaxUID) not in LOSSLESS or 0x7FE00010 not in ds or ds.BitsAllocated not in (8, 16, 32):
        return None
    if ds.PhotometricInterpretation == "YBR_FULL_422" or (ds.SamplesPerPixel > 1 and ds.get("PlanarConfiguration", 0) == 1):
        return None
    count = int(ds.get("NumberOfFrames", 1) or 1)
    array = ds.pixel_array
    each = array if count > 1 else [array]
    return [hashlib.sha256(one.astype(one.dtype.newbyteorder("<")).tobytes()).hexdigest() for one in each]


def attempt(work, path):
    try:
        return work(pydicom.dcmread(path))
    except Exception:
        return None


for line in sys.stdin:
    path = line.rstrip("\n")
    print(json.dumps({"json": attempt(header, path), "frames": attempt(frames, path)}))
