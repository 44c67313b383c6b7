import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Decisions, type Role, roles } from '@symbolon/contract';
import type { Exchange } from '@symbolon/testbed';
import { openKeys } from '../../packages/server/src/keys/index.ts';
import type { Database } from '../../packages/server/src/platform/db/database.ts';

/** Somebody in an account, with an API token of theirs. */
export type Person = {
  readonly userId: string;
  readonly accountId: string;
  readonly namespaceId: string;
  readonly roleId: string;
  readonly tokenId: string;
  readonly token: string;
};

/** Adds an account that does not operate the exchange, with its keys and roles, behind the exchange's back. Gives its id. */
export async function addAccount(exchange: Exchange, database: Database, name: string): Promise<string> {
  const accountId = randomUUID();
  const keys = await openKeys(exchange.keysDir, () => new Date(), { make: false });
  try {
    await keys.chains.addAccount(accountId);
  } finally {
    await keys.close();
  }
  await database.insertInto('accounts').values({ id: accountId, name }).execute();
  for (const builtin of roles)
    await database
      .insertInto('roles')
      .values({ id: randomUUID(), account_id: accountId, name: builtin, builtin })
      .execute();
  return accountId;
}

async function roleIdOf(database: Database, accountId: string, builtin: Role): Promise<string> {
  const row = await database
    .selectFrom('roles')
    .select('id')
    .where('account_id', '=', accountId)
    .where('builtin', '=', builtin)
    .executeTakeFirstOrThrow();
  return row.id;
}

export const emailOf = (userId: string): string => `${userId}@example.org`;

/** Adds somebody with a built-in role, or with a role's id. */
export async function addPerson(
  database: Database,
  accountId: string,
  role: Role | { readonly roleId: string },
  name: string,
  passwordHash: string | null = null,
): Promise<Person> {
  const [userId, namespaceId] = [randomUUID(), randomUUID()];
  const roleId = typeof role === 'string' ? await roleIdOf(database, accountId, role) : role.roleId;
  await database
    .insertInto('users')
    .values({ id: userId, email: emailOf(userId), name, password_hash: passwordHash })
    .execute();
  await database
    .insertInto('memberships')
    .values({ account_id: accountId, user_id: userId, role_id: roleId })
    .execute();
  await database.insertInto('namespaces').values({ id: namespaceId, account_id: accountId, user_id: userId }).execute();
  const token = await addToken(database, { userId, accountId, namespaceId });
  return { userId, accountId, namespaceId, roleId, tokenId: token.id, token: token.secret };
}

/** A token of somebody, with all that they may do or with a scope. */
export async function addToken(
  database: Database,
  { userId, accountId, namespaceId }: Pick<Person, 'userId' | 'accountId' | 'namespaceId'>,
  scope: string[] | null = null,
): Promise<{ readonly id: string; readonly secret: string }> {
  const id = randomUUID();
  const secret = `symbolon_${randomBytes(32).toString('base64url')}`;
  const digest = createHash('sha256').update(secret).digest();
  const place = { user_id: userId, account_id: accountId, namespace_id: namespaceId };
  await database
    .insertInto('api_tokens')
    .values({ id, digest, label: 'of a test', ...place, expires_at: null, used_at: null, scope })
    .execute();
  return { id, secret };
}

/** Adds a role of an account's own. Gives its id. */
export async function addRole(
  database: Database,
  accountId: string,
  name: string,
  decisions: Decisions = {},
): Promise<string> {
  const id = randomUUID();
  await database
    .insertInto('roles')
    .values({ id, account_id: accountId, name, builtin: null, decisions: JSON.stringify(decisions) as never })
    .execute();
  return id;
}

type NewGroup = { readonly kind?: 'group' | 'location'; readonly name: string; readonly mustApprove?: boolean };

/** Adds a group with these members, who have no role in it. */
export async function addGroup(
  database: Database,
  accountId: string,
  members: readonly Pick<Person, 'userId'>[],
  { kind = 'group', name, mustApprove = false }: NewGroup,
): Promise<{ readonly groupId: string; readonly namespaceId: string }> {
  const [groupId, namespaceId] = [randomUUID(), randomUUID()];
  await database.insertInto('groups').values({ id: groupId, account_id: accountId, kind, name }).execute();
  await database
    .insertInto('namespaces')
    .values({ id: namespaceId, account_id: accountId, user_id: null, group_id: groupId, must_approve: mustApprove })
    .execute();
  for (const { userId } of members)
    await database
      .insertInto('group_members')
      .values({ group_id: groupId, user_id: userId, account_id: accountId, role_id: null })
      .execute();
  return { groupId, namespaceId };
}

/** Grants a study, or a series of it, to a namespace. Gives the grant's id. */
export async function addGrant(
  database: Database,
  by: Pick<Person, 'accountId' | 'userId'>,
  studyId: string,
  namespaceId: string,
  { id = randomUUID(), seriesId = null }: { readonly id?: string; readonly seriesId?: string | null } = {},
): Promise<string> {
  const what = { study_id: studyId, series_id: seriesId, namespace_id: namespaceId };
  await database
    .insertInto('grants')
    .values({
      id,
      account_id: by.accountId,
      ...what,
      granted_by: by.userId,
      created_at: new Date(),
      expires_at: null,
    })
    .execute();
  return id;
}
