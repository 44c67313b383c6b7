import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import { expect, test } from 'vitest';
import { builtOnce } from './built-once.ts';
import type { Schema } from './database.ts';

test('a statement is built once, and asked each time with the values of that time where each stands, also twice', async () => {
  const asked: Pick<CompiledQuery, 'sql' | 'parameters'>[] = [];
  const database = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query: { sql, parameters } }) => void asked.push({ sql, parameters }),
  });
  let builds = 0;
  const look = builtOnce((db, accountId: string, token: string) => {
    builds += 1;
    return db
      .selectFrom('studies')
      .select('id')
      .where(sql<boolean>`exists (select ${token}::bigint)`)
      .where('account_id', '=', accountId)
      .where('instance_count', '>', 0)
      .where(sql<boolean>`${token} <> ''`);
  });
  await look(database, 'a', '1');
  await look(database, 'b', '2');
  await database.transaction().execute((trx) => look(trx, 'c', '3'));
  expect(builds).toBe(1);
  expect(asked.map(({ parameters }) => parameters)).toEqual([
    ['1', 'a', 0, '1'],
    ['2', 'b', 0, '2'],
    ['3', 'c', 0, '3'],
  ]);
  expect(new Set(asked.map(({ sql }) => sql)).size).toBe(1);
  await database.destroy();
});
