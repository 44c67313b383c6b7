import type { KeyStore } from './key-store.ts';
import { KeysError } from './keys-error.ts';

/**
 * Refuses keys that are not those of the data: a folder that is not mounted, a backup of another exchange, or a key store
 * on the data's own server, whose log and backups would carry the keys. `dataServer` names the server of the data.
 */
export async function keysFitTheData(
  store: KeyStore,
  accountIds: Iterable<string>,
  dataServer: string | undefined,
): Promise<void> {
  if (store.server && dataServer !== undefined && (await store.server()) === dataServer)
    throw new KeysError('KEYS_PLACE_WRONG', 'SYMBOLON_KEYS names the server of the data; keys need one of their own.');
  const known = new Set(await store.accounts());
  for (const accountId of accountIds) {
    if (known.has(accountId)) continue;
    throw new KeysError(
      'KEY_MISSING',
      `The keys are not those of this data: account ${accountId} has none. Look where SYMBOLON_KEYS leads, or restore them with: symbolon keys restore --from FILE`,
    );
  }
}
