import type { Audit } from '../audit/index.ts';
import { type KeyStore, keysOf, type Tombstone } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import {
  addErasure,
  addGone,
  addObjects,
  addTombstones,
  markStep,
  tombstonesAfter,
  unknownAmong,
} from './erasure.store.ts';
import { amountsOf, closeAccount, isClosed, removeStudies, standing, studiesUnderKeys } from './gone.store.ts';

export type TombstoneDeps = { readonly database: Database; readonly keyStore: KeyStore; readonly audit: Audit };

/** `studies`, `patients`: how many rows a restored database still had; `keys`: how many keys a restored key store. */
export type Applied = { readonly studies: number; readonly patients: number; readonly keys: number };

const atOnce = 1000;

/**
 * Brings database and key store to the same tombstones, before anything is served: one of the two may have been restored from
 * a copy that is older than an erasure. What a tombstone names goes from both; its objects go as after any erasure.
 */
export async function applyTombstones(deps: TombstoneDeps): Promise<Applied> {
  let [studies, patients, keys] = [0, 0, 0];
  for await (const some of pages((after) => deps.keyStore.tombstones(after?.id ?? '', atOnce))) {
    const done = await inDatabase(deps, await unknownAmong(deps.database, some));
    studies += done.studies;
    patients += done.patients;
  }
  for await (const some of pages((after) => tombstonesAfter(deps.database, after, atOnce)))
    keys += await deps.keyStore.remove(some.flatMap(keysOf), some);
  return { studies, patients, keys };
}

async function* pages(read: (after: Tombstone | undefined) => Promise<Tombstone[]>): AsyncGenerator<Tombstone[]> {
  for (let after: Tombstone | undefined; ; ) {
    const page = await read(after);
    if (page.length > 0) yield page;
    if (page.length < atOnce) return;
    after = page.at(-1);
  }
}

async function inDatabase(
  { database, audit }: TombstoneDeps,
  tombstones: readonly Tombstone[],
): Promise<{ studies: number; patients: number }> {
  // A database that is older than an account knows nothing of it.
  const accounts = new Set(
    await standing(
      database,
      'accounts',
      tombstones.map(({ accountId }) => accountId),
    ),
  );
  // Of most nothing is there: they are written together.
  const known = tombstones.filter(({ accountId }) => accounts.has(accountId));
  const named = (kind: Tombstone['kind']) => known.flatMap((one) => (one.kind === kind ? [one.id] : []));
  const there = [
    ...named('account'),
    ...(await standing(database, 'studies', named('study'))),
    ...(await standing(database, 'patients', named('patient'))),
    ...(await studiesUnderKeys(database, named('study-data'))),
  ];
  if (there.length === 0) {
    await database.transaction().execute((trx) => addTombstones(trx, known));
    return { studies: 0, patients: 0 };
  }
  let [studies, patients] = [0, 0];
  for (const [erasureId, all] of Map.groupBy(tombstones, (one) => one.erasureId)) {
    const [{ accountId, at }] = all as [Tombstone];
    if (!accounts.has(accountId)) continue;
    const of = (kind: Tombstone['kind']) => all.flatMap((one) => (one.kind === kind ? [one.id] : []));
    const found = [
      ...new Set([
        ...(await standing(database, 'studies', of('study'))),
        // Of a part that was erased the rest was sealed anew later than this copy: here nothing of the study opens any more.
        ...(await studiesUnderKeys(
          database,
          of('study-data').filter((id) => id !== erasureId),
        )),
      ]),
    ];
    const people = await standing(database, 'patients', of('patient'));
    const closing = of('account').length > 0 && !(await isClosed(database, accountId));
    await database.transaction().execute(async (trx) => {
      if (found.length + people.length > 0 || closing) {
        const kind = closing ? 'account' : people.length > 0 ? 'patient' : 'study';
        const erasure = { id: erasureId, accountId, kind, ground: 'other', askedBy: null, askedAt: at } as const;
        await addErasure(trx, { ...erasure, studyId: null, patientId: null, seriesIds: null, imageTokens: null });
        const amounts = { ...(await amountsOf(trx, found)), patients: people.length, studies: found.length };
        const objects = await removeStudies(trx, found, people);
        await addObjects(trx, erasureId, objects);
        const subjects = [
          ...found.map((id) => ({ kind: 'study' as const, id })),
          ...people.map((id) => ({ kind: 'patient' as const, id })),
        ];
        await addGone(trx, erasureId, { amounts, packs: objects.length, subjects });
        if (closing) await closeAccount(trx, accountId, at);
        await markStep(trx, erasureId, 'out_of_sight_at', at);
        await audit.record(trx, [
          {
            actor: { kind: 'exchange', address: null },
            accountId,
            action: 'study.erase',
            kind: 'delete',
            outcome: 'success',
            detail: { erasure: erasureId, restored: true, ...amounts },
          },
        ]);
      }
      await addTombstones(trx, all);
    });
    studies += found.length;
    patients += people.length;
  }
  return { studies, patients };
}
