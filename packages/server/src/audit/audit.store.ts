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

/** The newest records of how a link was used. */
export async function recordsByLink(db: Database, accountId: string, linkId: string, limit: number) {
  return (
    db
      .selectFrom('audit_records')
      .select(['id', 'at', 'address', 'action', 'outcome', 'study_id as studyId', 'detail'])
      .where('account_id', '=', accountId)
      .where('link_id', '=', linkId)
      // A person's own doings with a link, such as revoking it, are no uses of it; but they too may have opened it.
      .where((where) => where.or([where('user_id', 'is', null), where('action', '=', 'link.open')]))
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
  );
}
