import { expect, test } from 'vitest';
import { matcherOf } from './key-matcher.ts';

const requested = {
  '00400275': { vr: 'SQ', Value: [{ '00401001': { vr: 'SH', Value: ['P1'] } }] },
};
const ofItem = { path: ['00400275', '00401001'], vr: 'SH', value: 'P1' };

test('a sequence that is asked for by text beside an attribute of its items matches nothing, in whatever order', () => {
  const ofSequence = { path: ['00400275'], vr: 'SQ', value: 'P1' };
  expect(matcherOf([ofItem], {})(requested)).toBe(true);
  expect(matcherOf([ofSequence, ofItem], {})(requested)).toBe(false);
  expect(matcherOf([ofItem, ofSequence], {})(requested)).toBe(false);
});
