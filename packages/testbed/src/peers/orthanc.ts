import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../exchange/ready.ts';
import type { Peer } from './require-peer.ts';

const program = '/usr/sbin/Orthanc';
const dicomWeb = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

/** For `peerTest`: Orthanc with its DICOMweb plugin, from Debian. */
export const orthancPeer: Peer = {
  command: '/bin/sh',
  package: 'orthanc orthanc-dicomweb',
  probe: ['-c', `test -x ${program} && test -e ${dicomWeb}`],
};

export const orthancVersion = (): string =>
  /Orthanc (\S+)/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? 'unknown';

export type OrthancAnswer = { readonly status: number; readonly body: Buffer };
export type OrthancRequest = {
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** A connection of the caller's own; without one each request has a new one. */
  readonly agent?: Agent;
};

/** An Orthanc as Debian ships it: plain HTTP on this machine alone, SQLite, no sign-in, nothing sealed. */
export type Orthanc = {
  /** Where it serves DICOMweb. */
  readonly dicomWebUrl: string;
  /** One request of its own REST API. */
  ask(method: string, path: string, how?: OrthancRequest): Promise<OrthancAnswer>;
  /** Ends and starts it on the same data. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
};

const startMs = 30_000;

/** Starts Orthanc in a fresh folder; `settings` are those of its configuration, and take the place of ours. */
export async function startOrthanc(settings: Readonly<Record<string, unknown>> = {}): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'sx-orthanc-'));
  await mkdir(join(folder, 'db'));
  const port = await freePort();
  const file = join(folder, 'orthanc.json');
  const all = {
    Name: 'peer',
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    Plugins: [dicomWeb],
    HttpPort: port,
    DicomServerEnabled: false,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    HttpThreadsCount: 50,
    ...settings,
  };
  await writeFile(file, JSON.stringify(all));

  const ask: Orthanc['ask'] = (method, path, { body, headers, agent } = {}) =>
    new Promise((done, failed) => {
      const sent = { ...(body && { 'content-length': String(body.length) }), ...headers };
      const options = { host: '127.0.0.1', port, path, method, headers: sent, agent: agent ?? false };
      const asked = request(options, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.once('error', failed);
        answer.once('end', () => done({ status: answer.statusCode ?? 0, body: Buffer.concat(pieces) }));
      });
      asked.setNoDelay(true);
      asked.once('error', failed);
      asked.end(body);
    });

  let child: ChildProcess | undefined;
  const killOnExit = () => child?.kill('SIGKILL');
  process.once('exit', killOnExit);
  const start = async (): Promise<void> => {
    const started = spawn(program, [file], { stdio: 'ignore', env: { ...process.env, TCP_NODELAY: '1' } });
    child = started;
    const giveUpAt = performance.now() + startMs;
    while (!(await ask('GET', '/system').catch(() => undefined))) {
      if (started.exitCode !== null || performance.now() > giveUpAt) throw new Error('Orthanc did not start');
      await pause(50);
    }
  };
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child?.once('exit', done));
    child.kill(signal);
    await ended;
  };
  const dispose = async (): Promise<void> => {
    process.removeListener('exit', killOnExit);
    // Asked to stop it takes 2.4 seconds.
    await stop('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  await start().catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  return {
    dicomWebUrl: `http://127.0.0.1:${port}/dicom-web`,
    ask,
    async restart() {
      await stop();
      await start();
    },
    dispose,
  };
}
