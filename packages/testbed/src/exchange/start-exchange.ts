import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { checkoutRoot } from '../checkout.ts';
import { freshFolder, testFolders } from '../disks/in-memory.ts';
import { stopLeftPostgres } from './left-postgres.ts';
import { copyMadeCluster } from './made-cluster.ts';
import { type NetworkedStores, standsOnFolders, startNetworkedStores } from './networked-stores.ts';
import { freePort, readIfThere, statusOf } from './ready.ts';
import { cleanEnvironment, cliPath, endOf } from './run-cli.ts';

export type ExchangeOptions = {
  /** Another copy of the source, such as an earlier release. */
  readonly checkout?: string;
  /** More settings; those of the same name take the place of ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** What stands behind `symbolon serve`, such as `--log-level`. */
  readonly serveArgs?: readonly string[];
  readonly readyWithinMs?: number;
  /** Where its folders are made: a disk of its own. Short, for the path of a PostgreSQL socket. */
  readonly under?: string;
  /** Its folders lie on a disk, and never in memory: for what a disk that is slow, fails or loses power does to it. */
  readonly onDisk?: boolean;
  /** Makes its PostgreSQL itself, as on anybody's machine, and not from the copy that saves the tests' time. */
  readonly firstStart?: boolean;
  /** Puts something into its folders before the first start. */
  readonly prepare?: (folders: { readonly dataDir: string; readonly keysDir: string }) => Promise<void>;
  /** Folders of one's own in place of fresh ones: `dispose` leaves them there. */
  readonly folders?: { readonly dataDir: string; readonly keysDir: string };
};

const onNetworkedStores = ({ checkout, env = {}, under, prepare }: ExchangeOptions): boolean =>
  !standsOnFolders &&
  checkout === undefined &&
  under === undefined &&
  prepare === undefined &&
  !['DATABASE_URL', 'SYMBOLON_BLOBS', 'SYMBOLON_IDENTITY_BLOBS'].some((name) => name in env);

/** On a data folder without a database yet, in the usual place, with a PostgreSQL of its own in it. */
const isPlain = ({ checkout, env = {}, under, prepare, folders, firstStart }: ExchangeOptions): boolean =>
  [checkout, under, prepare, firstStart, env.DATABASE_URL].every((option) => option === undefined) &&
  !(folders && existsSync(join(folders.dataDir, 'postgres/cluster')));

export type Exchange = {
  readonly url: string;
  readonly dataDir: string;
  readonly keysDir: string;
  /** Of a PostgreSQL of its own; undefined where it runs the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly checkout: string;
  /** The certificate to trust, PEM; read again after `restart`. */
  readonly ca: string;
  readonly process: ChildProcess;
  /** Everything it has printed since the first start. */
  output(): string;
  /** Kills the exchange where it stands; its PostgreSQL is another process and goes on. */
  kill9(): Promise<void>;
  /** Asks it to stop. Returns its exit code, or -1 when a signal ended it. */
  stop(): Promise<number>;
  /** Starts it again on the same folders and port; stops it first when it still runs. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Stops it and the PostgreSQL it may have left, and deletes its folders. */
  dispose(): Promise<void>;
};

/** Starts a real exchange in a process of its own on fresh folders, and waits until it is ready. */
export async function startExchange(options: ExchangeOptions = {}): Promise<Exchange> {
  const { checkout = checkoutRoot, readyWithinMs = 90_000 } = options;
  const root = options.folders ? undefined : await freshRoot(options);
  const folders = options.folders ?? { dataDir: join(root!, 'd'), keysDir: join(root!, 'k') };
  const listen = options.env?.SYMBOLON_LISTEN ?? `127.0.0.1:${await freePort()}`;
  const url = options.env?.SYMBOLON_PUBLIC_URL ?? `https://${listen}`;
  const stores: NetworkedStores | undefined = onNetworkedStores(options) ? await startNetworkedStores() : undefined;
  let output = '';
  let ca = '';
  let child: ChildProcess | undefined;
  const killOnExit = () => child?.kill('SIGKILL');
  process.once('exit', killOnExit);

  const start = async (env: Readonly<Record<string, string>> = {}) => {
    const started = spawn(process.execPath, [cliPath(checkout), 'serve', ...(options.serveArgs ?? [])], {
      cwd: checkout,
      env: cleanEnvironment({
        SYMBOLON_DATA: folders.dataDir,
        SYMBOLON_KEYS: folders.keysDir,
        SYMBOLON_LISTEN: listen,
        SYMBOLON_PUBLIC_URL: url,
        ...stores?.env,
        ...options.env,
        ...env,
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    ca = await untilReady(started);
  };

  const certificatePath = () => options.env?.SYMBOLON_TLS_CERT ?? join(folders.dataDir, 'tls/certificate.pem');

  /** Ready is what /readyz says; a line on the terminal could come from an exchange that fails a moment later. */
  const untilReady = async (started: ChildProcess): Promise<string> => {
    const giveUpAt = performance.now() + readyWithinMs;
    let last: number | Error | undefined;
    while (performance.now() < giveUpAt) {
      if (hasEnded(started)) throw new Error(`the exchange ended with ${started.exitCode}; it said:\n${output}`);
      const certificate = await readIfThere(certificatePath());
      last = certificate ? await statusOf(`https://${listen}/readyz`, certificate) : new Error('no certificate yet');
      if (last === 200) return certificate!;
      await pause(50);
    }
    started.kill('SIGKILL');
    throw new Error(`the exchange was not ready in ${readyWithinMs} ms (${last}); it said:\n${output}`);
  };

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number> => {
    const ending = child;
    if (!ending) return 0;
    if (!hasEnded(ending)) {
      const ended = endOf(ending);
      ending.kill(signal);
      const stuck = setTimeout(() => ending.kill('SIGKILL'), 30_000);
      await ended;
      clearTimeout(stuck);
    }
    return ending.exitCode ?? -1;
  };

  const dispose = async () => {
    await end('SIGTERM');
    await stopLeftPostgres(folders.dataDir);
    await stores?.dispose();
    process.removeListener('exit', killOnExit);
    if (root !== undefined) await rm(root, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    await options.prepare?.(folders);
    if (isPlain(options) && stores === undefined)
      await copyMadeCluster(folders.dataDir, async (folders) => {
        await (await startExchange({ folders, firstStart: true })).stop();
      });
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    ...folders,
    databaseUrl: options.env?.DATABASE_URL ?? stores?.env.DATABASE_URL,
    url,
    checkout,
    get ca() {
      return ca;
    },
    get process() {
      return child!;
    },
    output: () => output,
    kill9: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    restart: async (env) => {
      await end('SIGTERM');
      await start(env);
    },
    dispose,
  };
}

async function freshRoot({ under, onDisk = false }: ExchangeOptions): Promise<string> {
  return freshFolder(under ?? (onDisk ? '/tmp' : testFolders()));
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
