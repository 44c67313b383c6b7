import { readdir, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cli, type Exchange, type Owner } from '@symbolon/testbed';
import { expect } from 'vitest';
import { inDatabaseOf } from './database-of.ts';

export const stores = ['images', 'identity'] as const;

/** Every file of a store, by its path in it. */
export async function filesOf(storesDir: string, store: string): Promise<string[]> {
  const entries = await readdir(join(storesDir, store), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Makes everything in the stores look two days old: what is younger than a day, no sweep touches. */
export async function grownOld(storesDir: string): Promise<void> {
  const then = new Date(Date.now() - 2 * 86_400_000);
  for (const store of stores) for (const file of await filesOf(storesDir, store)) await utimes(file, then, then);
}

/** The objects that rows name, by the store they should be in. */
async function named(exchange: Exchange): Promise<{ images: string[]; identity: string[] }> {
  const rows = await inDatabaseOf(exchange, (database) =>
    database.selectFrom('packs').select(['id', 'image_sealed_bytes', 'identity']).execute(),
  );
  return {
    images: rows.filter((row) => row.image_sealed_bytes > 0).map(({ id }) => id),
    identity: rows.filter((row) => row.identity === null).map(({ id }) => id),
  };
}

/** That the stores hold what rows name, all of it and nothing else. */
export async function expectNoOrphans(exchange: Exchange, storesDir = exchange.dataDir): Promise<void> {
  const rows = await named(exchange);
  for (const store of stores)
    expect((await filesOf(storesDir, store)).map((file) => basename(file)).sort()).toEqual(rows[store].sort());
}

export const sweep = (exchange: Exchange, me: Owner, ...more: string[]) =>
  cli(['sweep', '--to', exchange.url, '--token-file', me.tokenFile, ...more], { exchange });
