import { type KeyChains, keysOf } from '../keys/index.ts';
import type { Stores } from '../packs/index.ts';
import { lockStudies, SearchTokens } from '../studies/index.ts';
import { type CertifyDeps, certify } from './certify.ts';
import { erasePart, type PartDeps } from './erase-part.ts';
import { type ErasureRow, erasureById, forgetObjects, markStep, objectsLeft, tombstonesOf } from './erasure.store.ts';
import { someStudies } from './gone.store.ts';
import { takeOut } from './take-out.ts';
import { takeOutPatients } from './take-out-patients.ts';

export type AdvanceDeps = CertifyDeps &
  PartDeps & {
    readonly chains: KeyChains;
    /** Whose objects are removed, and with them what of these is in memory. */
    readonly stores: Stores;
    /** Leaves nothing of packs in what others hold in memory. */
    readonly forget: (packIds: readonly string[]) => void;
    /** Whether there is room for what a part leaves to be written anew. @throws */
    readonly requireRoom: () => Promise<void>;
  };

const studiesAtOnce = 20;
const objectsAtOnce = 32;
const keysAtOnce = 500;

/**
 * Brings one erasure as far as the removal of its objects. Each step is durable before the next begins, and may be done again.
 *
 * @throws  where something is away; the erasure stays where it is
 */
export async function advance(deps: AdvanceDeps, erasure: ErasureRow): Promise<void> {
  if (erasure.outOfSightAt === null) await takeOutOfSight(deps, erasure);
  const now = await again(deps, erasure);
  if (now === undefined || now.outOfSightAt === null) return;
  if (now.keysDestroyedAt === null) await destroyKeys(deps, now);
  if (now.objectsRemovedAt === null && !deps.signal.aborted) await removeObjects(deps, now);
}

const again = ({ database }: AdvanceDeps, { accountId, id }: ErasureRow): Promise<ErasureRow | undefined> =>
  erasureById(database, accountId, id);

async function takeOutOfSight(deps: AdvanceDeps, erasure: ErasureRow): Promise<void> {
  if (erasure.kind !== 'account') {
    await deps.requireRoom();
    return erasePart(deps, erasure, () => deps.signal.aborted);
  }
  const { database, chains } = deps;
  const { accountId } = erasure;
  const tokens = await SearchTokens.of(chains, accountId);
  for (;;) {
    if (deps.signal.aborted) return;
    const ids = await someStudies(database, accountId, studiesAtOnce);
    if (ids.length === 0) break;
    await database.transaction().execute(async (trx) => {
      const studies = await lockStudies(trx, { chains, tokens }, accountId, ids, { patients: true });
      await takeOut(trx, chains, erasure, studies, deps.now());
    });
  }
  await takeOutPatients(deps, erasure);
  await markStep(database, erasure.id, 'out_of_sight_at', deps.now());
}

/** From here on nothing of it opens. Other nodes hold unwrapped keys for minutes, but find no row to open with them. */
async function destroyKeys({ database, keyStore, chains, now }: AdvanceDeps, erasure: ErasureRow): Promise<void> {
  const tombstones = await tombstonesOf(database, erasure.id);
  for (let at = 0; at < tombstones.length; at += keysAtOnce) {
    const some = tombstones.slice(at, at + keysAtOnce);
    await keyStore.remove(some.flatMap(keysOf), some);
    chains.forget(some.map(({ id }) => id));
  }
  if (erasure.kind === 'account') await chains.renewAccount(erasure.accountId);
  await markStep(database, erasure.id, 'keys_destroyed_at', now());
}

async function removeObjects(
  { database, stores, reader, forget, signal, now }: AdvanceDeps,
  { id }: ErasureRow,
): Promise<void> {
  for (;;) {
    if (signal.aborted) return;
    const names = await objectsLeft(database, id, objectsAtOnce);
    if (names.length === 0) break;
    await Promise.all(names.flatMap((name) => [stores.imageBlobs.remove(name), stores.identityBlobs.remove(name)]));
    reader.forget(names);
    forget(names);
    await forgetObjects(database, names);
  }
  await markStep(database, id, 'objects_removed_at', now());
}

/** Those whose objects are gone: the keys above are destroyed once for an account, and each gets its certificate. */
export async function certifyDone(
  deps: AdvanceDeps,
  ready: readonly ErasureRow[],
  failed: (some: readonly ErasureRow[], error: unknown) => Promise<void>,
): Promise<void> {
  for (const [accountId, some] of Map.groupBy(ready, (one) => one.accountId)) {
    if (deps.signal.aborted) return;
    await certify(deps, accountId, some).catch((error: unknown) => failed(some, error));
  }
}
