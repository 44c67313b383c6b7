import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Peer, peerTest } from '../peers/require-peer.ts';

/** Which system calls of a running program fail, how, and when. `when` counts for each thread by itself: strace(1). */
export type Faults = {
  /** Names of system calls, parted by commas. */
  readonly calls: string;
  readonly error: 'EIO' | 'ENOSPC' | 'EMFILE';
  /** `2+3`: the second, and every third from there on. All, where it is left out. */
  readonly when?: string;
  /** Only calls on these files, named in full. */
  readonly paths?: readonly string[];
};

export type FaultyCalls = {
  /** How many calls have failed by it so far. */
  injected(): Promise<number>;
  /** From here on every call does its work again. */
  end(): Promise<void>;
};

/** Makes system calls of running processes, their threads and their later children fail; returns when it does. */
export async function faultyCalls(pids: readonly number[], faults: Faults): Promise<FaultyCalls> {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-strace-'));
  const trace = join(folder, 'trace');
  const when = faults.when === undefined ? '' : `:when=${faults.when}`;
  const strace = spawn('strace', [
    ...['-f', '-o', trace, '-e', `trace=${faults.calls}`, '-e', `inject=${faults.calls}:error=${faults.error}${when}`],
    ...(faults.paths ?? []).flatMap((path) => ['-P', path]),
    ...pids.flatMap((pid) => ['-p', String(pid)]),
  ]);
  const killOnExit = () => strace.kill('SIGKILL');
  process.once('exit', killOnExit);
  const ended = new Promise<void>((done) => strace.once('exit', () => done()));
  let said = '';
  const attached = new Promise<void>((done, failed) => {
    strace.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if ((said.match(/^strace: Process \d+ attached/gm) ?? []).length >= pids.length) done();
    });
    strace.once('error', failed);
    strace.once('exit', () => failed(new Error(`strace ended; it said: ${said}`)));
  });
  const close = async (): Promise<void> => {
    // It lets go of whom it watches before it ends.
    strace.kill('SIGTERM');
    await ended;
    process.removeListener('exit', killOnExit);
    await rm(folder, { recursive: true, force: true });
  };
  await attached.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    async injected() {
      const lines = await readFile(trace, 'utf8').catch(() => '');
      return lines.match(/\(INJECTED\)/g)?.length ?? 0;
    },
    end: close,
  };
}

/** Whether strace may watch what it did not start itself: as root, or where the kernel is not strict about it. */
function mayAttach(): boolean {
  if (process.getuid?.() === 0) return true;
  try {
    return readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8').trim() === '0';
  } catch {
    return true;
  }
}

/** A test in which the system calls of a running program fail. Skipped, and on CI failing, where strace may not attach. */
export function faultyCallsTest(name: string, body: () => Promise<void>, timeoutMs?: number): void {
  const probe = mayAttach() ? ['-o', '/dev/null', 'true'] : ['-o', '/dev/null', 'false'];
  const strace: Peer = { command: 'strace', package: 'strace', probe };
  peerTest(name, strace, body, timeoutMs);
}
