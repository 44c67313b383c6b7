import type { KeyChains, StudyPlace } from '../keys/index.ts';
import { resealReasons } from '../openings/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { resealNotes } from '../sharing/index.ts';
import {
  lockStudies,
  SearchTokens,
  StudyCells,
  seriesCellsOf,
  writeSeriesCell,
  writeStudyCell,
} from '../studies/index.ts';
import { RewriteError } from './errors.ts';
import { addSpentKey, setStudyKey } from './reseal.store.ts';
import type { RewriteDeps } from './rewrite.ts';

/**
 * Gives a study new keys: its cells, the notes of its links and the reasons of its openings are sealed under them at once, and so is whatever comes from
 * now on. Its packs follow one by one (`rewrite`): each names the keys that it stands under, so all open meanwhile. The
 * old keys are spent; they can be destroyed when no pack names them. `damaged`: the links and openings whose words do not open, and
 * stay as they are.
 *
 * @throws RewriteError REWRITE_OVERTAKEN  the study is gone, or another did the same
 */
export async function renewKeys(
  deps: Pick<RewriteDeps, 'database' | 'chains'>,
  study: StudyPlace,
  also: (trx: Trx) => Promise<void>,
): Promise<{ readonly damaged: readonly string[] }> {
  const { database, chains } = deps;
  const damaged: string[] = [];
  const { accountId, studyId } = study;
  const tokens = await SearchTokens.of(chains, accountId);
  const renewed = await chains.renewStudy(study);
  let committing = false;
  try {
    await database.transaction().execute(async (trx) => {
      const [now] = await lockStudies(trx, { chains, tokens }, accountId, [studyId]);
      if (now?.keyId !== study.keyId || now.patientId !== study.patientId)
        throw new RewriteError('REWRITE_OVERTAKEN', `study ${studyId} has other keys by now`);
      await resealCells(trx, chains, study, renewed);
      damaged.push(...(await resealNotes(trx, chains, study, renewed)));
      damaged.push(...(await resealReasons(trx, chains, study, renewed)));
      await setStudyKey(trx, renewed);
      await addSpentKey(trx, study);
      await also(trx);
      committing = true;
    });
  } catch (error) {
    // Where the answer to COMMIT was lost they may be in use: then the sweep says that nobody has them.
    if (!committing) await chains.withdraw(renewed);
    throw error;
  }
  return { damaged };
}

async function resealCells(trx: Trx, chains: KeyChains, from: StudyPlace, to: StudyPlace): Promise<void> {
  const cells = new StudyCells(chains);
  const { study, series } = await seriesCellsOf(trx, from.studyId);
  await writeStudyCell(trx, to.studyId, await cells.sealStudy(to, await cells.openStudy(from, study)));
  for (const { id, cell } of series)
    await writeSeriesCell(trx, id, await cells.sealSeries(to, id, await cells.openSeries(from, id, cell)));
}
