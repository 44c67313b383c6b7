import type { SampleGrid } from '@symbolon/pixels';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compressChunk, type Method, maxChunkBytes, methodNumber } from './chunks.ts';
import type { ManifestInstance } from './manifest.ts';
import { readChunks } from './read-chunks.ts';

const grid: SampleGrid = { wordBytes: 2, bigEndian: false, across: 1, row: 16 };
const facts = { sopInstanceUid: '', transferSyntax: '', sha256: '', bytes: 0, identityAt: 0, identityBytes: 0 };

type Stored = { readonly instance: ManifestInstance; readonly stored: Uint8Array; readonly plain: Uint8Array };

/** An image half between others, in chunks of many sizes and all methods, as a writer could have stored it. */
const halves: fc.Arbitrary<Stored> = fc
  .record({
    before: fc.integer({ min: 0, max: 50 }),
    pieces: fc.array(
      fc.record({
        bytes: fc.integer({ min: 1, max: 900 }),
        seed: fc.integer({ min: 1, max: 9 }),
        method: fc.constantFrom<Method>('as it is', 'zstd', 'none', 'average', 'gradient'),
      }),
      { minLength: 1, maxLength: 7 },
    ),
  })
  .map(({ before, pieces }) => {
    const chunks: number[] = [];
    const plain: Uint8Array[] = [];
    const stored: Uint8Array[] = [new Uint8Array(before)];
    for (const { bytes, seed, method } of pieces) {
      const some = Uint8Array.from({ length: bytes }, (_, at) => (at * seed) >> 4);
      const small = method === 'as it is' ? some : compressChunk(some, grid, method);
      const [kept, number] = small.length < bytes ? [small, methodNumber(method)] : [some, 0];
      plain.push(some);
      stored.push(kept);
      chunks.push(bytes, kept.length, number);
    }
    const whole = Buffer.concat(plain);
    const compressed = { ...grid, chunks };
    const instance = { ...facts, imageAt: before, imageBytes: whole.length, cuts: [], attributes: {}, compressed };
    return { instance, stored: Buffer.concat([...stored, new Uint8Array(9)]), plain: whole };
  });

async function read({ instance, stored }: Pick<Stored, 'instance' | 'stored'>, start: number, end: number) {
  let opened = 0;
  async function* open(from: number, to: number) {
    for (let at = from; at < to; at += 100) {
      opened += Math.min(to, at + 100) - at;
      yield stored.subarray(at, Math.min(to, at + 100));
    }
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of readChunks('p', instance, open, start, end)) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), opened };
}

test('every range of an image half comes back, and costs the chunks that it touches', async () => {
  await fc.assert(
    fc.asyncProperty(halves, fc.nat(7000), fc.nat(7000), async (half, one, other) => {
      const all = half.plain.length;
      const [start, end] = [Math.min(one, other) % all, Math.max(one, other) % all].sort((a, b) => a - b) as [
        number,
        number,
      ];
      expect((await read(half, 0, all)).bytes).toEqual(Buffer.from(half.plain));
      const { bytes, opened } = await read(half, start, end);
      expect(bytes).toEqual(Buffer.from(half.plain.subarray(start, end)));
      expect(opened).toBeLessThanOrEqual(end - start + 2 * 900);
    }),
    { numRuns: 300 },
  );
});

test('a table or a chunk that was changed is refused, or opens into as many bytes as before: the digest of the file knows them', async () => {
  const changes = fc.record({
    at: fc.nat(),
    to: fc.oneof(fc.integer({ min: -2, max: 1200 }), fc.constant(2 ** 53), fc.double()),
  });
  await fc.assert(
    fc.asyncProperty(halves, fc.option(changes), fc.nat(), async ({ instance, stored, plain }, change, flip) => {
      const chunks = [...instance.compressed!.chunks];
      if (change) chunks[change.at % chunks.length] = change.to;
      const touched = Uint8Array.from(stored);
      if (!change) touched[instance.imageAt + (flip % (stored.length - instance.imageAt - 9))]! ^= 1 << (flip % 8);
      const changed = { ...instance, compressed: { ...grid, chunks } };
      try {
        const { bytes } = await read({ instance: changed, stored: touched }, 0, plain.length);
        expect(bytes.length).toBe(plain.length);
      } catch (error) {
        // As is what the seal says, in the reader of packs: no bit reaches this far that the seal does not know.
        expect(error).toMatchObject({ code: 'PACK_DAMAGED' });
      }
    }),
    { numRuns: 500 },
  );
});

test('no chunk is made larger than its table says, whatever it says of itself', async () => {
  const bomb = compressChunk(new Uint8Array(64 * 1024 * 1024), grid, 'zstd');
  const half = (chunks: number[], imageBytes: number) => ({
    instance: { ...facts, imageAt: 0, imageBytes, cuts: [], attributes: {}, compressed: { ...grid, chunks } },
    stored: bomb,
  });
  await expect(read(half([bomb.length + 1, bomb.length, 1], bomb.length + 1), 0, 1)).rejects.toMatchObject({
    code: 'PACK_DAMAGED',
    cause: { code: 'ERR_BUFFER_TOO_LARGE' },
  });
  const bytes = 64 * 1024 * 1024;
  expect(bytes).toBeGreaterThan(maxChunkBytes);
  await expect(read(half([bytes, bomb.length, 1], bytes), 0, 1)).rejects.toMatchObject({ code: 'PACK_DAMAGED' });
});
