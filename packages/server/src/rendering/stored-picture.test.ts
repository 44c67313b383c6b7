import { expect, test } from 'vitest';
import type { PackReader } from '../packs/index.ts';
import { Erasures } from './erasures.ts';
import type { FoundInstance } from './image-id.ts';
import { type StoredPicture, StoredPictures } from './stored-picture.ts';

const [rows, columns] = [16, 16];
const format = { rows, columns, samples: 1, photometric: 'MONOCHROME2', bitsAllocated: 8 };

/** A frame in one fragment of so many bytes: what was said of it before the first of them was read. */
async function saidOf(length: number): Promise<readonly number[]> {
  const table = { kind: 'fragments', frames: 1, firsts: new Uint32Array(1), starts: [8], lengths: [length] };
  const picture = { model: { format }, element: { valueStart: 12, kind: 'integer', vr: 'OB' }, table };
  const said: number[] = [];
  let read = 0;
  const reader = {
    imageRange: (_pack: unknown, _instance: unknown, start: number, end: number) => {
      read += 1;
      return [new Uint8Array(end - start)];
    },
  } as unknown as PackReader;
  const found = { pack: {}, instance: { imageBytes: length } } as unknown as FoundInstance;
  const pictures = new StoredPictures(new Erasures());
  const { bytes } = await pictures.frame(reader, found, picture as unknown as StoredPicture, 0, false, async (more) => {
    expect(read).toBe(0);
    said.push(more);
  });
  expect([bytes.length, read]).toEqual([length, 1]);
  return said;
}

test('a frame that is longer as it is stored than its pixels counts with all its bytes, before one is read', async () => {
  expect(await saidOf(1_000_000)).toEqual([1_000_000 - rows * columns]);
  expect(await saidOf(rows * columns)).toEqual([]);
  expect(await saidOf(10)).toEqual([]);
});
