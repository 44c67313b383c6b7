import { randomUUID } from 'node:crypto';
import type { ScrubFinding, ScrubRound } from '@symbolon/contract';
import { sql } from 'kysely';
import type { PackRow } from '../packs/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import type { Damage } from './check-pack.ts';

/** A pack as the scrub compares it with what it holds. `tokens` and `bytes` are what its rows say. */
export type ScrubPack = PackRow & {
  readonly instanceCount: number;
  readonly bytes: number;
  /** Of an identity half that stands in the row; null where it is an object. */
  readonly identityInRowBytes: number | null;
  readonly tokens: readonly bigint[];
  /** Names the keys of the cells, which may be others than the pack's. */
  readonly cellsKeyId: string;
  readonly studyCell: Uint8Array;
  readonly seriesCell: Uint8Array;
  readonly patientCell: Uint8Array;
};

function selectScrubPacks(db: Database) {
  return db
    .selectFrom('packs')
    .innerJoin('studies', 'studies.id', 'packs.study_id')
    .innerJoin('series', 'series.id', 'packs.series_id')
    .innerJoin('patients', 'patients.id', 'studies.patient_id')
    .leftJoin('pack_tokens', 'pack_tokens.pack_id', 'packs.id')
    .select([
      'packs.id as packId',
      'packs.account_id as accountId',
      'studies.patient_id as patientId',
      sql<string>`coalesce(packs.key_id, packs.study_id)`.as('keyId'),
      sql<string>`coalesce(studies.key_id, studies.id)`.as('cellsKeyId'),
      'packs.study_id as studyId',
      'packs.series_id as seriesId',
      'packs.version as version',
      'packs.identity_sealed_bytes as identitySealedBytes',
      'packs.image_sealed_bytes as imageSealedBytes',
      'packs.image_key as imageKey',
      'packs.instance_count as instanceCount',
      'packs.bytes as bytes',
      sql<number | null>`octet_length(packs.identity)`.as('identityInRowBytes'),
      'studies.cell as studyCell',
      'series.cell as seriesCell',
      'patients.cell as patientCell',
      sql<string[]>`coalesce(pack_tokens.tokens, '{}')::text[]`.as('tokens'),
    ]);
}

/** A page of packs of all accounts by their ids, from behind `after` on. */
export async function packsAfter(db: Database, after: string | null, limit: number): Promise<ScrubPack[]> {
  let query = selectScrubPacks(db);
  if (after !== null) query = query.where('packs.id', '>', after);
  const rows = await query.orderBy('packs.id').limit(limit).execute();
  return rows.map((row) => ({ ...row, tokens: row.tokens.map(BigInt) }));
}

const points = 8;
const packsPerPoint = 1000;

/** Packs from random points of all, at most one from each, one half of which is an object. */
export async function somePacksApart(db: Database, half: 'identity' | 'image'): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < points; at += 1) {
    const { rows } = await sql<{ id: string }>`select id from (
        select id, identity is null as identity, image_sealed_bytes > 0 as image from packs
        where id > ${randomUUID()} order by id limit ${packsPerPoint}) near
      where ${sql.ref(half)} limit 1`.execute(db);
    found.push(...rows.map(({ id }) => id));
  }
  return found;
}

/** These packs, as far as they are there. */
export async function scrubPacks(db: Database, packIds: readonly string[]): Promise<ScrubPack[]> {
  const rows = await selectScrubPacks(db)
    .where(sql<boolean>`packs.id = any(${[...packIds]}::uuid[])`)
    .execute();
  return rows.map((row) => ({ ...row, tokens: row.tokens.map(BigInt) }));
}

/** Whether a pack is still there: what was erased or rewritten meanwhile is no damage. */
export async function isStillThere(db: Database, packId: string): Promise<boolean> {
  return (await db.selectFrom('packs').select('id').where('id', '=', packId).executeTakeFirst()) !== undefined;
}

export type OpenRound = { readonly id: string; readonly startedAt: Date; readonly afterPack: string | null };

export async function openRound(db: Database): Promise<OpenRound | undefined> {
  return db
    .selectFrom('scrub_rounds')
    .select(['id', 'started_at as startedAt', 'after_pack as afterPack'])
    .where('ended_at', 'is', null)
    .executeTakeFirst();
}

/** Begins a round; false where one is under way. */
export async function beginRound(db: Database | Trx, at: Date): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`insert into scrub_rounds (id, started_at) values (${randomUUID()}, ${at})
    on conflict do nothing returning id`.execute(db);
  return rows.length === 1;
}

