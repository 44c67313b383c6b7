#!/usr/bin/python3
"""Puts original files together again from what an exchange keeps, without the exchange: docs/formats/.

    read_exchange.py ROWS KEYS IMAGES IDENTITY OUT

ROWS is JSON: the rows of `packs`, `pack_tokens`, `studies`, `study_tokens`, `series`, `patients` and `audit_records`, each a
list under the table's name; columns as they are called there, bytea in base64, bigint as text or number. KEYS is the
keys folder, IMAGES and IDENTITY are the folders of the two blob stores.

Each file goes to OUT, named by its pack and its place in it. Prints a line of JSON for each file and each row that was
opened; ends with 1 and the code of the refusal when anything does not open.
"""
import base64
import hashlib
import json
import pathlib
import sys

import pack
import sealed_columns
from derivation import Refused
from keys_folder import KeysFolder
from search_tokens import token

BYTES = ("manifest", "identity", "image_key", "cell", "detail")
NUMBERS = ("version", "identity_sealed_bytes", "image_sealed_bytes", "bytes", "instance_count")


class Exchange:
    def __init__(self, rows, keys, images, identities):
        self.rows = {table: [_typed(row) for row in listed] for table, listed in rows.items()}
        self.studies = {row["id"]: row for row in self.rows["studies"]}
        self.keys, self.images, self.identities = keys, images, identities

    def study_key(self, chain, row):
        """`row`: any that has a study."""
        study = self.studies[row["study_id"]]
        return self.keys.study_key(chain, study["account_id"], study["patient_id"], study["id"])

    def account_key(self, chain, row):
        return self.keys.account_key(chain, row["account_id"])

    def tokens(self, table, column):
        return {row[column]: {int(one) for one in row["tokens"]} for row in self.rows[table]}

    def read_packs(self, out):
        tokens = self.tokens("pack_tokens", "pack_id")
        for row in self.rows["packs"]:
            image = _object(self.images, row["id"])
            identity = row["identity"] or _object(self.identities, row["id"]).read_bytes()
            stored = pack.Stored(row, identity, _read_from(image) if image.exists() else None)
            expected, count, length = set(), 0, 0
            for instance, file in pack.original_files(self.study_key, stored):
                (out / f"{row['id']}-{count}").write_bytes(file)
                digest = hashlib.sha256(file).hexdigest()
                for field, value in (("sha256", digest), ("sopUid", instance["sopInstanceUid"])):
                    expected.add(token(self.account_key("identity", row), field, value))
                count, length = count + 1, length + len(file)
                yield {"file": digest, "version": row["version"], "identityIn": "row" if row["identity"] else "store"}
            if (count, length) != (row["instance_count"], row["bytes"]):
                raise Refused("PACK_DAMAGED")
            yield {"row": "packs", "tokensAgree": expected == tokens[row["id"]]}

    def read_columns(self):
        tokens = self.tokens("study_tokens", "study_id")
        for row in self.rows["studies"]:
            cell = sealed_columns.open_study(self.study_key("identity", {"study_id": row["id"]}), row)
            expected = sealed_columns.study_tokens(self.account_key("identity", row), cell)
            uid = cell["attributes"]["0020000D"]["Value"][0]
            yield {"row": "studies", "uid": uid, "tokensAgree": expected == tokens[row["id"]]}
        for row in self.rows["series"]:
            cell = sealed_columns.open_series(self.study_key("identity", row), row)
            yield {"row": "series", "uid": cell["attributes"]["0020000E"]["Value"][0]}
        for row in self.rows["patients"]:
            key = self.keys.patient_cell_key("identity", row["account_id"], row["id"])
            cell = sealed_columns.open_patient(key, row)
            yield {"row": "patients", "ids": sealed_columns.values(cell["attributes"], "00100020")}
        for row in self.rows["audit_records"]:
            if row["detail"] is None or row["account_id"] is None:
                continue
            key = self.study_key("audit", row) if row["study_id"] else self.account_key("audit", row)
            sealed_columns.open_detail(key, row)
            yield {"row": "audit_records"}


def main(rows, keys, images, identities, out):
    exchange = Exchange(json.loads(pathlib.Path(rows).read_text("utf-8")), KeysFolder(keys), images, identities)
    try:
        for reading in (exchange.read_packs(pathlib.Path(out)), exchange.read_columns()):
            for found in reading:
                print(json.dumps(found))
    except Refused as why:
        print(why.code, file=sys.stderr)
        return 1
    return 0


def _typed(row):
    read = {name: base64.b64decode(row[name]) for name in BYTES if row.get(name) is not None}
    return {**row, **read, **{name: int(row[name]) for name in NUMBERS if name in row}}


def _object(folder, pack_id):
    return pathlib.Path(folder) / pack_id[:2] / pack_id


def _read_from(file):
    def read_at(start, end):
        with file.open("rb") as opened:
            opened.seek(start)
            return opened.read(end - start)

    return read_at


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
