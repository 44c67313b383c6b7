import { expect, test } from 'vitest';
import type { SignedIn } from '../access/index.ts';
import type { Database } from '../platform/db/database.ts';
import { Looks } from './looks.ts';
import type { Audit, AuditEntry } from './record.ts';

const person = { kind: 'person', by: 'session', credentialId: 's', address: '::1' } as SignedIn;

function looking() {
  let ms = 0;
  const recorded: AuditEntry[] = [];
  const failing = { on: false };
  const audit = {
    record: async (_: unknown, entries: readonly AuditEntry[]) => {
      if (failing.on) throw new Error('away');
      recorded.push(...entries);
    },
  } as unknown as Audit;
  const looks = new Looks(audit, {} as Database, () => new Date(ms));
  const look = (entry: Partial<AuditEntry> = {}, actor = person) =>
    looks.record({ action: 'study.search', kind: 'read', outcome: 'success', shown: ['a'], ...entry, actor });
  return { look, recorded, failing, pass: (more: number) => (ms += more) };
}

test('the same list asked for again and again is one record in ten minutes', async () => {
  const { look, recorded, pass } = looking();
  for (let at = 0; at < 19; at += 1) {
    await look();
    pass(30_000);
  }
  expect(recorded).toHaveLength(1);
  pass(60_000);
  await look();
  expect(recorded).toHaveLength(2);
});

test('another study shown, another question, another session and another address are each a record at once', async () => {
  const { look, recorded } = looking();
  await look();
  await look({ shown: ['a', 'b'] });
  await look({ detail: { name: 'x' } });
  await look({}, { ...person, credentialId: 'other' });
  await look({}, { ...person, address: '192.0.2.1' });
  expect(recorded).toHaveLength(5);
});

test('a look that could not be recorded is no look: the list does not go out, and the next one is recorded', async () => {
  const { look, recorded, failing } = looking();
  failing.on = true;
  await expect(look()).rejects.toThrow('away');
  failing.on = false;
  await look();
  expect(recorded).toHaveLength(1);
});
