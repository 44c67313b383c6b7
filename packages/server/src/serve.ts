import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import { buildApp } from './app.ts';
import { Audit } from './audit/index.ts';
import { readSettings, type Settings } from './config.ts';
import { applyTombstones } from './erasure/index.ts';
import {
  type Keys,
  keySchedules,
  keyStatus,
  keysFitTheData,
  openKeys,
  receiptKeyName,
  takeKeysFolder,
} from './keys/index.ts';
import { postmanOf } from './mail/index.ts';
import { BreachedList } from './passwords/index.ts';
import { anyAccount, SetupSecret } from './people/index.ts';
import { placeName } from './platform/blobs/blob-place.ts';
import { areOnePlace, type OpenedBlobs, openBlobs } from './platform/blobs/open-blobs.ts';
import { type Connection, openDatabase, serverNameOf } from './platform/db/database.ts';
import { openDatabases } from './platform/db/databases.ts';
import { EmbeddedPostgres } from './platform/db/embedded-postgres.ts';
import { migrate } from './platform/db/migrate.ts';
import { readyAccountRole } from './platform/db/second-wall.ts';
import { makeFolderDurably } from './platform/durable-file.ts';
import { FolderLock } from './platform/folder-lock.ts';
import { readBuiltPages } from './platform/http/built-pages.ts';
import { listen } from './platform/http/listen.ts';
import { localTlsIdentity, tlsIdentityFromFiles } from './platform/http/tls.ts';
import { collectSpentBuffers } from './platform/spent-buffers.ts';
import { readableCause } from './readable-cause.ts';
import { objectsExpected, type WatchedPlace } from './storage/index.ts';
import { untilSignal } from './until-signal.ts';

export type ServeOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logLevel: string;
  /** Builds the web app where its sources changed; handed in, since no arrow leads from here to the web app. */
  readonly pages: () => Promise<{
    readonly folder: string;
    readonly how: keyof typeof pagesWords;
    readonly ms: number;
  }>;
};

const pagesWords = {
  built: (ms: number) => `built in ${(ms / 1000).toFixed(1)} s`,
  'up to date': () => 'up to date',
  'out of date': () => 'an earlier build: the sources have changed since, and packages/web/dist cannot be written',
} as const;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const step = (what: string, outcome: string): void => say(`  ${what.padEnd(12)} ${outcome}`);

/** What has been opened so far, to be closed in the opposite order however far the start came. */
type Closing = (() => Promise<void> | void)[];

/** Runs the exchange until a signal; returns the exit code. Everything it does is printed while it does it. */
export async function serve({ env, logLevel, pages }: ServeOptions): Promise<number> {
  const closing: Closing = [collectSpentBuffers()];
  let code = 0;
  // Heard from the first moment on: a signal during the start ends it once it is far enough to be undone, PostgreSQL included.
  const signal = untilSignal((name) => say(`\nStopping (${name}); what was acknowledged is kept ...`));
  try {
    const settings = readSettings(env, process.getuid?.() === 0);
    await start(settings, logLevel, pages, closing);
    await signal;
  } catch (error) {
    process.stderr.write(`\nThe exchange did not start: ${readableCause(error)}\n`);
    code = 1;
  }
  for (const close of closing.reverse()) {
    await Promise.resolve(close()).catch((error: unknown) =>
      process.stderr.write(`While stopping: ${readableCause(error)}\n`),
    );
  }
  if (code === 0) say('Stopped.');
  return code;
}

