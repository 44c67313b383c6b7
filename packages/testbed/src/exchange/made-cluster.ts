import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgres } from '../../../server/src/platform/db/embedded-postgres.ts';

const run = promisify(execFile);

/** Where the first exchange of a test run that wants it puts what the others copy; undefined outside of one. */
const template = (): string | undefined => process.env.SYMBOLON_TEST_CLUSTER;

/**
 * Gives a fresh data folder the PostgreSQL that the exchange's first start would make there: the same code made it, once
 * in a run of the tests. It costs a tenth of a second instead of two. Does nothing outside of a run.
 */
export async function copyMadeCluster(dataDir: string): Promise<void> {
  const made = template();
  if (made === undefined) return;
  if (!existsSync(made)) await make(made);
  await mkdir(dataDir, { mode: 0o755 });
  const to = join(dataDir, 'postgres');
  await mkdir(to, { mode: 0o755 });
  // The programs are never written: they may be the same files.
  const binaries = (await readdir(join(made, 'postgres'))).filter((name) => name.startsWith('binaries-'));
  for (const name of binaries) await run('cp', ['-al', join(made, 'postgres', name), to]);
  await run('cp', ['-a', join(made, 'postgres/cluster'), to]);
  const settings = join(to, 'cluster/postgresql.conf');
  const text = await readFile(settings, 'utf8');
  await writeFile(settings, text.replaceAll(`'${join(made, 'postgres')}.made/`, `'${to}/`));
}

/** Two that make it at once each make one, and one of them is kept. */
async function make(made: string): Promise<void> {
  const building = await mkdtemp(`${made}-`);
  await chmod(building, 0o711);
  await EmbeddedPostgres.prepare(join(building, 'postgres'), () => {});
  const settings = join(building, 'postgres/cluster/postgresql.conf');
  const text = await readFile(settings, 'utf8');
  await writeFile(settings, text.replaceAll(`'${join(building, 'postgres')}/`, `'${join(made, 'postgres')}.made/`));
  await rename(building, made).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await rm(building, { recursive: true, force: true });
  });
}
