import type { SweepAnswer } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { Audit, Itself } from '../audit/index.ts';
import { BlobError, type ListedBlobStore } from '../platform/blobs/blob-store.ts';
import { aloneWith } from '../platform/db/alone.ts';
import type { Database } from '../platform/db/database.ts';
import { StorageError } from './errors.ts';
import { namesWithoutPack, oldestOpenTransactionSeconds, ownersWithoutRow } from './sweep.store.ts';

export type SweepDeps = {
  readonly database: Database;
  readonly stores: Readonly<Record<StoreName, ListedBlobStore>>;
  readonly audit: Audit;
  /** The owners of all keys, page by page. */
  readonly keyOwners: () => AsyncIterable<readonly KeyOwner[]>;
  readonly now: () => Date;
};

/** A patient's or a study's key, and when it was made. */
export type KeyOwner = { readonly kind: 'patient' | 'study'; readonly id: string; readonly madeAt: Date };

/** `after`: where the stretch before ended; `null`: from the beginning. */
export type SweepAsk = {
  readonly dryRun: boolean;
  readonly many: boolean;
  readonly after: string | null;
};

const storeNames = ['identity', 'images'] as const;
type StoreName = (typeof storeNames)[number];

/**
 * An object that no pack names is let be for so long after its last byte: it may wait for its commit. Between an object's
 * last byte and the beginning of the transaction that names it lie seconds; `commitSlackMs` allows for half a day, and no
 * transaction that began before that may be open. Milliseconds.
 */
export const safeAgeMs = 24 * 3_600_000;
const commitSlackMs = 12 * 3_600_000;

/** One stretch looks at so many names: some seconds. */
const stretchNames = 100_000;
/** And removes so many objects, whose names it holds in memory. */
const mostOrphans = 5_000;
const atOnce = 8;

/**
 * A crash leaves a handful. Are there more than these, and more than a tenth of all, the database is rather another one, or
 * an older one, than the store is full of leftovers: what it does not know then may be acknowledged, and is not touched.
 */
const fewOrphans = 50;
const manyShare = 0.1;

type Orphan = { readonly store: StoreName; readonly name: string; readonly bytes: number };

/**
 * Removes what a crash left: objects that no pack names, and what unfinished writes left. One stretch of it, in bounded
 * memory and time; `next` is where the next goes on.
 *
 * Law   nothing that a row names, or that a transaction under way may come to name, is removed. Objects are removed after
 *       they are recorded; a crash between leaves them to the next sweep.
 *
 * That holds since (1) first the open transactions are looked at, and (2) then the rows: whoever could name an object that
 * is older than `safeAgeMs` began within `commitSlackMs` of its last byte, has ended by (1), and is seen at (2) or never.
 *
 * @throws StorageError SWEEP_RUNNING      another sweep runs, here or on another node
 * @throws StorageError SWEEP_COMMIT_OPEN  a transaction has been open for too long to tell
 * @throws StorageError SWEEP_TOO_MANY     too much of the store has no row: is this the right database?
 */
export async function sweep(deps: SweepDeps, actor: SignedIn | Itself, ask: SweepAsk): Promise<SweepAnswer> {
  const swept = await aloneWith(deps.database, 'sweep', () => sweepStretch(deps, actor, ask));
  if (swept === undefined) throw new StorageError('SWEEP_RUNNING', 'A sweep runs already. Wait until it is done.');
  return swept.done;
}

