import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import { tokenArray } from '../platform/db/token-array.ts';
import { chunkedVersion } from './chunks.ts';
import { type NewPack, type StoredPack, selectPacks } from './pack.store.ts';

/** A pack that another one is to take the place of, with all that its row says and that must be carried over. */
export type Replaceable = StoredPack & {
  readonly settled: readonly number[];
  readonly sentBy: string | null;
  readonly bytes: number;
};

/** The pack in their place. */
export type Replacement = Omit<NewPack, 'sentBy'> & Pick<Replaceable, 'ordinal' | 'turned' | 'settled' | 'sentBy'>;

/** Packs by their ids in the order of their arrival, which nobody else changes until the transaction ends. Their study must be locked. */
export async function lockPacks(trx: Trx, accountId: string, packIds: readonly string[]): Promise<Replaceable[]> {
  return selectPacks(trx)
    .select(['packs.settled as settled', 'packs.sent_by as sentBy', 'packs.bytes as bytes'])
    .where('packs.account_id', '=', accountId)
    .where(sql<boolean>`packs.id = any(${[...packIds]}::uuid[])`)
    .orderBy('packs.ordinal')
    .forUpdate('packs')
    .execute();
}

const kept = sql.raw(`id, account_id, study_id, series_id, ordinal, state, version, manifest, identity,
  identity_sealed_bytes, image_sealed_bytes, image_key, instance_count, bytes, turned, key_id`);

/**
 * Puts one pack in the place of others of its series, which are kept for whoever reads them unless `keep` is false. It arrived
 * when the first of them did.
 *
 * @returns  the sealed parts of the new row, as the database has them
 */
export async function replacePacks(
  trx: Trx,
  packIds: readonly string[],
  pack: Replacement,
  keep = true,
): Promise<{ readonly manifest: Uint8Array; readonly identity: Uint8Array | null }> {
  const old = sql`account_id = ${pack.accountId} and id = any(${[...packIds]}::uuid[])`;
  await sql`update studies set rewrites = rewrites + 1 where id = ${pack.studyId}`.execute(trx);
  if (keep)
    await sql`insert into replaced_packs (${kept}, replaced_by) select ${kept}, ${pack.packId}::uuid from packs where ${old}`.execute(
      trx,
    );
  const arrived = sql<{ at: string }>`select min(created_at)::text as at from packs where ${old}`;
  const at = (await arrived.execute(trx)).rows[0]?.at;
  await sql`delete from packs where ${old}`.execute(trx);
  const identity = pack.identity === null ? null : Buffer.from(pack.identity);
  const imageKey = pack.imageKey === null ? null : Buffer.from(pack.imageKey);
  await sql`insert into packs (${kept}, settled, sent_by, created_at, rewritten_at, weighed_at) overriding system value
    values (${pack.packId}, ${pack.accountId}, ${pack.studyId}, ${pack.seriesId}, ${pack.ordinal}, ${pack.state},
      ${pack.version}, ${Buffer.from(pack.manifest)}, ${identity}, ${pack.identitySealedBytes}, ${pack.imageSealedBytes},
      ${imageKey}, ${pack.instanceCount}, ${pack.bytes}, ${[...pack.turned]}, ${pack.keyId === pack.studyId ? null : pack.keyId}::uuid, ${[...pack.settled]}, ${pack.sentBy},
      ${at}::timestamptz, now(), case when ${pack.version}::int = ${chunkedVersion}::int then now() end)`.execute(trx);
  await trx
    .insertInto('pack_tokens')
    .values({ pack_id: pack.packId, tokens: sql<bigint[]>`${tokenArray(pack.tokens)}::bigint[]` })
    .execute();
  return trx
    .selectFrom('packs')
    .select(['manifest', 'identity'])
    .where('id', '=', pack.packId)
    .executeTakeFirstOrThrow();
}

/** Removes rows of packs, of which nothing stays. Their study must be locked; their objects are the caller's to see to. */
export async function removePacks(
  trx: Trx,
  accountId: string,
  studyId: string,
  packIds: readonly string[],
): Promise<void> {
  await sql`update studies set rewrites = rewrites + 1 where id = ${studyId}`.execute(trx);
  await sql`delete from packs where account_id = ${accountId} and id = any(${[...packIds]}::uuid[])`.execute(trx);
}

/** Packs that were replaced so long ago that nobody reads them any more, the first of them. */
export async function packsReplacedBefore(db: Database, secondsAgo: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('replaced_packs')
    .select('id')
    .where(sql<boolean>`replaced_at < now() - make_interval(secs => ${secondsAgo})`)
    .orderBy('replaced_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Their objects must be gone. */
export async function forgetReplaced(db: Database, packIds: readonly string[]): Promise<void> {
  await db
    .deleteFrom('replaced_packs')
    .where(sql<boolean>`id = any(${[...packIds]}::uuid[])`)
    .execute();
}
