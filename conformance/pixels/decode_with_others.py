"""What DCMTK, GDCM or pydicom make of the pixels of DICOM files.

    decode_with_others.py TOOL FOLDER < paths, NUL-separated

prints one line of JSON per file, in the order in which the paths come in: {"refused": why}, or
{"photometric": ..., "frames": n, "values": [{"frame": k, "sha1": ..., "file": ...}, ...]} for the first, the middle and
the last frame. Values are stored values, pixel by pixel, sample by sample: little endian int32, or float64 where the
pixels are floating point. Those of lossy transfer syntaxes are also written into FOLDER, to be compared one by one.

pydicom is kept to what it decodes itself (native pixels and RLE): for the rest it calls GDCM, which speaks for itself.
DCMTK converts native pixels to explicit VR little endian by dcmconv; what is that already it would only copy, and is
left out unless SYMBOLON_DRILL is set.
"""
import hashlib
import json
import os
import signal
import subprocess
import sys
import warnings

import numpy as np
import pydicom

warnings.simplefilter("ignore")
tool, folder = sys.argv[1:3]
drill = os.environ.get("SYMBOLON_DRILL") == "1"
SECONDS_A_FILE = 30
ROOT = "1.2.840.10008.1.2"
LOSSY = {ROOT + ".4." + end for end in "50 51 53 55 81 91 203".split()}
NATIVE = {ROOT, ROOT + ".1", ROOT + ".2", ROOT + ".1.99"}


class Refused(Exception):
    pass


def dcmtk_command(syntax):
    if syntax in NATIVE:
        if syntax == ROOT + ".1" and not drill:
            raise Refused("left out")
        return ["dcmconv", "+te"]
    if syntax in {ROOT + ".4." + end for end in "50 51 53 55 57 70".split()}:
        # Lossless samples stay as they are; of lossy ones the header says what they are.
        return ["dcmdjpeg"] + ([] if syntax in LOSSY else ["+cn"])
    if syntax in {ROOT + ".4.80", ROOT + ".4.81"}:
        return ["dcmdjpls"]
    if syntax == ROOT + ".5":
        return ["dcmdrle"]
    raise Refused("no codec")


def number(ds, name, default=0):
    value = ds.get(name)
    return default if value is None or value == "" else int(value)


def syntax_of(ds):
    """A data set alone is implicit VR little endian: those that are not name none either, and are not images here."""
    return str(getattr(ds, "file_meta", {}).get("TransferSyntaxUID", ROOT))


def with_dcmtk(path, ds):
    syntax = syntax_of(ds)
    native = os.path.join(folder, "native.dcm")
    done = subprocess.run(dcmtk_command(syntax) + ["-q", path, native], capture_output=True)
    if done.returncode != 0:
        raise Refused("refused")
    return native_frames(pydicom.dcmread(native))


