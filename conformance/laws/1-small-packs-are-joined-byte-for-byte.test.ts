import { readdir, utimes } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cli, ctStudy, type Exchange, type Owner, owner, type SyntheticFile, startExchange } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestOf, digestsIn, fetchStudy } from './folder-of.ts';
import { storeOnce, until } from './load-of.ts';

const instances = 300;

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  // By hand only: the tests say when.
  exchange = await startExchange({ env: { SYMBOLON_COMPACTION: 'off', SYMBOLON_COMPRESSION: 'on' } });
  me = await owner(exchange);
}, 120_000);
afterAll(() => exchange?.dispose());

const ct = (seed: number, slices: number, more: object = {}): SyntheticFile[] => [
  ...ctStudy({ seed, slices, rows: 64, columns: 64, ...more }),
];

/** One request each, one after another, over a few connections at once where there are several series. */
async function sendOneByOne(files: readonly SyntheticFile[]): Promise<void> {
  const series = [...Map.groupBy(files, (file) => file.seriesInstanceUid).values()];
  await Promise.all(
    series.map(async (some) => {
      for (const file of some) expect(await storeOnce(exchange, me, [file])).toMatchObject({ status: 200 });
    }),
  );
}

const compact = (...more: string[]) =>
  cli(['compact', '--to', exchange.url, '--token-file', me.tokenFile, ...more], { exchange, timeoutMs: 240_000 });

type State = { waiting: number; due: number; rewrites: number; joined: number; kept: number };
const stateNow = async () => (await ask(exchange, '/api/v1/storage/compaction', me)).json() as State;

/** Rows of packs in a study, objects in the image store, and what of them nobody names. */
async function counts(study: string) {
  const files = await readdir(join(exchange.dataDir, 'images'), { recursive: true, withFileTypes: true });
  const objects = files
    .filter((file) => file.isFile() && !file.parentPath.endsWith('incoming'))
    .map(({ name }) => name);
  return inDatabaseOf(exchange, async (database) => {
    const { rows: packs } = await sql<{ id: string; study_id: string }>`select id, study_id from packs`.execute(
      database,
    );
    const { rows: replaced } = await sql<{ id: string }>`select id from replaced_packs`.execute(database);
    const { rows: usage } = await sql<{ instances: number; bytes: number }>`select instances, bytes from usage`.execute(
      database,
    );
    const named = new Set([...packs, ...replaced].map(({ id }) => id));
    return {
      packs: packs.filter((pack) => pack.study_id === study).length,
      allPacks: packs.length,
      objects: objects.length,
      replaced: replaced.length,
      orphans: objects.filter((name) => !named.has(name)).length,
      usage: usage[0],
    };
  });
}

async function studyIdOf(studyInstanceUid: string): Promise<string> {
  const found = await ask(exchange, '/api/v1/studies/find', { token: me.token, json: { studyInstanceUid } });
  return (found.json() as { studies: { id: string }[] }).studies[0]!.id;
}

const digestsOf = (files: readonly SyntheticFile[]) => files.map(({ bytes }) => digestOf(bytes)).sort();

async function expectBack(files: readonly SyntheticFile[], name: string): Promise<void> {
  const out = join(dirname(exchange.dataDir), name);
  expect(await fetchStudy(exchange, me, files[0]!.studyInstanceUid, out)).toMatchObject({ code: 0 });
  expect(await digestsIn(out)).toEqual(digestsOf(files));
}

/** The files that one WADO-RS answer holds, and how often. */
function filesIn(answer: { headers: Record<string, unknown>; body: Buffer }): Buffer[] {
  const boundary = /boundary=([0-9a-f]+)/.exec(String(answer.headers['content-type']))![1]!;
  const files: Buffer[] = [];
  for (let at = answer.body.indexOf(`--${boundary}\r\n`); at >= 0; ) {
    const head = answer.body.indexOf('\r\n\r\n', at);
    const length = Number(/Content-Length: (\d+)/.exec(answer.body.subarray(at, head).toString('latin1'))![1]);
    files.push(answer.body.subarray(head + 4, head + 4 + length));
    at = answer.body.indexOf(`--${boundary}\r\n`, head + 4 + length);
  }
  return files;
}

/** As if a day had gone by. */
const aDayLater = () =>
  inDatabaseOf(exchange, (database) =>
    sql`update replaced_packs set replaced_at = replaced_at - interval '2 days'`.execute(database),
  );

