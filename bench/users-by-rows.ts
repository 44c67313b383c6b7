import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Exchange } from '@symbolon/testbed';
import { sql } from 'kysely';
import { addGroup, addToken } from '../conformance/access/rows-of-people.ts';
import { inDatabaseOf } from '../conformance/laws/database-of.ts';

/** Somebody of the account. `cookie`: of a session that began a moment ago. `wards`: by number. */
export type User = { readonly email: string; readonly cookie: string; readonly wards: readonly number[] };

/** A group of the account, and a token of the owner's with which studies land in it. */
export type Ward = { readonly namespaceId: string; readonly token: string };

const batch = 500;

/** Wards of the owner's account, and members with the owner's password, each in three of the wards and signed in. */
export function peopleByRows(
  exchange: Exchange,
  ownerEmail: string,
  { wards, users }: { readonly wards: number; readonly users: number },
): Promise<{ readonly wards: Ward[]; readonly users: User[] }> {
  return inDatabaseOf(exchange, async (database) => {
    const { id: owner, password_hash } = await database
      .selectFrom('users')
      .selectAll()
      .where('email', '=', ownerEmail)
      .executeTakeFirstOrThrow();
    const account = await database.selectFrom('accounts').select('id').executeTakeFirstOrThrow();
    const role = await database
      .selectFrom('roles')
      .select('id')
      .where('account_id', '=', account.id)
      .where('builtin', '=', 'member')
      .executeTakeFirstOrThrow();
    const groups: (Ward & { readonly groupId: string })[] = [];
    for (let at = 0; at < wards; at++) {
      const group = await addGroup(database, account.id, [{ userId: owner }], { name: `Ward ${at}` });
      const place = { userId: owner, accountId: account.id, namespaceId: group.namespaceId };
      groups.push({ ...group, token: (await addToken(database, place)).secret });
    }
    const people = Array.from({ length: users }, (_, at) => {
      const [userId, namespaceId, secret] = [randomUUID(), randomUUID(), randomBytes(32).toString('base64url')];
      const own = [...new Set([0, 7, 13].map((more) => (at + more) % wards))];
      return { at, userId, namespaceId, secret, email: `user-${at}@example.org`, wards: own };
    });
    const now = new Date();
    const expires_at = new Date(now.getTime() + 6 * 3_600_000);
    for (let from = 0; from < people.length; from += batch) {
      const some = people.slice(from, from + batch);
      await database
        .insertInto('users')
        .values(some.map(({ userId, email }) => ({ id: userId, email, name: email, password_hash })))
        .execute();
      await database
        .insertInto('memberships')
        .values(some.map(({ userId }) => ({ account_id: account.id, user_id: userId, role_id: role.id })))
        .execute();
      await database
        .insertInto('namespaces')
        .values(some.map(({ userId, namespaceId }) => ({ id: namespaceId, account_id: account.id, user_id: userId })))
        .execute();
      const places = some.flatMap((user) => user.wards.map((ward) => ({ userId: user.userId, ward })));
      await database
        .insertInto('group_members')
        .values(
          places.map(({ userId, ward }) => ({
            group_id: groups[ward]!.groupId,
            user_id: userId,
            account_id: account.id,
            role_id: null,
          })),
        )
        .execute();
      await database
        .insertInto('sessions')
        .values(
          some.map(({ at, userId, namespaceId, secret }) => ({
            id: randomUUID(),
            digest: createHash('sha256').update(secret).digest(),
            user_id: userId,
            account_id: account.id,
            namespace_id: namespaceId,
            address: addressOf(at),
            seen_at: now,
            expires_at,
          })),
        )
        .execute();
    }
    // As autovacuum would have a minute later.
    await sql`analyze`.execute(database);
    const cookieOf = (secret: string): string => `__Host-symbolon-session=${secret}`;
    return { wards: groups, users: people.map(({ secret, ...user }) => ({ ...user, cookie: cookieOf(secret) })) };
  });
}

/** Everybody has an address of their own, told by the proxy that the bench is. */
export const addressOf = (at: number): string => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
