import type { Grantee } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** A grant as its row has it, with the names of whom it is to and by whom it was given. */
export type GrantRecord = {
  readonly id: string;
  readonly seriesId: string | null;
  readonly namespaceId: string;
  readonly toUser: string | null;
  readonly toKind: Grantee['kind'];
  readonly toId: string;
  readonly toName: string;
  readonly grantedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** The grant by which alone whoever gave this one reached the study; null where they reached it otherwise. */
  readonly via: string | null;
};

const select = sql`select g.id, g.series_id as "seriesId", g.namespace_id as "namespaceId", n.user_id as "toUser",
    coalesce(u.kind, gr.kind) as "toKind", coalesce(n.user_id, n.group_id) as "toId", coalesce(m.name, u.name, gr.name) as "toName",
    coalesce(as_giver.name, giver.name) as "grantedBy", g.created_at as "createdAt", g.expires_at as "expiresAt", g.revoked_at as "revokedAt", g.via
  from grants g
  join namespaces n on n.id = g.namespace_id
  left join users u on u.id = n.user_id
  left join memberships m on m.user_id = n.user_id and m.account_id = n.account_id
  left join groups gr on gr.id = n.group_id
  join users giver on giver.id = g.granted_by
  left join memberships as_giver on as_giver.user_id = giver.id and as_giver.account_id = g.account_id`;

const inForce = (now: Date) => sql`g.revoked_at is null and (g.expires_at is null or g.expires_at > ${now})`;

/** Those of a study that are in force, by the name of whom they are to. Rides `grants_of_a_study`. */
export async function grantsInForce(
  db: Database | Trx,
  { accountId, studyId }: { readonly accountId: string; readonly studyId: string },
  now: Date,
): Promise<GrantRecord[]> {
  const { rows } = await sql<GrantRecord>`${select}
    where g.account_id = ${accountId} and g.study_id = ${studyId} and ${inForce(now)}
    order by lower(coalesce(m.name, u.name, gr.name)), g.created_at, g.id`.execute(db);
  return rows;
}

export async function grantOf(
  db: Database | Trx,
  { accountId, studyId }: { readonly accountId: string; readonly studyId: string },
  id: string,
): Promise<GrantRecord | undefined> {
  const { rows } = await sql<GrantRecord>`${select}
    where g.id = ${id} and g.account_id = ${accountId} and g.study_id = ${studyId}`.execute(db);
  return rows[0];
}

/** Shuts others who grant this study out until the transaction ends; false where it is gone. */
export async function lockGrantsOf(trx: Trx, accountId: string, studyId: string): Promise<boolean> {
  const { rows } = await sql`select id from studies where account_id = ${accountId} and id = ${studyId}
    for no key update`.execute(trx);
  return rows.length > 0;
}

/** Those of these series that are of the study and hold something. */
export async function seriesAmong(trx: Trx, studyId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from series
    where study_id = ${studyId} and id = any(${[...ids]}::uuid[]) and instance_count > 0`.execute(trx);
  return rows.map(({ id }) => id);
}

export type NewGrant = {
  readonly id: string;
  readonly accountId: string;
  readonly studyId: string;
  readonly seriesId: string | null;
  readonly namespaceId: string;
  readonly grantedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly via: string | null;
};

export async function addGrants(trx: Trx, grants: readonly NewGrant[]): Promise<void> {
  if (grants.length === 0) return;
  await trx
    .insertInto('grants')
    .values(
      grants.map((grant) => ({
        id: grant.id,
        account_id: grant.accountId,
        study_id: grant.studyId,
        series_id: grant.seriesId,
        namespace_id: grant.namespaceId,
        granted_by: grant.grantedBy,
        created_at: grant.createdAt,
        expires_at: grant.expiresAt,
        via: grant.via,
      })),
    )
    .execute();
}

/** Says anew until when a grant lasts, and by whom. */
export async function renewGrant(
  trx: Trx,
  id: string,
  { expiresAt, grantedBy }: Pick<NewGrant, 'expiresAt' | 'grantedBy'>,
): Promise<void> {
  await trx.updateTable('grants').set({ expires_at: expiresAt, granted_by: grantedBy }).where('id', '=', id).execute();
}

/** Ends a grant, and whatever was given on by it, however far; says which ended by this. */
export async function endGrant(
  trx: Trx,
  id: string,
  by: { readonly userId: string; readonly at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive ended as (
      select id from grants where id = ${id}
      union select further.id from grants further join ended on further.via = ended.id)
    update grants set revoked_by = ${by.userId}, revoked_at = ${by.at}
    where id in (select id from ended) and revoked_at is null returning id`.execute(trx);
  return rows.map((row) => row.id);
}