test('300 instances that were sent one by one become one pack; all is byte for byte what was sent, before, during and after', async () => {
  const files = ct(6100, instances);
  await sendOneByOne(files);
  const study = await studyIdOf(files[0]!.studyInstanceUid);
  const readWhole = async () => {
    const answer = await ask(exchange, `/dicomweb/studies/${files[0]!.studyInstanceUid}`, me);
    expect(answer.status).toBe(200);
    return filesIn(answer).map(digestOf);
  };
  const before = await counts(study);
  expect(before).toMatchObject({ packs: instances, objects: instances, replaced: 0, orphans: 0 });
  expect((await readWhole()).sort()).toEqual(digestsOf(files));
  expect(await stateNow()).toMatchObject({ waiting: 1, due: 0 });

  // Readers of the whole, one after another, as long as it goes on.
  const sent = new Set(digestsOf(files));
  let compacting = true;
  let read = 0;
  const readers = [0, 1].map(async () => {
    while (compacting) {
      const got = await readWhole();
      expect(got).toHaveLength(instances);
      expect(new Set(got)).toEqual(sent);
      read += 1;
    }
  });
  const done = await compact('--now', '--wait').finally(() => {
    compacting = false;
  });
  await Promise.all(readers);
  expect(done).toMatchObject({ code: 0 });
  expect(done.stdout).toMatch(/^Joined +300 packs became 1: 300 instances/m);

  const audit = await ask(exchange, `/api/v1/audit?action=storage.rewrite&study=${study}`, me);
  const { records } = audit.json() as { records: object[] };
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({
    who: { kind: 'exchange' },
    kind: 'update',
    outcome: 'success',
    detail: { purpose: 'compaction', instances, replaced: instances },
  });

  const after = await counts(study);
  console.log(
    `${before.packs} rows, ${before.objects} objects → ${after.packs} rows, ${after.objects} objects (${after.replaced} kept for a day); ${read} whole readings meanwhile`,
  );
  expect(after).toMatchObject({ packs: 1, objects: instances + 1, replaced: instances, orphans: 0 });
  expect(after.usage).toEqual(before.usage);
  await aDayLater();
  expect(await compact('--now', '--wait')).toMatchObject({ code: 0 });
  await until(async () => (await stateNow()).kept === 0, 'what was replaced is removed');
  expect(await counts(study)).toMatchObject({ packs: 1, objects: 1, replaced: 0, orphans: 0, usage: before.usage });
  await expectBack(files, 'a-day-after');

  // Held still: what is sent again is told so, and what comes later is joined when there is as much of it.
  expect(await storeOnce(exchange, me, files.slice(0, 3))).toMatchObject({ status: 200 });
  expect((await counts(study)).packs).toBe(1);
}, 300_000);

/** Begins to read an answer and reads on only when told to. */
function pausedDownload(path: string) {
  const { hostname, port } = new URL(exchange.url);
  const headers = { authorization: `Bearer ${me.token}` };
  const begun = Promise.withResolvers<IncomingMessage>();
  request({ hostname, port, path, headers, ca: exchange.ca, agent: false }, begun.resolve)
    .once('error', begun.reject)
    .end();
  return {
    async begin() {
      const answer = await begun.promise;
      await new Promise((readable) => answer.once('readable', readable));
    },
    async rest() {
      const answer = await begun.promise;
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      return { headers: answer.headers, body: Buffer.concat(chunks) };
    },
  };
}

test('a download that lasts over many swaps, and one that lists its packs before them, get every file once', async () => {
  // More than the buffers between the two ends of a connection hold.
  const files = ct(6200, 40, { series: 3, rows: 320, columns: 320 });
  await sendOneByOne(files);
  const uid = files[0]!.studyInstanceUid;
  const study = await studyIdOf(uid);
  type Page = { packs: { id: string; instances: { sha256: string; bytes: number }[] }[]; next: string | null };
  const page = async (after: string | null) =>
    (
      await ask(exchange, `/api/v1/studies/${study}/originals${after === null ? '' : `?after=${after}`}`, me)
    ).json() as Page;
  const first = await page(null);
  const second = await page(first.next);
  const download = pausedDownload(`/dicomweb/studies/${uid}`);
  await download.begin();
  expect(await compact('--now', '--wait')).toMatchObject({ code: 0 });
  expect((await counts(study)).packs).toBe(3);

  const got = filesIn(await download.rest()).map(digestOf);
  expect(got.sort()).toEqual(digestsOf(files));
  // The packs that were listed before are read as they were; the rest of the list is that of today.
  const fetched = new Set<string>();
  for (const { id, instances: listed } of [...first.packs, ...second.packs]) {
    const answer = await ask(exchange, `/api/v1/studies/${study}/originals/${id}`, me);
    expect(answer.status).toBe(200);
    expect(digestOf(answer.body)).toBe(listed[0]!.sha256);
    fetched.add(listed[0]!.sha256);
  }
  for (let next = second.next; next !== null; ) {
    const more = await page(next);
    for (const { instances: listed } of more.packs) for (const { sha256 } of listed) fetched.add(sha256);
    next = more.next;
  }
  expect([...fetched].sort()).toEqual(digestsOf(files));
}, 180_000);

