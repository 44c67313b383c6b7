import type { GroupKind, RoleNamed } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** A group or location that is not deleted. */
export type StoredGroup = {
  readonly id: string;
  readonly kind: GroupKind;
  readonly name: string;
  readonly location: { readonly id: string; readonly name: string } | null;
  readonly defaultRole: RoleNamed | null;
  readonly mustApprove: boolean;
  readonly namespaceId: string;
  readonly members: number;
  readonly studies: number;
  readonly createdAt: Date;
};

function selectGroups(db: Database | Trx, accountId: string, kind: GroupKind) {
  return db
    .selectFrom('groups')
    .innerJoin('namespaces', 'namespaces.group_id', 'groups.id')
    .leftJoin('groups as place', (join) =>
      join.onRef('place.id', '=', 'groups.location_id').on('place.deleted_at', 'is', null),
    )
    .leftJoin('roles', 'roles.id', 'groups.default_role_id')
    .select(['groups.id as id', 'groups.kind as kind', 'groups.name as name', 'groups.created_at as createdAt'])
    .select(['namespaces.id as namespaceId', 'namespaces.must_approve as mustApprove'])
    .select([
      sql<StoredGroup['location']>`case when place.id is null then null
        else json_build_object('id', place.id, 'name', place.name) end`.as('location'),
      sql<RoleNamed | null>`case when roles.id is null then null
        else json_build_object('id', roles.id, 'name', roles.name, 'builtin', roles.builtin) end`.as('defaultRole'),
      sql<number>`(select count(*)::int from group_members gm join memberships m on m.user_id = gm.user_id
        and m.account_id = gm.account_id and m.state <> 'removed' where gm.group_id = groups.id)`.as('members'),
      sql<number>`(select count(*)::int from studies where namespace_id = namespaces.id and instance_count > 0)`.as(
        'studies',
      ),
    ])
    .where('groups.account_id', '=', accountId)
    .where('groups.kind', '=', kind)
    .where('groups.deleted_at', 'is', null);
}

export async function groupsOf(db: Database, accountId: string, kind: GroupKind): Promise<StoredGroup[]> {
  return selectGroups(db, accountId, kind).orderBy(sql`lower(groups.name)`).orderBy('groups.id').execute();
}

export async function groupById(
  db: Database | Trx,
  accountId: string,
  kind: GroupKind,
  id: string,
): Promise<StoredGroup | undefined> {
  return selectGroups(db, accountId, kind).where('groups.id', '=', id).executeTakeFirst();
}

export async function groupsAt(db: Database, locationId: string): Promise<{ id: string; name: string }[]> {
  return db
    .selectFrom('groups')
    .select(['id', 'name'])
    .where('location_id', '=', locationId)
    .where('deleted_at', 'is', null)
    .orderBy(sql`lower(name)`)
    .execute();
}

export async function isNameTaken(
  trx: Trx,
  accountId: string,
  { kind, name, but }: { readonly kind: GroupKind; readonly name: string; readonly but: string | null },
): Promise<boolean> {
  let query = trx
    .selectFrom('groups')
    .select('id')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('deleted_at', 'is', null)
    .where(sql<boolean>`lower(name) = lower(${name})`);
  if (but !== null) query = query.where('id', '<>', but);
  return (await query.executeTakeFirst()) !== undefined;
}

export type GroupText = {
  readonly name: string;
  readonly locationId: string | null;
  readonly defaultRoleId: string | null;
  readonly mustApprove: boolean;
};

export async function addGroup(
  trx: Trx,
  {
    accountId,
    kind,
    id,
    namespaceId,
    at,
  }: { accountId: string; kind: GroupKind; id: string; namespaceId: string; at: Date },
  { name, locationId, defaultRoleId, mustApprove }: GroupText,
): Promise<void> {
  await trx
    .insertInto('groups')
    .values({
      id,
      account_id: accountId,
      kind,
      name,
      location_id: locationId,
      default_role_id: defaultRoleId,
      created_at: at,
    })
    .execute();
  await trx
    .insertInto('namespaces')
    .values({ id: namespaceId, account_id: accountId, user_id: null, group_id: id, must_approve: mustApprove })
    .execute();
}

export async function writeGroup(
  trx: Trx,
  id: string,
  { name, locationId, defaultRoleId, mustApprove }: GroupText,
): Promise<void> {
  await trx
    .updateTable('groups')
    .set({ name, location_id: locationId, default_role_id: defaultRoleId })
    .where('id', '=', id)
    .execute();
  await trx.updateTable('namespaces').set({ must_approve: mustApprove }).where('group_id', '=', id).execute();
}

/** How many studies live in a namespace; none can come to it until the transaction ends. */
export async function studiesLivingIn(trx: Trx, namespaceId: string): Promise<number> {
  await trx.selectFrom('namespaces').select('id').where('id', '=', namespaceId).forUpdate().execute();
  const row = await trx
    .selectFrom('studies')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('namespace_id', '=', namespaceId)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Its row stays, for the audit and for what was granted to it; nobody is in it any more, and no group is at it. */
export async function markDeleted(trx: Trx, id: string, at: Date): Promise<void> {
  await trx.updateTable('groups').set({ location_id: null }).where('location_id', '=', id).execute();
  await trx.deleteFrom('group_members').where('group_id', '=', id).execute();
  await trx.updateTable('groups').set({ deleted_at: at, default_role_id: null }).where('id', '=', id).execute();
}
