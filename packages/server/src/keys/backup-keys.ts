import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openSealed, writeSealed } from './backup-stream.ts';
import { opened } from './check-copy.ts';
import { firstLine, keyLine, lastLine, readKeyring, rootLines, tombstoneLine, wrapLine, wrapsIn } from './keys-copy.ts';
import { KeysError } from './keys-error.ts';
import type { Keys } from './open-keys.ts';

export type BackupDone = { readonly madeAt: Date; readonly wraps: number; readonly bytes: number };

const wrapsPerPage = 2000;

/**
 * Writes everything that the keys folder and the key store hold into a new file, sealed under a passphrase, reads it back
 * and opens every key of it; only then is it one. The exchange may run meanwhile: a rotation waits, everything else goes on.
 *
 * @throws KeysError KEYS_EXIST  the file exists; it is never overwritten
 * @throws KeysError KEYS_BUSY   keys are being rotated
 */
export async function backupKeys(keys: Keys, file: string, passphrase: string, now: () => Date): Promise<BackupDone> {
  const done = await keys.store.alone('rotation', () => writeBackup(keys, file, passphrase, now()));
  if (!done) throw new KeysError('KEYS_BUSY', 'keys are being rotated or copied; try again when that is done');
  return done.done;
}

async function writeBackup(keys: Keys, path: string, passphrase: string, madeAt: Date): Promise<BackupDone> {
  const file = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new KeysError('KEYS_EXIST', `${path} exists already and is never overwritten`);
    throw cause;
  });
  try {
    await writeSealed(file, passphrase, linesOf(keys, madeAt));
    const { size: bytes } = await file.stat();
    await file.close();
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
    const wraps = await check(keys, path, passphrase);
    await keys.store.addEvent({ id: randomUUID(), at: madeAt, what: 'backup', accountId: null, detail: { wraps } });
    return { madeAt, wraps, bytes };
  } catch (error) {
    await file.close().catch(() => {});
    await unlink(path).catch(() => {});
    throw error;
  }
}

async function* linesOf({ store, keyring }: Keys, madeAt: Date): AsyncGenerator<string> {
  yield firstLine(madeAt);
  let wraps = 0;
  for await (const page of store.pages(wrapsPerPage)) {
    wraps += page.length;
    yield page.map(wrapLine).join('');
  }
  // After the wraps: what was erased meanwhile is said to be gone.
  let tombstones = 0;
  for (let after = '', page = await store.tombstones('', wrapsPerPage); page.length > 0; ) {
    tombstones += page.length;
    yield page.map(tombstoneLine).join('');
    after = page.at(-1)?.id ?? after;
    page = await store.tombstones(after, wrapsPerPage);
  }
  // After the wraps: an account that was made meanwhile has its key in the service first.
  const keys = keyring.store.all();
  const roots = rootLines(keyring.roots.roots());
  yield [...roots, ...keys.map(keyLine), lastLine({ wraps, tombstones, roots: roots.length, keys: keys.length })].join(
    '',
  );
}

async function check({ service }: Keys, path: string, passphrase: string): Promise<number> {
  const backup = await openSealed(path, passphrase);
  try {
    const { wraps } = await readKeyring(backup.lines());
    for await (const _ of opened(wrapsIn(backup.lines()), service));
    return wraps;
  } finally {
    await backup.close();
  }
}
