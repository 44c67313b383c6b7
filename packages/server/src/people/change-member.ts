import type { Action, Decisions, UserRow } from '@symbolon/contract';
import { beyondOf, decisionsOf, gainedBy, may, refuseBeyond, type SignedIn } from '../access/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { PeopleError, userNotFound } from './errors.ts';
import { type Member, roleOfAccount } from './member.store.ts';
import {
  type ChangeDeps,
  changingAccount,
  mustBe,
  mustBeDispensable,
  mustBeWithinReach,
  presentMember,
  recorded,
} from './member-change.ts';
import { changeName, changeRole, changeState, endAllOf, endSessionsOf, endSessionsOfAll } from './membership.store.ts';
import { requirePasswordChange } from './own-sessions.store.ts';

/** Runs a change of one person, who must be there, be one whom the actor may do that to, and may no more than the actor. */
export function changing(
  deps: ChangeDeps,
  asker: SignedIn,
  action: Action,
  userId: string,
  change: (trx: Trx, member: Member, actor: SignedIn) => Promise<UserRow>,
): Promise<UserRow> {
  return changingAccount(deps, asker, action, async ({ trx, actor }) => {
    const { accountId } = actor;
    if (!may(actor, action, { accountId, userId })) throw userNotFound();
    const member = await presentMember(trx, accountId, userId);
    await mustBeWithinReach(trx, actor, member);
    return change(trx, member, actor);
  });
}

/** What they are called in this account; elsewhere they may have another name. */
export function renameMember(deps: ChangeDeps, asker: SignedIn, userId: string, name: string): Promise<UserRow> {
  return changing(deps, asker, 'user.change', userId, async (trx, member, actor) => {
    await changeName(trx, { accountId: actor.accountId, userId }, name);
    const change = { before: { name: member.name }, after: { name } };
    return recorded(deps, trx, actor, { action: 'user.change', kind: 'update', userId, ...change });
  });
}

/** From the next request on nothing of theirs opens anything. Sessions end; tokens rest until they are let in again. */
export function suspendMember(deps: ChangeDeps, asker: SignedIn, userId: string): Promise<UserRow> {
  return changing(deps, asker, 'user.suspend', userId, async (trx, member, actor) => {
    mustBe(member, 'active');
    await mustBeDispensable(trx, actor, member);
    const who = { accountId: actor.accountId, userId };
    await changeState(trx, who, ['active'], 'suspended');
    await endSessionsOf(trx, who);
    const change = { before: { state: 'active' }, after: { state: 'suspended' } };
    return recorded(deps, trx, actor, { action: 'user.suspend', kind: 'update', userId, ...change });
  });
}

export function letMemberIn(deps: ChangeDeps, asker: SignedIn, userId: string): Promise<UserRow> {
  return changing(deps, asker, 'user.suspend', userId, async (trx, member, actor) => {
    mustBe(member, 'suspended');
    await changeState(trx, { accountId: actor.accountId, userId }, ['suspended'], 'active');
    const change = { before: { state: 'suspended' }, after: { state: 'active' } };
    return recorded(deps, trx, actor, { action: 'user.suspend', kind: 'update', userId, ...change });
  });
}

/**
 * From their next request on, in every account, they choose a new password before they go on: who knows the one they have and
 * nothing else gets no further than they would. Tokens go on.
 */
export function requireNewPassword(deps: ChangeDeps, asker: SignedIn, userId: string): Promise<UserRow> {
  return changing(deps, asker, 'password.require', userId, async (trx, member, actor) => {
    mustBe(member, 'active');
    if (member.kind !== 'person') throw new PeopleError('USER_STATE_OTHER', 'A program has no password.');
    await requirePasswordChange(trx, [userId]);
    return recorded(deps, trx, actor, { action: 'password.require', kind: 'update', userId });
  });
}

/** Takes somebody out, or oneself: their membership stays as a row, so that the audit names them; all by which they reach anything ends. */
export function removeMember(deps: ChangeDeps, asker: SignedIn, userId: string): Promise<UserRow> {
  return changing(deps, asker, 'user.remove', userId, async (trx, member, actor) => {
    await mustBeDispensable(trx, actor, member);
    const who = { accountId: actor.accountId, userId };
    // Before the sessions go: an invitation that is being taken up waits here, and finds that it is over.
    await changeState(trx, who, ['invited', 'active', 'suspended'], 'removed');
    const links = await endAllOf(trx, { ...who, namespaceId: member.namespaceId, by: actor.userId }, deps.now());
    await deps.audit.record(
      trx,
      links.map(({ id }) => ({ actor, action: 'link.revoke', kind: 'update', outcome: 'success', linkId: id })),
    );
    const change = { before: { state: member.state, name: member.name }, after: { state: 'removed' } };
    return recorded(deps, trx, actor, { action: 'user.remove', kind: 'delete', userId, ...change });
  });
}

/** Ends the sessions of these people in the account; where who asks is among them, not the one in which they ask. */
export function endOtherSessions(
  trx: Trx,
  { accountId, credentialId }: Pick<SignedIn, 'accountId' | 'credentialId'>,
  userIds: readonly string[],
): Promise<void> {
  return endSessionsOfAll(trx, { accountId, userIds, but: credentialId });
}

/**
 * The role to give to somebody who had those decisions: neither what it permits is beyond the actor, nor what they were denied.
 *
 * @throws PeopleError ROLE_NOT_FOUND  of another account, or never there
 */
export async function roleToGive(trx: Trx, actor: SignedIn, roleId: string | undefined, before: Decisions = {}) {
  const role = await roleOfAccount(trx, actor.accountId, roleId);
  if (!role) throw new PeopleError('ROLE_NOT_FOUND', 'There is no such role in the account.');
  refuseBeyond(beyondOf(actor, gainedBy(before, decisionsOf(role))));
  return role;
}

/** Whose role changes signs in anew: what is open on their screens was opened with the other. Their sessions end at once. */
export function assignRole(deps: ChangeDeps, asker: SignedIn, userId: string, roleId: string): Promise<UserRow> {
  return changing(deps, asker, 'role.assign', userId, async (trx, member, actor) => {
    const role = await roleToGive(trx, actor, roleId, decisionsOf(member.role));
    if (role.id !== member.role.id) await mustBeDispensable(trx, actor, member);
    await changeRole(trx, { accountId: actor.accountId, userId }, role.id);
    if (role.id !== member.role.id) await endOtherSessions(trx, actor, [userId]);
    const named = ({ id, name }: { id: string; name: string }) => ({ role: id, name });
    const change = { before: named(member.role), after: named(role) };
    return recorded(deps, trx, actor, { action: 'role.assign', kind: 'update', userId, ...change });
  });
}
