import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cli, ctStudy, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FolderLock } from '../../packages/server/src/platform/folder-lock.ts';
import { type Answer, ask } from '../laws/ask.ts';
import { digestsIn, fetchStudy, folderOf, send } from '../laws/folder-of.ts';

let exchange: Exchange;
let me: Owner;
let folder: string;
const files = [...ctStudy({ seed: 61, slices: 3, rows: 32, columns: 32 })];

beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
  folder = dirname(exchange.dataDir);
  await folderOf(join(folder, 'cd'), files);
  expect(await send(exchange, me, join(folder, 'cd'), join(folder, 'receipt.json'))).toMatchObject({ code: 0 });
});
afterAll(() => exchange?.dispose());

const get = async (path: string): Promise<unknown> => (await ask(exchange, path, me)).json();
const setSchedule = (json: unknown): Promise<Answer> =>
  ask(exchange, '/api/v1/keys/schedule', { method: 'PUT', token: me.token, json });
const rotate = (): Promise<Answer> => ask(exchange, '/api/v1/keys/rotation', { method: 'POST', token: me.token });

type Record = {
  at: string;
  action: string;
  kind: string;
  who: { kind: string };
  detail: { [name: string]: unknown } | null;
};
const recordsOf = async (action: string): Promise<Record[]> =>
  ((await get(`/api/v1/audit?action=${action}`)) as { records: Record[] }).records;
/** What was done is in the audit some seconds later. */
const rotationsTold = async (by: string): Promise<Record[]> =>
  (await recordsOf('key.rotate')).filter(({ detail }) => detail?.what === 'rotation done' && detail.by === by);

/** In the key store itself, as an operator could look while the exchange runs. */
function inKeyStore<T>(look: (store: DatabaseSync) => T): T {
  const store = new DatabaseSync(join(exchange.keysDir, 'key-store.sqlite'), { timeout: 10_000 });
  try {
    return look(store);
  } finally {
    store.close();
  }
}
const generations = (): number[] =>
  inKeyStore((store) => store.prepare(`select generation from wraps where kind = 'patient'`).all()).map((row) =>
    Number(row.generation),
  );
const makeOlder = (days: number): void =>
  inKeyStore((store) => store.exec(`update wraps set made_at = made_at - ${days * 86_400_000} where kind = 'patient'`));

async function everythingOpens(name: string): Promise<void> {
  const back = join(folder, name);
  await mkdir(back);
  expect(await fetchStudy(exchange, me, files[0]!.studyInstanceUid, join(back, 'files'))).toMatchObject({ code: 0 });
  expect(await digestsIn(join(back, 'files'))).toEqual(await digestsIn(join(folder, 'cd')));
}

