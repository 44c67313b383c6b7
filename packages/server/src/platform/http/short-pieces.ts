/** What is no longer goes out at once, and is no matter of a budget. Bytes. */
export const pieceBytes = 1024 * 1024;

/**
 * A value that lies in memory whole, piece by piece: between two it is asked whether its receiver may still have it, and no
 * more than one at a time is encrypted for them.
 */
export function* shortPieces(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  if (bytes.length <= pieceBytes) return yield bytes;
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** The same of many, one after another. */
export async function* inShortPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) yield* shortPieces(piece);
}
