import type { StudyPlace } from '../keys/index.ts';
import { type ManifestInstance, type PackReader, packsToRead } from '../packs/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { notFound, type SearchTokens } from '../studies/index.ts';
import type { Amounts } from './erasure.store.ts';
import { allPacksOf, amountsOf } from './gone.store.ts';

/** What of a study is to be erased: whole series, and instances by their blind tokens. */
export type Wanted = { readonly seriesIds: readonly string[]; readonly imageTokens: readonly bigint[] };

/** How much that is, and how many instances of the study stay. */
export type Part = { readonly wanted: Wanted; readonly amounts: Amounts; readonly left: number };

const packsAtOnce = 32;

export function partWanted(
  tokens: SearchTokens,
  only: {
    readonly seriesIds?: readonly string[] | undefined;
    readonly imageIds?: readonly string[] | undefined;
    readonly sopInstanceUids?: readonly string[] | undefined;
  },
): Wanted {
  const ids = (only.imageIds ?? []).map((id) => {
    if (!/^[0-9a-f]{16}$/.test(id)) throw notFound();
    return BigInt.asIntN(64, BigInt(`0x${id}`));
  });
  const uids = (only.sopInstanceUids ?? []).map((uid) => tokens.token('sopUid', uid));
  return { seriesIds: [...new Set(only.seriesIds ?? [])], imageTokens: [...new Set([...ids, ...uids])] };
}

/** Whether an instance of a series is erased: every version of it, kept aside or not. */
export function erasing(
  tokens: SearchTokens,
  { seriesIds, imageTokens }: Wanted,
): (seriesId: string, instance: Pick<ManifestInstance, 'sopInstanceUid'>) => boolean {
  const [series, images] = [new Set(seriesIds), new Set(imageTokens)];
  return (seriesId, { sopInstanceUid }) =>
    series.has(seriesId) ||
    (images.size > 0 && tokens.ever('sopUid', sopInstanceUid).some((token) => images.has(token)));
}

/**
 * Counts what of a study is to be erased. Whole series by their rows; for single instances the manifests of the study are opened.
 *
 * @throws StudiesError STUDY_NOT_FOUND  nothing of it is in this study
 */
export async function partOf(
  db: Database | Trx,
  reader: PackReader,
  tokens: SearchTokens,
  { accountId, studyId }: StudyPlace,
  wanted: Wanted,
): Promise<Part> {
  const all = await amountsOf(db, [studyId]);
  const ofSeries = await amountsOf(db, [studyId], wanted.seriesIds);
  if (ofSeries.series < wanted.seriesIds.length) throw notFound();
  let { instances, bytes } = ofSeries;
  if (wanted.imageTokens.length > 0) {
    const series = new Set(wanted.seriesIds);
    const erased = erasing(tokens, { seriesIds: [], imageTokens: wanted.imageTokens });
    const found = new Set<string>();
    const packs = await allPacksOf(db, studyId);
    for (let at = 0; at < packs.length; at += packsAtOnce) {
      const ids = packs.slice(at, at + packsAtOnce).map(({ packId }) => packId);
      const rows = await packsToRead(db, accountId, ids);
      const manifests = await reader.manifests(rows);
      for (const [place, row] of rows.entries()) {
        for (const instance of manifests[place]?.instances ?? []) {
          if (!erased(row.seriesId, instance)) continue;
          found.add(instance.sopInstanceUid);
          if (series.has(row.seriesId)) continue;
          instances += 1;
          bytes += instance.bytes;
        }
      }
    }
    if (found.size < wanted.imageTokens.length) throw notFound();
  }
  if (instances === 0) throw notFound();
  const amounts = { patients: 0, studies: 0, series: wanted.seriesIds.length, instances, bytes };
  return { wanted, amounts, left: all.instances - instances };
}
