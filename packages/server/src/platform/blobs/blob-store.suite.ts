import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type ListedBlobStore, listPageNames } from './blob-store.ts';

type Open = () => ListedBlobStore | Promise<ListedBlobStore>;

/**
 * What every blob store must do. `open` gives the same store again, as a restarted exchange would have it. `many` is how
 * many objects there are where there are many.
 */
export function blobStoreSuite(name: string, open: Open, { many = 200 } = {}): void {
  describe(`the blob store ${name}`, () => {
    readingAndWriting(open, many);
    streams(open);
    listing(open, many);
    names(open);
  });
}

const text = (words: string): Uint8Array => Buffer.from(words);

async function* inPieces(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    await pause(1);
    yield piece;
  }
}

async function allNames(store: ListedBlobStore, after?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const page of store.list(after)) found.push(...page);
  return found;
}

function readingAndWriting(open: Open, many: number): void {
  test('gives back what was put, whole and in ranges, after a restart too', async () => {
    const [id, bytes] = [randomUUID(), randomBytes(300_000)];
    await (await open()).put(id, [bytes.subarray(0, 7), bytes.subarray(7, 7), bytes.subarray(7)]);
    const store = await open();
    // Twice: what is kept in memory is as true as what is not.
    for (const [start, end] of [
      [0, bytes.length],
      [0, 1],
      [6, 8],
      [299_999, 300_000],
      [5, 5],
    ] as const)
      for (const _ of [1, 2])
        expect(Buffer.compare(await store.read(id, start, end), bytes.subarray(start, end))).toBe(0);
    expect(await store.facts(id)).toMatchObject({ bytes: 300_000 });
  });

  test('keeps an object of thousands of pieces', async () => {
    const [id, bytes, store] = [randomUUID(), randomBytes(9000), await open()];
    await store.put(
      id,
      Array.from({ length: 3000 }, (_, at) => bytes.subarray(at * 3, at * 3 + 3)),
    );
    expect(Buffer.compare(await store.read(id, 0, 9000), bytes)).toBe(0);
  });

  test('keeps an object without a byte', async () => {
    const [id, store] = [randomUUID(), await open()];
    await store.put(id, []);
    expect(await store.read(id, 0, 0)).toHaveLength(0);
    expect(await store.facts(id)).toMatchObject({ bytes: 0 });
  });

  test('what a reader does with its bytes reaches no other', async () => {
    const [id, store] = [randomUUID(), await open()];
    await store.put(id, [text('first')]);
    for (const _ of [1, 2, 3]) {
      const bytes = await store.read(id, 0, 5);
      expect(Buffer.from(bytes).toString()).toBe('first');
      bytes.fill(0);
    }
  });

  test('refuses a name that exists, and keeps what it has', async () => {
    const [id, store] = [randomUUID(), await open()];
    await store.put(id, [text('first')]);
    for (const again of [store, await open()])
      for (const pieces of [[text('other')], inPieces(text('other'))])
        await expect(again.put(id, pieces)).rejects.toMatchObject({ code: 'BLOB_EXISTS' });
    expect(Buffer.from(await store.read(id, 0, 5)).toString()).toBe('first');
  });

  test('of several who put one name at once, one is taken and the others are refused', async () => {
    const [id, store] = [randomUUID(), await open()];
    const words = ['first', 'other', 'third', 'forth'];
    const done = await Promise.allSettled(
      words.map((word, at) =>
        store.put(id, at % 2 === 0 ? [text(word)] : inPieces(text(word.slice(0, 2)), text(word.slice(2)))),
      ),
    );
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of done) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'BLOB_EXISTS' });
    const taken = words[done.findIndex(({ status }) => status === 'fulfilled')];
    expect(Buffer.from(await store.read(id, 0, 5)).toString()).toBe(taken);
  });

  test('says what is missing and what is too short, and never pads', async () => {
    const [id, store] = [randomUUID(), await open()];
    await expect(store.read(id, 0, 1)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await expect(store.facts(id)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await store.put(id, [text('12345')]);
    for (const [start, end] of [
      [0, 6],
      [5, 6],
      [100, 101],
    ] as const)
      await expect(store.read(id, start, end)).rejects.toMatchObject({ code: 'BLOB_CUT_SHORT' });
    expect(Buffer.from(await store.read(id, 0, 5)).toString()).toBe('12345');
  });

  test('removes an object, also one just read, and one that is not there without complaint', async () => {
    const [id, store] = [randomUUID(), await open()];
    await store.put(id, [text('x')]);
    await store.read(id, 0, 1);
    await store.remove(id);
    await store.remove(id);
    await expect(store.read(id, 0, 1)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await store.put(id, [text('y')]);
    expect(Buffer.from(await store.read(id, 0, 1)).toString()).toBe('y');
  });

  test('takes and gives many objects at once', async () => {
    const [ids, store] = [Array.from({ length: many }, () => randomUUID()), await open()];
    await Promise.all(ids.map((id) => store.put(id, [text(id)])));
    const read = await Promise.all(ids.map((id) => store.read(id, 0, id.length)));
    expect(read.map((bytes) => Buffer.from(bytes).toString())).toEqual(ids);
  });
}

function streams(open: Open): void {
  test('takes an object whose length nobody knows yet; until it ends nobody sees it', async () => {
    const [id, bytes, store] = [randomUUID(), randomBytes(400_000), await open()];
    const halfWay = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const putting = store.put(
      id,
      (async function* () {
        yield bytes.subarray(0, 200_000);
        halfWay.resolve();
        await goOn.promise;
        yield bytes.subarray(200_000, 200_000);
        yield bytes.subarray(200_000);
      })(),
    );
    await halfWay.promise;
    await expect(store.read(id, 0, 1)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await expect((await open()).facts(id)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    expect(await allNames(store)).not.toContain(id);
    goOn.resolve();
    await putting;
    expect(Buffer.compare(await (await open()).read(id, 0, 400_000), bytes)).toBe(0);
    expect(await allNames(store)).toContain(id);
  });

  test('a stream that breaks off is thrown on as it is, and leaves nothing', async () => {
    const [id, store] = [randomUUID(), await open()];
    const hungUp = new Error('the sender hung up');
    const broken = (async function* () {
      yield randomBytes(100_000);
      throw hungUp;
    })();
    await expect(store.put(id, broken)).rejects.toBe(hungUp);
    await expect(store.read(id, 0, 1)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    expect(await store.unfinished(new Date(Date.now() + 60_000), 'count')).toEqual({ count: 0, bytes: 0 });
    await store.put(id, [text('again')]);
  });

  test('a signal stops a stream that says nothing, and leaves nothing', async () => {
    const [id, store, stop] = [randomUUID(), await open(), new AbortController()];
    const begun = Promise.withResolvers<void>();
    let told = false;
    const silent: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          begun.resolve();
          return new Promise(() => {});
        },
        return: async () => {
          told = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const putting = store.put(id, silent, stop.signal);
    await begun.promise;
    stop.abort();
    await expect(putting).rejects.toMatchObject({ code: 'BLOB_STOPPED' });
    expect(told).toBe(true);
    expect(await allNames(store)).not.toContain(id);
    expect(await store.unfinished(new Date(Date.now() + 60_000), 'count')).toEqual({ count: 0, bytes: 0 });
    await expect(store.put(id, [text('x')], stop.signal)).rejects.toMatchObject({ code: 'BLOB_STOPPED' });
    await store.put(id, [text('x')]);
  });
}

function listing(open: Open, many: number): void {
  test('lists every name once, in ascending order and in pages, from behind any name on', async () => {
    const [ids, store] = [Array.from({ length: many / 2 }, () => randomUUID()), await open()];
    await Promise.all(ids.map((id) => store.put(id, [text(id)])));
    const listed = await allNames(store);
    expect(listed).toEqual([...new Set(listed)].sort());
    expect(listed).toEqual(expect.arrayContaining(ids));
    for (const after of [
      listed[0] as string,
      listed[listed.length >> 1] as string,
      listed.at(-1) as string,
      randomUUID(),
    ])
      expect(await allNames(store, after)).toEqual(listed.filter((name) => name > after));
    for await (const page of store.list()) expect(page.length).toBeLessThanOrEqual(listPageNames);
  });

  test('what is removed is listed no more', async () => {
    const [id, store] = [randomUUID(), await open()];
    await store.put(id, [text('x')]);
    await store.remove(id);
    expect(await allNames(store)).not.toContain(id);
  });

  test('says when an object was written', async () => {
    const [id, store] = [randomUUID(), await open()];
    const before = Date.now();
    await store.put(id, [text('x')]);
    const { writtenAt } = await store.facts(id);
    // Some stores tell it to the second.
    expect(writtenAt.getTime()).toBeGreaterThan(before - 2_000);
    expect(writtenAt.getTime()).toBeLessThan(Date.now() + 2_000);
  });
}

function names(open: Open): void {
  test.each([
    '',
    '.',
    'incoming',
    '../../etc/passwd',
    'a/b',
    `${'0'.repeat(8)}-${'/'.repeat(27)}`,
    `${randomUUID()}\0`,
    `${randomUUID()}/../x`,
    'ABCDEF01-0000-4000-8000-000000000000',
  ])('refuses the name %j, which is no UUID', async (id) => {
    const store = await open();
    const refused = { code: 'BLOB_NAME_INVALID' };
    await expect(store.put(id, [])).rejects.toMatchObject(refused);
    await expect(store.put(id, inPieces())).rejects.toMatchObject(refused);
    await expect(store.read(id, 0, 1)).rejects.toMatchObject(refused);
    await expect(store.facts(id)).rejects.toMatchObject(refused);
    await expect(store.remove(id)).rejects.toMatchObject(refused);
  });
}
