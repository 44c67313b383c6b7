import { type RawBuilder, sql } from 'kysely';
import { builtOnce } from '../platform/db/built-once.ts';
import { type Database, plannedOnce, type Trx } from '../platform/db/database.ts';
import { tokenArray, wantedToken, wantedTokens } from '../platform/db/token-array.ts';
import type { Standing } from './current.ts';
import type { PackRow } from './open-pack.ts';

export type NewPack = PackRow & {
  readonly state: Standing['state'];
  readonly sentBy: string;
  readonly manifest: Uint8Array;
  /** Null where it is an object of the identity blob store. */
  readonly identity: Uint8Array | null;
  readonly instanceCount: number;
  readonly bytes: number;
  readonly tokens: readonly bigint[];
};

/** What a pack is found by: the UIDs and the digests of its instances. */
export function tokensOfPack(
  tokens: { written(field: 'sopUid' | 'sha256', value: string): readonly bigint[] },
  instances: readonly { readonly sopInstanceUid: string; readonly sha256: string }[],
): bigint[] {
  return instances.flatMap((i) => [
    ...tokens.written('sopUid', i.sopInstanceUid),
    ...tokens.written('sha256', i.sha256),
  ]);
}

/** Adds packs with their tokens: two statements, however many packs. */
export async function addPacks(trx: Trx, packs: readonly NewPack[]): Promise<void> {
  if (packs.length === 0) return;
  await trx
    .insertInto('packs')
    .values(
      packs.map((pack) => ({
        id: pack.packId,
        account_id: pack.accountId,
        study_id: pack.studyId,
        series_id: pack.seriesId,
        state: pack.state,
        version: pack.version,
        manifest: Buffer.from(pack.manifest),
        identity: pack.identity === null ? null : Buffer.from(pack.identity),
        identity_sealed_bytes: pack.identitySealedBytes,
        image_sealed_bytes: pack.imageSealedBytes,
        image_key: pack.imageKey === null ? null : Buffer.from(pack.imageKey),
        instance_count: pack.instanceCount,
        bytes: pack.bytes,
        sent_by: pack.sentBy,
        key_id: pack.keyId === pack.studyId ? null : pack.keyId,
      })),
    )
    .execute();
  const [ids, tokens] = [packs.map(({ packId }) => packId), packs.map((pack) => tokenArray(pack.tokens))];
  // The same text however many packs, planned once.
  await sql`${plannedOnce}insert into pack_tokens (pack_id, tokens)
    select id, tokens::bigint[] from unnest(${ids}::uuid[], ${tokens}::text[]) as fresh(id, tokens)`.execute(trx);
}

/** Every pack of a study, current or aside, in the order of their arrival. */
export async function allPackIdsOf(trx: Trx, studyId: string): Promise<string[]> {
  const rows = await trx.selectFrom('packs').select('id').where('study_id', '=', studyId).orderBy('ordinal').execute();
  return rows.map(({ id }) => id);
}

/** Writes the tokens of packs anew, also where they were lost. */
export async function writePackTokens(
  trx: Trx,
  packs: readonly { readonly packId: string; readonly tokens: readonly bigint[] }[],
): Promise<void> {
  if (packs.length === 0) return;
  await trx
    .insertInto('pack_tokens')
    .values(
      packs.map(({ packId, tokens }) => ({ pack_id: packId, tokens: sql<bigint[]>`${tokenArray(tokens)}::bigint[]` })),
    )
    .onConflict((conflict) => conflict.column('pack_id').doUpdateSet({ tokens: sql`excluded.tokens` }))
    .execute();
}

export type StoredPack = PackRow &
  Standing & {
    readonly ordinal: number;
    readonly instanceCount: number;
  };

/** Packs as they stand, or those that a rewrite replaced: they are read alike. */
type PackTable = 'packs' | 'replaced_packs';

const standing = (db: Database | Trx) => db.selectFrom('packs');

function from(db: Database | Trx, table: PackTable): ReturnType<typeof standing> {
  return table === 'packs' ? standing(db) : (db.selectFrom('replaced_packs as packs') as never);
}

/** Without what is sealed: a frame must not cost the headers of a whole pack. `sealedManifests` and `sealedIdentities` read those. */
export function selectPacks(db: Database | Trx, table: PackTable = 'packs') {
  return from(db, table)
    .innerJoin('studies', 'studies.id', 'packs.study_id')
    .select([
      'packs.id as packId',
      'packs.account_id as accountId',
      'studies.patient_id as patientId',
      sql<string>`coalesce(packs.key_id, packs.study_id)`.as('keyId'),
      'packs.study_id as studyId',
      'packs.series_id as seriesId',
      'packs.ordinal as ordinal',
      'packs.state as state',
      'packs.turned as turned',
      'packs.version as version',
      'packs.identity_sealed_bytes as identitySealedBytes',
      'packs.image_sealed_bytes as imageSealedBytes',
      'packs.image_key as imageKey',
      'packs.instance_count as instanceCount',
    ]);
}

/**
 * Packs of an account that carry any of these tokens: nominees, which their opened manifests confirm or not.
 *
 * Token by token, and the rows by their ids. For `tokens && '{…}'` the planner reckons half a percent of the table for
 * each token, since it knows no common ones: from a hundred on it reads every pack there is. `pack.plans.test.ts`.
 *
 * Only the look-up of one is planned once: a plan for any number of tokens is one for ten, and of ten it is as cheap to read some
 * thousand packs through, which for the thousand of a commit are millions of comparisons.
 */
