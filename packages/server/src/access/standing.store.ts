import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import type { SignedIn } from './actor.ts';
import type { HeldRole } from './held-role.ts';

/** Where somebody stands in an account: their role, and their groups and locations with the role that they have there. */
export type Standing = {
  readonly userId: string;
  readonly name: string;
  readonly state: 'invited' | 'active' | 'suspended';
  readonly accountId: string;
  readonly namespaceId: string | null;
  readonly operates: boolean;
  readonly accountAddresses: readonly string[];
  readonly role: HeldRole;
  readonly groups: readonly {
    readonly id: string;
    readonly kind: 'group' | 'location';
    readonly name: string;
    readonly namespaceId: string;
    readonly role: HeldRole | null;
  }[];
};

/**
 * Whoever changes what somebody may do — roles, groups, who has which — takes this lock first, and then reads anew what they may do
 * themselves. Two changes at once would each be held against what was before the other, and together hand out what neither has.
 */
export async function lockRights(trx: Trx, accountId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`symbolon rights ${accountId}`}, 0))`.execute(trx);
}

const roleOf = (alias: string) =>
  sql.raw(`json_build_object('id', ${alias}.id, 'name', ${alias}.name, 'builtin', ${alias}.builtin,
    'decisions', ${alias}.decisions, 'addresses', ${alias}.addresses)`);

/** Undefined where they are not in the account, or not any more. A group that was deleted is none. */
export async function standingOf(db: Database | Trx, accountId: string, userId: string): Promise<Standing | undefined> {
  const { rows } = await sql<Standing>`
    select m.user_id as "userId", coalesce(m.name, u.name) as name, m.state, m.account_id as "accountId", n.id as "namespaceId", a.operates,
      a.addresses as "accountAddresses",
      ${roleOf('r')} as role,
      coalesce((select json_agg(json_build_object('id', g.id, 'kind', g.kind, 'name', g.name, 'namespaceId', gn.id,
          'role', case when gr.id is null then null else ${roleOf('gr')} end) order by g.kind, lower(g.name), g.id)
        from group_members gm
        join groups g on g.id = gm.group_id and g.deleted_at is null
        join namespaces gn on gn.group_id = g.id
        left join roles gr on gr.id = coalesce(gm.role_id, g.default_role_id)
        where gm.user_id = m.user_id and gm.account_id = m.account_id), '[]') as groups
    from memberships m
    join users u on u.id = m.user_id
    join accounts a on a.id = m.account_id
    join roles r on r.id = m.role_id
    left join namespaces n on n.user_id = m.user_id and n.account_id = m.account_id
    where m.account_id = ${accountId} and m.user_id = ${userId} and m.state <> 'removed'`.execute(db);
  return rows[0];
}

/** The scope of a token that is still one, null where it carries all; undefined where it was ended. */
export async function scopeOfToken(
  db: Database | Trx,
  accountId: string,
  tokenId: string,
): Promise<{ readonly userId: string; readonly label: string; readonly scope: readonly string[] | null } | undefined> {
  return db
    .selectFrom('api_tokens')
    .select(['user_id as userId', 'label', 'scope'])
    .where('account_id', '=', accountId)
    .where('id', '=', tokenId)
    .where('revoked_at', 'is', null)
    .where('held_at', 'is', null)
    .executeTakeFirst();
}

export async function isSession(db: Database | Trx, { credentialId, digest }: SignedIn): Promise<boolean> {
  const session = db.selectFrom('sessions').select('id').where('id', '=', credentialId);
  return (await session.where('digest', '=', Buffer.from(digest ?? [])).executeTakeFirst()) !== undefined;
}