async function start(
  settings: Settings,
  logLevel: string,
  buildPages: ServeOptions['pages'],
  closing: Closing,
): Promise<void> {
  const now = (): Date => new Date();
  const log = pino({ level: logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  say('Symbolon is starting');

  // Before anything is opened: a file that it names may not be there.
  const postman = settings.mail && (await postmanOf(settings.mail, settings.publicUrl));
  await makeFolderDurably(settings.dataFolder, 0o755);
  const lock = FolderLock.take(settings.dataFolder);
  if ('heldBy' in lock) {
    const who = lock.heldBy === undefined ? 'another exchange' : `another exchange (process ${lock.heldBy})`;
    throw new Error(
      `${settings.dataFolder} is in use by ${who}. Stop that one, or set SYMBOLON_DATA to another folder.`,
    );
  }
  closing.push(() => lock.release());
  step('Data', settings.dataFolder);

  // PostgreSQL starts meanwhile. A failure is told where it is waited for.
  const building = buildPages();
  building.catch(() => undefined);

  const place = { folder: settings.keysFolder, postgres: settings.keysPostgres };
  const keys = await openKeys(place, now, { cacheMs: settings.keyCacheMs });
  closing.push(() => keys.close());
  // Shown to whoever would restore keys under it; that another exchange has it is no harm.
  const keysLock = takeKeysFolder(settings.keysFolder);
  closing.push(() => keysLock?.release());
  const beside = settings.keysPostgres === undefined ? '' : ', key store in a PostgreSQL of its own';
  step('Keys', `${settings.keysFolder} (${keys.made ? 'made now' : 'opened'}${beside})`);

  const tls = settings.tls
    ? { ...(await tlsIdentityFromFiles(settings.tls.certificateFile, settings.tls.keyFile)), made: false }
    : await localTlsIdentity(settings.dataFolder, now());
  step('Certificate', tls.made ? 'made now' : 'read');

  const stores = await openStores(settings, closing);

  const connection = await databaseConnection(settings, closing);
  const lost = (): void => log.warn('a database connection was lost');
  const { ran, bypasses } = await readyTables(connection, lost);
  const { close, ...databases } = openDatabases(connection, { bypasses }, lost);
  closing.push(close);
  const database = databases.every;
  await keysFitTheData(keys.store, (await keySchedules(database)).keys(), await serverNameOf(database));
  await stores.images.fits(() => objectsExpected(database, 'images'));
  await stores.identity.fits(() => objectsExpected(database, 'identity'));
  const audit = new Audit(keys.chains, now);
  const gone = await applyTombstones({ database, keyStore: keys.store, audit });
  if (settings.backups !== undefined) step('Backups', placeName(settings.backups));
  if (settings.mail !== undefined)
    step('Mails', `from ${settings.mail.from.address}, by ${settings.mail.host}:${settings.mail.port}`);
  step('Tables', ran.length > 0 ? `made (${ran.join(', ')})` : 'up to date');

  if (gone.studies + gone.patients + gone.keys > 0)
    step(
      'Erasures',
      `applied to what was restored: ${gone.studies} studies, ${gone.patients} patients, ${gone.keys} keys`,
    );

  const breached = await breachedList(settings.breachedPasswords, closing);

  const { folder, how, ms } = await building;
  const pages = await readBuiltPages(folder);
  step('Pages', pagesWords[how](ms));

  const secret = new SetupSecret(settings.dataFolder);
  // Before anybody can ask: whoever sees the exchange ready may set it up at once.
  const offered = (await anyAccount(database)) ? undefined : await secret.readOrMake();
  const { app, finish } = buildApp({
    databases,
    connection,
    keys,
    stores: { imageBlobs: stores.images.store, identityBlobs: stores.identity.store },
    uncachedStores: { imageBlobs: stores.images.uncached, identityBlobs: stores.identity.uncached },
    checkStores: async () => void (await Promise.all([stores.images.check(), stores.identity.check()])),
    places: placesOf(settings),
    reserve: settings.reserve,
    scrub: settings.scrub,
    compaction: settings.compaction,
    backups: settings.backups,
    breached,
    postman,
    secret,
    tls,
    publicUrl: settings.publicUrl,
    trustedProxies: settings.trustedProxies,
    corsOrigins: settings.corsOrigins,
    pages,
    log,
    now,
  });
  // Before it listens: where the port is taken, the jobs that were begun have to end before the database goes.
  closing.push(finish);
  const listening = await listen(app, tls, settings.listen);
  closing.push(() => listening.close());
  await printAddresses(settings, keys, tls.fingerprint, offered);
}

async function breachedList(path: string | undefined, closing: Closing): Promise<BreachedList | undefined> {
  if (path === undefined) return undefined;
  const list = await BreachedList.open(path).catch((error: Error) => {
    throw new Error(`SYMBOLON_BREACHED_PASSWORDS: ${path} ${error.message}`);
  });
  closing.push(() => list.close());
  step('Passwords', `those in ${path} are refused`);
  return list;
}

async function openStores(
  { imageBlobs, identityBlobs }: Settings,
  closing: Closing,
): Promise<{ readonly images: OpenedBlobs; readonly identity: OpenedBlobs }> {
  const opened = async (what: string, name: string, place: Settings['imageBlobs']) => {
    const blobs = await openBlobs(place).catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    closing.push(blobs.close);
    if (place.kind === 's3') step(what, `${placeName(place)} (answers)`);
    return blobs;
  };
  const images = await opened('Images', 'SYMBOLON_BLOBS', imageBlobs);
  const identity = await opened('Identity', 'SYMBOLON_IDENTITY_BLOBS', identityBlobs);
  if (imageBlobs.kind === 's3' && identityBlobs.kind === 's3' && (await areOnePlace(imageBlobs, identityBlobs))) {
    throw new Error(
      'SYMBOLON_BLOBS and SYMBOLON_IDENTITY_BLOBS are one place by two names: the halves of an image never lie together.',
    );
  }
  return { images, identity };
}

/**
 * Where the disk can fill up. A database of one's own, and a store behind a network, may be anywhere: their disks are
 * their keepers' to watch, and they say themselves when they are full.
 */
function placesOf({ imageBlobs, identityBlobs, dataFolder, databaseUrl, keysFolder }: Settings): WatchedPlace[] {
  return [
    ...(imageBlobs.kind === 'file' ? [{ name: 'images', folder: imageBlobs.folder } as const] : []),
    ...(identityBlobs.kind === 'file' ? [{ name: 'identity', folder: identityBlobs.folder } as const] : []),
    ...(databaseUrl === undefined ? [{ name: 'database', folder: join(dataFolder, 'postgres') } as const] : []),
    { name: 'keys', folder: keysFolder },
  ];
}

/** The tables as this version has them, and whoever works for accounts ready to. */
async function readyTables(connection: Connection, lost: () => void): Promise<{ ran: string[]; bypasses: boolean }> {
  const { database, close } = openDatabase(connection, lost);
  try {
    const ran = await migrate(database);
    return { ran, bypasses: await readyAccountRole(database) };
  } finally {
    await close();
  }
}

async function databaseConnection(settings: Settings, closing: Closing): Promise<Connection> {
  if (settings.databaseUrl !== undefined) {
    step('Database', 'the one that DATABASE_URL names');
    return { connectionString: settings.databaseUrl };
  }
  const postgres = await EmbeddedPostgres.prepare(join(settings.dataFolder, 'postgres'), (what) =>
    step('Database', what),
  );
  // Registered before it is started: a start that fails half-way must not leave it running.
  closing.push(() => postgres.stop());
  const how = await postgres.start();
  postgres.supervise((what) => step('Database', what));
  step('Database', how === 'started' ? 'PostgreSQL started' : 'PostgreSQL was running already; adopted');
  return postgres.connection;
}

async function printAddresses(
  settings: Settings,
  keys: Keys,
  fingerprint: string,
  secret: string | undefined,
): Promise<void> {
  const receiptKey = createHash('sha256')
    .update(await keys.service.publicKey(receiptKeyName))
    .digest('hex');
  say(`
Symbolon serves ${settings.publicUrl}
  TLS certificate, SHA-256  ${fingerprint}
  Receipt key, SHA-256      ${receiptKey}`);
  if (secret !== undefined) {
    say(`
Nobody has an account yet. Set up the first with this one-time link:
  ${settings.publicUrl}/setup#${secret}
or in a second shell:
  npx symbolon setup --to ${settings.publicUrl} --account NAME --email YOU@EXAMPLE.ORG \\
    --password-file FILE --token-out FILE`);
  }
  const { service, store } = keys;
  const { warning, oldestKeyWithoutBackup } = await keyStatus({ service, store, now: () => new Date() });
  if (warning !== null) {
    say(`
WARNING: ${warning === 'never backed up' ? 'the keys were never backed up' : `keys made since ${oldestKeyWithoutBackup} are in no backup`}. Without them no image can be opened. Make a backup now:
  npx symbolon keys backup --out FILE`);
  }
  say(`
Ctrl-C stops the exchange.`);
}
