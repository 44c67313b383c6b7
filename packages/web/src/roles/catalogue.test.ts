import { allPermissions, builtinDecisions, signedInActions } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { catalogue, objects, sectionsWith } from './catalogue.ts';
import { amountOf, changesBetween, followsFrom, withSaid } from './decision-words.ts';

const rows = catalogue.flatMap((section) => section.rows);
const rowOf = (permission: string) => rows.find((row) => row.permission === permission)!;

test('every permission that a role can name stands in the catalogue once, under a heading', () => {
  const free = new Set<string>(signedInActions);
  const named = allPermissions.filter((name) => !free.has(name));
  expect(rows.map(({ permission }) => permission).toSorted()).toEqual([...named].toSorted());
  for (const { object } of catalogue) expect(Object.keys(objects)).toContain(object);
});

test('a qualifier stands behind its action and says only what it adds', () => {
  for (const section of catalogue)
    for (const [at, row] of section.rows.entries())
      if (row.qualifier !== undefined) expect(section.rows[at - 1]!.action).toBe(row.action);
  expect(rowOf('study.view.granted').says).toBe(
    'Only what was granted to one, or to a group of which one is a member.',
  );
});

test('words are looked for in names, sentences and headings, all of them', () => {
  expect(sectionsWith('hold release').map(({ object }) => object)).toContain('hold');
  expect(sectionsWith('metrics.view').flatMap((section) => section.rows)).toHaveLength(1);
  expect(sectionsWith('nothing is like this')).toEqual([]);
  expect(sectionsWith('', ({ qualifier }) => qualifier === 'exact').flatMap((section) => section.rows)).toHaveLength(1);
});

test('a change is named with what was said before, and a change that was taken back is none', () => {
  const before = builtinDecisions.member;
  const after = withSaid(withSaid(before, 'study.erase', 'deny'), 'study.view.own', 'unset');
  expect(changesBetween(before, after)).toEqual([
    { permission: 'study.view.own', from: 'permit', to: 'unset' },
    { permission: 'study.erase', from: 'unset', to: 'deny' },
  ]);
  expect(changesBetween(before, withSaid(withSaid(before, 'hold.view', 'permit'), 'hold.view', 'unset'))).toEqual([]);
});

test('what an action gives to its qualifiers or takes from them is said at each', () => {
  const view = { 'study.view': 'permit' } as const;
  expect(followsFrom(view, rowOf('study.view.own'))).toBe('Included in study.view.');
  expect(followsFrom(view, rowOf('study.view.identity'))).toBeUndefined();
  expect(followsFrom({ 'study.view': 'deny' }, rowOf('study.view.identity'))).toBe('Denied with study.view.');
  expect(followsFrom({ ...view, 'study.view.own': 'deny' }, rowOf('study.view.own'))).toBeUndefined();
  expect(amountOf({ ...view, 'study.view.own': 'deny' })).toEqual({ permitted: 5, denied: 1 });
});
