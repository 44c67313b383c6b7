import { randomUUID } from 'node:crypto';
import type { AccountMadeAnswer, AccountRow, AccountsAnswer, HandedLink } from '@symbolon/contract';
import { AccessError, lockRights, type SignedIn } from '../access/index.ts';
import type { KeyChains } from '../keys/index.ts';
import { type Account, accountById, allAccounts, nameAccount } from './account.store.ts';
import { endOtherSessions } from './change-member.ts';
import { PeopleError } from './errors.ts';
import { type InviteDeps, nameFromEmail, sendInvitation } from './invite.ts';
import type { ListDeps } from './list-members.ts';
import { memberOf } from './member.store.ts';
import { changingAccount, mustBe, presentMember } from './member-change.ts';
import { addMember, userForEmail } from './membership.store.ts';
import { addAccount, setOwner } from './people.store.ts';

export type AccountDeps = InviteDeps & ListDeps & { readonly chains: KeyChains };

const shownAccount = ({ createdAt, closedAt, ...account }: Account): AccountRow => ({
  ...account,
  createdAt: createdAt.toISOString(),
  closedAt: closedAt?.toISOString() ?? null,
});

export async function listAccounts(
  deps: AccountDeps,
  actor: SignedIn,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<AccountsAnswer> {
  await deps.looks.record({ actor, action: 'account.list', kind: 'read', outcome: 'success' });
  const found = await allAccounts(deps.database, { before, limit: limit + 1 });
  const page = found.slice(0, limit);
  return { accounts: page.map(shownAccount), next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
}

export async function showAccount(deps: AccountDeps, actor: SignedIn): Promise<AccountRow> {
  await deps.looks.record({ actor, action: 'account.view', kind: 'read', outcome: 'success' });
  return shownAccount((await accountById(deps.database, actor.accountId)) as Account);
}

/** Makes an account with keys and roles of its own. Its owner is invited; nobody of the account that makes it is in it. */
export function createAccount(
  deps: AccountDeps,
  asker: SignedIn,
  input: { readonly name: string; readonly owner: { readonly email: string; readonly name?: string | undefined } },
): Promise<AccountMadeAnswer> {
  const accountId = randomUUID();
  const { email, name = nameFromEmail(email) } = input.owner;
  return changingAccount(deps, asker, 'account.create', async ({ trx, actor }) => {
    await deps.chains.addAccount(accountId);
    const roleId = await addAccount(trx, { id: accountId, name: input.name, operates: false });
    const userId = await userForEmail(trx, email, name);
    await addMember(trx, { accountId, userId, name, roleId, state: 'invited' });
    await setOwner(trx, accountId, userId);
    const invitation = await sendInvitation(deps, trx, { accountId, userId, createdBy: actor.userId, email });
    const entry = { actor, action: 'account.create', kind: 'create', outcome: 'success' } as const;
    const after = { name: input.name, owner: userId, email };
    // In that account it is known, too, and not who of the other one did it.
    await deps.audit.record(trx, [
      { ...entry, detail: { account: accountId, after } },
      { ...entry, accountId, detail: { after } },
    ]);
    return { account: shownAccount((await accountById(trx, accountId)) as Account), invitation };
  });
}

/** A new invitation for the owner of an account who has not taken theirs up: nobody in it could make one. */
export function inviteOwnerAgain(deps: AccountDeps, asker: SignedIn, accountId: string): Promise<HandedLink> {
  return changingAccount(deps, asker, 'account.create', async ({ trx, actor }) => {
    const account = await accountById(trx, accountId);
    if (!account) throw new PeopleError('ACCOUNT_NOT_FOUND', 'There is no such account.');
    await lockRights(trx, accountId);
    const owner = account.owner && (await memberOf(trx, accountId, account.owner.id));
    if (!owner) throw new PeopleError('USER_STATE_OTHER', 'The account has no owner who could be invited.');
    mustBe(owner, 'invited');
    const who = { accountId, userId: owner.id, createdBy: actor.userId, email: owner.email as string };
    const invitation = await sendInvitation(deps, trx, who);
    const entry = { actor, action: 'account.create', kind: 'update', outcome: 'success' } as const;
    const detail = { user: owner.id, invitedAgain: true };
    await deps.audit.record(trx, [
      { ...entry, detail: { account: accountId, ...detail } },
      { ...entry, accountId, detail },
    ]);
    return invitation;
  });
}

export function renameAccount(deps: AccountDeps, asker: SignedIn, name: string): Promise<AccountRow> {
  return changingAccount(deps, asker, 'account.change', async ({ trx, actor, account: before }) => {
    await nameAccount(trx, actor.accountId, name);
    const detail = { before: { name: before.name }, after: { name } };
    await deps.audit.record(trx, [{ actor, action: 'account.change', kind: 'update', outcome: 'success', detail }]);
    return shownAccount((await accountById(trx, actor.accountId)) as Account);
  });
}

/** Gives the account to another of its administrators. The permission alone is not enough: only the present owner can. */
export function transferAccount(deps: AccountDeps, asker: SignedIn, userId: string): Promise<AccountRow> {
  const { accountId } = asker;
  return changingAccount(deps, asker, 'account.transfer', async ({ trx, actor, account: { ownerId } }) => {
    if (ownerId !== actor.userId)
      throw new AccessError('ACCESS_REFUSED', 'Only the owner of the account can give it to somebody else.');
    const { state, kind, role } = await presentMember(trx, accountId, userId);
    if (state !== 'active' || kind !== 'person' || role.builtin !== 'administrator')
      throw new PeopleError('ACCOUNT_OWNER_UNFIT', 'The account can only be given to an active administrator.');
    await setOwner(trx, accountId, userId);
    if (userId !== ownerId) await endOtherSessions(trx, actor, [ownerId, userId]);
    const detail = { before: { owner: ownerId }, after: { owner: userId } };
    await deps.audit.record(trx, [{ actor, action: 'account.transfer', kind: 'update', outcome: 'success', detail }]);
    return shownAccount((await accountById(trx, accountId)) as Account);
  });
}
