"""An exchange's keys, from its keys folder.

Not written from a page: there was none of the keyring yet, so this follows packages/server/src/keys. Until it is held
against a page of its own, it shows that the chain of keys can be followed by another program, not that it is documented.
"""
import json
import pathlib
import sqlite3

from derivation import Refused, context
from sealed_cell import open_wrap


class KeysFolder:
    """Reads only, and only when asked: the exchange is stopped."""

    def __init__(self, folder: "pathlib.Path | str"):
        self._folder = pathlib.Path(folder)
        roots = json.loads((self._folder / "roots.json").read_text("utf-8"))
        if roots["version"] != 2:
            raise Refused("KEYRING_VERSION_UNKNOWN")
        self._roots = {
            (chain, root["generation"]): bytes.fromhex(root["key"])
            for chain, listed in roots["roots"].items()
            for root in listed
        }
        self._keyring = self._open("keyring.sqlite")
        self._store = self._open("key-store.sqlite")

    def account_key(self, chain: str, account: str) -> bytes:
        return self._under_account(self._wrap(account, chain, "account", account))

    def patient_cell_key(self, chain: str, account: str, patient: str) -> bytes:
        return self._under_patient(self._wrap(patient, chain, "patient-cell", patient), account)

    def study_key(self, chain: str, account: str, patient: str, study: str) -> bytes:
        return self._under_patient(self._wrap(patient, chain, "study", study), account)

    def _under_patient(self, wrap: sqlite3.Row, account: str) -> bytes:
        above = self._wrap(wrap["family"], wrap["chain"], "patient", wrap["family"])
        if above["generation"] != wrap["under"] or wrap["account_id"] != account:
            raise Refused("KEY_MISSING")
        where = context("wrap", wrap["chain"], wrap["kind"], account, wrap["family"], wrap["id"])
        return open_wrap(self._under_account(above), where, wrap["wrapped"])

    def _under_account(self, wrap: sqlite3.Row) -> bytes:
        chain, account = wrap["chain"], wrap["account_id"]
        where = context("wrap", chain, wrap["kind"], account, wrap["id"])
        version = int.from_bytes(wrap["wrapped"][:4], "big")
        wrapping = self._service_key(f"{chain}/account/{account}", version, "wrapping")
        return open_wrap(wrapping, context("by", version, where), wrap["wrapped"][4:])

    def _service_key(self, name: str, version: int, purpose: str) -> bytes:
        row = self._keyring.execute(
            "select * from keys where name = ? and version = ? and purpose = ?", (name, version, purpose)
        ).fetchone()
        if row is None or row["sealed"] is None:
            raise Refused("KEY_MISSING")
        root = self._roots.get((name.split("/")[0], row["root"]))
        if root is None:
            raise Refused("KEYRING_DAMAGED")
        return open_wrap(root, context("keyring", name, version, purpose), row["sealed"])

    def _wrap(self, family: str, chain: str, kind: str, id: str) -> sqlite3.Row:
        row = self._store.execute(
            "select * from wraps where family = ? and chain = ? and kind = ? and id = ?", (family, chain, kind, id)
        ).fetchone()
        if row is None:
            raise Refused("KEY_MISSING")
        return row

    def _open(self, name: str) -> sqlite3.Connection:
        database = sqlite3.connect(f"file:{self._folder / name}?mode=ro", uri=True)
        database.row_factory = sqlite3.Row
        (version,) = database.execute("pragma user_version").fetchone()
        if version != 2:
            raise Refused("KEYRING_VERSION_UNKNOWN")
        return database
