import type { Erasure, ErasuresAnswer } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { namesOf } from '../people/index.ts';
import { erasureById, erasuresOf, type ListedErasure, listedErasure } from './erasure.store.ts';
import { ErasureError } from './errors.ts';
import type { HoldDeps } from './holds.ts';

const perPage = 50;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function stateOf(row: ListedErasure): Erasure['state'] {
  if (row.certifiedAt !== null) return 'certified';
  if (row.objectsRemovedAt !== null) return 'objects removed';
  if (row.keysDestroyedAt !== null) return 'keys destroyed';
  return row.outOfSightAt === null ? 'asked' : 'out of sight';
}

function shown(row: ListedErasure, names: ReadonlyMap<string, string>): Erasure {
  const { id, kind, ground, patients, studies, series, instances, bytes, failure, askedBy } = row;
  return {
    id,
    kind,
    ground,
    state: stateOf(row),
    askedBy: askedBy === null ? null : (names.get(askedBy) ?? askedBy),
    askedAt: row.askedAt.toISOString(),
    outOfSightAt: iso(row.outOfSightAt),
    keysDestroyedAt: iso(row.keysDestroyedAt),
    objectsRemovedAt: iso(row.objectsRemovedAt),
    certifiedAt: row.certifiedAt,
    finalAt: iso(row.finalAt),
    patients,
    studies,
    series,
    instances,
    bytes,
    failure,
  };
}

async function allShown(
  { database }: Pick<HoldDeps, 'database'>,
  accountId: string,
  rows: readonly ListedErasure[],
): Promise<Erasure[]> {
  const names = await namesOf(
    database,
    accountId,
    rows.flatMap(({ askedBy }) => askedBy ?? []),
  );
  return rows.map((row) => shown(row, names));
}

/** @throws ErasureError ERASURE_NOT_FOUND */
function found<T>(row: T | undefined): T {
  if (row === undefined) throw new ErasureError('ERASURE_NOT_FOUND', 'There is no such erasure in this account.');
  return row;
}

export async function shownErasure(deps: Pick<HoldDeps, 'database'>, accountId: string, id: string): Promise<Erasure> {
  const [one] = await allShown(deps, accountId, [found(await listedErasure(deps.database, accountId, id))]);
  return one as Erasure;
}

export async function listErasures(deps: HoldDeps, actor: SignedIn, offset: number): Promise<ErasuresAnswer> {
  const rows = await erasuresOf(deps.database, actor.accountId, offset, perPage + 1);
  return {
    erasures: await allShown(deps, actor.accountId, rows.slice(0, perPage)),
    next: rows.length > perPage ? offset + perPage : null,
  };
}

/** @throws ErasureError ERASURE_NOT_FOUND ERASURE_NOT_CERTIFIED */
export async function certificateOf(deps: HoldDeps, actor: SignedIn, id: string): Promise<unknown> {
  const { certificate } = found(await erasureById(deps.database, actor.accountId, id));
  if (certificate === null)
    throw new ErasureError('ERASURE_NOT_CERTIFIED', 'The erasure is not done yet; it goes on by itself.');
  return certificate;
}
