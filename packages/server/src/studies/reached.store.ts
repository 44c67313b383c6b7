import { type RawBuilder, sql } from 'kysely';
import type { Part, Reach } from '../access/index.ts';

/** A grant that was not revoked and has not expired. */
const live = sql.raw('revoked_at is null and (expires_at is null or expires_at > now())');

const uuids = (ids: readonly string[]): RawBuilder<unknown> => sql`${[...ids]}::uuid[]`;

const wholly = sql.raw('and series_id is null');

const grantedIds = (to: readonly string[], whole = false): RawBuilder<unknown> =>
  sql`select study_id from grants where namespace_id = any(${uuids(to)}) and ${live} ${whole ? wholly : sql``}`;
const openedIds = (kinds: readonly string[], userId: string): RawBuilder<unknown> =>
  sql`select study_id from openings where user_id = ${userId} and kind = any(${[...kinds]}::text[]) and ended_at is null
    and expires_at > now()`;

function within(
  { all, livingIn, grantedTo, openings }: Part,
  userId: string,
  { whole = false } = {},
): RawBuilder<boolean> {
  if (all) return sql<boolean>`true`;
  const some: RawBuilder<boolean>[] = [];
  if (livingIn.length > 0) some.push(sql`studies.namespace_id = any(${uuids(livingIn)})`);
  if (grantedTo.length > 0) some.push(sql`studies.id in (${grantedIds(grantedTo, whole)})`);
  if (openings.length > 0) some.push(sql`studies.id in (${openedIds(openings, userId)})`);
  return some.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(some, sql` or `)})`;
}

/** Whether a row of `studies` is in a reach; with `whole`, not for some series of it alone. */
export function reached(
  { permitted, denied, unapproved, userId }: Reach,
  how: { readonly whole?: boolean } = {},
): RawBuilder<boolean> {
  return sql<boolean>`(${within(permitted, userId, how)} and not ${within(denied, userId)} and (not studies.unapproved
    or (${within(unapproved.permitted, userId)} and not ${within(unapproved.denied, userId)})))`;
}

/** Whether somebody reaches anything of these modalities in a row of `studies`: of one of which some series are granted, in these. */
export function reachedOfKind(reach: Reach, modalities: readonly string[]): RawBuilder<boolean> {
  const { grantedTo } = reach.permitted;
  if (reach.permitted.all || grantedTo.length === 0) return sql<boolean>`true`;
  return sql<boolean>`(${reached(reach, { whole: true })} or exists (select from series join grants on grants.series_id = series.id
    where series.study_id = studies.id and series.instance_count > 0 and series.modality = any(${[...modalities]}::text[])
      and grants.namespace_id = any(${uuids(grantedTo)}) and ${live}))`;
}

/**
 * The ids of the studies that come first by arrival, so many, among those that a narrow reach permits: from each namespace
 * the first of it, so that who sees ten of a million studies does not wait for the others. `where` holds for each.
 */
export function firstOf(
  { permitted, userId }: Reach,
  where: RawBuilder<boolean>,
  many: number,
  oldestFirst: boolean,
): RawBuilder<unknown> {
  const order = sql.raw(oldestFirst ? 'created_at, id desc' : 'created_at desc, id');
  const parts: RawBuilder<unknown>[] = [];
  const { livingIn, grantedTo, openings } = permitted;
  if (livingIn.length > 0)
    parts.push(sql`select earliest.id, earliest.created_at from unnest(${uuids(livingIn)}) as place(id) cross join lateral (
      select studies.id, studies.created_at from studies where studies.namespace_id = place.id and ${where}
      order by ${order} limit ${many}) as earliest`);
  if (grantedTo.length + openings.length > 0) {
    const ids = [
      ...(grantedTo.length > 0 ? [grantedIds(grantedTo)] : []),
      ...(openings.length > 0 ? [openedIds(openings, userId)] : []),
    ];
    // As an array they are looked up one by one: as a join the planner would sooner read through all studies.
    parts.push(sql`select * from (select studies.id, studies.created_at from studies
      where studies.id = any(array(${sql.join(ids, sql` union `)})) and ${where} order by ${order} limit ${many}) as given`);
  }
  if (parts.length === 0) return sql`'{}'::uuid[]`;
  return sql`array(select id from (${sql.join(parts, sql` union `)}) as nominees order by ${order} limit ${many})`;
}
