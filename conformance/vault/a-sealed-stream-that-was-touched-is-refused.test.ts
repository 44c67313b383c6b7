import fc from 'fast-check';
import { expect, test } from 'vitest';
import { context, deriveKey, StreamOpener, sealWhole, type VaultErrorCode } from '../../packages/vault/src/index.ts';
import { webPrimitives } from '../../packages/vault/src/web-primitives.testing.ts';
import { nodePrimitives as p } from './node-primitives.ts';
import { type Reading, read, threeRoads } from './three-roads.ts';

const S = 65_536;
const key = { key: p.random(32), keyId: p.random(16), context: context('account', 'study', 'pack', 'image', 1) };
const plain = Buffer.from(p.random(160_000));
const seal = async (bytes: Uint8Array) => Buffer.concat(await sealWhole(p, key, [bytes]));
const sealed = await seal(plain);
const bounds = [104, 64 + S, 64 + 2 * S, sealed.length];
const segments = [0, 1, 2].map((i) => sealed.subarray(bounds[i], bounds[i + 1]));
const [zero = sealed, one = sealed, two = sealed] = segments;
const header = sealed.subarray(0, 104);
/** How much plaintext lies before the segment that holds a sealed offset: all that may be released if it was touched. */
const before = (at: number) => (at < bounds[1]! ? 0 : at < bounds[2]! ? S - 56 : 2 * S - 72);

function expectRefused(reading: Reading, most: number, codes?: readonly VaultErrorCode[]): void {
  expect(reading.refused).toBeDefined();
  if (codes !== undefined) expect(codes).toContain(reading.refused);
  expect(reading.released.length).toBeLessThanOrEqual(most);
  expect(plain.subarray(0, reading.released.length).equals(reading.released)).toBe(true);
}

async function expectAllRefused(touched: Uint8Array, most: number, ...codes: VaultErrorCode[]): Promise<void> {
  const { whole, range, stream } = await threeRoads(key, touched);
  expectRefused(whole, 0, codes);
  expectRefused(range, most, codes);
  expectRefused(stream, most, codes);
}

test('untouched, it opens on every road', async () => {
  for (const { released, refused } of Object.values(await threeRoads(key, sealed))) {
    expect(refused).toBeUndefined();
    expect(released.equals(plain)).toBe(true);
  }
});

test('every bit of the headers counts, and each field has its reason', async () => {
  const reasons: [number, VaultErrorCode][] = [
    [8, 'VAULT_MAGIC_MISSING'],
    [9, 'VAULT_VERSION_UNKNOWN'],
    [16, 'VAULT_HEADER_WRONG'],
    [64, 'VAULT_KEY_MISMATCH'],
    [65, 'VAULT_HEADER_WRONG'],
    [104, 'VAULT_TAG_MISMATCH'],
  ];
  for (let bit = 0; bit < 104 * 8; bit++) {
    const at = bit >> 3;
    const touched = Buffer.from(sealed);
    touched[at]! ^= 1 << (bit & 7);
    const reason = reasons.find(([end]) => at < end)![1];
    // A segment size of another valid power of two is believed until the first tag.
    const codes = at === 9 ? [reason, 'VAULT_TAG_MISMATCH' as const] : [reason];
    await expectAllRefused(touched, 0, ...codes);
  }
});

test.each([
  { name: 'node:crypto', primitives: p },
  { name: 'WebCrypto', primitives: webPrimitives },
])('each single bit of a small stream counts, and none is released, with $name', async ({ primitives }) => {
  const small = await seal(plain.subarray(0, 3));
  for (let bit = 0; bit < 8 * small.length; bit++) {
    const touched = Buffer.from(small);
    touched[bit >> 3]! ^= 1 << (bit & 7);
    for (const reading of Object.values(await threeRoads(key, touched, { p: primitives }))) expectRefused(reading, 0);
  }
});

test('every version but the first is unknown', async () => {
  for (let version = 0; version < 256; version++) {
    if (version === 1) continue;
    const touched = Buffer.from(sealed);
    touched[8] = version;
    await expectAllRefused(touched, 0, 'VAULT_VERSION_UNKNOWN');
  }
});

test('a flipped bit anywhere is refused before a byte of its segment is released', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 105), fc.nat(7), async (offset, bit) => {
      const at = 104 + offset;
      const touched = Buffer.from(sealed);
      touched[at]! ^= 1 << bit;
      await expectAllRefused(touched, before(at), 'VAULT_TAG_MISMATCH');
    }),
    { examples: [0, 1, 2].flatMap((i) => [[bounds[i]! - 104, 0] as [number, number], [bounds[i + 1]! - 105, 7]]) },
  );
});

test('a stream cut anywhere is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), async (bytes) => {
      await expectAllRefused(sealed.subarray(0, bytes), before(bytes), ...cutCodes);
    }),
    { examples: [[0], [7], [8], [103], [104], [119], [120], [64 + S + 16], [64 + S + 17]] },
  );
});
const cutCodes: VaultErrorCode[] = ['VAULT_TRUNCATED', 'VAULT_LENGTH_WRONG', 'VAULT_TAG_MISMATCH'];

