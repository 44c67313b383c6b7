import { type Kysely, sql } from 'kysely';

/**
 * What people chose between instances with one SOP Instance UID. A pack is never rewritten for it: `turned` are the
 * positions in its manifest whose instance is the opposite of what the pack arrived as, `settled` those that somebody
 * decided about. Both are empty for nearly every pack there is.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table packs add column turned integer[] not null default '{}', add column settled integer[] not null default '{}',
    add column sent_by uuid references users`,
  `create index packs_kept_aside on packs (account_id, study_id, ordinal) where state = 'aside'`,

  // A choice is never deleted: undone, it says by whom. `turned` and `settled`: [pack, position] of what it turned over.
  `create table conflict_choices (
    id uuid primary key, account_id uuid not null references accounts, study_id uuid not null references studies,
    choice text not null check (choice in ('held', 'new')), instances integer not null,
    turned jsonb not null, settled jsonb not null,
    chosen_by uuid not null references users, chosen_at timestamptz not null,
    undone_by uuid references users, undone_at timestamptz)`,
  'create index conflict_choices_of_a_study on conflict_choices (study_id, chosen_at desc, id)',
];
