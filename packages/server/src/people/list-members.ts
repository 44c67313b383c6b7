import type { UserCard, UsersAnswer, usersQuery } from '@symbolon/contract';
import type { z } from 'zod';
import { may, type SignedIn } from '../access/index.ts';
import type { Looks } from '../audit/index.ts';
import { mailOf } from '../mail/index.ts';
import { userNotFound } from './errors.ts';
import { pendingInvitation } from './invitation.store.ts';
import { groupsOf, membersOf } from './member.store.ts';
import { beyondReach, type ChangeDeps, presentMember, shownMember } from './member-change.ts';
import { passwordMustChange } from './own-sessions.store.ts';
import { secondPassword } from './second-password.store.ts';
import { countTokens } from './token.store.ts';

export type ListDeps = ChangeDeps & { readonly looks: Looks };

export async function listMembers(
  deps: ListDeps,
  actor: SignedIn,
  { limit, ...filter }: z.output<typeof usersQuery>,
): Promise<UsersAnswer> {
  await deps.looks.record({ actor, action: 'user.list', kind: 'read', outcome: 'success' });
  const found = await membersOf(deps.database, actor.accountId, { ...filter, limit: limit + 1 });
  const page = found.slice(0, limit);
  return { users: page.map(shownMember), next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
}

/** All that is known of somebody. */
export async function showMember(deps: ListDeps, actor: SignedIn, userId: string): Promise<UserCard> {
  const { accountId } = actor;
  if (!may(actor, 'user.view', { accountId, userId })) throw userNotFound();
  const member = await presentMember(deps.database, accountId, userId);
  const entry = { actor, action: 'user.view', kind: 'read', outcome: 'success' } as const;
  await deps.looks.record(userId === actor.userId ? entry : { ...entry, detail: { user: userId } });
  const invitation = await pendingInvitation(deps.database, { accountId, userId }, deps.now());
  const mail =
    member.state === 'invited' ? await mailOf(deps.database, 'invitation', { userId, accountId }) : undefined;
  return {
    user: shownMember(member),
    memberOf: (await groupsOf(deps.database, accountId, userId)).map(({ roleId, roleName, builtin, ...group }) => ({
      ...group,
      role: roleId === null || roleName === null ? null : { id: roleId, name: roleName, builtin },
    })),
    secondPassword: (await secondPassword(deps.database, { accountId, userId })) !== null,
    tokens: await countTokens(deps.database, { accountId, userId }, deps.now()),
    invitation: invitation && {
      createdAt: invitation.createdAt.toISOString(),
      createdBy: invitation.createdBy,
      expiresAt: invitation.expiresAt.toISOString(),
    },
    passwordMustChange: await passwordMustChange(deps.database, userId),
    invitationMail: mail === undefined ? null : { problem: mail.problem, givenUp: mail.givenUpAt !== null },
    withinReach: userId === actor.userId || (await beyondReach(deps.database, actor, member)).length === 0,
  };
}
