import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalBytes, joined } from '../bytes.ts';
import { context } from '../context.ts';
import type { Primitives } from '../primitives.ts';
import { webPrimitives } from '../web-primitives.testing.ts';
import { plainSize, sealedSize, streamHeaderBytes } from './layout.ts';
import { openRange, openStream, openWhole } from './open.ts';
import { StreamSealer, sealWhole } from './seal.ts';

const detached: Primitives = {
  ...webPrimitives,
  async sealDetached(sealing, nonce, additional, plain) {
    const sealed = await webPrimitives.seal(sealing, nonce, additional, joined(...plain));
    let at = 0;
    const ciphertext = plain.map(({ length }) => {
      at += length;
      return sealed.subarray(at - length, at);
    });
    return { ciphertext, tag: sealed.subarray(-16) };
  },
};
const key = { key: webPrimitives.random(32), keyId: webPrimitives.random(16), context: context('pack', 1) };
const noise = new Uint8Array(2 ** 19).map((_, i) => (i * 2654435761) >>> 13);

const primitives = fc.constantFrom(webPrimitives, detached);
const segmentBytes = fc.constantFrom(2 ** 16, 2 ** 17);
/** Sizes around the ends of the first three segments, and any size up to half a MiB. */
const plain = fc
  .oneof(
    fc
      .tuple(segmentBytes, fc.nat(2), fc.integer({ min: -2, max: 2 }))
      .map(([s, n, off]) => s - 56 + n * (s - 16) + off),
    fc.nat(300),
    fc.nat(noise.length),
  )
  .map((bytes) => noise.subarray(0, bytes));
const pieceBytes = fc.integer({ min: 700, max: 200_000 });

function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* later(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return joined(...all);
}

test('every plaintext size survives sealing and opening, whole and from front to back', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(primitives, plain, segmentBytes, pieceBytes, async (p, bytes, size, pieces) => {
      const sealed = joined(...(await sealWhole(p, key, [...inPieces(bytes, pieces)], { segmentBytes: size })));
      expect(sealed.length).toBe(sealedSize(bytes.length, size));
      expect(plainSize(sealed.length, size)).toBe(bytes.length);
      expect(equalBytes(await openWhole(p, key, sealed), bytes)).toBe(true);
      expect(equalBytes(await whole(openStream(p, key, later(inPieces(sealed, pieces)))), bytes)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('what is pushed in pieces is what is sealed whole', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(primitives, plain, segmentBytes, pieceBytes, async (p, bytes, size, pieces) => {
      const sealer = await StreamSealer.create(p, key, { segmentBytes: size });
      const sealed = [sealer.header];
      for (const piece of inPieces(bytes, pieces)) {
        const reused = piece.slice();
        sealed.push(...(await sealer.push(reused)));
        reused.fill(0);
      }
      sealed.push(...(await sealer.finish()));
      const drawn = sealer.header.slice(65);
      const again = { ...p, random: () => drawn };
      expect(
        equalBytes(joined(...sealed), joined(...(await sealWhole(again, key, [bytes], { segmentBytes: size })))),
      ).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('any range is that part of the plaintext, for one read of the header and one for each MiB', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plain, segmentBytes, fc.nat(), fc.nat(), async (bytes, size, a, b) => {
      const sealed = joined(...(await sealWhole(webPrimitives, key, [bytes], { segmentBytes: size })));
      const [start = 0, end = 0] = [a % (bytes.length + 1), b % (bytes.length + 1)].sort((x, y) => x - y);
      const reads: number[] = [];
      const read = (from: number, to: number) => {
        reads.push(to - from);
        return sealed.subarray(from, to);
      };
      const source = { sealedBytes: sealed.length, read };
      const opened = await whole(openRange(webPrimitives, key, source, start, end));
      expect(equalBytes(opened, bytes.subarray(start, end))).toBe(true);
      expect(reads.length).toBe(2);
      expect(reads[0]).toBe(streamHeaderBytes);
      expect(reads[1]).toBeLessThanOrEqual(end - start + 2 * size);
    }),
    { numRuns: 200 },
  );
});
