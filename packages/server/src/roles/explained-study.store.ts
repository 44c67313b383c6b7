import { sql } from 'kysely';
import type { Thing } from '../access/index.ts';
import type { Database } from '../platform/db/database.ts';

/** A study as the engine asks about it for this person, at this moment; undefined where the account holds none of that id. */
export async function thingOfStudy(
  db: Database,
  accountId: string,
  studyId: string,
  userId: string,
  at: Date,
): Promise<Thing | undefined> {
  const { rows } = await sql<{
    namespaceId: string;
    unapproved: boolean;
    grantedTo: string[];
    opening: 'reason' | 'emergency' | null;
  }>`
    select namespace_id as "namespaceId", unapproved,
      array(select distinct namespace_id from grants where study_id = studies.id and revoked_at is null
        and (expires_at is null or expires_at > ${at})) as "grantedTo",
      (select kind from openings where study_id = studies.id and user_id = ${userId} and ended_at is null
        and expires_at > ${at} order by kind limit 1) as opening
    from studies where account_id = ${accountId} and id = ${studyId} and instance_count > 0`.execute(db);
  const row = rows[0];
  return row && { accountId, studyId, ...row, opening: row.opening ?? undefined };
}
