import type { Database, Trx } from '../platform/db/database.ts';

export type Approval = {
  readonly unapproved: boolean;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
};

/** How a study stands, shut to others until the transaction ends; undefined where it is gone. */
export async function lockApproval(trx: Trx, accountId: string, studyId: string): Promise<Approval | undefined> {
  return trx
    .selectFrom('studies')
    .select(['unapproved', 'approved_by as approvedBy', 'approved_at as approvedAt'])
    .where('account_id', '=', accountId)
    .where('id', '=', studyId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export async function setApproval(trx: Trx | Database, studyId: string, approval: Approval): Promise<void> {
  await trx
    .updateTable('studies')
    .set({
      unapproved: approval.unapproved,
      approved_by: approval.approvedBy,
      approved_at: approval.approvedAt,
    })
    .where('id', '=', studyId)
    .execute();
}
