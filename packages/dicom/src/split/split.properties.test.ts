import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DicomError, merge, parseFile, parseIdentityHalf, split, tags, toDicomJson } from '../index.ts';
import {
  codeOf,
  concat,
  delimitedItem,
  delimitedSequence,
  element,
  fragments,
  item,
  latin,
  part10,
  u16,
  u32,
  uid,
} from '../part10.fixture.ts';

const bytesOf = (parts: readonly Uint8Array[]): Uint8Array => concat(...parts);
const evenBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.subarray(0, bytes.length & ~1));
const marker = latin('PIXELS-PIXELS');

const header = fc
  .uniqueArray(
    fc.record({
      tag: fc.integer({ min: 0x00080005, max: 0x7fdfffff }).filter((tag) => (tag & 0xffff) > 0xff),
      value: evenBytes,
    }),
    { selector: ({ tag }) => tag, maxLength: 12 },
  )
  .map((all) => all.sort((a, b) => a.tag - b.tag).map(({ tag, value }) => element(tag, 'LT', value)));

const sequence = header.chain((inner) =>
  fc.constantFrom(
    delimitedSequence(0x7fdf1010, 'SQ', delimitedItem(concat(...inner, element(tags.PixelData, 'OW', u32(1))))),
    element(0x7fdf1010, 'SQ', item(concat(...inner))),
    new Uint8Array(0),
  ),
);

const pixels = fc.oneof(
  evenBytes.map((value) => [element(tags.PixelData, 'OW', concat(marker, value))]),
  fc
    .array(evenBytes, { maxLength: 5 })
    .map((parts) => [fragments(tags.PixelData, [new Uint8Array(0), marker, ...parts])]),
  fc.constant([element(tags.FloatPixelData, 'OF', marker), element(tags.DoubleFloatPixelData, 'OD', marker)]),
  fc.constant([]),
);

const tail = fc.oneof(
  fc.constant(new Uint8Array(0)),
  evenBytes.map((value) => element(tags.DataSetTrailingPadding, 'OB', value)),
  fc.constant(new Uint8Array(9)),
  fc.constant(Uint8Array.of(10)),
);

const files = fc
  .tuple(header, sequence, pixels, tail)
  .map(([a, b, c, d]) => part10(uid.jpeg, ...a, b, ...c, c.length === 0 && d.length === 1 ? new Uint8Array(0) : d));

describe('split and merge', () => {
  test('merge(split(file)) is the file, and views share its memory', () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const halves = split(parseFile(bytes));
        for (const view of [...halves.identity, ...halves.image]) expect(view.buffer).toBe(bytes.buffer);
        const [identity, image] = [bytesOf(halves.identity), bytesOf(halves.image)];
        expect(identity.length).toBe(halves.identityBytes);
        expect(image.length).toBe(halves.imageBytes);
        expect(bytesOf(merge(identity, image, halves.cuts))).toEqual(bytes);
      }),
    );
  });

  test('the image half is the pixel elements, and the identity half has none of their bytes', () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const file = parseFile(bytes);
        const halves = split(file);
        expect(bytesOf(halves.image)).toEqual(
          bytesOf(file.pixelElements.map(({ start, end }) => bytes.subarray(start, end))),
        );
        expect(new TextDecoder('latin1').decode(bytesOf(halves.identity))).not.toContain('PIXELS-PIXELS');
      }),
    );
  });

  test('the identity half alone tells the same metadata', () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const file = parseFile(bytes);
        const halves = split(file);
        const half = parseIdentityHalf(bytesOf(halves.identity), { cuts: halves.cuts });
        const whole = toDicomJson(file.dataset, { omit: (tag) => tag >= tags.FloatPixelData && tag <= tags.PixelData });
        expect(half.pixelElements).toEqual([]);
        expect(
          toDicomJson(half.dataset, { omit: (tag) => tag >= tags.FloatPixelData && tag <= tags.PixelData }),
        ).toEqual(whole);
      }),
    );
  });

  test('any damage is refused with a DicomError or still splits and merges to the same bytes', () => {
    fc.assert(
      fc.property(files, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), (bytes, damage) => {
        const broken = bytes.slice();
        for (const [where, value] of damage) broken[132 + (where % (broken.length - 132))] = value;
        try {
          const halves = split(parseFile(broken));
          expect(bytesOf(merge(bytesOf(halves.identity), bytesOf(halves.image), halves.cuts))).toEqual(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('a data set deflated whole stays whole in the identity half, deflated frames do not', () => {
  const image = element(tags.PixelData, 'OW', u16(1));
  const whole = split(parseFile(part10(uid.deflated, u32(0)), { inflateRaw: () => image }));
  expect(whole.cuts).toEqual([]);
  expect(whole.imageBytes).toBe(0);
  expect(split(parseFile(part10(uid.deflatedFrames, fragments(tags.PixelData, [u32(1)])))).cuts).toHaveLength(1);
});

test('cuts that do not fit their halves are refused', () => {
  const [identity, image] = [new Uint8Array(10), new Uint8Array(4)];
  for (const cuts of [
    [],
    [{ at: 11, bytes: 4 }],
    [{ at: 3, bytes: 5 }],
    [
      { at: 5, bytes: 2 },
      { at: 4, bytes: 2 },
    ],
    [{ at: Number.NaN, bytes: 4 }],
  ]) {
    expect(codeOf(() => merge(identity, image, cuts))).toBe('DICOM_CUTS_INVALID');
  }
});
