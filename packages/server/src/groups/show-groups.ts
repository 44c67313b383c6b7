import type { GroupAnswer, GroupKind, GroupRow, GroupsAnswer } from '@symbolon/contract';
import { may, type SignedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { groupNotFound } from './errors.ts';
import { groupById, groupsAt, groupsOf, type StoredGroup } from './group.store.ts';
import { membersOf } from './member.store.ts';

export type GroupsDeps = { readonly database: Database; readonly audit: Audit; readonly now: () => Date };

const rowOf = ({ createdAt, ...group }: StoredGroup): GroupRow => ({ ...group, createdAt: createdAt.toISOString() });

export async function listGroups(
  { database, audit }: GroupsDeps,
  actor: SignedIn,
  kind: GroupKind,
): Promise<GroupsAnswer> {
  await audit.record(database, [{ actor, action: `${kind}.list`, kind: 'read', outcome: 'success' }]);
  return { groups: (await groupsOf(database, actor.accountId, kind)).map(rowOf) };
}

/** A group with which one may do this. @throws GroupsError GROUP_NOT_FOUND  there is none, or one may not */
export async function groupFor(
  db: Database | Trx,
  actor: SignedIn,
  action: `${GroupKind}.${'view' | 'change' | 'delete' | 'enrol'}`,
  id: string,
): Promise<StoredGroup> {
  const { accountId } = actor;
  const group = await groupById(db, accountId, action.split('.')[0] as GroupKind, id);
  if (!group || !may(actor, action, { accountId, namespaceId: group.namespaceId })) throw groupNotFound();
  return group;
}

/** The same with its people, as it stands now. */
export async function answerOf(
  db: Database | Trx,
  accountId: string,
  kind: GroupKind,
  id: string,
): Promise<GroupAnswer> {
  const group = await groupById(db, accountId, kind, id);
  if (!group) throw groupNotFound();
  const people = (await membersOf(db, id)).map(({ since, ...member }) => ({ ...member, since: since.toISOString() }));
  return { ...rowOf(group), people, groups: kind === 'location' ? await groupsAt(db, id) : [] };
}

/** @throws GroupsError GROUP_NOT_FOUND */
export async function showGroup(
  { database, audit }: GroupsDeps,
  actor: SignedIn,
  kind: GroupKind,
  id: string,
): Promise<GroupAnswer> {
  await groupFor(database, actor, `${kind}.view`, id);
  const answer = await answerOf(database, actor.accountId, kind, id);
  await audit.record(database, [
    { actor, action: `${kind}.view`, kind: 'read', outcome: 'success', detail: { [kind]: id } },
  ]);
  return answer;
}
