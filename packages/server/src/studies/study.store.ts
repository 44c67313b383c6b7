import { type RawBuilder, sql } from 'kysely';
import type { Reach } from '../access/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import { builtOnce } from '../platform/db/built-once.ts';
import { type Database, plannedOnce, type Trx } from '../platform/db/database.ts';
import { tokenArray, wantedToken, wantedTokens } from '../platform/db/token-array.ts';
import { reached } from './reached.store.ts';

export type PatientRow = { readonly id: string; readonly cell: Uint8Array };
export type StudyRow = {
  readonly id: string;
  readonly accountId: string;
  readonly namespaceId: string;
  readonly patientId: string;
  /** Names the keys of its halves: its own id, until it was sealed anew. */
  readonly keyId: string;
  readonly cell: Uint8Array;
  readonly modalities: readonly string[];
  readonly seriesCount: number;
  readonly instanceCount: number;
  readonly bytes: number;
  readonly misidentified: boolean;
  readonly arrivedAt: Date;
  /** The same to the microsecond, since 1970: a JavaScript date would lose some, and a walk that goes on there studies with them. */
  readonly arrivedUs: string;
  /** How often packs of it were written anew. */
  readonly rewrites: number;
  readonly unapproved: boolean;
  /** Its live grants: to which namespace, and of which series, or null for all of it. */
  readonly grants: readonly (readonly [namespaceId: string, seriesId: string | null])[];
  /** Who opened it for a while, and how. */
  readonly openings: readonly (readonly [userId: string, kind: 'reason' | 'emergency'])[];
};
export type SeriesRow = {
  readonly id: string;
  readonly studyId: string;
  /** Under which `cell` is sealed: that of its study, as of the same moment. */
  readonly keyId: string;
  readonly ordinal: number;
  readonly cell: Uint8Array;
  readonly modality: string;
  readonly instanceCount: number;
};

/**
 * Shuts others out of an (account, study) bucket until the transaction ends. Two senders of one study, or of one
 * patient, then see each other's rows; taken in order, so that no two commits wait for each other.
 */
export async function lockBuckets(trx: Trx, buckets: readonly bigint[]): Promise<void> {
  const ordered = [...new Set(buckets)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (ordered.length === 0) return;
  await sql`select pg_advisory_xact_lock(bucket) from unnest(${tokenArray(ordered)}::bigint[]) with ordinality as b(bucket, place) order by place`.execute(
    trx,
  );
}

/** Nominees by any of these tokens, the oldest first; put as `packsWithTokens` puts it, and for the same reason. */
export async function patientsWithTokens(
  trx: Trx,
  accountId: string,
  tokens: readonly bigint[],
): Promise<PatientRow[]> {
  if (tokens.length === 0) return [];
  return trx
    .selectFrom('patients')
    .select(['patients.id as id', 'patients.cell as cell'])
    .where('patients.account_id', '=', accountId)
    .where(
      sql<boolean>`patients.id = any(array(select patient_id from unnest(${tokenArray(tokens)}::bigint[]) as wanted(token)
        join patient_tokens on patient_tokens.tokens @> array[wanted.token]))`,
    )
    .orderBy('patients.created_at')
    .execute();
}

export async function patientById(trx: Trx, accountId: string, patientId: string): Promise<PatientRow | undefined> {
  return trx
    .selectFrom('patients')
    .select(['id', 'cell'])
    .where('account_id', '=', accountId)
    .where('id', '=', patientId)
    .executeTakeFirst();
}

/** What a `StudyRow` is read from, of a `studies` in the statement: its table, or what was chosen of that before. */
export const studyColumns =
  sql.raw(`studies.id, studies.account_id as "accountId", studies.namespace_id as "namespaceId",
  studies.patient_id as "patientId", coalesce(studies.key_id, studies.id) as "keyId", studies.cell, studies.modalities,
  studies.series_count as "seriesCount", studies.instance_count as "instanceCount", studies.bytes, studies.misidentified,
  studies.rewrites, studies.unapproved,
  (select coalesce(json_agg(json_build_array(namespace_id, series_id)), '[]') from grants
    where study_id = studies.id and revoked_at is null and (expires_at is null or expires_at > now())) as grants,
  (select coalesce(json_agg(json_build_array(user_id, kind)), '[]') from openings
    where study_id = studies.id and ended_at is null and expires_at > now()) as openings,
  studies.created_at as "arrivedAt", (extract(epoch from studies.created_at) * 1000000)::bigint::text as "arrivedUs"`);

/** Nominees by any of these tokens, the oldest first; put as `packsWithTokens` puts it, and for the same reason. */
export async function studiesWithTokens(
  db: Database | Trx,
  accountId: string,
  tokens: readonly bigint[],
): Promise<StudyRow[]> {
  const [first] = tokens;
  if (tokens.length === 1) return studiesWithToken(db, accountId, String(first));
  const { rows } = await thoseWith(accountId, wantedTokens(tokens)).execute(db);
  return rows;
}

const thoseWith = (accountId: string, wanted: RawBuilder<unknown>) =>
  sql<StudyRow>`select ${studyColumns} from studies where studies.account_id = ${accountId}
      and studies.id = any(array(select study_id from ${wanted}
        join study_tokens on study_tokens.tokens @> array[wanted.token]))
    order by studies.created_at, studies.id`;

const studiesWithToken = builtOnce((db, accountId: string, token: string) => ({
  compile: () => sql<StudyRow>`${plannedOnce}${thoseWith(accountId, wantedToken(token))}`.compile(db),
}));

export async function studyById(db: Database | Trx, accountId: string, studyId: string): Promise<StudyRow | undefined> {
  const { rows } = await sql<StudyRow>`${plannedOnce}select ${studyColumns} from studies
    where studies.account_id = ${accountId} and studies.id = ${studyId}`.execute(db);
  return rows[0];
}

/** Those of these studies that are there, and the account's. */
export async function studiesByIds(db: Database | Trx, accountId: string, ids: readonly string[]): Promise<StudyRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<StudyRow>`select ${studyColumns} from studies where studies.account_id = ${accountId}
    and studies.id = any(${[...ids]}::uuid[])`.execute(db);
  return rows;
}

