import type { MyAccountsAnswer } from '@symbolon/contract';
import { AccessError, type SignedIn } from '../access/index.ts';
import { accountsOfUser } from './account.store.ts';
import { PeopleError } from './errors.ts';
import { memberOf } from './member.store.ts';
import { endSession } from './session.store.ts';
import { type SessionDeps, startSession } from './sessions.ts';

/** The accounts in which somebody can go on. A token acts in one: it is not told of others. */
export async function myAccounts(deps: SessionDeps, actor: SignedIn): Promise<MyAccountsAnswer> {
  const all = await accountsOfUser(deps.database, actor.userId);
  const mine = actor.by === 'session' ? all : all.filter(({ id }) => id === actor.accountId);
  return { accounts: mine.map((account) => ({ ...account, current: account.id === actor.accountId })) };
}

/** The session ends, and one with another secret goes on in the other account; it does not live longer for that. */
export async function switchAccount(deps: SessionDeps, actor: SignedIn, accountId: string): Promise<string> {
  if (actor.by !== 'session')
    throw new AccessError('ACCESS_REFUSED', 'A token acts in one account. Make another one in the other account.');
  const member = await memberOf(deps.database, accountId, actor.userId);
  if (member?.state !== 'active')
    throw new PeopleError('ACCOUNT_NOT_FOUND', 'There is no such account, or you are no active member of it.');
  const { userId } = actor;
  return deps.database.transaction().execute(async (trx) => {
    const ended = await endSession(trx, actor);
    if (ended === undefined) throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'The session is over.');
    const owner = { userId, accountId, namespaceId: member.namespaceId };
    // What was opened of this account's identities is nothing to the other.
    const going = { ...ended, identitiesUntil: null };
    const secret = await startSession(trx, owner, { address: actor.address, agent: ended.agent }, deps.now(), going);
    const entry = { actor, action: 'session.switch', outcome: 'success', userId } as const;
    // Neither account is told which the other is.
    await deps.audit.record(trx, [
      { ...entry, kind: 'delete' },
      { ...entry, accountId, kind: 'create' },
    ]);
    return secret;
  });
}
