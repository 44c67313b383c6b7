import { type RawBuilder, sql } from 'kysely';
import type { Reach } from '../access/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import { type Database, plannedOnce, type Trx } from '../platform/db/database.ts';
import { tokenArray } from '../platform/db/token-array.ts';
import { firstOf, reached, reachedOfKind } from './reached.store.ts';

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

/** Conditions on a search, all of which must hold; each inner list is an "any of". */
export type StudyFilter = {
  readonly all: readonly bigint[];
  readonly anyOf: readonly (readonly bigint[])[];
  readonly modalities: readonly string[];
  /** Only these. */
  readonly ids?: readonly string[];
  /** Only what awaits approval. */
  readonly awaiting?: boolean;
  /** Only what somebody reaches; undefined for the exchange's own work. */
  readonly reach?: Reach;
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

function selectStudies(db: Database | Trx) {
  return db.selectFrom('studies').select([
    'studies.id as id',
    'studies.account_id as accountId',
    'studies.namespace_id as namespaceId',
    'studies.patient_id as patientId',
    sql<string>`coalesce(studies.key_id, studies.id)`.as('keyId'),
    'studies.cell as cell',
    'studies.modalities as modalities',
    'studies.series_count as seriesCount',
    'studies.instance_count as instanceCount',
    'studies.bytes as bytes',
    'studies.misidentified as misidentified',
    'studies.rewrites as rewrites',
    'studies.unapproved as unapproved',
    sql<StudyRow['grants']>`(select coalesce(json_agg(json_build_array(namespace_id, series_id)), '[]') from grants
        where study_id = studies.id and revoked_at is null and (expires_at is null or expires_at > now()))`.as(
      'grants',
    ),
    sql<StudyRow['openings']>`(select coalesce(json_agg(json_build_array(user_id, kind)), '[]') from openings
        where study_id = studies.id and ended_at is null and expires_at > now())`.as('openings'),
    'studies.created_at as arrivedAt',
    sql<string>`(extract(epoch from studies.created_at) * 1000000)::bigint::text`.as('arrivedUs'),
  ]);
}

/** Nominees by any of these tokens, the oldest first; put as `packsWithTokens` puts it, and for the same reason. */
export async function studiesWithTokens(
  db: Database | Trx,
  accountId: string,
  tokens: readonly bigint[],
): Promise<StudyRow[]> {
  return selectStudies(db)
    .where('studies.account_id', '=', accountId)
    .where(
      sql<boolean>`studies.id = any(array(select study_id from unnest(${tokenArray(tokens)}::bigint[]) as wanted(token)
        join study_tokens on study_tokens.tokens @> array[wanted.token]))`,
    )
    .orderBy('studies.created_at')
    .orderBy('studies.id')
    .execute();
}

export async function studyById(db: Database | Trx, accountId: string, studyId: string): Promise<StudyRow | undefined> {
  return selectStudies(db)
    .where('studies.account_id', '=', accountId)
    .where('studies.id', '=', studyId)
    .executeTakeFirst();
}

/**
 * A page of studies: behind another study, or so many on. `after` rather than `offset` is for whoever reads on while
 * studies arrive: none is met twice. The study there may have gone meanwhile: its place has not.
 */
export type StudyPage = {
  readonly limit: number;
  readonly offset?: number;
  readonly after?: ArrivalPlace | undefined;
  /** From this place on, newest first, the study there included. */
  readonly from?: ArrivalPlace;
  readonly oldestFirst?: boolean;
};

/** Where a study stands in the order of arrival. */
export type ArrivalPlace = { readonly arrivedUs: string; readonly id: string };

/** By arrival, so many of them: behind another study, or from the first. */
type Window = {
  readonly many: number;
  readonly after?: ArrivalPlace | undefined;
  readonly from?: ArrivalPlace | undefined;
  readonly oldestFirst?: boolean | undefined;
};

/** What a row of `studies` must keep, whatever its tokens are. */
function plainly(
  accountId: string,
  filter: StudyFilter,
  { after, from }: Pick<Window, 'after' | 'from'>,
): RawBuilder<boolean> {
  const conditions: RawBuilder<boolean>[] = [sql`studies.account_id = ${accountId}`, sql`studies.instance_count > 0`];
  if (filter.awaiting) conditions.push(sql`studies.unapproved`);
  if (filter.modalities.length > 0) conditions.push(sql`studies.modalities && ${[...filter.modalities]}::text[]`);
  const place = after ?? from;
  if (place !== undefined) {
    const arrival = sql<Date>`('epoch'::timestamptz + ${place.arrivedUs}::bigint * interval '1 microsecond')`;
    const behind = sql.raw(after ? '>' : '>=');
    conditions.push(sql`studies.created_at <= ${arrival}`);
    conditions.push(sql`(studies.created_at < ${arrival} or studies.id ${behind} ${place.id})`);
  }
  if (filter.ids) conditions.push(sql`studies.id = any(${[...filter.ids]}::uuid[])`);
  const { reach } = filter;
  if (reach) conditions.push(reached(reach));
  if (reach && filter.modalities.length > 0) conditions.push(reachedOfKind(reach, filter.modalities));
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

const carriesAll = (tokens: readonly bigint[]): RawBuilder<boolean> =>
  sql<boolean>`study_tokens.tokens @> ${tokenArray(tokens)}::bigint[]`;
/** Never by the index, which `nominees` asks. Of long lists token by token, by their hashes: `&&` compares each with each. */
const carriesAny = (tokens: readonly bigint[]): RawBuilder<boolean> =>
  tokens.length <= 8
    ? sql<boolean>`study_tokens.tokens && ${tokenArray(tokens)}::bigint[]`
    : sql<boolean>`exists (select from unnest(study_tokens.tokens) as held(token) where held.token = any(${tokenArray(tokens)}::bigint[]))`;
const both = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  sql<boolean>`${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}`;

/** So many nominees are looked up and sorted at once; of more, the page is looked for among the first arrivals before. */
const fewNominees = 1_000;
/** Of more than that, some come soon enough on the way from the first arrival on. */
const mostNominees = 20_000;
/** So many first arrivals are looked through for each study of a page: enough where one in twenty matches. */
const walkedEach = 20;

/**
 * The ids that the tokens nominate, up to a limit: of the shortest list of which any will do token by token, each with all that
 * must be there. For `tokens && '{…}'` the planner reckons half a percent of all studies for each token that it does not know as a
 * common one: for two hundred UIDs, or thirty days, it sooner read through the whole account by arrival.
 */
function nominees({ all, anyOf }: StudyFilter, limit: number): RawBuilder<unknown> {
  const [shortest = all, ...others] = anyOf.toSorted((a, b) => a.length - b.length);
  const each = shortest === all ? all.slice(0, 1) : shortest;
  return sql`(select study_tokens.study_id from unnest(${tokenArray(each)}::bigint[]) as wanted(token)
    join study_tokens on study_tokens.tokens @> (array[wanted.token] || ${tokenArray(all)}::bigint[])
    where ${both(others.map(carriesAny))} limit ${limit})`;
}

type Query = ReturnType<typeof selectStudies>;

/** The studies that match, as a query of their own; in no order unless `many` of an order are asked for. */
function matching(
  db: Database,
  accountId: string,
  filter: StudyFilter,
  window: Window & { readonly ordered: boolean },
) {
  const { many, oldestFirst = false, ordered } = window;
  const where = plainly(accountId, filter, window);
  const [byArrival, byId] = oldestFirst ? (['asc', 'desc'] as const) : (['desc', 'asc'] as const);
  const first = (query: Query): Query =>
    ordered
      ? query.orderBy('studies.created_at', byArrival).orderBy('studies.id', byId).limit(many)
      : query.limit(many);
  const { all, anyOf, reach } = filter;
  const narrow = reach !== undefined && !reach.permitted.all;
  if (all.length + anyOf.length === 0) {
    const among = narrow
      ? sql<boolean>`studies.id = any(${firstOf(reach, where, many, oldestFirst)})`
      : sql<boolean>`true`;
    return first(selectStudies(db).where(where).where(among));
  }
  const carries = both([...(all.length > 0 ? [carriesAll(all)] : []), ...anyOf.map(carriesAny)]);
  const isFew = sql<boolean>`(select count(*) from few) <= ${fewNominees}`;
  const isNear = sql<boolean>`(select count(*) from near) >= ${many}`;
  const isSome = sql<boolean>`(select count(*) from several) <= ${mostNominees}`;
  const these = (ids: 'few' | 'near' | 'several', when: RawBuilder<boolean>): Query =>
    first(
      selectStudies(db)
        .where(sql<boolean>`studies.id = any(array(select study_id from ${sql.table(ids)}))`)
        .where(when)
        .where(where),
    );
  const walked = (when: RawBuilder<boolean>): Query =>
    first(
      selectStudies(db)
        .innerJoin('study_tokens', 'study_tokens.study_id', 'studies.id')
        .where(carries)
        .where(when)
        .where(where) as unknown as Query,
    );
  const some = db.with('several', () => nominees(filter, mostNominees + 1) as never);
  // Whom a reach holds to few, and who counts, does not find enough among the first arrivals.
  if (narrow || !ordered)
    return some
      .selectFrom(these('several', isSome).as('these'))
      .selectAll()
      .unionAll(db.selectFrom(walked(sql`not ${isSome}`).as('walked')).selectAll()) as unknown as Query;
  const order = sql.raw(oldestFirst ? 'created_at, id desc' : 'created_at desc, id');
  const behind = plainly(accountId, { all, anyOf, modalities: [] }, window);
  // Each is looked up by itself (`offset 0`): for two thousand the planner may sooner read through all tokens.
  const near = sql`(select studies.id as study_id from (select * from studies where ${behind} order by ${order}
      limit ${Math.max(2_000, walkedEach * many)}) as studies
    cross join lateral (select from study_tokens where study_id = studies.id and ${carries} offset 0) as carrying
    where not ${isFew} and ${where} order by ${order} limit ${many})`;
  // Only what a branch asks for is looked at: a condition without a column is asked once, and first.
  return some
    .with('few', () => nominees(filter, fewNominees + 1) as never)
    .with('near', () => near as never)
    .selectFrom(these('few', isFew).as('these'))
    .selectAll()
    .unionAll(db.selectFrom(these('near', sql`not ${isFew} and ${isNear}`).as('near_ones')).selectAll())
    .unionAll(
      db.selectFrom(these('several', sql`not ${isFew} and not ${isNear} and ${isSome}`).as('some_ones')).selectAll(),
    )
    .unionAll(
      db.selectFrom(walked(sql`not ${isFew} and not ${isNear} and not ${isSome}`).as('walked')).selectAll(),
    ) as unknown as Query;
}

/** Studies of an account, newest arrival first unless said otherwise. Without conditions it walks `studies_by_arrival`. */
export async function searchStudies(
  db: Database,
  accountId: string,
  filter: StudyFilter,
  page: StudyPage,
): Promise<StudyRow[]> {
  const { limit, offset = 0, after, from, oldestFirst } = page;
  const [byArrival, byId] = page.oldestFirst ? (['asc', 'desc'] as const) : (['desc', 'asc'] as const);
  const found = matching(db, accountId, filter, { many: limit + offset, after, from, oldestFirst, ordered: true });
  return db
    .selectFrom(found.as('found'))
    .selectAll()
    .orderBy('found.arrivedAt', byArrival)
    .orderBy('found.id', byId)
    .limit(limit)
    .offset(offset)
    .execute();
}

/** A study with the place of the token that it was found by among those that were asked for in turn. */
export type TurnRow = StudyRow & { readonly turn: number };

/**
 * Studies that match and carry one of these tokens besides: those of the first token, then those of the second, until there are
 * `limit`. Within a token in no order, so that nothing but the token's own list is read; one that nobody carries costs some pages of the index.
 */
export async function studiesInTurn(
  db: Database,
  accountId: string,
  filter: StudyFilter,
  turns: readonly bigint[],
  limit: number,
): Promise<TurnRow[]> {
  const inOrder = sql<{ token: bigint; place: number }>`(select token, place
    from unnest(${tokenArray(turns)}::bigint[]) with ordinality as asked(token, place) order by place)`;
  const found = selectStudies(db)
    .innerJoin('study_tokens', 'study_tokens.study_id', 'studies.id')
    // In one comparison, so that the index walks the rarest of them and skips in the others.
    .where(sql<boolean>`study_tokens.tokens @> (array[turns.token] || ${tokenArray(filter.all)}::bigint[])`)
    .where(both(filter.anyOf.map(carriesAny)))
    .where(plainly(accountId, filter, {}))
    .limit(limit);
  return db
    .selectFrom(inOrder.as('turns'))
    .innerJoinLateral(
      () => found.as('found'),
      (join) => join.onTrue(),
    )
    .selectAll('found')
    .select(sql<number>`(turns.place - 1)::int`.as('turn'))
    .orderBy('turns.place')
    .limit(limit)
    .execute();
}

/** How many studies match, counted no further than `most`. */
export async function countStudies(
  db: Database,
  accountId: string,
  filter: StudyFilter,
  most: number,
): Promise<number> {
  const some = matching(db, accountId, filter, { many: most, ordered: false }).as('some');
  const { count } = await db
    .selectFrom(some)
    .select(sql<number>`least(count(*), ${most}::int)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Those of these studies that are there, and the account's. */
export async function studiesByIds(db: Database | Trx, accountId: string, ids: readonly string[]): Promise<StudyRow[]> {
  if (ids.length === 0) return [];
  return selectStudies(db)
    .where('studies.account_id', '=', accountId)
    .where(sql<boolean>`studies.id = any(${[...ids]}::uuid[])`)
    .execute();
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
  return selectStudies(db)
    .where('studies.account_id', '=', accountId)
    .where('studies.instance_count', '>', 0)
    .where(sql<boolean>`studies.patient_id = any(${[...patientIds]}::uuid[])`)
    .where(reached(reach))
    .limit(most)
    .execute();
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
  return selectSeries(db).where('study_id', '=', studyId).orderBy('ordinal').execute();
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
