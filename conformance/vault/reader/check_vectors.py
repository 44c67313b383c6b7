#!/usr/bin/python3
"""Opens every published vector and refuses every one that must be refused: docs/formats/vectors.md.

    check_vectors.py FOLDER

Prints what it did for each file as JSON: {"sealed-stream.json": {"opened": 9, "refused": 40}, …}. What went otherwise
than published is named on standard error, and the exit code is 1.
"""
import base64
import io
import json
import pathlib
import sys

import erasure_certificate
import keyed_digest
import pack
import receipt
import search_tokens
import sealed_cell
import sealed_stream
from derivation import Refused, context, derived

unhex = bytes.fromhex


class Tally:
    def __init__(self):
        self.opened, self.refused, self.faults = 0, 0, []

    def opens(self, name, action, expected):
        try:
            if action() == expected:
                self.opened += 1
            else:
                self.faults.append(f"{name}: opens to something else")
        except Refused as why:
            self.faults.append(f"{name}: refused with {why.code}")

    def refuses(self, name, action, code):
        try:
            action()
            self.faults.append(f"{name}: not refused")
        except Refused as why:
            if why.code == code:
                self.refused += 1
            else:
                self.faults.append(f"{name}: refused with {why.code}, not {code}")


def check_streams(vectors, tally):
    sealed_by_name = {}
    for row in vectors["streams"]:
        sealed = base64.b64decode(row["sealed"])
        sealed_by_name[row["name"]] = sealed
        plain = bytes(j % 251 for j in range(row["plainBytes"]))
        key = _stream_key(row)
        tally.opens(f"{row['name']}, whole", lambda: sealed_stream.open_whole(key, sealed), plain)
        tally.opens(
            f"{row['name']}, streamed",
            lambda: b"".join(sealed_stream.open_streamed(key, io.BytesIO(sealed))),
            plain,
        )
        for start, end in _ranges(len(plain)):
            tally.opens(
                f"{row['name']}, {start} to {end}",
                lambda: sealed_stream.open_range(key, lambda a, b: sealed[a:b], len(sealed), start, end),
                plain[start:end],
            )
    for row in vectors["refused"]:
        pieces = [
            unhex(piece["hex"]) if "hex" in piece else sealed_by_name[piece["of"]][piece["from"] : piece["to"]]
            for piece in row["pieces"]
        ]
        _check_refused_stream(row, b"".join(pieces), tally)


def _check_refused_stream(row, sealed, tally):
    tally.refuses(f"{row['name']}, whole", lambda: sealed_stream.open_whole(_stream_key(row), sealed), row["code"])
    released = 0
    try:
        for piece in sealed_stream.open_streamed(_stream_key(row), io.BytesIO(sealed)):
            released += len(piece)
        tally.faults.append(f"{row['name']}, streamed: not refused")
    except Refused as why:
        if why.code != row["code"] or released > row["releasedBytes"]:
            tally.faults.append(f"{row['name']}, streamed: {why.code} after {released} bytes")
        else:
            tally.refused += 1


def _stream_key(row):
    return sealed_stream.Key(unhex(row["key"]), unhex(row["keyId"]), unhex(row["context"]))


def _ranges(plain_bytes):
    edges = sorted({0, 1, 65479, 65480, 65481, 131000, plain_bytes} & set(range(plain_bytes + 1)))
    return [(start, end) for start in edges for end in edges if start <= end]


def check_cells(vectors, tally):
    opening = {"cell": sealed_cell.open_cell, "wrap": sealed_cell.open_wrap}
    for rows, refused in ((vectors["cells"], False), (vectors["refused"], True)):
        for row in rows:
            given = unhex(row["key"]), unhex(row["context"]), unhex(row["sealed"])
            action = lambda: opening[row["kind"]](*given)
            if refused:
                tally.refuses(row["name"], action, row["code"])
            else:
                tally.opens(row["name"], action, unhex(row["plain"]))


def check_contexts(vectors, tally):
    def encoded(parts):
        return context(*(unhex(part["bytes"]) if "bytes" in part else [*part.values()][0] for part in parts))

    for row in vectors["contexts"]:
        tally.opens(row["name"], lambda: encoded(row["parts"]).hex(), row["encoded"])
    for row in vectors["refused"]:
        tally.refuses(row["name"], lambda: encoded(row["parts"]), row["code"])


