import type { Erasure, ErasuresAnswer } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { namesOf } from '../people/index.ts';
import { type ErasureRow, erasureById, erasuresOf } from './erasure.store.ts';
import { ErasureError } from './errors.ts';
import type { HoldDeps } from './holds.ts';

const perPage = 50;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function stateOf(row: ErasureRow): Erasure['state'] {
  if (row.certificate !== null) return 'certified';
  if (row.objectsRemovedAt !== null) return 'objects removed';
  if (row.keysDestroyedAt !== null) return 'keys destroyed';
  return row.outOfSightAt === null ? 'asked' : 'out of sight';
}

function shown(row: ErasureRow, names: ReadonlyMap<string, string>): Erasure {
  const { id, kind, ground, patients, studies, series, instances, bytes, failure, askedBy } = row;
  const certificate = row.certificate as { statement: { keysAboveDestroyedAt: string } } | null;
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
    certifiedAt: certificate?.statement.keysAboveDestroyedAt ?? null,
    finalAt: iso(row.finalAt),
    patients,
    studies,
    series,
    instances,
    bytes,
    failure,
  };
}

async function allShown({ database }: Pick<HoldDeps, 'database'>, rows: readonly ErasureRow[]): Promise<Erasure[]> {
  const names = await namesOf(
    database,
    rows.flatMap(({ askedBy }) => askedBy ?? []),
  );
  return rows.map((row) => shown(row, names));
}

/** @throws ErasureError ERASURE_NOT_FOUND */
async function rowOf({ database }: Pick<HoldDeps, 'database'>, accountId: string, id: string): Promise<ErasureRow> {
  const row = await erasureById(database, accountId, id);
  if (!row) throw new ErasureError('ERASURE_NOT_FOUND', 'There is no such erasure in this account.');
  return row;
}

export async function shownErasure(deps: Pick<HoldDeps, 'database'>, accountId: string, id: string): Promise<Erasure> {
  const [one] = await allShown(deps, [await rowOf(deps, accountId, id)]);
  return one as Erasure;
}

export async function listErasures(deps: HoldDeps, actor: SignedIn, offset: number): Promise<ErasuresAnswer> {
  const rows = await erasuresOf(deps.database, actor.accountId, offset, perPage + 1);
  return {
    erasures: await allShown(deps, rows.slice(0, perPage)),
    next: rows.length > perPage ? offset + perPage : null,
  };
}

/** @throws ErasureError ERASURE_NOT_FOUND ERASURE_NOT_CERTIFIED */
export async function certificateOf(deps: HoldDeps, actor: SignedIn, id: string): Promise<unknown> {
  const { certificate } = await rowOf(deps, actor.accountId, id);
  if (certificate === null)
    throw new ErasureError('ERASURE_NOT_CERTIFIED', 'The erasure is not done yet; it goes on by itself.');
  return certificate;
}
