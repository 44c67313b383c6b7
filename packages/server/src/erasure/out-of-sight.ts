import { setTimeout as pause } from 'node:timers/promises';
import type { Erasure } from '@symbolon/contract';
import type { StudyPlace } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { SearchTokens } from '../studies/index.ts';
import { partsUnderWay } from './erasure.store.ts';
import type { HoldDeps } from './holds.ts';
import { erasing } from './part.ts';
import { shownErasure } from './show-erasures.ts';

/** Whether this series, or this instance of it, is of a part of the study that is being erased and still in sight. */
export async function isBeingErased(
  { database, chains }: Pick<HoldDeps, 'database' | 'chains'>,
  { accountId, studyId }: StudyPlace,
  { seriesId, sopInstanceUid }: { readonly seriesId: string; readonly sopInstanceUid?: string | undefined },
): Promise<boolean> {
  const parts = await partsUnderWay(database, accountId, [studyId]);
  if (parts.length === 0) return false;
  const tokens = await SearchTokens.of(chains, accountId);
  const named = sopInstanceUid === undefined ? [] : tokens.ever('sopUid', sopInstanceUid);
  return parts.some(
    ({ seriesIds, imageTokens }) =>
      seriesIds?.includes(seriesId) || named.some((token) => imageTokens?.includes(token)),
  );
}

/**
 * Which instances of these studies are being erased and still in sight, by where they lie, or would. What comes there now would
 * go with them; so would the words that it is held. In the transaction of a commit, under its locks, it stays as it is told.
 */
export async function erasedAmong(
  db: Database | Trx,
  tokens: SearchTokens,
  accountId: string,
  studyIds: Iterable<string>,
): Promise<(at: { readonly studyId: string; readonly seriesId: string }, sopInstanceUid: string) => boolean> {
  const parts = await partsUnderWay(db, accountId, [...new Set(studyIds)]);
  const erased = new Map(
    [...Map.groupBy(parts, ({ studyId }) => studyId)].map(([studyId, some]) => {
      const seriesIds = some.flatMap((part) => part.seriesIds ?? []);
      return [studyId, erasing(tokens, { seriesIds, imageTokens: some.flatMap((part) => part.imageTokens ?? []) })];
    }),
  );
  return ({ studyId, seriesId }, sopInstanceUid) => erased.get(studyId)?.(seriesId, { sopInstanceUid }) ?? false;
}

const waitMs = { first: 20, most: 500, together: 10_000 };

/** The erasure when nobody finds what it erases any more; as it is, where that takes longer than who asked for it waits. */
export async function onceOutOfSight(
  { database }: Pick<HoldDeps, 'database'>,
  accountId: string,
  erasure: Erasure,
  signal: AbortSignal,
): Promise<Erasure> {
  let now = erasure;
  let [next, waited] = [waitMs.first, 0];
  // What stands in its way once may for long: it goes on by itself.
  while (now.outOfSightAt === null && now.failure === null && waited < waitMs.together && !signal.aborted) {
    await pause(next, undefined, { signal }).catch(() => {});
    waited += next;
    next = Math.min(2 * next, waitMs.most);
    now = await shownErasure({ database }, accountId, erasure.id);
  }
  return now;
}
