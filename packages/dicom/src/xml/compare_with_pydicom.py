"""Reads pairs "DICOM file TAB Native DICOM Model file" from stdin and says, as JSON, where the two tell different things.

The document goes through expat, which refuses what is not well-formed; every value is compared with pydicom's.
"""
import base64
import json
import math
import struct
import sys
import warnings
from xml.etree import ElementTree

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.datadict import keyword_for_tag
from pydicom.multival import MultiValue

warnings.simplefilter("ignore")
NS = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"
BINARY = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}
COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
values_compared = 0
differences = []
where = ""


def differ(kind, path, ours, theirs):
    differences.append([where, path, kind, repr(ours)[:120], repr(theirs)[:120]])


def creator_of(dataset, tag):
    if tag.group % 2 == 0 or tag.element < 0x1000:
        return None
    element = dataset.get((tag.group, tag.element >> 8))
    value = None if element is None else element.value
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return str(value).strip(" \0") or None if value else None


def number(node, expected):
    if node.get("number") != str(expected):
        raise ValueError("number out of order")


def names(node):
    groups = []
    for group in ("Alphabetic", "Ideographic", "Phonetic"):
        found = node.find(NS + group)
        parts = [] if found is None else [(found.findtext(NS + c), c) for c in COMPONENTS]
        while parts and parts[-1][0] is None:
            parts.pop()
        groups.append("^".join(text or "" for text, _ in parts))
    return "=".join(groups).rstrip("=")


def texts(value):
    if value is None:
        return []
    values = list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]
    return ["" if v is None else v for v in values]


def same_float(text, value, single):
    mine = float(text)
    if math.isnan(mine) or math.isnan(value):
        return math.isnan(mine) and math.isnan(value)
    code = "<f" if single else "<d"
    return struct.pack(code, mine) == struct.pack(code, value)


def compare_values(path, node, vr, element):
    global values_compared
    theirs = texts(element.value)
    tag = "PersonName" if vr == "PN" else "Value"
    children = list(node)
    if any(child.tag != NS + tag for child in children):
        return differ("content", path, [c.tag for c in children], theirs)
    for index, child in enumerate(children):
        number(child, index + 1)
    mine = [names(c) if vr == "PN" else (c.text or "") for c in children]
    if vr in ("IS", "DS"):
        theirs = [getattr(v, "original_string", str(v)) for v in theirs]
    if vr == "AT":
        theirs = ["%08X" % v for v in theirs]
    theirs = [v if isinstance(v, float) else str(v).strip(" \0") for v in theirs]
    if vr == "PN":
        theirs = ["=".join(g.strip(" ") for g in v.split("=")).rstrip("=") for v in theirs]
    if theirs in ([""], []):
        theirs = []
    if mine == [""]:
        mine = []
    if len(mine) != len(theirs):
        return differ("count " + vr, path, mine, theirs)
    for a, b in zip(mine, theirs):
        values_compared += 1
        if vr in ("FL", "FD"):
            if not same_float(a, b, vr == "FL"):
                differ("value " + vr, path, a, b)
        elif a.strip(" \0") != b:
            differ("value " + vr, path, a, b)


def compare(dataset, node, path, little):
    attributes = {}
    for child in node:
        if child.tag != NS + "DicomAttribute":
            raise ValueError("a child of another name")
        key = (child.get("tag"), child.get("privateCreator"))
        attributes.setdefault(key, []).append(child)
    for tag in sorted(dataset.keys()):
        if tag.element == 0 or tag.group == 2:
            continue
        raw = dataset.get_item(tag)
        # An empty value is read at once, others stay bytes until somebody asks.
        empty = not isinstance(raw, RawDataElement) and raw.VR != "SQ" and raw.is_empty
        bytes_of = b"" if empty else raw.value if isinstance(raw, RawDataElement) else None
        creator = creator_of(dataset, tag)
        written = "%08X" % (tag & 0xFFFF00FF if creator else tag)
        here = path + "/" + "%08X" % tag
        found = attributes.get((written, creator))
        if not found:
            differ("missing", here, None, creator)
            continue
        child = found.pop(0)
        try:
            element = dataset[tag]
        except Exception as error:
            differ("pydicom " + type(error).__name__, here, None, None)
            continue
        vr = child.get("vr")
        if (child.get("keyword") or "") != ("" if tag.is_private else keyword_for_tag(tag)):
            differ("keyword", here, child.get("keyword"), keyword_for_tag(tag))
        if vr == "UN" and element.VR != "UN":
            if bytes_of is not None and not isinstance(bytes_of, list):
                mine = base64.b64decode(child.findtext(NS + "InlineBinary") or "")
                if mine != bytes_of:
                    differ("bytes UN", here, mine, bytes_of)
            else:
                differ("vr UN/" + str(element.VR)[-2:], here, None, None)
            continue
        if vr != element.VR:
            differ("vr %s/%s" % (vr, str(element.VR)[-2:]), here, None, None)
            continue
        if vr == "SQ":
            items = list(child)
            if len(items) != len(element.value):
                differ("items", here, len(items), len(element.value))
                continue
            for index, item in enumerate(items):
                number(item, index + 1)
                compare(element.value[index], item, "%s[%d]" % (here, index), little)
        elif vr in BINARY:
            if tag in (0x7FE00008, 0x7FE00009, 0x7FE00010):
                if list(child):
                    differ("pixel data inline", here, None, None)
                continue
            mine = base64.b64decode(child.findtext(NS + "InlineBinary") or "")
            theirs = element.value or b""
            if not little and vr in ("OW", "OF", "OD", "OL", "OV"):
                size = {"OW": 2, "OF": 4, "OL": 4}.get(vr, 8)
                theirs = b"".join(theirs[i : i + size][::-1] for i in range(0, len(theirs), size))
            if mine != theirs:
                differ("bytes " + vr, here, mine, theirs)
        else:
            compare_values(here, child, vr, element)
    for (tag, creator), left in attributes.items():
        for child in left:
            differ("extra " + child.get("vr"), path + "/" + tag, creator, None)


files = 0
for line in sys.stdin.read().splitlines():
    path, xml = line.split("\t")
    where = path
    root = ElementTree.parse(xml).getroot()
    if root.tag != NS + "NativeDicomModel" or root.get("{http://www.w3.org/XML/1998/namespace}space") != "preserve":
        raise ValueError("not a Native DICOM Model")
    try:
        dataset = pydicom.dcmread(path, force=True)
    except Exception as error:
        differ("pydicom " + type(error).__name__, "", None, None)
        continue
    compare(dataset, root, "", dataset.is_little_endian)
    files += 1
json.dump({"files": files, "values": values_compared, "differences": differences}, sys.stdout)