/** Studies of these patients that somebody reaches, so many at most. */
export async function studiesOfPatients(
  db: Database,
  accountId: string,
  patientIds: readonly string[],
  reach: Reach,
  most: number,
): Promise<StudyRow[]> {
  if (patientIds.length === 0) return [];
  const { rows } = await sql<StudyRow>`select ${studyColumns} from studies where studies.account_id = ${accountId}
      and studies.instance_count > 0 and studies.patient_id = any(${[...patientIds]}::uuid[]) and ${reached(reach)}
    limit ${most}`.execute(db);
  return rows;
}

/** The studies that have a series which carries any of these tokens: nominees, which their opened cells confirm or not. */
export async function studiesOfSeriesWithTokens(
  db: Database,
  accountId: string,
  tokens: readonly bigint[],
): Promise<string[]> {
  if (tokens.length === 0) return [];
  const rows = await db
    .selectFrom('series')
    .select('study_id as studyId')
    .distinct()
    .where('account_id', '=', accountId)
    .where(
      sql<boolean>`series.id = any(array(select series_id from unnest(${tokenArray(tokens)}::bigint[]) as wanted(token)
        join series_tokens on series_tokens.tokens @> array[wanted.token]))`,
    )
    .execute();
  return rows.map(({ studyId }) => studyId);
}

function selectSeries(db: Database | Trx) {
  return db
    .selectFrom('series')
    .select(['id', 'study_id as studyId', 'ordinal', 'cell', 'modality', 'instance_count as instanceCount'])
    .select(sql<string>`(select coalesce(key_id, id) from studies where studies.id = series.study_id)`.as('keyId'));
}

export async function seriesOf(db: Database | Trx, studyId: string): Promise<SeriesRow[]> {
  return selectSeries(db).modifyFront(plannedOnce).where('study_id', '=', studyId).orderBy('ordinal').execute();
}

/**
 * Where the keys of these studies hang, of those that are there. Until the transaction ends they stay, under these keys: what is
 * sealed under them meanwhile opens afterwards, however soon the study is sealed anew.
 */
export async function keepStudyKeys(
  trx: Trx,
  accountId: string,
  studyIds: readonly string[],
): Promise<ReadonlyMap<string, StudyPlace>> {
  const { rows } = await sql<StudyPlace>`select account_id as "accountId", patient_id as "patientId", id as "studyId",
      coalesce(key_id, id) as "keyId" from studies
    where account_id = ${accountId} and id = any(${[...studyIds]}::uuid[]) order by id for share`.execute(trx);
  return new Map(rows.map((place) => [place.studyId, place]));
}

/** How many bytes the current images of these series are. */
export async function bytesOfSeries(db: Database, ids: readonly string[]): Promise<number> {
  const { bytes } = await db
    .selectFrom('packs')
    .select(sql<number>`coalesce(sum(bytes), 0)::float8`.as('bytes'))
    .where(sql<boolean>`series_id = any(${[...ids]}::uuid[])`)
    .where('state', '!=', 'aside')
    .executeTakeFirstOrThrow();
  return bytes;
}

