import type { BackupDrill, BackupRun } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { amountIn, drillText, policyFields, runText } from './backup-words.ts';

const run: BackupRun = {
  ...{ id: '', startedAt: '2026-03-01T10:00:00.000Z', endedAt: '2026-03-01T10:01:05.000Z', state: 'whole', phase: '' },
  ...{ code: null, objects: 2, bytes: 1_500_000, bytesInAll: 0, tableBytes: 500_000, missing: 0 },
};
const drill: BackupDrill = {
  ...{ id: '', backup: null, startedAt: run.startedAt, endedAt: run.endedAt, result: 'good', loaded: true, code: null },
  ...{ packs: 12, instances: 12, bytes: 1, lost: 0, erased: 0 },
};

test('a backup says what it wrote and how long it took, or why it is none', () => {
  expect(runText(run)).toBe('2 new objects, 2 MB written, in 1 min 5 s');
  expect(runText({ ...run, missing: 1 })).toMatch(/; 1 object missing$/);
  expect(runText({ ...run, state: 'failed', code: 'BLOB_STORE_FULL' })).toBe('failed: BLOB_STORE_FULL');
});

test('a trial says what came back, what did not, and what it could not do', () => {
  expect(drillText(drill)).toMatch(/: everything came back; 12 packs opened, 12 images compared, in 1 min 5 s$/);
  expect(drillText({ ...drill, result: 'bad', lost: 2 })).toMatch(/: 2 packs lost; /);
  expect(drillText({ ...drill, result: 'bad', code: 'BACKUP_DAMAGED' })).toMatch(/: BACKUP_DAMAGED; /);
  expect(drillText({ ...drill, loaded: false })).toMatch(/read, not loaded/);
});

test('a field takes its numbers, nothing where that means never, and no others', () => {
  const [every, , last] = policyFields;
  expect(amountIn(' 24 ', every!)).toBe(24);
  expect(amountIn('', every!)).toBe(null);
  for (const [text, field] of [
    ['', last],
    ['0', last],
    ['1.5', last],
    ['-1', every],
    ['9999', every],
    ['x', last],
  ] as const)
    expect(amountIn(text, field!)).toMatchObject({ fault: expect.any(String) });
});
