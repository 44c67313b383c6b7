import { readdir, utimes } from 'node:fs/promises';
import { request } from 'node:https';
import { basename, join } from 'node:path';
import {
  cli,
  ctStudy,
  type Exchange,
  type Faults,
  type FaultyCalls,
  faultyCalls,
  faultyCallsTest,
  type Owner,
  owner,
  type SyntheticFile,
  startExchange,
} from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestsOf, expectAllBack, heldOf, instanceOf } from './all-back.ts';
import { ask } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestOf } from './folder-of.ts';
import { loadOf, storeOnce, until } from './load-of.ts';

let exchange: Exchange;
let me: Owner;
/** All that was acknowledged by any of these tests. */
const acknowledged: SyntheticFile[] = [];
beforeAll(async () => {
  exchange = await startExchange({ onDisk: true });
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

const keyFiles = (...names: string[]) => names.map((name) => join(exchange.keysDir, name));
const blobs = '503 BLOBS_UNAVAILABLE';
const full = '507 STORAGE_FULL';
const keys = '503 KEYS_UNAVAILABLE';

type Case = Omit<Faults, 'paths'> & {
  readonly what: string;
  readonly paths?: () => readonly string[];
  readonly refusals: readonly string[];
};

/** Of the exchange's own process: the image store and the key store. `fdatasync` and `renameat2` are not among its calls. */
const cases: readonly Case[] = [
  { what: 'every second sync fails', calls: 'fsync', error: 'EIO', when: '2+2', refusals: [blobs, keys] },
  { what: 'every third sync finds no room', calls: 'fsync', error: 'ENOSPC', when: '1+3', refusals: [full, keys] },
  { what: 'no sync works', calls: 'fsync', error: 'EIO', refusals: [blobs, keys] },
  { what: 'every second renaming fails', calls: 'rename', error: 'EIO', when: '1+2', refusals: [blobs] },
  { what: 'no renaming finds room', calls: 'rename', error: 'ENOSPC', refusals: [full] },
  { what: 'every third opening fails', calls: 'openat', error: 'EIO', when: '1+3', refusals: [blobs, keys] },
  { what: 'every third opening finds no room', calls: 'openat', error: 'ENOSPC', when: '2+3', refusals: [full, keys] },
  {
    what: 'syncs fail, and what was begun cannot be taken away',
    calls: 'fsync,unlink',
    error: 'EIO',
    when: '2+3',
    refusals: [blobs, keys],
  },
  { what: 'every fourth write of the key store fails', calls: 'pwrite64', error: 'EIO', when: '3+4', refusals: [keys] },
  {
    what: 'every fifth write of the key store finds no room',
    calls: 'pwrite64',
    error: 'ENOSPC',
    when: '2+5',
    refusals: [keys],
  },
  {
    what: 'the key store’s journal cannot be emptied',
    calls: 'ftruncate',
    error: 'EIO',
    when: '1+2',
    refusals: [keys],
  },
  {
    what: 'no sync of the key store’s journal works',
    calls: 'fsync',
    error: 'EIO',
    paths: () => keyFiles('key-store.sqlite-journal'),
    refusals: [keys],
  },
  {
    what: 'no sync of the key store’s file works',
    calls: 'fsync',
    error: 'EIO',
    paths: () => keyFiles('key-store.sqlite'),
    refusals: [keys],
  },
];

for (const [at, { what, paths, refusals, ...faults }] of cases.entries())
  faultyCallsTest(
    `${what}: what was acknowledged is held, the rest is refused in words and taken when it is over`,
    async () => {
      const load = loadOf(exchange, me, 10_000 * (at + 1));
      await until(() => load.counts.taken >= 4, 'a start');
      const faulty = await faultyCalls([exchange.process.pid!], { ...faults, ...(paths && { paths: paths() }) });
      let injected = 0;
      try {
        await until(() => load.counts.refused >= 8, 'refusals');
        injected = await faulty.injected();
      } finally {
        await faulty.end();
      }
      // Alone, without a restart.
      const { taken } = load.counts;
      await until(() => load.counts.taken >= taken + 8, 'an end of refusals', 30_000);
      await load.end();
      expect(injected).toBeGreaterThan(0);
      expect(refusals).toEqual(expect.arrayContaining([...load.refusals]));
      expect(await heldOf(exchange, me, load.acknowledged)).toEqual(digestsOf(load.acknowledged));
      for (const [, study] of Map.groupBy(load.refused, ({ studyInstanceUid }) => studyInstanceUid))
        expect(await storeOnce(exchange, me, study)).toMatchObject({ status: 200 });
      acknowledged.push(...load.acknowledged, ...load.refused);
    },
    120_000,
  );

faultyCallsTest(
  'a large object of which the last part cannot be written leaves nothing, and is taken when it is sent again',
  async () => {
    // Above 32 MiB of pixels it is written while it arrives.
    const [large] = [...ctStudy({ seed: 7, slices: 1, rows: 5000, columns: 4096 })] as [SyntheticFile];
    const incoming = join(exchange.dataDir, 'images/incoming');
    for (const [error, told] of [
      ['EIO', blobs],
      ['ENOSPC', full],
    ] as const) {
      let faulty: FaultyCalls | undefined;
      const answer = await storeHalting(large, async () => {
        await until(async () => (await readdir(incoming)).length > 0, 'the beginning of an object');
        const paths = (await readdir(incoming)).map((name) => join(incoming, name));
        faulty = await faultyCalls([exchange.process.pid!], { calls: 'write,writev', error, paths });
      });
      expect(await faulty?.injected()).toBeGreaterThan(0);
      await faulty?.end();
      expect(answer).toBe(told);
      expect(await readdir(incoming)).toEqual([]);
    }
    expect(await storeOnce(exchange, me, [large])).toMatchObject({ status: 200 });
    acknowledged.push(large);
  },
  120_000,
);

/** Sends one file, the last tenth of it when `halt` is over; returns status and code of the answer. */
function storeHalting(file: SyntheticFile, halt: () => Promise<void>): Promise<string> {
  const { hostname, port } = new URL(exchange.url);
  const headers = { 'content-type': 'application/dicom', authorization: `Bearer ${me.token}` };
  const options = { hostname, port, path: '/dicomweb/studies', method: 'POST', ca: exchange.ca, agent: false, headers };
  return new Promise((done, failed) => {
    const asked = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', failed);
      answer.once('end', () => {
        const { code } = JSON.parse(Buffer.concat(chunks).toString()) as { code?: string };
        done(`${answer.statusCode} ${code}`);
      });
    });
    asked.once('error', failed);
    const most = Math.floor(file.bytes.length * 0.9);
    asked.write(file.bytes.subarray(0, most));
    halt().then(() => asked.end(file.bytes.subarray(most)), failed);
  });
}