test('what was kept aside, and what people chose, stands as it did', async () => {
  const slices = 6;
  const files = ct(6300, slices);
  await sendOneByOne(files);
  const other = (version: number) =>
    ct(6300, slices, { extra: () => [['0020,4000 LT ImageComments', `version ${version}`]] });
  for (const file of other(1))
    await ask(exchange, '/dicomweb/studies', { token: me.token, ...multipart([file.bytes]) });
  const study = await studyIdOf(files[0]!.studyInstanceUid);
  type Conflict = { until: string; open: number; decided: number; instances: { id: string; state: string }[] };
  const conflict = async () => (await ask(exchange, `/api/v1/studies/${study}/conflict`, me)).json() as Conflict;
  const shown = await conflict();
  expect(shown).toMatchObject({ open: slices, decided: 0 });
  const some = shown.instances.slice(0, 2).map(({ id }) => id);
  const chosen = await ask(exchange, `/api/v1/studies/${study}/conflict/choices`, {
    token: me.token,
    json: { choice: 'new', until: shown.until, instances: some },
  });
  expect(chosen.status).toBe(201);
  const before = await conflict();
  const current = async () => {
    const answer = await ask(exchange, `/dicomweb/studies/${files[0]!.studyInstanceUid}`, me);
    return filesIn(answer).map(digestOf).sort();
  };
  const was = await current();
  const packs = await counts(study);
  expect(await compact('--now', '--wait')).toMatchObject({ code: 0 });
  const now = await counts(study);
  // Those current became one; those aside are as they arrived.
  expect([packs.packs, now.packs]).toEqual([2 * slices, 1 + slices]);
  expect(await current()).toEqual(was);
  expect(await conflict()).toMatchObject({
    open: before.open,
    decided: before.decided,
    instances: before.instances.map(({ id, state }) => ({ id, state })),
  });
  const { id } = chosen.json() as { id: string };
  const undone = await ask(exchange, `/api/v1/studies/${study}/conflict/choices/${id}`, {
    token: me.token,
    method: 'DELETE',
  });
  expect(undone.status).toBe(200);
  expect(await current()).toEqual(digestsOf(files));
}, 120_000);

test('it needs an administrator, and tells a monitoring system how far it is', async () => {
  for (const method of ['GET', 'POST'])
    expect((await ask(exchange, '/api/v1/storage/compaction', { method })).status).toBe(401);
  const help = await cli(['compact', '--help'], { exchange });
  expect(help.stdout).toMatch(/--now +look at all that waits/);
  const metrics = await ask(exchange, '/metrics', me);
  expect(metrics.body.toString()).toMatch(/^symbolon_compaction_joined_packs \d+$/m);
  expect(metrics.body.toString()).toMatch(/^symbolon_compressed_bytes_after [1-9]\d*$/m);
});

test('kill -9 in the midst of swaps loses nothing, doubles nothing, and leaves no orphan behind the sweep', async () => {
  const rounds = process.env.SYMBOLON_DRILL === '1' ? 30 : 2;
  const series = 10;
  const all: SyntheticFile[][] = [];
  const expectAll = async () => {
    for (const files of all) {
      const found = await ask(exchange, `/dicomweb/studies/${files[0]!.studyInstanceUid}`, me);
      expect(filesIn(found).map(digestOf).sort()).toEqual(digestsOf(files));
    }
  };
  let killedWithin = 0;
  for (let round = 0; round < rounds; round += 1) {
    // A swap for each series.
    const files = ct(6400 + round, 6, { series, rows: 32, columns: 32 });
    all.push(files);
    await sendOneByOne(files);
    const study = await studyIdOf(files[0]!.studyInstanceUid);
    const { rewrites } = await stateNow();
    await ask(exchange, '/api/v1/storage/compaction', { token: me.token, method: 'POST' });
    // Another moment in each round: some swaps later, and some time after that.
    await until(async () => (await stateNow()).rewrites > rewrites + (round % 4), 'some swaps');
    await pause((round % 7) * 3);
    await exchange.kill9();
    await exchange.restart();
    if ((await stateNow()).due > 0) killedWithin += 1;
    await expectAll();
    expect(await compact('--now', '--wait')).toMatchObject({ code: 0 });
    expect((await counts(study)).packs).toBe(series);
  }
  const { orphans } = await counts('');
  console.log(
    `${killedWithin} of ${rounds} kills came between two swaps; ${orphans} objects were of packs not yet swapped in`,
  );
  expect(killedWithin).toBeGreaterThan(0);

  await aDayLater();
  await compact('--now', '--wait');
  await until(async () => (await stateNow()).kept === 0, 'what was replaced is removed');
  const old = new Date(Date.now() - 2 * 86_400_000);
  for (const file of await readdir(join(exchange.dataDir, 'images'), { recursive: true, withFileTypes: true }))
    if (file.isFile()) await utimes(join(file.parentPath, file.name), old, old);
  expect(await cli(['sweep', '--to', exchange.url, '--token-file', me.tokenFile], { exchange })).toMatchObject({
    code: 0,
  });
  const end = await counts('');
  expect(end).toMatchObject({ orphans: 0, replaced: 0, objects: end.allPacks });
  await expectAll();
  const scrubbed = await cli(['scrub', '--now', '--wait', '--to', exchange.url, '--token-file', me.tokenFile], {
    exchange,
  });
  expect(scrubbed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Damaged now +nothing$/m) });
}, 420_000);
