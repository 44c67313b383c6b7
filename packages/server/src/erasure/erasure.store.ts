import type { ErasureGround, ErasureKind, ErasureStatement } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Tombstone } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';

export type Amounts = {
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly bytes: number;
};
const nothing: Amounts = { patients: 0, studies: 0, series: 0, instances: 0, bytes: 0 };

/** What somebody wanted gone, and how far that is. `seriesIds`, `imageTokens`: of an erasure of a part. */
export type ErasureRow = Amounts & {
  readonly id: string;
  readonly accountId: string;
  readonly kind: ErasureKind;
  readonly ground: ErasureGround;
  readonly askedBy: string | null;
  readonly askedAt: Date;
  readonly studyId: string | null;
  readonly patientId: string | null;
  readonly seriesIds: readonly string[] | null;
  readonly imageTokens: readonly bigint[] | null;
  readonly subjects: ErasureStatement['subjects'];
  readonly packs: number;
  /** When the study whose part it erases got new keys. */
  readonly renewedAt: Date | null;
  readonly outOfSightAt: Date | null;
  readonly keysDestroyedAt: Date | null;
  readonly objectsRemovedAt: Date | null;
  readonly finalAt: Date | null;
  readonly failure: string | null;
  readonly certificate: unknown;
};

const columns = [
  'id',
  'account_id as accountId',
  'kind',
  'ground',
  'asked_by as askedBy',
  'asked_at as askedAt',
  'study_id as studyId',
  'patient_id as patientId',
  'series_ids as seriesIds',
  'image_tokens as imageTokens',
  'subjects',
  'patients',
  'studies',
  'series',
  'instances',
  'bytes',
  'packs',
  'renewed_at as renewedAt',
  'out_of_sight_at as outOfSightAt',
  'keys_destroyed_at as keysDestroyedAt',
  'objects_removed_at as objectsRemovedAt',
  'final_at as finalAt',
  'failure',
  'certificate',
] as const;

export type NewErasure = Pick<
  ErasureRow,
  'id' | 'accountId' | 'kind' | 'ground' | 'askedBy' | 'askedAt' | 'studyId' | 'patientId' | 'seriesIds' | 'imageTokens'
>;

export async function addErasure(trx: Trx, erasure: NewErasure, amounts: Amounts = nothing): Promise<void> {
  await sql`insert into erasures (id, account_id, kind, ground, asked_by, asked_at, study_id, patient_id, series_ids, image_tokens,
      patients, studies, series, instances, bytes)
    values (${erasure.id}, ${erasure.accountId}, ${erasure.kind}, ${erasure.ground}, ${erasure.askedBy}, ${erasure.askedAt},
      ${erasure.studyId}, ${erasure.patientId}, ${erasure.seriesIds && [...erasure.seriesIds]}::uuid[],
      ${erasure.imageTokens?.map(String) ?? null}::bigint[],
      ${amounts.patients}, ${amounts.studies}, ${amounts.series}, ${amounts.instances}, ${amounts.bytes})
    on conflict do nothing`.execute(trx);
}

export async function erasureById(db: Database | Trx, accountId: string, id: string): Promise<ErasureRow | undefined> {
  const row = await db
    .selectFrom('erasures')
    .select(columns)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row as ErasureRow | undefined;
}

/** As lists show it: an account's certificate and its subjects may be large. */
export type ListedErasure = Omit<ErasureRow, 'subjects' | 'certificate' | 'seriesIds' | 'imageTokens'> & {
  readonly certifiedAt: string | null;
};
const heavy = new Set(['subjects', 'certificate', 'series_ids as seriesIds', 'image_tokens as imageTokens']);
const listed = columns.filter((column) => !heavy.has(column));
const certifiedAt = sql<string | null>`certificate #>> '{statement,keysAboveDestroyedAt}'`.as('certifiedAt');

export async function listedErasure(db: Database, accountId: string, id: string): Promise<ListedErasure | undefined> {
  const row = await db
    .selectFrom('erasures')
    .select([...listed, certifiedAt])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row as ListedErasure | undefined;
}

export async function erasuresOf(
  db: Database,
  accountId: string,
  offset: number,
  limit: number,
): Promise<ListedErasure[]> {
  const rows = await db
    .selectFrom('erasures')
    .select([...listed, certifiedAt])
    .where('account_id', '=', accountId)
    .orderBy('asked_at', 'desc')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .execute();
  return rows as unknown as ListedErasure[];
}

/** What of these studies is being erased and still in sight. */
export async function partsUnderWay(
  db: Database | Trx,
  accountId: string,
  studyIds: readonly string[],
): Promise<(Pick<ErasureRow, 'seriesIds' | 'imageTokens'> & { readonly studyId: string })[]> {
  const rows = await db
    .selectFrom('erasures')
    .select(['study_id as studyId', 'series_ids as seriesIds', 'image_tokens as imageTokens'])
    .where('account_id', '=', accountId)
    .where(sql<boolean>`study_id = any(${[...studyIds]}::uuid[])`)
    .where('out_of_sight_at', 'is', null)
    .where('certificate', 'is', null)
    .execute();
  return rows as unknown as (Pick<ErasureRow, 'seriesIds' | 'imageTokens'> & { readonly studyId: string })[];
}