test('after all of that and kill -9 everything is there byte for byte, counted and recorded once; the rest is swept', async () => {
  await exchange.kill9();
  await exchange.restart();
  await expectAllBack(exchange, me, acknowledged);

  await grownOld();
  const sweep = ['sweep', '--to', exchange.url, '--token-file', me.tokenFile, '--many'];
  expect(await cli(sweep, { exchange })).toMatchObject({ code: 0 });
  const named = await inDatabaseOf(exchange, (database) => database.selectFrom('packs').select('id').execute());
  expect((await objects()).map((file) => basename(file)).sort()).toEqual(named.map(({ id }) => id).sort());
}, 180_000);

faultyCallsTest(
  'what cannot be read is no damage and never half an answer: it is said so, and read when it can be',
  async () => {
    // Nothing is in memory any more.
    await exchange.restart();
    const study = [...Map.groupBy(acknowledged, ({ studyInstanceUid }) => studyInstanceUid).values()].find(
      ({ length }) => length === 3,
    ) as SyntheticFile[];
    const path = `/dicomweb/studies/${study[0]!.studyInstanceUid}`;
    const headers = { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' };
    const seen = new Set<string>();
    for (const when of ['1+1', '2+1', '3+1']) {
      const faulty = await faultyCalls([exchange.process.pid!], { calls: 'pread64', error: 'EIO', when });
      for (let tries = 0; tries < 4; tries += 1) {
        const answer = await ask(exchange, path, { token: me.token, headers }).catch(() => undefined);
        if (answer?.status === 200) expect(partsIn(answer.body)).toBe(study.length);
        else seen.add(answer ? `${answer.status} ${(answer.json() as { code: string }).code}` : 'cut off');
      }
      await faulty.end();
    }
    expect(seen.size).toBeGreaterThan(0);
    expect([blobs, keys, 'cut off']).toEqual(expect.arrayContaining([...seen]));
    for (const file of study) expect(digestOf((await instanceOf(exchange, me, file)).body)).toBe(digestOf(file.bytes));
  },
  120_000,
);

const partsIn = (body: Buffer): number => body.toString('latin1').split('Content-Type: application/dicom').length - 1;

/** Every file of the image store; the identity store's objects are those of headers above 1 MiB, and there are none. */
async function objects(): Promise<string[]> {
  const entries = await readdir(join(exchange.dataDir, 'images'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Makes all of it look two days old: a sweep lets be what is younger than one. */
async function grownOld(): Promise<void> {
  const then = new Date(Date.now() - 2 * 86_400_000);
  for (const file of await objects()) await utimes(file, then, then);
}
