import { expect, test } from 'vitest';
import type { LinkVisitor } from '../access/index.ts';
import type { Database } from '../platform/db/database.ts';
import { Reads } from './reads.ts';
import type { Audit, AuditEntry } from './record.ts';

const visitor = { kind: 'link', visitId: 'v', address: '::1' } as LinkVisitor;
const study = { accountId: 'a', patientId: 'p', studyId: 's', keyId: 's' };

test('the detail of a reading has the time of its last read, not of its writing: none comes after a revocation', async () => {
  let ms = 0;
  const recorded: AuditEntry[] = [];
  const audit = {
    now: () => new Date(ms),
    record: async (_: unknown, entries: readonly AuditEntry[]) => void recorded.push(...entries),
  } as unknown as Audit;
  const reads = new Reads(audit, {} as Database, () => undefined);
  await reads.opening(visitor, 'study.view', study, ['1']);
  ms = 5000;
  await reads.opening(visitor, 'study.view', study, ['2']);
  ms = 29_000;
  await reads.flush();
  expect(recorded.map(({ at, detail }) => [at?.getTime(), detail])).toEqual([
    [undefined, undefined],
    [5000, { times: 2, instances: ['1', '2'] }],
  ]);
});

test('what a request comes to after its opening is named and counts once, and has an opening where the first was closed', async () => {
  const recorded: AuditEntry[] = [];
  const audit = {
    now: () => new Date(0),
    record: async (_: unknown, entries: readonly AuditEntry[]) => void recorded.push(...entries),
  } as unknown as Audit;
  const reads = new Reads(audit, {} as Database, () => undefined);
  await reads.opening(visitor, 'study.view', study, []);
  await reads.alsoOf(visitor, 'study.view', study, ['1']);
  await reads.flush();
  await reads.alsoOf(visitor, 'study.view', study, ['2']);
  await reads.flush();
  expect(recorded.map(({ detail }) => detail)).toEqual([
    undefined,
    { times: 1, instances: ['1'] },
    undefined,
    { times: 1, instances: ['2'] },
  ]);
});
