import { type Kysely, sql } from 'kysely';

/**
 * Packs that were written anew. What a rewrite replaced is kept whole for a while, so that whoever began to read it reads
 * on: in a table of its own, since whatever counts, searches or lists packs must not meet it. `rewrites` of a study says
 * to whoever lists it in pages that its packs are others by now.
 *
 * `compaction_due`: series that got a second pack or one more, to be looked at when they have been quiet for five minutes.
 * Kept by the database itself, in the transaction that adds the packs; a series that came in one commit costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table packs add column rewritten_at timestamptz',
  'alter table studies add column rewrites integer not null default 0',
  // References without a cascade: whoever erases a study must see to what was replaced in it.
  `create table replaced_packs (
    id uuid primary key, account_id uuid not null references accounts, study_id uuid not null references studies,
    series_id uuid not null references series, ordinal bigint not null, state text not null, version integer not null,
    manifest bytea not null, identity bytea, identity_sealed_bytes bigint not null, image_sealed_bytes bigint not null,
    image_key bytea, instance_count integer not null, bytes bigint not null, turned integer[] not null,
    replaced_by uuid not null, replaced_at timestamptz not null default now())`,
  'alter table replaced_packs alter column manifest set storage external, alter column identity set storage external',
  'create index replaced_packs_by_age on replaced_packs (replaced_at)',

  `create table compaction_due (
    series_id uuid primary key references series on delete cascade, look_at timestamptz not null) with (fillfactor = 50)`,
  'create index compaction_due_by_time on compaction_due (look_at)',
  `insert into compaction_due select series_id, now() from packs where state = 'current' group by series_id having count(*) > 1`,
  // One series is in one transaction at a time: whoever adds to it holds the lock of its study.
  `create function note_second_packs() returns trigger language plpgsql as $$
    begin
      insert into compaction_due as due (series_id, look_at)
        select distinct series_id, now() + interval '5 minutes' from changed
        where state = 'current' and rewritten_at is null and exists (
          select from packs where packs.series_id = changed.series_id and packs.id <> changed.id and packs.state = 'current')
      on conflict (series_id) do update set look_at = excluded.look_at;
      return null;
    end $$`,
  `create trigger packs_note_second after insert on packs referencing new table as changed
    for each statement execute function note_second_packs()`,

  `create table compaction_totals (
    single boolean primary key default true check (single), rewrites bigint not null default 0,
    packs_before bigint not null default 0, instances bigint not null default 0, bytes bigint not null default 0,
    last_at timestamptz)`,
  'insert into compaction_totals default values',
];
