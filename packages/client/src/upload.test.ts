import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { UploadFile } from './batches.ts';
import type { NewHasher } from './digest.ts';
import type { Clock } from './patience.ts';
import { askReceipt } from './receipts.ts';
import { ScriptedExchange } from './scripted-exchange.ts';
import type { BodyPart, Transport } from './transport.ts';
import { type Outcome, type UploadOptions, upload } from './upload.ts';

const newHasher: NewHasher = () => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
};

async function* bodyOf(parts: readonly BodyPart[] = []): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* part.stream() as AsyncIterable<Uint8Array>;
  }
}

function transportOf(peer: ScriptedExchange): Transport {
  return async (url, { method, headers, body }) => {
    const answer = await peer.answer({
      method,
      path: new URL(url).pathname,
      headers: { get: (name) => headers[name] ?? null },
      body: bodyOf(body),
    });
    if (answer === 'break') throw new TypeError('fetch failed');
    async function* once(bytes: Uint8Array) {
      yield bytes;
    }
    return { status: answer.status, headers: { get: (name) => answer.headers[name] ?? null }, body: once(answer.body) };
  };
}

function fileOf(name: string, bytes = 1000): UploadFile {
  const body = new Uint8Array(bytes).fill(name.length);
  body.set(new TextEncoder().encode(name));
  return { path: name, sha256: createHash('sha256').update(body).digest('hex'), bytes, body };
}

async function run(peer: ScriptedExchange, files: UploadFile[], options: Partial<UploadOptions> = {}) {
  const outcomes = new Map<string, Outcome[]>();
  const waits: number[] = [];
  let sent = 0;
  let time = 0;
  const clock: Clock = {
    now: () => time,
    random: () => 1,
    sleep: async (ms) => {
      waits.push(ms);
      time += ms;
    },
  };
  async function* source() {
    yield* files;
  }
  await upload({ exchange: { url: 'https://x', transport: transportOf(peer) }, clock }, source(), {
    connections: 2,
    batchBytes: 5000,
    pageBytes: 20_000,
    patience: { giveUpAfterMs: 600_000 },
    onOutcome: (file, outcome) => outcomes.set(file.path, [...(outcomes.get(file.path) ?? []), outcome]),
    onSent: (bytes) => {
      sent += bytes;
    },
    ...options,
  });
  return { outcomes, waits, sent };
}

const names = (count: number) => Array.from({ length: count }, (_, at) => `file ${at}`);

