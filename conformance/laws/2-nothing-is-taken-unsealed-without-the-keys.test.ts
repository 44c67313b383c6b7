import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cli, ctStudy, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestsIn, fetchStudy, folderOf, send } from './folder-of.ts';

const cacheSeconds = 2;
let exchange: Exchange;
let me: Owner;
let root: string;
const held = [...ctStudy({ seed: 91, slices: 6, rows: 32, columns: 32 })];
const next = [...ctStudy({ seed: 92, slices: 4, rows: 32, columns: 32 })];
const study = held[0]!.studyInstanceUid;

beforeAll(async () => {
  exchange = await startExchange({ env: { SYMBOLON_KEY_CACHE_SECONDS: String(cacheSeconds) } });
  me = await owner(exchange);
  root = dirname(exchange.dataDir);
  await folderOf(join(root, 'cd'), held);
  expect(await send(exchange, me, join(root, 'cd'), join(root, 'receipt.json'))).toMatchObject({ code: 0 });
});
afterAll(() => exchange.dispose());

/** What is in the database, in counts: nothing of a refused request may stay. */
const rows = () =>
  inDatabaseOf(exchange, async (database) => {
    const count = async (table: 'patients' | 'studies' | 'series' | 'packs') =>
      (await database.selectFrom(table).select('id').execute()).length;
    return {
      patients: await count('patients'),
      studies: await count('studies'),
      series: await count('series'),
      packs: await count('packs'),
    };
  });

/** Puts the keys back, where they are away. */
async function back(): Promise<void> {
  const away = `${exchange.keysDir}-away`;
  if (!existsSync(away)) return;
  await rm(exchange.keysDir, { recursive: true, force: true });
  await rename(away, exchange.keysDir);
}

const unavailable = (answer: Awaited<ReturnType<typeof ask>>): void => {
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  expect(answer.json()).toMatchObject({ code: 'KEYS_UNAVAILABLE', retryAfterSeconds: 5 });
};

test.each([
  ['is gone', async () => {}],
  ['is an empty one, as of a disk that is not mounted', () => mkdir(exchange.keysDir).then(() => {})],
])('while the keys folder %s nothing is taken or given out, and all goes on when it is back', async (_, instead) => {
  const away = `${exchange.keysDir}-away`;
  const metadata = `/dicomweb/studies/${study}/metadata`;
  const before = await rows();
  // What is unwrapped goes on being read for as long as it is held, and no longer. A busy machine may not be in time at once.
  for (let inTime = false; !inTime; ) {
    await back();
    await pause(cacheSeconds * 1000 + 200);
    const unwrappedAfter = performance.now();
    expect((await ask(exchange, metadata, me)).status).toBe(200);
    await rename(exchange.keysDir, away);
    await instead();
    const { status } = await ask(exchange, metadata, me);
    inTime = performance.now() - unwrappedAfter < cacheSeconds * 1000;
    if (inTime) expect(status).toBe(200);
  }
  await pause(cacheSeconds * 1000 + 200);
  unavailable(await ask(exchange, metadata, me));
  unavailable(await ask(exchange, '/dicomweb/studies?PatientName=*', me));
  unavailable(await ask(exchange, '/readyz'));
  unavailable(await ask(exchange, '/api/v1/keys', me));
  const store = { method: 'POST', token: me.token, ...multipart(next.map(({ bytes }) => bytes)) };
  unavailable(await ask(exchange, '/dicomweb/studies', store));
  expect(await rows()).toEqual(before);
  // Whoever comes is still told what is the matter: pages open, and signing in works.
  expect((await ask(exchange, '/healthz')).status).toBe(200);
  expect((await ask(exchange, '/sign-in')).status).toBe(200);
  const credentials = { email: me.email, password: me.password };
  expect((await ask(exchange, '/api/v1/sessions', { json: credentials })).status).toBe(201);

  await back();
  expect((await ask(exchange, '/readyz')).status).toBe(200);
  expect((await ask(exchange, metadata, me)).status).toBe(200);
  const fetched = join(root, `back-${Math.random()}`);
  expect(await fetchStudy(exchange, me, study, fetched)).toMatchObject({ code: 0 });
  expect(await digestsIn(fetched)).toEqual(await digestsIn(join(root, 'cd')));
});

test('what was refused meanwhile is taken afterwards, once', async () => {
  const store = { method: 'POST', token: me.token, ...multipart(next.map(({ bytes }) => bytes)) };
  expect((await ask(exchange, '/dicomweb/studies', store)).status).toBe(200);
  expect(await rows()).toMatchObject({ studies: 2, packs: 2 });
});

test('keys are rotated, copied and told of while the exchange runs, and the audit knows', async () => {
  const keys = (...args: string[]) => cli(['keys', ...args], { exchange });
  expect((await ask(exchange, '/api/v1/keys', me)).json()).toMatchObject({ backup: null, warning: 'never backed up' });
  expect(exchange.output()).toContain('WARNING: the keys were never backed up');
  const tops = async () => (await readFile(join(exchange.keysDir, 'roots.json'), 'utf8')).match(/[0-9a-f]{64}/g);
  const roots = await tops();

  expect(await keys('rotate', '--patients')).toMatchObject({ code: 0, stdout: expect.stringContaining('patients 2') });
  expect(await keys('rotate', '--root')).toMatchObject({ code: 0 });
  const account = await inDatabaseOf(exchange, (database) =>
    database.selectFrom('accounts').select('id').executeTakeFirstOrThrow(),
  );
  expect(await keys('rotate', '--account', account.id)).toMatchObject({ code: 0 });
  expect((await tops())?.filter((key) => roots?.includes(key))).toEqual([]);

  const passphrase = join(root, 'passphrase');
  await writeFile(passphrase, 'ein langer Satz aus Wörtern\n', { mode: 0o600 });
  const backup = ['backup', '--out', join(root, 'keys.backup'), '--passphrase-file', passphrase];
  expect(await keys(...backup)).toMatchObject({ code: 0 });
  const restore = ['restore', '--from', join(root, 'keys.backup'), '--passphrase-file', passphrase];
  expect(await keys(...restore, '--replace')).toMatchObject({ code: 1, stderr: expect.stringContaining('KEYS_BUSY') });
  expect((await ask(exchange, '/api/v1/keys', me)).json()).toMatchObject({ warning: null });
  const status = await keys('status');
  expect(status.stdout).toMatch(/image +patient +2 /);
  expect(status.stdout).toMatch(/Last backup {2}20/);

  // A disaster: the folder is lost.
  await exchange.stop();
  await rm(exchange.keysDir, { recursive: true });
  await expect(exchange.restart()).rejects.toThrow(/keys are not those of this data/);
  expect(await keys(...restore, '--replace')).toMatchObject({ code: 0 });
  await exchange.restart();
  expect(exchange.output().split('Symbolon serves').at(-1)).not.toContain('WARNING');
  const fetched = join(root, 'back-restored');
  expect(await fetchStudy(exchange, me, study, fetched)).toMatchObject({ code: 0 });
  expect(await digestsIn(fetched)).toEqual(await digestsIn(join(root, 'cd')));
  const { records } = (await ask(exchange, '/api/v1/audit', me)).json() as { records: { action: string }[] };
  const told = new Set(records.map(({ action }) => action));
  for (const action of ['key.view', 'key.rotate', 'key.backup', 'key.restore']) expect(told).toContain(action);
}, 120_000);
