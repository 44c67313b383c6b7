import type { KeyChains, Tombstone } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import { addGone, addTombstones } from './erasure.store.ts';
import { removeStudies, somePatients } from './gone.store.ts';

const patientsAtOnce = 100;

/**
 * Patients of an account who have no study: what an account's erasure finds at its end; and says of the account itself, for whoever
 * restores an older copy of the database, that it is closed. It must be.
 */
export async function takeOutPatients(
  { database, now }: { readonly database: Database; readonly chains: KeyChains; readonly now: () => Date },
  erasure: { readonly id: string; readonly accountId: string },
): Promise<void> {
  for (;;) {
    const ids = await somePatients(database, erasure.accountId, patientsAtOnce);
    if (ids.length === 0) break;
    await database.transaction().execute(async (trx) => {
      const tombstones = ids.map(
        (id): Tombstone => ({
          id,
          kind: 'patient',
          family: id,
          accountId: erasure.accountId,
          erasureId: erasure.id,
          at: now(),
        }),
      );
      await addTombstones(trx, tombstones);
      await removeStudies(trx, [], ids);
      const amounts = { patients: ids.length, studies: 0, series: 0, instances: 0, bytes: 0 };
      await addGone(trx, erasure.id, { amounts, packs: 0, subjects: [] });
    });
  }
  const { id: erasureId, accountId } = erasure;
  const closed: Tombstone = { id: accountId, kind: 'account', family: accountId, accountId, erasureId, at: now() };
  await database.transaction().execute((trx) => addTombstones(trx, [closed]));
}
