import { type Kysely, sql } from 'kysely';

/**
 * Compression of what is held. `weighed_at`: when it was found out whether a pack becomes smaller by it; null is not yet, or it
 * was written as it came. Those that wait are found by an index that every pack leaves in its turn.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table packs add column weighed_at timestamptz',
  `create index packs_to_weigh on packs (created_at) include (image_sealed_bytes)
    where weighed_at is null and image_sealed_bytes > 8192 and state = 'current'`,
  `alter table compaction_totals add column compressed bigint not null default 0,
    add column stored_before bigint not null default 0, add column stored_after bigint not null default 0`,
];
