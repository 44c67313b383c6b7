import type { Decisions, Role } from '@symbolon/contract';
import { sql } from 'kysely';
import type { HeldRole } from '../access/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';

/** A role with who has it: `people` in the account, `groups` whose members have it by default, `inGroups` members with it there. */
export type StoredRole = HeldRole & {
  readonly says: string;
  readonly changedAt: Date;
  readonly people: number;
  readonly groups: number;
  readonly inGroups: number;
  readonly secondFactor: boolean;
  /** How many people have it in the account, and no second factor. */
  readonly withoutFactor: number;
};

function selectRoles(db: Database | Trx, accountId: string) {
  return db
    .selectFrom('roles')
    .select([
      'id',
      'name',
      'builtin',
      'decisions',
      'addresses',
      'says',
      'changed_at as changedAt',
      'second_factor as secondFactor',
    ])
    .select([
      sql<number>`(select count(*)::int from memberships where role_id = roles.id and account_id = roles.account_id
        and state <> 'removed')`.as('people'),
      sql<number>`(select count(*)::int from groups where default_role_id = roles.id and deleted_at is null)`.as(
        'groups',
      ),
      sql<number>`(select count(*)::int from group_members join groups on groups.id = group_id and deleted_at is null
        join memberships m on m.user_id = group_members.user_id and m.account_id = group_members.account_id
          and m.state <> 'removed'
        where group_members.role_id = roles.id)`.as('inGroups'),
      sql<number>`(select count(*)::int from memberships m join users u on u.id = m.user_id and u.kind = 'person'
        where m.role_id = roles.id and m.account_id = roles.account_id and m.state <> 'removed'
          and not exists (select from second_factors f where f.user_id = m.user_id))`.as('withoutFactor'),
    ])
    .where('account_id', '=', accountId);
}

/** The built-in ones first, in their order from most to least; the account's own by name. */
export async function rolesOf(db: Database | Trx, accountId: string): Promise<StoredRole[]> {
  return selectRoles(db, accountId)
    .orderBy(sql`array_position(array['administrator', 'member', 'patient', 'guest'], builtin) nulls last`)
    .orderBy(sql`lower(name)`)
    .execute();
}

export async function roleById(db: Database | Trx, accountId: string, id: string): Promise<StoredRole | undefined> {
  return selectRoles(db, accountId).where('id', '=', id).executeTakeFirst();
}

export async function isNameTaken(trx: Trx, accountId: string, name: string, but: string | null): Promise<boolean> {
  let query = trx
    .selectFrom('roles')
    .select('id')
    .where('account_id', '=', accountId)
    .where(sql<boolean>`lower(name) = lower(${name})`);
  if (but !== null) query = query.where('id', '<>', but);
  return (await query.executeTakeFirst()) !== undefined;
}

export type RoleText = { readonly name: string; readonly says: string; readonly decisions: Decisions };

const asJson = (decisions: Decisions) => sql<Decisions>`${JSON.stringify(decisions)}::jsonb`;

export async function addRole(trx: Trx, accountId: string, id: string, role: RoleText, at: Date): Promise<void> {
  await trx
    .insertInto('roles')
    .values({
      id,
      account_id: accountId,
      builtin: null,
      created_at: at,
      changed_at: at,
      ...role,
      decisions: asJson(role.decisions),
    })
    .execute();
}

export async function writeRole(trx: Trx, id: string, role: RoleText, at: Date): Promise<void> {
  await trx
    .updateTable('roles')
    .set({ ...role, decisions: asJson(role.decisions), changed_at: at })
    .where('id', '=', id)
    .execute();
}

export async function writeRoleAddresses(trx: Trx, id: string, addresses: readonly string[], at: Date): Promise<void> {
  await trx
    .updateTable('roles')
    .set({ addresses: [...addresses], changed_at: at })
    .where('id', '=', id)
    .execute();
}

export async function writeRoleFactor(trx: Trx, id: string, required: boolean, at: Date): Promise<void> {
  await trx.updateTable('roles').set({ second_factor: required, changed_at: at }).where('id', '=', id).execute();
}

/** Takes a role away that nobody has. Who was removed from the account, and groups that were deleted, let go of it. */
export async function removeRole(trx: Trx, accountId: string, id: string): Promise<void> {
  const lowest = trx
    .selectFrom('roles')
    .select('id')
    .where('account_id', '=', accountId)
    .where('builtin', '=', 'guest' satisfies Role);
  await trx
    .updateTable('memberships')
    .set({ role_id: sql<string>`(${lowest})` })
    .where('account_id', '=', accountId)
    .where('role_id', '=', id)
    .where('state', '=', 'removed')
    .execute();
  await trx.updateTable('groups').set({ default_role_id: null }).where('default_role_id', '=', id).execute();
  await trx.updateTable('group_members').set({ role_id: null }).where('role_id', '=', id).execute();
  await trx.deleteFrom('roles').where('account_id', '=', accountId).where('id', '=', id).execute();
}
