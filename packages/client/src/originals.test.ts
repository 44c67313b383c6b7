import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NewHasher } from './digest.ts';
import { type Pack, packFiles } from './originals.ts';
import type { Transport } from './transport.ts';

const newHasher: NewHasher = () => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
};
const id = '6f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11';

function packOf(files: readonly Uint8Array[]): Pack {
  const instances = files.map((bytes) => ({
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    seriesNumber: 1,
    instanceNumber: null,
  }));
  return { id, instances };
}

function exchangeOf(stream: Uint8Array, chunk: number): { url: string; transport: Transport } {
  async function* body() {
    for (let at = 0; at < stream.length; at += chunk) yield stream.subarray(at, at + chunk);
  }
  return { url: 'https://x', transport: async () => ({ status: 200, headers: { get: () => null }, body: body() }) };
}

async function read(files: readonly Uint8Array[], stream: Uint8Array, chunk: number, take = Number.POSITIVE_INFINITY) {
  const got: (Uint8Array | string)[] = [];
  for await (const { bytes } of packFiles(exchangeOf(stream, chunk), id, packOf(files), newHasher)) {
    const pieces: Uint8Array[] = [];
    try {
      for await (const piece of bytes) {
        pieces.push(piece);
        if (pieces.length >= take) break;
      }
      got.push(Buffer.concat(pieces));
    } catch (error) {
      got.push((error as { code: string }).code);
    }
  }
  return got;
}

const join = (files: readonly Uint8Array[]) => Uint8Array.from(files.flatMap((file) => [...file]));

describe('the files of a pack', () => {
  test('come out as they went in, whatever the chunks (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        async (files, chunk) => {
          const got = await read(files, join(files), chunk);
          expect(got.map((bytes) => [...(bytes as Uint8Array)])).toEqual(files.map((bytes) => [...bytes]));
        },
      ),
    );
  });

  const files = [Buffer.from('first'), Buffer.from('second'), Buffer.from('third')];

  test('an altered byte damages its own file only', async () => {
    const stream = join(files);
    stream[7] = 0;
    expect(await read(files, stream, 4)).toEqual([files[0], 'ORIGINAL_DAMAGED', files[2]]);
  });

  test('a file that the reader leaves in the middle does not shift the next', async () => {
    expect(await read(files, join(files), 2, 1)).toEqual([Buffer.from('fi'), Buffer.from('s'), Buffer.from('t')]);
  });

  test('a stream that ends early is a broken connection', async () => {
    await expect(read(files, join(files).subarray(0, 8), 4)).rejects.toMatchObject({ code: 'EXCHANGE_OUT_OF_REACH' });
  });

  test('more bytes than announced are refused', async () => {
    await expect(read(files, new Uint8Array([...join(files), 1]), 4)).rejects.toMatchObject({
      code: 'EXCHANGE_ANSWER_STRANGE',
    });
  });
});