export async function seriesOfAll(trx: Database | Trx, studyIds: readonly string[]): Promise<SeriesRow[]> {
  if (studyIds.length === 0) return [];
  return selectSeries(trx)
    .where(sql<boolean>`study_id = any(${[...studyIds]}::uuid[])`)
    .orderBy('study_id')
    .orderBy('ordinal')
    .execute();
}

export type NewPatient = PatientRow & { readonly accountId: string; readonly tokens: readonly bigint[] };

/** Two statements, however many patients. */
export async function addPatients(trx: Trx, patients: readonly NewPatient[]): Promise<void> {
  if (patients.length === 0) return;
  const of = <T>(what: (patient: NewPatient) => T): T[] => patients.map(what);
  await sql`${plannedOnce}insert into patients (id, account_id, cell)
    select * from unnest(${of(({ id }) => id)}::uuid[], ${of(({ accountId }) => accountId)}::uuid[],
      ${of(({ cell }) => cell)}::bytea[])`.execute(trx);
  await sql`${plannedOnce}insert into patient_tokens (patient_id, tokens)
    select id, tokens::bigint[] from ${tokensById(patients)}`.execute(trx);
}

/** As many rows of an id and its tokens as there are, in two values: so the statement is the same however many, and planned once. */
const tokensById = (all: readonly { readonly id: string; readonly tokens: readonly bigint[] }[]): RawBuilder<unknown> =>
  sql`unnest(${all.map(({ id }) => id)}::uuid[], ${all.map(({ tokens }) => tokenArray(tokens))}::text[]) as fresh(id, tokens)`;

export type NewStudy = Pick<StudyRow, 'id' | 'accountId' | 'namespaceId' | 'patientId' | 'cell' | 'misidentified'> & {
  readonly tokens: readonly bigint[];
};

/** Two statements, however many studies. */
export async function addStudies(trx: Trx, studies: readonly NewStudy[]): Promise<void> {
  if (studies.length === 0) return;
  const of = <T>(what: (study: NewStudy) => T): T[] => studies.map(what);
  // Not planned once: whether it looks for a namespace by the index depends on how many there are.
  await sql`insert into studies (id, account_id, namespace_id, patient_id, cell, modalities, series_count, instance_count, bytes,
      misidentified, unapproved, updated_at)
    select id, account_id, namespace_id, patient_id, cell, '{}'::text[], 0, 0, 0, misidentified,
      (select must_approve from namespaces where namespaces.id = fresh.namespace_id), now()
    from unnest(${of(({ id }) => id)}::uuid[], ${of(({ accountId }) => accountId)}::uuid[],
      ${of(({ namespaceId }) => namespaceId)}::uuid[], ${of(({ patientId }) => patientId)}::uuid[],
      ${of(({ cell }) => cell)}::bytea[], ${of(({ misidentified }) => misidentified)}::boolean[])
      as fresh(id, account_id, namespace_id, patient_id, cell, misidentified)`.execute(trx);
  await sql`${plannedOnce}insert into study_tokens (study_id, tokens)
    select id, tokens::bigint[] from ${tokensById(studies)}`.execute(trx);
}

/** Writes a study's cell and tokens anew, when an instance named another patient. */
export async function updateStudyPatients(
  trx: Trx,
  studyId: string,
  cell: Uint8Array,
  more: readonly bigint[],
): Promise<void> {
  await trx
    .updateTable('studies')
    .set({ cell: Buffer.from(cell), misidentified: true })
    .where('id', '=', studyId)
    .execute();
  await sql`update study_tokens set tokens = array(select distinct unnest(tokens || ${tokenArray(more)}::bigint[])) where study_id = ${studyId}`.execute(
    trx,
  );
}

export type NewSeries = Omit<SeriesRow, 'keyId' | 'instanceCount'> & {
  readonly accountId: string;
  readonly tokens: readonly bigint[];
};

/** Two statements, however many series. */
export async function addSeries(trx: Trx, series: readonly NewSeries[]): Promise<void> {
  if (series.length === 0) return;
  const of = <T>(what: (one: NewSeries) => T): T[] => series.map(what);
  await sql`${plannedOnce}insert into series (id, account_id, study_id, ordinal, cell, modality, instance_count)
    select *, 0 from unnest(${of(({ id }) => id)}::uuid[], ${of(({ accountId }) => accountId)}::uuid[],
      ${of(({ studyId }) => studyId)}::uuid[], ${of(({ ordinal }) => ordinal)}::int[], ${of(({ cell }) => cell)}::bytea[],
      ${of(({ modality }) => modality)}::text[])`.execute(trx);
  await sql`${plannedOnce}insert into series_tokens (series_id, tokens)
    select id, tokens::bigint[] from ${tokensById(series)}`.execute(trx);
}

