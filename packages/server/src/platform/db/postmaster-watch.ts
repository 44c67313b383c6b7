import { readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import pg from 'pg';

type ProcessState = { readonly name: string; readonly state: string };

/** Of the kernel's own table; undefined where there is no such process. Source: proc(5), `/proc/[pid]/stat`. */
async function processState(pid: number): Promise<ProcessState | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
  return name === undefined || state === undefined ? undefined : { name, state };
}

/**
 * Whether a process is the PostgreSQL that runs on this cluster. One that was killed stays in the kernel's table until its
 * parent asks for it, and where that is the first process of a container, nobody may ever ask; and its number may be another's
 * by now.
 */
export async function runsPostgres(pid: number, cluster: string): Promise<boolean> {
  const found = await processState(pid);
  if (found?.name !== 'postgres' || found.state === 'Z' || found.state === 'X') return false;
  // It works in its cluster's folder. Whose folder we may not look up is not ours.
  const [folder, own] = await Promise.all([readlink(`/proc/${pid}/cwd`).catch(() => ''), realpath(cluster)]);
  return folder === own;
}

/** Larger than any process id: proc(5), `/proc/sys/kernel/pid_max`. */
const nobody = 4_194_305;

/**
 * PostgreSQL refuses to start where the process that a file of its names exists, be it dead and not yet asked for, or another
 * one. Here the file names nobody instead. The rest of it stays: by that PostgreSQL tells whether processes of the one that
 * was killed still use the cluster, and then waits for them.
 */
export async function forgetPostmaster(pidFile: string, pid: number): Promise<void> {
  if (pid === 0 || (await processState(pid)) === undefined) return;
  const [first, ...rest] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  if (Number(first) === pid) await writeFile(pidFile, [nobody, ...rest].join('\n'));
}

/** cannot_connect_now: it is starting, stopping, or reading its log after a crash. */
const notNow = '57P03';
const patienceMs = 5_000;

export type Answer = 'takes us in' | 'not now' | 'none';

export async function answerOf(connection: pg.ClientConfig): Promise<Answer> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: patienceMs });
  client.on('error', () => {});
  try {
    await client.connect();
    return 'takes us in';
  } catch (error) {
    return (error as { code?: unknown }).code === notNow ? 'not now' : 'none';
  } finally {
    await client.end().catch(() => {});
  }
}

/** The process that reads the log after a crash, among those that this PostgreSQL started. */
async function isReadingItsLog(postmaster: number): Promise<boolean> {
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'latin1').catch(() => '');
  for (const pid of children.trim().split(/\s+/)) {
    const title = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    if (title.startsWith('postgres: startup')) return true;
  }
  return false;
}

/**
 * Whether a PostgreSQL takes nobody in and does nothing about it. Where the reading of its log fails after a crash, as on a
 * disk with errors, PostgreSQL 18 may wait for ever for processes that it never told to end. While it starts, and while it
 * reads its log, however long that takes, the process that does so is there.
 */
export async function isStuck(postmaster: number, connection: pg.ClientConfig): Promise<boolean> {
  return (await answerOf(connection)) === 'not now' && !(await isReadingItsLog(postmaster));
}
