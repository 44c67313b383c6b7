import type { Action } from '@symbolon/contract';
import type { Trx } from '../platform/db/database.ts';
import type { SignedIn } from './actor.ts';
import { AccessError } from './errors.ts';
import { decisionsFrom, decisionsOf } from './held-role.ts';
import { may } from './policy.ts';
import { type Rights, rightsOf } from './rights.ts';
import { isSession, lockRights, type Standing, scopeOfToken, standingOf } from './standing.store.ts';

/** The rights of somebody who stands there, coming from that address with a token of that scope, or with none. */
export function rightsAt(
  { role, groups, operates }: Pick<Standing, 'role' | 'groups' | 'operates'>,
  scope: readonly string[] | null,
  address: string | undefined,
): Rights {
  const inGroups = groups.map((group) => ({
    namespaceId: group.namespaceId,
    decisions: address === undefined ? group.role && decisionsOf(group.role) : decisionsFrom(group.role, address),
  }));
  return rightsOf(decisionsOf(role), inGroups, { operates, scope });
}

/**
 * Who asks, with the rights that they have now, in a transaction that changes what somebody may do: shuts every other such change
 * of the account out until it ends.
 *
 * Law     what is decided by these rights is decided by what every change before this one left of them.
 *
 * @throws AccessError ACCESS_SIGN_IN_NEEDED, ACCESS_REFUSED  what they had when the request began was taken from them since
 */
export async function actorNow(trx: Trx, actor: SignedIn, action: Action): Promise<SignedIn> {
  const { accountId, userId, credentialId, by } = actor;
  await lockRights(trx, accountId);
  const standing = await standingOf(trx, accountId, userId);
  const token = by === 'token' ? await scopeOfToken(trx, accountId, credentialId) : undefined;
  const stands = by === 'token' ? token !== undefined : await isSession(trx, actor);
  if (standing?.state !== 'active' || !stands)
    throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'Your sign-in ended meanwhile.');
  const { id, name, builtin } = standing.role;
  const rights = rightsAt(standing, token?.scope ?? null, actor.address);
  const now: SignedIn = { ...actor, role: { id, name, builtin }, rights };
  if (!may(now, action)) throw new AccessError('ACCESS_REFUSED', `Your role does not include ${action} any more.`);
  return now;
}
