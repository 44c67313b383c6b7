import { type Kysely, sql } from 'kysely';

/** In which browser a session is, for who looks at their own; and the passwords that somebody had, which are not taken again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table sessions add column agent text not null default ''`,
  'create index sessions_of_a_user on sessions (user_id)',
  `create table former_passwords (
    user_id uuid not null references users, replaced_at timestamptz not null, password_hash text not null,
    primary key (user_id, replaced_at))`,
];