export type Added = {
  readonly studyId: string;
  readonly seriesId: string;
  readonly modality: string;
  readonly instances: number;
  readonly bytes: number;
};

/**
 * Counts what a commit added to series and their studies: two statements, however many. Series that hold only what is kept
 * aside do not count.
 */
export async function countIn(trx: Trx, added: readonly Added[]): Promise<void> {
  if (added.length === 0) return;
  const sumOf = (some: readonly Added[], what: 'instances' | 'bytes'): number =>
    some.reduce((sum, one) => sum + one[what], 0);
  const series = [...Map.groupBy(added, ({ seriesId }) => seriesId)].map(([id, some]) => ({
    id,
    instances: sumOf(some, 'instances'),
  }));
  const studies = [...Map.groupBy(added, ({ studyId }) => studyId)].map(([id, some]) => ({
    id,
    instances: sumOf(some, 'instances'),
    bytes: sumOf(some, 'bytes'),
    modalities: [...new Set(some.map(({ modality }) => modality).filter((modality) => modality !== ''))],
  }));
  await sql`update series set instance_count = instance_count + added.instances
    from jsonb_to_recordset(${JSON.stringify(series)}::jsonb) as added(id uuid, instances int) where series.id = added.id`.execute(
    trx,
  );
  await sql`update studies set instance_count = instance_count + added.instances, bytes = studies.bytes + added.bytes, updated_at = now(),
    series_count = (select count(*) from series where study_id = studies.id and series.instance_count > 0),
    modalities = studies.modalities || array(select one from unnest(added.modalities) as one where one <> all(studies.modalities))
    from jsonb_to_recordset(${JSON.stringify(studies)}::jsonb) as added(id uuid, instances int, bytes bigint, modalities text[])
    where studies.id = added.id`.execute(trx);
}

/** Writes how many current instances a series has, and with `cell` what it is. */
export async function recountSeries(
  trx: Trx,
  seriesId: string,
  told: { readonly instanceCount: number; readonly modality: string; readonly cell: Uint8Array | undefined },
): Promise<void> {
  const { instanceCount, modality, cell } = told;
  await trx
    .updateTable('series')
    .set({ instance_count: instanceCount, modality, ...(cell && { cell: Buffer.from(cell) }) })
    .where('id', '=', seriesId)
    .execute();
}

/** Writes anew how much of a study is current and, with `told`, what it is and is found by. Its series must be counted. */
export async function rewriteStudy(
  trx: Trx,
  studyId: string,
  now: {
    readonly instanceCount: number;
    readonly bytes: number;
    readonly told:
      | { readonly cell: Uint8Array; readonly misidentified: boolean; readonly tokens: bigint[] }
      | undefined;
  },
): Promise<void> {
  const { instanceCount, bytes, told } = now;
  await sql`update studies set instance_count = ${instanceCount}, bytes = ${bytes}, updated_at = now(),
    series_count = (select count(*) from series where study_id = ${studyId} and instance_count > 0),
    modalities = array(select modality from series where study_id = ${studyId} and instance_count > 0 and modality <> ''
      group by modality order by min(ordinal))
    where id = ${studyId}`.execute(trx);
  if (told === undefined) return;
  await trx
    .updateTable('studies')
    .set({ cell: Buffer.from(told.cell), misidentified: told.misidentified })
    .where('id', '=', studyId)
    .execute();
  await sql`update study_tokens set tokens = ${tokenArray(told.tokens)}::bigint[] where study_id = ${studyId}`.execute(
    trx,
  );
}

/** What is sealed of a study and of its series. */
export async function seriesCellsOf(
  trx: Database | Trx,
  studyId: string,
): Promise<{
  readonly study: Uint8Array;
  readonly series: readonly { readonly id: string; readonly cell: Uint8Array }[];
}> {
  const { cell } = await trx.selectFrom('studies').select('cell').where('id', '=', studyId).executeTakeFirstOrThrow();
  const series = await trx.selectFrom('series').select(['id', 'cell']).where('study_id', '=', studyId).execute();
  return { study: cell, series };
}

export async function writeStudyCell(trx: Trx, studyId: string, cell: Uint8Array): Promise<void> {
  await trx
    .updateTable('studies')
    .set({ cell: Buffer.from(cell) })
    .where('id', '=', studyId)
    .execute();
}

export async function writeSeriesCell(trx: Trx, seriesId: string, cell: Uint8Array): Promise<void> {
  await trx
    .updateTable('series')
    .set({ cell: Buffer.from(cell) })
    .where('id', '=', seriesId)
    .execute();
}
