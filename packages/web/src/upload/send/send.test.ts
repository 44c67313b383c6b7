import { createHash } from 'node:crypto';
import { ClientError, type Transport, type TransportRequest } from '@symbolon/client';
import { boundaryOf, paths, readMultipart, storeAttributes } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { LeftBook } from '../scan/left-book.ts';
import type { Item } from '../scan/scan.ts';
import { FileSource } from '../scan/source.ts';
import { WakingClock } from './clock.ts';
import { LazyBody } from './lazy-body.ts';
import { Send } from './send.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const userId = '11111111-1111-4111-8111-111111111111';

function itemsOf(count: number): Item[] {
  return Array.from({ length: count }, (_, at) => {
    const bytes = new TextEncoder().encode(`image ${at} `.repeat(100));
    const source = new FileSource(`CD/${at}`, new Blob([bytes]));
    return { source, sha256: sha256(bytes), study: at % 2, held: false };
  });
}

/** Takes what it is sent, by its own digest, until it is told to do otherwise. */
class FakeExchange {
  readonly there = new Set<string>();
  readonly requests: number[] = [];
  userId = userId;
  /** Called before each request to store; may throw, or give a status to answer with. */
  before: () => number | undefined = () => undefined;
  /** Called when everything of a request is stored, before the answer; may throw. */
  after: () => void = () => undefined;
  readonly refuse = new Map<string, string>();

  readonly transport: Transport = async (url, request) => {
    if (request.signal?.aborted) throw new Error('aborted');
    if (url === paths.me) return this.#json(200, this.#me());
    if (url === paths.held) {
      const asked = JSON.parse(await this.#text(request)) as { sha256: string[] };
      return this.#json(200, { held: asked.sha256.filter((digest) => this.there.has(digest)) });
    }
    const parts = await this.#parts(request);
    const status = this.before();
    if (status !== undefined) return this.#json(status, {});
    this.requests.push(parts.length);
    const stored = this.#store(parts);
    this.after();
    return this.#json(200, [stored]);
  };

  #store(parts: readonly Uint8Array[]): unknown {
    const item = (digest: string) => ({ [storeAttributes.sentSha256]: { vr: 'UT', Value: [digest] } });
    const taken: unknown[] = [];
    const failed: unknown[] = [];
    for (const digest of parts.map(sha256)) {
      const code = this.refuse.get(digest);
      const outcome = this.there.has(digest) ? 'ALREADY_HELD' : 'TAKEN';
      if (code !== undefined) failed.push({ ...item(digest), [storeAttributes.refusal]: { vr: 'UT', Value: [code] } });
      else taken.push({ ...item(digest), [storeAttributes.outcome]: { vr: 'CS', Value: [outcome] } });
      if (code === undefined) this.there.add(digest);
    }
    return { '00081199': { vr: 'SQ', Value: taken }, '00081198': { vr: 'SQ', Value: failed } };
  }

  #me() {
    const who = { userId: this.userId, accountId: userId, name: 'A', email: 'a@example.org', accountName: 'K' };
    return {
      ...who,
      role: { id: '0b6ab2f0-0000-4000-8000-000000000001', name: 'Member', builtin: 'member' as const },
      permissions: [],
    };
  }

  async #parts(request: TransportRequest): Promise<Uint8Array[]> {
    const blobs = await Promise.all(
      (request.body ?? []).map((part) => (part instanceof LazyBody ? part.blob() : part)),
    );
    const whole = new Uint8Array(await new Blob(blobs as BlobPart[]).arrayBuffer());
    request.onSent?.(whole.length);
    const parts: Uint8Array[] = [];
    const body = (async function* () {
      yield whole;
    })();
    for await (const part of readMultipart(body, boundaryOf(request.headers['content-type'] ?? ''))) {
      const pieces: Uint8Array[] = [];
      for await (const piece of part.body) pieces.push(piece);
      parts.push(new Uint8Array(Buffer.concat(pieces)));
    }
    return parts;
  }

  async #text(request: TransportRequest): Promise<string> {
    return new Blob((request.body ?? []) as BlobPart[]).text();
  }

  #json(status: number, value: unknown) {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const headers = { get: () => 'application/json' };
    return {
      status,
      headers,
      body: (async function* () {
        yield bytes;
      })(),
    };
  }
}

function sending(exchange: FakeExchange, items: readonly Item[]) {
  const clock = new WakingClock(new EventTarget());
  const left = new LeftBook();
  const states: string[] = [];
  const ended = Promise.withResolvers<void>();
  const send: Send = new Send(
    {
      exchange: { url: '', transport: exchange.transport },
      clock,
      left,
      onState: () => {
        states.push(send.facts().state.kind);
        if (send.facts().state.kind === 'waiting') setTimeout(() => clock.wake(), 5);
      },
      onEnd: ended.resolve,
    },
    items,
  );
  return { send, left, states, ended: ended.promise };
}

