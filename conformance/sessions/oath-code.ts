import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const stepMs = 30_000;

/** The code that an authenticator shows now, or some steps from now: by OATH Toolkit, which has nothing of ours. */
export async function oathCode(secret: string, steps = 0): Promise<string> {
  const then = new Date(Date.now() + steps * stepMs);
  const now = `${then.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return (await run('oathtool', ['--totp=SHA1', '--base32', '--now', now, secret])).stdout.trim();
}

/** Waits until a step has some time left, so that it is the same one when the exchange looks. */
export async function earlyInStep(): Promise<void> {
  while (Date.now() % stepMs > stepMs - 10_000) await new Promise((resolve) => setTimeout(resolve, 250));
}
