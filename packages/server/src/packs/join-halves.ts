import { createHash } from 'node:crypto';
import { type ManifestInstance, PacksError } from './manifest.ts';
import type { PackReader, PackRow } from './open-pack.ts';

/**
 * Joins the two halves of an instance again, in pieces, in the order of the file.
 *
 * Law     the pieces are the file as it was sent, byte for byte (Law 1); with `verify` its SHA-256 is checked, and a
 *         mismatch throws before the last piece is given out, so no receiver can take it for whole.
 * Cost    memory for the identity half and one run of image segments, whatever the image's size.
 *
 * @throws PacksError PACK_DAMAGED
 */
export async function* joinHalves(
  reader: PackReader,
  row: PackRow,
  instance: ManifestInstance,
  verify: boolean,
): AsyncGenerator<Uint8Array> {
  const digest = verify ? createHash('sha256') : undefined;
  let waiting: Uint8Array | undefined;
  for await (const piece of pieces(reader, row, instance)) {
    digest?.update(piece);
    if (waiting) yield waiting;
    waiting = piece;
  }
  if (digest && digest.digest('hex') !== instance.sha256) {
    throw new PacksError('PACK_DAMAGED', `an instance of pack ${row.packId} is not what was sent`);
  }
  if (waiting) yield waiting;
}

async function* pieces(reader: PackReader, row: PackRow, instance: ManifestInstance): AsyncGenerator<Uint8Array> {
  const image = reader.imageHalf(row, instance);
  // Both at once, and before anything goes out: whoever asks while a store is away is told so, and not given half a file.
  const [identity, first] = await Promise.all([reader.identityHalf(row, instance), image.next()]);
  let left: Uint8Array = first.done ? new Uint8Array(0) : first.value;
  let identityAt = 0;
  for (const cut of instance.cuts) {
    if (cut.at > identityAt) yield identity.subarray(identityAt, cut.at);
    identityAt = cut.at;
    for (let missing = cut.bytes; missing > 0; ) {
      if (left.length === 0) {
        const next = await image.next();
        if (next.done) throw new PacksError('PACK_DAMAGED', `pack ${row.packId}: its image half ends too soon`);
        left = next.value;
      }
      const piece = left.subarray(0, missing);
      left = left.subarray(piece.length);
      missing -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }
  // Ends the generator where the last cut ended with a segment's last byte.
  await image.return(undefined);
  if (identityAt < identity.length) yield identity.subarray(identityAt);
}
