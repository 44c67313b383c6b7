import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cli, ctStudy, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { digestsIn, fetchStudy, folderOf, readReceipt, send } from './folder-of.ts';
import { type WatchedRoad, watchedRoad } from './watched-road.ts';

const rounds = 20;
const minWithin = 15;
const instances = 500;
/** 20 files to a request, two requests at once: 25 answers, each so much later than it would be in the same room. */
const connections = ['--connections', '2'];
const answerDelayMs = 220;

let exchange: Exchange;
let me: Owner;
let road: WatchedRoad;
let root: string;

type Round = { readonly study: string; readonly folder: string; readonly digests: string[]; readonly receipt: string };

beforeAll(async () => {
  exchange = await startExchange();
  root = join(dirname(exchange.dataDir), 'rounds');
  await mkdir(root);
  me = await owner(exchange);
  road = await watchedRoad(exchange, { answerDelayMs });
});
afterAll(async () => {
  await road?.close();
  await exchange?.dispose();
});

async function newStudy(seed: number): Promise<Round> {
  const files = [...ctStudy({ seed, slices: instances / 4, series: 4, rows: 64, columns: 64 })];
  const folder = join(root, `${seed}`);
  const digests = [...(await folderOf(folder, files)).values()].sort();
  expect(new Set(digests).size).toBe(instances);
  return { study: files[0]!.studyInstanceUid, folder, digests, receipt: join(root, `${seed}.receipt.json`) };
}

/** Which of these the exchange says it holds. */
async function heldOf(digests: readonly string[]): Promise<string[]> {
  const answer = await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256: digests } });
  expect(answer.status).toBe(200);
  return (answer.json() as { held: string[] }).held.sort();
}

async function until(moment: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (!moment()) {
    if (performance.now() > giveUpAt) throw new Error('the moment never came');
    await pause(1);
  }
}

/** Park and Miller's generator: the moments are the same in every run, as far as the machine lets them. */
function* drawn(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

/**
 * The length of a send is measured on the road, from the first request with instances to the last acknowledgement that
 * left the exchange, in rounds that nobody disturbs. Each later round is killed at a moment drawn from one twentieth of
 * that length, so that together they are drawn over all of it. "Between the first and the last acknowledgement" is
 * counted by what the road has seen when the kill is given: at least one instance acknowledged, and at least one not.
 */
test('kill -9 at 20 moments of a send loses nothing that was acknowledged, and doubles nothing', async () => {
  const done: Round[] = [];
  let lengthMs = Number.POSITIVE_INFINITY;
  // Twice: the first warms the exchange up, and the second is what the later ones are like.
  for (const seed of [999, 1000]) {
    const undisturbed = await newStudy(seed);
    road.clear();
    const result = await send(exchange, me, undisturbed.folder, undisturbed.receipt, {
      to: road.url,
      more: connections,
    });
    expect(result).toMatchObject({ code: 0 });
    expect(road.acknowledged).toHaveLength(instances);
    // The shorter of the two: a machine that was busy meanwhile would put the moments behind the end.
    lengthMs = Math.min(lengthMs, road.acknowledged.at(-1)!.at - road.firstAt!);
    done.push(undisturbed);
  }

  const random = drawn(2026);
  const within: number[] = [];
  const outside = { before: 0, after: 0 };
  const resumed = { byItself: 0, runAgain: 0 };
  const key = join(root, 'key.pem');
  expect(await cli(['receipt', 'key', '--to', exchange.url, '--out', key], { exchange })).toMatchObject({ code: 0 });
  let next = await newStudy(1001);
  for (let at = 0; at < rounds; at += 1) {
    const round = next;
    road.clear();
    const momentMs = ((at + random.next().value) / rounds) * lengthMs;
    // Most wait for the exchange to come back; each fourth gives up at once, and is run again by whoever started it.
    const givesUp = at % 4 === 3;
    const more = givesUp ? [...connections, '--give-up-after', '0'] : connections;
    const sending = send(exchange, me, round.folder, round.receipt, { to: road.url, more });
    await until(() => road.firstAt !== undefined && performance.now() - road.firstAt >= momentMs);
    const seen = road.acknowledged.length;
    if (seen === 0) outside.before += 1;
    else if (seen === instances) outside.after += 1;
    else within.push(momentMs);
    await exchange.kill9();
    road.open = false;
    // What had left the exchange before it died counts, too.
    const acknowledged = road.acknowledged.map(({ sha256 }) => sha256).sort();
    expect(acknowledged.length).toBeGreaterThanOrEqual(seen);
    await exchange.restart();
    expect(await heldOf(acknowledged)).toEqual(acknowledged);
    road.open = true;
    // While the sender still waits for its next try: the round before, which has now been through a kill of its own
    // and one more, and the files of the next.
    const before = expectBack(done.at(-1)!, key);
    next = await newStudy(1002 + at);
    let result = await sending;
    await before;
    if (givesUp && result.code !== 0) {
      expect(result).toMatchObject({ code: 4 });
      resumed.runAgain += 1;
      result = await send(exchange, me, round.folder, round.receipt, { to: road.url });
    } else resumed.byItself += 1;
    expect({ at, ...result }).toMatchObject({ code: 0 });
    done.push(round);
  }
  console.log(
    `a send of ${instances} lasts ${Math.round(lengthMs)} ms on the road; ${within.length} of ${rounds} kills came between its first and last acknowledgement, ` +
      `${outside.before} before, ${outside.after} after; ` +
      `${resumed.byItself} went on by themselves, ${resumed.runAgain} were run again`,
  );
  expect(within.length).toBeGreaterThanOrEqual(minWithin);

  await expectBack(done.at(-1)!, key);
  for (const round of done) {
    expect(await heldOf(round.digests)).toEqual(round.digests);
    await expectOnce(round);
  }
}, 420_000);

/** That a receipt names every instance of a round once and is genuine, and that its files come back as they were. */
async function expectBack(round: Round, key: string): Promise<void> {
  const receipt = await readReceipt(round.receipt);
  expect(receipt.contents.refused).toEqual([]);
  expect(receipt.contents.taken.map(({ sha256 }) => sha256).sort()).toEqual(round.digests);
  expect(receipt.statement.instances.map(({ sha256 }) => sha256)).toEqual(round.digests);
  const out = `${round.folder}-back`;
  const [verified, fetched] = await Promise.all([
    cli(['receipt', 'verify', round.receipt, '--key', key, '--files', round.folder], { exchange }),
    fetchStudy(exchange, me, round.study, out),
  ]);
  expect(verified).toMatchObject({ code: 0 });
  expect(fetched).toMatchObject({ code: 0 });
  expect(await digestsIn(out)).toEqual(round.digests);
  await rm(out, { recursive: true });
}

/** By what QIDO-RS counts and by what it lists. */
async function expectOnce({ study }: Round): Promise<void> {
  const found = await ask(exchange, `/dicomweb/studies?StudyInstanceUID=${study}`, { token: me.token });
  const [item, ...others] = found.json() as Record<string, { Value: unknown[] }>[];
  expect(others).toEqual([]);
  expect(item?.['00201208']?.Value).toEqual([instances]);
  expect(item?.['00201206']?.Value).toEqual([4]);
  const uids: string[] = [];
  for (;;) {
    const page = await ask(exchange, `/dicomweb/studies/${study}/instances?limit=1000&offset=${uids.length}`, me);
    const items = page.json() as Record<string, { Value: string[] }>[];
    if (items.length === 0) break;
    uids.push(...items.map((each) => each['00080018']!.Value[0]!));
  }
  expect(uids).toHaveLength(instances);
  expect(new Set(uids).size).toBe(instances);
}
