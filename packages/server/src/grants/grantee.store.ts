import type { Grantee, GrantRequest } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database } from '../platform/db/database.ts';

/** Of whom an account consists, as far as something can be granted to them; `namespaceId` is what it is granted to. */
const grantees = (accountId: string) => sql`
  select n.id as "namespaceId", u.kind, u.id, coalesce(m.name, u.name) as name from namespaces n
    join memberships m on m.user_id = n.user_id and m.account_id = n.account_id and m.state in ('active', 'invited')
    join users u on u.id = n.user_id
    where n.account_id = ${accountId}
  union all
  select n.id, g.kind, g.id, g.name from namespaces n
    join groups g on g.id = n.group_id and g.deleted_at is null
    where n.account_id = ${accountId}`;

export type FoundGrantee = Grantee & { readonly namespaceId: string };

/** Somebody who is a member, or was invited; or a group that is not deleted. Undefined for any other, of the account or not. */
export async function granteeOf(
  db: Database,
  accountId: string,
  to: GrantRequest['to'],
): Promise<FoundGrantee | undefined> {
  const [id, kinds] = 'userId' in to ? [to.userId, ['person', 'service']] : [to.groupId, ['group', 'location']];
  const { rows } = await sql<FoundGrantee>`select * from (${grantees(accountId)}) as one
    where id = ${id} and kind = any(${kinds}::text[])`.execute(db);
  return rows[0];
}

/** Those whose name has this in it, in any case; but not whoever asks. */
export async function searchGrantees(
  db: Database,
  { accountId, userId }: { readonly accountId: string; readonly userId: string },
  part: string,
  limit: number,
): Promise<Grantee[]> {
  const pattern = `%${part.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<Grantee>`select kind, id, name from (${grantees(accountId)}) as one
    where id <> ${userId} and name ilike ${pattern} order by lower(name), id limit ${limit}`.execute(db);
  return rows;
}
