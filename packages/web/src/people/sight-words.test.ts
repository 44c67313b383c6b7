import type { Action, StudyRow } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { menuText, offeredBy, pageText, studyText } from './sight-words.ts';

test('a menu holds the places that one may come to, and no other', () => {
  const offered = offeredBy(['study.search', 'study.view', 'user.list', 'study.erase']);
  expect(menuText(offered)).toBe('Studies and People.');
  expect(studyText(offered)).toBe('What a study allows of this: look at it and erase it.');
  const nothing = offeredBy(['profile.view' as Action]);
  expect([menuText(nothing), studyText(nothing)]).toEqual(['Nothing.', 'Nothing.']);
});

const studies = (count: number) => Array.from({ length: count }, () => ({}) as StudyRow);

test.each([
  [0, 0, 0, 'Their list of studies is empty.'],
  [1, 0, 1, 'They find 1 study.'],
  [25, 0, 3000, 'They find 3,000 studies; these are the 25 that arrived last.'],
  [
    20,
    5,
    null,
    'They find more than 10,000 studies; these are the 25 that arrived last. 5 of these you may not see yourself.',
  ],
  [0, 1, 1, 'They find 1 study. 1 of these you may not see yourself.'],
])('%i shown, %i hidden, %s in all', (shown, hidden, total, text) => {
  expect(pageText({ studies: studies(shown), hidden, total })).toBe(text);
});