describe('an account’s schedule', () => {
  test('is a year until somebody sets another, and the audit says what it was and is', async () => {
    expect(await get('/api/v1/keys/schedule')).toEqual({ patientDays: 365, accountDays: 365 });
    for (const patientDays of [90, null]) {
      const answer = await setSchedule({ patientDays });
      expect([answer.status, answer.json()]).toEqual([200, { patientDays, accountDays: 365 }]);
      expect(await get('/api/v1/keys/schedule')).toEqual({ patientDays, accountDays: 365 });
    }
    const [off, ninety] = await recordsOf('key.schedule');
    const [standard, shorter] = [
      { patientDays: 365, accountDays: 365 },
      { patientDays: 90, accountDays: 365 },
    ];
    expect(ninety).toMatchObject({ kind: 'update', who: { kind: 'person' } });
    expect(ninety?.detail).toEqual({ before: standard, after: shorter });
    expect(off?.detail).toEqual({ before: shorter, after: { ...standard, patientDays: null } });
  });

  test.each([
    { patientDays: 0 },
    { patientDays: -1 },
    { patientDays: 1.5 },
    { patientDays: 3651 },
    { patientDays: '90' },
    { patientDays: 90, accountDays: 1 },
    {},
  ])('cannot be %j', async (json) => {
    const before = await get('/api/v1/keys/schedule');
    const answer = await setSchedule(json);
    expect([answer.status, answer.json()]).toEqual([400, expect.objectContaining({ code: 'REQUEST_INVALID' })]);
    expect(await get('/api/v1/keys/schedule')).toEqual(before);
  });

  test('that is due leads to new keys at once; everything opens as before', async () => {
    expect(generations()).toEqual([1, 1, 1]);
    makeOlder(31);
    expect((await setSchedule({ patientDays: 32 })).status).toBe(200);
    expect((await setSchedule({ patientDays: 30 })).status).toBe(200);
    await expect.poll(generations, { timeout: 30_000 }).toEqual([2, 2, 2]);
    await expect.poll(async () => (await rotationsTold('schedule')).length, { timeout: 30_000 }).toBe(1);
    expect((await rotationsTold('schedule'))[0]?.detail).toMatchObject({ of: 'patients', patients: 1 });
    await everythingOpens('after-schedule');
  });

  test('is seen and set by the command', async () => {
    const schedule = (...args: string[]) =>
      cli(['keys', 'schedule', ...args, '--to', exchange.url, '--token-file', me.tokenFile], { exchange });
    expect(await schedule()).toMatchObject({ code: 0, stdout: expect.stringMatching(/keys +every 30 days\n/) });
    expect(await schedule('--patient-keys', '90d')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/keys +every 90 days\n/),
    });
    expect(await get('/api/v1/keys/schedule')).toMatchObject({ patientDays: 90 });
    expect(await schedule('--patient-keys', 'off')).toMatchObject({ code: 0, stdout: expect.stringMatching(/ off: /) });
    expect(await get('/api/v1/keys/schedule')).toMatchObject({ patientDays: null });
    for (const nonsense of ['0d', '4000d', '90', '90m', 'never', '']) {
      const { code, stderr } = await schedule('--patient-keys', nonsense);
      expect([code, stderr], nonsense).toEqual([1, expect.stringContaining('from 1d to 3650d, such as 90d, or off')]);
    }
    expect(await get('/api/v1/keys/schedule')).toMatchObject({ patientDays: null });
  });
});

describe('new keys for all patients', () => {
  test('are made when an administrator asks, whatever the schedule; the audit knows who asked and what was done', async () => {
    const asked = await rotate();
    expect(asked.status).toBe(202);
    expect(asked.json()).toEqual({
      running: { begunAt: expect.any(String), patients: 0, of: null },
      doneAt: (await rotationsTold('schedule'))[0]?.at,
    });
    await expect.poll(generations, { timeout: 30_000 }).toEqual([3, 3, 3]);
    const running = async () => ((await get('/api/v1/keys/rotation')) as { running: unknown }).running;
    await expect.poll(running, { timeout: 30_000 }).toBeNull();
    await expect.poll(async () => (await rotationsTold('person')).length, { timeout: 30_000 }).toBe(1);
    const { doneAt } = (await get('/api/v1/keys/rotation')) as { doneAt: string };
    expect(doneAt).toBe((await rotationsTold('person'))[0]?.at);
    const asking = (await recordsOf('key.rotate')).filter(({ detail }) => detail?.asked === true);
    expect(asking).toMatchObject([{ kind: 'execute', who: { kind: 'person' }, detail: { of: 'patients' } }]);
    await everythingOpens('after-asking');
  });

  test('are not begun where keys are rotated or copied already, and the audit has no such asking', async () => {
    const lock = FolderLock.take(join(exchange.keysDir, 'locks/rotation'));
    if ('heldBy' in lock) throw new Error('somebody rotates keys');
    const busy = await rotate();
    lock.release();
    expect([busy.status, busy.json()]).toEqual([409, expect.objectContaining({ code: 'KEYS_BUSY' })]);
    expect((await recordsOf('key.rotate')).filter(({ detail }) => detail?.asked === true)).toHaveLength(1);
    expect(generations()).toEqual([3, 3, 3]);
  });
});

test('every page may ask whether the keys were copied, and that is no record', async () => {
  const never = { backup: null, oldestKeyWithoutBackup: null, warning: 'never backed up' };
  expect(await get('/api/v1/keys/backup')).toEqual(never);
  expect(await recordsOf('key.view')).toEqual([]);
});

test.each([
  ['GET', '/api/v1/keys/backup'],
  ['GET', '/api/v1/keys/schedule'],
  ['PUT', '/api/v1/keys/schedule'],
  ['GET', '/api/v1/keys/rotation'],
  ['POST', '/api/v1/keys/rotation'],
])('nobody else may: %s %s', async (method, path) => {
  expect((await ask(exchange, path, { method })).status).toBe(401);
});
