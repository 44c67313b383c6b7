import { type Kysely, sql } from 'kysely';

/**
 * Erasure and the holds that stop it.
 *
 * `key_id`: under which id the key store has the keys that a study's cells, or a pack, are sealed under, where these were sealed anew;
 * null is the study's own id.
 * `erasures`: what somebody wanted gone, how far that is, and at the end the certificate. No identity stands in it: `image_tokens`
 * are the blind tokens of instances. `erasure_objects`: objects that no pack names any more and that are still to be removed.
 * `tombstones`: ids whose keys were destroyed; a study's first keys have its own id, so both may be there. The key store has them too; whichever of the two is restored from a copy is
 * brought up to the other before anything is served. `spent_keys`, `reseal_due`: what is sealed anew under other keys.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table studies add column key_id uuid',
  'alter table packs add column key_id uuid',
  'alter table replaced_packs add column key_id uuid',
  'create index studies_by_key on studies (key_id) where key_id is not null',
  'create index packs_by_key on packs (key_id) where key_id is not null',
  'create index replaced_packs_of_a_study on replaced_packs (study_id)',
  'create index studies_of_a_patient on studies (patient_id)',
  'create index packs_turned on packs (account_id) where cardinality(turned) > 0',
  'alter table accounts add column closed_at timestamptz',

  // A hold is on a study, on all of a patient, or, with neither, on all of the account. It is never deleted while that is there.
  `create table holds (
    id uuid primary key, account_id uuid not null references accounts, study_id uuid references studies,
    patient_id uuid references patients, cell bytea not null, placed_by uuid not null references users,
    placed_at timestamptz not null, released_by uuid references users, released_at timestamptz)`,
  'create index holds_of_an_account on holds (account_id, placed_at desc, id)',
  'create index holds_of_a_study on holds (study_id) where study_id is not null',
  'create index holds_of_a_patient on holds (patient_id) where patient_id is not null',

  `create table erasures (
    id uuid primary key, account_id uuid not null references accounts,
    kind text not null check (kind in ('study', 'series', 'instances', 'patient', 'account')), ground text not null,
    asked_by uuid references users, asked_at timestamptz not null,
    study_id uuid, patient_id uuid, series_ids uuid[], image_tokens bigint[], subjects jsonb not null default '[]',
    patients bigint not null default 0, studies bigint not null default 0, series bigint not null default 0,
    instances bigint not null default 0, bytes bigint not null default 0, packs bigint not null default 0,
    renewed_at timestamptz, out_of_sight_at timestamptz, keys_destroyed_at timestamptz, objects_removed_at timestamptz, final_at timestamptz,
    failed_at timestamptz, failure text, certificate jsonb)`,
  'create index erasures_of_an_account on erasures (account_id, asked_at desc, id)',
  'create index erasures_under_way on erasures (asked_at, id) where certificate is null',
  `create table erasure_objects (id uuid primary key, erasure_id uuid not null references erasures)`,
  'create index erasure_objects_of_one on erasure_objects (erasure_id)',
  `create table tombstones (
    id uuid not null, kind text not null check (kind in ('study', 'study-data', 'patient', 'account')),
    account_id uuid not null, family uuid not null, erasure_id uuid not null, at timestamptz not null, primary key (id, kind))`,
  'create index tombstones_of_an_erasure on tombstones (erasure_id)',

  // Keys under which a study no longer seals, until nothing stands under them; and studies that are to be sealed anew.
  `create table spent_keys (
    key_id uuid primary key, account_id uuid not null, patient_id uuid not null,
    study_id uuid not null references studies, spent_at timestamptz not null)`,
  'create index spent_keys_of_a_study on spent_keys (study_id)',
  `create table reseal_due (
    study_id uuid primary key references studies on delete cascade, account_id uuid not null, asked_at timestamptz not null,
    begun boolean not null default false, look_at timestamptz not null default now())`,
  'create index reseal_due_of_an_account on reseal_due (account_id)',
  'create index reseal_due_by_time on reseal_due (look_at)',
];
