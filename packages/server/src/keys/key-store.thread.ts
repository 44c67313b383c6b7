import { parentPort, workerData } from 'node:worker_threads';
import type { KeyStore } from './key-store.ts';
import { KeysError } from './keys-error.ts';
import { keyStoreFile, sqliteKeyStore } from './sqlite-key-store.store.ts';
import type { Asked, Told } from './threaded-key-store.ts';

/** The thread in which SQLite waits for the disk: one call after another, each answered by its number. */
const store = sqliteKeyStore(keyStoreFile(workerData as string));
const port = parentPort as NonNullable<typeof parentPort>;
const walks = new Map<number, AsyncIterator<unknown>>();

async function answer(asked: Asked): Promise<unknown> {
  if (asked.method === 'pages') {
    walks.set(asked.id, store.pages(...asked.args)[Symbol.asyncIterator]());
    return undefined;
  }
  if (asked.method === 'nextPage') {
    const walk = walks.get(asked.args[0]);
    // It began in a thread that is no more.
    if (walk === undefined) throw new KeysError('KEYS_UNAVAILABLE', 'a walk over all keys was broken off');
    const next = await walk.next();
    if (next.done) walks.delete(asked.args[0]);
    return next.value;
  }
  if (asked.method === 'endPages') {
    walks.delete(asked.args[0]);
    return undefined;
  }
  if (asked.method === 'load') {
    const [wraps, events, replacing] = asked.args;
    return store.load(inOnePage(wraps), events, replacing);
  }
  return (store[asked.method] as (...args: unknown[]) => Promise<unknown>)(...asked.args);
}

async function* inOnePage<T>(page: T): AsyncGenerator<T> {
  yield page;
}

function told(error: unknown): NonNullable<Told['failed']> {
  const { name, message, code } = Object(error) as Partial<Error> & { code?: string };
  return { ours: error instanceof KeysError, name: name ?? 'Error', message: message ?? String(error), code };
}

let last: Promise<void> = Promise.resolve();
port.on('message', (asked: Asked) => {
  last = last.then(async () => {
    const reply: Told = await answer(asked).then(
      (value) => ({ id: asked.id, value }),
      (error: unknown) => ({ id: asked.id, failed: told(error) }),
    );
    port.postMessage(reply);
  });
});

/** So that a method that is added to the key store is not forgotten here. */
export type Forwarded = Exclude<keyof KeyStore, 'pages' | 'load' | 'alone' | 'server'>;
