import { Worker } from 'node:worker_threads';
import type { Forwarded } from './key-store.thread.ts';
import type { KeyEvent, KeyStore, Wrap } from './key-store.ts';
import { KeysError, type KeysErrorCode } from './keys-error.ts';
import { aloneBeside } from './sqlite-key-store.store.ts';

/** A call as it goes to the thread; `id` counts them. */
export type Asked = { readonly id: number } & (
  | { readonly method: Forwarded; readonly args: readonly unknown[] }
  | { readonly method: 'pages'; readonly args: Parameters<KeyStore['pages']> }
  | { readonly method: 'nextPage' | 'endPages'; readonly args: readonly [walk: number] }
  | { readonly method: 'load'; readonly args: readonly [Wrap[], readonly KeyEvent[], boolean] }
);
type Call = Asked extends infer One ? (One extends Asked ? Omit<One, 'id'> : never) : never;

/** Its answer. */
export type Told = {
  readonly id: number;
  readonly value?: unknown;
  readonly failed?: {
    readonly ours: boolean;
    readonly name: string;
    readonly message: string;
    readonly code: string | undefined;
  };
};

type Pending = { readonly done: (value: unknown) => void; readonly failed: (error: unknown) => void };
/** A thread and the calls that it has not answered. */
type Thread = { readonly worker: Worker; readonly pending: Map<number, Pending> };

/**
 * The key store of one machine, in a thread of its own: a commit there waits for the disk four times, 5 to 30 ms, in which an
 * exchange in one thread would answer nobody.
 *
 * Law   calls are done one after another, in the order in which they were made, and `add` returns when it is durable, as with
 *       `sqliteKeyStore`. A thread that dies fails the calls that are under way (KEYS_UNAVAILABLE); the next starts another.
 *       A walk over all keys that it was in fails, too: half of them must not look like all.
 */
class ThreadedKeyStore {
  readonly #file: string;
  readonly #program: URL;
  #thread: Thread | undefined;
  #lastId = 0;

  constructor(file: string, program: URL) {
    this.#file = file;
    this.#program = program;
  }

  call<T>(call: Call): Promise<T> {
    return this.numbered<T>(call).answer;
  }

  numbered<T>(call: Call): { readonly id: number; readonly answer: Promise<T> } {
    this.#thread ??= this.#start();
    this.#lastId += 1;
    return { id: this.#lastId, answer: ask<T>(this.#thread, { ...call, id: this.#lastId }) };
  }

  /** What is called from now on has another thread; what was called before is answered first. */
  async end(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    this.#lastId += 1;
    // A thread that died meanwhile has closed its file.
    await ask(thread, { method: 'close', args: [], id: this.#lastId }).catch((error: unknown) => {
      if (!(error instanceof KeysError && error.code === 'KEYS_UNAVAILABLE')) throw error;
    });
    await thread.worker.terminate();
  }

  #start(): Thread {
    const worker = new Worker(this.#program, { workerData: this.#file });
    const thread: Thread = { worker, pending: new Map() };
    let reason: unknown;
    worker.on('message', (told: Told) => hear(thread, told));
    worker.on('error', (error) => {
      reason = error;
    });
    worker.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
      failAll(thread, new KeysError('KEYS_UNAVAILABLE', 'the thread of the key store ended', { cause: reason }));
    });
    return thread;
  }
}

function ask<T>({ worker, pending }: Thread, asked: Asked): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  pending.set(asked.id, { done: resolve as Pending['done'], failed: reject });
  // A program that waits for an answer must not end; one that only has a store may.
  worker.ref();
  worker.postMessage(asked);
  return promise;
}

function hear({ worker, pending }: Thread, { id, value, failed }: Told): void {
  const waiting = pending.get(id);
  pending.delete(id);
  if (pending.size === 0) worker.unref();
  if (failed === undefined) waiting?.done(value);
  else if (failed.ours) waiting?.failed(new KeysError(failed.code as KeysErrorCode, failed.message));
  else waiting?.failed(Object.assign(new Error(failed.message), { name: failed.name, code: failed.code }));
}

function failAll({ pending }: Thread, error: unknown): void {
  const all = [...pending.values()];
  pending.clear();
  for (const { failed } of all) failed(error);
}

const threadProgram = new URL('./key-store.thread.ts', import.meta.url);

/** Opens the key store in `file`, which exists. */
export function threadedKeyStore(file: string, program = threadProgram): KeyStore {
  const thread = new ThreadedKeyStore(file, program);
  const forward =
    <Method extends Forwarded>(method: Method) =>
    (...args: Parameters<KeyStore[Method]>) =>
      thread.call<Awaited<ReturnType<KeyStore[Method]>>>({ method, args });
  return {
    find: forward('find'),
    add: forward('add'),
    replace: forward('replace'),
    remove: forward('remove'),
    tombstones: forward('tombstones'),
    backupsSince: forward('backupsSince'),
    family: forward('family'),
    patients: forward('patients'),
    accounts: forward('accounts'),
    census: forward('census'),
    addEvent: forward('addEvent'),
    unauditedEvents: forward('unauditedEvents'),
    markAudited: forward('markAudited'),
    latestEvents: forward('latestEvents'),
    health: forward('health'),
    close: () => thread.end(),
    async *pages(wrapsPerPage) {
      const { id: walk, answer } = thread.numbered<undefined>({ method: 'pages', args: [wrapsPerPage] });
      await answer;
      try {
        for (;;) {
          const page = await thread.call<Wrap[] | undefined>({ method: 'nextPage', args: [walk] });
          if (page === undefined) return;
          yield page;
        }
      } finally {
        // Only tidies up; why a walk ended is told already.
        await thread.call({ method: 'endPages', args: [walk] }).catch(() => {});
      }
    },
    async load(pages, events, replacing) {
      const wraps: Wrap[] = [];
      for await (const page of pages) wraps.push(...page);
      return thread.call({ method: 'load', args: [wraps, events, replacing] });
    },
    alone: (name, work) => aloneBeside(file, name, work),
  };
}