export async function packsWithTokens(
  db: Database | Trx,
  accountId: string,
  tokens: readonly bigint[],
): Promise<StoredPack[]> {
  const [first] = tokens;
  if (first === undefined) return [];
  return tokens.length === 1
    ? packsWithToken(db, accountId, String(first))
    : thoseWith(db, accountId, wantedTokens(tokens)).execute();
}

const thoseWith = (db: Database | Trx, accountId: string, wanted: RawBuilder<unknown>) =>
  selectPacks(db)
    .where('packs.account_id', '=', accountId)
    .where(
      sql<boolean>`packs.id = any(array(select pack_id from ${wanted}
        join pack_tokens on pack_tokens.tokens @> array[wanted.token]))`,
    )
    .orderBy('packs.ordinal');

const packsWithToken = builtOnce((db, accountId: string, token: string) =>
  thoseWith(db, accountId, wantedToken(token)).modifyFront(plannedOnce),
);

/** Packs that hold anything current. Asked of each row that the indexes of a study and of a series nominate. */
const holdsCurrent = sql<boolean>`cardinality(packs.turned) <> case packs.state when 'current' then packs.instance_count else 0 end`;

/** A page of packs of all accounts by their ids, from behind `after` on. */
export async function packRowsAfter(db: Database, after: string | null, limit: number): Promise<StoredPack[]> {
  let query = selectPacks(db);
  if (after !== null) query = query.where('packs.id', '>', after);
  return query.orderBy('packs.id').limit(limit).execute();
}

/** A page of the packs of a study, or of one series of it, that hold anything current, in the order of their arrival. */
export async function packsOf(
  db: Database | Trx,
  accountId: string,
  where: { readonly studyId: string; readonly seriesId?: string },
  page: { readonly after: number; readonly limit: number },
): Promise<StoredPack[]> {
  let query = selectPacks(db)
    .modifyFront(plannedOnce)
    .where('packs.account_id', '=', accountId)
    .where('packs.study_id', '=', where.studyId)
    .where(holdsCurrent)
    .where('packs.ordinal', '>', page.after);
  if (where.seriesId !== undefined) query = query.where('packs.series_id', '=', where.seriesId);
  return query.orderBy('packs.ordinal').limit(page.limit).execute();
}

/** The ids of all packs of a study, or of one series of it, that hold anything current, in the order of their arrival. */
export async function packIdsOf(
  db: Database | Trx,
  accountId: string,
  where: { readonly studyId: string; readonly seriesId?: string },
): Promise<string[]> {
  let query = db
    .selectFrom('packs')
    .select('id')
    .where('account_id', '=', accountId)
    .where('study_id', '=', where.studyId)
    .where(holdsCurrent);
  if (where.seriesId !== undefined) query = query.where('series_id', '=', where.seriesId);
  return (await query.orderBy('ordinal').execute()).map(({ id }) => id);
}

/**
 * Packs by their ids, in no order; also those that a rewrite replaced a short while ago, as they were: for whoever learned of
 * them before. Nothing is written to what this gives.
 */
export async function packsToRead(
  db: Database | Trx,
  accountId: string,
  packIds: readonly string[],
): Promise<StoredPack[]> {
  const read = (table: PackTable, ids: readonly string[]) =>
    selectPacks(db, table)
      .where('packs.account_id', '=', accountId)
      .where(sql<boolean>`packs.id = any(${[...ids]}::uuid[])`)
      .execute();
  return alsoReplaced(packIds, read, ({ packId }) => packId);
}

/** A second look only where the first misses something: hardly ever. */
async function alsoReplaced<Row>(
  ids: readonly string[],
  read: (table: PackTable, ids: readonly string[]) => Promise<Row[]>,
  idOf: (row: Row) => string,
): Promise<Row[]> {
  if (ids.length === 0) return [];
  const found = await read('packs', ids);
  const known = new Set(found.map(idOf));
  const missing = ids.filter((id) => !known.has(id));
  return missing.length === 0 ? found : [...found, ...(await read('replaced_packs', missing))];
}

/** The sealed manifests of packs of one account, by pack id; of replaced ones, too. */
export async function sealedManifests(
  db: Database | Trx,
  accountId: string,
  packIds: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const read = (table: PackTable, ids: readonly string[]) =>
    from(db, table)
      .select(['id', 'manifest'])
      .where('account_id', '=', accountId)
      .where('id', 'in', [...ids])
      .execute();
  const rows = await alsoReplaced(packIds, read, ({ id }) => id);
  return new Map(rows.map(({ id, manifest }) => [id, manifest]));
}

/** The sealed identity halves of packs of one account, by pack id; null where one is an object of the identity blob store. */
export async function sealedIdentities(
  db: Database | Trx,
  accountId: string,
  packIds: readonly string[],
): Promise<Map<string, Uint8Array | null>> {
  const read = (table: PackTable, ids: readonly string[]) =>
    from(db, table)
      .select(['id', 'identity'])
      .where('account_id', '=', accountId)
      .where('id', 'in', [...ids])
      .execute();
  const rows = await alsoReplaced(packIds, read, ({ id }) => id);
  return new Map(rows.map(({ id, identity }) => [id, identity]));
}
