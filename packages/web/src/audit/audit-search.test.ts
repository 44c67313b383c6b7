import { expect, test } from 'vitest';
import { changed, filterOf, isFiltered } from './audit-search.ts';

const study = '3b1f4f9e-6f5e-4b52-9d0c-0f6f5c1f2a3b';

test('the address says which records, and what is mistyped in it is left out', () => {
  const search = { study, user: 'Eva Muster', outcome: 'refused', from: '2026-02-31', kind: 7, other: 'x' };
  expect(filterOf(search)).toEqual({ study, outcome: 'refused' });
});

test('changing one part keeps the others, and null takes a part away', () => {
  const filter = filterOf({ study, outcome: 'refused' });
  expect(changed(filter, { outcome: null, action: 'link.open' })).toEqual({ study, action: 'link.open' });
  expect(changed(filter, { study: null, outcome: '' })).toEqual({});
});

test('no part in the address means all records', () => {
  expect(isFiltered(filterOf({ before: 'x' }))).toBe(false);
  expect(isFiltered(filterOf({ study }))).toBe(true);
});
