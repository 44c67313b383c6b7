import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { forgetPostmaster, runsPostgres } from './postmaster-watch.ts';

const cluster = mkdtempSync(join(tmpdir(), 'symbolon-postmaster-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(cluster, { recursive: true });
});
// The kernel knows it by the name of its file.
const program = join(cluster, 'postgres');
copyFileSync('/bin/sleep', program);

/** Runs a shell that becomes a process which never asks for its children; returns the number of its child. */
async function childOfNobody(command: string, cwd = cluster): Promise<number> {
  const parent = spawn('sh', ['-c', `${command} & echo $!; exec sleep 60`], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(parent);
  for await (const chunk of parent.stdout) return Number(String(chunk).trim());
  throw new Error('it said nothing');
}

/** A process is another program for a moment, before it is its own. */
async function becomes(pid: number, state: string): Promise<void> {
  while (!readFileSync(`/proc/${pid}/stat`, 'latin1').includes(`(postgres) ${state}`)) await pause(10);
}

test('a PostgreSQL runs on a cluster when it is one, works there, and is not dead already', async () => {
  const pid = await childOfNobody(`exec ${program} 60`);
  await becomes(pid, 'S');
  expect(await runsPostgres(pid, cluster)).toBe(true);
  expect(await runsPostgres(pid, tmpdir())).toBe(false);
  process.kill(pid, 'SIGKILL');
  await becomes(pid, 'Z');
  // There is one, says the kernel.
  expect(process.kill(pid, 0)).toBe(true);
  expect(await runsPostgres(pid, cluster)).toBe(false);
  expect(await runsPostgres(process.pid, process.cwd())).toBe(false);
});

test('a file that names a process which is not PostgreSQL names nobody then, and keeps all else', async () => {
  const pidFile = join(cluster, 'postmaster.pid');
  const rest = `\n${cluster}\n1795350000\n5432\n/socket\n\n  1048577         3\nready   \n`;
  writeFileSync(pidFile, `${process.pid}${rest}`);
  await forgetPostmaster(pidFile, process.pid);
  const forgotten = readFileSync(pidFile, 'utf8');
  expect(forgotten).toMatch(/^\d{7}\n/);
  expect(() => process.kill(Number.parseInt(forgotten, 10), 0)).toThrow(/ESRCH/);
  expect(forgotten.slice(7)).toBe(rest);
  // Who is gone is no hindrance to PostgreSQL.
  await forgetPostmaster(pidFile, Number.parseInt(forgotten, 10));
  expect(readFileSync(pidFile, 'utf8')).toBe(forgotten);
});
