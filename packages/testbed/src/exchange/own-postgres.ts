import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { testFolders } from '../disks/in-memory.ts';
import type { Peer } from '../peers/require-peer.ts';
import { freePort } from './ready.ts';

/** What a test of a PostgreSQL of one's own needs. The path: another `initdb` may come first in PATH. */
export const postgres15: Peer = { command: '/usr/lib/postgresql/15/bin/initdb', package: 'postgresql-15' };

/** A PostgreSQL as an operator would set it up beside the exchange: another program's, on a port, with a password. */
export type OwnPostgres = {
  /** For `DATABASE_URL` or `SYMBOLON_KEYS`. */
  readonly address: string;
  readonly password: string;
  start(): void;
  /** Stops at once, as when its machine goes down: sessions are not waited for. */
  stop(): void;
  /** Stops it and deletes it. */
  dispose(): Promise<void>;
};

/** Makes an empty cluster in a folder of its own, and starts it. `initdb`: its program, of the version that is wanted; `onDisk`: never in memory. */
export async function startOwnPostgres(initdb: string, { onDisk = false } = {}): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(onDisk ? '/tmp' : testFolders(), 'sp-'));
  await chmod(folder, 0o755);
  const cluster = join(folder, 'cluster');
  const port = await freePort();
  // As root it runs as the user that Debian's package makes for it.
  const asRoot = process.getuid?.() === 0;
  if (asRoot) execFileSync('chown', ['postgres', folder]);
  const asPostgres = asRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  const run = (program: string, args: readonly string[]): void => {
    const [command, ...rest] = [...asPostgres, join(dirname(initdb), program), ...args];
    execFileSync(command as string, rest, { cwd: '/', stdio: 'ignore' });
  };
  const password = 'for this test only';
  let running = false;
  const start = (): void => {
    run('pg_ctl', ['start', '-w', '-D', cluster, '-l', join(folder, 'log')]);
    running = true;
  };
  const stop = (): void => {
    run('pg_ctl', ['stop', '-w', '-D', cluster, '-m', 'immediate']);
    running = false;
  };
  const dispose = async (): Promise<void> => {
    if (running) stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeFile(join(folder, 'password'), password, { mode: 0o644 });
    const options = ['-U', 'symbolon', '-A', 'scram-sha-256', '--pwfile', join(folder, 'password'), '--no-sync'];
    run('initdb', ['-D', cluster, ...options]);
    const settings = `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = '${folder}'\n`;
    await writeFile(join(cluster, 'postgresql.conf'), settings, { flag: 'a' });
    start();
  } catch (error) {
    await dispose();
    throw error;
  }
  const address = `postgresql://symbolon:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  return { address, password, start, stop, dispose };
}
