import { describe, expect, test } from 'vitest';
import { tags } from '../dictionary/tags.ts';
import { parseFile } from '../parse/parse-file.ts';
import { concat, element, explicitBe, fragments, item, latin, part10, u16, uid } from '../part10.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { bulkDataAt, turned } from './bulk-data.ts';

describe('what a BulkDataURI stands for', () => {
  const file = parseFile(
    part10(
      uid.jpeg,
      element(0x00880200, 'SQ', concat(item(new Uint8Array(0)), item(element(tags.PixelData, 'OW', u16(7))))),
      fragments(tags.PixelData, [new Uint8Array(0), latin('ab')]),
    ),
  );

  test('is found by tags and item numbers', () => {
    expect(bulkDataAt(file.dataset, [0x00880200, 1, tags.PixelData])).toEqual(u16(7));
    expect(bulkDataAt(file.dataset, [tags.PixelData])).toEqual([new Uint8Array(0), latin('ab')]);
  });

  test('is undefined where there is nothing, or a sequence', () => {
    for (const path of [
      [],
      [0x00880200],
      [0x00880200, 0, tags.PixelData],
      [0x00880200, 9, tags.PixelData],
      [tags.PixelData, 0, 1],
    ])
      expect(bulkDataAt(file.dataset, path)).toBeUndefined();
  });

  test('is little endian whatever the file was, numbers and tags too', () => {
    const dataset = parseFile(
      part10(
        uid.bigEndian,
        element(0x00280009, 'AT', concat(u16(0x18, explicitBe), u16(0x1063, explicitBe)), explicitBe),
        element(0x00281201, 'OW', u16(1, explicitBe), explicitBe),
        element(0x00283006, 'US', u16(1, explicitBe), explicitBe),
      ),
    ).dataset;
    expect(bulkDataAt(dataset, [0x00280009])).toEqual(concat(u16(0x18), u16(0x1063)));
    expect(bulkDataAt(dataset, [0x00281201])).toEqual(u16(1));
    expect(bulkDataAt(dataset, [0x00283006])).toEqual(u16(1));
  });
});

describe('turning the bytes of numbers', () => {
  test.each([
    [2, [2, 1, 4, 3, 6, 5, 8, 7]],
    [4, [4, 3, 2, 1, 8, 7, 6, 5]],
    [8, [8, 7, 6, 5, 4, 3, 2, 1]],
  ])('of %i bytes each leaves the file’s own as they are', (size, expected) => {
    const own = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...turned(own, size)]).toEqual(expected);
    expect([...own]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('of 32 MiB of words makes no view for each of them', () => {
    const bytes = new Uint8Array(32 * 2 ** 20);
    const began = workedMs();
    turned(bytes, 2);
    // 0.1 s; with a view for each word 2 s.
    expect(workedMs() - began).toBeLessThan(1000);
  });
});
