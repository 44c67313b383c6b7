import { spawn } from 'node:child_process';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolderDurably, renameFolderDurably } from '../durable-file.ts';
import { EmbeddedPostgresError, preparePostgresBinaries } from './postgres-binaries.ts';
import { answerOf, forgetPostmaster, isStuck, runsPostgres } from './postmaster-watch.ts';
import { socketFolder } from './socket-folder.ts';
import { postgresUser, type SystemUser } from './system-user.ts';

/** Only a socket that its owner alone can enter; nothing of a statement or its values ever reaches PostgreSQL's log. */
const configuration = (socket: string): string => `
# Symbolon's own settings, written at the first start.
listen_addresses = ''
unix_socket_directories = '${socket.replaceAll("'", "''")}'
unix_socket_permissions = 0700
max_connections = 40
shared_buffers = 96MB
max_wal_size = 512MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_error_statement = panic
log_min_messages = warning
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
`;

/** PostgreSQL itself takes up to five seconds to end what a crash left, before it begins anew. */
const stuckSeconds = 9;
const startWithinMs = 120_000;

type Run = { readonly code: number | null; readonly output: string };

/**
 * A real PostgreSQL of the exchange's own, in one folder, reached by a Unix socket only.
 *
 * `start` adopts one that a killed exchange left running; `supervise` starts it again when it dies.
 */
export class EmbeddedPostgres {
  readonly #folder: string;
  readonly #owner: SystemUser;
  readonly #binaries: string;
  readonly #socket: string;
  #watching: AbortController | undefined;

  private constructor(folder: string, owner: SystemUser, binaries: string, socket: string) {
    this.#folder = folder;
    this.#owner = owner;
    this.#binaries = binaries;
    this.#socket = socket;
  }

