import type { Action, UserRow } from '@symbolon/contract';
import {
  actorNow,
  allIn,
  beyondOf,
  decisionsOf,
  refuseBeyond,
  rightsAt,
  type SignedIn,
  standingOf,
} from '../access/index.ts';
import type { Audit, AuditEntry } from '../audit/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { PeopleError, userNotFound } from './errors.ts';
import { accountNow, type Member, memberOf, otherAdministrators } from './member.store.ts';

export type ChangeDeps = { readonly database: Database; readonly audit: Audit; readonly now: () => Date };

export const shownMember = ({ role, createdAt, lastUsedAt, namespaceId: _, ...member }: Member): UserRow => ({
  ...member,
  role: { id: role.id, name: role.name, builtin: role.builtin },
  createdAt: new Date(createdAt).toISOString(),
  lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
});

/** What a change needs: who asks, with the rights that they have now, and the account, which nobody else changes meanwhile. */
export type Changing = {
  readonly trx: Trx;
  readonly actor: SignedIn;
  readonly account: { readonly name: string; readonly ownerId: string | null };
};

/**
 * Runs a change of who is in an account, or of what they may, one at a time: whoever waited, and was removed or given another
 * role meanwhile, has what is left of their rights.
 */
export function changingAccount<T>(
  { database }: ChangeDeps,
  asker: SignedIn,
  action: Action,
  change: (changing: Changing) => Promise<T>,
): Promise<T> {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, action);
    return change({ trx, actor, account: await accountNow(trx, actor.accountId) });
  });
}

/** Somebody who is in the account. @throws PeopleError USER_NOT_FOUND */
export async function presentMember(db: Database | Trx, accountId: string, userId: string): Promise<Member> {
  const member = await memberOf(db, accountId, userId);
  if (!member || member.state === 'removed') throw userNotFound();
  return member;
}

/** What somebody may and the actor may not: by their role in the account, and in each of their groups. */
export async function beyondReach(db: Database | Trx, actor: SignedIn, member: Member): Promise<string[]> {
  const more: string[] = beyondOf(actor, decisionsOf(member.role));
  const standing = await standingOf(db, actor.accountId, member.id);
  if (!standing) return more;
  const theirs = rightsAt(standing, null, undefined);
  for (const { namespaceId } of standing.groups) {
    const own = allIn(actor.rights, namespaceId);
    for (const name of allIn(theirs, namespaceId)) if (!own.has(name)) more.push(name);
  }
  return [...new Set(more)];
}

/** @throws AccessError RIGHTS_BEYOND_YOURS  they may more than the actor; one's own standing is one's own to give up */
export async function mustBeWithinReach(trx: Trx, actor: SignedIn, member: Member): Promise<void> {
  if (member.id !== actor.userId) refuseBeyond(await beyondReach(trx, actor, member));
}

/** That the account is left with its owner, and with an administrator. @throws PeopleError USER_IS_OWNER, USER_IS_LAST_ADMINISTRATOR */
export async function mustBeDispensable(trx: Trx, actor: SignedIn, member: Member): Promise<void> {
  if (member.isOwner)
    throw new PeopleError('USER_IS_OWNER', 'They own the account. It must be given to somebody else first.');
  if (member.role.builtin !== 'administrator' || member.state !== 'active' || member.kind !== 'person') return;
  if ((await otherAdministrators(trx, actor.accountId, member.id)) === 0)
    throw new PeopleError('USER_IS_LAST_ADMINISTRATOR', 'They are the last active administrator of the account.');
}

/** @throws PeopleError USER_STATE_OTHER */
export function mustBe(member: Member, ...states: readonly Member['state'][]): void {
  if (!states.includes(member.state))
    throw new PeopleError(
      'USER_STATE_OTHER',
      `They are ${member.state}; this needs somebody who is ${states.join(' or ')}.`,
    );
}

/** Records what was done to somebody, and gives them as they are now. */
export async function recorded(
  { audit }: ChangeDeps,
  trx: Trx,
  actor: SignedIn,
  entry: Pick<AuditEntry, 'action' | 'kind'> & {
    readonly userId: string;
    readonly before?: unknown;
    readonly after?: unknown;
  },
): Promise<UserRow> {
  const { action, kind, userId, ...change } = entry;
  await audit.record(trx, [{ actor, action, kind, outcome: 'success', detail: { user: userId, ...change } }]);
  return shownMember((await memberOf(trx, actor.accountId, userId)) as Member);
}
