import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

export type StoredTerms = { readonly version: number; readonly text: string; readonly createdAt: Date };

/** The newest version, or that one; undefined where there is none. */
export async function termsOf(
  db: Database | Trx,
  accountId: string,
  version?: number,
): Promise<StoredTerms | undefined> {
  const all = db
    .selectFrom('terms')
    .select(['version', 'text', 'created_at as createdAt'])
    .where('account_id', '=', accountId);
  const wanted = version === undefined ? all : all.where('version', '=', version);
  return wanted.orderBy('version', 'desc').limit(1).executeTakeFirst();
}

export async function addTerms(
  trx: Trx,
  terms: StoredTerms & { readonly accountId: string; readonly createdBy: string },
): Promise<void> {
  const { accountId, version, text, createdBy, createdAt } = terms;
  await trx
    .insertInto('terms')
    .values({ account_id: accountId, version, text, created_by: createdBy, created_at: createdAt })
    .execute();
}

/** The newest first, each with how many people accepted it. */
export async function versionsOf(
  db: Database,
  accountId: string,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
) {
  const { rows } = await sql<StoredTerms & { readonly createdBy: string; readonly accepted: number }>`
    select t.version, t.text, t.created_at as "createdAt", coalesce(m.name, u.name) as "createdBy",
      (select count(*) from terms_acceptances a where a.account_id = t.account_id and a.version = t.version) as accepted
    from terms t join users u on u.id = t.created_by
    left join memberships m on m.user_id = t.created_by and m.account_id = t.account_id
    where t.account_id = ${accountId} ${before === undefined ? sql`` : sql`and t.version < ${before}`}
    order by t.version desc limit ${limit}`.execute(db);
  return rows;
}

/** Active people of the account, and how many of them accepted this version. */
export async function countOf(db: Database, accountId: string, version: number) {
  const { rows } = await sql<{ readonly people: number; readonly accepted: number }>`
    select count(*) as people, count(a.user_id) as accepted
    from memberships m join users u on u.id = m.user_id and u.kind = 'person'
    left join terms_acceptances a on a.account_id = m.account_id and a.user_id = m.user_id and a.version = ${version}
    where m.account_id = ${accountId} and m.state = 'active'`.execute(db);
  return rows[0] as { readonly people: number; readonly accepted: number };
}

export async function acceptedAt(
  db: Database | Trx,
  { accountId, userId, version }: { readonly accountId: string; readonly userId: string; readonly version: number },
): Promise<Date | null> {
  const row = await db
    .selectFrom('terms_acceptances')
    .select('accepted_at')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.accepted_at ?? null;
}

/** False where they had accepted it before. */
export async function addAcceptance(
  trx: Trx,
  acceptance: {
    readonly accountId: string;
    readonly userId: string;
    readonly version: number;
    readonly address: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const { accountId, userId, version, address, at } = acceptance;
  const added = await trx
    .insertInto('terms_acceptances')
    .values({ account_id: accountId, user_id: userId, version, accepted_at: at, address })
    .onConflict((same) => same.doNothing())
    .executeTakeFirst();
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export type Acceptance = {
  readonly userId: string;
  readonly name: string;
  readonly email: string | null;
  readonly version: number;
  readonly acceptedAt: Date;
  readonly address: string;
};
export type AcceptancePosition = Pick<Acceptance, 'acceptedAt' | 'userId' | 'version'>;

/** Who accepted which version, the newest first. */
export async function acceptancesOf(
  db: Database,
  accountId: string,
  page: {
    readonly version?: number | undefined;
    readonly before?: AcceptancePosition | undefined;
    readonly limit: number;
  },
): Promise<Acceptance[]> {
  const { version, before, limit } = page;
  const { rows } = await sql<Acceptance>`
    select a.user_id as "userId", coalesce(m.name, u.name) as name, u.email, a.version, a.accepted_at as "acceptedAt", a.address
    from terms_acceptances a join users u on u.id = a.user_id
    left join memberships m on m.user_id = a.user_id and m.account_id = a.account_id
    where a.account_id = ${accountId}
    ${version === undefined ? sql`` : sql`and a.version = ${version}`}
    ${
      before === undefined
        ? sql``
        : sql`and (a.accepted_at, a.user_id, a.version) < (${before.acceptedAt}, ${before.userId}, ${before.version})`
    }
    order by a.accepted_at desc, a.user_id desc, a.version desc limit ${limit}`.execute(db);
  return rows;
}
