import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Exchange, type Owner, owner, startExchange, startOwnPostgres } from '@symbolon/testbed';
import pg from 'pg';
import { type Database, openDatabase } from '../../packages/server/src/platform/db/database.ts';

/** Two exchanges behind one load balancer, as it were: one database, one key store, one keyring, the same two stores. */
export type TwoNodes = {
  readonly nodes: readonly [Exchange, Exchange];
  readonly me: Owner;
  /** Their database, looked into beside them. */
  readonly database: Database;
  /** The names of all objects in the two stores, and of what never became one. */
  objects(): Promise<{ readonly images: string[]; readonly identity: string[]; readonly unfinished: string[] }>;
  /** Makes all that lies in the stores look two days old: a sweep lets be what is younger than one. */
  grownOld(): Promise<void>;
  dispose(): Promise<void>;
};

/** Starts them with two PostgreSQL 15 of their own: keys never lie on the server of the data. */
export async function startTwoNodes(initdb: string): Promise<TwoNodes> {
  const closing: (() => Promise<unknown>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const shared = await mkdtemp('/tmp/sn-');
    closing.push(() => rm(shared, { recursive: true, force: true }));
    const data = await startOwnPostgres(initdb);
    closing.push(data.dispose);
    const keys = await startOwnPostgres(initdb);
    closing.push(keys.dispose);
    // Whatever an operator made the default of these servers: the locks are of no use to who sees what was before them.
    for (const { address } of [data, keys])
      await asOperator(address, "alter database postgres set default_transaction_isolation = 'repeatable read'");
    // Theirs is a database and no more: as its owner they are held by the policies of its tables themselves.
    await asOperator(data.address, "create role hospital login password 'hospital'");
    await asOperator(data.address, 'create database hospital owner hospital');
    await asOperator(data.address, "alter database hospital set default_transaction_isolation = 'repeatable read'");
    const owned = new URL(data.address);
    Object.assign(owned, { username: 'hospital', password: 'hospital', pathname: '/hospital' });
    const env = {
      DATABASE_URL: owned.href,
      SYMBOLON_KEYS: keys.address,
      SYMBOLON_KEYRING: join(shared, 'keyring'),
      SYMBOLON_BLOBS: `file:${shared}/images`,
      SYMBOLON_IDENTITY_BLOBS: `file:${shared}/identity`,
    };
    const first = await startExchange({ env });
    closing.push(first.dispose);
    const me = await owner(first);
    const second = await startExchange({ env });
    closing.push(second.dispose);
    const { database, close } = openDatabase({ connectionString: owned.href }, () => {});
    closing.push(close);
    const filesIn = async (folder: string): Promise<string[]> => {
      const entries = await readdir(join(shared, folder), { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    };
    const nameOf = (file: string): string => file.split('/').at(-1) as string;
    return {
      nodes: [first, second],
      me,
      database,
      async objects() {
        const [images, identity] = await Promise.all([filesIn('images'), filesIn('identity')]);
        const whole = (files: readonly string[]) =>
          files
            .filter((file) => !file.includes('/incoming/'))
            .map(nameOf)
            .sort();
        const unfinished = [...images, ...identity].filter((file) => file.includes('/incoming/')).map(nameOf);
        return { images: whole(images), identity: whole(identity), unfinished };
      },
      async grownOld() {
        const then = new Date(Date.now() - 2 * 86_400_000);
        for (const file of [...(await filesIn('images')), ...(await filesIn('identity'))])
          await utimes(file, then, then);
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function asOperator(address: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query(statement);
  await client.end();
}
