import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ctStudy,
  type Exchange,
  type Owner,
  owner,
  peerTest,
  postgres15,
  startExchange,
  startOwnPostgres,
} from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { type Answer, ask } from './ask.ts';
import { digestsIn, fetchStudy, folderOf, readReceipt, send } from './folder-of.ts';
import { watchedRoad } from './watched-road.ts';

const instances = 240;

type Outage = {
  /** Takes the database away. */
  readonly begin: () => Promise<void> | void;
  /** Brings it back, unless the exchange does so by itself. */
  readonly end: () => Promise<void> | void;
  readonly lastsMs: number;
};

/** Sends a study, takes the database away in its midst, looks at what is said meanwhile, and at what is there after. */
async function survives(exchange: Exchange, me: Owner, seed: number, outage: Outage): Promise<void> {
  const root = join(dirname(exchange.dataDir), `outage-${seed}`);
  await mkdir(root);
  const files = [...ctStudy({ seed, slices: instances / 2, series: 2, rows: 64, columns: 64 })];
  const study = files[0]!.studyInstanceUid;
  const digests = [...(await folderOf(join(root, 'cd'), files)).values()].sort();
  const road = await watchedRoad(exchange, { answerDelayMs: 150 });
  try {
    const sending = send(exchange, me, join(root, 'cd'), join(root, 'receipt.json'), { to: road.url });
    while (road.acknowledged.length < instances / 4) await pause(2);
    await outage.begin();
    const seen = await whileAway(exchange, me, outage.lastsMs);
    const acknowledged = road.acknowledged.map(({ sha256 }) => sha256).sort();
    expect(acknowledged.length).toBeLessThan(instances);
    expect(seen.ready).toMatchObject({ status: 503 });
    expect(seen.ready?.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(seen.question).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    expect(seen.question?.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryAfterSeconds: 2 });
    expect(seen.live).toEqual(new Set([200]));
    await outage.end();

    while ((await ask(exchange, '/readyz')).status !== 200) await pause(50);
    const held = await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256: acknowledged } });
    expect((held.json() as { held: string[] }).held.sort()).toEqual(acknowledged);

    const result = await sending;
    expect(result).toMatchObject({ code: 0 });
    // The sender was told why it waited, and that in words.
    expect(result.stderr).toMatch(/the exchange is busy or not ready; trying again in \d+ s/);
    expect(new Set(road.problems.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['503 DATABASE_UNAVAILABLE']),
    );
    const receipt = await readReceipt(join(root, 'receipt.json'));
    expect(receipt.contents.refused).toEqual([]);
    expect(receipt.statement.instances.map(({ sha256 }) => sha256)).toEqual(digests);
    expect(await fetchStudy(exchange, me, study, join(root, 'back'))).toMatchObject({ code: 0 });
    expect(await digestsIn(join(root, 'back'))).toEqual(digests);
    const found = await ask(exchange, `/dicomweb/studies?StudyInstanceUID=${study}`, me);
    expect(found.json()).toMatchObject([{ '00201208': { Value: [instances] } }]);
  } finally {
    await road.close();
  }
}

/** What the exchange answers while its database is away. */
async function whileAway(exchange: Exchange, me: Owner, lastsMs: number) {
  const until = performance.now() + lastsMs;
  const live = new Set<number>();
  let ready: Answer | undefined;
  let question: Answer | undefined;
  while (performance.now() < until && (ready === undefined || question === undefined || lastsMs > 4000)) {
    // At once: it may be back within a second.
    const [isAlive, isReady, asked] = await Promise.all([
      ask(exchange, '/healthz'),
      ask(exchange, '/readyz'),
      ask(exchange, '/api/v1/held', { token: me.token, json: { sha256: [] } }),
    ]);
    live.add(isAlive.status);
    if (isReady.status !== 200) ready = isReady;
    if (asked.status !== 200) question = asked;
  }
  return { live, ready, question };
}

test('the embedded PostgreSQL is killed in the midst of a send: it is started again, and the send goes on', async () => {
  const exchange = await startExchange({ onDisk: true });
  try {
    const me = await owner(exchange);
    const pidFile = join(exchange.dataDir, 'postgres/cluster/postmaster.pid');
    const postmaster = Number((await readFile(pidFile, 'utf8')).split('\n')[0]);
    await survives(exchange, me, 61, {
      begin: () => void process.kill(postmaster, 'SIGKILL'),
      end: () => {},
      lastsMs: 3000,
    });
    expect(exchange.output()).toContain('PostgreSQL has stopped; starting it again');
    expect(await exchange.stop()).toBe(0);
  } finally {
    await exchange.dispose();
  }
}, 120_000);

peerTest(
  'a PostgreSQL 15 of one’s own stops at once in the midst of a send, and comes back after 5 s: the send goes on',
  postgres15,
  async (initdb) => {
    const postgres = await startOwnPostgres(initdb, { onDisk: true });
    let exchange: Exchange | undefined;
    try {
      exchange = await startExchange({ onDisk: true, env: { DATABASE_URL: postgres.address } });
      expect(exchange.output()).toContain('the one that DATABASE_URL names');
      const me = await owner(exchange);
      await survives(exchange, me, 63, { begin: postgres.stop, end: postgres.start, lastsMs: 5000 });
      expect(await exchange.stop()).toBe(0);
      expect(exchange.output()).not.toContain(postgres.password);
    } finally {
      await exchange?.dispose();
      await postgres.dispose();
    }
  },
  120_000,
);
