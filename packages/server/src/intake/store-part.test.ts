import { createHash, randomBytes } from 'node:crypto';
import { merge, parseFile } from '@symbolon/dicom';
import { ctStudy } from '@symbolon/testbed';
import { describe, expect, test } from 'vitest';
import type { SignedIn } from '../access/index.ts';
import { BlobError, type BlobStore } from '../platform/blobs/blob-store.ts';
import { ByteBudget } from '../platform/byte-budget.ts';
import type { Outcome, Waiting } from './group-commit.ts';
import { incomingFile } from './same-data-set.ts';
import { storePart } from './store-part.ts';

const actor = { kind: 'person', accountId: 'a', userId: 'u' } as SignedIn;
const [sent] = ctStudy({ seed: 1, slices: 1, rows: 16, columns: 16 });

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function deps(add: (waiting: Waiting) => Promise<Outcome>) {
  const failures: unknown[] = [];
  return {
    failures,
    deps: {
      budget: new ByteBudget(2 ** 28),
      imageBlobs: noBlobs,
      commit: { add },
      failed: (error: unknown) => void failures.push(error),
    },
  };
}

type Blobs = Pick<BlobStore, 'put' | 'read' | 'remove'>;

/** Nothing here is so large that it would be written before its commit. */
const noBlobs: Blobs = {
  put: () => Promise.reject(new Error('nothing is written')),
  read: () => Promise.reject(new Error('nothing is read')),
  remove: () => Promise.reject(new Error('nothing is removed')),
};

test('what is kept of a part until the answer holds no byte of it', async () => {
  const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
  const { result } = await storePart(taking, actor, { body: whole(sent!.bytes), isDicom: true });
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
  await (await storePart(taking, actor, { body: whole(sent!.bytes), isDicom: true })).result;
  const { halves, ...rest } = waiting[0]!.instance;
  const file = Buffer.concat(merge(halves.identity, Buffer.concat(halves.image), halves.cuts));
  expect(file.equals(sent!.bytes)).toBe(true);
  // No element map, no parsed data set: what else there is has the size of its words.
  expect(JSON.stringify(rest).length).toBeLessThan(4_000);
});

test('our own mistake with one instance is its refusal and a line in the log, and no more', async () => {
  const mistake = new TypeError('of ours');
  const { deps: failing, failures } = deps(() => Promise.reject(mistake));
  const { result } = await storePart(failing, actor, { body: whole(sent!.bytes), isDicom: true });
  const answer = await result;
  expect('refusal' in answer && answer.refusal.code).toBe('STORE_FAILED');
  expect(answer.instance?.sopInstanceUid).toBe(sent!.sopInstanceUid);
  expect(failures).toEqual([mistake]);
});

test('a database that is away fails the whole request, which is sent again', async () => {
  const away = Object.assign(new Error('gone'), { code: '57P01' });
  const { deps: failing, failures } = deps(() => Promise.reject(away));
  const { result } = await storePart(failing, actor, { body: whole(sent!.bytes), isDicom: true });
  await expect(result).rejects.toBe(away);
  expect(failures).toEqual([]);
});

test('of the smallest files no more wait for their commit than there is memory for what is made of them', async () => {
  const budget = new ByteBudget(2 ** 20);
  // The first in line might hold more than there is.
  const first = budget.open();
  await first.take(1);
  const committed = Promise.withResolvers<void>();
  const { deps: taking } = deps(async ({ instance }) => {
    await committed.promise;
    return { kind: 'taken', sha256: instance.sha256 };
  });
  const results: Promise<unknown>[] = [];
  const sending = (async () => {
    for (let at = 0; at < 100; at += 1)
      results.push((await storePart({ ...taking, budget }, actor, { body: whole(document(8)), isDicom: true })).result);
  })();
  while (!budget.short && results.length < 100) await new Promise((next) => setImmediate(next));
  expect(results.length).toBeLessThan(2 ** 20 / 2 ** 15);
  committed.resolve();
  await sending;
  await Promise.all(results);
  first.release();
  const [other, last] = [budget.open(), budget.open()];
  await other.take(1);
  await last.take(2 ** 20 - 1);
});

test('of what arrived at once an instance keeps its own bytes, and not all those beside them', async () => {
  const waiting: Waiting[] = [];
  const { deps: taking } = deps(async (one) => {
    waiting.push(one);
    return { kind: 'taken', sha256: one.instance.sha256 };
  });
  const arrived = new Uint8Array(sent!.bytes.length + 64 * 1024);
  arrived.set(sent!.bytes);
  const part = { body: whole(arrived.subarray(0, sent!.bytes.length)), isDicom: true };
  await (await storePart(taking, actor, part)).result;
  const { image } = waiting[0]!.instance.halves;
  expect(image.length).toBeGreaterThan(0);
  for (const piece of image) expect(piece.buffer.byteLength).toBe(piece.length);
});

