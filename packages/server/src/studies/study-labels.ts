import { VaultError } from '@symbolon/vault';
import { may, mayIdentify, type SignedIn } from '../access/index.ts';
import { KeysError } from '../keys/index.ts';
import { PacksError } from '../packs/index.ts';
import { openFound } from './candidates.ts';
import { pseudonymised } from './pseudonyms.ts';
import type { StudiesDeps } from './search-studies.ts';
import { type StudyRow, studiesByIds } from './study.store.ts';
import { StudyCells } from './study-cells.ts';
import { shownStudy } from './study-facts.ts';
import { thingOf } from './thing.ts';

export type StudyLabel = { readonly patientName: string; readonly date: string | null; readonly description: string };

/** What does not open for good: its keys are gone, or it is damaged. A key service that is away is another matter. */
function isLost(error: unknown): boolean {
  if (error instanceof KeysError) return error.code !== 'KEYS_UNAVAILABLE';
  return error instanceof VaultError || error instanceof PacksError;
}

const reaching = ['study.view', 'study.search'] as const;

/** Whether somebody finds this study, or may look at it; a role may list what hangs on studies, and reach none of them. */
const mayKnowOf = (actor: SignedIn, row: StudyRow): boolean =>
  reaching.some((action) => may(actor, action, thingOf(row, actor)));

/** Whether a list of other things, and what people wrote there, may tell this actor who a study is of. */
export const mayName = (actor: SignedIn, row: StudyRow): boolean =>
  reaching.some((action) => may(actor, action, thingOf(row, actor)) && mayIdentify(actor, action, thingOf(row, actor)));

/**
 * What lists of other things call a study, by its id, for who may see that it is there; absent where there is no such
 * study, or none that opens.
 */
export async function studyLabels(
  deps: Pick<StudiesDeps, 'database' | 'chains'>,
  actor: SignedIn,
  studyIds: readonly string[],
): Promise<Map<string, StudyLabel>> {
  const cells = new StudyCells(deps.chains);
  const labels = new Map<string, StudyLabel>();
  for (const row of await studiesByIds(deps.database, actor.accountId, [...new Set(studyIds)])) {
    if (!mayKnowOf(actor, row)) continue;
    try {
      const found = await openFound(cells, row);
      const { patient, date, description } = shownStudy(mayName(actor, row) ? found : pseudonymised(found));
      labels.set(row.id, { patientName: patient.name, date, description });
    } catch (error) {
      if (!isLost(error)) throw error;
    }
  }
  return labels;
}
