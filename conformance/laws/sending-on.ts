import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { storeAttributes } from '@symbolon/contract';
import { ctStudy, type Exchange, type Owner } from '@symbolon/testbed';
import { expect } from 'vitest';
import { ask, multipart } from './ask.ts';
import { folderOf, send } from './folder-of.ts';
import type { WatchedRoad } from './watched-road.ts';

/** One study that was sent: where its files lie, what they are, and the receipt of it. */
export type Sent = {
  readonly study: string;
  readonly folder: string;
  /** Names in the folder. */
  readonly files: readonly string[];
  readonly digests: readonly string[];
  readonly receipt: string;
};

/** `from`: how much the road had seen acknowledged when it began. `breaks`: when it was broken off. Milliseconds. */
type Sending = Sent & { readonly from: number; readonly breaks: number[] };

export type SendingOn = {
  readonly done: readonly Sent[];
  /** How the studies came to their end, and at how many breaks some of a study was acknowledged before and some after. */
  readonly ended: { undisturbed: number; byItself: number; runAgain: number; breaksWithin: number };
  /** The same of the breaks so far, those of the study under way included. */
  breaksWithin(): number;
  /** Comes when instances have travelled since the last break, and so many more are acknowledged, and so long after that. */
  moment(draw: { readonly instances: number; readonly thenMs: number }): Promise<void>;
  /** To be told when the sending is broken off. */
  broken(): void;
  /** What was acknowledged of the study under way. */
  acknowledged(): string[];
  /**
   * Sends some of the study under way as a sender does that does not ask first what is held: some of it was acknowledged, some
   * became durable and nobody heard of it, some is new. Returns how much was held.
   */
  sendUnasked(to: Exchange, random: Generator<number, never>): Promise<number>;
  /** Lets the study under way come to its end, and throws what went wrong. */
  stop(): Promise<void>;
};

const series = 4;
const instancesEach = 320;
const connections = ['--connections', '4'];
const giveUpMs = 120_000;
const unaskedShare = 0.1;
type Item = Readonly<Record<string, { readonly Value: readonly string[] } | undefined>>;

/** Series of small slices, unlike those of any other seed. */
export async function newStudy(root: string, seed: number, instances = instancesEach): Promise<Sent> {
  const files = [...ctStudy({ seed, slices: instances / series, series, rows: 64, columns: 64 })];
  const folder = join(root, `${seed}`);
  const byName = await folderOf(folder, files);
  return {
    study: files[0]!.studyInstanceUid,
    folder,
    files: [...byName.keys()],
    digests: [...byName.values()].sort(),
    receipt: join(root, `${seed}.receipt.json`),
  };
}

/**
 * Load: one `symbolon send` after another on four connections over a watched road, each of a study of its own, whatever
 * happens to the exchange meanwhile. Most go on by themselves; each `givesUp`-th gives up at once, and is run again by
 * whoever started it. The files lie under `root`.
 */
export function sendingOn(exchange: Exchange, me: Owner, road: WatchedRoad, root: string, givesUp = 3): SendingOn {
  const done: Sent[] = [];
  const ended = { undisturbed: 0, byItself: 0, runAgain: 0, breaksWithin: 0 };
  let underWay: Sending | undefined;
  let isCounted = false;
  let stopping = false;
  let failure: { readonly error: unknown } | undefined;

  function within({ from, breaks }: Sending): number {
    const seen = road.acknowledged.slice(from);
    return breaks.filter((moment) => seen.some(({ at }) => at < moment) && seen.some(({ at }) => at > moment)).length;
  }

  async function sendOne({ folder, receipt, breaks }: Sending, givesUp: boolean): Promise<void> {
    const more = givesUp ? [...connections, '--give-up-after', '0'] : connections;
    for (let runs = 1; ; runs += 1) {
      const result = await send(exchange, me, folder, receipt, { to: road.url, more, timeoutMs: 300_000 });
      if (result.code === 0) {
        ended[breaks.length === 0 ? 'undisturbed' : runs === 1 ? 'byItself' : 'runAgain'] += 1;
        return;
      }
      if (!givesUp || result.code !== 4) throw new Error(`send ended with ${result.code}: ${result.stderr}`);
      while (!road.open) await pause(20);
    }
  }

  async function sendAll(): Promise<void> {
    let next = newStudy(root, 1);
    for (let at = 0; !stopping; at += 1) {
      const sent = await next;
      next = newStudy(root, at + 2);
      next.catch(() => {});
      const sending: Sending = { ...sent, from: road.acknowledged.length, breaks: [] };
      underWay = sending;
      isCounted = false;
      await sendOne(sending, at % givesUp === givesUp - 1);
      ended.breaksWithin += within(sending);
      isCounted = true;
      done.push(sent);
    }
    await next;
  }

  async function until(moment: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + giveUpMs;
    while (!moment()) {
      if (failure) throw failure.error;
      if (performance.now() > giveUpAt) throw new Error(`nothing was acknowledged in ${giveUpMs / 1000} s`);
      await pause(1);
    }
  }

  const sending = sendAll().catch((error: unknown) => {
    failure = { error };
  });
  return {
    done,
    ended,
    breaksWithin: () => ended.breaksWithin + (underWay === undefined || isCounted ? 0 : within(underWay)),
    async moment({ instances, thenMs }) {
      const from = road.acknowledged.length;
      await until(() => road.firstAt !== undefined && road.acknowledged.length >= from + instances);
      await pause(thenMs);
    },
    broken() {
      road.open = false;
      road.firstAt = undefined;
      underWay?.breaks.push(performance.now());
    },
    acknowledged: () => [...new Set(road.acknowledged.slice(underWay?.from ?? 0).map(({ sha256 }) => sha256))].sort(),
    async sendUnasked(to, random) {
      const { folder, files = [] } = underWay ?? {};
      const drawnFiles = files.filter(() => random.next().value < unaskedShare);
      if (folder === undefined || drawnFiles.length === 0) return 0;
      const { body, headers } = multipart(await Promise.all(drawnFiles.map((name) => readFile(join(folder, name)))));
      const answer = await ask(to, '/dicomweb/studies', { token: me.token, body, headers });
      expect(answer.status).toBe(200);
      const items = (answer.json() as { '00081199': { Value: Item[] } })['00081199'].Value;
      expect(items).toHaveLength(drawnFiles.length);
      return items.filter((item) => item[storeAttributes.outcome]?.Value[0] === 'ALREADY_HELD').length;
    },
    async stop() {
      stopping = true;
      await sending;
      if (failure) throw failure.error;
    },
  };
}

/** Park and Miller's generator, in [0, 1): the moments are the same in every run, as far as the machine lets them. */
export function* drawn(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}