describe('upload', () => {
  test('every file has one outcome, and a second run sends nothing', async () => {
    const peer = new ScriptedExchange(newHasher);
    const files = names(57).map((name) => fileOf(name));
    const first = await run(peer, files);
    expect([...first.outcomes.values()]).toEqual(files.map(() => [{ kind: 'taken' }]));
    expect(Math.max(...peer.batches)).toBeLessThanOrEqual(5);
    peer.batches = [];
    const second = await run(peer, files);
    expect([...second.outcomes.values()]).toEqual(files.map(() => [{ kind: 'already held' }]));
    expect(peer.batches).toEqual([]);
  });

  test('the same bytes under two names travel once', async () => {
    const peer = new ScriptedExchange(newHasher);
    const file = fileOf('a');
    const { outcomes } = await run(peer, [file, { ...file, path: 'b' }, { ...file, path: 'c' }]);
    expect(outcomes).toEqual(
      new Map([
        ['a', [{ kind: 'taken' }]],
        ['b', [{ kind: 'already held' }]],
        ['c', [{ kind: 'already held' }]],
      ]),
    );
    expect(peer.batches).toEqual([1]);
  });

  test('after a broken request what had arrived is asked for, and not sent again', async () => {
    const peer = new ScriptedExchange(newHasher);
    peer.faults.push({ kind: 'break', taken: true }, { kind: 'break', taken: false });
    const files = names(30).map((name) => fileOf(name));
    const { outcomes, waits, sent } = await run(peer, files);
    expect([...outcomes.values()].every(([outcome]) => outcome?.kind === 'taken')).toBe(true);
    expect(outcomes.size).toBe(30);
    expect([...peer.arrivals.values()].every((times) => times === 1)).toBe(true);
    expect(waits).toEqual([1000, 1000]);
    expect(sent).toBe(0);
  });

  test('a busy exchange is waited for as long as it asks', async () => {
    const peer = new ScriptedExchange(newHasher);
    peer.faults.push({ kind: 'answer', status: 503, code: 'DATABASE_UNAVAILABLE', retryAfterSeconds: 7 });
    const { waits } = await run(peer, [fileOf('a')]);
    expect(waits).toEqual([7000]);
  });

  test('a batch that is refused as a whole goes file by file, and the culprit is named', async () => {
    const peer = new ScriptedExchange(newHasher);
    const answer = { kind: 'answer', status: 413, code: 'REQUEST_TOO_LARGE' } as const;
    peer.faults.push(answer, answer);
    const { outcomes } = await run(
      peer,
      names(3).map((name) => fileOf(name)),
    );
    const kinds = [...outcomes.values()].map(([outcome]) => outcome?.kind);
    expect(kinds.sort()).toEqual(['refused', 'taken', 'taken']);
  });

  test('a file that breaks every connection is named after a few tries, and the others go through', async () => {
    const peer = new ScriptedExchange(newHasher);
    for (let i = 0; i < 16; i += 1) peer.faults.push({ kind: 'break', taken: false });
    const { outcomes } = await run(
      peer,
      names(2).map((name) => fileOf(name)),
      { connections: 1 },
    );
    expect([...outcomes.values()].map(([outcome]) => outcome?.kind)).toEqual(['refused', 'taken']);
  });

  test('an answer that passes over a file is not taken for a yes', async () => {
    const peer = new ScriptedExchange(newHasher);
    peer.faults.push({ kind: 'forget' });
    const { outcomes } = await run(peer, [fileOf('a')]);
    expect(outcomes.get('a')).toEqual([{ kind: 'already held' }]);
  });

  test('a refusal is an outcome, and is not tried again', async () => {
    const peer = new ScriptedExchange(newHasher);
    const file = fileOf('a');
    peer.refusals.set(file.sha256, { code: 'CONFLICT_KEPT_ASIDE', reason: 'other bytes' });
    const { outcomes } = await run(peer, [file, fileOf('b')]);
    expect(outcomes.get('a')).toEqual([{ kind: 'refused', code: 'CONFLICT_KEPT_ASIDE', reason: 'other bytes' }]);
    expect(peer.batches).toEqual([2]);
  });

  test('no sign-in ends everything at once', async () => {
    const peer = new ScriptedExchange(newHasher);
    for (let i = 0; i < 9; i += 1) peer.faults.push({ kind: 'answer', status: 401, code: 'ACCESS_SIGN_IN_NEEDED' });
    const error = await run(
      peer,
      names(40).map((name) => fileOf(name)),
    ).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'EXCHANGE_REFUSED', problemCode: 'ACCESS_SIGN_IN_NEEDED' });
    expect(peer.faults.length).toBeGreaterThanOrEqual(7);
  });

  test('an outage that lasts is given up, with the reason', async () => {
    const peer = new ScriptedExchange(newHasher);
    for (let i = 0; i < 99; i += 1) peer.faults.push({ kind: 'answer', status: 503, code: 'DATABASE_UNAVAILABLE' });
    const error = await run(peer, [fileOf('a')]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'EXCHANGE_UNAVAILABLE', problemCode: 'DATABASE_UNAVAILABLE' });
  });

  test('memory is given back on every road, so that a reader that waits for it goes on', async () => {
    const peer = new ScriptedExchange(newHasher);
    peer.faults.push({ kind: 'break', taken: true }, { kind: 'answer', status: 401, code: 'ACCESS_REFUSED' });
    const unreleased = new Set<string>();
    const files = names(40).map((name) => {
      unreleased.add(name);
      return { ...fileOf(name), release: () => void unreleased.delete(name) };
    });
    await expect(run(peer, files, { pageBytes: 1 })).rejects.toMatchObject({ code: 'EXCHANGE_REFUSED' });
    peer.faults.length = 0;
    await run(peer, files);
    expect(unreleased.size).toBe(0);
  });

  test('what was taken gets a receipt', async () => {
    const peer = new ScriptedExchange(newHasher);
    const file = fileOf('a');
    await run(peer, [file]);
    const taken = [{ path: 'a', sha256: file.sha256, bytes: file.bytes, outcome: 'taken' as const }];
    const exchange = { url: 'https://x', transport: transportOf(peer) };
    const receipt = await askReceipt(exchange, { taken, refused: [] }, newHasher);
    expect(receipt.statement.instances).toEqual([{ sha256: file.sha256, bytes: 1000 }]);
  });
});
