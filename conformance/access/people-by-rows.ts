import { randomUUID } from 'node:crypto';
import { type Decisions, type Role, roles } from '@symbolon/contract';
import type { Exchange, Owner } from '@symbolon/testbed';
import type { Database } from '../../packages/server/src/platform/db/database.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import * as rows from './rows-of-people.ts';

export type Somebody = {
  readonly userId: string;
  readonly namespaceId: string;
  readonly token: string;
  readonly name: string;
  readonly email: string;
};

type Wanted = {
  readonly name: string;
  /** A built-in role, or one that decides so. */
  readonly role: Role | Decisions;
  /** By default that of the owner. */
  readonly accountId?: string;
  /** With the password of the owner, so that they can sign in. */
  readonly like?: Owner;
};

/** Puts somebody into an account behind its back, with a token. */
export function addPerson(exchange: Exchange, { name, role, like, ...where }: Wanted): Promise<Somebody> {
  return inDatabaseOf(exchange, async (database) => {
    const accountId = where.accountId ?? (await ownAccount(database));
    const password = like
      ? await database.selectFrom('users').select('password_hash').where('email', '=', like.email).executeTakeFirst()
      : undefined;
    const roleId = await roleOf(database, accountId, role);
    const person = await rows.addPerson(database, accountId, { roleId }, name, password?.password_hash ?? null);
    const { userId, namespaceId, token } = person;
    return { userId, namespaceId, token, name, email: rows.emailOf(userId) };
  });
}

/** Puts a group with these members into the owner's account; they have in it what their own role says. */
export function addGroup(
  exchange: Exchange,
  { members, ...group }: { name: string; members: readonly Somebody[]; mustApprove?: boolean },
): Promise<{ groupId: string; namespaceId: string }> {
  return inDatabaseOf(exchange, async (database) =>
    rows.addGroup(database, await ownAccount(database), members, group),
  );
}

/** Another account of the exchange. */
export function addAccount(exchange: Exchange): Promise<string> {
  return inDatabaseOf(exchange, async (database) => {
    const id = randomUUID();
    await database.insertInto('accounts').values({ id, name: 'Another hospital' }).execute();
    return id;
  });
}

async function ownAccount(database: Database): Promise<string> {
  const { id } = await database
    .selectFrom('accounts')
    .select('id')
    .where('operates', '=', true)
    .executeTakeFirstOrThrow();
  return id;
}

async function roleOf(database: Database, account_id: string, role: Role | Decisions): Promise<string> {
  const builtin = roles.find((one) => one === role) ?? null;
  const found = builtin
    ? await database
        .selectFrom('roles')
        .select('id')
        .where('account_id', '=', account_id)
        .where('builtin', '=', builtin)
        .executeTakeFirst()
    : undefined;
  if (found) return found.id;
  const name = `Role ${randomUUID()}`;
  if (builtin === null) return rows.addRole(database, account_id, name, typeof role === 'string' ? {} : role);
  const id = randomUUID();
  await database.insertInto('roles').values({ id, account_id, name, builtin }).execute();
  return id;
}
