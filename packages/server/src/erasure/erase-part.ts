import { packsWithoutCurrent, putBack } from '../conflicts/index.ts';
import type { KeyChains, StudyPlace, Tombstone } from '../keys/index.ts';
import { packsToRead, type StoredPack } from '../packs/index.ts';
import type { Trx } from '../platform/db/database.ts';
import {
  forgetSpentKeys,
  packsUnderOtherKeys,
  type RewriteDeps,
  removeWhole,
  renewKeys,
  rewrite,
  spentKeysOf,
  writeAsToday,
} from '../rewrite/index.ts';
import { lockStudies, placeOfStudy, retellStudy, SearchTokens, searchIndexOf } from '../studies/index.ts';
import { addGone, addObjects, addTombstones, type ErasureRow, keysWait, markStep } from './erasure.store.ts';
import { allPacksOf, removeEmptySeries, removeReplacedOf } from './gone.store.ts';
import { erasing } from './part.ts';
import { subjectOf, takeOut } from './take-out.ts';

export type PartDeps = RewriteDeps & { readonly chains: KeyChains };

/**
 * Erases a part of a study: gives the study new keys, writes every pack of it anew under these without what is erased, and leaves
 * the old keys to be destroyed. Whatever ends it between, the next call goes on.
 *
 * Cost    the rest of the study is written anew: each byte of it is read twice, written and hashed once.
 *
 * @throws PacksError PACK_DAMAGED  a pack that is to stay does not open: erase its series, or the study
 */
export async function erasePart(deps: PartDeps, erasure: ErasureRow, stopped: () => boolean): Promise<void> {
  const { accountId, id } = erasure;
  const studyId = erasure.studyId as string;
  const study = await placeOfStudy(deps.database, accountId, studyId);
  // Erased as a whole meanwhile: nothing of it is left to do here, but its keys are that one's to destroy first.
  if (!study) {
    if (!(await keysWait(deps.database, studyId))) await markStep(deps.database, id, 'out_of_sight_at', deps.now());
    return;
  }
  // Just looked up: what is to go may be named by the newest keys, and what is not known by its name would stay.
  const tokens = await SearchTokens.of(deps.chains, accountId, await searchIndexOf(deps.database, accountId));
  if (erasure.renewedAt === null) await renewKeys(deps, study, (trx) => markStep(trx, id, 'renewed_at', deps.now()));
  const wanted = { seriesIds: erasure.seriesIds ?? [], imageTokens: erasure.imageTokens ?? [] };
  const erased = erasing(tokens, wanted);
  const whole = new Set(wanted.seriesIds);
  const also = async (trx: Trx, { replaced }: { readonly replaced: readonly string[] }): Promise<void> => {
    await addObjects(trx, id, replaced);
    await addGone(trx, id, { packs: replaced.length, subjects: [] });
  };
  // Under today's keys are those that were written anew, and what came since.
  for (let next = await pageOfOld(); next.length > 0; next = await pageOfOld()) {
    for (const pack of next) {
      if (stopped()) return;
      // Of a series that goes nothing has to be opened.
      if (whole.has(pack.seriesId)) await removeWhole(deps, pack, also);
      else
        await rewrite(deps, [pack], {
          purpose: 'erasure',
          write: writeAsToday,
          stays: (instance) => !erased(pack.seriesId, instance),
          also,
        });
    }
  }
  await finish(deps, erasure, study);

  async function pageOfOld(): Promise<StoredPack[]> {
    return packsToRead(deps.database, accountId, await packsUnderOtherKeys(deps.database, studyId, packsAtOnce));
  }
}

const packsAtOnce = 100;

/** The study says what it still holds, and the keys of what it held are given up. */
async function finish(deps: PartDeps, erasure: ErasureRow, { accountId, studyId }: StudyPlace): Promise<void> {
  const now = deps.now();
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const retelling = { chains: deps.chains, tokens, reader: deps.reader };
  const alone = await packsWithoutCurrent(deps.database, retelling, accountId);
  await deps.database.transaction().execute(async (trx) => {
    const ids = [studyId, ...alone.map((pack) => pack.studyId)];
    const locked = await lockStudies(trx, retelling, accountId, ids, { patients: true });
    const study = locked.find((one) => one.studyId === studyId);
    if (!study) return;
    const objects = await removeReplacedOf(trx, studyId);
    await addObjects(trx, erasure.id, objects);
    const spent = await spentKeysOf(trx, studyId);
    const tombstones = spent.map(
      (id): Tombstone => ({
        id,
        kind: 'study-data',
        accountId,
        family: study.patientId,
        erasureId: erasure.id,
        at: now,
      }),
    );
    await removeEmptySeries(trx, studyId);
    if ((await allPacksOf(trx, studyId)).length === 0) {
      await takeOut(trx, deps.chains, erasure, [study], now);
    } else {
      const subject = await subjectOf(trx, deps.chains, study, 'part of a study');
      await retellStudy(trx, retelling, study);
      await addGone(trx, erasure.id, { packs: objects.length, subjects: [subject] });
      await addTombstones(trx, tombstones);
      await forgetSpentKeys(trx, spent);
    }
    const packs = alone.map(({ packId }) => packId);
    await putBack(trx, retelling, accountId, packs, locked);
    await markStep(trx, erasure.id, 'out_of_sight_at', now);
  });
}