def check_keys(vectors, tally):
    for row in vectors["keys"]:
        tally.opens(row["name"], lambda: derived(unhex(row["from"]), *row["labels"]).hex(), row["derived"])


def check_tokens(vectors, tally):
    key = unhex(vectors["accountKey"])
    for row in vectors["tokens"]:
        tally.opens(row["value"], lambda: str(search_tokens.token(key, row["field"], row["value"])), row["token"])
    for row in vectors["names"]:
        tally.opens(row["name"], lambda: search_tokens.name_marks(row["name"]), set(row["marks"]))
    for row in vectors["dates"]:
        tally.opens(row["date"], lambda: search_tokens.date_marks(row["date"]), set(row["marks"]))


def check_receipts(vectors, tally):
    def read(text):
        return receipt.verify_receipt(text.encode("utf-8"), vectors["fingerprint"])

    good = json.loads(vectors["receipt"])
    tally.opens("the good receipt", lambda: read(vectors["receipt"]), good)
    message = receipt.FORMAT.encode() + b"\n" + receipt.canonical(good["statement"])
    tally.opens("what is signed", lambda: message, vectors["message"].encode("utf-8"))
    for row in vectors["refused"]:
        tally.refuses(row["name"], lambda: read(row["receipt"]), row["code"])


def check_certificates(vectors, tally):
    def read(text):
        return erasure_certificate.verify_certificate(text.encode("utf-8"), vectors["fingerprint"])

    good = json.loads(vectors["certificate"])["statement"]
    tally.opens("the good certificate", lambda: read(vectors["certificate"]), good)
    message = erasure_certificate.FORMAT.encode() + b"\n" + receipt.canonical(good)
    tally.opens("what is signed", lambda: message, vectors["message"].encode("utf-8"))
    uid = vectors["studyInstanceUid"]
    tally.opens("its study", lambda: erasure_certificate.is_about(good, uid), True)
    tally.opens("another study", lambda: erasure_certificate.is_about(good, uid + "1"), False)
    for row in vectors["refused"]:
        tally.refuses(row["name"], lambda: read(row["certificate"]), row["code"])


def check_digests(vectors, tally):
    def verify(row):
        return keyed_digest.verify_digest(*(unhex(row[name]) for name in ("key", "context", "bytes", "digest")))

    for row in vectors["digests"]:
        tally.opens(row["name"], lambda: verify(row), None)
    for row in vectors["refused"]:
        tally.refuses(row["name"], lambda: verify(row), row["code"])


def check_packs(vectors, tally):
    study_keys = {}
    for wrap in vectors["wraps"]:
        ids = vectors["account"], vectors["patient"], vectors["study"]
        where = context("wrap", wrap["chain"], "study", *ids)
        opened = sealed_cell.open_wrap(unhex(wrap["patientKey"]), where, unhex(wrap["wrapped"]))
        tally.opens(f"the study key, {wrap['chain']} chain", lambda: opened.hex(), wrap["studyKey"])
        study_keys[wrap["chain"]] = opened

    def files(published):
        row = dict(published["row"])
        for name in ("manifest", "identity", "image_key"):
            row[name] = row[name] and base64.b64decode(row[name])
        image = base64.b64decode(published["image"] or "")
        read_at = (lambda start, end: image[start:end]) if published["image"] else None
        stored = pack.Stored(row, row["identity"], read_at)
        return [file for _, file in pack.original_files(lambda chain, _: study_keys[chain], stored)]

    for published in vectors["packs"]:
        sent = [base64.b64decode(file["file"]) for file in published["files"]]
        tally.opens(published["name"], lambda: files(published), sent)
    for published in vectors["refused"]:
        tally.refuses(published["name"], lambda: files(published), published["code"])


CHECKS = {
    "context.json": check_contexts,
    "erasure-certificate.json": check_certificates,
    "key-derivation.json": check_keys,
    "keyed-digest.json": check_digests,
    "pack.json": check_packs,
    "receipt.json": check_receipts,
    "sealed-cell.json": check_cells,
    "sealed-stream.json": check_streams,
    "search-tokens.json": check_tokens,
}


def main(folder):
    done, faults = {}, []
    for name, check in CHECKS.items():
        tally = Tally()
        check(json.loads((pathlib.Path(folder) / name).read_text("utf-8")), tally)
        done[name] = {"opened": tally.opened, "refused": tally.refused}
        faults += [f"{name}: {fault}" for fault in tally.faults]
    print(json.dumps(done))
    print("\n".join(faults), end="", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
