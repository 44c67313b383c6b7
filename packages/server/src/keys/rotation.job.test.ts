import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newStudy } from './key-chains.ts';
import { accountKeyName } from './key-contexts.ts';
import { keyStatus } from './key-status.ts';
import type { KeyEvent, KeyStore } from './key-store.ts';
import { type Keys, openKeys } from './open-keys.ts';
import { KeyCare, rotateDue } from './rotation.job.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-01-02T03:04:05Z');
const [yearly, monthly] = [randomUUID(), randomUUID()];
const schedules = new Map([
  [yearly, { patientDays: 365, accountDays: 365 }],
  [monthly, { patientDays: 30, accountDays: 90 }],
]);

let folder: string;
let keys: Keys;
let ms: number;
const now = (): Date => new Date(ms);
const pass = (days: number): void => {
  ms += days * dayMs;
};
const rotate = () => rotateDue({ service: keys.service, store: keys.store, now }, schedules);
/** What the events since the last call say was done, and marks them as told. */
async function done(): Promise<string[]> {
  const events = await keys.store.unauditedEvents(100);
  await keys.store.markAudited(events.map(({ id }) => id));
  const name = (of: KeyEvent): string =>
    of.accountId === yearly ? 'yearly' : of.accountId === monthly ? 'monthly' : 'all';
  return events
    .filter(({ what }) => what === 'rotation done')
    .map((one) => `${name(one)} ${one.detail.of}`)
    .sort();
}

beforeEach(async () => {
  ms = start;
  folder = mkdtempSync(join(tmpdir(), 'symbolon-job-'));
  keys = await openKeys(folder, now);
  for (const accountId of [yearly, monthly]) {
    await keys.chains.addAccount(accountId);
    const place = newStudy({ accountId, patientId: randomUUID() });
    await keys.chains.add([place], [place]);
  }
});
afterEach(async () => {
  await keys.close();
  rmSync(folder, { recursive: true, force: true });
});

test('keys are rotated when the schedule of their account says so, and not before', async () => {
  expect([await rotate(), await done()]).toEqual([true, []]);
  pass(29);
  expect([await rotate(), await done()]).toEqual([true, []]);
  pass(2);
  expect([await rotate(), await done()]).toEqual([true, ['monthly patients']]);
  expect([await rotate(), await done()]).toEqual([true, []]);
  pass(60);
  expect([await rotate(), await done()]).toEqual([true, ['monthly account', 'monthly patients']]);
  pass(275);
  const all = ['all roots', 'monthly account', 'monthly patients', 'yearly account', 'yearly patients'];
  expect([await rotate(), await done()]).toEqual([true, all]);
});

test('where the schedule is off, patients keep their keys until somebody asks, and the account’s is replaced all the same', async () => {
  const off = new Map([[monthly, { patientDays: null, accountDays: 90 }]]);
  pass(91);
  expect(await rotateDue({ service: keys.service, store: keys.store, now }, off)).toBe(true);
  expect(await done()).toEqual(['monthly account']);
  pass(300);
  await rotateDue({ service: keys.service, store: keys.store, now }, off);
  expect(await done()).not.toContain('monthly patients');
});

describe('asked for by a person', () => {
  let failed: unknown[];
  let care: KeyCare;
  const careFor = (store: KeyStore): KeyCare =>
    new KeyCare({
      service: keys.service,
      store,
      now,
      schedules: async () => schedules,
      record: async () => {},
      failed: (error) => failed.push(error),
    });
  const rotated = async (): Promise<number> =>
    (await keys.store.patients(monthly, new Date(start + 1), undefined, 10)).length;
  beforeEach(() => {
    failed = [];
    care = careFor(keys.store);
    pass(1);
  });

  test('new keys are told of while they are made, patient by patient, and nothing is left to tell at the end', async () => {
    const place = newStudy({ accountId: monthly, patientId: randomUUID() });
    await keys.chains.add([place], [place]);
    pass(1);
    const seen: unknown[] = [];
    const store = new Proxy(keys.store, {
      get: (target, name: keyof KeyStore) => {
        if (name === 'replace' || name === 'addEvent') seen.push(care.progress(monthly)?.patients);
        return (target[name] as () => unknown).bind(target);
      },
    });
    care = careFor(store);
    await care.rotateNow(monthly, async () => {});
    const begunAt = now();
    expect(care.progress(monthly)).toEqual({ begunAt, patients: 0, of: null });
    expect(care.progress(yearly)).toBeUndefined();
    await expect.poll(() => care.progress(monthly), { timeout: 30_000 }).toBeUndefined();
    expect([seen, failed]).toEqual([[0, 0, 2], []]);
    await care.stop();
    expect(await rotated()).toBe(0);
  });

  test('nothing is begun where the asking could not be recorded', async () => {
    const away = new Error('the database is away');
    await expect(care.rotateNow(monthly, () => Promise.reject(away))).rejects.toBe(away);
    expect([care.progress(monthly), await rotated(), failed]).toEqual([undefined, 1, []]);
    await care.rotateNow(monthly, async () => {});
    await care.stop();
  });

  test('it is refused while keys are rotated or copied, and nothing is recorded', async () => {
    const asked: string[] = [];
    await keys.store.alone('rotation', async () => {
      const work = care.rotateNow(monthly, async () => void asked.push('recorded'));
      await expect(work).rejects.toMatchObject({ code: 'KEYS_BUSY' });
    });
    expect([asked, failed]).toEqual([[], []]);
  });

  test('a rotation that breaks says so, and is over', async () => {
    const store = new Proxy(keys.store, {
      get: (target, name: keyof KeyStore) =>
        name === 'replace'
          ? () => Promise.reject(new Error('the disk is gone'))
          : (target[name] as () => unknown).bind(target),
    });
    care = careFor(store);
    await care.rotateNow(monthly, async () => {});
    await expect.poll(() => care.progress(monthly), { timeout: 30_000 }).toBeUndefined();
    expect(failed).toEqual([new Error('the disk is gone')]);
    await care.stop();
  });

  test('stopping breaks off what is begun, waits for that, and does not call it done', async () => {
    await care.rotateNow(monthly, async () => {});
    await care.stop();
    expect(care.progress(monthly)).toBeUndefined();
    expect(await keys.store.alone('rotation', async () => 'free')).toEqual({ done: 'free' });
    expect((await keys.store.latestEvents()).map(({ what }) => what)).not.toContain('rotation done');
  });
});

