import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** A hold; on a study, or on a patient, or, with neither, on the account. `cell`: the reason, sealed. */
export type HoldRow = {
  readonly id: string;
  readonly accountId: string;
  readonly studyId: string | null;
  readonly patientId: string | null;
  readonly cell: Uint8Array;
  readonly placedBy: string;
  readonly placedAt: Date;
  readonly releasedBy: string | null;
  readonly releasedAt: Date | null;
};

const columns = [
  'id',
  'account_id as accountId',
  'study_id as studyId',
  'patient_id as patientId',
  'cell',
  'placed_by as placedBy',
  'placed_at as placedAt',
  'released_by as releasedBy',
  'released_at as releasedAt',
] as const;

/** Nobody places a hold on something of the account while something of it is erased, and the other way round. */
export async function lockHolds(trx: Trx, accountId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`symbolon holds ${accountId}`}, 0))`.execute(trx);
}

export async function addHold(trx: Trx, hold: HoldRow): Promise<void> {
  await trx
    .insertInto('holds')
    .values({
      id: hold.id,
      account_id: hold.accountId,
      study_id: hold.studyId,
      patient_id: hold.patientId,
      cell: Buffer.from(hold.cell),
      placed_by: hold.placedBy,
      placed_at: hold.placedAt,
      released_by: null,
      released_at: null,
    })
    .execute();
}

/** What is held: these studies, or patients, or with neither anything of the account. */
export type Held = { readonly studyIds: readonly string[]; readonly patientIds: readonly string[] } | 'the account';

/** Holds that stop an erasure of this, the first of them; those of the account stop every one. */
export async function holdsInForce(db: Database | Trx, accountId: string, of: Held, limit: number): Promise<HoldRow[]> {
  let query = db
    .selectFrom('holds')
    .select(columns)
    .where('account_id', '=', accountId)
    .where('released_at', 'is', null);
  if (of !== 'the account') {
    query = query.where(
      sql<boolean>`(study_id = any(${[...of.studyIds]}::uuid[]) or patient_id = any(${[...of.patientIds]}::uuid[])
        or (study_id is null and patient_id is null))`,
    );
  }
  return query.orderBy('placed_at', 'desc').orderBy('id').limit(limit).execute();
}

/** Whether something of this is being erased that was not held when that was asked, and still is in sight. */
export async function erasedNow(trx: Trx, accountId: string, of: Held): Promise<boolean> {
  let query = trx
    .selectFrom('erasures')
    .select('id')
    .where('account_id', '=', accountId)
    .where('certificate', 'is', null)
    .where('out_of_sight_at', 'is', null);
  if (of !== 'the account') {
    query = query.where(
      sql<boolean>`(study_id = any(${[...of.studyIds]}::uuid[]) or patient_id = any(${[...of.patientIds]}::uuid[])
        or kind = 'account')`,
    );
  }
  return (await query.limit(1).execute()).length > 0;
}

/** A page of holds, those in force first; of the account, or those that concern a study. */
export async function holdsOf(
  db: Database,
  accountId: string,
  study: { readonly studyId: string; readonly patientId: string } | undefined,
  page: { readonly offset: number; readonly limit: number },
): Promise<HoldRow[]> {
  let query = db.selectFrom('holds').select(columns).where('account_id', '=', accountId);
  if (study !== undefined) {
    query = query.where(
      sql<boolean>`(study_id = ${study.studyId} or patient_id = ${study.patientId} or (study_id is null and patient_id is null))`,
    );
  }
  return query
    .orderBy(sql`released_at is not null`)
    .orderBy('placed_at', 'desc')
    .orderBy('id')
    .offset(page.offset)
    .limit(page.limit)
    .execute();
}

/** Releases a hold that is in force; undefined where there is none. */
export async function releaseHold(
  trx: Trx,
  accountId: string,
  id: string,
  by: { readonly userId: string; readonly at: Date },
): Promise<HoldRow | undefined> {
  return trx
    .updateTable('holds')
    .set({ released_by: by.userId, released_at: by.at })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('released_at', 'is', null)
    .returning(columns)
    .executeTakeFirst();
}
