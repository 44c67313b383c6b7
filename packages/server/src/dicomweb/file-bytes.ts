import type { ManifestInstance, PackReader, PackRow } from '../packs/index.ts';
import { safePreamble } from '../studies/index.ts';
import type { Bytes } from './send-bytes.ts';

/** The file of an instance as it was sent, but for a preamble that could make it a program; from any byte on. */
export function fileBytes(reader: PackReader, pack: PackRow, instance: ManifestInstance): Bytes {
  return {
    bytes: instance.bytes,
    pieces: async function* (start, end) {
      const identity = await safeIdentity(await reader.identityHalf(pack, instance));
      // Where a stretch of either half begins: in the file, and in its half.
      let [at, identityAt, imageAt] = [0, 0, 0];
      for (const cut of [...instance.cuts, { at: identity.length, bytes: 0 }]) {
        const own = within(start - at, end - at, cut.at - identityAt);
        if (own) yield identity.subarray(identityAt + own.start, identityAt + own.end);
        at += cut.at - identityAt;
        identityAt = cut.at;
        const image = within(start - at, end - at, cut.bytes);
        if (image) yield* reader.imageRange(pack, instance, imageAt + image.start, imageAt + image.end);
        at += cut.bytes;
        imageAt += cut.bytes;
      }
    },
  };
}

/** What of a stretch of `length` bytes lies between two places that are counted from its begin. */
function within(start: number, end: number, length: number): { start: number; end: number } | undefined {
  const [from, to] = [Math.max(start, 0), Math.min(end, length)];
  return from < to ? { start: from, end: to } : undefined;
}

async function safeIdentity(identity: Uint8Array): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of safePreamble([identity] as unknown as AsyncIterable<Uint8Array>)) pieces.push(piece);
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
}