describe('an object that is too large', () => {
  const limits = { objectBytes: 100_000, identityBytes: 10_000, heldImageBytes: 5_000 };

  test('gives back what it held before its rest has arrived', async () => {
    const budget = new ByteBudget(1024);
    let others: Promise<void> | undefined;
    const endless = async function* () {
      for (let bytes = 0; bytes <= limits.objectBytes; bytes += 50_000) yield new Uint8Array(50_000);
      // Somebody else's kilobyte: it must not wait for what is only thrown away.
      others = budget.open().take(1024);
      await others;
      yield new Uint8Array(50_000);
    };
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const { result } = await storePart({ ...taking, budget, limits }, actor, { body: endless(), isDicom: true });
    const answer = await result;
    expect('refusal' in answer && answer.refusal.code).toBe('DICOM_UNREADABLE');
    await others;
  });

  test.each([
    ['as a whole', pixels(200_000), 'An object may have'],
    ['beside its pixel data', document(20_000), 'Beside its pixel data an object may have'],
  ])('%s is refused with its limit, and nothing of it stays', async (_, bytes, words) => {
    const blobs = memoryBlobs();
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const part = { body: inChunks(bytes, 1_000), isDicom: true };
    const { result } = await storePart({ ...taking, imageBlobs: blobs.store, limits }, actor, part);
    const answer = await result;
    expect(answer).toMatchObject({ refusal: { code: 'INSTANCE_TOO_LARGE', message: expect.stringContaining(words) } });
    expect(blobs.names()).toEqual([]);
  });
});

describe('an image half that is written as it comes', () => {
  const limits = { objectBytes: 10_000_000, identityBytes: 100_000, heldImageBytes: 5_000 };
  const outcomes = [
    ['taken', { kind: 'taken', sha256: '' }, true],
    ['kept aside now', { kind: 'conflict', sha256: '', keptAside: 'now' }, true],
    ['kept aside before', { kind: 'conflict', sha256: '', keptAside: 'before' }, false],
    ['held already', { kind: 'already held', sha256: '', heldSha256: '' }, false],
  ] as const;

  test.each(outcomes)('%s: it stays where a pack names it, and goes where none does', async (_, outcome, stays) => {
    const blobs = memoryBlobs();
    const waiting: Waiting[] = [];
    const { deps: taking } = deps(async (one) => {
      waiting.push(one);
      return outcome;
    });
    const bytes = pixels(2_000_000);
    const part = { body: inChunks(bytes, 60_001), isDicom: true };
    const { result } = await storePart({ ...taking, imageBlobs: blobs.store, limits }, actor, part);
    expect(await result).toMatchObject({ outcome });
    const { storedImage, halves, sha256 } = waiting[0]!.instance;
    expect(halves.image).toEqual([]);
    expect(blobs.names()).toEqual(stays ? [storedImage!.packId] : []);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    if (stays) {
      const other = incomingFile(waiting[0]!.instance, actor.accountId, blobs.store);
      const pieces: Uint8Array[] = [];
      for await (const piece of other.pieces()) pieces.push(piece);
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    }
  });

  test('nothing of it stays where the sender hangs up, the file is cut short, or its study is another', async () => {
    const bytes = pixels(500_000);
    const broken = async function* () {
      yield bytes.subarray(0, 300_000);
      throw new Error('the sender hung up');
    };
    const blobs = memoryBlobs();
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const all = { ...taking, imageBlobs: blobs.store, limits };
    await expect(storePart(all, actor, { body: broken(), isDicom: true })).rejects.toThrow('hung up');
    const short = await storePart(all, actor, { body: inChunks(bytes.subarray(0, -1), 70_000), isDicom: true });
    expect(await short.result).toMatchObject({ refusal: { code: 'DICOM_UNREADABLE' } });
    const other = await storePart(all, actor, { body: inChunks(bytes, 70_000), isDicom: true }, '1.2.3');
    expect(await other.result).toMatchObject({ refusal: { code: 'DICOM_WRONG_STUDY' } });
    expect(blobs.names()).toEqual([]);
  });

  test('a store that fails in the middle says so, and the request is sent again', async () => {
    const full = new BlobError('BLOB_WRITE_FAILED', 'no space');
    const blobs = memoryBlobs({ failAfter: 100_000, error: full });
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const part = { body: inChunks(pixels(2_000_000), 50_000), isDicom: true };
    await expect(storePart({ ...taking, imageBlobs: blobs.store, limits }, actor, part)).rejects.toBe(full);
    expect(blobs.names()).toEqual([]);
  });

  test('a slow sender makes way for others that wait for memory, with the next that it sends', async () => {
    const budget = new ByteBudget(2_000_000);
    // The first in line might hold more than there is.
    const first = budget.open();
    await first.take(1);
    const bytes = pixels(1_600_000);
    let others: Promise<void> | undefined;
    const slow = async function* () {
      yield bytes.subarray(0, 1_500_000);
      await new Promise((next) => setTimeout(next, 20));
      yield bytes.subarray(1_500_000, 1_550_000);
      others = budget.open().take(1_500_000);
      yield bytes.subarray(1_550_000, 1_560_000);
      await others;
      yield bytes.subarray(1_560_000);
    };
    const blobs = memoryBlobs();
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const patient = { objectBytes: 10_000_000, identityBytes: 100_000, heldImageBytes: 5_000_000, patienceMs: 10 };
    const all = { ...taking, budget, imageBlobs: blobs.store, limits: patient };
    const { result } = await storePart(all, actor, { body: slow(), isDicom: true });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await result).toMatchObject({ outcome: { kind: 'taken', sha256 } });
    expect(blobs.names()).toHaveLength(1);
  });

  test('a slow sender whose header others wait for is given up; what it held is theirs', async () => {
    const budget = new ByteBudget(2_000_000);
    const first = budget.open();
    const bytes = document(4_000_000);
    let others: Promise<void> | undefined;
    const slow = async function* () {
      yield bytes.subarray(0, 1_500_000);
      others = budget.open().take(1_500_000);
      for (let at = 1_500_000; at < bytes.length; at += 10) {
        await new Promise((next) => setTimeout(next, 5));
        yield bytes.subarray(at, at + 10);
      }
    };
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const patient = { objectBytes: 10_000_000, identityBytes: 5_000_000, heldImageBytes: 5_000_000, slowMs: 10 };
    const all = { ...taking, budget, limits: patient };
    await expect(storePart(all, actor, { body: slow(), isDicom: true })).rejects.toMatchObject({
      code: 'INTAKE_MULTIPART_BROKEN',
    });
    await others;
    first.release();
  });

  test('a slow sender for whom nobody waits is written with its pack, as any other', async () => {
    const bytes = pixels(600_000);
    const slow = async function* () {
      yield bytes.subarray(0, 500_000);
      await new Promise((next) => setTimeout(next, 20));
      yield bytes.subarray(500_000);
    };
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const patient = { objectBytes: 10_000_000, identityBytes: 100_000, heldImageBytes: 5_000_000, patienceMs: 10 };
    const { result } = await storePart({ ...taking, limits: patient }, actor, { body: slow(), isDicom: true });
    expect(await result).toMatchObject({ outcome: { kind: 'taken' } });
  });

  test('what is in memory whole already gives nothing back before it is read: it is there still', async () => {
    const bytes = pixels(1_000_000);
    const budget = new ByteBudget(bytes.length);
    // Only who is first in line may go beyond the limit.
    const first = budget.open();
    const all = budget.open();
    await all.take(bytes.length);
    let had = false;
    const body = async function* () {
      yield* inChunks(bytes, 100_000);
      void budget
        .open()
        .take(1000)
        .then(() => {
          had = true;
        });
      await new Promise((next) => setImmediate(next));
      expect(had).toBe(false);
    };
    const blobs = memoryBlobs();
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const part = { body: body(), isDicom: true, holding: all };
    const { result } = await storePart({ ...taking, budget, imageBlobs: blobs.store, limits }, actor, part);
    expect(await result).toMatchObject({ outcome: { kind: 'taken' } });
    await new Promise((next) => setImmediate(next));
    expect(had).toBe(true);
    first.release();
  });

  test('memory is given back as it goes by: what is held is the header', async () => {
    const budget = new ByteBudget(200_000);
    const first = budget.open();
    await first.take(1);
    const blobs = memoryBlobs();
    const { deps: taking } = deps(async ({ instance }) => ({ kind: 'taken', sha256: instance.sha256 }));
    const part = { body: inChunks(pixels(5_000_000), 60_000), isDicom: true };
    // Not the first in line, so that it may never hold more than the budget has.
    const { result } = await storePart({ ...taking, budget, imageBlobs: blobs.store, limits }, actor, part);
    expect(await result).toMatchObject({ outcome: { kind: 'taken' } });
  });
});

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

