import { createHash } from 'node:crypto';
import { chown, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './postgres-binaries.ts';
import type { SystemUser } from './system-user.ts';

/** A Unix socket's path has at most 107 bytes (`sun_path`), of which PostgreSQL's file name takes 19 with its lock. */
const longestFolderBytes = 107 - '/.s.PGSQL.5432.lock'.length;

/**
 * The folder of PostgreSQL's socket: beside its data, or under /tmp where that path is too long. Only its owner (and
 * root) may enter; one that somebody else put there first is refused.
 */
export async function socketFolder(postgresFolder: string, owner: SystemUser): Promise<string> {
  const beside = join(postgresFolder, 'socket');
  const name = createHash('sha256').update(postgresFolder).digest('hex').slice(0, 16);
  const folder = Buffer.byteLength(beside) <= longestFolderBytes ? beside : `/tmp/symbolon-${owner.uid}-${name}`;
  await mkdir(folder, { mode: 0o700 }).then(
    () => chown(folder, owner.uid, owner.gid),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== owner.uid || (found.mode & 0o077) !== 0) {
    throw new EmbeddedPostgresError(
      `${folder} is not a folder that only the database's user can enter. Remove it and start again.`,
    );
  }
  return folder;
}
