"""Objects of any length: docs/formats/sealed-stream.md. Whole, from front to back, and a range alone."""
import hashlib
import hmac
from typing import BinaryIO, Callable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from derivation import Refused, hkdf

MAGIC = bytes.fromhex("8F53594D5345414C")
HEADER = 104
TAG = 16
LABEL = b"symbolon sealed stream version 1 key commitment"

ReadAt = Callable[[int, int], bytes]  # offset and end of the sealed bytes


class Key:
    """What a stream is opened with."""

    def __init__(self, key: bytes, key_id: bytes, context: bytes):
        if len(key) != 32 or len(key_id) != 16:
            raise Refused("VAULT_LENGTH_WRONG")
        self.key, self.key_id, self.context = key, key_id, context


class Stream:
    """A leading header and a Tink header that were found right; opens segments by their number."""

    def __init__(self, key: Key, head: bytes):
        if head[:8] != MAGIC[: len(head)]:
            raise Refused("VAULT_MAGIC_MISSING")
        if len(head) > 8 and head[8] != 1:
            raise Refused("VAULT_VERSION_UNKNOWN")
        if len(head) < HEADER:
            raise Refused("VAULT_TRUNCATED")
        if not 16 <= head[9] <= 20 or any(head[10:16]) or head[64] != 40:
            raise Refused("VAULT_HEADER_WRONG")
        commitment = hkdf(key.key, LABEL, head[16:32] + key.context)
        if head[16:32] != key.key_id or not hmac.compare_digest(commitment, head[32:64]):
            raise Refused("VAULT_KEY_MISMATCH")
        self.segment_bytes = 2 ** head[9]
        associated = hashlib.sha256(head[:64]).digest() + key.context
        self._cipher = AESGCM(hkdf(key.key, head[65:97], associated))
        self._prefix = head[97:104]

    def start(self, index: int) -> int:
        """Where a segment begins among the sealed bytes."""
        return HEADER if index == 0 else 64 + index * self.segment_bytes

    def open(self, index: int, segment: bytes, last: bool) -> bytes:
        opened = self._try(index, segment, last)
        if opened is not None:
            return opened
        if self._try(index, segment, not last) is None:
            raise Refused("VAULT_TAG_MISMATCH")
        raise Refused("VAULT_TRUNCATED" if last else "VAULT_TRAILING_BYTES")

    def _try(self, index: int, segment: bytes, last: bool) -> "bytes | None":
        try:
            nonce = self._prefix + index.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
            return self._cipher.decrypt(nonce, segment, None)
        except InvalidTag:
            return None

    def segments(self, sealed_bytes: int) -> int:
        """How many segments so many sealed bytes are, or a refusal."""
        if sealed_bytes < HEADER + TAG:
            raise Refused("VAULT_TRUNCATED")
        rest = sealed_bytes - 64
        count = max(1, -(-rest // self.segment_bytes))
        if count > 1 and rest - (count - 1) * self.segment_bytes <= TAG or count > 2**31 - 1:
            raise Refused("VAULT_LENGTH_WRONG")
        return count


def open_whole(key: Key, sealed: bytes) -> bytes:
    stream = Stream(key, sealed[:HEADER])
    count = stream.segments(len(sealed))
    pieces = []
    for index in range(count):
        piece = sealed[stream.start(index) : stream.start(index + 1)]
        pieces.append(stream.open(index, piece, index == count - 1))
    return b"".join(pieces)


def open_streamed(key: Key, source: BinaryIO) -> Iterator[bytes]:
    """Segment by segment, the length not known beforehand; holds two segments at a time."""
    stream = Stream(key, _read(source, HEADER))
    segment = _read(source, stream.start(1) - HEADER)
    if len(segment) < TAG:
        raise Refused("VAULT_TRUNCATED")
    index = 0
    while True:
        following = _read(source, stream.segment_bytes)
        if 0 < len(following) <= TAG:
            raise Refused("VAULT_LENGTH_WRONG")
        yield stream.open(index, segment, not following)
        if not following:
            return
        segment, index = following, index + 1


def open_range(key: Key, read_at: ReadAt, sealed_bytes: int, start: int, end: int) -> bytes:
    """The plaintext bytes from `start` to `end`, exclusive; `sealed_bytes` comes from where the context comes from."""
    stream = Stream(key, read_at(0, min(HEADER, sealed_bytes)))
    count = stream.segments(sealed_bytes)
    plain_bytes = sealed_bytes - HEADER - TAG * count
    if not 0 <= start <= end <= plain_bytes:
        raise Refused("VAULT_RANGE_OUTSIDE")
    size = stream.segment_bytes
    first = min((start + 40) // (size - TAG), count - 1)
    final = min((max(start, end - 1) + 40) // (size - TAG), count - 1)
    pieces = []
    for index in range(first, final + 1):
        last = index == count - 1
        sealed = read_at(stream.start(index), sealed_bytes if last else stream.start(index + 1))
        pieces.append(stream.open(index, sealed, last))
    skip = start - (0 if first == 0 else first * (size - TAG) - 40)
    return b"".join(pieces)[skip : skip + end - start]


def _read(source: BinaryIO, length: int) -> bytes:
    pieces = []
    while length > 0:
        piece = source.read(length)
        if not piece:
            break
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)
