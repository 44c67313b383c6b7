import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 100;
/** No build takes as long; whoever holds the turn longer has died, perhaps on another machine. */
const longestMs = 120_000;

/**
 * Takes the turn to build, or waits while another process has it. It only spares doubled work: a build becomes visible by
 * one rename, so that two at once do no harm.
 */
export async function takeTurn(file: string): Promise<{ readonly waited: boolean; release(): Promise<void> }> {
  for (let waited = false; ; waited = true) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return { waited, release: () => rm(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await isAbandoned(file)) await rm(file, { force: true });
    else await sleep(lookEveryMs);
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = [Number(await readFile(file, 'utf8')), await stat(file)];
    const ageMs = Date.now() - mtimeMs;
    // Made a moment ago and not yet written.
    if (!Number.isSafeInteger(holder) || holder <= 0) return ageMs > 1000;
    return ageMs > longestMs || !isAlive(holder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
