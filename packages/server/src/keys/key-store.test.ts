import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedPostgres } from '../platform/db/embedded-postgres.ts';
import { postgresMadeOnce } from '../platform/db/made-once.testing.ts';
import { backupKeys } from './backup-keys.ts';
import { newStudy, type StudyPlace } from './key-chains.ts';
import { keyStoreSuite } from './key-store.suite.ts';
import type { KeyStore, Wrap } from './key-store.ts';
import { openKeys } from './open-keys.ts';
import { PostgresKeyStore } from './postgres-key-store.store.ts';
import { restoreKeys } from './restore-keys.ts';
import { keyStoreFile, sqliteKeyStore } from './sqlite-key-store.store.ts';
import { threadedKeyStore } from './threaded-key-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-key-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'key-store.sqlite');
function openFile(at = file): KeyStore {
  const sqlite = keyStoreFile(at);
  sqlite.make();
  return sqliteKeyStore(sqlite);
}

keyStoreSuite(
  'SQLite',
  async () => openFile(),
  async () => rmSync(file, { force: true }),
);

const threadedFile = join(folder, 'threaded.sqlite');
keyStoreSuite(
  'SQLite in a thread of its own',
  async () => {
    keyStoreFile(threadedFile).make();
    return threadedKeyStore(threadedFile);
  },
  async () => rmSync(threadedFile, { force: true }),
);

const account = (): Wrap & { readonly wrapped: Buffer } => {
  const id = randomUUID();
  const wrapped = randomBytes(65);
  const madeAt = new Date(0);
  return { chain: 'image', kind: 'account', family: id, id, accountId: id, generation: 1, under: 1, wrapped, madeAt };
};

describe('the thread of the key store', () => {
  test('does not hold up the one that asks: it goes on while the disk is waited for', async () => {
    const at = join(folder, 'waiting.sqlite');
    keyStoreFile(at).make();
    const store = threadedKeyStore(at);
    const other = new DatabaseSync(at);
    other.exec('begin immediate');
    // Somebody else writes, for longer than anybody could overlook.
    let added = false;
    const adding = store.add([account()]).then(() => {
      added = true;
    });
    for (const until = performance.now() + 300; performance.now() < until; )
      await new Promise((turn) => setTimeout(turn, 5));
    expect(added).toBe(false);
    other.exec('rollback');
    other.close();
    await adding;
    await store.close();
  });

  test('that dies fails what is under way, and the next call starts another', async () => {
    const at = join(folder, 'dying.sqlite');
    keyStoreFile(at).make();
    const dies = new URL('data:text/javascript,setTimeout(() => process.exit(1), 50)');
    const store = threadedKeyStore(at, dies);
    const away = { code: 'KEYS_UNAVAILABLE' };
    for (const _ of [1, 2])
      for (const answer of await Promise.allSettled([store.add([account()]), store.find(account())]))
        expect(answer).toMatchObject({ status: 'rejected', reason: away });
  });

  /** The thread as it is, until somebody asks for the latest events: of that it dies. */
  const fragile = (): URL => {
    const real = new URL('./key-store.thread.ts', import.meta.url).href;
    return new URL(
      `data:text/javascript,import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ method }) => { if (method === 'latestEvents') process.exit(1); });
      await import('${real}');`,
    );
  };

  test('that dies between two pages of a walk over all keys fails the walk: half of them are not all', async () => {
    const at = join(folder, 'half.sqlite');
    keyStoreFile(at).make();
    const store = threadedKeyStore(at, fragile());
    const away = { code: 'KEYS_UNAVAILABLE' };
    await store.add([account(), account(), account()]);
    let pages = 0;
    const walk = async (): Promise<void> => {
      for await (const _ of store.pages(1)) {
        pages += 1;
        await expect(store.latestEvents()).rejects.toMatchObject(away);
      }
    };
    await expect(walk()).rejects.toMatchObject(away);
    expect(pages).toBe(1);
    await store.close();
  });

  test('that dies of what was called before it is closed is closed, and what is called meanwhile has another', async () => {
    const at = join(folder, 'closing.sqlite');
    keyStoreFile(at).make();
    const store = threadedKeyStore(at, fragile());
    const one = account();
    await store.add([one]);
    const dying = store.latestEvents();
    const [closed, found, died] = await Promise.allSettled([store.close(), store.find(one), dying]);
    expect([closed.status, died.status]).toEqual(['fulfilled', 'rejected']);
    expect(found).toMatchObject({ status: 'fulfilled', value: { wrap: { id: one.id } } });
    await store.close();
  });

  test('stops a walk over all keys that nobody goes on with, and does calls in their order', async () => {
    const at = join(folder, 'walk.sqlite');
    keyStoreFile(at).make();
    const store = threadedKeyStore(at);
    const all = [account(), account(), account()];
    await store.add(all);
    for await (const page of store.pages(1)) {
      expect(page).toHaveLength(1);
      break;
    }
    const one = account();
    const [, found] = await Promise.all([store.add([one]), store.find(one)]);
    expect(found?.wrap.id).toBe(one.id);
    await store.close();
    expect((await store.find(one))?.wrap.id).toBe(one.id);
    await store.close();
  });
});