def native_frames(ds):
    kind = next((name for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData") if name in ds), None)
    if kind is None or ds[kind].value is None:
        raise Refused("no pixels")
    value = ds[kind].value
    allocated, samples = number(ds, "BitsAllocated"), number(ds, "SamplesPerPixel", 1)
    pixels, frames = ds.Rows * ds.Columns, number(ds, "NumberOfFrames", 1)
    photometric = ds.get("PhotometricInterpretation", "")
    if kind != "PixelData":
        array = np.frombuffer(value, "<f4" if kind == "FloatPixelData" else "<f8")
        return photometric, frames, lambda at: array[at * pixels : (at + 1) * pixels].astype("<f8")
    layout = (allocated, number(ds, "BitsStored"), number(ds, "HighBit"), number(ds, "PixelRepresentation") == 1)
    planar = number(ds, "PlanarConfiguration") == 1
    return photometric, frames, lambda at: of_buffer(value, at, frames, pixels, samples, planar, photometric, layout)


def of_buffer(value, at, frames, pixels, samples, planar, photometric, layout):
    allocated = layout[0]
    if allocated == 1:
        bits = np.unpackbits(np.frombuffer(value, np.uint8), bitorder="little")
        return bits[at * pixels : (at + 1) * pixels].astype("<i4")
    if allocated == 12 and len(value) < frames * pixels * samples * 2:
        raise Refused("refused")
    allocated = 16 if allocated == 12 else allocated
    array = np.frombuffer(value, "<u%d" % (allocated // 8))
    halved = photometric == "YBR_FULL_422" and len(array) < frames * pixels * samples
    count = pixels * (2 if halved else samples)
    if len(array) < frames * count:
        raise Refused("too short")
    one = array[at * count : (at + 1) * count]
    if halved:
        groups = one.reshape(-1, 4)
        one = groups[:, [0, 2, 3, 1, 2, 3]].reshape(-1)
    elif planar and samples > 1:
        one = one.reshape(samples, -1).T.reshape(-1)
    return stored(one, samples, allocated, *layout[1:])


def stored(array, samples, allocated, bits, high, signed):
    if not 0 < bits <= allocated:
        bits = allocated
    if not bits - 1 <= high < allocated:
        high = bits - 1
    below, wide = high + 1 - bits, "<i8" if bits >= 31 else "<i4"
    values = array.astype(wide)
    if below or bits < allocated or array.dtype.kind == "i":
        values = (values >> below) & ((1 << bits) - 1)
    if signed and samples == 1:
        values = values - ((values >> (bits - 1)) << bits)
    return values.astype("<i4" if bits < 32 or signed else "<f8")


def with_pydicom(path, ds):
    from pydicom.pixel_data_handlers import numpy_handler, rle_handler

    pydicom.config.pixel_data_handlers = [numpy_handler, rle_handler]
    syntax = syntax_of(ds)
    if syntax not in NATIVE and syntax != ROOT + ".5":
        raise Refused("no codec")
    if not any(name in ds for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        raise Refused("no pixels")
    array, frames = ds.pixel_array, number(ds, "NumberOfFrames", 1)
    samples = number(ds, "SamplesPerPixel", 1)
    layout = [number(ds, name) for name in ("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation")]

    def frame(at):
        one = (array[at] if frames > 1 else array).reshape(-1)
        return one.astype("<f8") if one.dtype.kind == "f" else stored(one, samples, *layout[:3], layout[3] == 1)

    return ds.get("PhotometricInterpretation", ""), frames, frame


def with_gdcm(path, ds):
    import gdcm

    if not any(name in ds for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        raise Refused("no pixels")
    reader = gdcm.ImageReader()
    reader.SetFileName(path)
    if not reader.Read():
        raise Refused("refused")
    image = reader.GetImage()
    buffer = image.GetBuffer()
    if not isinstance(buffer, bytes):
        buffer = buffer.encode("utf-8", "surrogateescape")
    form = image.GetPixelFormat()
    samples, photometric = form.GetSamplesPerPixel(), str(image.GetPhotometricInterpretation()).strip()
    pixels = image.GetDimension(0) * image.GetDimension(1)
    frames = image.GetDimension(2) if image.GetNumberOfDimensions() == 3 else 1
    if not buffer or pixels != ds.Rows * ds.Columns:
        raise Refused("refused")
    name = form.GetScalarTypeAsString()
    if name.startswith("FLOAT"):
        array = np.frombuffer(buffer, "<f%d" % (form.GetBitsAllocated() // 8))
        return photometric, frames, lambda at: array[at * pixels : (at + 1) * pixels].astype("<f8")
    layout = (form.GetBitsAllocated(), form.GetBitsStored(), form.GetHighBit(), form.GetPixelRepresentation() == 1)
    planar = image.GetPlanarConfiguration() == 1
    return photometric, frames, lambda at: of_buffer(buffer, at, frames, pixels, samples, planar, photometric, layout)


def decode(index, path):
    ds = pydicom.dcmread(path, force=True)
    if "Rows" not in ds:
        raise Refused("no pixels")
    syntax = syntax_of(ds)
    photometric, frames, frame = {"dcmtk": with_dcmtk, "gdcm": with_gdcm, "pydicom": with_pydicom}[tool](path, ds)
    values = []
    for at in sorted({0, frames // 2, frames - 1}):
        bytes_of = np.ascontiguousarray(frame(at)).tobytes()
        name = None
        if syntax in LOSSY:
            name = "%s-%d-%d" % (tool, index, at)
            with open(os.path.join(folder, name), "wb") as file:
                file.write(bytes_of)
        values.append({"frame": at, "sha1": hashlib.sha1(bytes_of).hexdigest(), "file": name})
    return {"photometric": photometric, "frames": frames, "values": values}


def too_slow(_signal, _frame):
    raise Refused("too slow")


signal.signal(signal.SIGALRM, too_slow)
for index, path in enumerate(sys.stdin.buffer.read().split(b"\0"), int(sys.argv[3])):
    signal.alarm(SECONDS_A_FILE)
    try:
        told = decode(index, path.decode("utf-8", "surrogateescape"))
    except Refused as why:
        told = {"refused": str(why)}
    except Exception as error:
        told = {"refused": "refused: " + type(error).__name__}
    signal.alarm(0)
    # Libraries print to stdout as well.
    print("\n=" + json.dumps(told), flush=True)
