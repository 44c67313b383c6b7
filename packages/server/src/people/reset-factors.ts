import type { UserRow } from '@symbolon/contract';
import { AccessError, may, type SignedIn } from '../access/index.ts';
import { lockUser, removeFactors } from '../factors/index.ts';
import type { Outbox } from '../mail/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { endTrust } from './device.store.ts';
import { PeopleError, userNotFound } from './errors.ts';
import { endSessionsEverywhere, otherAccounts } from './factor-standing.store.ts';
import {
  type ChangeDeps,
  changingAccount,
  mustBeWithinReach,
  presentMember,
  recorded,
  shownMember,
} from './member-change.ts';

/** All that somebody showed beside their password ends, and with it every session and all trust. Returns how many factors that were. */
export async function clearFactors(trx: Trx, userId: string): Promise<number> {
  await lockUser(trx, userId);
  const cleared = await removeFactors(trx, userId);
  await endTrust(trx, userId);
  await endSessionsEverywhere(trx, userId);
  return cleared;
}

/**
 * Takes the factors of somebody away who lost them. Their password is all that they need then: so only of who may no more than the
 * actor, and who is in no other account, in which the actor has no say.
 *
 * @throws PeopleError USER_NOT_FOUND, USER_ELSEWHERE_TOO
 * @throws AccessError RIGHTS_BEYOND_YOURS, ACCESS_REFUSED
 */
export function resetFactors(
  deps: ChangeDeps & { readonly mail: Outbox },
  asker: SignedIn,
  userId: string,
): Promise<UserRow> {
  return changingAccount(deps, asker, 'factor.reset', async ({ trx, actor }) => {
    const { accountId } = actor;
    if (!may(actor, 'factor.reset', { accountId, userId })) throw userNotFound();
    const member = await presentMember(trx, accountId, userId);
    if (userId === actor.userId)
      throw new AccessError('ACCESS_REFUSED', 'Your own second factors are changed on My security.');
    await mustBeWithinReach(trx, actor, member);
    if ((await otherAccounts(trx, userId, accountId)) > 0)
      throw new PeopleError(
        'USER_ELSEWHERE_TOO',
        'They are in another account, too. Whoever administers the exchange can do it: symbolon user factors.',
      );
    // Of who has none nothing is taken away, nor are they signed out.
    if (!member.secondFactor) return shownMember(member);
    await clearFactors(trx, userId);
    await deps.mail.tell(trx, { kind: 'factor-removed', userId, about: { what: 'every second factor' } });
    const change = { before: { secondFactor: true }, after: { secondFactor: false } };
    return recorded(deps, trx, actor, { action: 'factor.reset', kind: 'delete', userId, ...change });
  });
}
