import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@symbolon/testbed';

const program = '/usr/sbin/Orthanc';
/** Debian: `apt install orthanc-dicomweb`. */
const dicomWeb = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

export const orthancIsHere = (): boolean => existsSync(program);
export const dicomWebIsHere = (): boolean => existsSync(dicomWeb);
export const orthancVersion = (): string =>
  /Orthanc (\S+)/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? 'unknown';

/** An Orthanc as Debian ships it: plain HTTP on this machine alone, SQLite, no sign-in, nothing sealed. */
export type Orthanc = {
  /** Where it serves DICOMweb, if its plugin is there. */
  readonly dicomWebUrl: string;
  get(path: string, connection?: number): Promise<Buffer>;
  /** The ids of what was sent. */
  store(file: Uint8Array): Promise<string>;
  /** Ends and starts it on the same data. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
};

export async function startOrthanc(): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'sx-orthanc-'));
  await mkdir(join(folder, 'db'));
  const port = await freePort();
  const settings = {
    Name: 'bench',
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    Plugins: existsSync(dicomWeb) ? [dicomWeb] : [],
    HttpPort: port,
    DicomServerEnabled: false,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    HttpThreadsCount: 50,
  };
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(settings));
  const agents: Agent[] = [];

  const ask = (method: string, path: string, connection = 0, body?: Uint8Array): Promise<Buffer> =>
    new Promise((done, failed) => {
      agents[connection] ??= new Agent({ keepAlive: true, maxSockets: 1 });
      const agent = agents[connection];
      const headers = {
        ...(body && { 'content-length': String(body.length) }),
        accept: body ? '*/*' : 'image/jpeg',
      };
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.once('error', failed);
        answer.once('end', () => {
          if (answer.statusCode === 200) done(Buffer.concat(pieces));
          else failed(new Error(`Orthanc answered ${answer.statusCode}: ${Buffer.concat(pieces).subarray(0, 200)}`));
        });
      });
      asked.setNoDelay(true);
      asked.once('error', failed);
      asked.end(body);
    });

  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn(program, [join(folder, 'orthanc.json')], {
      stdio: 'ignore',
      env: { ...process.env, TCP_NODELAY: '1' },
    });
    for (let tries = 0; tries < 300; tries += 1) {
      if (
        await ask('GET', '/system').then(
          () => true,
          () => false,
        )
      )
        return;
      if (child.exitCode !== null) break;
      await pause(100);
    }
    throw new Error('Orthanc did not start');
  };
  const stop = (): Promise<void> =>
    new Promise((ended) => {
      for (const agent of agents) agent?.destroy();
      agents.length = 0;
      if (child.exitCode !== null) return ended();
      child.once('exit', () => ended());
      child.kill('SIGTERM');
    });
  await start();
  return {
    dicomWebUrl: `http://127.0.0.1:${port}/dicom-web`,
    get: (path, connection) => ask('GET', path, connection),
    store: async (file) => (JSON.parse((await ask('POST', '/instances', 0, file)).toString()) as { ID: string }).ID,
    async restart() {
      await stop();
      await start();
    },
    async dispose() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
