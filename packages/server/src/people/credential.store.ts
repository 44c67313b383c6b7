import type { SignInPolicy } from '@symbolon/contract';
import { type RawBuilder, sql } from 'kysely';
import type { HeldRole } from '../access/index.ts';
import { type Database, plannedOnce, type SessionFactor } from '../platform/db/database.ts';
import { withPolicy } from './policy-of.ts';

/** What a token or a session proves, with all that decides what its holder may: read anew with every request. */
export type CredentialRow = {
  readonly id: string;
  readonly userId: string;
  readonly accountId: string;
  readonly namespaceId: string;
  readonly expiresAt: Date | null;
  /** Of a token: the permissions it carries, or null for all of its holder's. */
  readonly scope: readonly string[] | null;
  /** When the token was last used. */
  readonly usedAt: Date | null;
  readonly addresses: readonly string[];
  readonly accountAddresses: readonly string[];
  readonly operates: boolean;
  readonly policy: SignInPolicy;
  /** Whether their role wants a second factor, whatever the account says. */
  readonly roleWantsFactor: boolean;
  readonly role: HeldRole;
  readonly groups: readonly { readonly namespaceId: string; readonly role: HeldRole | null }[];
};

/** What decides which steps a session has still to do, and what it opens. */
export type SessionRow = CredentialRow & {
  readonly digest: Uint8Array;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly expiresAt: Date;
  /** When it had no step to do for the first time; null while it never was so. */
  readonly finishedAt: Date | null;
  readonly factor: SessionFactor | null;
  readonly hasFactor: boolean;
  readonly lockedAt: Date | null;
  readonly provenAt: Date;
  readonly identitiesUntil: Date | null;
  readonly passwordChangedAt: Date;
  readonly passwordMustChange: boolean;
  /** The newest terms of the account, and the newest that they accepted; null where there are none, or none any more. */
  readonly termsVersion: number | null;
  readonly acceptedVersion: number | null;
};

const roleOf = (alias: string): RawBuilder<unknown> =>
  sql.raw(`json_build_object('id', ${alias}.id, 'name', ${alias}.name, 'builtin', ${alias}.builtin,
    'decisions', ${alias}.decisions, 'addresses', ${alias}.addresses)`);

/** Of an active member only; a group that was deleted is none. `credential` has the columns of `CredentialRow` up to `addresses`. */
async function withRights<Row extends CredentialRow>(
  db: Database,
  credential: RawBuilder<unknown>,
): Promise<Row | undefined> {
  const { rows } = await sql<Row>`${plannedOnce}
    select c.*, a.addresses as "accountAddresses", a.operates, ${roleOf('r')} as role,
      a.sign_in_policy as policy, r.second_factor as "roleWantsFactor",
      coalesce((select json_agg(json_build_object('namespaceId', n.id, 'role',
          case when gr.id is null then null else ${roleOf('gr')} end))
        from group_members gm
        join groups g on g.id = gm.group_id and g.deleted_at is null
        join namespaces n on n.group_id = g.id
        left join roles gr on gr.id = coalesce(gm.role_id, g.default_role_id)
        where gm.user_id = m.user_id and gm.account_id = m.account_id), '[]') as groups
    from (${credential}) c
    join memberships m on m.user_id = c."userId" and m.account_id = c."accountId" and m.state = 'active'
    join accounts a on a.id = m.account_id
    join roles r on r.id = m.role_id`.execute(db);
  return rows[0] && (withPolicy(rows[0]) as Row);
}

/** A token that a restore brought back may have been ended since: until somebody decides it is none. */
export function tokenByDigest(db: Database, digest: Uint8Array): Promise<CredentialRow | undefined> {
  return withRights(
    db,
    sql`select id, user_id as "userId", account_id as "accountId", namespace_id as "namespaceId", expires_at as "expiresAt",
      scope, used_at as "usedAt", addresses
      from api_tokens where digest = ${Buffer.from(digest)} and held_at is null and revoked_at is null`,
  );
}

/** By the digest of its secret, or by its id, which stays when it gets another secret. */
export function sessionBy(
  db: Database,
  by: { readonly digest: Uint8Array } | { readonly id: string },
): Promise<SessionRow | undefined> {
  const which = 'digest' in by ? sql`s.digest = ${Buffer.from(by.digest)}` : sql`s.id = ${by.id}`;
  return withRights<SessionRow>(
    db,
    sql`select s.id, s.digest, s.user_id as "userId", s.account_id as "accountId", s.namespace_id as "namespaceId",
      s.expires_at as "expiresAt", s.seen_at as "seenAt", null::text[] as scope, null::timestamptz as "usedAt",
      '{}'::text[] as addresses, s.factor, s.locked_at as "lockedAt", s.proven_at as "provenAt",
      s.created_at as "createdAt", s.finished_at as "finishedAt",
      s.identities_until as "identitiesUntil",
      exists (select from second_factors f where f.user_id = s.user_id) as "hasFactor",
      u.password_changed_at as "passwordChangedAt", u.password_must_change as "passwordMustChange",
      (select case when t.text = '' then null else t.version end from terms t where t.account_id = s.account_id
        order by t.version desc limit 1) as "termsVersion",
      (select max(t.version) from terms_acceptances t where t.account_id = s.account_id and t.user_id = s.user_id)
        as "acceptedVersion"
      from sessions s join users u on u.id = s.user_id where ${which}`,
  );
}

/** What decides whether a password alone still opens anything in an account; of who has none yet only the terms. */
export async function doorFacts(
  db: Database,
  { userId, accountId }: { readonly userId: string; readonly accountId: string },
): Promise<
  Pick<SessionRow, 'policy' | 'passwordChangedAt' | 'passwordMustChange' | 'termsVersion' | 'acceptedVersion'> & {
    readonly hasPassword: boolean;
  }
> {
  const { rows } = await sql<Awaited<ReturnType<typeof doorFacts>>>`
    select a.sign_in_policy as policy, u.password_hash is not null as "hasPassword",
      u.password_changed_at as "passwordChangedAt", u.password_must_change as "passwordMustChange",
      (select case when t.text = '' then null else t.version end from terms t where t.account_id = a.id
        order by t.version desc limit 1) as "termsVersion",
      (select max(t.version) from terms_acceptances t where t.account_id = a.id and t.user_id = u.id)
        as "acceptedVersion"
    from users u, accounts a where u.id = ${userId} and a.id = ${accountId}`.execute(db);
  return withPolicy(rows[0] as (typeof rows)[number]);
}

export async function markUsed(db: Database, tokenId: string, now: Date): Promise<void> {
  await db.updateTable('api_tokens').set({ used_at: now }).where('id', '=', tokenId).execute();
}
