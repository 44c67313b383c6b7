import { expect, test } from 'vitest';
import { inShortPieces, shortPieces } from '../platform/http/short-pieces.ts';
import { multipart, type OutgoingPart } from './multipart.ts';

const mebibyte = 1024 * 1024;
const long = new Uint8Array(2 * mebibyte + 5).map((_, at) => at >> 13);

async function* once<T>(one: T): AsyncGenerator<T> {
  yield one;
}

async function sizesOf(pieces: AsyncIterable<Uint8Array>): Promise<number[]> {
  const sizes: number[] = [];
  for await (const { length } of pieces) sizes.push(length);
  return sizes;
}

test('a long value goes out in pieces of it between which rights are asked for again, and is not copied', async () => {
  const pieces = [...shortPieces(long)];
  expect(pieces.map(({ length, byteOffset }) => [length, byteOffset])).toEqual([
    [mebibyte, 0],
    [mebibyte, mebibyte],
    [5, 2 * mebibyte],
  ]);
  expect(pieces.every(({ buffer }) => buffer === long.buffer)).toBe(true);
  expect(await sizesOf(inShortPieces(once(long)))).toEqual([mebibyte, mebibyte, 5]);
  expect([...shortPieces(long.subarray(0, mebibyte))]).toHaveLength(1);
});

test('and so it does as a part of an answer', async () => {
  const part: OutgoingPart = { type: 'application/pdf', bytes: long.length, pieces: () => once(long) };
  const sizes = await sizesOf(multipart('application/pdf', once(part)).body);
  expect(sizes.slice(1, -1)).toEqual([mebibyte, mebibyte, 5]);
});
