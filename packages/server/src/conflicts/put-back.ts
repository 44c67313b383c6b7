import type { StudyPlace } from '../keys/index.ts';
import { isCurrent, type PackReader, PacksError, packsByIds, packsNotWholly, turnOver } from '../packs/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { namespacesOf, type RetellDeps, retellStudy, type Version, versionsWithUids } from '../studies/index.ts';
import { chosenSpots } from './choice.store.ts';
import { toggled } from './choose.ts';
import { spotName } from './kept-versions.ts';

/**
 * Makes an instance current again under each SOP Instance UID that has none in a namespace since another study, or a part of one, was erased:
 * what somebody chose last, else what came first. What is kept would else be on no road, and nothing could be chosen there.
 *
 * Law     in the namespace of each of these packs, under each UID that it holds, exactly one instance is current afterwards (Law 5). Their studies must be locked.
 */
export async function putBack(
  trx: Trx,
  deps: RetellDeps,
  accountId: string,
  packIds: readonly string[],
  studies: readonly StudyPlace[],
): Promise<void> {
  if (packIds.length === 0) return;
  const reader = deps.reader.within(trx);
  const versions = await versionsWithUids(
    trx,
    reader,
    deps.tokens,
    accountId,
    await idleUids(trx, reader, accountId, packIds),
  );
  const without = await withoutCurrent(trx, accountId, versions);
  const chosen = await chosenSpots(trx, accountId, packIds);
  const among = new Set(packIds);
  const back = without.flatMap((of) => {
    const there = of.filter(({ pack }) => among.has(pack.packId));
    const last = there.toSorted((a, b) => (chosen.get(spotName(a)) ?? -1) - (chosen.get(spotName(b)) ?? -1)).at(-1);
    return (last && chosen.has(spotName(last)) ? last : there[0]) ?? [];
  });
  for (const [packId, of] of Map.groupBy(back, ({ pack }) => pack.packId)) await turn(trx, accountId, packId, of);
  const changed = new Set(back.map(({ pack }) => pack.studyId));
  for (const study of studies) if (changed.has(study.studyId)) await retellStudy(trx, deps, study);
}

/** Packs of an account, and their studies, that hold something under whose UID nothing is current in their namespace. Costs a look at all that is aside. */
export async function packsWithoutCurrent(
  database: Database,
  { tokens, reader }: RetellDeps,
  accountId: string,
): Promise<{ readonly packId: string; readonly studyId: string }[]> {
  const uids = await idleUids(database, reader, accountId, await packsNotWholly(database, accountId));
  const versions = await versionsWithUids(database, reader, tokens, accountId, uids);
  const packs = (await withoutCurrent(database, accountId, versions)).flat();
  return [...new Map(packs.map(({ pack }) => [pack.packId, pack])).values()];
}

/** The versions of each UID in each namespace in which none of them is current: a twin elsewhere is on no road of theirs. */
async function withoutCurrent(
  db: Database | Trx,
  accountId: string,
  versions: ReadonlyMap<string, readonly Version[]>,
): Promise<Version[][]> {
  const namespaces = await namespacesOf(db, accountId, versions.values());
  return [...versions.values()]
    .flatMap((of) => [...Map.groupBy(of, ({ pack }) => namespaces.get(pack.studyId)).values()])
    .filter((of) => !of.some(({ current }) => current));
}

/** What of these packs is not current, as far as they open: one that is damaged must not keep another from being erased. */
async function idleUids(
  trx: Database | Trx,
  reader: PackReader,
  accountId: string,
  packIds: readonly string[],
): Promise<string[]> {
  const uids: string[] = [];
  for (const pack of await packsByIds(trx, accountId, packIds)) {
    try {
      const { instances } = await reader.manifest(pack);
      for (const [position, { sopInstanceUid }] of instances.entries())
        if (!isCurrent(pack, position)) uids.push(sopInstanceUid);
    } catch (error) {
      if (!(error instanceof PacksError)) throw error;
    }
  }
  return uids;
}

async function turn(trx: Trx, accountId: string, packId: string, back: readonly Version[]): Promise<void> {
  const [pack] = await packsByIds(trx, accountId, [packId]);
  if (!pack) return;
  const positions = back.map(({ position }) => position);
  const settled = [...new Set([...pack.settled, ...positions])].sort((a, b) => a - b);
  // What arrived aside is decided by that: nothing stands against it any more.
  await turnOver(trx, accountId, packId, {
    turned: toggled(pack.turned, positions),
    ...(pack.state === 'aside' && { settled }),
  });
}
