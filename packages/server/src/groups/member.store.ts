import type { GroupMember, RoleNamed } from '@symbolon/contract';
import { sql } from 'kysely';
import type { HeldRole } from '../access/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';

export type StoredMember = Omit<GroupMember, 'since'> & { readonly since: Date };

/** Who is in a group, by name. */
export async function membersOf(db: Database | Trx, groupId: string): Promise<StoredMember[]> {
  return db
    .selectFrom('group_members')
    .innerJoin('users', 'users.id', 'group_members.user_id')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'group_members.user_id')
        .onRef('memberships.account_id', '=', 'group_members.account_id')
        .on('memberships.state', '<>', 'removed'),
    )
    .leftJoin('roles', 'roles.id', 'group_members.role_id')
    .select(['users.id as userId', 'users.email as email', 'group_members.created_at as since'])
    .select(sql<string>`coalesce(memberships.name, users.name)`.as('name'))
    .select((of) => of.ref('memberships.state').$castTo<'invited' | 'active' | 'suspended'>().as('state'))
    .select(
      sql<RoleNamed | null>`case when roles.id is null then null
        else json_build_object('id', roles.id, 'name', roles.name, 'builtin', roles.builtin) end`.as('role'),
    )
    .where('group_members.group_id', '=', groupId)
    .orderBy(sql`lower(coalesce(memberships.name, users.name))`)
    .orderBy('users.id')
    .execute();
}

/** The role that somebody has of their own in a group, null where none; undefined where they are not in it. */
export async function roleInGroup(trx: Trx, groupId: string, userId: string): Promise<string | null | undefined> {
  const row = await trx
    .selectFrom('group_members')
    .select('role_id')
    .where('group_id', '=', groupId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.role_id;
}

/** Who is in a group without a role of their own there. */
export async function holdersOfDefault(trx: Trx, groupId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('group_members')
    .select('user_id')
    .where('group_id', '=', groupId)
    .where('role_id', 'is', null)
    .execute();
  return rows.map(({ user_id }) => user_id);
}

export type Member = {
  readonly groupId: string;
  readonly userId: string;
  readonly accountId: string;
  readonly roleId: string | null;
};

export async function putMember(trx: Trx, { groupId, userId, accountId, roleId }: Member, at: Date): Promise<void> {
  await trx
    .insertInto('group_members')
    .values({ group_id: groupId, user_id: userId, account_id: accountId, role_id: roleId, created_at: at })
    .onConflict((same) => same.columns(['group_id', 'user_id']).doUpdateSet({ role_id: roleId }))
    .execute();
}

export async function removeMember(trx: Trx, groupId: string, userId: string): Promise<void> {
  await trx.deleteFrom('group_members').where('group_id', '=', groupId).where('user_id', '=', userId).execute();
}

const roleOf = (alias: string) =>
  sql.raw(`case when ${alias}.id is null then null else json_build_object('id', ${alias}.id, 'name', ${alias}.name,
    'builtin', ${alias}.builtin, 'decisions', ${alias}.decisions, 'addresses', ${alias}.addresses) end`);

/** Which pairs of roles its members have: in the account, and of their own in the group. However many they are, the pairs are few. */
export async function rolesOfMembers(
  trx: Trx,
  groupId: string,
): Promise<{ readonly account: HeldRole; readonly own: HeldRole | null }[]> {
  const { rows } = await sql<{ account: HeldRole; own: HeldRole | null }>`
    select ${roleOf('r')} as account, ${roleOf('gr')} as own
    from (select distinct m.role_id, gm.role_id as own_id from group_members gm
      join memberships m on m.user_id = gm.user_id and m.account_id = gm.account_id and m.state <> 'removed'
      where gm.group_id = ${groupId}) pairs
    join roles r on r.id = pairs.role_id
    left join roles gr on gr.id = pairs.own_id`.execute(trx);
  return rows;
}