test('a stream cut after a whole segment is called truncated', async () => {
  await expectAllRefused(sealed.subarray(0, 64 + S), 0, 'VAULT_TRUNCATED');
  await expectAllRefused(sealed.subarray(0, 64 + 2 * S), S - 56, 'VAULT_TRUNCATED');
});

test('bytes after the end are refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), async (more) => {
      await expectAllRefused(Buffer.concat([sealed, more]), 2 * S - 72, 'VAULT_TAG_MISMATCH');
    }),
    { numRuns: 20 },
  );
});

test('bytes after a last segment that is full are called trailing', async () => {
  const full = await seal(plain.subarray(0, S - 56));
  await expectAllRefused(Buffer.concat([full, p.random(17)]), 0, 'VAULT_TRAILING_BYTES');
  // Too few to be a segment: who knows the length says so at once.
  await expectAllRefused(Buffer.concat([full, p.random(16)]), 0, 'VAULT_TRAILING_BYTES', 'VAULT_LENGTH_WRONG');
});

test('an empty segment after others is refused even if its tag is right: no writer writes one', async () => {
  const full = await seal(plain.subarray(0, S - 56));
  const associated = Buffer.concat([await p.hash('sha256', full.subarray(0, 64)), key.context]);
  const segmentKey = await deriveKey(p, key.key, full.subarray(65, 97), associated);
  const nonce = (index: number, last: number) =>
    Buffer.concat([full.subarray(97, 104), Buffer.of(0, 0, 0, index, last)]);
  const none = new Uint8Array(0);
  const notLast = await p.seal(segmentKey, nonce(0, 0), none, plain.subarray(0, S - 56));
  const empty = await p.seal(segmentKey, nonce(1, 1), none, none);
  await expectAllRefused(Buffer.concat([full.subarray(0, 104), notLast, empty]), S - 56, 'VAULT_LENGTH_WRONG');
});

test('segments that changed places, came twice or went missing are refused', async () => {
  const second = S - 56;
  const tag = 'VAULT_TAG_MISMATCH';
  await expectAllRefused(Buffer.concat([header, zero, two, one]), second, tag);
  await expectAllRefused(Buffer.concat([header, zero, one, one, two]), 2 * S - 72, tag);
  await expectAllRefused(Buffer.concat([header, zero, two]), second, tag);
  await expectAllRefused(Buffer.concat([header, one, two]), 0, tag);
  await expectAllRefused(Buffer.concat([header, zero, one, two, two]), 2 * S - 72, tag);
});

test('a segment of another stream, sealed under the same key for the same place, is refused', async () => {
  const other = await seal(plain);
  await expectAllRefused(
    Buffer.concat([header, zero, other.subarray(64 + S, 64 + 2 * S), two]),
    S - 56,
    'VAULT_TAG_MISMATCH',
  );
  await expectAllRefused(
    Buffer.concat([header, zero, one, other.subarray(64 + 2 * S)]),
    2 * S - 72,
    'VAULT_TAG_MISMATCH',
  );
  await expectAllRefused(
    Buffer.concat([sealed.subarray(0, 64), other.subarray(64, 104), zero, one, two]),
    0,
    'VAULT_TAG_MISMATCH',
  );
});

const place = ['account', 'study', 'series', 'pack', 'image', 1] as const;
const placed = { ...key, context: context(...place) };

test.each([
  ['key', { ...placed, key: p.random(32) }],
  ['key id', { ...placed, keyId: p.random(16) }],
  ...['account', 'study', 'series', 'pack', 'half', 'version'].map((what, at) => {
    const other = place.map((id, index) => (index !== at ? id : typeof id === 'number' ? id + 1 : `another ${id}`));
    return [what, { ...placed, context: context(...other) }] as const;
  }),
] as const)('a stream put in the place of another %s is refused at its header', async (_, other) => {
  const moved = Buffer.concat(await sealWhole(p, placed, [plain]));
  for (const reading of Object.values(await threeRoads(other, moved)))
    expectRefused(reading, 0, ['VAULT_KEY_MISMATCH']);
});

test('a segment of another stream, put there after the header was read, is refused', async () => {
  const other = await seal(plain);
  const opener = await StreamOpener.create(p, key, sealed);
  const source = { sealedBytes: other.length, read: (start: number, end: number) => other.subarray(start, end) };
  for (const start of [0, S, 2 * S]) {
    expectRefused(await read(opener.range(source, start, start + 1)), 0, ['VAULT_TAG_MISMATCH']);
  }
});

test('whoever holds two keys cannot make one stream that opens under both', async () => {
  // The key id may be repeated by whoever holds both; the commitment is what tells them apart.
  const twin = { ...key, key: p.random(32) };
  const theirs = Buffer.concat(await sealWhole(p, twin, [plain]));
  const grafted = Buffer.concat([header.subarray(0, 64), theirs.subarray(64)]);
  await expectAllRefused(grafted, 0, 'VAULT_TAG_MISMATCH');
  for (const reading of Object.values(await threeRoads(twin, grafted)))
    expectRefused(reading, 0, ['VAULT_KEY_MISMATCH']);
});