/**
 * Adds to a round what was looked at, and where the next page begins; false where another node did so meanwhile. It has the lock then,
 * since the connection that held it for this one broke.
 */
export async function countInRound(
  db: Database | Trx,
  round: OpenRound,
  seen: { readonly packs: number; readonly bytes: number; readonly damaged: number; readonly afterPack: string },
): Promise<boolean> {
  const { numAffectedRows } =
    await sql`update scrub_rounds set packs = packs + ${seen.packs}, bytes = bytes + ${seen.bytes},
    damaged = damaged + ${seen.damaged}, after_pack = ${seen.afterPack}
    where id = ${round.id} and ended_at is null and after_pack is not distinct from ${round.afterPack}`.execute(db);
  return numAffectedRows === 1n;
}

export async function endRound(db: Database, id: string, at: Date): Promise<void> {
  await db.updateTable('scrub_rounds').set({ ended_at: at }).where('id', '=', id).execute();
}

/** The two newest rounds, the newest first. */
export async function latestRounds(db: Database): Promise<ScrubRound[]> {
  const rows = await db.selectFrom('scrub_rounds').selectAll().orderBy('started_at', 'desc').limit(2).execute();
  return rows.map(({ started_at, ended_at, packs, bytes, damaged }) => ({
    startedAt: started_at.toISOString(),
    endedAt: ended_at?.toISOString() ?? null,
    packs,
    bytes,
    damaged,
  }));
}

/** What there is to look at, as of now: an estimate by the planner's counts where the table is large. */
export async function sizeOfAll(db: Database): Promise<{ packs: number; bytes: number }> {
  const { rows } = await sql<{ packs: number; bytes: number }>`
    select (select greatest(reltuples, 0)::float8 from pg_class where oid = 'packs'::regclass) as packs,
      (select coalesce(sum(bytes), 0)::float8 from usage) as bytes`.execute(db);
  return rows[0] ?? { packs: 0, bytes: 0 };
}

/** Notes damage; true where the pack was not known to be damaged. */
export async function addFinding(
  trx: Trx,
  pack: Pick<ScrubPack, 'packId' | 'accountId' | 'studyId' | 'instanceCount'>,
  { part, code }: Damage,
  at: Date,
): Promise<boolean> {
  const before = await trx
    .selectFrom('scrub_findings')
    .select('gone_at')
    .where('pack_id', '=', pack.packId)
    .executeTakeFirst();
  await sql`insert into scrub_findings (pack_id, account_id, study_id, part, code, instances, first_found_at, last_found_at)
    values (${pack.packId}, ${pack.accountId}, ${pack.studyId}, ${part}, ${code}, ${pack.instanceCount}, ${at}, ${at})
    on conflict (pack_id) do update set part = excluded.part, code = excluded.code, last_found_at = excluded.last_found_at,
      first_found_at = case when scrub_findings.gone_at is null then scrub_findings.first_found_at else excluded.first_found_at end,
      gone_at = null`.execute(trx);
  return before === undefined || before.gone_at !== null;
}

/** Packs that were found whole are damaged no more; the ids of those that were. */
export async function settleFindings(db: Database | Trx, packIds: readonly string[], at: Date): Promise<string[]> {
  const rows = await db
    .updateTable('scrub_findings')
    .set({ gone_at: at })
    .where('gone_at', 'is', null)
    .where(sql<boolean>`pack_id = any(${[...packIds]}::uuid[])`)
    .returning('pack_id')
    .execute();
  return rows.map(({ pack_id }) => pack_id);
}

/** Findings whose pack is gone, erased since, are nothing to see to any more. */
export async function forgetFindingsWithoutPack(db: Database, at: Date): Promise<void> {
  await sql`update scrub_findings set gone_at = ${at} where gone_at is null
    and not exists (select from packs where packs.id = scrub_findings.pack_id)`.execute(db);
}

export async function countFindings(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('scrub_findings')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('gone_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export const findingsPerPage = 100;

/** What is damaged in one account, the newest first, in pages. */
export async function findingsOf(db: Database, accountId: string, offset: number): Promise<ScrubFinding[]> {
  const rows = await db
    .selectFrom('scrub_findings')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('gone_at', 'is', null)
    .orderBy('first_found_at', 'desc')
    .orderBy('pack_id')
    .offset(offset)
    .limit(findingsPerPage)
    .execute();
  return rows.map((row) => ({
    pack: row.pack_id,
    studyId: row.study_id,
    part: row.part as ScrubFinding['part'],
    code: row.code,
    instances: row.instances,
    firstFoundAt: row.first_found_at.toISOString(),
    lastFoundAt: row.last_found_at.toISOString(),
  }));
}
