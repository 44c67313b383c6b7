import { randomUUID } from 'node:crypto';
import { roles } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import { locks } from '../platform/db/locks.ts';

/** Lets one first set-up through at a time, whatever the number of nodes. */
export async function lockSetUp(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${locks['set-up']})`.execute(trx);
}

export async function anyAccount(db: Database | Trx): Promise<boolean> {
  return (await db.selectFrom('accounts').select('id').limit(1).executeTakeFirst()) !== undefined;
}

export type FirstOwner = {
  readonly accountId: string;
  readonly accountName: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly namespaceId: string;
};

export async function addFirstOwner(trx: Trx, owner: FirstOwner): Promise<void> {
  const { accountId, userId } = owner;
  const administrator = await addAccount(trx, { id: accountId, name: owner.accountName, operates: true });
  await trx
    .insertInto('users')
    .values({ id: userId, email: owner.email, name: owner.name, password_hash: owner.passwordHash })
    .execute();
  await setOwner(trx, accountId, userId);
  await trx
    .insertInto('memberships')
    .values({ account_id: accountId, user_id: userId, role_id: administrator })
    .execute();
  await trx
    .insertInto('namespaces')
    .values({ id: owner.namespaceId, account_id: accountId, user_id: userId })
    .execute();
}

/** Adds an account, still without an owner. Returns the id of its administrator role. */
export async function addAccount(
  trx: Trx,
  account: { readonly id: string; readonly name: string; readonly operates: boolean },
): Promise<string> {
  await trx.insertInto('accounts').values(account).execute();
  return addBuiltinRoles(trx, account.id);
}

export async function setOwner(trx: Trx, accountId: string, userId: string): Promise<void> {
  await trx.updateTable('accounts').set({ owner_id: userId }).where('id', '=', accountId).execute();
}

/** The four roles that every account has. Returns the administrator's id. */
async function addBuiltinRoles(trx: Trx, accountId: string): Promise<string> {
  const rows = roles.map((builtin) => ({
    id: randomUUID(),
    account_id: accountId,
    name: `${builtin.charAt(0).toUpperCase()}${builtin.slice(1)}`,
    builtin,
  }));
  await trx.insertInto('roles').values(rows).execute();
  return (rows[0] as (typeof rows)[number]).id;
}

export type UserRow = {
  readonly id: string;
  readonly passwordHash: string;
  readonly accountId: string;
  readonly namespaceId: string;
};

export const userByEmail = (db: Database, email: string): Promise<UserRow | undefined> => userForSignIn(db, { email });

/** A user with the account and namespace in which they sign in, or a new token of theirs acts. */
export async function userForSignIn(
  db: Database | Trx,
  who: { readonly email: string } | { readonly id: string },
): Promise<UserRow | undefined> {
  return (
    db
      .selectFrom('users')
      .innerJoin('namespaces', 'namespaces.user_id', 'users.id')
      .innerJoin('memberships', (join) =>
        join
          .onRef('memberships.user_id', '=', 'users.id')
          .onRef('memberships.account_id', '=', 'namespaces.account_id'),
      )
      .select([
        'users.id as id',
        sql<string>`users.password_hash`.as('passwordHash'),
        'namespaces.account_id as accountId',
        'namespaces.id as namespaceId',
      ])
      .where('id' in who ? 'users.id' : 'users.email', '=', 'id' in who ? who.id : who.email)
      .where('users.password_hash', 'is not', null)
      .where('memberships.state', '=', 'active')
      // The account last used, or the oldest.
      .orderBy(sql`memberships.seen_at desc nulls last`)
      .orderBy('memberships.created_at')
      .orderBy('namespaces.id')
      .executeTakeFirst()
  );
}

export async function profileOf(
  db: Database,
  userId: string,
  accountId: string,
): Promise<{ name: string; email: string; accountName: string } | undefined> {
  return db
    .selectFrom('users')
    .innerJoin('memberships', 'memberships.user_id', 'users.id')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .select([
      sql<string>`coalesce(memberships.name, users.name)`.as('name'),
      sql<string>`coalesce(users.email, '')`.as('email'),
    ])
    .select('accounts.name as accountName')
    .where('users.id', '=', userId)
    .where('accounts.id', '=', accountId)
    .executeTakeFirst();
}

/** What people are called in an account, by their ids; elsewhere they may have another name, which is nobody's business here. */
export async function namesOf(
  db: Database,
  accountId: string,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('users')
    .leftJoin('memberships', (join) =>
      join.onRef('memberships.user_id', '=', 'users.id').on('memberships.account_id', '=', accountId),
    )
    .select(['users.id as id', sql<string>`coalesce(memberships.name, users.name)`.as('name')])
    .where('users.id', 'in', [...new Set(userIds)])
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export async function accountName(db: Database, accountId: string): Promise<string> {
  const row = await db.selectFrom('accounts').select('name').where('id', '=', accountId).executeTakeFirst();
  return row?.name ?? '';
}
