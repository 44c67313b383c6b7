import { expect, test } from 'vitest';
import { context, openRange, plainSize, StreamOpener, sealWhole } from '../../packages/vault/src/index.ts';
import { nodePrimitives as p } from './node-primitives.ts';
import { read } from './three-roads.ts';

const S = 65_536;
const key = { key: p.random(32), keyId: p.random(16), context: context('pack', 1) };
const plain = Buffer.from(p.random(3_000_000));
const sealed = Buffer.concat(await sealWhole(p, key, [plain]));

function watched(bytes: Uint8Array, sealedBytes = bytes.length) {
  const reads: [number, number][] = [];
  const source = {
    sealedBytes,
    read(start: number, end: number) {
      reads.push([start, end]);
      return bytes.subarray(start, end);
    },
  };
  return { source, reads };
}

test('three megabytes take one read for each MiB of whole segments', async () => {
  const { source, reads } = watched(sealed);
  const { released } = await read(openRange(p, key, source, 0, plain.length));
  expect(released.equals(plain)).toBe(true);
  expect(reads).toEqual([
    [0, 104],
    [104, 64 + 16 * S],
    [64 + 16 * S, 64 + 32 * S],
    [64 + 32 * S, sealed.length],
  ]);
});

test('an opener that is kept reads no header twice', async () => {
  const { source, reads } = watched(sealed);
  const opener = await StreamOpener.create(p, key, sealed);
  for (const [start, end] of [
    [S, S + 1],
    [2_000_000, 2_200_000],
    [0, 5],
  ] as const) {
    const { released } = await read(opener.range(source, start, end));
    expect(released.equals(plain.subarray(start, end))).toBe(true);
  }
  expect(reads.length).toBe(3);
  expect(reads[0]).toEqual([64 + S, 64 + 2 * S]);
});

test('a touched segment stops only the ranges that need it', async () => {
  const touched = Buffer.from(sealed);
  touched[64 + 2 * S]! ^= 1;
  const { source } = watched(touched);
  const [first, second] = [2 * S - 72, 3 * S - 88];
  expect((await read(openRange(p, key, source, 0, first))).released.length).toBe(first);
  expect((await read(openRange(p, key, source, second, plain.length))).refused).toBeUndefined();
  const across = await read(openRange(p, key, source, first - 1, second + 1));
  expect(across).toEqual({ released: plain.subarray(first - 1, first), refused: 'VAULT_TAG_MISMATCH' });
});

test('an empty range gives nothing, yet opens the segment in which it lies', async () => {
  const { source, reads } = watched(sealed);
  for (const at of [0, S, plain.length]) {
    expect(await read(openRange(p, key, source, at, at))).toEqual({ released: Buffer.alloc(0) });
  }
  expect(reads.length).toBe(6);
  const empty = Buffer.concat(await sealWhole(p, key, []));
  empty[empty.length - 1]! ^= 1;
  expect((await read(openRange(p, key, watched(empty).source, 0, 0))).refused).toBe('VAULT_TAG_MISMATCH');
});

test.each([
  [-1, 5],
  [5, 4],
  [0, plain.length + 1],
  [plain.length + 1, plain.length + 1],
  [0.5, 1],
  [0, Number.NaN],
])('the range %d to %d is refused', async (start, end) => {
  expect((await read(openRange(p, key, watched(sealed).source, start, end))).refused).toBe('VAULT_RANGE_OUTSIDE');
});

test('a store that lost the end is found out, whether the length is kept in the row or asked of the store', async () => {
  const cut = sealed.subarray(0, 64 + 40 * S);
  const remembered = watched(cut, sealed.length).source;
  expect((await read(openRange(p, key, remembered, plain.length - 5, plain.length))).refused).toBe('VAULT_TRUNCATED');
  const asked = watched(cut).source;
  const end = plainSize(cut.length);
  expect((await read(openRange(p, key, asked, end - 5, end))).refused).toBe('VAULT_TRUNCATED');
});

test('a store that answers with more or less than was asked is refused', async () => {
  const more = { sealedBytes: sealed.length, read: (start: number, end: number) => sealed.subarray(start, end + 1) };
  const less = { sealedBytes: sealed.length, read: (start: number, end: number) => sealed.subarray(start, end - 1) };
  expect((await read(openRange(p, key, more, 0, 5))).refused).toBe('VAULT_LENGTH_WRONG');
  expect((await read(openRange(p, key, less, 0, 5))).refused).toBe('VAULT_TRUNCATED');
});

test('each read is given back once, when all that is wanted of it was opened, and the bytes are whole all the same', async () => {
  const out = new Set<Uint8Array>();
  let most = 0;
  const source = {
    sealedBytes: sealed.length,
    read(start: number, end: number) {
      const bytes = new Uint8Array(sealed.subarray(start, end));
      out.add(bytes);
      most = Math.max(most, out.size);
      return bytes;
    },
    release(bytes: Uint8Array) {
      expect(out.delete(bytes)).toBe(true);
      bytes.fill(0);
    },
  };
  const opener = await StreamOpener.create(p, key, sealed);
  for (const [start, end] of [
    [0, plain.length],
    [S, S + 1],
    [16 * S - 100, 33 * S],
    [plain.length, plain.length],
  ] as const) {
    const { released } = await read(opener.range(source, start, end));
    expect(released.equals(plain.subarray(start, end))).toBe(true);
    expect(out.size).toBe(0);
  }
  expect(most).toBe(1);
});
