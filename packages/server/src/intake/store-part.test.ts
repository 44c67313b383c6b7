import { maxObjectBytes } from '@symbolon/contract';
import { ctStudy } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import type { SignedIn } from '../access/index.ts';
import { ByteBudget } from '../platform/byte-budget.ts';
import type { Waiting } from './group-commit.ts';
import { storePart } from './store-part.ts';

const actor = { kind: 'person', accountId: 'a', userId: 'u' } as SignedIn;
const [file] = ctStudy({ seed: 1, slices: 1, rows: 16, columns: 16 });

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function deps(add: (waiting: Waiting) => Promise<{ kind: 'taken'; sha256: string }>) {
  const failures: unknown[] = [];
  return {
    failures,
    deps: { budget: new ByteBudget(2 ** 28), commit: { add }, failed: (error: unknown) => void failures.push(error) },
  };
}

test('what is kept of a part until the answer holds no byte of it', async () => {
  const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
  const { result } = await storePart(taking, actor, { body: whole(file!.bytes), isDicom: true });
  const { instance, ...rest } = await result;
  expect(rest).toEqual({ outcome: { kind: 'taken', sha256: expect.any(String) } });
  expect(Object.keys(instance ?? {}).sort()).toEqual([
    'seriesInstanceUid',
    'sopClassUid',
    'sopInstanceUid',
    'studyInstanceUid',
  ]);
});

test('an instance that waits for its commit holds its file and nothing that was made of it', async () => {
  const waiting: Waiting[] = [];
  const { deps: taking } = deps(async (one) => {
    waiting.push(one);
    return { kind: 'taken', sha256: one.instance.sha256 };
  });
  await (await storePart(taking, actor, { body: whole(file!.bytes), isDicom: true })).result;
  const { bytes, dataset, meta } = waiting[0]!.instance.file;
  expect(Buffer.compare(bytes, file!.bytes)).toBe(0);
  expect([dataset.bytes.length, dataset.elements.size, meta.elements.size]).toEqual([0, 0, 0]);
});

test('our own mistake with one instance is its refusal and a line in the log, and no more', async () => {
  const mistake = new TypeError('of ours');
  const { deps: failing, failures } = deps(() => Promise.reject(mistake));
  const { result } = await storePart(failing, actor, { body: whole(file!.bytes), isDicom: true });
  const answer = await result;
  expect('refusal' in answer && answer.refusal.code).toBe('STORE_FAILED');
  expect(answer.instance?.sopInstanceUid).toBe(file!.sopInstanceUid);
  expect(failures).toEqual([mistake]);
});

test('a database that is away fails the whole request, which is sent again', async () => {
  const away = Object.assign(new Error('gone'), { code: '57P01' });
  const { deps: failing, failures } = deps(() => Promise.reject(away));
  const { result } = await storePart(failing, actor, { body: whole(file!.bytes), isDicom: true });
  await expect(result).rejects.toBe(away);
  expect(failures).toEqual([]);
});

test('an object that is too large gives back what it held before its rest has arrived', async () => {
  const budget = new ByteBudget(1024);
  const chunk = new Uint8Array(64 * 1024 * 1024);
  let others: Promise<void> | undefined;
  const endless = async function* () {
    for (let bytes = 0; bytes <= maxObjectBytes; bytes += chunk.length) yield chunk;
    // Somebody else's kilobyte: it must not wait for what is only thrown away.
    others = budget.open().take(1024);
    await others;
    yield chunk;
  };
  const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
  const { result } = await storePart({ ...taking, budget }, actor, { body: endless(), isDicom: true });
  const answer = await result;
  expect('refusal' in answer && answer.refusal.code).toBe('INSTANCE_TOO_LARGE');
  await others;
});
