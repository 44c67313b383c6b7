import { type SelectQueryBuilder, sql } from 'kysely';
import type { Database, Schema } from '../platform/db/database.ts';

/** Which records; all that are said must hold. `to` is exclusive. */
export type RecordFilter = {
  readonly study?: string | undefined;
  readonly user?: string | undefined;
  readonly link?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly kind?: string | undefined;
  readonly outcome?: string | undefined;
  readonly action?: string | undefined;
};

/** Where one page ended. */
export type Position = { readonly at: Date; readonly id: string };

const columns = [
  'id',
  'at',
  'user_id',
  'token_id',
  'session_id',
  'link_id',
  'address',
  'action',
  'kind',
  'outcome',
  'study_id',
  'shown',
  'detail',
] as const;

type Records = SelectQueryBuilder<Schema, 'audit_records', Pick<Schema['audit_records'], (typeof columns)[number]>>;

function newestFirst(query: Records, limit: number): Records {
  return query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit);
}

function matching(db: Database, accountId: string, filter: RecordFilter, before: Position | undefined): Records {
  let query: Records = db.selectFrom('audit_records').select(columns).where('account_id', '=', accountId);
  if (filter.user !== undefined) query = query.where('user_id', '=', filter.user);
  if (filter.link !== undefined) query = query.where('link_id', '=', filter.link);
  if (filter.from !== undefined) query = query.where('at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('at', '<', filter.to);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.outcome !== undefined) query = query.where('outcome', '=', filter.outcome);
  if (filter.action !== undefined) query = query.where('action', '=', filter.action);
  if (before !== undefined) query = query.where(sql<boolean>`(at, id) < (${before.at}, ${before.id})`);
  return query;
}

/**
 * A page of an account's records, newest first, with the ids and names that they need to be read. Of a study: those that
 * are about it, and the lists that showed it; each is asked of its own index and cut to a page before the two are joined.
 */
export async function recordsOf(
  db: Database,
  accountId: string,
  filter: RecordFilter,
  page: { readonly before: Position | undefined; readonly limit: number },
) {
  const all = matching(db, accountId, filter, page.before);
  const { study } = filter;
  const about = newestFirst(study === undefined ? all : all.where('study_id', '=', study), page.limit);
  // A list of one study's own things is about it and shows it: told once.
  const showing = all.where(
    sql<boolean>`shown @> ${[study]}::uuid[] and study_id is distinct from ${study ?? null}::uuid`,
  );
  const records =
    study === undefined
      ? about
      : db
          .selectFrom(about.as('about'))
          .selectAll()
          .unionAll(db.selectFrom(newestFirst(showing, page.limit).as('showing')).selectAll());
  return (
    db
      .selectFrom(records.as('record'))
      .leftJoin('users', 'users.id', 'record.user_id')
      // What somebody is called in the account, though they be removed from it.
      .leftJoin('memberships', (join) =>
        join.onRef('memberships.user_id', '=', 'record.user_id').on('memberships.account_id', '=', accountId),
      )
      .leftJoin('links', 'links.id', 'record.link_id')
      .leftJoin('users as sharer', 'sharer.id', 'links.created_by')
      .leftJoin('memberships as as_sharer', (join) =>
        join.onRef('as_sharer.user_id', '=', 'links.created_by').on('as_sharer.account_id', '=', accountId),
      )
      .leftJoin('studies', 'studies.id', 'record.study_id')
      .select([
        'record.id as id',
        'record.at as at',
        'record.user_id as userId',
        sql<string | null>`coalesce(memberships.name, users.name)`.as('userName'),
        'record.token_id as tokenId',
        'record.session_id as sessionId',
        'record.link_id as linkId',
        sql<string | null>`coalesce(as_sharer.name, sharer.name)`.as('sharerName'),
        'record.address as address',
        'record.action as action',
        'record.kind as kind',
        'record.outcome as outcome',
        'record.study_id as studyId',
        'studies.patient_id as patientId',
        sql<string | null>`coalesce(studies.key_id, studies.id)`.as('keyId'),
        'record.detail as detail',
      ])
      .orderBy('record.at', 'desc')
      .orderBy('record.id', 'desc')
      .limit(page.limit)
      .execute()
  );
}

export type RecordRow = Awaited<ReturnType<typeof recordsOf>>[number];
