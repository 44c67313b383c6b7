"""Who a study is of: docs/formats/sealed-columns.md, and the tokens that its row must carry."""
import json

from derivation import Refused, context, derived
from sealed_cell import open_cell
from search_tokens import date_marks, name_marks, token


def open_patient(patient_cell_key: bytes, row: dict) -> dict:
    return _open(derived(patient_cell_key, "cell"), context("patient", row["account_id"], row["id"]), row["cell"])


def open_study(study_key: bytes, row: dict) -> dict:
    return _open(derived(study_key, "cell"), context("study", row["account_id"], row["id"]), row["cell"])


def open_series(study_key: bytes, row: dict) -> dict:
    series_key = derived(study_key, "series", "identity", row["id"])
    where = context("series", row["account_id"], row["study_id"], row["id"])
    return _open(derived(series_key, "cell"), where, row["cell"])


def open_detail(key: bytes, row: dict) -> dict:
    """`key`: the study's of the audit chain, or where the record is about none the account's."""
    where = context("audit", row["account_id"], row["study_id"] or "", row["id"])
    return json.loads(open_cell(derived(key, "audit-detail"), where, row["detail"]))


def study_tokens(account_key: bytes, cell: dict) -> "set[int]":
    attributes = cell["attributes"]
    found = {("studyUid", attributes["0020000D"]["Value"][0])}
    found |= {("accession", value) for value in values(attributes, "00080050")}
    found |= {("date", mark) for value in values(attributes, "00080020") for mark in date_marks(value)}
    for patient in [attributes, *cell["others"]]:
        found |= {("patientId", value) for value in values(patient, "00100020")}
        found |= {("name", mark) for value in values(patient, "00100010") for mark in name_marks(value)}
    return {token(account_key, field, value) for field, value in found}


def values(attributes: dict, tag: str) -> "list[str]":
    found = attributes.get(tag, {}).get("Value", [])
    return [_name(value) if isinstance(value, dict) else str(value) for value in found if value is not None]


def _name(value: dict) -> str:
    return "=".join(value.get(group, "") for group in ("Alphabetic", "Ideographic", "Phonetic")).rstrip("=")


def _open(key: bytes, where: bytes, sealed: bytes) -> dict:
    cell = json.loads(open_cell(key, where, sealed))
    if cell["version"] != 1:
        raise Refused("PACK_VERSION_UNKNOWN")
    return cell
