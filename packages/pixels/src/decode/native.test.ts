import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { greyFormat } from '../formats.fixture.ts';
import type { SampleKind } from '../frames/pixel-element.ts';
import { decodeFrame, type PixelFormat } from '../index.ts';

const bigEndian = '1.2.840.10008.1.2.2';
const frame = (bytes: Uint8Array, more: { bitOffset?: number; kind?: SampleKind; vr?: string } = {}) => ({
  bytes,
  bitOffset: 0,
  kind: 'integer' as const,
  vr: 'OW',
  ...more,
});
const of = (bitsAllocated: PixelFormat['bitsAllocated'], more: Partial<PixelFormat> = {}): PixelFormat => ({
  ...greyFormat,
  bitsAllocated,
  bitsStored: bitsAllocated,
  highBit: bitsAllocated - 1,
  rows: 1,
  columns: 3,
  ...more,
});
const bytesOf = (write: (view: DataView, at: number, value: number, little: boolean) => void, size: number) => {
  const both = [true, false].map((little) => {
    const view = new DataView(new ArrayBuffer(3 * size));
    for (const [at, value] of [1.5, -2, 3e4].entries()) write(view, at * size, value, little);
    return new Uint8Array(view.buffer);
  });
  return both as [Uint8Array, Uint8Array];
};

describe.each([
  ['16 bits', of(16), 'integer', bytesOf((view, at, value, little) => view.setInt16(at, value, little), 2)],
  ['32 bits', of(32), 'integer', bytesOf((view, at, value, little) => view.setInt32(at, value, little), 4)],
  ['float', of(32), 'float', bytesOf((view, at, value, little) => view.setFloat32(at, value, little), 4)],
  ['double', of(64), 'double', bytesOf((view, at, value, little) => view.setFloat64(at, value, little), 8)],
] as const)('%s', (_, format, kind, [little, big]) => {
  test('are the same numbers in both orders of bytes, wherever in a buffer they lie', async () => {
    const expected = kind === 'integer' ? [1, 2 ** format.bitsAllocated - 2, 30_000] : [1.5, -2, 30_000];
    for (let shift = 0; shift < 3; shift++) {
      const moved = new Uint8Array(little.length + shift);
      moved.set(little, shift);
      expect([...(await decodeFrame(format, frame(moved.subarray(shift), { kind }))).words]).toEqual(expected);
    }
    const other = { ...format, littleEndian: false, transferSyntax: bigEndian };
    expect([...(await decodeFrame(other, frame(big, { kind }))).words]).toEqual(expected);
  });

  test('of which a byte is missing are refused', async () => {
    const cut = frame(little.subarray(0, little.length - 1), { kind });
    await expect(decodeFrame(format, cut)).rejects.toMatchObject({ code: 'PIXELS_TRUNCATED' });
  });
});

test('single bits are taken from the bit where their frame begins', async () => {
  const cases = fc.record({
    bytes: fc.uint8Array({ minLength: 12, maxLength: 12 }),
    bitOffset: fc.nat(15),
    columns: fc.integer({ min: 1, max: 80 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ bytes, bitOffset, columns }) => {
      const { words } = await decodeFrame(of(1, { columns }), frame(bytes, { bitOffset }));
      const bit = (at: number) => (bytes[(bitOffset + at) >> 3]! >> ((bitOffset + at) & 7)) & 1;
      expect([...words]).toEqual(Array.from({ length: columns }, (_, at) => bit(at)));
    }),
  );
});

test('values of 12 bits without gaps come apart, wherever their frame begins', async () => {
  const values = fc.array(fc.nat(4095), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(values, fc.constantFrom(0, 4, 8, 12), async (of12, bitOffset) => {
      const packed = new Uint8Array(Math.ceil((bitOffset + 12 * of12.length) / 8));
      for (const [at, value] of of12.entries())
        for (let n = 0; n < 12; n++) {
          const bit = bitOffset + 12 * at + n;
          packed[bit >> 3]! |= ((value >> n) & 1) << (bit & 7);
        }
      const { words } = await decodeFrame(of(12, { columns: of12.length }), frame(packed, { bitOffset }));
      expect([...words]).toEqual(of12);
    }),
  );
});

test('frames that are encapsulated without compression are read as native ones', async () => {
  const format = of(16, { transferSyntax: '1.2.840.10008.1.2.1.98' });
  expect([...(await decodeFrame(format, frame(Uint8Array.of(1, 0, 2, 0, 3, 1), { vr: 'OB' }))).words]).toEqual([
    1, 2, 259,
  ]);
});

test.each(['YBR_FULL_422', 'YBR_PARTIAL_422'] as const)(
  '%s of odd columns is refused: who shares a colour cannot be told',
  async (photometric) => {
    const format = of(8, { samples: 3, photometric, rows: 2 });
    await expect(decodeFrame(format, frame(new Uint8Array(12)))).rejects.toMatchObject({
      code: 'PIXELS_HEADER_INVALID',
    });
    const even = { ...format, columns: 2, rows: 3 };
    expect((await decodeFrame(even, frame(new Uint8Array(12)))).words).toHaveLength(12);
  },
);

test('whole numbers of 64 bits are refused', async () => {
  await expect(decodeFrame(of(64), frame(new Uint8Array(24)))).rejects.toMatchObject({ code: 'PIXELS_HEADER_INVALID' });
});
