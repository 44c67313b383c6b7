import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgres } from './embedded-postgres.ts';

const run = promisify(execFile);

/**
 * A PostgreSQL on a cluster of its own, not yet started. The first in a run of the tests makes programs and cluster, and does
 * with it once whatever `work` does, under that name; the others copy what it left. That costs a tenth of what making one does.
 */
export async function postgresMadeOnce(
  folder: string,
  name = 'empty',
  work: (postgres: EmbeddedPostgres) => Promise<void> = async () => {},
): Promise<EmbeddedPostgres> {
  const shared = process.env.SYMBOLON_TEST_CLUSTER;
  if (shared !== undefined) await copy(await made(join(dirname(shared), name), work), folder);
  const postgres = await EmbeddedPostgres.prepare(folder, () => {});
  if (shared === undefined) await worked(postgres, work);
  return postgres;
}

async function worked(postgres: EmbeddedPostgres, work: (postgres: EmbeddedPostgres) => Promise<void>): Promise<void> {
  await postgres.start();
  await work(postgres);
  await postgres.stop();
}

/** Two that make it at once each make one, and one of them is kept. */
async function made(place: string, work: (postgres: EmbeddedPostgres) => Promise<void>): Promise<string> {
  if ((await readdir(place).catch(() => [])).length > 0) return place;
  const building = await mkdtemp(`${place}-`);
  await chmod(building, 0o755);
  const postgres = await EmbeddedPostgres.prepare(building, () => {});
  await worked(postgres, work);
  await rename(building, place).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY') throw error;
    await rm(building, { recursive: true, force: true });
  });
  return place;
}

/** The programs are never written, and there are a thousand files of them: a link is enough. */
async function copy(place: string, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o755 });
  for (const programs of (await readdir(place)).filter((one) => one.startsWith('binaries-')))
    await symlink(join(place, programs), join(folder, programs));
  await run('cp', ['-a', join(place, 'cluster'), folder]);
  const settings = join(folder, 'cluster/postgresql.conf');
  const text = await readFile(settings, 'utf8');
  const socket = `unix_socket_directories = '${join(folder, 'socket')}'`;
  await writeFile(settings, text.replace(/^unix_socket_directories = .*$/m, socket));
}
