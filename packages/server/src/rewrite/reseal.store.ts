import { sql } from 'kysely';
import type { StudyPlace } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';

/** A study that is to be sealed anew; `begun`: its cells are. */
export type DueStudy = { readonly studyId: string; readonly accountId: string; readonly begun: boolean };

export async function setStudyKey(trx: Trx, { studyId, keyId }: StudyPlace): Promise<void> {
  await trx.updateTable('studies').set({ key_id: keyId }).where('id', '=', studyId).execute();
}

/** From now on nothing new is sealed under these. */
export async function addSpentKey(trx: Trx, { keyId, accountId, patientId, studyId }: StudyPlace): Promise<void> {
  await sql`insert into spent_keys (key_id, account_id, patient_id, study_id, spent_at)
    values (${keyId}, ${accountId}, ${patientId}, ${studyId}, now())`.execute(trx);
}

/** Packs of a study that stand under other keys than it has today, by their ids. */
export async function packsUnderOtherKeys(db: Database, studyId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select packs.id from packs join studies on studies.id = packs.study_id
    where study_id = ${studyId} and coalesce(packs.key_id, study_id) <> coalesce(studies.key_id, studies.id)
    order by ordinal limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

const newestBackup = sql`(select max(started_at) from backup_runs where state = 'whole' and not removed)`;

/** Longer than a transaction lasts, and than clocks differ: what a backup saw that began so much later is what stands now. */
const surelySeenSeconds = 600;

/**
 * Keys under which nothing stands any more, not even what was replaced; nor what the newest backup holds: it would bring back
 * what no key opens. Where no backup was ever made there is none to wait for.
 */
export async function keysWithoutPacks(db: Database, limit: number): Promise<StudyPlace[]> {
  const { rows } = await sql<StudyPlace>`
    select key_id as "keyId", account_id as "accountId", patient_id as "patientId", study_id as "studyId" from spent_keys
    where not exists (select from packs where packs.study_id = spent_keys.study_id and coalesce(packs.key_id, packs.study_id) = spent_keys.key_id)
      and not exists (select from replaced_packs old where old.study_id = spent_keys.study_id and coalesce(old.key_id, old.study_id) = spent_keys.key_id)
      and coalesce(${newestBackup} > greatest(spent_at, (select max(rewritten_at) from packs where packs.study_id = spent_keys.study_id))
        + make_interval(secs => ${surelySeenSeconds}), true)
    limit ${limit}`.execute(db);
  return rows;
}

/** Keys of a study under which nothing new is sealed. */
export async function spentKeysOf(db: Database | Trx, studyId: string): Promise<string[]> {
  const rows = await db.selectFrom('spent_keys').select('key_id').where('study_id', '=', studyId).execute();
  return rows.map(({ key_id }) => key_id);
}

export async function forgetSpentKeys(trx: Trx | Database, keyIds: readonly string[]): Promise<void> {
  await sql`delete from spent_keys where key_id = any(${[...keyIds]}::uuid[])`.execute(trx);
}

/** Has all studies of an account sealed anew; says how many wait. One that is waiting already keeps its place. */
export async function resealAll(trx: Trx, accountId: string, now: Date): Promise<number> {
  await sql`insert into reseal_due (study_id, account_id, asked_at)
    select id, account_id, ${now} from studies where account_id = ${accountId} on conflict do nothing`.execute(trx);
  return resealWaiting(trx, accountId);
}

export async function resealWaiting(db: Database | Trx, accountId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from reseal_due
    where account_id = ${accountId}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Keys of an account that are to be destroyed when nothing stands under them. */
export async function spentKeys(db: Database, accountId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from spent_keys
    where account_id = ${accountId}`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function nextToReseal(db: Database): Promise<DueStudy | undefined> {
  const { rows } = await sql<DueStudy>`select study_id as "studyId", account_id as "accountId", begun from reseal_due
    where look_at <= now() order by look_at, study_id limit 1`.execute(db);
  return rows[0];
}

export async function markBegun(trx: Trx, studyId: string): Promise<void> {
  await sql`update reseal_due set begun = true where study_id = ${studyId}`.execute(trx);
}

export async function doneResealing(db: Database, studyId: string): Promise<void> {
  await sql`delete from reseal_due where study_id = ${studyId}`.execute(db);
}

export async function resealLater(db: Database, studyId: string, seconds: number): Promise<void> {
  await sql`update reseal_due set look_at = now() + make_interval(secs => ${seconds}) where study_id = ${studyId}`.execute(
    db,
  );
}

/** Whether a part of this study waits to be erased. Until that is done nobody else writes any of it anew. */
export async function partUnderWay(db: Database | Trx, studyId: string): Promise<boolean> {
  const row = await db
    .selectFrom('erasures')
    .select('id')
    .where('study_id', '=', studyId)
    .where('out_of_sight_at', 'is', null)
    .where('certificate', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}
