const preambleBytes = 128;

/** TIFF and BigTIFF in both byte orders: the one use of the preamble that PS3.10 §7.1 names. */
const tiffMarks = ['49492a00', '4d4d002a', '49492b00', '4d4d002b'];

/**
 * Zeroes a preamble that is neither zero nor TIFF, since it can make the file a program (CVE-2019-11687). For every
 * road out except `fetch`; the original stays sealed as it came. Expects the preamble within the first piece.
 */
export async function* safePreamble(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const piece of pieces) {
    if (!first) {
      yield piece;
      continue;
    }
    first = false;
    const preamble = piece.subarray(0, preambleBytes);
    const harmless =
      preamble.every((byte) => byte === 0) || tiffMarks.includes(Buffer.from(preamble.subarray(0, 4)).toString('hex'));
    if (harmless) yield piece;
    else {
      yield new Uint8Array(preambleBytes);
      yield piece.subarray(preambleBytes);
    }
  }
}
