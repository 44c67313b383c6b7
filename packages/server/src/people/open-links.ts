import { forgetMails } from '../mail/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { endLinksOf } from './mailed-link.store.ts';

/** Ends what was asked for while an older password held, and waits for a link to be opened: a new password, another address. */
export async function endOpenLinks(trx: Trx, userId: string): Promise<void> {
  await endLinksOf(trx, 'password_resets', userId);
  // The mail first: where it is being written this waits, and the link that it then has is seen and ended.
  await forgetMails(trx, 'address-change', { userId });
  await endLinksOf(trx, 'address_changes', userId);
}
