/**
 * What signing in costs: one sign-in after another, and many at once, beside argon2id alone; and what a burst of them does to
 * everybody else: to a page that asks who one is, to rendered frames and to files.
 *
 * Prints a line of JSON a figure. In every round a plain loop over argon2id stands beside the sign-ins: the ratio counts,
 * absolute times say little on a shared machine.
 */
import { argon2, randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { ctStudy, owner, startExchange } from '@symbolon/testbed';
import { type Asking, asking } from './asking.ts';
import { cpuSeconds, median, peakMiB, percentile, print } from './measure.ts';
import { addressOf, peopleByRows, type User } from './users-by-rows.ts';

const rounds = Number(process.env.ROUNDS ?? 5);
const each = Number(process.env.SIGN_INS ?? 64);
const burst = Number(process.env.BURST ?? 200);
const derive = promisify(argon2);
/** The costs of a password's hash: packages/server/src/people/passwords.ts. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

/** Runs so many, so many of them at once. Units: seconds. */
async function timed(many: number, atOnce: number, run: (at: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < many; at = next++) await run(at);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (performance.now() - started) / 1000;
}

const alone = (): Promise<Buffer> =>
  derive('argon2id', { message: 'the same for everybody', nonce: randomBytes(16), ...cost });

const exchange = await startExchange({ env: { SYMBOLON_TRUSTED_PROXIES: '127.0.0.1' } });
try {
  console.log(JSON.stringify({ machine: cpus()[0]?.model, cores: cpus().length, node: process.version }));
  const pid = exchange.process.pid as number;
  const me = await owner(exchange);
  const { users, wards } = await peopleByRows(exchange, me.email, { wards: 1, users: Math.max(each, burst) });
  const many = asking(exchange, 256);
  const signIn = (at: number, from = 0): Promise<unknown> => {
    const headers = { 'x-forwarded-for': addressOf(from + at) };
    const json = { email: (users[at] as User).email, password: me.password };
    return many.ask('/api/v1/sessions', { method: 'POST', headers, json, status: 201 });
  };
  // What is loaded once is loaded, and connections stand.
  await timed(Math.min(each, 32), 32, (at) => signIn(at));
  for (const atOnce of [1, 8, 64]) {
    const [ours, theirs, cpu, postgres]: number[][] = [[], [], [], []];
    for (let round = 0; round < rounds; round++) {
      theirs!.push(each / (await timed(each, atOnce, alone)));
      const before = cpuSeconds(pid, exchange.dataDir);
      ours!.push(each / (await timed(each, atOnce, (at) => signIn(at))));
      const after = cpuSeconds(pid, exchange.dataDir);
      cpu!.push(((after.exchange - before.exchange) * 1000) / each);
      postgres!.push(((after.postgres - before.postgres) * 1000) / each);
    }
    print(`argon2id alone, ${atOnce} at once`, median(theirs!), 'a second', rounds);
    print(`sign-ins, ${atOnce} at once`, median(ours!), 'a second', rounds);
    print(
      `sign-ins, ${atOnce} at once, of argon2id alone`,
      median(ours!.map((rate, at) => rate / theirs![at]!)),
      '×',
      rounds,
    );
    print(`CPU of the exchange for each, ${atOnce} at once`, median(cpu!), 'ms', rounds);
    print(`CPU of PostgreSQL for each, ${atOnce} at once`, median(postgres!), 'ms', rounds);
  }

  const [token] = wards.map((ward) => ward.token);
  const files = [...ctStudy({ seed: 7100, slices: 24 })];
  for (const { bytes } of files)
    await many.ask('/dicomweb/studies', { method: 'POST', token, body: bytes, type: 'application/dicom' });
  const looks = await looksOf(many, users[0] as User, files);
  const beside = async (during: Promise<unknown>): Promise<Record<string, number[]>> => {
    let on = true;
    const times: Record<string, number[]> = {};
    const lookers = Object.entries(looks).map(async ([name, paths]) => {
      const { ask } = asking(exchange, 1);
      const own: number[] = [];
      times[name] = own;
      for (let at = 0; on; at = (at + 1) % paths.length) {
        const started = performance.now();
        await ask(paths[at] as string, { cookie: (users[0] as User).cookie });
        own.push(performance.now() - started);
        await new Promise((next) => setTimeout(next, 10));
      }
    });
    await during;
    on = false;
    await Promise.all(lookers);
    return times;
  };
  const say = (when: string, times: Record<string, number[]>): void => {
    for (const [name, own] of Object.entries(times)) {
      print(`${name}, ${when}: p50`, percentile(own, 0.5), 'ms', own.length);
      print(`${name}, ${when}: p95`, percentile(own, 0.95), 'ms', own.length);
      print(`${name}, ${when}: longest`, Math.max(...own), 'ms', own.length);
    }
  };
  await beside(new Promise((next) => setTimeout(next, 2_000)));
  say('nothing else going on', await beside(new Promise((next) => setTimeout(next, 4_000))));
  const peak = peakMiB(pid);
  let seconds = 0;
  const times = await beside(
    (async () => {
      for (let round = 0; round < 2; round++) seconds += await timed(burst, burst, (at) => signIn(at));
    })(),
  );
  say(`while ${burst} sign in at once`, times);
  print(`sign-ins, ${burst} at once`, (2 * burst) / seconds, 'a second', 2);
  print(`peak memory with ${burst} at once, above what was needed before`, peakMiB(pid) - peak, 'MiB', 1);
  print('peak memory of the exchange', peakMiB(pid), 'MiB', 1);
} finally {
  await exchange.dispose();
}

/** What somebody beside them asks for: who they are, frames as pictures, files. */
async function looksOf(
  { json, ask: _ }: Asking,
  { cookie }: User,
  files: readonly { studyInstanceUid: string; seriesInstanceUid: string; sopInstanceUid: string }[],
): Promise<Record<string, string[]>> {
  const { studies } = await json<{ studies: { id: string }[] }>('/api/v1/studies/search', { cookie, json: {} });
  const study = `/api/v1/studies/${studies[0]!.id}`;
  const { series } = await json<{ series: { id: string }[] }>(study, { cookie });
  const { images } = await json<{ images: { id: string }[] }>(`${study}/series/${series[0]!.id}/images`, { cookie });
  return {
    'who one is': ['/api/v1/me'],
    'a rendered frame': images.map(({ id }) => `${study}/images/${id}/frames/1`),
    'a file': files.map(
      (file) =>
        `/dicomweb/studies/${file.studyInstanceUid}/series/${file.seriesInstanceUid}/instances/${file.sopInstanceUid}`,
    ),
  };
}
