import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cli, ctStudy, type Exchange, multiframeStudy, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, multipart } from '../laws/ask.ts';
import { digestOf } from '../laws/folder-of.ts';

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

type Usage = { instances: number; bytes: number; maxInstances: number | null; maxBytes: number | null };

const usage = async (): Promise<Usage> => (await ask(exchange, '/api/v1/usage', me)).json() as Usage;
const setQuota = (maxInstances: number | null, maxBytes: number | null): Promise<Answer> =>
  ask(exchange, '/api/v1/quota', { method: 'PUT', token: me.token, json: { maxInstances, maxBytes } });
const store = (files: readonly Uint8Array[]): Promise<Answer> => {
  const { body, headers } = multipart(files);
  return ask(exchange, '/dicomweb/studies', { token: me.token, body, headers });
};
/** One study a seed: as many series as files, so that each is judged by itself. */
const filesOf = (seed: number, slices: number, series = slices): Uint8Array[] =>
  [...ctStudy({ seed, slices: slices / series, series, rows: 64, columns: 64 })].map(({ bytes }) => bytes);

type Item = Record<string, { Value: (string | number)[] }>;
const failures = (answer: Answer): Item[] => {
  const body = answer.json() as Record<string, { Value?: Item[] }>;
  return body['00081198']?.Value ?? [];
};

describe('an account', () => {
  test('without a quota holds what it is sent, and sees how much that is', async () => {
    expect(await usage()).toEqual({ instances: 0, bytes: 0, maxInstances: null, maxBytes: null });
    const files = filesOf(81, 6);
    expect((await store(files)).status).toBe(200);
    const bytes = files.reduce((sum, file) => sum + file.length, 0);
    expect(await usage()).toMatchObject({ instances: 6, bytes });
    // What is held already counts once; what differs is kept aside, and counts too.
    expect((await store(files)).status).toBe(200);
    expect(await usage()).toMatchObject({ instances: 6, bytes });
    const other = Buffer.from(files[0]!);
    other[other.length - 1] = other[other.length - 1]! ^ 1;
    expect((await store([other])).status).toBe(409);
    expect(await usage()).toMatchObject({ instances: 7, bytes: bytes + other.length });
  });

  test('at its quota takes nothing more: the answer says so, and that it does not pass by itself', async () => {
    const before = await usage();
    const answer = await setQuota(before.instances + 2, null);
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ ...before, maxInstances: before.instances + 2 });
    const [first, ...rest] = filesOf(82, 5);
    expect((await store([first!])).status).toBe(200);
    // One fits; of the others each is told why not, by DICOM's "out of resources" and by our own code.
    const some = await store(rest);
    expect(some.status).toBe(202);
    expect(failures(some)).toHaveLength(3);
    for (const item of failures(some)) {
      expect(item['00081197']?.Value).toEqual([0xa700]);
      expect(item['00091004']?.Value).toEqual(['QUOTA_EXCEEDED']);
    }
    expect((await usage()).instances).toBe(before.instances + 2);
    // Whole requests are turned away before their bodies are read, a second later at most.
    await pause(1_100);
    const whole = await store([rest[3]!]);
    expect(whole.status).toBe(507);
    expect(whole.headers['retry-after']).toBeUndefined();
    expect(whole.json()).toMatchObject({ code: 'QUOTA_EXCEEDED', status: 507 });
    expect((whole.json() as { detail: string }).detail).toMatch(/may hold 9 instances, and holds 9/);
  });

  test('at its quota still reads and asks', async () => {
    expect((await ask(exchange, '/dicomweb/studies', me)).status).toBe(200);
    const sha256 = [digestOf(filesOf(81, 6)[0]!)];
    const held = await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256 } });
    expect(held.json()).toEqual({ held: sha256 });
  });

  test('that sends by the command is told at once, and goes on when the limit was raised', async () => {
    const folder = join(dirname(exchange.dataDir), 'to-send');
    await mkdir(folder);
    const files = filesOf(83, 30);
    await Promise.all(files.map((file, at) => writeFile(join(folder, `${at}.dcm`), file)));
    const receipt = join(dirname(exchange.dataDir), 'receipt.json');
    const args = ['send', folder, '--to', exchange.url, '--token-file', me.tokenFile, '--receipt', receipt];
    const refused = await cli(args, { exchange, timeoutMs: 60_000 });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/may hold 9 instances/);
    await setQuota(null, null);
    expect(await cli(args, { exchange, timeoutMs: 60_000 })).toMatchObject({ code: 0 });
  });

  test('at its quota leaves nothing behind of a large object that was written while it arrived', async () => {
    const objects = async (): Promise<number> => {
      const answer = await ask(exchange, '/api/v1/storage/sweeps', { token: me.token, json: { dryRun: true } });
      return (answer.json() as { looked: number }).looked;
    };
    const before = await objects();
    await setQuota(null, (await usage()).bytes + 1_000_000);
    const [large] = multiframeStudy({ seed: 85, frames: 50, rows: 512, columns: 512 });
    expect(large!.bytes.length).toBeGreaterThan(32 * 1024 * 1024);
    const answer = await store([large!.bytes]);
    expect(answer.status).toBe(409);
    expect(failures(answer)[0]?.['00091004']?.Value).toEqual(['QUOTA_EXCEEDED']);
    expect(await objects()).toBe(before);
    await setQuota(null, null);
    expect((await store([large!.bytes])).status).toBe(200);
    expect(await objects()).toBe(before + 1);
  });

  test('is not filled beyond its quota by many senders at once', async () => {
    const before = await usage();
    const limit = before.bytes + 20 * filesOf(84, 1)[0]!.length;
    await setQuota(null, limit);
    const answers = await Promise.all(Array.from({ length: 24 }, (_, at) => store(filesOf(90 + at, 3, 1))));
    const after = await usage();
    expect(after.bytes).toBeLessThanOrEqual(limit);
    expect(after.instances).toBeGreaterThan(before.instances + 12);
    const taken = answers.filter(({ status }) => status === 200).length;
    expect([taken > 0, taken < answers.length]).toEqual([true, true]);
    for (const { status } of answers) expect([200, 202, 409, 507]).toContain(status);
    await setQuota(null, null);
  });

  test.each([{ maxInstances: -1, maxBytes: null }, { maxBytes: 1 }, { maxInstances: 1.5, maxBytes: null }, {}])(
    'cannot have the quota %j',
    async (json) => {
      const answer = await ask(exchange, '/api/v1/quota', { method: 'PUT', token: me.token, json });
      expect(answer.status).toBe(400);
    },
  );

  test('has its quotas in the audit, with what they were before', async () => {
    const audit = await ask(exchange, '/api/v1/audit?action=quota.set', me);
    const { records } = audit.json() as { records: { kind: string; detail: { before: object; after: object } }[] };
    expect(records.length).toBe(6);
    expect(records.at(-1)).toMatchObject({
      kind: 'update',
      detail: { before: { maxInstances: null, maxBytes: null }, after: { maxInstances: 9, maxBytes: null } },
    });
  });

  test.each(['/api/v1/usage', '/api/v1/storage'])('tells nobody else: %s', async (path) => {
    expect((await ask(exchange, path)).status).toBe(401);
  });
});