test('everything is sent in batches, and the books add up', async () => {
  const exchange = new FakeExchange();
  const items = itemsOf(45);
  const { send, ended } = sending(exchange, items);
  await send.go();
  await ended;
  expect(exchange.requests.sort((a, b) => b - a)).toEqual([20, 20, 5]);
  expect(send.end()).toMatchObject({ taken: 45, alreadyHeld: 0, refused: 0, notSent: 0 });
  expect(send.facts()).toMatchObject({ images: 45, ofImages: 45 });
  expect(send.facts().movedBytes).toBe(send.facts().ofBytes);
  expect(send.takeChanged()).toMatchObject([
    { images: 23, ofImages: 23 },
    { images: 22, ofImages: 22 },
  ]);
});

test('what is held is not sent again', async () => {
  const exchange = new FakeExchange();
  const items = itemsOf(30);
  for (const { sha256: digest } of items.slice(0, 12)) exchange.there.add(digest);
  const { send } = sending(exchange, items);
  await send.go();
  expect(exchange.requests.reduce((sum, parts) => sum + parts, 0)).toBe(18);
  expect(send.end()).toMatchObject({ taken: 18, alreadyHeld: 12 });
});

test('a connection that breaks is waited for, and nothing that arrived is sent twice', async () => {
  const exchange = new FakeExchange();
  let broke = 0;
  exchange.before = () => {
    broke += 1;
    if (broke === 2) throw new ClientError('EXCHANGE_OUT_OF_REACH', 'broke');
    return broke === 3 ? 503 : undefined;
  };
  const { send, states } = sending(exchange, itemsOf(60));
  await send.go();
  expect(states).toContain('waiting');
  expect(send.end()).toMatchObject({ taken: 60, notSent: 0 });
  expect(exchange.requests.reduce((sum, parts) => sum + parts, 0)).toBe(60);
});

test('signed out in the middle, it keeps everything and goes on after signing in', async () => {
  const exchange = new FakeExchange();
  let requests = 0;
  exchange.before = () => {
    requests += 1;
    return requests === 2 ? 401 : undefined;
  };
  const { send } = sending(exchange, itemsOf(60));
  await send.go();
  expect(send.facts().state).toMatchObject({ kind: 'halted', why: 'signed out' });
  await send.go();
  expect(send.end()).toMatchObject({ taken: 60, notSent: 0 });
  expect(exchange.there.size).toBe(60);
});

test('when somebody else has signed in meanwhile, nothing goes to them', async () => {
  const exchange = new FakeExchange();
  let requests = 0;
  exchange.before = () => {
    requests += 1;
    return requests >= 2 ? 401 : undefined;
  };
  const { send } = sending(exchange, itemsOf(60));
  await send.go();
  const before = exchange.there.size;
  exchange.before = () => undefined;
  exchange.userId = '22222222-2222-4222-8222-222222222222';
  await send.go();
  expect(send.facts().state).toMatchObject({ kind: 'halted', why: 'somebody else' });
  expect(exchange.there.size).toBe(before);
});

test('paused and gone on with, what was under way and arrived counts as taken, not as held before', async () => {
  const exchange = new FakeExchange();
  const { send } = sending(exchange, itemsOf(60));
  exchange.after = () => {
    exchange.after = () => undefined;
    send.pause();
    throw new Error('it arrived, and the answer did not');
  };
  await send.go();
  expect(send.facts().state.kind).toBe('paused');
  const arrived = exchange.there.size;
  expect(arrived).toBeGreaterThan(send.facts().images);
  await send.go();
  expect(send.end()).toMatchObject({ taken: 60, alreadyHeld: 0 });
});

test('what the exchange refuses is named with its reason, and the others are taken', async () => {
  const exchange = new FakeExchange();
  const items = itemsOf(30);
  exchange.refuse.set((items[3] as Item).sha256, 'CONFLICT_KEPT_ASIDE');
  const { send, left } = sending(exchange, items);
  await send.go();
  expect(send.end()).toMatchObject({ taken: 29, refused: 1 });
  expect(left.list('conflict', 0)).toMatchObject([{ path: 'CD/3', code: 'CONFLICT_KEPT_ASIDE' }]);
});

test('a file that vanished between the look and the sending is named, and the others are taken', async () => {
  const exchange = new FakeExchange();
  const items = itemsOf(30);
  const [gone] = items.splice(5, 1);
  if (gone === undefined) throw new Error('no item');
  const source = {
    ...gone.source,
    path: 'CD/5',
    bytes: 10,
    blob: () => Promise.reject(new DOMException('', 'NotFoundError')),
  };
  const { send, left } = sending(exchange, [...items, { ...gone, source: source as Item['source'] }]);
  await send.go();
  expect(send.end()).toMatchObject({ taken: 29, refused: 1 });
  expect(left.list('changed', 0)).toMatchObject([{ path: 'CD/5', code: 'FILE_CHANGED' }]);
});

test('ended in the middle, the rest is told as not sent', async () => {
  const exchange = new FakeExchange();
  const { send, ended } = sending(exchange, itemsOf(60));
  exchange.before = () => {
    if (exchange.requests.length === 1) send.finish();
    return undefined;
  };
  await send.go();
  await ended;
  const { taken, notSent } = send.end();
  expect(taken + notSent).toBe(60);
  expect(notSent).toBeGreaterThan(0);
});