test('a rotation of an account that a crash ended is finished at the next look', async () => {
  await keys.service.rotate(accountKeyName('image', yearly));
  expect([await rotate(), await done()]).toEqual([true, ['yearly account']]);
  const versions = await keys.service.versions(accountKeyName('image', yearly));
  expect(versions.map(({ destroyedAt }) => destroyedAt === null)).toEqual([false, true]);
});

test('of two nodes one rotates, the other leaves it alone', async () => {
  pass(31);
  await keys.store.alone('rotation', async () => expect(await rotate()).toBe(false));
  expect(await done()).toEqual([]);
});

test('what was done with keys is in the audit of those whose keys they are, once, and again after a failure', async () => {
  const told: string[] = [];
  let failing = true;
  const record = async (accountId: string, { what }: KeyEvent): Promise<void> => {
    if (failing) throw new Error('the database is away');
    told.push(`${accountId === yearly ? 'yearly' : 'monthly'} ${what}`);
  };
  const failed: unknown[] = [];
  const deps = { service: keys.service, store: keys.store, now, schedules: async () => schedules };
  const care = new KeyCare({ ...deps, record, failed: (error) => failed.push(error) });
  const event = { id: randomUUID(), at: now(), detail: {} };
  await keys.store.addEvent({ ...event, what: 'backup', accountId: null });
  await keys.store.addEvent({ ...event, id: randomUUID(), what: 'rotation done', accountId: yearly });
  care.start();
  await care.stop();
  expect([told, failed.length]).toEqual([[], 1]);
  failing = false;
  await care.auditEvents();
  await care.auditEvents();
  expect(told.sort()).toEqual(['monthly backup', 'yearly backup', 'yearly rotation done']);
});

test('status tells ages, the last copy and rotation, and warns until there is a copy and when it is out of date', async () => {
  const status = (accountId?: string) => keyStatus({ service: keys.service, store: keys.store, now }, accountId);
  const first = await status();
  expect([first.backup, first.warning]).toEqual([null, 'never backed up']);
  const iso = new Date(start).toISOString();
  const patients = { chain: 'image', what: 'patient', oldest: iso, newest: iso, rotatedAt: null };
  expect(first.keys).toContainEqual({ ...patients, count: 2 });
  expect((await status(monthly)).keys).toContainEqual({ ...patients, count: 1 });

  pass(1);
  const at = now();
  await keys.store.addEvent({ id: randomUUID(), at, what: 'backup', accountId: null, detail: {} });
  expect(await status()).toMatchObject({
    backup: { at: at.toISOString() },
    warning: null,
    oldestKeyWithoutBackup: null,
  });
  pass(31);
  await rotate();
  const rotatedAt = now().toISOString();
  // A rotated key is in the copy by what it was: nothing is lost with it.
  expect(await status()).toMatchObject({ warning: null, oldestKeyWithoutBackup: null });
  expect((await status(monthly)).keys).toContainEqual({
    ...patients,
    count: 1,
    oldest: rotatedAt,
    newest: rotatedAt,
    rotatedAt,
  });
  expect((await status(yearly)).keys).toContainEqual({ ...patients, count: 1 });

  const place = newStudy({ accountId: yearly, patientId: randomUUID() });
  await keys.chains.add([place], [place]);
  const madeAt = now().toISOString();
  pass(7);
  expect(await status()).toMatchObject({ warning: null, oldestKeyWithoutBackup: madeAt });
  pass(1);
  expect(await status()).toMatchObject({ warning: 'backup out of date', oldestKeyWithoutBackup: madeAt });
});
