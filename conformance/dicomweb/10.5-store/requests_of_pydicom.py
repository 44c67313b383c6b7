"""Makes metadata and bulk data of files by pydicom's hand, and says what differs in the files that came back."""
import json
import sys
import warnings

import pydicom
from pydicom.encaps import generate_pixel_data_frame

warnings.simplefilter("ignore")


def wanted(path, n):
    """The file under UIDs of its own, so that none is another's; without what no JSON carries."""
    ds = pydicom.dcmread(path)
    ds.decode()
    ds.SOPInstanceUID = f"1.2.3.{n}.1"
    ds.StudyInstanceUID = f"1.2.3.{n}.2"
    ds.SeriesInstanceUID = f"1.2.3.{n}.3"
    ds.SOPClassUID = ds.get("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7")
    for tag in [tag for tag in ds.keys() if tag.element == 0]:
        del ds[tag]
    return ds


def request(ds):
    """The body, as other software writes it: bulk values above 64 bytes as parts."""
    bulk = []

    def part(element):
        uri = f"bulk/{len(bulk)}"
        bulk.append((uri, element.value, "application/octet-stream"))
        return uri

    pixels = ds.get("PixelData")
    syntax = ds.file_meta.TransferSyntaxUID
    if pixels is not None and syntax.is_encapsulated:
        frames = list(generate_pixel_data_frame(pixels, int(ds.get("NumberOfFrames", 1))))
        del ds.PixelData
        model = ds.to_json_dict(64, part)
        model["7FE00010"] = {"vr": "OB", "BulkDataURI": "pixels"}
        bulk += [("pixels", frame, f"application/octet-stream; transfer-syntax={syntax}") for frame in frames]
    else:
        model = ds.to_json_dict(64, part)
    body = b"--b\r\nContent-Type: application/dicom+json\r\n\r\n" + json.dumps([model], ensure_ascii=False).encode()
    for uri, value, kind in bulk:
        body += f"\r\n--b\r\nContent-Type: {kind}\r\nContent-Location: {uri}\r\n\r\n".encode() + bytes(value)
    return body + b"\r\n--b--\r\n"


def differences(made, sent):
    told = []
    for element in sent:
        other = made.get(element.tag)
        if element.tag == 0x7FE00010 and sent.file_meta.TransferSyntaxUID.is_encapsulated:
            count = int(sent.get("NumberOfFrames", 1))
            frames = [list(generate_pixel_data_frame(ds.PixelData, count)) for ds in (made, sent)]
            same = [a.rstrip(b"\0") == b.rstrip(b"\0") for a, b in zip(*frames)]
            if len(frames[0]) != len(frames[1]) or not all(same):
                told.append(str(element.tag))
        elif other is None or other.value != element.value:
            told.append(str(element.tag))
    return told + [f"+{element.tag}" for element in made if element.tag not in sent]


answers = []
for line in sys.stdin.read().splitlines():
    n, path, made = line.split("\t")
    try:
        if made == "":
            ds = wanted(path, n)
            open(f"{sys.argv[1]}/{n}.request", "wb").write(request(ds))
            answers.append(None)
        else:
            answers.append(differences(pydicom.dcmread(made), wanted(path, n)))
    except Exception as error:
        answers.append(f"{type(error).__name__}")
print(json.dumps(answers))
