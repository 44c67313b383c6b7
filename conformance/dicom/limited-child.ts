import { spawn } from 'node:child_process';

export type Ended = {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
};

/** Some files crash toolkits, or send them off for ever: each runs in a child with 2 GiB, 60 s of CPU and 120 s. */
export function runLimited(command: string, args: readonly string[], input = ''): Promise<Ended> {
  const limits = 'ulimit -v 2097152; ulimit -t 60; ulimit -c 0; exec "$0" "$@"';
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', limits, command, ...args], { timeout: 120_000, killSignal: 'SIGKILL' });
    const pieces: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    child.stdout.on('data', (piece: Buffer) => pieces.stdout.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.stderr.push(piece));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      const [stdout, stderr] = [pieces.stdout, pieces.stderr].map((each) => Buffer.concat(each).toString('utf8'));
      resolve({ stdout: stdout!, stderr: stderr!, status, signal });
    });
    // A child that dies early closes its end: its status tells that, the broken pipe adds nothing.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
