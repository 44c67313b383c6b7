import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';

/** Below those that the system gives out by itself, to whoever connects or asks for any (Linux: from 32768 on). */
const ports = { from: 11_000, to: 32_000 };
/** So many workers of the tests, each with ports of its own. */
const workers = 4;
const given = new Set<number>();

/** A port on which nobody listens, and which nobody but us takes: it stays free until it is used, and after a restart is there again. */
export async function freePort(): Promise<number> {
  const each = (ports.to - ports.from) / workers;
  const first = ports.from + (Number(process.env.VITEST_POOL_ID ?? 0) % workers) * each;
  for (;;) {
    const port = first + randomInt(each);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The status of one GET that trusts exactly this certificate, or why there was none. */
export function statusOf(url: string, ca: string): Promise<number | Error> {
  return new Promise((resolve) => {
    const asked = request(url, { ca, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once('timeout', () => asked.destroy(new Error('no answer in 5 s')));
    asked.once('error', resolve);
    asked.end();
  });
}

export async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
