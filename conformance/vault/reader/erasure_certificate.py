"""What the exchange signs of an erasure: docs/formats/erasure-certificate.md. Steps 1 to 5 of "How to verify"."""
import base64
import binascii
import datetime
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from derivation import Refused
from receipt import canonical

FORMAT = "symbolon-erasure/1"
STATEMENT = (
    "format exchange accountId erasureId kind ground askedAt outOfSightAt keysDestroyedAt objectsRemovedAt "
    "keysAboveDestroyedAt subjects erased keyBackups final"
).split()


def verify_certificate(file: bytes, fingerprint: str) -> dict:
    try:
        certificate = json.loads(file.decode("utf-8"))
        statement = certificate["statement"]
        if statement["format"] != FORMAT:
            raise Refused("CERTIFICATE_FORMAT_UNKNOWN")
        if _written(certificate) != file:
            raise Refused("CERTIFICATE_SPELLING")
        der, signature = (_bytes(certificate[name]) for name in ("publicKey", "signature"))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise Refused("CERTIFICATE_SPELLING") from None
    if hashlib.sha256(der).hexdigest() != fingerprint:
        raise Refused("CERTIFICATE_OTHER_SIGNER")
    try:
        load_der_public_key(der).verify(signature, FORMAT.encode() + b"\n" + canonical(statement))
    except InvalidSignature:
        raise Refused("CERTIFICATE_SIGNATURE_WRONG") from None
    if not _in_order(statement):
        raise Refused("CERTIFICATE_TIMES_WRONG")
    return statement


def is_about(statement: dict, uid: str) -> bool:
    named = [one["studyInstanceUid"] for one in statement["subjects"] if "studyInstanceUid" in one]
    return any(
        hashlib.sha256(base64.b64decode(one["salt"]) + uid.encode()).hexdigest() == one["sha256"] for one in named
    )


def _in_order(statement: dict) -> bool:
    at = {name: _time(statement[name]) for name in STATEMENT if name.endswith("At") or name == "final"}
    backups = [(_time(one["madeAt"]), _time(one["endsAt"])) for one in statement["keyBackups"]]
    return (
        at["askedAt"] <= at["outOfSightAt"] <= at["keysDestroyedAt"] <= at["objectsRemovedAt"]
        and at["keysDestroyedAt"] <= at["keysAboveDestroyedAt"] <= at["final"]
        and all(made <= ends <= at["final"] for made, ends in backups)
    )


def _time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def _written(certificate: dict) -> bytes:
    statement = certificate["statement"]
    spelt = {
        "statement": {
            **{name: statement[name] for name in STATEMENT},
            "subjects": [_subject(one) for one in statement["subjects"]],
            "erased": _only(statement["erased"], "patients", "studies", "series", "instances", "bytes", "packs"),
            "keyBackups": [_only(one, "madeAt", "endsAt") for one in statement["keyBackups"]],
        },
        **_only(certificate, "publicKey", "signature"),
    }
    return (json.dumps(spelt, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _subject(one: dict) -> dict:
    subject = _only(one, "kind", "id")
    if "studyInstanceUid" in one:
        subject["studyInstanceUid"] = _only(one["studyInstanceUid"], "salt", "sha256")
    return subject


def _only(entry: dict, *names: str) -> dict:
    return {name: entry[name] for name in names}


def _bytes(text: str) -> bytes:
    """Base64 in the one spelling that encoding gives."""
    plain = base64.b64decode(text, validate=True)
    if base64.b64encode(plain).decode() != text:
        raise Refused("CERTIFICATE_SPELLING")
    return plain
