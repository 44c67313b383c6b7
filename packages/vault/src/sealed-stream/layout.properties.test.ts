import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainSize, sealedSize, segmentHolding, segmentPlainStart } from './layout.ts';

const segmentBytes = fc.constantFrom(16, 17, 18, 19, 20).map((log2) => 2 ** log2);
/** Any size, and the sizes next to the end of any of the first thousand segments. */
const nearBoundary = fc
  .tuple(segmentBytes, fc.nat(1000), fc.integer({ min: -20, max: 20 }))
  .map(([size, segments, off]) => ({ size, bytes: Math.max(0, size - 56 + segments * (size - 16) + off) }));
const nearSealedBoundary = fc
  .tuple(segmentBytes, fc.nat(1000), fc.integer({ min: -20, max: 20 }))
  .map(([size, segments, off]) => ({ size, bytes: Math.max(0, 64 + segments * size + off) }));
const anywhere = fc
  .tuple(segmentBytes, fc.maxSafeNat())
  .map(([size, bytes]) => ({ size, bytes: bytes % (2 ** 31 * (size - 16) - 10 * size) }));
const sizes = fc.oneof(nearBoundary, anywhere);

test('plainSize undoes sealedSize', () => {
  fc.assert(
    fc.property(sizes, ({ size, bytes }) => {
      expect(plainSize(sealedSize(bytes, size), size)).toBe(bytes);
    }),
  );
});

test('sealedSize undoes plainSize, or the length is one that no plaintext has', () => {
  fc.assert(
    fc.property(fc.oneof(sizes, nearSealedBoundary), ({ size, bytes }) => {
      const plainBytes = tried(() => plainSize(bytes, size));
      if (plainBytes !== undefined) {
        expect(sealedSize(plainBytes, size)).toBe(bytes);
        return;
      }
      const tail = (bytes - 64) % size;
      expect(bytes < 120 || (tail >= 1 && tail <= 16)).toBe(true);
    }),
  );
});

test('every plaintext byte lies in the segment that is said to hold it', () => {
  fc.assert(
    fc.property(sizes, ({ size, bytes }) => {
      const index = segmentHolding(bytes, size);
      expect(segmentPlainStart(index, size)).toBeLessThanOrEqual(bytes);
      expect(segmentPlainStart(index + 1, size)).toBeGreaterThan(bytes);
    }),
  );
});

test('one segment more than 2^31 - 1 is refused', () => {
  const most = 65480 + (2 ** 31 - 2) * 65520;
  expect(plainSize(sealedSize(most))).toBe(most);
  expect(() => sealedSize(most + 1)).toThrow(expect.objectContaining({ code: 'VAULT_LENGTH_WRONG' }));
  expect(() => plainSize(sealedSize(most) + 17)).toThrow(expect.objectContaining({ code: 'VAULT_LENGTH_WRONG' }));
});

test.each([0, 1, 32768, 65535, 65537, 98304, 2 ** 21, Number.NaN])('a segment of %d bytes is refused', (size) => {
  expect(() => sealedSize(1, size)).toThrow(expect.objectContaining({ code: 'VAULT_LENGTH_WRONG' }));
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('a plaintext of %d bytes is refused', (bytes) => {
  expect(() => sealedSize(bytes)).toThrow(expect.objectContaining({ code: 'VAULT_LENGTH_WRONG' }));
});

function tried<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
