import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { requirePeer } from '@symbolon/testbed';

/** A PostgreSQL 15 of Debian's in a folder, whose tools can write a database down as SQL. */
export function debianPostgres(folder: string) {
  const path = (command: string): string => {
    const found = requirePeer(command, 'postgresql-15');
    if (found.path === undefined) throw new Error(`${command} is missing: install postgresql-15`);
    return found.path;
  };
  mkdirSync(folder, { recursive: true });
  const asRoot = process.getuid?.() === 0;
  if (asRoot) execFileSync('chown', ['postgres', folder]);
  const run = (command: string, args: readonly string[], output: 'ignore' | 'pipe' = 'ignore'): string => {
    const all = [
      ...(asRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []),
      path(command),
    ];
    // "ignore": the server that pg_ctl starts would hold a pipe open.
    const stdio: ('ignore' | 'pipe' | 'inherit')[] = ['ignore', output, 'inherit'];
    return String(execFileSync(all[0]!, [...all.slice(1), ...args], { cwd: '/', stdio, maxBuffer: 2 ** 28 }) ?? '');
  };
  const cluster = join(folder, 'cluster');
  run('initdb', ['-D', cluster, '-A', 'trust', '-U', 'symbolon', '--encoding=UTF8', '--locale=C', '--no-sync']);
  const options = `-c listen_addresses= -c unix_socket_directories=${folder}`;
  run('pg_ctl', ['start', '-w', '-D', cluster, '-l', join(folder, 'log'), '-o', options]);
  return {
    url: `postgresql://symbolon@localhost/postgres?host=${encodeURIComponent(folder)}`,
    /** Statements that any newer PostgreSQL takes. */
    asSql(): string {
      const form = ['--inserts', '--no-owner', '--no-privileges', '--no-comments'];
      const text = run('pg_dump', ['-h', folder, '-U', 'symbolon', ...form, 'postgres'], 'pipe');
      // Words for psql, which other programs do not understand, and remarks.
      return text.replaceAll(/^(\\.*|--.*|)\n/gm, '');
    },
    stop: () => run('pg_ctl', ['stop', '-w', '-D', cluster, '-m', 'fast']),
  };
}