describe('the SQLite file of keys', () => {
  test('holds nothing of a key that was removed, nor does anything beside it', async () => {
    const at = join(folder, 'erased.sqlite');
    const store = openFile(at);
    const [gone, kept] = [account(), account()];
    await store.add([gone, kept]);
    expect(readFileSync(at).includes(gone.wrapped)).toBe(true);
    await store.remove([gone]);
    for (const one of [at, `${at}-journal`])
      if (existsSync(one)) expect(readFileSync(one).includes(gone.wrapped), one).toBe(false);
    expect(readFileSync(at).includes(kept.wrapped)).toBe(true);
    expect(existsSync(`${at}-wal`)).toBe(false);
    await store.close();
  });

  test('that went away is not made anew, takes nothing, and serves again when it is back', async () => {
    const at = join(folder, 'away.sqlite');
    const store = openFile(at);
    const one = account();
    await store.add([one]);
    renameSync(at, `${at}.moved`);
    const away = { code: 'KEYS_UNAVAILABLE' };
    for (const work of [() => store.add([account()]), () => store.find(one), () => store.health()])
      await expect(work()).rejects.toMatchObject(away);
    expect(existsSync(at)).toBe(false);
    renameSync(`${at}.moved`, at);
    expect(await store.find(one)).toBeDefined();
    await store.add([account()]);
    await store.close();
  });

  test('another file in its place is the one that is used from then on', async () => {
    const at = join(folder, 'restored.sqlite');
    const [store, restored] = [openFile(at), openFile(`${at}.new`)];
    const [old, fresh] = [account(), account()];
    await store.add([old]);
    await restored.add([fresh]);
    await restored.close();
    renameSync(`${at}.new`, at);
    expect([await store.find(old), (await store.find(fresh))?.wrap.id]).toEqual([undefined, fresh.id]);
    await store.close();
  });

  test('of another version, or that is none, is refused and stays as it is', async () => {
    const at = join(folder, 'strange.sqlite');
    writeFileSync(at, 'this is no database, and is longer than a header would be'.repeat(20));
    const store = openFile(at);
    await expect(store.find(account())).rejects.toMatchObject({ code: 'KEYRING_DAMAGED' });
    expect(readFileSync(at, 'utf8')).toMatch(/^this is no database/);
    const versioned = join(folder, 'version.sqlite');
    keyStoreFile(versioned).make();
    const bytes = readFileSync(versioned);
    bytes.writeUInt32BE(9, 60);
    writeFileSync(versioned, bytes);
    await expect(openFile(versioned).find(account())).rejects.toMatchObject({ code: 'KEYRING_VERSION_UNKNOWN' });
  });

  test('is for its owner alone', async () => {
    const at = join(folder, 'rights.sqlite');
    openFile(at);
    expect(statSync(at).mode & 0o077).toBe(0);
  });
});