  /** Makes folder, user, binaries and cluster where they are missing; `say` hears what is being done. */
  static async prepare(postgresFolder: string, say: (what: string) => void): Promise<EmbeddedPostgres> {
    await makeFolderDurably(postgresFolder, 0o755);
    const uid = process.getuid?.() ?? 0;
    let owner: SystemUser = { uid, gid: process.getgid?.() ?? 0 };
    if (uid === 0) {
      const user = await postgresUser();
      if (user.made) say('made the system user "symbolon", who runs PostgreSQL');
      owner = user;
    }
    const binaries = await preparePostgresBinaries(postgresFolder);
    if (binaries.copied) say('copied the PostgreSQL programs');
    const socket = await socketFolder(postgresFolder, owner);
    const log = join(postgresFolder, 'postgres.log');
    await writeFile(log, '', { flag: 'a', mode: 0o600 });
    await chown(log, owner.uid, owner.gid);
    const postgres = new EmbeddedPostgres(postgresFolder, owner, binaries.folder, socket);
    if (await postgres.#makeCluster()) say('made an empty database cluster');
    return postgres;
  }

  /** How `pg` connects to it. */
  get connection(): { host: string; user: string; database: string } {
    return { host: this.#socket, user: 'symbolon', database: 'postgres' };
  }

  get #cluster(): string {
    return join(this.#folder, 'cluster');
  }

  #run(program: string, args: readonly string[]): Promise<Run> {
    return new Promise((done, failed) => {
      const child = spawn(join(this.#binaries, 'bin', program), args, {
        cwd: this.#folder,
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(process.getuid?.() === 0 ? { uid: this.#owner.uid, gid: this.#owner.gid } : {}),
      });
      let output = '';
      const hear = (chunk: Buffer): void => {
        output = (output + chunk.toString('utf8')).slice(-4000);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('error', failed);
      // `exit`, not `close`: the server that pg_ctl starts inherits nothing of ours, but would hold the pipes if it did.
      child.on('exit', (code) => done({ code, output }));
    });
  }

  async #makeCluster(): Promise<boolean> {
    const there = await readFile(join(this.#cluster, 'PG_VERSION')).then(
      () => true,
      () => false,
    );
    if (there) return false;
    // Built under another name, so that a start that was killed half-way, or lost its power, is simply begun again.
    const building = join(this.#folder, 'cluster.building');
    await rm(building, { recursive: true, force: true });
    await mkdir(building, { mode: 0o700 });
    await chown(building, this.#owner.uid, this.#owner.gid);
    const options = ['--username=symbolon', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions'];
    const { code, output } = await this.#run('initdb', ['-D', building, ...options]);
    if (code !== 0) {
      throw new EmbeddedPostgresError(`The database cluster could not be made. initdb said:\n${output.trim()}`);
    }
    await writeFile(join(building, 'postgresql.conf'), configuration(this.#socket), { flag: 'a' });
    await renameFolderDurably(building, this.#cluster);
    return true;
  }

  /** Starts it, or adopts the one that runs already; returns which, when it takes connections. */
  async start(): Promise<'started' | 'adopted'> {
    const giveUpAt = performance.now() + startWithinMs;
    for (;;) {
      if (await this.#takesUsIn(giveUpAt)) return 'adopted';
      const dead = await this.#namedPid();
      for (const file of [this.#pidFile, join(this.#socket, '.s.PGSQL.5432.lock')]) await forgetPostmaster(file, dead);
      const { code, output } = await this.#run('pg_ctl', [
        ...['start', '-D', this.#cluster, '-w', '-t', '120', '-s', '-l', this.#log],
      ]);
      if (code === 0) return 'started';
      const tail = (await readFile(this.#log, 'utf8').catch(() => '')).trim().split('\n').slice(-8).join('\n');
      // Processes of one that was killed end by themselves, a busy one when it is done.
      if (!tail.includes('pre-existing shared memory block') || performance.now() > giveUpAt)
        throw new EmbeddedPostgresError(`PostgreSQL did not start. ${output.trim()}\n${tail}`);
      await sleep(500);
    }
  }

  /** Waits for one that runs, which may be reading its log after a crash; false where none runs, or none any more. */
  async #takesUsIn(giveUpAt: number): Promise<boolean> {
    let stuck = 0;
    for (;;) {
      const pid = await this.#pid();
      if (pid === undefined) return false;
      if ((await answerOf(this.connection)) === 'takes us in') return true;
      stuck = (await isStuck(pid, this.connection)) ? stuck + 1 : 0;
      if (stuck >= stuckSeconds) await this.#stopAtOnce();
      if (performance.now() > giveUpAt) throw new EmbeddedPostgresError('PostgreSQL runs, and takes nobody in.');
      await sleep(1000);
    }
  }

  /** Looks every second whether it runs, and every few whether it is stuck; starts it again when it does not, or is. */
  supervise(say: (what: string) => void): void {
    const watching = new AbortController();
    this.#watching = watching;
    void (async () => {
      for (let look = 1, stuck = 0; ; look += 1) {
        await sleep(1000, undefined, { signal: watching.signal, ref: false }).catch(() => {});
        if (watching.signal.aborted) return;
        const pid = await this.#pid();
        // Asked every third second: each asking is a connection.
        if (pid !== undefined && look % 3 === 0) stuck = (await isStuck(pid, this.connection)) ? stuck + 3 : 0;
        if (watching.signal.aborted || (pid !== undefined && stuck < stuckSeconds)) continue;
        say(`PostgreSQL ${pid === undefined ? 'has stopped' : 'takes nobody in'}; starting it again`);
        stuck = 0;
        if (pid !== undefined) await this.#stopAtOnce();
        await this.start().then(
          () => say('PostgreSQL runs again'),
          (error: Error) => say(`PostgreSQL could not be started: ${error.message}`),
        );
      }
    })();
  }

  get #pidFile(): string {
    return join(this.#cluster, 'postmaster.pid');
  }

  get #log(): string {
    return join(this.#folder, 'postgres.log');
  }

  /** Whoever started it last; 0 where nobody did. */
  async #namedPid(): Promise<number> {
    const pid = Number((await readFile(this.#pidFile, 'utf8').catch(() => '')).split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : 0;
  }

  /** Of the one that runs on this cluster. */
  async #pid(): Promise<number | undefined> {
    const pid = await this.#namedPid();
    return pid > 0 && (await runsPostgres(pid, this.#cluster)) ? pid : undefined;
  }

  async #stopAtOnce(): Promise<void> {
    await this.#run('pg_ctl', ['stop', '-D', this.#cluster, '-m', 'immediate', '-w', '-t', '60', '-s']);
  }

  async stop(): Promise<void> {
    this.#watching?.abort();
    await this.#run('pg_ctl', ['stop', '-D', this.#cluster, '-m', 'fast', '-w', '-t', '60', '-s']);
  }
}
