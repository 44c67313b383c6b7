"""What pydicom makes of DICOM files: one line of JSON per file, in the order in which their paths come in, NUL-separated.

{"elements": [[path, vr, length, items, sha256, texts, json], ...]} or {"refused": exception}. Lengths and hashes are
those of the bytes in the file, before pydicom interprets them; null where it keeps none. Group 0002 has no JSON.
"""
import hashlib
import json
import signal
import sys
import warnings

import pydicom
from pydicom.dataelem import RawDataElement

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

SECONDS_A_FILE = 20
kept = {}
UNDEFINED = 0xFFFFFFFF
TEXT = set("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split())


def keep(raw, **_):
    """What pydicom interprets while it reads would otherwise lose its bytes."""
    kept[(raw.tag, raw.value_tell)] = raw
    return raw


pydicom.config.data_element_callback = keep


def sha256(value):
    return hashlib.sha256(value).hexdigest()


def texts(element):
    if element.VR not in TEXT:
        return None
    value = element.value
    if value is None or value == "":
        return []
    many = value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    return ["" if one is None else str(one) for one in many]


def attempt(call):
    try:
        return call()
    except TimeoutError:
        raise
    except Exception as error:
        return {"error": type(error).__name__}


def as_json(element):
    # Whatever has bytes is named by them: above one byte pydicom asks the handler, below it writes them inline.
    return element.to_json_dict(lambda binary: "sha256:" + sha256(binary.value), 1)


def walk(dataset, has_json):
    rows = []
    work = [("", dataset)]
    while work:
        prefix, ds = work.pop()
        for tag in sorted(ds.keys()):
            raw = ds.get_item(tag)
            path = prefix + "%08X" % tag
            if not isinstance(raw, RawDataElement):
                raw = kept.get((raw.tag, raw.file_tell), raw)
            known = isinstance(raw, RawDataElement)
            length = raw.length if known else (UNDEFINED if raw.is_undefined_length else None)
            digest = sha256(raw.value or b"") if known else None
            vr = raw.VR
            element = attempt(lambda: ds[tag])
            if isinstance(element, dict):
                rows.append([path, vr, length, None, digest, element, element])
                continue
            vr = vr or element.VR
            if element.VR == "SQ":
                rows.append([path, vr, length, len(element.value), None, None, None])
                for index, item in enumerate(element.value):
                    work.append((path + "[%d]." % index, item))
            else:
                told = [attempt(lambda: texts(element)), attempt(lambda: as_json(element)) if has_json else None]
                rows.append([path, vr, length, None, digest] + told)
    return rows


def read(path):
    kept.clear()
    ds = pydicom.dcmread(path, force=True)
    return walk(ds.file_meta, False) + walk(ds, True)


def too_slow(_signal, _frame):
    raise TimeoutError


signal.signal(signal.SIGALRM, too_slow)
for path in sys.stdin.buffer.read().split(b"\0"):
    signal.alarm(SECONDS_A_FILE)
    try:
        told = {"elements": read(path.decode("utf-8", "surrogateescape"))}
    except Exception as error:
        told = {"refused": type(error).__name__}
    signal.alarm(0)
    print(json.dumps(told), flush=True)
