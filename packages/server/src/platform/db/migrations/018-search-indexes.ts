import { type Kysely, sql } from 'kysely';

/**
 * By which keys an account is searched, and how far the work is that makes its tokens anew. What was stored until now was indexed by
 * version 1 of docs/formats/search-tokens.md; an account without a row by today's, under its first keys.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table search_indexes (
    account_id uuid primary key references accounts on delete cascade, version integer not null,
    asked integer not null default 1, written integer[] not null default '{1}',
    phase text not null default 'whole' check (phase in ('whole', 'adding', 'resting', 'removing')),
    since timestamptz not null default now(), begun_at timestamptz, position_at timestamptz, position uuid,
    done bigint not null default 0, damaged bigint not null default 0)`,
  'insert into search_indexes (account_id, version) select id, 1 from accounts',
];
