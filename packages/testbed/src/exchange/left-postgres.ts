import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The first lines of `postmaster.pid` are the process id and the data directory it serves. */
async function postmasterOf(dataDir: string): Promise<number | undefined> {
  const folder = resolve(dataDir, 'postgres/cluster');
  try {
    const [pid, served] = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
    if (resolve(served ?? '') !== folder || !(Number(pid) > 1)) return undefined;
    // A process id is used again; the file may be older than whoever has it now.
    const command = existsSync('/proc/self') ? await readFile(`/proc/${pid}/cmdline`, 'latin1') : 'postgres';
    return /postgres/.test(command) ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** Stops the PostgreSQL of one data folder, if one runs: fast shutdown first, then at once. */
export async function stopLeftPostgres(dataDir: string): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    const pid = await postmasterOf(dataDir);
    if (pid === undefined) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const giveUpAt = performance.now() + patienceMs;
    while (performance.now() < giveUpAt && (await postmasterOf(dataDir)) === pid) await pause(50);
  }
}
