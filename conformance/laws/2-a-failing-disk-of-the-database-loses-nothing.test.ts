import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Exchange,
  type Faults,
  faultyCalls,
  faultyCallsTest,
  type Owner,
  owner,
  type SyntheticFile,
  startExchange,
} from '@symbolon/testbed';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestsOf, expectAllBack, heldOf } from './all-back.ts';
import { loadOf, storeOnce, until } from './load-of.ts';

let exchange: Exchange;
let me: Owner;
const acknowledged: SyntheticFile[] = [];
beforeAll(async () => {
  exchange = await startExchange({ onDisk: true });
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

const away = '503 DATABASE_UNAVAILABLE';
const full = '507 STORAGE_FULL';

/** The embedded PostgreSQL as it runs now: its first process and all that it started. */
async function postgresPids(): Promise<number[]> {
  const pidFile = join(exchange.dataDir, 'postgres/cluster/postmaster.pid');
  const postmaster = Number((await readFile(pidFile, 'utf8')).split('\n')[0]);
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
  return [postmaster, ...children.trim().split(' ').map(Number)];
}

/** `panics`: how often PostgreSQL must have ended before the fault does. */
type Case = Omit<Faults, 'paths'> & {
  readonly what: string;
  readonly refusals: readonly string[];
  readonly panics: number;
};

/** What PostgreSQL does is by its own design: where a sync fails it ends (PANIC), and reads from its log what was committed. */
const cases: readonly Case[] = [
  { what: 'no sync of its log works', calls: 'fdatasync', error: 'EIO', refusals: [away], panics: 1 },
  {
    what: 'every third sync of its log finds no room',
    calls: 'fdatasync',
    error: 'ENOSPC',
    when: '2+3',
    refusals: [away, full],
    panics: 1,
  },
  {
    what: 'no sync of its files works, when it reads its log neither',
    calls: 'fsync',
    error: 'EIO',
    refusals: [away],
    panics: 2,
  },
  { what: 'every fifth write fails', calls: 'pwrite64', error: 'EIO', when: '2+5', refusals: [away], panics: 1 },
];

/** Its connection may well break. */
async function checkpoint(): Promise<void> {
  const host = join(exchange.dataDir, 'postgres/socket');
  const client = new pg.Client({ host, user: 'symbolon', database: 'postgres' });
  client.on('error', () => {});
  await client
    .connect()
    .then(() => client.query('checkpoint'))
    .catch(() => {});
  await client.end().catch(() => {});
}

const panicsSoFar = async (): Promise<number> =>
  (await readFile(join(exchange.dataDir, 'postgres/postgres.log'), 'utf8')).match(/PANIC/g)?.length ?? 0;

for (const [at, { what, refusals, panics, ...faults }] of cases.entries())
  faultyCallsTest(
    `the database’s disk: ${what}: nothing acknowledged is lost, the rest is refused in words, and it recovers alone`,
    async () => {
      const load = loadOf(exchange, me, 10_000 * (at + 1));
      await until(() => load.counts.taken >= 4, 'a start');
      const before = await panicsSoFar();
      const faulty = await faultyCalls(await postgresPids(), faults);
      let injected = 0;
      try {
        // A checkpoint syncs and writes what commits left in memory.
        if (faults.calls !== 'fdatasync') void checkpoint();
        await until(() => load.counts.refused >= 8, 'refusals');
        await until(async () => (await panicsSoFar()) >= before + panics, 'an end of PostgreSQL');
        injected = await faulty.injected();
      } finally {
        await faulty.end();
      }
      const { taken } = load.counts;
      await until(() => load.counts.taken >= taken + 8, 'an end of refusals', 90_000);
      await load.end();
      expect(injected).toBeGreaterThan(0);
      expect(refusals).toEqual(expect.arrayContaining([...load.refusals]));
      expect(await heldOf(exchange, me, load.acknowledged)).toEqual(digestsOf(load.acknowledged));
      for (const [, study] of Map.groupBy(load.refused, ({ studyInstanceUid }) => studyInstanceUid))
        expect(await storeOnce(exchange, me, study)).toMatchObject({ status: 200 });
      acknowledged.push(...load.acknowledged, ...load.refused);
    },
    180_000,
  );

test('after all of that and kill -9 of both everything is there byte for byte, and recorded once', async () => {
  const [postmaster] = await postgresPids();
  process.kill(postmaster as number, 'SIGKILL');
  await exchange.kill9();
  await exchange.restart();
  await expectAllBack(exchange, me, acknowledged);
}, 120_000);
