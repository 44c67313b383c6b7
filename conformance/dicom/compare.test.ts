import { expect, test } from 'vitest';
import { compare, tally } from './compare.ts';
import type { ElementRead, Reading } from './reading.ts';

const element: ElementRead = {
  vr: 'PN',
  length: 8,
  items: 1,
  fragments: [0, 8],
  sha256: 'aa',
  texts: ['Doe^Jane'],
  json: { vr: 'PN' },
};
const reading = (one: ElementRead, path = '00100010'): Reading => ({ elements: new Map([[path, one]]) });
const whats = (theirs: Reading) => compare('file', 'tool', reading(element), theirs).map(({ what }) => what);

test('readers that see the same differ in nothing', () => {
  expect(whats(reading(element))).toEqual([]);
});

test.each([
  ['vr', { vr: 'LO' }],
  ['length', { length: 'undefined' }],
  ['items', { items: 2 }],
  ['fragments', { fragments: [8] }],
  ['bytes', { sha256: 'bb' }],
  ['texts', { texts: ['Doe^John'] }],
  ['json', { json: { vr: 'PN', Value: [] } }],
] as const)('a difference of %s is seen, and no other with it', (what, other) => {
  expect(whats(reading({ ...element, ...other }))).toEqual([what]);
});

test('what the other does not tell is not compared, and not counted', () => {
  expect(whats(reading({ vr: 'PN' }))).toEqual([]);
  expect(tally([reading(element)], [reading({ vr: 'PN', texts: [] })])).toEqual({
    ...{ files: 1, elements: 1, fragments: 0, sha256: 0, texts: 1, json: 0 },
  });
});

test('elements that one of them does not see, and files that one of them does not read', () => {
  expect(whats(reading(element, '00100020'))).toEqual(['extra', 'missing']);
  expect(whats({ failed: 'refused', why: '' })).toEqual(['outcome']);
  const refused: Reading = { failed: 'refused', why: 'a' };
  expect(compare('file', 'tool', refused, { failed: 'refused', why: 'b' })).toEqual([]);
  expect(compare('file', 'tool', refused, { failed: 'crashed', why: 'SIGSEGV' })).toHaveLength(1);
});
