import type { Role } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

export type Account = {
  readonly id: string;
  readonly name: string;
  readonly owner: {
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
    readonly invited: boolean;
  } | null;
  readonly operates: boolean;
  readonly users: number;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
};

const accounts = sql`select a.id, a.name, a.operates, a.created_at as "createdAt", a.closed_at as "closedAt",
    case when u.id is null then null
      else json_build_object('id', u.id, 'name', coalesce(o.name, u.name), 'email', u.email,
        'invited', coalesce(o.state = 'invited', false)) end as owner,
    (select count(*) from memberships m where m.account_id = a.id and m.state <> 'removed') as users
  from accounts a left join users u on u.id = a.owner_id
  left join memberships o on o.account_id = a.id and o.user_id = u.id`;

export async function accountById(db: Database | Trx, accountId: string): Promise<Account | undefined> {
  return (await sql<Account>`${accounts} where a.id = ${accountId}`.execute(db)).rows[0];
}

/** The accounts of the exchange, by name. */
export async function allAccounts(
  db: Database,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<Account[]> {
  const found = await sql<Account>`${accounts}
    ${before === undefined ? sql`` : sql`where (lower(a.name), a.id) > (select lower(name), id from accounts where id = ${before})`}
    order by lower(a.name), a.id limit ${limit}`.execute(db);
  return found.rows;
}

export async function nameAccount(trx: Trx, accountId: string, name: string): Promise<void> {
  await trx.updateTable('accounts').set({ name }).where('id', '=', accountId).execute();
}

/** The accounts of which somebody is an active member, by name. */
export async function accountsOfUser(db: Database, userId: string) {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .innerJoin('roles', 'roles.id', 'memberships.role_id')
    .select(['accounts.id as id', 'accounts.name as name'])
    .select(['roles.id as roleId', 'roles.name as roleName', 'roles.builtin as builtin'])
    .where('memberships.user_id', '=', userId)
    .where('memberships.state', '=', 'active')
    .orderBy('accounts.name')
    .orderBy('accounts.id')
    .execute();
  return rows.map(({ roleId, roleName, builtin, ...account }) => ({
    ...account,
    role: { id: roleId, name: roleName, builtin: builtin as Role | null },
  }));
}
