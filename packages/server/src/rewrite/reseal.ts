import { type KeyStore, keysOf, type Tombstone } from '../keys/index.ts';
import { packsToRead } from '../packs/index.ts';
import type { Database } from '../platform/db/database.ts';
import { Pace, Stopped } from '../scrub/index.ts';
import { placeOfStudy } from '../studies/index.ts';
import { RewriteError } from './errors.ts';
import { isPassing } from './passing.ts';
import {
  type DueStudy,
  doneResealing,
  forgetSpentKeys,
  keysWithoutPacks,
  markBegun,
  nextToReseal,
  packsUnderOtherKeys,
  resealLater,
} from './reseal.store.ts';
import { renewKeys } from './reseal-study.ts';
import { type RewriteDeps, rewrite } from './rewrite.ts';
import { writeAsToday } from './write-pack.ts';

export type ResealDeps = Omit<RewriteDeps, 'paced'> & {
  readonly keyStore: KeyStore;
  /** So much is read at most. Bytes a second. */
  readonly bytesPerSecond: number;
  /** Whether a part of this study waits to be erased: that seals the rest anew by itself. */
  readonly isErased: (database: Database, studyId: string) => Promise<boolean>;
  /** What is written anew takes its room twice for a day. @throws  where new data may soon need what is left */
  readonly requireRoom: () => Promise<void>;
  /** Hears of a study that is left as it is. */
  readonly left: (studyId: string, error: unknown) => void;
  /** Hears of links and openings whose note or reason does not open: it stays as it is. */
  readonly unreadable: (studyId: string, ids: readonly string[]) => void;
};

const packsAtOnce = 100;
const [soonSeconds, daySeconds] = [60, 24 * 3600];

/**
 * Seals studies anew that wait for it, one after another: new keys for each, its packs written again under them, the old keys
 * destroyed when nothing stands under them any more (a day later, with what was replaced).
 *
 * Law   each pack is proven before it is swapped in, and all open meanwhile; whatever ends this between, the next call goes on.
 *
 * @throws  where the database, the store or the keys are away, or there is no room
 */
export async function resealDue(deps: ResealDeps, stopped: () => boolean): Promise<void> {
  const pace = new Pace(deps.bytesPerSecond, stopped);
  const paced = { ...deps, paced: (bytes: number) => pace.took(bytes) };
  for (;;) {
    const due = stopped() ? undefined : await nextToReseal(deps.database);
    if (due === undefined) break;
    try {
      await deps.requireRoom();
      await reseal(paced, due, stopped);
    } catch (error) {
      if (error instanceof Stopped) return;
      if (isPassing(error)) throw error;
      const overtaken = error instanceof RewriteError && error.code === 'REWRITE_OVERTAKEN';
      if (!overtaken) deps.left(due.studyId, error);
      await resealLater(deps.database, due.studyId, overtaken ? soonSeconds : daySeconds);
    }
  }
  await destroySpentKeys(deps, stopped);
}

async function reseal(
  deps: ResealDeps & RewriteDeps,
  { accountId, studyId, begun }: DueStudy,
  stopped: () => boolean,
): Promise<void> {
  const { database } = deps;
  if (await deps.isErased(database, studyId)) return resealLater(database, studyId, soonSeconds);
  const study = await placeOfStudy(database, accountId, studyId);
  if (!study) return doneResealing(database, studyId);
  if (!begun) {
    const { damaged } = await renewKeys(deps, study, (trx) => markBegun(trx, studyId));
    if (damaged.length > 0) deps.unreadable(studyId, damaged);
  }
  for (;;) {
    const ids = await packsUnderOtherKeys(database, studyId, packsAtOnce);
    if (ids.length === 0) break;
    for (const pack of await packsToRead(database, accountId, ids)) {
      if (stopped()) return;
      await rewrite(deps, [pack], { purpose: 're-keying', write: writeAsToday });
    }
  }
  await doneResealing(database, studyId);
}

/** That the key is gone is durable before the row that says it has to go. */
async function destroySpentKeys(
  { database, keyStore, chains, now, isErased }: ResealDeps,
  stopped: () => boolean,
): Promise<void> {
  for (;;) {
    const found = stopped() ? [] : await keysWithoutPacks(database, packsAtOnce);
    // Those of an erasure are the erasure's to destroy, and to answer for.
    const erased = await Promise.all(found.map(({ studyId }) => isErased(database, studyId)));
    const spent = found.filter((_, at) => !erased[at]);
    if (spent.length === 0) return;
    const tombstones = spent.map(
      ({ keyId: id, accountId, patientId: family }): Tombstone => ({
        id,
        kind: 'study-data',
        accountId,
        family,
        // No erasure: whoever finds it in an older copy of the database must not remove anything.
        erasureId: id,
        at: now(),
      }),
    );
    await keyStore.remove(tombstones.flatMap(keysOf), tombstones);
    const ids = tombstones.map(({ id }) => id);
    chains.forget(ids);
    await forgetSpentKeys(database, ids);
  }
}
