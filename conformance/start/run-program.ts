import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@symbolon/testbed';
import { expect } from 'vitest';

export type Program = {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** The exit code, or -1 when a signal ended it. */
  readonly ended: Promise<number>;
  /** Resolves when the text has been printed; throws when the program ends first. */
  readonly said: (text: string | RegExp) => Promise<void>;
};

export type ProgramOptions = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** In a process group of its own, as a terminal starts a command line. */
  readonly group?: boolean;
};

/** Starts a command as a person or a supervisor would, without any setting of the exchange that we may have ourselves. */
export function runProgram(command: string, args: readonly string[], options: ProgramOptions): Program {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(SYMBOLON_|DATABASE_URL$|VITEST|NODE_OPTIONS$|npm_)/.test(name),
  );
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...Object.fromEntries(own), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.group ?? false,
    ...options.user,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  let code: number | undefined;
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => {
      code = status ?? -1;
      // Its last words may still be in the pipe.
      setTimeout(() => resolve(code as number), 100);
    });
  });
  const said = async (text: string | RegExp) => {
    const giveUpAt = performance.now() + 60_000;
    while (typeof text === 'string' ? !output.includes(text) : !text.test(output)) {
      if (code !== undefined) throw new Error(`it ended with ${code}; it said:\n${output}`);
      if (performance.now() > giveUpAt) throw new Error(`it did not say ${text}; it said:\n${output}`);
      await pause(25);
    }
  };
  return { process: child, output: () => output, ended, said };
}

/** Processes that work in a folder or were started from it: a PostgreSQL and all of its children. */
export function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(
      (pid) => pid > 1 && pid !== process.pid && (at(pid).startsWith(`${folder}/`) || command(pid).includes(folder)),
    );
}

/** That nobody is left there. PostgreSQL's last process says that it has ended a moment before it has. */
export async function expectNobodyIn(folder: string): Promise<void> {
  await expect.poll(() => processesIn(folder)).toEqual([]);
}

function at(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function command(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

export type Place = {
  readonly root: string;
  readonly dataDir: string;
  readonly keysDir: string;
  readonly listen: string;
  readonly env: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
};

/** Fresh folders and a free port; `remove` ends whatever still runs in them. */
export async function freshPlace(): Promise<Place> {
  const root = await mkdtemp('/tmp/sx-');
  // As root, PostgreSQL runs as another user, who must get through.
  await chmod(root, 0o711);
  const dataDir = join(root, 'd');
  const keysDir = join(root, 'k');
  const listen = `127.0.0.1:${await freePort()}`;
  const remove = async () => {
    for (const pid of processesIn(root)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {}
    }
    await rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  return {
    root,
    dataDir,
    keysDir,
    listen,
    env: { SYMBOLON_DATA: dataDir, SYMBOLON_KEYS: keysDir, SYMBOLON_LISTEN: listen },
    remove,
  };
}
