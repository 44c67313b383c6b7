import { expect, test } from 'vitest';
import { detailLimits, detailLines } from './detail-lines.ts';

test('a detail is put as labels and values that people can read', () => {
  expect(detailLines({ heldAlready: ['ab', 'cd'], download: true, note: '', count: 3 })).toEqual([
    { depth: 0, label: 'Held already', text: 'ab, cd' },
    { depth: 0, label: 'Download', text: 'yes' },
    { depth: 0, label: 'Note', text: '–' },
    { depth: 0, label: 'Count', text: '3' },
  ]);
});

test('what stands inside of something is indented below it', () => {
  expect(detailLines({ refused: [{ code: 'DICOM_UNREADABLE' }] })).toEqual([
    { depth: 0, label: 'Refused', text: '' },
    { depth: 1, label: '1', text: '' },
    { depth: 2, label: 'Code', text: 'DICOM_UNREADABLE' },
  ]);
});

test('no detail, or a plain one, makes none or one line', () => {
  expect(detailLines(null)).toEqual([]);
  expect(detailLines(undefined)).toEqual([]);
  expect(detailLines('gone')).toEqual([{ depth: 0, label: '', text: 'gone' }]);
  expect(detailLines({})).toEqual([{ depth: 0, label: '', text: 'nothing' }]);
});

test('a detail of any size or depth becomes a bounded number of bounded lines', () => {
  let deep: unknown = 'end';
  for (let level = 0; level < 10_000; level += 1) deep = { deeper: deep };
  const long = 'x'.repeat(1_000_000);
  const wide = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, place) => [`k${place}${long.slice(0, 999)}`, long]),
  );
  for (const detail of [deep, wide, Array.from({ length: 100_000 }, () => long), [deep, wide, [wide]]]) {
    const lines = detailLines(detail);
    expect(lines.length).toBeLessThanOrEqual(detailLimits.lines + 1);
    for (const { label, text } of lines) {
      expect(label.length).toBeLessThanOrEqual(detailLimits.text + 1);
      expect(text.length).toBeLessThanOrEqual((detailLimits.text + 3) * detailLimits.members + 30);
    }
  }
});

test('long lists say how many there are', () => {
  const [line] = detailLines({ instances: Array.from({ length: 120 }, (_, place) => place) });
  expect(line?.text).toMatch(/^0, 1, .*19 … 120 in all$/);
});

test('control characters and turned text direction do not reach the page', () => {
  expect(detailLines({ 'a\u202eb': 'x\u001b[31m\u2066y\n' })).toEqual([{ depth: 0, label: 'A b', text: 'x [31m y ' }]);
});