/** The sent file with other pixel data, or with a document in it. */
function changed(tag: string, vr: string, value: Uint8Array): Uint8Array {
  const file = parseFile(sent!.bytes);
  const { start, end } = file.pixelElements[0]!;
  const head = Buffer.alloc(12);
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  head.write(vr, 4, 'latin1');
  head.writeUInt32LE(value.length, 8);
  return Buffer.concat([sent!.bytes.subarray(0, start), head, value, sent!.bytes.subarray(end)]);
}
function pixels(bytes: number): Uint8Array {
  return changed('7FE00010', 'OW', randomBytes(bytes));
}
function document(bytes: number): Uint8Array {
  return changed('00420011', 'OB', randomBytes(bytes));
}

/** A store in memory; an object is there when it is whole. */
function memoryBlobs(fault: { failAfter?: number; error?: Error } = {}) {
  const objects = new Map<string, Uint8Array>();
  const store: Blobs = {
    async put(name, pieces) {
      const all: Uint8Array[] = [];
      let bytes = 0;
      for await (const piece of pieces) {
        bytes += piece.length;
        if (bytes > (fault.failAfter ?? Number.POSITIVE_INFINITY)) throw fault.error;
        all.push(piece.slice());
      }
      objects.set(name, Buffer.concat(all));
    },
    read: async (name, start, end) => objects.get(name)!.subarray(start, end),
    remove: async (name) => void objects.delete(name),
  };
  return { store, names: () => [...objects.keys()] };
}
