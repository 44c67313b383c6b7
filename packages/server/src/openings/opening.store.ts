import type { OpeningsQuery } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** A study that somebody opened for a while, beside what their role reaches. `cell`: why, sealed. */
export type OpeningRecord = {
  readonly id: string;
  readonly accountId: string;
  readonly userId: string;
  readonly studyId: string;
  /** Under which `cell` is sealed: that of its study, as of the same moment. */
  readonly keyId: string;
  readonly kind: 'reason' | 'emergency';
  readonly cell: Uint8Array;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly reviewedBy: string | null;
  readonly reviewedAt: Date | null;
};

const columns = [
  'id',
  'account_id as accountId',
  'user_id as userId',
  'study_id as studyId',
  'kind',
  'cell',
  'opened_at as openedAt',
  'expires_at as expiresAt',
  'ended_at as endedAt',
  'reviewed_by as reviewedBy',
  'reviewed_at as reviewedAt',
  sql<string>`(select coalesce(key_id, id) from studies where studies.id = openings.study_id)`.as('keyId'),
] as const;

export async function addOpenings(
  trx: Trx,
  openings: readonly Omit<OpeningRecord, 'keyId' | 'endedAt' | 'reviewedBy' | 'reviewedAt'>[],
): Promise<void> {
  if (openings.length === 0) return;
  await trx
    .insertInto('openings')
    .values(
      openings.map((opening) => ({
        id: opening.id,
        account_id: opening.accountId,
        user_id: opening.userId,
        study_id: opening.studyId,
        kind: opening.kind,
        cell: Buffer.from(opening.cell),
        opened_at: opening.openedAt,
        expires_at: opening.expiresAt,
      })),
    )
    .execute();
}

/** Whose openings somebody may see: `mine` their own, `others` everybody else's. */
export type Seen = { readonly userId: string; readonly mine: boolean; readonly others: boolean };
const seen = ({ userId, mine, others }: Seen) =>
  sql<boolean>`(${mine} and user_id = ${userId} or ${others} and user_id <> ${userId})`;

/** A page of an account's openings, the newest first. Rides `openings_of_an_account`. */
export async function openingsOf(
  db: Database,
  accountId: string,
  by: Seen,
  { show, kind }: Pick<OpeningsQuery, 'show' | 'kind'>,
  page: { readonly offset: number; readonly limit: number; readonly now: Date },
): Promise<OpeningRecord[]> {
  let query = db.selectFrom('openings').select(columns).where('account_id', '=', accountId).where(seen(by));
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (show === 'to review') query = query.where('reviewed_at', 'is', null);
  if (show === 'reviewed') query = query.where('reviewed_at', 'is not', null);
  if (show === 'open') query = query.where('ended_at', 'is', null).where('expires_at', '>', page.now);
  return query.orderBy('opened_at', 'desc').orderBy('id').offset(page.offset).limit(page.limit).execute();
}

/** Emergencies that nobody has looked at: of an account as far as somebody sees them. */
export async function countUnreviewed(db: Database, accountId: string, by: Seen): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from openings
    where account_id = ${accountId} and kind = 'emergency' and reviewed_at is null and ${seen(by)}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Of all accounts. */
export async function countAllUnreviewed(db: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from openings
    where kind = 'emergency' and reviewed_at is null`.execute(db);
  return rows[0]?.count ?? 0;
}

/** An opening, shut to others until the transaction ends. */
export async function lockOpening(trx: Trx, accountId: string, id: string): Promise<OpeningRecord | undefined> {
  return trx
    .selectFrom('openings')
    .select(columns)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function markReviewed(
  trx: Trx,
  { id, reviewedBy, reviewedAt, endedAt }: Pick<OpeningRecord, 'id' | 'reviewedBy' | 'reviewedAt' | 'endedAt'>,
): Promise<void> {
  await trx
    .updateTable('openings')
    .set({ reviewed_by: reviewedBy, reviewed_at: reviewedAt, ended_at: endedAt })
    .where('id', '=', id)
    .execute();
}

/** What is sealed of a study's openings. */
export async function cellsOf(
  trx: Trx,
  studyId: string,
): Promise<{ readonly id: string; readonly cell: Uint8Array }[]> {
  return trx.selectFrom('openings').select(['id', 'cell']).where('study_id', '=', studyId).forUpdate().execute();
}

export async function writeCell(trx: Trx, id: string, cell: Uint8Array): Promise<void> {
  await trx
    .updateTable('openings')
    .set({ cell: Buffer.from(cell) })
    .where('id', '=', id)
    .execute();
}
