/**
 * Hundreds and thousands of people who are signed in: each has the worklist open, which asks anew every half minute as the web app
 * does, and in between searches, opens studies, looks at images and takes files. They are a program of their own, beside the exchange
 * and its PostgreSQL on the same machine.
 *
 * Prints a line of JSON a figure. USERS names the sizes, SECONDS how long each is measured; USERS=25 SECONDS=5 STUDIES=100 is a
 * short form. Absolute times say little on a shared machine: the CPU that the exchange and its users took stands beside them.
 */
import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { ctStudy, type Exchange, owner, type SyntheticFile, startExchange } from '@symbolon/testbed';
import { sql } from 'kysely';
import { inDatabaseOf } from '../conformance/laws/database-of.ts';
import { asking } from './asking.ts';
import { cpuSeconds, peakMiB, percentile, print } from './measure.ts';
import type { Load, Measured, Target } from './users.client.ts';
import { peopleByRows, type Ward } from './users-by-rows.ts';

/** People, and how long one of them waits on average before the next step; the worklist that asks anew comes on top. */
const sizes = (process.env.USERS ?? '245:10,2500:60').split(',').map((size) => {
  const [users = 0, pause = 10] = size.split(':').map(Number);
  return { users, pause };
});
const seconds = Number(process.env.SECONDS ?? 60);
const studies = Number(process.env.STUDIES ?? 2_000);
const wards = 20;
/** Of the studies so many have images to look at; of the others there is one small image each. */
const withImages = 20;
const slices = 12;

/** Studies in all wards. Returns what there is to look at. */
async function plant(exchange: Exchange, places: readonly Ward[]): Promise<Target[]> {
  const { ask, json } = asking(exchange, 8);
  const shown: { ward: number; files: SyntheticFile[] }[] = [];
  const one = async (at: number): Promise<void> => {
    const every = Math.ceil(studies / withImages);
    const large = at % every === 0;
    const size = large ? { slices } : { slices: 1, rows: 32, columns: 32 };
    const files = [...ctStudy({ seed: 40_000 + at, ...size })];
    // Some to look at in each ward.
    const ward = (large ? at / every : at) % places.length;
    if (large) shown.push({ ward, files });
    const { token } = places[ward] as Ward;
    for (const { bytes } of files) await ask('/dicomweb/studies', { token, body: bytes, type: 'application/dicom' });
  };
  let next = 0;
  const send = async (): Promise<void> => {
    for (let at = next++; at < studies; at = next++) await one(at);
  };
  await Promise.all(Array.from({ length: 8 }, send));
  const targets: Target[] = [];
  for (const { ward, files } of shown) {
    const { studyInstanceUid, seriesInstanceUid } = files[0] as SyntheticFile;
    const { token } = places[ward] as Ward;
    const found = await json<{ studies: { id: string }[] }>('/api/v1/studies/find', {
      token,
      json: { studyInstanceUid },
    });
    const study = `/api/v1/studies/${found.studies[0]!.id}`;
    const facts = await json<{ series: { id: string }[] }>(study, { token });
    const images = `${study}/series/${facts.series[0]!.id}/images`;
    const listed = await json<{ images: { id: string }[] }>(images, { token });
    targets.push({
      ward,
      study,
      images,
      frames: listed.images.map(({ id }) => `${study}/images/${id}/frames/1`),
      files: files.map(
        ({ sopInstanceUid }) =>
          `/dicomweb/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`,
      ),
    });
  }
  return targets;
}

/** Runs the users in a process of their own, and hears what they measured. */
function clients(load: Load, started: () => void): Promise<Measured> {
  const child = fork(new URL('./users.client.ts', import.meta.url), { serialization: 'advanced' });
  child.send(load);
  return new Promise((done, failed) => {
    child.on('message', (said: 'measuring' | Measured) => {
      if (said === 'measuring') return started();
      done(said);
      child.disconnect();
    });
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`the users ended with ${code}`)));
  });
}

/** Connections of the exchange to PostgreSQL, and of those that were at work. */
async function connections(exchange: Exchange): Promise<{ all: number; active: number }> {
  const { rows } = await inDatabaseOf(exchange, (database) =>
    sql<{ all: number; active: number }>`select count(*) as all, count(*) filter (where state <> 'idle') as active
      from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`.execute(database),
  );
  return rows[0] ?? { all: 0, active: 0 };
}

async function run(exchange: Exchange, load: Load): Promise<void> {
  const pid = exchange.process.pid as number;
  const seen: { all: number; active: number }[] = [];
  let before = { exchange: 0, postgres: 0 };
  let looking: NodeJS.Timeout | undefined;
  const measured = await clients(load, () => {
    before = cpuSeconds(pid, exchange.dataDir);
    looking = setInterval(() => void connections(exchange).then((some) => seen.push(some)), 2_000);
  });
  clearInterval(looking);
  const after = cpuSeconds(pid, exchange.dataDir);
  const who = `${load.users.length} users`;
  const all = Object.values(measured.times).flat();
  print(`${who}: answered`, all.length / load.seconds, 'a second', 1);
  for (const [name, times] of [...Object.entries(measured.times), ['all of these', all] as const])
    for (const [of, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const)
      print(`${who}: ${name}, ${of}`, percentile(times, share), 'ms', times.length);
  print(
    `${who}: errors`,
    Object.values(measured.errors).reduce((sum, many) => sum + many, 0),
    'answers',
    all.length,
  );
  for (const [error, many] of Object.entries(measured.errors)) print(`${who}: ${error}`, many, 'answers', all.length);
  print(`${who}: CPU of the exchange`, (after.exchange - before.exchange) / load.seconds, 'cores', 1);
  print(`${who}: CPU of PostgreSQL`, (after.postgres - before.postgres) / load.seconds, 'cores', 1);
  print(`${who}: CPU of the users`, measured.cpuSeconds / load.seconds, 'cores', 1);
  print(`${who}: how late the users themselves were, p95`, measured.lateMs, 'ms', 1);
  print(
    `${who}: connections to PostgreSQL, most`,
    Math.max(0, ...seen.map((one) => one.all)),
    'connections',
    seen.length,
  );
  print(
    `${who}: of these at work, p95`,
    percentile(
      seen.map((one) => one.active),
      0.95,
    ),
    'connections',
    seen.length,
  );
  print(`${who}: peak memory of the exchange`, peakMiB(pid), 'MiB', 1);
}

const exchange = await startExchange({ env: { SYMBOLON_TRUSTED_PROXIES: '127.0.0.1' } });
try {
  const machine = { machine: cpus()[0]?.model, cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ ...machine, studies, date: new Date().toISOString().slice(0, 10) }));
  const me = await owner(exchange);
  const most = Math.max(...sizes.map(({ users }) => users));
  const people = await peopleByRows(exchange, me.email, { wards, users: most });
  const targets = await plant(exchange, people.wards);
  const { url, ca } = exchange;
  for (const { users, pause } of sizes) {
    const some = people.users.slice(0, users);
    await run(exchange, { url, ca, users: some, targets, pauseSeconds: pause, seconds });
  }
} finally {
  await exchange.dispose();
}
