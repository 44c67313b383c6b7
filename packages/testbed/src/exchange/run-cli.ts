import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from '../checkout.ts';

export type CliOptions = {
  /** Another copy of the source; by default the checkout in which this file stands. */
  readonly checkout?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** After this the run is ended and its code is -1. */
  readonly timeoutMs?: number;
  /** The exchange whose data folder tells the CLI which certificate to trust and what the set-up secret is. */
  readonly exchange?: { readonly dataDir: string; readonly keysDir: string; readonly checkout: string };
};

export type CliResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

export const cliPath = (checkout: string): string => join(checkout, 'packages/cli/bin/symbolon.mjs');

/** The environment of a program under test: ours without settings of an exchange that a developer may have set. */
export function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(SYMBOLON_|AWS_|DATABASE_URL$|VITEST|NODE_OPTIONS$)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

/** Runs the `symbolon` command to its end. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { exchange, timeoutMs = 120_000 } = options;
  const folders: Record<string, string> = exchange
    ? { SYMBOLON_DATA: exchange.dataDir, SYMBOLON_KEYS: exchange.keysDir }
    : {};
  const child = spawn(process.execPath, [cliPath(options.checkout ?? exchange?.checkout ?? checkoutRoot), ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: cleanEnvironment({ ...folders, ...options.env }),
    stdio: 'pipe',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A command that refuses its arguments ends before it reads.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const code = await endOf(child).finally(() => clearTimeout(timer));
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/**
 * The exit code of a child, or -1 when a signal ended it, once its output is here too. That is waited for a second at
 * most: a PostgreSQL that it left behind may hold the pipe open for ever.
 */
export function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => {
      const done = () => resolve(status ?? -1);
      const late = setTimeout(done, 1_000);
      child.once('close', () => {
        clearTimeout(late);
        done();
      });
    });
  });
}