describe('in a PostgreSQL of its own', () => {
  let root: string;
  let postgres: EmbeddedPostgres;
  let admin: pg.Pool;
  /** One that does not mind that its server stops in between. */
  const adminPool = (): pg.Pool => {
    const pool = new pg.Pool({ ...postgres.connection, max: 1 });
    pool.on('error', () => {});
    return pool.on('connect', (client) => client.on('error', () => {}));
  };
  const addressOf = (database: string): string => {
    const { host, user } = postgres.connection;
    return `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`;
  };
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'sx-keys-'));
    chmodSync(root, 0o711);
    postgres = await postgresMadeOnce(join(root, 'postgres'));
    await postgres.start();
    admin = adminPool();
    await admin.query('create database keys');
    await admin.query('create database data');
  });
  afterAll(async () => {
    await admin.end();
    await postgres.stop();
    rmSync(root, { recursive: true, force: true });
  });

  keyStoreSuite(
    'PostgreSQL',
    () => PostgresKeyStore.open(addressOf('keys')),
    async () => {
      const store = await PostgresKeyStore.open(addressOf('keys'));
      await store.load((async function* () {})(), [], true);
      await store.markAudited((await store.unauditedEvents(1000)).map(({ id }) => id));
      await store.close();
      const pool = new pg.Pool({ connectionString: addressOf('keys'), max: 1 });
      await pool.query('delete from events');
      await pool.end();
    },
  );

  test('tables are made once by nodes that start together', async () => {
    await admin.query('create database fresh');
    const nodes = await Promise.all(Array.from({ length: 4 }, () => PostgresKeyStore.open(addressOf('fresh'))));
    await Promise.all(nodes.map((node) => node.health()));
    await Promise.all(nodes.map((node) => node.close()));
  });

  test('a database that holds the data is refused', async () => {
    const pool = new pg.Pool({ connectionString: addressOf('data'), max: 1 });
    await pool.query('create table packs (id uuid)');
    await pool.end();
    await expect(PostgresKeyStore.open(addressOf('data'))).rejects.toMatchObject({ code: 'KEYS_PLACE_WRONG' });
  });

  test('a store of another version is refused', async () => {
    await admin.query('create database later');
    await (await PostgresKeyStore.open(addressOf('later'))).close();
    const pool = new pg.Pool({ connectionString: addressOf('later'), max: 1 });
    await pool.query('update key_store set version = 9');
    await pool.end();
    await expect(PostgresKeyStore.open(addressOf('later'))).rejects.toMatchObject({ code: 'KEYRING_VERSION_UNKNOWN' });
  });

  test('a backup of a folder is restored into it, whole, and only into an empty one unless told to replace', async () => {
    await admin.query('create database restored');
    const [from, to] = [join(root, 'from'), { folder: join(root, 'to'), postgres: addressOf('restored') }];
    const now = (): Date => new Date('2026-03-04T05:06:07Z');
    const ids = (): StudyPlace => newStudy({ accountId, patientId: randomUUID() });
    const accountId = randomUUID();
    const places = Array.from({ length: 5 }, ids);
    const keys = await openKeys(from, now);
    await keys.chains.addAccount(accountId);
    await keys.chains.add(places, places);
    await backupKeys(keys, join(root, 'keys.backup'), 'a long passphrase', now);
    const restore = (replacing: boolean) =>
      restoreKeys(to, join(root, 'keys.backup'), 'a long passphrase', { replacing, now });
    await restore(false);
    const restored = await openKeys(to, now, { make: false });
    for (const place of places)
      expect(Buffer.compare(await restored.chains.study('image', place), await keys.chains.study('image', place))).toBe(
        0,
      );
    await restored.close();
    await keys.close();
    rmSync(to.folder, { recursive: true });
    await expect(restore(false)).rejects.toMatchObject({ code: 'KEYS_EXIST' });
    expect(existsSync(join(to.folder, 'roots.json'))).toBe(false);
    await restore(true);
  });

  test('a server that stops is one that is away, and serves again when it is back', async () => {
    const store = await PostgresKeyStore.open(addressOf('keys'));
    const one = account();
    await store.add([one]);
    await postgres.stop();
    for (const work of [() => store.find(one), () => store.add([account()]), () => store.health()])
      await expect(work()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    await postgres.start();
    expect((await store.find(one))?.wrap.id).toBe(one.id);
    await store.close();
  });
});
