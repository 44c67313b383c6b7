import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KeyChains } from './key-chains.ts';
import { backupKeyName, factorsKeyName, receiptKeyName } from './key-contexts.ts';
import type { KeyService } from './key-service.ts';
import type { KeyStore } from './key-store.ts';
import { KeysError } from './keys-error.ts';
import { type LocalKeyring, localKeyring } from './local-keyring.ts';
import { PostgresKeyStore } from './postgres-key-store.store.ts';
import { finishRestore } from './restore-keys.ts';
import { keyStoreFile } from './sqlite-key-store.store.ts';
import { threadedKeyStore } from './threaded-key-store.ts';

/** Where keys lie: the key service's folder, and the key store there too or in a PostgreSQL of its own. */
export type KeysPlace = { readonly folder: string; readonly postgres?: string | undefined };

export type Keys = {
  readonly service: KeyService;
  readonly keyring: LocalKeyring;
  readonly store: KeyStore;
  readonly chains: KeyChains;
  /** Whether keys were made now, by a first start. */
  readonly made: boolean;
  /** Throws where service or store cannot do their work now. */
  readonly health: () => Promise<void>;
  readonly close: () => Promise<void>;
};

async function openStore({ folder, postgres }: KeysPlace, first: boolean): Promise<KeyStore> {
  if (postgres !== undefined) return PostgresKeyStore.open(postgres);
  const file = keyStoreFile(join(folder, 'key-store.sqlite'));
  // Made by a first start only: an empty one in place of one that is missing would hide that every key is gone.
  if (first) file.make();
  if (!file.made) throw new KeysError('KEYRING_DAMAGED', `${file.file} is missing or empty`);
  return threadedKeyStore(file.file);
}

/** `cacheMs`: how long unwrapped keys stay in memory. `make`: whether a first start may make them; by default it may. */
export type OpenOptions = { readonly cacheMs?: number; readonly make?: boolean };

/** Opens the keys, and makes what a first start needs. */
export async function openKeys(
  place: KeysPlace | string,
  now: () => Date,
  { cacheMs, make = true }: OpenOptions = {},
): Promise<Keys> {
  const where = typeof place === 'string' ? { folder: place } : place;
  await finishRestore(where.folder);
  if (!make && !existsSync(join(where.folder, 'roots.json')))
    throw new KeysError('KEYS_UNAVAILABLE', `there are no keys in ${where.folder}`);
  const keyring = await localKeyring(where.folder, now);
  const { service, made } = keyring;
  try {
    // A first start may have ended between its steps: until the receipts' key is there, it is the first.
    const first = made || (await service.versions(receiptKeyName)).length === 0;
    const store = await openStore(where, first);
    await service.generate(receiptKeyName, 'signing');
    // Now and not with the first use: a backup of the keys that is made first must hold them.
    await service.generate(backupKeyName, 'wrapping');
    await service.generate(factorsKeyName, 'wrapping');
    return {
      service,
      keyring,
      store,
      made,
      chains: new KeyChains(service, store, now, cacheMs),
      async health() {
        await service.health();
        await store.health();
      },
      async close() {
        await store.close();
        keyring.close();
      },
    };
  } catch (error) {
    keyring.close();
    throw error;
  }
}
