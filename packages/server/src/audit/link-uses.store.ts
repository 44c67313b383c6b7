import type { Database } from '../platform/db/database.ts';

export type LinkRecord = {
  readonly id: string;
  readonly at: Date;
  readonly address: string | null;
  readonly userId: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly detail: Buffer | null;
};

/** Newest first. Rides `audit_records_of_a_link`. */
export async function recordsOfLink(
  db: Database,
  accountId: string,
  linkId: string,
  limit: number,
): Promise<LinkRecord[]> {
  return db
    .selectFrom('audit_records')
    .select(['id', 'at', 'address', 'user_id as userId', 'action', 'outcome', 'detail'])
    .where('link_id', '=', linkId)
    .where('account_id', '=', accountId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
