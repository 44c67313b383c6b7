"""One small value, or one key, sealed by itself: docs/formats/sealed-cell.md."""
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from derivation import Refused

MOST_BYTES = 16 * 2**20


def open_cell(key: bytes, context: bytes, sealed: bytes) -> bytes:
    return _open(b"symbolon cell", key, context, sealed)


def open_wrap(key: bytes, context: bytes, sealed: bytes) -> bytes:
    opened = _open(b"symbolon wrap", key, context, sealed)
    if not 16 <= len(opened) <= 64:
        raise Refused("VAULT_LENGTH_WRONG")
    return opened


def _open(label: bytes, key: bytes, context: bytes, sealed: bytes) -> bytes:
    if len(key) != 32 or len(sealed) > 29 + MOST_BYTES:
        raise Refused("VAULT_LENGTH_WRONG")
    if len(sealed) == 0:
        raise Refused("VAULT_TRUNCATED")
    if sealed[0] != 1:
        raise Refused("VAULT_VERSION_UNKNOWN")
    if len(sealed) < 29:
        raise Refused("VAULT_TRUNCATED")
    try:
        return AESGCM(key).decrypt(sealed[1:13], sealed[13:], label + sealed[:1] + context)
    except InvalidTag:
        raise Refused("VAULT_TAG_MISMATCH") from None
