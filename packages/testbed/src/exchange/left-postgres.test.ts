import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { peerTest } from '../peers/require-peer.ts';
import { stopLeftPostgres } from './left-postgres.ts';

peerTest('a PostgreSQL left behind is stopped', { command: 'initdb', package: 'postgresql-15' }, async (initdb) => {
  const root = mkdtempSync('/tmp/sx-');
  chmodSync(root, 0o711);
  const cluster = join(root, 'd/postgres/cluster');
  mkdirSync(cluster, { recursive: true });
  const asRoot = process.getuid?.() === 0;
  if (asRoot) execFileSync('chown', ['postgres', cluster]);
  const run = (program: string, args: readonly string[]) => {
    const command = [...(asRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []), program];
    execFileSync(command[0]!, [...command.slice(1), ...args], { cwd: '/', stdio: 'ignore' });
  };
  try {
    run(initdb, ['-D', cluster, '-A', 'trust', '--no-sync']);
    const options = `-c listen_addresses= -c unix_socket_directories=${cluster}`;
    run(join(dirname(initdb), 'pg_ctl'), ['start', '-w', '-D', cluster, '-l', join(cluster, 'log'), '-o', options]);
    expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(true);
    await stopLeftPostgres(join(root, 'd'));
    expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(false);
    await stopLeftPostgres(join(root, 'd'));
  } finally {
    await stopLeftPostgres(join(root, 'd'));
    rmSync(root, { recursive: true });
  }
});
