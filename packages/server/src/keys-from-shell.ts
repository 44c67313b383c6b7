import type { KeysAnswer } from '@symbolon/contract';
import { readSettings, type Settings } from './config.ts';
import {
  backupKeys,
  type Keys,
  type KeysPlace,
  keyStatus,
  openKeys,
  restoreKeys,
  rotateAccount,
  rotatePatients,
  rotateRoots,
} from './keys/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const now = (): Date => new Date();

function placeOf({ keysFolder: folder, keysPostgres: postgres }: Settings): KeysPlace {
  return { folder, postgres };
}

/** What an operator does with the keys from a shell: on the keys themselves, whether the exchange runs or not. */
async function withKeys<T>(env: Environment, work: (keys: Keys) => Promise<T>): Promise<T> {
  const keys = await openKeys(placeOf(readSettings(env, process.getuid?.() === 0)), now, { make: false });
  try {
    return await work(keys);
  } finally {
    await keys.close();
  }
}

export function statusOfKeys(env: Environment): Promise<KeysAnswer> {
  return withKeys(env, ({ service, store }) => keyStatus({ service, store, now }));
}

/** Which keys to rotate; `account` by the id that the audit and `keys status` name. */
export type RotationAsked =
  | { readonly what: 'roots' }
  | { readonly what: 'patients' }
  | { readonly what: 'account'; readonly accountId: string };

/** Rotates at once, whatever the age; false where keys are being rotated or copied already. */
export function rotateKeys(env: Environment, asked: RotationAsked): Promise<Readonly<Record<string, number>> | false> {
  return withKeys(env, async ({ service, store }) => {
    const deps = { service, store, now, by: 'shell' } as const;
    const done = await store.alone('rotation', async () => {
      if (asked.what === 'roots') return rotateRoots(deps);
      if (asked.what === 'account') return rotateAccount(deps, asked.accountId);
      let patients = 0;
      const begun = now();
      for (const account of await store.accounts()) patients += (await rotatePatients(deps, account, begun)).patients;
      return { patients };
    });
    return done?.done ?? false;
  });
}

export function backupKeysTo(env: Environment, file: string, passphrase: string) {
  return withKeys(env, (keys) => backupKeys(keys, file, passphrase, now));
}

export function restoreKeysFrom(env: Environment, file: string, passphrase: string, replacing: boolean) {
  const place = placeOf(readSettings(env, process.getuid?.() === 0));
  return restoreKeys(place, file, passphrase, { replacing, now });
}