/**
 * Those whose objects are still there, or those that lack nothing but the certificate: the oldest first, and last of all what
 * failed when it was tried last, so that it keeps nothing else from going on.
 */
export async function erasuresUnderWay(
  db: Database,
  limit: number,
  of: 'to be done' | 'to be certified' = 'to be done',
): Promise<ErasureRow[]> {
  const rows = await db
    .selectFrom('erasures')
    .select(columns)
    .where('certificate', 'is', null)
    .where('objects_removed_at', of === 'to be done' ? 'is' : 'is not', null)
    .orderBy(sql`failed_at nulls first`)
    .orderBy('asked_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows as unknown as ErasureRow[];
}

export type Step = 'renewed_at' | 'out_of_sight_at' | 'keys_destroyed_at' | 'objects_removed_at';

export async function markStep(db: Database | Trx, id: string, step: Step, at: Date): Promise<void> {
  await db
    .updateTable('erasures')
    .set({ [step]: at, failed_at: null, failure: null })
    .where('id', '=', id)
    .execute();
}

export async function markFailed(db: Database, id: string, failure: string, at: Date): Promise<void> {
  await db.updateTable('erasures').set({ failed_at: at, failure }).where('id', '=', id).execute();
}

/** What more of it is gone: added to what was before. */
export async function addGone(
  trx: Trx,
  id: string,
  gone: { readonly amounts?: Amounts; readonly packs: number; readonly subjects: ErasureStatement['subjects'] },
): Promise<void> {
  const { patients, studies, series, instances, bytes } = gone.amounts ?? nothing;
  await sql`update erasures set packs = packs + ${gone.packs}, subjects = subjects || ${JSON.stringify(gone.subjects)}::jsonb,
    patients = patients + ${patients}, studies = studies + ${studies}, series = series + ${series},
    instances = instances + ${instances}, bytes = bytes + ${bytes} where id = ${id}`.execute(trx);
}

export async function addObjects(trx: Trx, erasureId: string, ids: readonly string[]): Promise<void> {
  await sql`insert into erasure_objects (id, erasure_id) select unnest(${[...ids]}::uuid[]), ${erasureId}
    on conflict do nothing`.execute(trx);
}

export async function objectsLeft(db: Database, erasureId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('erasure_objects')
    .select('id')
    .where('erasure_id', '=', erasureId)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function forgetObjects(db: Database, ids: readonly string[]): Promise<void> {
  await sql`delete from erasure_objects where id = any(${[...ids]}::uuid[])`.execute(db);
}

export async function addTombstones(trx: Trx, tombstones: readonly Tombstone[]): Promise<void> {
  if (tombstones.length === 0) return;
  await trx
    .insertInto('tombstones')
    .values(
      tombstones.map(({ id, kind, accountId, family, erasureId, at }) => ({
        id,
        kind,
        account_id: accountId,
        family,
        erasure_id: erasureId,
        at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

const tombstoneColumns = ['id', 'kind', 'account_id as accountId', 'family', 'erasure_id as erasureId', 'at'] as const;

export async function tombstonesOf(db: Database, erasureId: string): Promise<Tombstone[]> {
  return db.selectFrom('tombstones').select(tombstoneColumns).where('erasure_id', '=', erasureId).execute();
}

/** Whether a study was taken out of sight as a whole, and its keys are still to be destroyed. */
export async function keysWait(db: Database, studyId: string): Promise<boolean> {
  const row = await db
    .selectFrom('tombstones')
    .innerJoin('erasures', 'erasures.id', 'tombstones.erasure_id')
    .select('erasures.id')
    .where('tombstones.id', '=', studyId)
    .where('tombstones.kind', '=', 'study')
    .where('erasures.keys_destroyed_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** A page of all tombstones by their ids, from behind one on. */
export async function tombstonesAfter(db: Database, after: Tombstone | undefined, limit: number): Promise<Tombstone[]> {
  let query = db.selectFrom('tombstones').select(tombstoneColumns);
  if (after !== undefined) query = query.where(sql<boolean>`(id, kind) > (${after.id}, ${after.kind})`);
  return query.orderBy('id').orderBy('kind').limit(limit).execute();
}

/** Those of these that the database does not have. Of one that it has nothing is left: both are of one transaction. */
export async function unknownAmong(db: Database, tombstones: readonly Tombstone[]): Promise<Tombstone[]> {
  const ids = tombstones.map(({ id }) => id);
  const rows = await db
    .selectFrom('tombstones')
    .select(['id', 'kind'])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  const known = new Set(rows.map(({ id, kind }) => `${kind} ${id}`));
  return tombstones.filter(({ id, kind }) => !known.has(`${kind} ${id}`));
}

export async function writeCertificate(trx: Trx, id: string, certificate: unknown, finalAt: Date): Promise<void> {
  await sql`update erasures set certificate = ${JSON.stringify(certificate)}::jsonb, final_at = ${finalAt}, failed_at = null, failure = null
    where id = ${id}`.execute(trx);
}
