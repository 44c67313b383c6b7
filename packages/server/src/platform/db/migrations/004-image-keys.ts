import { type Kysely, sql } from 'kysely';

/** The wrapped key of an image half that has one of its own: it was written before its study was known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table packs add column image_key bytea').execute(db);
}
