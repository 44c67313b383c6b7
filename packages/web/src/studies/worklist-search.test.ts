import { worklistQuery } from '@symbolon/contract';
import { describe, expect, test } from 'vitest';
import {
  dayBefore,
  filtersInWords,
  firstSearch,
  isLastPage,
  noFilters,
  queryOf,
  quickDays,
  quickOf,
  rangeInWords,
  sortedBy,
  typedModality,
  withFilters,
} from './worklist-search.ts';

const now = new Date(2026, 2, 1, 14, 30);

describe('what is asked', () => {
  test('only fields that say something, cut and spelled as the exchange takes them', () => {
    const search = withFilters(firstSearch, { name: '  ito ', modality: ' ct', from: '2026-01-01' });
    expect(queryOf(search)).toEqual({
      name: 'ito',
      modality: 'CT',
      from: '2026-01-01',
      sort: 'arrived',
      order: 'desc',
      page: 1,
      size: 25,
    });
  });

  test('whatever is typed as a modality, the exchange takes the question', () => {
    for (const typed of ['ct', "'; DROP", '<b>', 'ÄÖ', 'x'.repeat(99), ' ', '']) {
      const query = queryOf({ ...firstSearch, modality: typed });
      expect(worklistQuery.safeParse(query).success).toBe(true);
    }
    expect(typedModality('px-1 ')).toBe('PX1');
  });

  test('another filter or another order begins at the first page again', () => {
    const deep = { ...firstSearch, page: 7 };
    expect(withFilters(deep, { name: 'x' }).page).toBe(1);
    expect(sortedBy(deep, 'name').page).toBe(1);
  });
});

test('a column is sorted as people want it first, and the other way round at the second click', () => {
  const byName = sortedBy(firstSearch, 'name');
  expect(byName).toMatchObject({ sort: 'name', order: 'asc' });
  expect(sortedBy(byName, 'name').order).toBe('desc');
  expect(sortedBy(byName, 'date')).toMatchObject({ sort: 'date', order: 'desc' });
  expect(sortedBy(firstSearch, 'arrived').order).toBe('asc');
});

describe('days', () => {
  test('of the quick choices end today and count it', () => {
    expect(quickDays('today', now)).toEqual({ from: '2026-03-01', to: '2026-03-01' });
    expect(quickDays('week', now)).toEqual({ from: '2026-02-23', to: '2026-03-01' });
    expect(quickDays('month', now)).toEqual({ from: '2026-01-31', to: '2026-03-01' });
    expect(quickDays('any', now)).toEqual({ from: '', to: '' });
  });

  test('that somebody typed are no quick choice', () => {
    expect(quickOf({ ...noFilters, from: '2026-02-23', to: '2026-03-01' }, now)).toBe('week');
    expect(quickOf({ ...noFilters, from: '2026-02-23' }, now)).toBeUndefined();
    expect(quickOf(noFilters, now)).toBe('any');
  });

  test('are those of the clock on the wall', () => {
    expect(dayBefore(new Date(2026, 0, 1, 0, 5), 0)).toBe('2026-01-01');
    expect(dayBefore(new Date(2026, 0, 1, 23, 55), 1)).toBe('2025-12-31');
  });
});

test('filters are said in words, those that are empty are not', () => {
  const day = (text: string): string => text.replaceAll('-', '/');
  expect(filtersInWords(noFilters, day)).toEqual([]);
  const all = { name: 'ito', id: '7', from: '2026-01-01', to: '2026-01-31', modality: 'mr', awaiting: true };
  expect(filtersInWords(all, day)).toEqual([
    'name “ito”',
    'ID “7”',
    'study date 2026/01/01 to 2026/01/31',
    'modality MR',
    'what awaits approval',
  ]);
});

describe('the pager', () => {
  const count = (n: number): string => String(n);
  test('says which of how many are shown', () => {
    expect(rangeInWords(1, 25, 312, count)).toBe('1–25 of 312');
    expect(rangeInWords(13, 12, 312, count)).toBe('301–312 of 312');
    expect(rangeInWords(1, 0, 0, count)).toBe('0 of 0');
    expect(rangeInWords(2, 25, null, count)).toBe('26–50 of many');
  });

  test('knows the last page, also where nobody counted', () => {
    expect(isLastPage(13, 12, 312)).toBe(true);
    expect(isLastPage(12, 25, 312)).toBe(false);
    expect(isLastPage(4, 25, 100)).toBe(true);
    expect(isLastPage(4, 25, null)).toBe(false);
    expect(isLastPage(4, 7, null)).toBe(true);
  });
});