async function sweepStretch(deps: SweepDeps, actor: SignedIn | Itself, ask: SweepAsk): Promise<SweepAnswer> {
  const before = new Date(deps.now().getTime() - safeAgeMs);
  const openSeconds = await oldestOpenTransactionSeconds(deps.database);
  if (openSeconds !== undefined && openSeconds * 1000 >= safeAgeMs - commitSlackMs) {
    const hours = Math.floor(openSeconds / 3600);
    throw new StorageError(
      'SWEEP_COMMIT_OPEN',
      `A transaction has been open for ${hours} hours. What it may name cannot be told.`,
    );
  }
  const { looked, orphans, young, next } = await lookForOrphans(deps, before, ask.after);
  if (!ask.many && !ask.dryRun && orphans.length > fewOrphans && orphans.length > looked * manyShare) {
    throw new StorageError(
      'SWEEP_TOO_MANY',
      `${orphans.length} of ${looked} objects are in no pack. Is this the database that belongs to these stores, and is it of today? Nothing was removed.`,
    );
  }
  const unfinished = ask.after === null ? await countUnfinished(deps, before) : { count: 0, bytes: 0 };
  const found: SweepAnswer = {
    dryRun: ask.dryRun,
    looked,
    orphans: { count: orphans.length, bytes: orphans.reduce((sum, { bytes }) => sum + bytes, 0) },
    unfinished,
    young,
    keys: next === null ? await countKeysWithoutRow(deps, before) : null,
    next,
  };
  await deps.audit.record(deps.database, [
    {
      actor,
      action: 'storage.sweep',
      kind: ask.dryRun ? 'read' : 'delete',
      outcome: 'success',
      detail: { ...found, objects: orphans.map(({ name }) => name) },
    },
  ]);
  if (!ask.dryRun) {
    await removeAll(deps, orphans);
    if (ask.after === null) for (const store of storeNames) await deps.stores[store].unfinished(before, 'remove');
  }
  return found;
}

async function lookForOrphans(deps: SweepDeps, before: Date, from: string | null) {
  const [fromStore = storeNames[0], fromName] = (from?.split(' ') ?? []) as [StoreName?, string?];
  const orphans: Orphan[] = [];
  let [looked, young] = [0, 0];
  for (const store of storeNames.slice(storeNames.indexOf(fromStore))) {
    for await (const page of deps.stores[store].list(store === fromStore ? fromName : undefined)) {
      looked += page.length;
      for (const name of await namesWithoutPack(deps.database, page)) {
        const bytes = await bytesIfOld(deps.stores[store], name, before);
        if (bytes === 'young') young += 1;
        else if (bytes !== 'gone') orphans.push({ store, name, bytes });
      }
      if (looked >= stretchNames || orphans.length >= mostOrphans)
        return { looked, orphans, young, next: `${store} ${page.at(-1)}` };
    }
  }
  return { looked, orphans, young, next: null };
}

async function bytesIfOld(store: ListedBlobStore, name: string, before: Date): Promise<number | 'young' | 'gone'> {
  try {
    const { bytes, writtenAt } = await store.facts(name);
    return writtenAt < before ? bytes : 'young';
  } catch (error) {
    // A commit that was rolled back took it away meanwhile.
    if (error instanceof BlobError && error.code === 'BLOB_MISSING') return 'gone';
    throw error;
  }
}

async function countUnfinished(deps: SweepDeps, before: Date): Promise<{ count: number; bytes: number }> {
  const all = await Promise.all(storeNames.map((store) => deps.stores[store].unfinished(before, 'count')));
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/**
 * What a crash between the keys and the commit left. They open nothing, and are left alone: a key that is gone is gone for
 * good, and a database that is restored may yet name its owner.
 */
async function countKeysWithoutRow(deps: SweepDeps, before: Date): Promise<SweepAnswer['keys']> {
  const without = { patient: new Set<string>(), study: new Set<string>() };
  for await (const page of deps.keyOwners()) {
    for (const kind of ['patient', 'study'] as const) {
      const ids = page.filter((owner) => owner.kind === kind && owner.madeAt < before).map(({ id }) => id);
      for (const id of await ownersWithoutRow(deps.database, kind, [...new Set(ids)])) without[kind].add(id);
    }
  }
  return { patients: without.patient.size, studies: without.study.size };
}

async function removeAll(deps: SweepDeps, orphans: readonly Orphan[]): Promise<void> {
  for (let at = 0; at < orphans.length; at += atOnce) {
    await Promise.all(orphans.slice(at, at + atOnce).map(({ store, name }) => deps.stores[store].remove(name)));
  }
}

/** Two stretches, one after the other, as one. */
export function joined(a: SweepAnswer, b: SweepAnswer): SweepAnswer {
  const add = (x: SweepAnswer['orphans'], y: SweepAnswer['orphans']) => ({
    count: x.count + y.count,
    bytes: x.bytes + y.bytes,
  });
  return {
    dryRun: a.dryRun,
    looked: a.looked + b.looked,
    orphans: add(a.orphans, b.orphans),
    unfinished: add(a.unfinished, b.unfinished),
    young: a.young + b.young,
    keys: b.keys,
    next: b.next,
  };
}
