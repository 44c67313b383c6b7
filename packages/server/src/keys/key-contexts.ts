import { context } from '@symbolon/vault';
import type { Chain, Wrap, WrapName } from './key-store.ts';

/** The key service's key that an account's and its patients' keys of a chain are wrapped under. */
export const accountKeyName = (chain: Chain, accountId: string): string => `${chain}/account/${accountId}`;

/** The signing key's name by which receipts are signed. */
export const receiptKeyName = 'exchange/signing/receipts';

/** The wrapping key's name under which every object of a backup has its own key. */
export const backupKeyName = 'exchange/wrapping/backups';

/** The wrapping key's name under which the secrets of authenticator apps are. */
export const factorsKeyName = 'exchange/wrapping/factors';

/** Where a wrap belongs: it opens in no other place. */
export function contextOf({ chain, kind, accountId, family, id }: WrapName & Pick<Wrap, 'accountId'>): Uint8Array {
  return kind === 'account' || kind === 'patient'
    ? context('wrap', chain, kind, accountId, id)
    : context('wrap', chain, kind, accountId, family, id);
}
