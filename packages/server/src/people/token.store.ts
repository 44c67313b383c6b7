import type { UserKind } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

export type NewToken = {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly label: string;
  readonly userId: string;
  readonly accountId: string;
  readonly namespaceId: string;
  readonly expiresAt?: Date | null;
  readonly scope?: readonly string[] | null;
  readonly addresses?: readonly string[];
  readonly createdBy?: string;
  /** The token by which its maker came: it ends with that one. */
  readonly madeWith?: string;
};

export async function addToken(trx: Trx, token: NewToken): Promise<void> {
  await trx
    .insertInto('api_tokens')
    .values({
      id: token.id,
      digest: Buffer.from(token.digest),
      label: token.label,
      user_id: token.userId,
      account_id: token.accountId,
      namespace_id: token.namespaceId,
      expires_at: token.expiresAt ?? null,
      used_at: null,
      scope: token.scope ? [...token.scope] : null,
      addresses: [...(token.addresses ?? [])],
      created_by: token.createdBy ?? null,
      made_with: token.madeWith ?? null,
    })
    .execute();
}

export type KeptToken = {
  readonly id: string;
  readonly label: string;
  readonly userId: string;
  readonly holder: string;
  readonly kind: UserKind;
  readonly scope: readonly string[] | null;
  readonly addresses: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string | null;
  readonly expiresAt: Date | null;
  readonly usedAt: Date | null;
  readonly heldAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
};

const tokens = sql`select t.id, t.label, t.user_id as "userId", coalesce(m.name, u.name) as holder, u.kind, t.scope, t.addresses,
    t.created_at as "createdAt", coalesce(as_maker.name, maker.name) as "createdBy", t.expires_at as "expiresAt", t.used_at as "usedAt",
    t.held_at as "heldAt", t.revoked_at as "revokedAt", coalesce(as_revoker.name, revoker.name) as "revokedBy"
  from api_tokens t join users u on u.id = t.user_id
  left join memberships m on m.account_id = t.account_id and m.user_id = t.user_id
  left join users maker on maker.id = t.created_by left join users revoker on revoker.id = t.revoked_by
  left join memberships as_maker on as_maker.account_id = t.account_id and as_maker.user_id = t.created_by
  left join memberships as_revoker on as_revoker.account_id = t.account_id and as_revoker.user_id = t.revoked_by`;

export async function tokenOfAccount(
  db: Database | Trx,
  accountId: string,
  tokenId: string,
): Promise<KeptToken | undefined> {
  const found = await sql<KeptToken>`${tokens} where t.account_id = ${accountId} and t.id = ${tokenId}`.execute(db);
  return found.rows[0];
}

export type TokenFilter = {
  /** Only theirs. */
  readonly userId?: string | undefined;
  /** Also those that are over or were revoked. */
  readonly all: boolean;
  /** The id of the last one of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
};

/** The tokens of an account, newest first. */
export async function tokensOf(
  db: Database,
  accountId: string,
  { userId, all, before, limit }: TokenFilter,
  now: Date,
): Promise<KeptToken[]> {
  const found = await sql<KeptToken>`${tokens} where t.account_id = ${accountId}
    ${userId === undefined ? sql`` : sql`and t.user_id = ${userId}`}
    ${all ? sql`` : sql`and t.revoked_at is null and (t.expires_at is null or t.expires_at > ${now})`}
    ${
      before === undefined
        ? sql``
        : sql`and (t.created_at, t.id) < (select created_at, id from api_tokens where account_id = ${accountId} and id = ${before})`
    }
    order by t.created_at desc, t.id desc limit ${limit}`.execute(db);
  return found.rows;
}

/** How many of somebody's tokens there are that are not over. */
export async function countTokens(
  db: Database,
  { accountId, userId }: { readonly accountId: string; readonly userId: string },
  now: Date,
): Promise<number> {
  const row = await db
    .selectFrom('api_tokens')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where((of) => of.or([of('expires_at', 'is', null), of('expires_at', '>', now)]))
    .executeTakeFirstOrThrow();
  return row.count;
}

export type RevokedToken = Pick<KeptToken, 'id' | 'userId' | 'label'>;

/** Revokes a token, and with it whatever was made with it, however far: who stole one has made others. Gives those that this ended. */
export async function markTokenRevoked(trx: Trx, tokenId: string, by: string, now: Date): Promise<RevokedToken[]> {
  const { rows } = await sql<RevokedToken>`
    with recursive ended as (
      select id, account_id from api_tokens where id = ${tokenId}
      union select made.id, made.account_id from api_tokens made
        join ended on made.made_with = ended.id and made.account_id = ended.account_id)
    update api_tokens set revoked_by = ${by}, revoked_at = ${now}
    where id in (select id from ended) and revoked_at is null returning id, user_id as "userId", label`.execute(trx);
  return rows;
}
