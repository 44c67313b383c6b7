import type { Insertable } from 'kysely';
import type { Database, Schema, Trx } from '../platform/db/database.ts';

/** Adds records. There is no update and no delete: a log that could be edited would be none. */
export async function addAuditRecords(
  db: Database | Trx,
  rows: readonly Insertable<Schema['audit_records']>[],
): Promise<void> {
  if (rows.length > 0)
    await db
      .insertInto('audit_records')
      .values([...rows])
      .execute();
}
