import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../exchange/ready.ts';
import type { Peer } from './require-peer.ts';

/** For `peerTest`: all of OpenStack Swift, from Debian. */
export const swiftPeer: Peer = {
  command: '/usr/bin/python3',
  package: 'swift-proxy swift-account swift-container swift-object memcached',
  probe: [
    '-c',
    'import swift.proxy.server, swift.account.server, swift.container.server, swift.obj.server, os; os.stat("/usr/bin/memcached")',
  ],
};

export type Swift = {
  /** Its S3 side, without TLS, on this machine only. */
  readonly endpoint: string;
  readonly port: number;
  /** What the S3 SDK finds its credentials in. */
  readonly credentials: { readonly AWS_ACCESS_KEY_ID: string; readonly AWS_SECRET_ACCESS_KEY: string };
  makeBucket(name: string): Promise<void>;
  /** An object of no bytes by Swift's own protocol, also where S3 lets nobody write. */
  makeObject(container: string, name: string): Promise<void>;
  /** Kills all of it where it stands. */
  stop(): Promise<void>;
  /** Starts it again on what it holds, and waits until it answers. */
  start(): Promise<void>;
  /** Stops it and deletes its folder. */
  dispose(): Promise<void>;
};

const startMs = 90_000;
const credentials = { AWS_ACCESS_KEY_ID: 'test:tester', AWS_SECRET_ACCESS_KEY: 'testing' };

/** Starts OpenStack Swift in a fresh folder, with s3api and tempauth. Its disk must know extended attributes. */
export async function startSwift(): Promise<Swift> {
  const folder = await mkdtemp(join(tmpdir(), 'swift-'));
  const ports: number[] = [];
  while (ports.length < 5) {
    const port = await freePort();
    if (!ports.includes(port)) ports.push(port);
  }
  const port = ports[0] as number;
  const endpoint = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const program = join(import.meta.dirname, 'serve_swift.py');
    const started = spawn('/usr/bin/python3', ['-B', program, folder, ...ports.map(String)], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child = started;
    let said = '';
    started.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    const giveUpAt = performance.now() + startMs;
    // An object put is an answer of all four servers.
    while (!(await put(endpoint, ['started', 'started/object']))) {
      if (started.exitCode !== null || performance.now() > giveUpAt)
        throw new Error(`Swift did not start; it said:\n${said}${await logOf(folder)}`);
      await pause(50);
    }
  };
  const stop = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child?.once('exit', done));
    // It holds the other end, and ends all of its servers with it.
    child.stdin?.end();
    await ended;
  };
  const dispose = async (): Promise<void> => {
    await stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  await start().catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  return {
    endpoint,
    port,
    credentials,
    async makeBucket(name) {
      if (!(await put(endpoint, [name]))) throw new Error(`Swift made no bucket; it said:\n${await logOf(folder)}`);
    },
    async makeObject(container, name) {
      if (!(await put(endpoint, [`${encodeURIComponent(container)}/${name}`])))
        throw new Error(`Swift made no object; it said:\n${await logOf(folder)}`);
    },
    start,
    stop,
    dispose,
  };
}

/** By Swift's own protocol, under which a bucket is a container; whether all of it was done. */
async function put(endpoint: string, names: readonly string[]): Promise<boolean> {
  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    fetch(`${endpoint}${path}`, { method, headers, signal: AbortSignal.timeout(30_000) });
  try {
    const signedIn = await ask('/auth/v1.0', {
      'x-auth-user': credentials.AWS_ACCESS_KEY_ID,
      'x-auth-key': credentials.AWS_SECRET_ACCESS_KEY,
    });
    const token = signedIn.headers.get('x-auth-token');
    if (token === null) return false;
    for (const name of names)
      if (!(await ask(`/v1/AUTH_test/${name}`, { 'x-auth-token': token }, 'PUT')).ok) return false;
    return true;
  } catch {
    return false;
  }
}

async function logOf(folder: string): Promise<string> {
  const file = join(folder, 'log');
  return existsSync(file) ? readFile(file, 'utf8') : '';
}
