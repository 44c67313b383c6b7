import type { StudyRow as ShownStudy } from '@symbolon/contract';
import { may, reachOf, type SignedIn } from '../access/index.ts';
import { openFound } from './candidates.ts';
import { pseudonymised } from './pseudonyms.ts';
import { identified, type StudiesDeps } from './search-studies.ts';
import type { StudyRow } from './study.store.ts';
import { StudyCells } from './study-cells.ts';
import { rowWithin, shownStudy } from './study-facts.ts';
import { countStudies, searchStudies } from './study-search.store.ts';
import { type Extent, extentOf, thingOf } from './thing.ts';

const action = 'study.search';
const pageSize = 25;
const mostCounted = 10_000;

/** What of a study both reach. */
function withinBoth(one: Extent, other: Extent): Extent {
  if (one === undefined || other === undefined) return undefined;
  if (one === 'whole') return other;
  return other === 'whole' ? one : new Set([...one].filter((seriesId) => other.has(seriesId)));
}

export type Seen = { readonly studies: readonly ShownStudy[]; readonly hidden: number; readonly total: number | null };

/**
 * The first page of what somebody finds, newest arrival first, for another who looks at it: never more of it than they reach
 * themselves. Nothing is opened but what is shown.
 */
export async function studiesSeenBy(
  { database, chains }: Pick<StudiesDeps, 'database' | 'chains'>,
  actor: SignedIn,
  person: SignedIn,
): Promise<Seen> {
  const { accountId } = actor;
  const filter = { all: [], anyOf: [], modalities: [], reach: reachOf(person, action) };
  const rows = await searchStudies(database, accountId, filter, { limit: pageSize });
  const counted = await countStudies(database, accountId, filter, mostCounted + 1);
  const reached = rows.filter((row) => may(actor, action, thingOf(row, actor)));
  const cells = new StudyCells(chains);
  const shown = async (row: StudyRow): Promise<ShownStudy> => {
    const extent = withinBoth(extentOf(actor, action, row), extentOf(person, action, row));
    const found = { ...(await openFound(cells, row)), row: await rowWithin(database, row, extent) };
    return shownStudy(identified(actor, found) && identified(person, found) ? found : pseudonymised(found));
  };
  return {
    studies: await Promise.all(reached.map(shown)),
    hidden: rows.length - reached.length,
    total: counted > mostCounted ? null : counted,
  };
}
