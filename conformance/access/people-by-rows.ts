import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Decisions, type Role, roles } from '@symbolon/contract';
import type { Exchange, Owner } from '@symbolon/testbed';
import type { Database } from '../../packages/server/src/platform/db/database.ts';
import { inDatabaseOf } from '../laws/database-of.ts';

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
    const account_id = where.accountId ?? (await ownAccount(database));
    const [userId, namespaceId] = [randomUUID(), randomUUID()];
    const token = `symbolon_${randomBytes(32).toString('base64url')}`;
    const email = `${userId}@example.org`;
    const password = like
      ? await database.selectFrom('users').select('password_hash').where('email', '=', like.email).executeTakeFirst()
      : undefined;
    await database
      .insertInto('users')
      .values({ id: userId, email, name, password_hash: password?.password_hash ?? null })
      .execute();
    const role_id = await roleOf(database, account_id, role);
    await database.insertInto('memberships').values({ account_id, user_id: userId, role_id }).execute();
    await database.insertInto('namespaces').values({ id: namespaceId, account_id, user_id: userId }).execute();
    await database
      .insertInto('api_tokens')
      .values({
        ...{ id: randomUUID(), digest: createHash('sha256').update(token).digest(), label: 'a test', user_id: userId },
        ...{ account_id, namespace_id: namespaceId, expires_at: null, used_at: null },
      })
      .execute();
    return { userId, namespaceId, token, name, email };
  });
}

/** Puts a group with these members into the owner's account; they have in it what their own role says. */
export function addGroup(
  exchange: Exchange,
  { name, members, mustApprove = false }: { name: string; members: readonly Somebody[]; mustApprove?: boolean },
): Promise<{ groupId: string; namespaceId: string }> {
  return inDatabaseOf(exchange, async (database) => {
    const account_id = await ownAccount(database);
    const [id, namespaceId] = [randomUUID(), randomUUID()];
    await database.insertInto('groups').values({ id, account_id, kind: 'group', name }).execute();
    await database
      .insertInto('namespaces')
      .values({ id: namespaceId, account_id, user_id: null, group_id: id, must_approve: mustApprove })
      .execute();
    for (const { userId } of members)
      await database
        .insertInto('group_members')
        .values({ group_id: id, user_id: userId, account_id, role_id: null })
        .execute();
    return { groupId: id, namespaceId };
  });
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
  const id = randomUUID();
  const decisions = typeof role === 'string' ? {} : role;
  await database
    .insertInto('roles')
    .values({ id, account_id, name: `Role ${id}`, builtin, decisions: JSON.stringify(decisions) as never })
    .execute();
  return id;
}
