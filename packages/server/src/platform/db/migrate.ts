import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';
import { up as firstStudy } from './migrations/001-first-study.ts';
import { up as browser } from './migrations/002-browser.ts';
import { up as readingTheAudit } from './migrations/003-reading-the-audit.ts';
import { up as imageKeys } from './migrations/004-image-keys.ts';
import { up as usage } from './migrations/005-usage.ts';
import { up as keySchedules } from './migrations/006-key-schedules.ts';
import { up as conflicts } from './migrations/007-conflicts.ts';
import { up as schedulesOff } from './migrations/008-schedules-off.ts';
import { up as scrub } from './migrations/009-scrub.ts';
import { up as rewrite } from './migrations/010-rewrite.ts';
import { up as erasure } from './migrations/011-erasure.ts';
import { up as compression } from './migrations/012-compression.ts';
import { up as backup } from './migrations/013-backup.ts';
import { up as access } from './migrations/014-access.ts';
import { up as secondWall } from './migrations/015-second-wall.ts';
import { up as ownSessions } from './migrations/016-own-sessions.ts';
import { up as signingIn } from './migrations/017-signing-in.ts';
import { up as searchIndexes } from './migrations/018-search-indexes.ts';

/** Numbered, forward only. A released migration is never edited. */
const migrations: Record<string, Migration> = {
  '001-first-study': { up: firstStudy },
  '002-browser': { up: browser },
  '003-reading-the-audit': { up: readingTheAudit },
  '004-image-keys': { up: imageKeys },
  '005-usage': { up: usage },
  '006-key-schedules': { up: keySchedules },
  '007-conflicts': { up: conflicts },
  '008-schedules-off': { up: schedulesOff },
  '009-scrub': { up: scrub },
  '010-rewrite': { up: rewrite },
  '011-erasure': { up: erasure },
  '012-compression': { up: compression },
  '013-backup': { up: backup },
  '014-access': { up: access },
  '015-second-wall': { up: secondWall },
  '016-own-sessions': { up: ownSessions },
  '017-signing-in': { up: signingIn },
  '018-search-indexes': { up: searchIndexes },
};

/** Is there while a restore is under way: what else is in the database is not whole. */
export const restoreMark = 'restore_under_way';

/** Those of these names that this version does not know: another, later one ran them. */
export function unknownMigrations(names: readonly string[]): string[] {
  return names.filter((name) => !(name in migrations));
}

/** Makes the tables as they were when these migrations, and no others, had run; inside the caller's transaction. */
export async function makeTablesOf(database: Database, names: readonly string[]): Promise<void> {
  for (const name of names) await (migrations[name] as Migration).up(database);
  // As the migrator itself makes them.
  await sql`create table kysely_migration (name varchar(255) not null primary key, timestamp varchar(255) not null)`.execute(
    database,
  );
  await sql`create table kysely_migration_lock (
    id varchar(255) not null primary key, is_locked integer not null default 0)`.execute(database);
  await sql`insert into kysely_migration_lock values ('migration_lock', 0)`.execute(database);
  const at = new Date().toISOString();
  for (const name of names) await sql`insert into kysely_migration values (${name}, ${at})`.execute(database);
}

/** Brings the tables up to this version; returns the names of the migrations that ran. */
export async function migrate(database: Database): Promise<string[]> {
  const server = await sql<{ version: number }>`select current_setting('server_version_num')::int as version`.execute(
    database,
  );
  const version = server.rows[0]?.version ?? 0;
  if (version < 150_000) throw new Error(`PostgreSQL 15 or newer is needed; this one says ${version}.`);
  const { rows } = await sql<{ at: string | null }>`select to_regclass(${restoreMark})::text as at`.execute(database);
  if (rows[0]?.at)
    throw new Error('A restore into this database was begun and has not ended. Run the same "symbolon restore" again.');
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => migrations },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw error;
  return (results ?? []).map((result) => result.migrationName);
}
