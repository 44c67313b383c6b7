import { moveSpots } from '../conflicts/index.ts';
import { lockPacks, removePacks, type StoredPack } from '../packs/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { lockStudies, SearchTokens } from '../studies/index.ts';
import type { RewriteDeps } from './rewrite.ts';

/** Removes the row of a pack of which nothing stays, without opening it; its object is the caller's. Gone already is no error. */
export async function removeWhole(
  { database, chains, audit }: Pick<RewriteDeps, 'database' | 'chains' | 'audit'>,
  { accountId, studyId, packId }: StoredPack,
  also: (trx: Trx, done: { readonly replaced: readonly string[] }) => Promise<void>,
): Promise<void> {
  const tokens = await SearchTokens.of(chains, accountId);
  await database.transaction().execute(async (trx) => {
    const [study] = await lockStudies(trx, { chains, tokens }, accountId, [studyId]);
    const [pack] = await lockPacks(trx, accountId, [packId]);
    if (!study || !pack) return;
    await removePacks(trx, accountId, studyId, [packId]);
    if (pack.turned.length + pack.settled.length > 0)
      await moveSpots(trx, accountId, new Map([[packId, { packId, at: () => undefined }]]));
    await also(trx, { replaced: [packId] });
    await audit.record(trx, [
      {
        actor: { kind: 'exchange', address: null },
        accountId,
        action: 'storage.rewrite',
        kind: 'update',
        outcome: 'success',
        study,
        detail: { purpose: 'erasure', pack: null, instances: 0, replaced: [packId] },
      },
    ]);
  });
}
