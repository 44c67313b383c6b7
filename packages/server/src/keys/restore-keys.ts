import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderLock } from '../platform/folder-lock.ts';
import { openSealed } from './backup-stream.ts';
import { opened } from './check-copy.ts';
import type { KeyEvent, KeyStore, Tombstone, Wrap } from './key-store.ts';
import { readKeyring, tombstonesIn, wrapsIn } from './keys-copy.ts';
import { KeysError } from './keys-error.ts';
import { localKeyring } from './local-keyring.ts';
import type { KeysPlace } from './open-keys.ts';
import { PostgresKeyStore } from './postgres-key-store.store.ts';
import { keyStoreFile, sqliteKeyStore } from './sqlite-key-store.store.ts';
import { keysOf } from './tombstones.ts';

const files = ['key-store.sqlite', 'keyring.sqlite', 'roots.json'] as const;
/** Where what is restored is put together, and where it lies once it is whole. */
const [building, whole] = ['restoring', 'restored'];

export type RestoreDone = { readonly madeAt: Date; readonly wraps: number; readonly replaced: string | undefined };

/** Taken by an exchange while it runs, so that nobody changes its keys under it. Undefined where another has it. */
export function takeKeysFolder(folder: string): FolderLock | undefined {
  const at = join(folder, 'locks', 'in-use');
  mkdirSync(at, { recursive: true, mode: 0o700 });
  const lock = FolderLock.take(at);
  return 'heldBy' in lock ? undefined : lock;
}

/**
 * Puts the keys of a backup in place. They are made beside the old ones and every key is opened; then one rename decides,
 * and what a crash interrupts after it, the next to open the keys finishes. Keys that were there are moved into a folder of
 * their own and never deleted; in a PostgreSQL they are replaced in one transaction.
 *
 * @throws KeysError KEYS_EXIST  there are keys, and they were not to be replaced
 * @throws KeysError KEYS_BUSY   an exchange runs with them
 */
export async function restoreKeys(
  place: KeysPlace,
  file: string,
  passphrase: string,
  options: { readonly replacing: boolean; readonly now: () => Date },
): Promise<RestoreDone> {
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  await finishRestore(place.folder);
  const lock = takeKeysFolder(place.folder);
  if (!lock) throw new KeysError('KEYS_BUSY', `an exchange runs with the keys in ${place.folder}; stop it first`);
  try {
    if (files.some((name) => existsSync(join(place.folder, name))) && !options.replacing)
      throw new KeysError('KEYS_EXIST', `there are keys in ${place.folder} already`);
    const backup = await openSealed(file, passphrase);
    try {
      const copy = await readKeyring(backup.lines());
      const events = eventsOf(copy.madeAt, copy.wraps, options.now());
      const contents = { wraps: () => wrapsIn(backup.lines()), tombstones: () => tombstonesIn(backup.lines()) };
      await build(place, copy, contents, events, options);
      await rename(join(place.folder, building), join(place.folder, whole));
      await syncFolder(place.folder);
      const replaced = await finishRestore(place.folder, options.now());
      return { madeAt: copy.madeAt, wraps: copy.wraps, replaced };
    } finally {
      await backup.close();
    }
  } finally {
    lock.release();
  }
}

function eventsOf(madeAt: Date, wraps: number, now: Date): KeyEvent[] {
  const event = { accountId: null, detail: { wraps } };
  return [
    { ...event, id: randomUUID(), at: madeAt, what: 'backup' },
    { ...event, id: randomUUID(), at: now, what: 'restore' },
  ];
}

type Contents = {
  readonly wraps: () => AsyncIterable<readonly Wrap[]>;
  readonly tombstones: () => AsyncIterable<readonly Tombstone[]>;
};

async function build(
  place: KeysPlace,
  { roots, keys }: Awaited<ReturnType<typeof readKeyring>>,
  { wraps, tombstones }: Contents,
  events: readonly KeyEvent[],
  { replacing, now }: { readonly replacing: boolean; readonly now: () => Date },
): Promise<void> {
  const folder = join(place.folder, building);
  await rm(folder, { recursive: true, force: true });
  const keyring = await localKeyring(folder, now);
  let store: KeyStore | undefined;
  try {
    for (const row of keys) keyring.store.add(row);
    await keyring.roots.write(roots);
    await keyring.service.health();
    if (place.postgres === undefined) {
      const sqlite = keyStoreFile(join(folder, 'key-store.sqlite'));
      sqlite.make();
      store = sqliteKeyStore(sqlite);
      await store.load(opened(wraps(), keyring.service), events, false);
    } else {
      for await (const _ of opened(wraps(), keyring.service));
      store = await PostgresKeyStore.open(place.postgres);
      await store.load(wraps(), events, replacing);
    }
    // What was erased while the copy was made goes with its keys.
    for await (const some of tombstones()) await store.remove(some.flatMap(keysOf), some);
  } catch (error) {
    await store?.close();
    keyring.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  await store.close();
  keyring.close();
  await rm(join(folder, 'locks'), { recursive: true, force: true });
  await syncFolder(folder);
}

/** Moves what a restore made into its place; returns the folder of what was there. Does nothing where none was under way. */
export async function finishRestore(folder: string, now = new Date()): Promise<string | undefined> {
  const from = join(folder, whole);
  if (!existsSync(from)) return undefined;
  const aside = join(folder, `replaced-${now.toISOString().replaceAll(':', '-')}`);
  let replaced: string | undefined;
  for (const name of files) {
    if (!existsSync(join(from, name))) continue;
    // An old journal beside a new database would be rolled back into it: it goes with the database it belongs to.
    for (const old of [name, `${name}-journal`]) {
      if (!existsSync(join(folder, old))) continue;
      await mkdir(aside, { recursive: true, mode: 0o700 });
      await rename(join(folder, old), join(aside, old));
      replaced = aside;
    }
    await rename(join(from, name), join(folder, name));
  }
  // In a PostgreSQL is the key store: one that lies here is of another time.
  await syncFolder(folder);
  if (readdirSync(from).every((name) => name.endsWith('-journal'))) await rm(from, { recursive: true });
  return replaced;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
