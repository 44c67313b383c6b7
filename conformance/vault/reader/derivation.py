"""Context and HKDF: docs/formats/sealed-cell.md#context and docs/formats/search-tokens.md."""
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Refused(Exception):
    """What a document says must be refused, with the code that it gives."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def context(*parts: "str | bytes | int") -> bytes:
    if not parts:
        raise Refused("VAULT_CONTEXT_WRONG")
    return b"".join(_part(part) for part in parts)


def _part(part: "str | bytes | int") -> bytes:
    if isinstance(part, bool):
        raise Refused("VAULT_CONTEXT_WRONG")
    if isinstance(part, int):
        if not 0 <= part < 2**53:
            raise Refused("VAULT_CONTEXT_WRONG")
        kind, value = b"\x03", part.to_bytes(8, "big")
    elif isinstance(part, bytes):
        kind, value = b"\x02", part
    else:
        try:
            kind, value = b"\x01", part.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused("VAULT_CONTEXT_WRONG") from None
    return kind + len(value).to_bytes(4, "big") + value


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt or None, info=info).derive(key)


def derived(key: bytes, *labels: str) -> bytes:
    """HKDF(key, empty, context("derive", …)): series keys, pack keys, field keys."""
    return hkdf(key, b"", context("derive", *labels))
