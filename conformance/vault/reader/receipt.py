"""What `symbolon send` ends with: docs/formats/receipt.md. Steps 1 to 5 of "How to verify"."""
import base64
import binascii
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from derivation import Refused

FORMAT = "symbolon-receipt/1"


def verify_receipt(file: bytes, fingerprint: str) -> dict:
    receipt = _read(file)
    try:
        if _written(receipt) != file:
            raise Refused("RECEIPT_SPELLING")
    except (KeyError, TypeError, AttributeError):
        raise Refused("RECEIPT_SPELLING") from None
    statement, contents = receipt["statement"], receipt["contents"]
    if statement["format"] != FORMAT:
        raise Refused("RECEIPT_FORMAT_UNKNOWN")
    der = _base64(receipt["publicKey"])
    if hashlib.sha256(der).hexdigest() != fingerprint:
        raise Refused("RECEIPT_OTHER_SIGNER")
    if hashlib.sha256(canonical(contents)).hexdigest() != statement["contents"]:
        raise Refused("RECEIPT_CONTENTS_CHANGED")
    key = load_der_public_key(der)
    if not isinstance(key, Ed25519PublicKey):
        raise Refused("RECEIPT_KEY_UNREADABLE")
    try:
        key.verify(_base64(receipt["signature"]), FORMAT.encode() + b"\n" + canonical(statement))
    except InvalidSignature:
        raise Refused("RECEIPT_SIGNATURE_WRONG") from None
    held = {instance["sha256"]: instance["bytes"] for instance in statement["instances"]}
    for taken in contents["taken"]:
        covered = taken["held"] in held if "held" in taken else held.get(taken["sha256"]) == taken["bytes"]
        if not covered:
            raise Refused("RECEIPT_NOT_COVERED")
    return receipt


def canonical(value: object) -> bytes:
    """RFC 8785, for the members and integers that a receipt has."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _read(file: bytes) -> dict:
    try:
        return json.loads(file.decode("utf-8"))
    except ValueError:
        raise Refused("RECEIPT_SPELLING") from None


def _written(receipt: dict) -> bytes:
    statement, contents = receipt["statement"], receipt["contents"]
    spelt = {
        "statement": {
            **{name: statement[name] for name in ("format", "exchange", "accountId", "issuedAt")},
            "instances": [{name: one[name] for name in ("sha256", "bytes")} for one in statement["instances"]],
            "contents": statement["contents"],
        },
        "contents": {
            "taken": [_present(one, "path", "sha256", "bytes", "outcome", "held") for one in contents["taken"]],
            "refused": [_present(one, "path", "sha256", "code", "reason") for one in contents["refused"]],
        },
        "publicKey": receipt["publicKey"],
        "signature": receipt["signature"],
    }
    for name in ("publicKey", "signature"):
        if base64.b64encode(_base64(spelt[name])).decode() != spelt[name]:
            raise Refused("RECEIPT_SPELLING")
    return (json.dumps(spelt, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _present(entry: dict, *names: str) -> dict:
    return {name: entry[name] for name in names if name in entry}


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Refused("RECEIPT_SPELLING") from None
