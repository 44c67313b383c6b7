"""HMAC-SHA-512 over bytes in their place: docs/formats/keyed-digest.md."""
import hashlib
import hmac

from derivation import Refused


def verify_digest(key: bytes, context: bytes, data: bytes, digest: bytes) -> None:
    if len(key) != 32:
        raise Refused("VAULT_LENGTH_WRONG")
    said = b"symbolon digest\x01" + len(context).to_bytes(4, "big") + context + data
    if not hmac.compare_digest(hmac.new(key, said, hashlib.sha512).digest(), digest):
        raise Refused("VAULT_TAG_MISMATCH")
