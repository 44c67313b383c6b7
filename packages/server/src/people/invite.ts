import { type HandedLink, type InvitedAnswer, pages, type UserRow } from '@symbolon/contract';
import { beyondOf, decisionsOf, reachedByGrants, refuseBeyond, type SignedIn } from '../access/index.ts';
import type { Outbox } from '../mail/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { roleToGive } from './change-member.ts';
import { PeopleError } from './errors.ts';
import { endInvitationsOf, replaceInvitation } from './invitation.store.ts';
import {
  type ChangeDeps,
  changingAccount,
  mustBe,
  mustBeWithinReach,
  presentMember,
  recorded,
  shownMember,
} from './member-change.ts';
import { addMember, addService, hasGrants, userForEmail } from './membership.store.ts';
import { newOneTimeSecret } from './one-time-secret.ts';

export type InviteDeps = ChangeDeps & { readonly publicUrl: string; readonly mail: Outbox };

const dayMs = 86_400_000;
const invitationDays = 7;

/** What others see where no name is given. */
export const nameFromEmail = (email: string): string => email.split('@')[0] ?? '';

/** A new invitation with a secret of 256 bits, of which the digest is kept. */
export async function newInvitation(
  { publicUrl, now }: Pick<InviteDeps, 'publicUrl' | 'now'>,
  trx: Trx,
  who: { readonly accountId: string; readonly userId: string; readonly createdBy: string },
): Promise<{ readonly address: string; readonly expiresAt: string }> {
  const { id, digest, text } = newOneTimeSecret();
  const createdAt = now();
  const expiresAt = new Date(createdAt.getTime() + invitationDays * dayMs);
  await replaceInvitation(trx, { id, digest, ...who, createdAt, expiresAt });
  return { address: `${publicUrl}${pages.invitation}#${text}`, expiresAt: expiresAt.toISOString() };
}

/** By mail where the exchange sends any: then nobody but the mailbox sees the link. Otherwise it is for the inviter to give on. */
export async function sendInvitation(
  deps: InviteDeps,
  trx: Trx,
  {
    email,
    ...who
  }: { readonly accountId: string; readonly userId: string; readonly createdBy: string; readonly email: string },
): Promise<HandedLink> {
  if (!deps.mail.sends) return newInvitation(deps, trx, who);
  const { accountId, userId, createdBy } = who;
  await endInvitationsOf(trx, { accountId, userId });
  await deps.mail.tell(trx, { kind: 'invitation', userId, accountId, about: { by: createdBy } });
  return { mailedTo: email };
}

/** Adds a person, who is invited; whether they are known on this exchange already, the inviter is not told. */
export function createUser(
  deps: InviteDeps,
  asker: SignedIn,
  input: { readonly email: string; readonly name?: string | undefined; readonly roleId?: string | undefined },
): Promise<InvitedAnswer> {
  const { accountId } = asker;
  return changingAccount(deps, asker, 'user.create', async ({ trx, actor }) => {
    const role = await roleToGive(trx, actor, input.roleId);
    const name = input.name ?? nameFromEmail(input.email);
    const userId = await userForEmail(trx, input.email, name);
    if (!(await addMember(trx, { accountId, userId, name, roleId: role.id, state: 'invited' })))
      throw new PeopleError('USER_EXISTS_ALREADY', 'Somebody with this e-mail address is in the account already.');
    const { email } = input;
    const invitation = await sendInvitation(deps, trx, { accountId, userId, createdBy: actor.userId, email });
    const after = { name, email: input.email, role: role.id };
    const user = await recorded(deps, trx, actor, { action: 'user.create', kind: 'create', userId, after });
    return { user, invitation };
  });
}

/** Adds a program: it signs in with tokens, and with nothing else. */
export function createService(
  deps: InviteDeps,
  asker: SignedIn,
  input: { readonly name: string; readonly roleId?: string | undefined },
): Promise<UserRow> {
  const { accountId } = asker;
  const { name } = input;
  return changingAccount(deps, asker, 'service.create', async ({ trx, actor }) => {
    const role = await roleToGive(trx, actor, input.roleId);
    const userId = await addService(trx, name);
    await addMember(trx, { accountId, userId, name, roleId: role.id, state: 'active' });
    const after = { name, role: role.id };
    return recorded(deps, trx, actor, { action: 'service.create', kind: 'create', userId, after });
  });
}

/** A new invitation for somebody who has not taken theirs up; the old one ends. Whoever holds it becomes that person. */
export function inviteAgain(deps: InviteDeps, asker: SignedIn, userId: string): Promise<InvitedAnswer> {
  const { accountId } = asker;
  return changingAccount(deps, asker, 'user.create', async ({ trx, actor }) => {
    const member = await presentMember(trx, accountId, userId);
    await mustBeWithinReach(trx, actor, member);
    mustBe(member, 'invited');
    if (await hasGrants(trx, actor.accountId, member.namespaceId, deps.now()))
      refuseBeyond(beyondOf(actor, reachedByGrants(decisionsOf(member.role))));
    const who = { accountId, userId, createdBy: actor.userId, email: member.email as string };
    const invitation = await sendInvitation(deps, trx, who);
    await deps.audit.record(trx, [
      {
        actor,
        action: 'user.create',
        kind: 'update',
        outcome: 'success',
        detail: { user: userId, invitedAgain: true },
      },
    ]);
    return { user: shownMember(member), invitation };
  });
}
