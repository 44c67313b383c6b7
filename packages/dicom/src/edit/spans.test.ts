import { expect, test } from 'vitest';
import { parseFile, parseIdentityHalf, split, tags } from '../index.ts';
import { concat, element, joined, part10, tagBytes, u32, uid } from '../part10.fixture.ts';
import { type Span, spansOf } from './spans.ts';

const id = element(tags.PatientID, 'LO', 'x1');
const name = element(tags.PatientName, 'PN', 'A ');
const rows = element(tags.Rows, 'US', Uint8Array.of(4, 0));
const pixels = element(tags.PixelData, 'OW', u32(7));
const read = (bytes: Uint8Array) => parseFile(bytes, { duplicates: 'accept' });
const shown = (spans: readonly Span[]) =>
  spans.map(({ tag, start, end, element: known, cut }) => [tag, end - start, known !== undefined, cut !== undefined]);
const spansIn = (bytes: Uint8Array) => {
  const { dataset, datasetStart, end } = read(bytes);
  const spans = spansOf(dataset, datasetStart, end);
  return shown(spans);
};

test('elements stand in the order of the file, also where it is no order', () => {
  expect(spansIn(part10(uid.explicit, rows, id))).toEqual([
    [tags.Rows, rows.length, true, false],
    [tags.PatientID, id.length, true, false],
  ]);
  expect(spansIn(part10(uid.explicit))).toEqual([]);
});

test('repeats are spans without an element, between others and at the end', () => {
  expect(spansIn(part10(uid.explicit, id, id, rows, id, rows))).toEqual([
    [tags.PatientID, id.length, true, false],
    [tags.PatientID, id.length, false, false],
    [tags.Rows, rows.length, true, false],
    [tags.PatientID, id.length, false, false],
    [tags.Rows, rows.length, false, false],
  ]);
});

test('a stray delimiter is no span, and neither are trailing bytes', () => {
  const stray = concat(tagBytes(tags.ItemDelimitationItem), u32(0));
  expect(spansIn(concat(part10(uid.explicit, id, stray, stray, id, rows, stray), new Uint8Array(12)))).toEqual([
    [tags.PatientID, id.length, true, false],
    [tags.PatientID, id.length, false, false],
    [tags.Rows, rows.length, true, false],
  ]);
});

test('a cut stands where its pixel data stood, with its bytes, repeats before and behind it where they are', () => {
  const padding = element(tags.DataSetTrailingPadding, 'OB', u32(0));
  const { identity, cuts } = split(read(part10(uid.explicit, id, name, id, pixels, padding, padding)));
  const half = parseIdentityHalf(joined(identity), { cuts, duplicates: 'accept' });
  const spans = spansOf(half.dataset, half.datasetStart, half.end, cuts);
  expect(shown(spans)).toEqual([
    [tags.PatientID, id.length, true, false],
    [tags.PatientName, name.length, true, false],
    [tags.PatientID, id.length, false, false],
    [tags.PixelData, 0, false, true],
    [tags.DataSetTrailingPadding, padding.length, true, false],
    [tags.DataSetTrailingPadding, padding.length, false, false],
  ]);
  expect(spans.map(({ bytes }) => bytes)).toEqual(
    [id, name, id, pixels, padding, padding].map((bytes) => bytes.length),
  );
});
