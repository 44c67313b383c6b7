import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedFiles, files, rounds, roundsTimeoutMs } from '../fuzz.fixture.ts';
import { DicomError, merge, parseFile, parseIdentityHalf, split, tags, toDicomJson } from '../index.ts';
import { codeOf, concat, element, fragments, image as imageFile, part10, u16, u32, uid } from '../part10.fixture.ts';

const bytesOf = (parts: readonly Uint8Array[]): Uint8Array => concat(...parts);
const isPixels = (tag: number): boolean => tag >= tags.FloatPixelData && tag <= tags.PixelData;

describe('split and merge', () => {
  test('merge(split(file)) is the file, and views share its memory', { timeout: roundsTimeoutMs }, () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const halves = split(parseFile(bytes));
        for (const view of [...halves.identity, ...halves.image]) expect(view.buffer).toBe(bytes.buffer);
        const [identity, image] = [bytesOf(halves.identity), bytesOf(halves.image)];
        expect(identity.length).toBe(halves.identityBytes);
        expect(image.length).toBe(halves.imageBytes);
        expect(bytesOf(merge(identity, image, halves.cuts))).toEqual(bytes);
      }),
      rounds(150),
    );
  });

  test('the image half is the pixel elements, and the identity half has none of their bytes', {
    timeout: roundsTimeoutMs,
  }, () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const file = parseFile(bytes);
        const halves = split(file);
        expect(bytesOf(halves.image)).toEqual(
          bytesOf(file.pixelElements.map(({ start, end }) => bytes.subarray(start, end))),
        );
        expect(new TextDecoder('latin1').decode(bytesOf(halves.identity))).not.toContain('PIXELS-PIXELS');
      }),
      rounds(150),
    );
  });

  test('the identity half alone tells the same metadata', { timeout: roundsTimeoutMs }, () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const file = parseFile(bytes);
        const halves = split(file);
        const half = parseIdentityHalf(bytesOf(halves.identity), { cuts: halves.cuts });
        const whole = toDicomJson(file.dataset, { omit: isPixels });
        expect(half.pixelElements).toEqual([]);
        expect(toDicomJson(half.dataset, { omit: isPixels })).toEqual(whole);
      }),
      rounds(150),
    );
  });

  test('any damage is refused with a DicomError or still splits and merges to the same bytes', {
    timeout: roundsTimeoutMs,
  }, () => {
    fc.assert(
      fc.property(damagedFiles, (broken) => {
        try {
          const halves = split(parseFile(broken));
          expect(bytesOf(merge(bytesOf(halves.identity), bytesOf(halves.image), halves.cuts))).toEqual(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
        }
      }),
      rounds(500),
    );
  });
});

test('a data set deflated whole stays whole in the identity half, deflated frames do not', () => {
  const image = element(tags.PixelData, 'OW', u16(1));
  const whole = split(parseFile(part10(uid.deflated, u32(0)), { inflateRaw: () => image }));
  expect(whole.cuts).toEqual([]);
  expect(whole.imageBytes).toBe(0);
  expect(split(parseFile(imageFile(uid.deflatedFrames, fragments(tags.PixelData, [u32(1)])))).cuts).toHaveLength(1);
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
