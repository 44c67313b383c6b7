import { sql } from 'kysely';
import { removeChoicesOf } from '../conflicts/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { removeLinksOf } from '../sharing/index.ts';
import type { Amounts } from './erasure.store.ts';

/** How much packs hold, kept aside included: of studies, or of some series of one. */
export async function amountsOf(
  db: Database | Trx,
  studyIds: readonly string[],
  seriesIds?: readonly string[],
): Promise<Omit<Amounts, 'patients' | 'studies'>> {
  const only = seriesIds === undefined ? sql`` : sql`and series_id = any(${[...seriesIds]}::uuid[])`;
  const { rows } = await sql<{ series: number; instances: number; bytes: number }>`
    select count(distinct series_id)::int as series, coalesce(sum(instance_count), 0)::float8 as instances,
      coalesce(sum(bytes), 0)::float8 as bytes
    from packs where study_id = any(${[...studyIds]}::uuid[]) ${only}`.execute(db);
  return rows[0] as { series: number; instances: number; bytes: number };
}

export async function studiesOfPatient(db: Database | Trx, accountId: string, patientId: string): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select id from studies where account_id = ${accountId} and patient_id = ${patientId}
    order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Of these patients, those that have no study but these. */
export async function patientsOfNoOther(
  db: Database | Trx,
  accountId: string,
  patientIds: readonly string[],
  studyIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select id from patients where account_id = ${accountId} and id = any(${[...new Set(patientIds)]}::uuid[])
    and not exists (select from studies where patient_id = patients.id and studies.id <> all(${[...studyIds]}::uuid[]))`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Some studies of an account, whichever. */
export async function someStudies(db: Database, accountId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select id from studies where account_id = ${accountId} limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** The keys under which anything of these studies stood, each with its study. */
export async function keysUnder(
  trx: Trx,
  studies: readonly StudyPlace[],
): Promise<{ keyId: string; studyId: string }[]> {
  const ids = studies.map(({ studyId }) => studyId);
  const { rows } = await sql<{ keyId: string; studyId: string }>`
    select id as "studyId", key_id as "keyId" from studies where id = any(${ids}::uuid[]) and key_id is not null
    union select study_id, key_id from packs where study_id = any(${ids}::uuid[]) and key_id is not null
    union select study_id, key_id from replaced_packs where study_id = any(${ids}::uuid[]) and key_id is not null
    union select study_id, key_id from spent_keys where study_id = any(${ids}::uuid[])`.execute(trx);
  return rows.filter(({ keyId, studyId }) => keyId !== studyId);
}

/**
 * Removes every row of studies, and of patients that have none left; gives the names of their objects. The studies and the
 * patients must be locked. What is on record of them stays, and what is sealed in it opens no more.
 */
export async function removeStudies(
  trx: Trx,
  studyIds: readonly string[],
  patientIds: readonly string[],
): Promise<string[]> {
  const among = sql`any(${[...studyIds]}::uuid[])`;
  const patients = sql`any(${[...patientIds]}::uuid[])`;
  const { rows } = await sql<{ id: string }>`select id from packs where study_id = ${among}
    union all select id from replaced_packs where study_id = ${among}`.execute(trx);
  await removeLinksOf(trx, studyIds);
  await removeChoicesOf(trx, studyIds);
  for (const table of ['scrub_findings', 'replaced_packs', 'packs', 'spent_keys', 'reseal_due', 'holds', 'series'])
    await sql`delete from ${sql.table(table)} where study_id = ${among}`.execute(trx);
  await sql`delete from studies where id = ${among}`.execute(trx);
  await sql`delete from holds where patient_id = ${patients}`.execute(trx);
  await sql`delete from patients where id = ${patients}`.execute(trx);
  return rows.map(({ id }) => id);
}

/** What was replaced in a study and is kept for its readers: gone, and its names. */
export async function removeReplacedOf(trx: Trx, studyId: string): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`delete from replaced_packs where study_id = ${studyId} returning id`.execute(trx);
  return rows.map(({ id }) => id);
}

/** Series without a pack, and findings about packs that are gone. */
export async function removeEmptySeries(trx: Trx, studyId: string): Promise<void> {
  await sql`delete from series where study_id = ${studyId} and not exists (select from packs where packs.series_id = series.id)`.execute(
    trx,
  );
  await sql`delete from scrub_findings where study_id = ${studyId} and not exists (select from packs where packs.id = pack_id)`.execute(
    trx,
  );
}

export type PartPack = { readonly packId: string; readonly seriesId: string; readonly instanceCount: number };

/** All packs of a study, kept aside or not, in the order of their arrival. */
export async function allPacksOf(db: Database | Trx, studyId: string): Promise<PartPack[]> {
  const { rows } =
    await sql<PartPack>`select id as "packId", series_id as "seriesId", instance_count as "instanceCount" from packs
    where study_id = ${studyId} order by ordinal`.execute(db);
  return rows;
}

/** Closes an account: it takes nothing new. False where it is closed. */
export async function closeAccount(trx: Trx, accountId: string, at: Date): Promise<boolean> {
  const { numAffectedRows } =
    await sql`update accounts set closed_at = ${at} where id = ${accountId} and closed_at is null`.execute(trx);
  // What adds to an account with a limit asks for it in its own transaction: from here on nothing fits.
  await sql`insert into usage (account_id, max_instances, max_bytes) values (${accountId}, 0, 0)
    on conflict (account_id) do update set max_instances = 0, max_bytes = 0`.execute(trx);
  return (numAffectedRows ?? 0n) > 0n;
}

export async function isClosed(db: Database | Trx, accountId: string): Promise<boolean> {
  const row = await db.selectFrom('accounts').select('closed_at').where('id', '=', accountId).executeTakeFirst();
  return row?.closed_at !== null && row?.closed_at !== undefined;
}

/** How much an account holds, and how many links to it are open. */
export async function amountsOfAccount(
  db: Database | Trx,
  accountId: string,
): Promise<Amounts & { readonly links: number }> {
  const { rows } = await sql<Amounts & { links: number }>`select
      (select count(*) from patients where account_id = ${accountId})::int as patients,
      (select count(*) from studies where account_id = ${accountId})::int as studies,
      (select count(*) from series where account_id = ${accountId})::int as series,
      (select coalesce(sum(instances), 0) from usage where account_id = ${accountId})::float8 as instances,
      (select coalesce(sum(bytes), 0) from usage where account_id = ${accountId})::float8 as bytes,
      (select count(*) from links where account_id = ${accountId} and revoked_at is null and expires_at > now())::int as links`.execute(
    db,
  );
  return rows[0] as Amounts & { links: number };
}

/** Patients that have no study, left by a crash or by what was refused; and links and visits of none. */
export async function somePatients(db: Database, accountId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select id from patients where account_id = ${accountId} limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Those of these that have a row. */
export async function standing(
  db: Database,
  table: 'studies' | 'patients' | 'accounts',
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select id from ${sql.table(table)} where id = any(${[...ids]}::uuid[])`.execute(db);
  return rows.map(({ id }) => id);
}

/** Studies that stand, or any pack of which stands, under these keys. */
export async function studiesUnderKeys(db: Database, keyIds: readonly string[]): Promise<string[]> {
  const among = sql`any(${[...keyIds]}::uuid[])`;
  const { rows } = await sql<{ id: string }>`
    select id from studies where coalesce(key_id, id) = ${among} union select study_id from packs where key_id = ${among}
    union select study_id from packs where key_id is null and study_id = ${among}`.execute(db);
  return rows.map(({ id }) => id);
}
