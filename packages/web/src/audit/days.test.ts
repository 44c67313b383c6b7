import type { AuditRecord } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { byDay, timeOf } from './days.ts';

function recordAt(at: string): AuditRecord {
  return {
    id: at,
    at,
    who: { kind: 'visitor', name: '', userId: null, linkId: null },
    by: null,
    address: '127.0.0.1',
    action: 'link.open',
    kind: 'execute',
    outcome: 'success',
    study: null,
    detail: null,
  };
}

test('records are grouped by the days of who looks, in the order in which they came', () => {
  const records = ['2026-11-22T00:30:00Z', '2026-11-21T23:30:00Z', '2026-11-21T10:00:00Z'].map(recordAt);
  expect(byDay(records, 'UTC').map(({ day, records: ofDay }) => [day, ofDay.length])).toEqual([
    ['Sunday 22 November 2026', 1],
    ['Saturday 21 November 2026', 2],
  ]);
  expect(byDay(records, 'Europe/Berlin').map(({ records: ofDay }) => ofDay.length)).toEqual([2, 1]);
  expect(byDay([], 'UTC')).toEqual([]);
});

test('the time of a record is said to the second', () => {
  expect(timeOf('2026-11-22T00:30:07.250Z', 'Europe/Berlin')).toBe('01:30:07');
});
