import { sql } from 'kysely';
import type { Database } from '../platform/db/database.ts';

export const plantedAccount = '00000000-0000-4000-8000-000000000001';

/**
 * Rows as so many studies leave them, with nothing sealed that opens: what a search asks of the database, and the plans that it
 * makes, are those of real ones. Skewed as the world is: one patient has 10,000 studies and one day 5,000, nine in ten are CT,
 * names begin alike, one in fifty says no date.
 *
 * Cost    the rows are written without the indexes of tokens, which are made in one go, and without looking at what they refer to:
 *         a quarter of the time.
 */
export async function plantSkewedStudies(database: Database, studies: number): Promise<void> {
  await database.transaction().execute(async (trx) => {
    for (const statement of statements(studies)) await sql.raw(statement).execute(trx);
  });
}

/** Where a patient's or a day's many begin: at the oldest, or in the midst. */
const manyOfPatient = (studies: number): number => Math.min(10_000, studies / 5);
const manyOfDay = (studies: number): number => Math.min(5_000, studies / 10);

const patientOf = (i: string, studies: number): string =>
  `case when ${i} <= ${manyOfPatient(studies)} then 1 else ${i} / 2 + 2 end`;
/** 20 years back from 2025-12-31, some of each day; those with many are of 2020-02-02. */
const dayOf = (i: string, studies: number): string =>
  `case when ${i} % 50 = 7 then null when ${i} % (${studies} / ${manyOfDay(studies)}) = 3 then date '2020-02-02'
    else date '2025-12-31' - (${i} * 7 % 7309) end`;

/** A token is any 64 bits that a value always has: here a hash that PostgreSQL knows. */
const plantedToken = (value: string): string => `hashtextextended(${value}, 7)`;

/** The tokens of values as they were planted, such as `patientId 17`, `date 20200202` or `name begins a`. */
export async function plantedTokens(database: Database, values: readonly string[]): Promise<bigint[]> {
  const { rows } = await sql<{ tokens: bigint[] }>`select array(select hashtextextended(value, 7)
    from unnest(${[...values]}::text[]) with ordinality as asked(value, place) order by place) as tokens`.execute(
    database,
  );
  return rows[0]?.tokens ?? [];
}

const dropped = ['study_tokens', 'series_tokens', 'pack_tokens', 'patient_tokens'];
const uuid = (kind: number, i: string): string =>
  `('0000000${kind}-0000-4000-8000-' || lpad(to_hex(${i}), 12, '0'))::uuid`;

function statements(studies: number): string[] {
  const tokens = [
    `array[${['studyUid ', 'accession '].map((field) => plantedToken(`'${field}' || i`)).join(', ')},
      ${plantedToken(`'patientId ' || patient`)}, ${plantedToken(`'name word w' || patient % 20000`)},
      ${plantedToken(`'name word g' || patient % 900`)}]`,
    // The beginnings of two words: the first signs are those of many names.
    `array(select ${plantedToken(`'name begins ' || left(word, n)`)} from unnest(array[md5('w' || patient % 20000), md5('g' || patient % 900)]) as word
      cross join generate_series(1, 9) n)`,
    `array(select ${plantedToken(`'name has ' || substr(md5('w' || patient % 20000), n, 3)`)} from generate_series(1, 9) n)`,
    `case when day is null then array[${plantedToken(`'date undated'`)}]
      else array[${['YYYY', 'YYYYMM', 'YYYYMMDD'].map((form) => plantedToken(`'date ' || to_char(day, '${form}')`)).join(', ')}] end`,
  ].join(' || ');
  return [
    'set local session_replication_role = replica',
    `set local maintenance_work_mem = '256MB'`,
    ...dropped.map((table) => `drop index ${table}_tokens`),
    `insert into accounts (id, name) values ('${plantedAccount}', 'A')`,
    `insert into namespaces (id, account_id) values (${uuid(2, '1')}, '${plantedAccount}')`,
    `insert into patients (id, account_id, cell) select ${uuid(3, 'i')}, '${plantedAccount}', '\\x00' from generate_series(1, ${studies} / 2 + 2) i`,
    `insert into patient_tokens select id, array[${plantedToken(`'patient ' || id`)}] from patients`,
    `insert into studies (id, account_id, namespace_id, patient_id, cell, modalities, series_count, instance_count, bytes, created_at, updated_at)
      select ${uuid(4, 'i')}, '${plantedAccount}', ${uuid(2, '1')}, ${uuid(3, patientOf('i', studies))}, decode(repeat('ab', 300), 'hex'),
        array[case when i % 10 = 0 then 'MR' else 'CT' end], 1, 20, 1000000, timestamptz '2026-01-01' - (${studies} - i) * interval '1 minute', now()
      from generate_series(1, ${studies}) i`,
    `insert into study_tokens select ${uuid(4, 'i')}, ${tokens} from (select i, ${patientOf('i', studies)} as patient, ${dayOf('i', studies)} as day
      from generate_series(1, ${studies}) i) as study`,
    `insert into series (id, account_id, study_id, ordinal, cell, modality, instance_count)
      select ${uuid(5, 'i')}, '${plantedAccount}', ${uuid(4, 'i')}, 1, decode(repeat('ab', 200), 'hex'), 'CT', 20 from generate_series(1, ${studies}) i`,
    `insert into series_tokens select id, array[${plantedToken(`'seriesUid ' || id`)}] from series`,
    `insert into packs (id, account_id, study_id, series_id, state, version, manifest, identity, identity_sealed_bytes, image_sealed_bytes, instance_count, bytes)
      select ${uuid(6, 'i')}, '${plantedAccount}', ${uuid(4, 'i')}, ${uuid(5, 'i')}, 'current', 1, decode(repeat('ab', 200), 'hex'), decode(repeat('ab', 200), 'hex'), 200, 500000, 2, 500000
      from generate_series(1, ${studies}) i`,
    `insert into pack_tokens select ${uuid(6, 'i')}, array[${[1, 2].flatMap((n) => [plantedToken(`'sopUid ' || i || '.${n}'`), plantedToken(`'sha256 ' || i || '.${n}'`)]).join(', ')}]
      from generate_series(1, ${studies}) i`,
    ...dropped.map((table) => `create index ${table}_tokens on ${table} using gin (tokens) with (fastupdate = off)`),
    'analyze',
  ];
}
