import { expect, test } from 'vitest';
import { parseFile, StreamSplitter, split, tags, text, toDicomJson } from '../index.ts';
import { codeOf, element, fragments, image, part10, u32, uid } from '../part10.fixture.ts';
import { streamedOutcome, wholeOutcome } from '../split/streamed.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { vectors } from './hostile-vectors.fixture.ts';

/** Far above what was measured, so that only what grows out of bounds fails. */
const maxMs = 5_000;

test.each(vectors)('$name: $outcome, in bounded time', ({ bytes, outcome, options }) => {
  const input = bytes();
  const from = workedMs();
  const code = codeOf(() => split(parseFile(input, options)));
  expect(code).toBe(outcome === 'accepted' ? 'nothing thrown' : outcome);
  expect(workedMs() - from).toBeLessThan(maxMs);
});

test.each(vectors)('$name: the same in chunks', ({ bytes, outcome, options }) => {
  const input = bytes();
  const from = workedMs();
  const splitter = new StreamSplitter(options);
  const code = codeOf(() => {
    for (let at = 0; at < input.length; at += 4_096) splitter.feed(input.subarray(at, at + 4_096));
    splitter.finish();
  });
  expect(code).toBe(outcome === 'accepted' ? 'nothing thrown' : outcome);
  expect(workedMs() - from).toBeLessThan(maxMs);
});

test('fragments and items count against the budget', () => {
  const empty = Array.from({ length: 2_000 }, () => new Uint8Array(0));
  const bytes = image(uid.jpeg, fragments(tags.PixelData, empty));
  expect(codeOf(() => parseFile(bytes, { maxElements: 1_000 }))).toBe('DICOM_TOO_MANY_ELEMENTS');
  expect(streamedOutcome(bytes, [100], { maxElements: 1_000 })).toEqual(wholeOutcome(bytes, { maxElements: 1_000 }));
});

test('warnings do not grow with the file', () => {
  const odd = Array.from({ length: 50_000 }, (_, index) =>
    element(0x00100000 + (50_000 - index) * 2, 'LO', Uint8Array.of(65)),
  );
  expect(parseFile(part10(uid.explicit, ...odd)).warnings.length).toBe(1_000);
});

test('a 1 MB person name is read and told in bounded time', () => {
  const bytes = part10(uid.explicit, element(tags.PatientName, 'UT', 'A^'.repeat(500_000)));
  const from = workedMs();
  const { dataset } = parseFile(bytes);
  expect(text(dataset, tags.PatientName)?.length).toBe(1_000_000);
  expect(JSON.stringify(toDicomJson(dataset)).length).toBeGreaterThan(1_000_000);
  expect(workedMs() - from).toBeLessThan(2_000);
});

test('pixel data hidden behind a false end is found and cut out all the same', () => {
  const pixels = element(tags.PixelData, 'OW', u32(1));
  const falseEnd = element(0x00000000, 'UL', u32(0));
  const bytes = image(uid.explicit, element(tags.FloatPixelData, 'OF', u32(1)), falseEnd, pixels);
  expect(parseFile(bytes).pixelElements.map(({ tag }) => tag)).toEqual([tags.FloatPixelData, tags.PixelData]);
  expect(streamedOutcome(bytes, [3])).toEqual(wholeOutcome(bytes));
});
