import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { tableNames } from './export.store.ts';
import { isClassified } from './tables.ts';

test('every table of the exchange is classified: nothing is left out of a backup by oversight', async () => {
  const postgres = await watchedPostgres();
  try {
    const ask = async <Row extends object>(text: string) => (await sql.raw<Row>(text).execute(postgres.database)).rows;
    const names = await tableNames(ask);
    expect(names.length).toBeGreaterThan(25);
    expect(names.filter((name) => !isClassified(name))).toEqual([]);
  } finally {
    await postgres.stop();
  }
});
