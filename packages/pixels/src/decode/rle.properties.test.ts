import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PixelsError } from '../errors.ts';
import { greyFormat } from '../formats.fixture.ts';
import { decodeRle } from './rle.ts';

/** Packs bytes in one of the many ways that PS3.5 §G.3 allows: `choices` decides run by run. */
function pack(plane: Uint8Array, choices: readonly number[]): number[] {
  const out: number[] = [];
  for (let at = 0, n = 0; at < plane.length; n++) {
    const choice = choices[n % choices.length]!;
    if (choice % 7 === 0) out.push(128);
    let run = 1;
    while (run < 128 && at + run < plane.length && plane[at + run] === plane[at]) run += 1;
    const wanted = (choice % 128) + 1;
    if (choice % 2 === 0 && run > 1) {
      const length = Math.max(2, Math.min(run, wanted));
      out.push(257 - length, plane[at]!);
      at += length;
    } else {
      const literal = plane.subarray(at, at + wanted);
      out.push(literal.length - 1, ...literal);
      at += literal.length;
    }
  }
  return out.length % 2 === 0 ? out : [...out, 0];
}

function frameOf(planes: readonly Uint8Array[], choices: readonly number[]): Uint8Array {
  const segments = planes.map((plane) => pack(plane, choices));
  const head = new DataView(new ArrayBuffer(64));
  head.setUint32(0, segments.length, true);
  let offset = 64;
  segments.forEach((segment, at) => {
    head.setUint32(4 + 4 * at, offset, true);
    offset += segment.length;
  });
  return Uint8Array.from([...new Uint8Array(head.buffer), ...segments.flat()]);
}

const bits = fc.constantFrom(8 as const, 16 as const, 32 as const);
const pictures = fc
  .record({ rows: fc.integer({ min: 1, max: 9 }), columns: fc.integer({ min: 1, max: 40 }), bits })
  .chain(({ rows, columns, bits: bitsAllocated }) => {
    const bytes = rows * columns * (bitsAllocated / 8);
    const few = fc.uint8Array({ minLength: bytes, maxLength: bytes, max: 2 });
    return fc.record({
      format: fc.constant({
        ...greyFormat,
        rows,
        columns,
        bitsAllocated,
        bitsStored: bitsAllocated,
        highBit: bitsAllocated - 1,
      }),
      bytes: few,
      choices: fc.array(fc.nat(500), { minLength: 1, maxLength: 20 }),
    });
  });

test('every frame survives RLE, however its runs were cut', () => {
  fc.assert(
    fc.property(pictures, ({ format, bytes, choices }) => {
      const size = format.bitsAllocated / 8;
      const planes = Array.from({ length: size }, (_, n) => bytes.filter((_, at) => at % size === size - 1 - n));
      const { words } = decodeRle(format, frameOf(planes, choices));
      expect(Buffer.compare(Buffer.from(words.buffer, words.byteOffset, words.byteLength), bytes)).toBe(0);
    }),
  );
});

test('a frame of single bits survives RLE, its last byte filled up', () => {
  const sizes = fc.record({ rows: fc.integer({ min: 1, max: 12 }), columns: fc.integer({ min: 1, max: 20 }) });
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.nat(255)), ({ rows, columns }, noise) => {
      const packed = Uint8Array.from({ length: Math.ceil((rows * columns) / 8) }, () => noise.next().value as number);
      const format = { ...greyFormat, rows, columns, bitsAllocated: 1 as const, bitsStored: 1, highBit: 0 };
      const { words } = decodeRle(format, frameOf([packed], [3, 8]));
      expect([...words]).toEqual(Array.from({ length: rows * columns }, (_, at) => (packed[at >> 3]! >> (at & 7)) & 1));
    }),
  );
});

test('bytes that are no RLE are an error or a picture of the right size, never anything else', () => {
  const format = { ...greyFormat, rows: 8, columns: 8, bitsAllocated: 8 as const, bitsStored: 8, highBit: 7 };
  const noise = fc.uint8Array({ minLength: 0, maxLength: 300 });
  fc.assert(
    fc.property(noise, fc.boolean(), (bytes, plausible) => {
      if (plausible && bytes.length > 8) bytes.set([1, 0, 0, 0, 64, 0, 0, 0]);
      try {
        expect(decodeRle(format, bytes).words).toHaveLength(64);
      } catch (error) {
        expect(error).toBeInstanceOf(PixelsError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a short frame that claims to be vast is refused before memory is taken for it', () => {
  const format = { ...greyFormat, rows: 16_384, columns: 16_384, bitsAllocated: 8 as const };
  const bytes = frameOf([new Uint8Array(100)], [2]);
  expect(() => decodeRle(format, bytes)).toThrow(expect.objectContaining({ code: 'PIXELS_CODE_STREAM_INVALID' }));
});
