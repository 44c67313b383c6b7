import { type RawBuilder, sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import { type StoredPack, selectPacks } from './pack.store.ts';

/** A pack that arrived aside. `settled`: the positions in its manifest that somebody decided about. */
export type AsidePack = StoredPack & {
  readonly settled: readonly number[];
  readonly sentBy: string | null;
  readonly arrivedAt: Date;
};

function selectWithSettled(db: Database | Trx) {
  return selectPacks(db).select([
    'packs.settled as settled',
    'packs.sent_by as sentBy',
    'packs.created_at as arrivedAt',
  ]);
}

/** Everything of a study that arrived aside, in that order; with `from` and `until` the ordinals between, both inclusive. */
export async function asidePacksOf(
  db: Database | Trx,
  accountId: string,
  studyId: string,
  { from = 0, until }: { readonly from?: number; readonly until?: number } = {},
): Promise<AsidePack[]> {
  let query = selectWithSettled(db)
    .where('packs.account_id', '=', accountId)
    .where('packs.study_id', '=', studyId)
    .where('packs.state', '=', 'aside')
    .where('packs.ordinal', '>=', from);
  if (until !== undefined) query = query.where('packs.ordinal', '<=', until);
  return query.orderBy('packs.ordinal').execute();
}

/** Packs by their ids, whatever they arrived as. */
export async function packsByIds(
  db: Database | Trx,
  accountId: string,
  packIds: readonly string[],
): Promise<AsidePack[]> {
  if (packIds.length === 0) return [];
  return selectWithSettled(db)
    .where('packs.account_id', '=', accountId)
    .where(sql<boolean>`packs.id = any(${[...packIds]}::uuid[])`)
    .execute();
}

const open = sql<number>`coalesce(sum(instance_count - cardinality(settled)), 0)::int`;

/** How many instances of a study wait for somebody to look at them. */
export async function openAside(db: Database | Trx, accountId: string, studyId: string): Promise<number> {
  const row = await db
    .selectFrom('packs')
    .select(open.as('open'))
    .where('account_id', '=', accountId)
    .where('study_id', '=', studyId)
    .where('state', '=', 'aside')
    .executeTakeFirstOrThrow();
  return row.open;
}

/**
 * A page of the studies of which something arrived aside, the newest arrival first. `last` is the ordinal of that
 * arrival, by which the next page goes on. `reached`: which rows of `studies` count. Cost: the index of what is aside in the
 * account, which holds little else.
 */
export async function asideStudies(
  db: Database,
  accountId: string,
  which: 'open' | 'decided',
  page: { readonly before: number | undefined; readonly limit: number },
  reached: RawBuilder<boolean>,
) {
  const last = sql<number>`max(ordinal)`;
  let query = db
    .selectFrom('packs')
    .select([
      'study_id as studyId',
      open.as('open'),
      sql<number>`sum(cardinality(settled))::int`.as('decided'),
      sql<string[]>`array_remove(array_agg(distinct sent_by::text), null)`.as('sentBy'),
      sql<Date>`min(created_at)`.as('firstAt'),
      sql<Date>`max(created_at)`.as('lastAt'),
      last.as('last'),
    ])
    .where('account_id', '=', accountId)
    .where('state', '=', 'aside')
    .where(
      sql<boolean>`study_id in (select studies.id from studies where studies.account_id = ${accountId} and ${reached})`,
    )
    .groupBy('study_id')
    .having(which === 'open' ? sql<boolean>`${open} > 0` : sql<boolean>`${open} = 0`);
  if (page.before !== undefined) query = query.having(last, '<', page.before);
  return query.orderBy(last, 'desc').limit(page.limit).execute();
}

/** All packs of an account in which some instances are not current. */
export async function packsNotWholly(db: Database, accountId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from packs where account_id = ${accountId} and state = 'aside'
    union select id from packs where account_id = ${accountId} and cardinality(turned) > 0`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Packs of other studies that share an instance with these studies, and in which some are not current: by their tokens. Cost: the
 * indexes of what is aside and of what was turned over, which hold little.
 */
export async function packsBeside(
  trx: Trx,
  accountId: string,
  studyIds: readonly string[],
): Promise<{ readonly packId: string; readonly studyId: string }[]> {
  if (studyIds.length === 0) return [];
  const these = sql`any(${[...studyIds]}::uuid[])`;
  const { rows } = await sql<{ packId: string; studyId: string }>`
    with beside as (select id, study_id from packs where account_id = ${accountId} and state = 'aside'
      union select id, study_id from packs where account_id = ${accountId} and cardinality(turned) > 0)
    select id as "packId", beside.study_id as "studyId" from beside join pack_tokens on pack_tokens.pack_id = id
    where beside.study_id <> all(${[...studyIds]}::uuid[]) and exists (select from unnest(pack_tokens.tokens) as token
      where token in (select unnest(own.tokens) from packs join pack_tokens own on own.pack_id = packs.id where packs.study_id = ${these}))`.execute(
    trx,
  );
  return rows;
}

/** Writes which instances of a pack are turned over, and with `settled` which are decided. Its study must be locked. */
export async function turnOver(
  trx: Trx,
  accountId: string,
  packId: string,
  now: { readonly turned: readonly number[]; readonly settled?: readonly number[] },
): Promise<void> {
  const { turned, settled } = now;
  await trx
    .updateTable('packs')
    .set({ turned: [...turned], ...(settled && { settled: [...settled] }) })
    .where('account_id', '=', accountId)
    .where('id', '=', packId)
    .execute();
}
