import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { blobStoreSuite } from './blob-store.suite.ts';
import { BlobError, type BlobErrorCode, type ListedBlobStore } from './blob-store.ts';
import { cached } from './cached.ts';
import { fileBlobs } from './file-blobs.ts';
import { limited } from './limited.ts';
import { type Retries, retrying } from './retrying.ts';

const root = mkdtempSync(join(tmpdir(), 'symbolon-wrappers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const patient: Retries = {
  tries: 5,
  firstDelayMs: 100,
  maxDelayMs: 300,
  sleep: async () => {},
  random: () => 0.5,
};
const budget = { bytes: 1_000_000, largestRange: 500_000 };
const limits = { writes: 2, reads: 3, waiting: 1000 };

blobStoreSuite('file:, retrying', () => retrying(fileBlobs(join(root, 'retrying')), patient));
blobStoreSuite('file:, limited', () => limited(fileBlobs(join(root, 'limited')), limits));
const keeping = cached(fileBlobs(join(root, 'cached')), budget);
blobStoreSuite('file:, cached', () => keeping);
blobStoreSuite('file:, all three', () =>
  cached(limited(retrying(fileBlobs(join(root, 'all')), patient), limits), budget),
);

/** A store whose every call is what the test makes of it. */
function scripted(call: (what: string, name: string) => Promise<unknown>): ListedBlobStore {
  return {
    put: (name) => call('put', name) as Promise<void>,
    read: (name) => call('read', name) as Promise<Uint8Array>,
    facts: (name) => call('facts', name) as never,
    remove: (name) => call('remove', name) as Promise<void>,
    list: () => [] as never,
    unfinished: () => call('unfinished', '') as never,
  };
}

const failing = (code: BlobErrorCode): BlobError => new BlobError(code, 'scripted');

describe('retrying', () => {
  /** Fails so many times, then does. */
  function failsTimes(times: number, code: BlobErrorCode) {
    const seen = { calls: 0, waits: [] as number[] };
    const store = retrying(
      scripted(async () => {
        seen.calls += 1;
        if (seen.calls <= times) throw failing(code);
        return new Uint8Array(1);
      }),
      { ...patient, sleep: async (ms) => void seen.waits.push(ms) },
    );
    return { store, seen };
  }

  test.each(['read', 'facts', 'remove', 'put', 'unfinished'] as const)(
    '%s is tried again, and then done',
    async (what) => {
      const { store, seen } = failsTimes(
        4,
        what === 'read' || what === 'facts' ? 'BLOB_READ_FAILED' : 'BLOB_WRITE_FAILED',
      );
      if (what === 'put') await store.put('x', [new Uint8Array(1)]);
      else if (what === 'read') await store.read('x', 0, 1);
      else if (what === 'unfinished') await store.unfinished(new Date(), 'count');
      else await store[what]('x');
      expect(seen.calls).toBe(5);
      // Half fixed, half by chance; doubled each time up to the longest.
      expect(seen.waits).toEqual([75, 150, 225, 225]);
    },
  );

  test('the tries are bounded, and the last error is thrown on', async () => {
    const { store, seen } = failsTimes(100, 'BLOB_READ_FAILED');
    await expect(store.read('x', 0, 1)).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
    expect(seen.calls).toBe(5);
  });

  test.each([
    'BLOB_MISSING',
    'BLOB_CUT_SHORT',
    'BLOB_EXISTS',
    'BLOB_NAME_INVALID',
    'BLOB_STORE_FULL',
    'BLOB_STORE_BUSY',
    'BLOB_STOPPED',
  ] as const)('%s is so the next time too, and is not tried again', async (code) => {
    const { store, seen } = failsTimes(1, code);
    await expect(store.read('x', 0, 1)).rejects.toMatchObject({ code });
    expect(seen.calls).toBe(1);
  });

  test('a mistake of ours is not tried again', async () => {
    let calls = 0;
    const store = retrying(
      scripted(async () => {
        calls += 1;
        throw new TypeError('ours');
      }),
      patient,
    );
    await expect(store.read('x', 0, 1)).rejects.toThrow('ours');
    expect(calls).toBe(1);
  });

  test('what comes from a stream is tried once: nobody can give it again', async () => {
    const { store, seen } = failsTimes(1, 'BLOB_WRITE_FAILED');
    const stream = (async function* () {
      yield new Uint8Array(1);
    })();
    await expect(store.put('x', stream)).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
    expect(seen.calls).toBe(1);
  });

  test('a signal ends the waiting', async () => {
    const stop = new AbortController();
    const store = retrying(
      scripted(async () => {
        throw failing('BLOB_WRITE_FAILED');
      }),
      {
        ...patient,
        sleep: async (_, signal) => {
          expect(signal).toBe(stop.signal);
          stop.abort();
          throw new Error('aborted');
        },
      },
    );
    await expect(store.put('x', [], stop.signal)).rejects.toMatchObject({ code: 'BLOB_STOPPED' });
  });

  test('a list goes on behind the last page, and gives no name twice', async () => {
    const asked: (string | undefined)[] = [];
    const store = retrying(
      {
        ...scripted(async () => undefined),
        async *list(after) {
          asked.push(after);
          if (after === undefined) yield ['a', 'b'];
          if (asked.length < 4) throw failing('BLOB_READ_FAILED');
          yield ['c'];
        },
      },
      patient,
    );
    const pages: (readonly string[])[] = [];
    for await (const page of store.list()) pages.push(page);
    expect(pages).toEqual([['a', 'b'], ['c']]);
    expect(asked).toEqual([undefined, 'b', 'b', 'b']);
  });
});

describe('limited', () => {
  function held(limits: { writes: number; reads: number; waiting: number }) {
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const store = limited(
      scripted(async (what, name) => {
        begun.push(`${what} ${name}`);
        await new Promise<void>((end) => ends.push(end));
        if (name === 'bad') throw failing('BLOB_READ_FAILED');
      }),
      limits,
    );
    return { begun, ends, store };
  }

  test('so many run at once, and whoever came first is first', async () => {
    const { begun, ends, store } = held({ writes: 1, reads: 2, waiting: 10 });
    const reads = ['a', 'b', 'c', 'd', 'e'].map((name) => store.read(name, 0, 1));
    await turn();
    expect(begun).toEqual(['read a', 'read b']);
    for (let done = 0; done < 5; done += 1) {
      (ends.shift() as () => void)();
      await turn();
    }
    await Promise.all(reads);
    expect(begun).toEqual(['read a', 'read b', 'read c', 'read d', 'read e']);
  });

  test('reads do not wait for writes', async () => {
    const { begun, ends, store } = held({ writes: 1, reads: 1, waiting: 10 });
    const all = [store.put('a', []), store.put('b', []), store.remove('c'), store.read('d', 0, 1)];
    await turn();
    expect(begun).toEqual(['put a', 'read d']);
    while (ends.length > 0) {
      ends.shift()?.();
      await turn();
    }
    await Promise.all(all);
    expect(begun).toEqual(['put a', 'read d', 'put b', 'remove c']);
  });

  test('a stream waits for nobody, and keeps nobody waiting', async () => {
    const { begun, ends, store } = held({ writes: 1, reads: 1, waiting: 0 });
    const stream = async function* () {
      yield new Uint8Array(1);
    };
    const all = [store.put('a', stream()), store.put('b', stream()), store.put('c', [])];
    await turn();
    expect(begun).toEqual(['put a', 'put b', 'put c']);
    for (const end of ends) end();
    await Promise.all(all);
  });

  test('a failure gives its turn on', async () => {
    const { ends, store } = held({ writes: 1, reads: 1, waiting: 10 });
    const [bad, good] = [store.read('bad', 0, 1), store.read('good', 0, 1)];
    await turn();
    ends.shift()?.();
    await expect(bad).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
    await turn();
    ends.shift()?.();
    await good;
  });

  test('a queue that is full says so at once, and one that gives up waiting leaves its place', async () => {
    const { begun, ends, store } = held({ writes: 1, reads: 1, waiting: 2 });
    const stop = new AbortController();
    const first = store.put('a', []);
    const gone = store.put('b', [], stop.signal);
    const third = store.put('c', []);
    await expect(store.put('d', [])).rejects.toMatchObject({ code: 'BLOB_STORE_BUSY' });
    stop.abort();
    await expect(gone).rejects.toMatchObject({ code: 'BLOB_STOPPED' });
    const fourth = store.put('e', []);
    for (let done = 0; done < 3; done += 1) {
      await turn();
      ends.shift()?.();
    }
    await Promise.all([first, third, fourth]);
    expect(begun).toEqual(['put a', 'put c', 'put e']);
  });
});

describe('cached', () => {
  function counted(bytesOf: (name: string) => Promise<Uint8Array> = async () => new Uint8Array(1000)) {
    const reads: string[] = [];
    const store = cached(
      scripted(async (what, name) => {
        if (what !== 'read') return undefined;
        reads.push(name);
        return bytesOf(name);
      }),
      { bytes: 4000, largestRange: 2000 },
    );
    return { reads, store };
  }

  test('a range is read once, and another range of the object is another', async () => {
    const { reads, store } = counted();
    for (let times = 0; times < 3; times += 1) await store.read('a', 0, 1000);
    await store.read('a', 1000, 2000);
    expect(reads).toEqual(['a', 'a']);
  });

  test('the least recently used goes first, and the budget holds', async () => {
    const { reads, store } = counted();
    for (const name of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) await store.read(name, 0, 1000);
    expect(reads).toEqual(['a', 'b', 'c', 'd', 'b']);
  });

  test('what is too large is not kept', async () => {
    const { reads, store } = counted(async () => new Uint8Array(2001));
    for (let times = 0; times < 2; times += 1) await store.read('a', 0, 2001);
    expect(reads).toEqual(['a', 'a']);
  });

  test('a failure is not kept', async () => {
    let failures = 1;
    const { reads, store } = counted(async () => {
      failures -= 1;
      if (failures === 0) throw failing('BLOB_MISSING');
      return new Uint8Array(1000);
    });
    await expect(store.read('a', 0, 1000)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await store.read('a', 0, 1000);
    await store.read('a', 0, 1000);
    expect(reads).toEqual(['a', 'a']);
  });

  test('a removal forgets, also what was being read meanwhile', async () => {
    const answers: ((bytes: Uint8Array) => void)[] = [];
    const { reads, store } = counted(() => new Promise((answer) => answers.push(answer)));
    const reading = store.read('a', 0, 1000);
    await turn();
    await store.remove('a');
    answers.shift()?.(new Uint8Array(1000));
    await reading;
    const again = store.read('a', 0, 1000);
    await turn();
    answers.shift()?.(new Uint8Array(1000));
    await again;
    expect(reads).toEqual(['a', 'a']);
    await store.read('a', 0, 1000);
    expect(reads).toEqual(['a', 'a']);
    await store.remove('a');
    void store.read('a', 0, 1000);
    await turn();
    expect(reads).toEqual(['a', 'a', 'a']);
  });

  test('a thousand objects come and go and nothing is kept of them', async () => {
    const { reads, store } = counted();
    for (let at = 0; at < 1000; at += 1) {
      const name = randomUUID();
      await store.read(name, 0, 1000);
      await store.remove(name);
    }
    expect(reads).toHaveLength(1000);
  });
});
