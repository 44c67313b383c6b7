"""Image halves in compressed chunks: docs/formats/pack.md#compressed-image-halves."""
import zstandard

from derivation import Refused

MOST_CHUNK_BYTES = 2**20

AS_IT_IS, ZSTD, PLANES, AVERAGE, GRADIENT = range(5)


def opened(table: dict, kept: bytes, image_bytes: int) -> bytes:
    """The image half that these chunks hold."""
    numbers, pieces, at = table["chunks"], [], 0
    for size, stored, method in zip(numbers[::3], numbers[1::3], numbers[2::3]):
        pieces.append(_chunk(table, kept[at : at + stored], size, method))
        at += stored
    half = b"".join(pieces)
    if len(numbers) % 3 or len(half) != image_bytes:
        raise Refused("PACK_DAMAGED")
    return half


def _chunk(table: dict, stored: bytes, size: int, method: int) -> bytes:
    if method == AS_IT_IS:
        if len(stored) != size:
            raise Refused("PACK_DAMAGED")
        return stored
    if method not in (ZSTD, PLANES, AVERAGE, GRADIENT) or size > MOST_CHUNK_BYTES or len(stored) >= size:
        raise Refused("PACK_DAMAGED")
    try:
        with zstandard.ZstdDecompressor().stream_reader(stored) as reader:
            plain = reader.read(size + 1)
    except zstandard.ZstdError:
        raise Refused("PACK_DAMAGED") from None
    if len(plain) != size:
        raise Refused("PACK_DAMAGED")
    return plain if method == ZSTD else _from_planes(plain, table, method)


def _from_planes(planes: bytes, table: dict, method: int) -> bytes:
    word, across, row = table["wordBytes"], table["across"], table["row"]
    count = len(planes) // word
    samples = [sum(planes[plane * count + i] << (8 * plane) for plane in range(word)) for i in range(count)]
    if method != PLANES and word <= 2 and 0 < across <= row:
        _restore(samples, across, row, method, 2 ** (8 * word))
    order = "big" if table["bigEndian"] else "little"
    return b"".join(sample.to_bytes(word, order) for sample in samples) + planes[count * word :]


def _restore(samples: list, across: int, row: int, method: int, modulus: int) -> None:
    for i, folded in enumerate(samples):
        rest = -(folded // 2) - 1 if folded % 2 else folded // 2
        left = samples[i - across] if i >= across else 0
        above = samples[i - row] if i >= row else left
        corner = samples[i - row - across] if i >= row + across else above
        foretold = (left + above) // 2 if method == AVERAGE else (3 * (left + above) - 2 * corner) // 4
        samples[i] = (foretold + rest) % modulus
