import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packsOf, packsWithTokens } from '../packs/index.ts';
import { type Databases, openDatabases } from '../platform/db/databases.ts';
import { readyAccountRole } from '../platform/db/second-wall.ts';
import { type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { seriesOf, studiesWithTokens, studyById } from './study.store.ts';

let watched: WatchedPostgres;
let databases: Databases & { close: () => Promise<void> };
beforeAll(async () => {
  watched = await watchedPostgres();
  const bypasses = await readyAccountRole(watched.database);
  databases = openDatabases(watched.connection, { bypasses }, () => {});
});
afterAll(async () => {
  await databases.close();
  await watched.stop();
});

const accountId = '00000000-0000-4000-8000-000000000001';
const id = '00000000-0000-4000-8000-000000000002';

test('what every reading asks is planned once on each connection, while nothing is held yet, and by plans that ride indexes', async () => {
  const database = databases.of(accountId);
  const page = { after: -1, limit: 16 };
  // One after another: each takes the connection that the last one gave back. Five times PostgreSQL plans for the values.
  for (let at = 0n; at < 8n; at += 1n) {
    await studiesWithTokens(database, accountId, [(4711n + at) << 40n]);
    await packsWithTokens(database, accountId, [(4711n + at) << 40n]);
    await studyById(database, accountId, id);
    await seriesOf(database, id);
    await packsOf(database, accountId, { studyId: id }, page);
    await packsOf(database, accountId, { studyId: id, seriesId: id }, page);
    // Several at once, as a commit looks them up, are planned each time, for as many as they are.
    await studiesWithTokens(database, accountId, [(4711n + at) << 40n, 4711n]);
    await packsWithTokens(database, accountId, [(4711n + at) << 40n, 4711n]);
  }
  const { rows } = await sql<{ name: string; statement: string; custom: number; generic: number; types: string[] }>`
    select name, statement, custom_plans::int as custom, generic_plans::int as generic, parameter_types::text[] as types
    from pg_prepared_statements order by prepare_time`.execute(database);
  expect(rows.map(({ custom, generic }) => [custom, generic])).toEqual(Array(6).fill([5, 3]));
  for (const { name, statement, types } of rows) {
    const values = types.map((type) => (type === 'uuid' ? `'${id}'` : '7')).join(', ');
    const { rows: lines } = await sql
      .raw<Record<string, string>>(`explain execute "${name}" (${values})`)
      .execute(database);
    const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
    expect(plan, statement).not.toMatch(/Seq Scan on (studies|study_tokens|series|packs|pack_tokens)/);
  }
});
