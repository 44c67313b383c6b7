import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PixelsError } from '../errors.ts';
import { decodeJpegLossless } from './jpeg-lossless.ts';

/** Codes of 5 bits for each of the 17 magnitudes, in order. */
const codeBits = 5;

/** A lossless JPEG stream, written by the book (ITU-T T.81 Annex H): one component a scan, or all in one. */
function encode(
  samples: readonly number[],
  {
    columns,
    components,
    predictor,
    restartRows,
    sampling = [0x11, 0x11, 0x11],
  }: {
    columns: number;
    components: number;
    predictor: number;
    restartRows: number;
    sampling?: readonly number[];
  },
): Uint8Array {
  const rows = samples.length / columns / components;
  const segment = (marker: number, ...bytes: number[]) => [0xff, marker, 0, bytes.length + 2, ...bytes];
  const ids = Array.from({ length: components }, (_, n) => n + 1);
  const counts = Array.from({ length: 16 }, (_, n) => (n === codeBits - 1 ? 17 : 0));
  const out = [
    ...[0xff, 0xd8],
    ...segment(0xc3, 16, 0, rows, 0, columns, components, ...ids.flatMap((id, n) => [id, sampling[n]!, 0])),
    ...segment(0xc4, 0, ...counts, ...Array.from({ length: 17 }, (_, n) => n)),
    ...segment(0xdd, 0, restartRows * columns),
    ...segment(0xda, components, ...ids.flatMap((id) => [id, 0]), predictor, 0, 0),
  ];
  let bits = '';
  const flush = () => {
    bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
    for (let at = 0; at < bits.length; at += 8) {
      const byte = Number.parseInt(bits.slice(at, at + 8), 2);
      out.push(byte);
      if (byte === 0xff) out.push(0);
    }
    bits = '';
  };
  const at = (row: number, column: number, of: number) => samples[(row * columns + column) * components + of]!;
  for (let row = 0; row < rows; row++) {
    const first = restartRows > 0 ? row % restartRows === 0 : row === 0;
    if (first && row > 0) {
      flush();
      out.push(0xff, 0xd0 + ((row / restartRows - 1) % 8));
    }
    for (let column = 0; column < columns; column++)
      for (let of = 0; of < components; of++) {
        const [left, above, corner] = [
          at(row, column - 1, of),
          first ? 0 : at(row - 1, column, of),
          first ? 0 : at(row - 1, column - 1, of),
        ];
        const foretold =
          column === 0
            ? first
              ? 32_768
              : above
            : first
              ? left
              : [
                  left,
                  above,
                  corner,
                  left + above - corner,
                  left + ((above - corner) >> 1),
                  above + ((left - corner) >> 1),
                  (left + above) >> 1,
                ][predictor - 1]!;
        const difference = ((((at(row, column, of) - foretold + 32_768) % 65_536) + 65_536) % 65_536) - 32_768;
        // −32,768 and 32,768 are the same difference.
        const size = difference === -32_768 ? 16 : Math.ceil(Math.log2(Math.abs(difference) + 1));
        bits += size.toString(2).padStart(codeBits, '0');
        if (size > 0 && size < 16)
          bits += (difference > 0 ? difference : difference + 2 ** size - 1).toString(2).padStart(size, '0');
      }
  }
  flush();
  return Uint8Array.from([...out, 0xff, 0xd9]);
}

const pictures = fc
  .record({
    columns: fc.integer({ min: 1, max: 9 }),
    rows: fc.integer({ min: 1, max: 9 }),
    components: fc.constantFrom(1, 3),
    predictor: fc.integer({ min: 1, max: 7 }),
    restartRows: fc.constantFrom(0, 0, 1, 2),
  })
  .chain((shape) => {
    const length = shape.columns * shape.rows * shape.components;
    const samples = fc.array(fc.nat(65_535), { minLength: length, maxLength: length });
    return fc.record({ shape: fc.constant(shape), samples });
  });

test('every picture survives, by every predictor, with restarts and without, in grey and in colours', () => {
  fc.assert(
    fc.property(pictures, ({ shape, samples }) => {
      expect([...decodeJpegLossless(encode(samples, shape)).words]).toEqual(samples);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['chroma of half the columns', [0x21, 0x11, 0x11]],
  ['chroma of half the rows', [0x12, 0x11, 0x11]],
  ['blocks of two by two of each', [0x22, 0x22, 0x22]],
])('%s is refused by name, and not decoded as if each pixel had its own', (_, sampling) => {
  const stream = encode(new Array(48).fill(9), { columns: 4, components: 3, predictor: 1, restartRows: 0, sampling });
  expect(() => decodeJpegLossless(stream)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_TRANSFER_SYNTAX' }));
});

test('of a single component the sampling means nothing', () => {
  const samples = [1, 2, 3, 4];
  const shape = { columns: 2, components: 1, predictor: 1, restartRows: 0, sampling: [0x22] };
  expect([...decodeJpegLossless(encode(samples, shape)).words]).toEqual(samples);
});

test('cut anywhere is an error, and never a picture with a black rest', () => {
  const samples = Array.from({ length: 64 }, (_, at) => (at * 7919) % 65_536);
  const stream = encode(samples, { columns: 8, components: 1, predictor: 1, restartRows: 0 });
  for (let length = 0; length < stream.length - 3; length++)
    expect(() => decodeJpegLossless(stream.subarray(0, length)), `${length}`).toThrow(PixelsError);
});

test('bytes of any value anywhere give a picture of that size or an error of ours', () => {
  const flips = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(pictures, flips, ({ shape, samples }, changes) => {
      const bent = encode(samples, shape);
      for (const { at, to } of changes) bent[at % bent.length] = to;
      try {
        decodeJpegLossless(bent);
      } catch (error) {
        expect(error).toBeInstanceOf(PixelsError);
      }
    }),
    { numRuns: 1000 },
  );
});
