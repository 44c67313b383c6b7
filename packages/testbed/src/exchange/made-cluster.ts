import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { testFolders } from '../disks/in-memory.ts';

const run = promisify(execFile);

/** Runs an exchange's first start in an empty folder, to the end. */
export type FirstStart = (folders: { readonly dataDir: string; readonly keysDir: string }) => Promise<void>;

/**
 * Gives a fresh data folder the PostgreSQL and the certificate that the exchange's first start would make there: an exchange
 * made them, once in a run of the tests. It costs a tenth of a second instead of two. Does nothing outside of a run, or on a disk of a test's own.
 */
export async function copyMadeCluster(dataDir: string, firstStart: FirstStart): Promise<void> {
  const made = process.env.SYMBOLON_TEST_CLUSTER;
  if (made === undefined) return;
  const device = async (path: string): Promise<number> => (await stat(path)).dev;
  const usual = await Promise.all([dirname(made), testFolders()].map(device));
  if (!usual.includes(await device(dirname(dataDir)))) return;
  if (!existsSync(made)) await make(made, firstStart);
  const to = await lend(made, dataDir);
  await run('cp', ['-a', join(made, 'cluster'), to]);
  if (!existsSync(join(dataDir, 'tls'))) await run('cp', ['-a', join(made, 'tls'), dataDir]);
  const settings = join(to, 'cluster/postgresql.conf');
  const text = await readFile(settings, 'utf8');
  await writeFile(
    settings,
    text.replace(/^unix_socket_directories = .*$/m, `unix_socket_directories = '${to}/socket'`),
  );
}

/**
 * Gives an empty data folder the programs of PostgreSQL alone, for what makes its cluster itself, such as a restore onto an
 * empty machine. Does nothing where there are none to lend.
 */
export async function lendPrograms(dataDir: string): Promise<void> {
  const made = process.env.SYMBOLON_TEST_CLUSTER;
  if (made !== undefined && existsSync(made)) await lend(made, dataDir);
}

/** The programs are never written, and there are a thousand files of them: a link is enough. */
async function lend(made: string, dataDir: string): Promise<string> {
  const to = join(dataDir, 'postgres');
  for (const folder of [dataDir, to]) if (!existsSync(folder)) await mkdir(folder, { mode: 0o755 });
  for (const name of (await readdir(made)).filter((name) => name.startsWith('binaries-')))
    if (!existsSync(join(to, name))) await symlink(join(made, name), join(to, name));
  return to;
}

/** Two that make it at once each make one, and one of them is kept. */
async function make(made: string, firstStart: FirstStart): Promise<void> {
  const building = await mkdtemp(`${made}-`);
  await chmod(building, 0o711);
  try {
    await firstStart({ dataDir: join(building, 'd'), keysDir: join(building, 'k') });
    await rename(join(building, 'd/tls'), join(building, 'd/postgres/tls'));
    await rename(join(building, 'd/postgres'), made);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
