import { randomUUID } from 'node:crypto';
import type { Hold, HoldRequest, HoldsAnswer } from '@symbolon/contract';
import { AccessError, may, mayIdentify, type SignedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { KeyChains, StudyPlace } from '../keys/index.ts';
import { namesOf } from '../people/index.ts';
import type { Database } from '../platform/db/database.ts';
import { extentOf, mayName, notFound, placeOfStudy, placeReached, studiesByIds } from '../studies/index.ts';
import { ErasureError } from './errors.ts';
import { addHold, erasedNow, type HoldRow, holdsOf, lockHolds, releaseHold } from './hold.store.ts';
import { openReason, sealReason } from './hold-cell.ts';

export type HoldDeps = {
  readonly database: Database;
  readonly chains: KeyChains;
  readonly audit: Audit;
  readonly now: () => Date;
};

const perPage = 100;

/** A study of the actor's account with which they may do this. @throws StudiesError STUDY_NOT_FOUND */
export async function studyFor(
  { database }: Pick<HoldDeps, 'database'>,
  actor: SignedIn,
  action: 'hold.view' | 'hold.place' | 'hold.release' | 'study.erase' | 'patient.erase',
  studyId: string,
): Promise<StudyPlace> {
  return placeReached(database, actor, action, studyId, { evenEmpty: true });
}

/** What concerns the whole account is not for who may do it to some studies. @throws AccessError ACCESS_REFUSED */
function requireAll(actor: SignedIn, action: 'hold.view' | 'hold.place'): void {
  if (!may(actor, action, { accountId: actor.accountId }))
    throw new AccessError('ACCESS_REFUSED', `Your role includes ${action} for some studies only: name the study.`);
}

/**
 * Keeps a study, all of its patient, or the whole account from being erased, until it is released.
 *
 * @throws ErasureError ERASURE_UNDER_WAY  something of that is being erased: it would be held in vain
 */
export async function placeHold(deps: HoldDeps, actor: SignedIn, { of, studyId, reason }: HoldRequest): Promise<Hold> {
  const { accountId, userId } = actor;
  if ((of === 'account') !== (studyId === undefined)) throw notFound();
  // A patient's studies lie in other namespaces, too: who holds them all, holds what they reach and what not.
  if (of !== 'study') requireAll(actor, 'hold.place');
  const study = studyId === undefined ? undefined : await studyFor(deps, actor, 'hold.place', studyId);
  const id = randomUUID();
  const patientId = study?.patientId;
  const row: HoldRow = {
    id,
    accountId,
    studyId: of === 'study' ? (study?.studyId ?? null) : null,
    patientId: of === 'patient' ? (patientId ?? null) : null,
    cell: await sealReason(deps.chains, { accountId, patientId, id }, reason),
    placedBy: userId,
    placedAt: deps.now(),
    releasedBy: null,
    releasedAt: null,
  };
  await deps.database.transaction().execute(async (trx) => {
    await lockHolds(trx, accountId);
    // What was erased while this one waited cannot be held any more.
    if (study && !(await placeOfStudy(trx, accountId, study.studyId))) throw notFound();
    const held = study
      ? { studyIds: [study.studyId], patientIds: of === 'patient' ? [study.patientId] : [] }
      : ('the account' as const);
    if (await erasedNow(trx, accountId, held))
      throw new ErasureError('ERASURE_UNDER_WAY', 'Something of it is being erased. No hold was placed.');
    await addHold(trx, row);
    await deps.audit.record(trx, [
      {
        actor,
        action: 'hold.place',
        kind: 'create',
        outcome: 'success',
        ...(study && { study }),
        detail: { hold: id, of, reason },
      },
    ]);
  });
  return shownHold(deps, actor, row, study);
}

export async function listHolds(
  deps: HoldDeps,
  actor: SignedIn,
  query: { readonly study?: string | undefined; readonly offset: number },
): Promise<HoldsAnswer> {
  if (query.study === undefined) requireAll(actor, 'hold.view');
  const study = query.study === undefined ? undefined : await studyFor(deps, actor, 'hold.view', query.study);
  const rows = await holdsOf(deps.database, actor.accountId, study, { offset: query.offset, limit: perPage + 1 });
  await deps.audit.record(deps.database, [
    { actor, action: 'hold.view', kind: 'read', outcome: 'success', ...(study && { study }) },
  ]);
  const next = rows.length > perPage ? query.offset + perPage : null;
  const shown = rows.slice(0, perPage);
  return {
    holds: await shownHolds(deps, actor.accountId, shown, await mayRead(deps, actor, shown, study?.studyId)),
    next,
  };
}

/** @throws ErasureError HOLD_NOT_FOUND  there is none, or it was released before */
export async function liftHold(deps: HoldDeps, actor: SignedIn, id: string): Promise<Hold> {
  const { accountId, userId } = actor;
  const row = await deps.database.transaction().execute(async (trx) => {
    await lockHolds(trx, accountId);
    const released = await releaseHold(trx, accountId, id, { userId, at: deps.now() });
    if (!released) throw new ErasureError('HOLD_NOT_FOUND', 'There is no such hold, or it was released already.');
    const study = released.studyId === null ? undefined : await placeOfStudy(trx, accountId, released.studyId);
    await deps.audit.record(trx, [
      {
        actor,
        action: 'hold.release',
        kind: 'update',
        outcome: 'success',
        ...(study && { study }),
        detail: { hold: id },
      },
    ]);
    return released;
  });
  return shownHold(deps, actor, row);
}

async function shownHold(deps: HoldDeps, actor: SignedIn, row: HoldRow, study?: StudyPlace): Promise<Hold> {
  const [shown] = await shownHolds(deps, actor.accountId, [row], await mayRead(deps, actor, [row], study?.studyId));
  return shown as Hold;
}

/**
 * Whose reasons somebody may read: a reason may name whom it is about. `studyId`: the study that was asked about, which
 * stands for the patient who is held; without one, only who sees everybody's identity reads that.
 */
async function mayRead(
  { database }: Pick<HoldDeps, 'database'>,
  actor: SignedIn,
  rows: readonly HoldRow[],
  studyId?: string,
): Promise<(row: HoldRow) => boolean> {
  const { accountId } = actor;
  const ids = [...rows.map((row) => row.studyId), studyId].filter((id): id is string => typeof id === 'string');
  const studies = await studiesByIds(database, accountId, [...new Set(ids)]);
  const named = new Set(studies.filter((row) => mayName(actor, row)).map(({ id }) => id));
  const all = mayIdentify(actor, 'study.view', { accountId });
  return (row) => {
    const of = row.studyId ?? (row.patientId === null ? undefined : studyId);
    return of === undefined ? all : named.has(of);
  };
}

/** The same, of an erasure: what is held is told; why, to those alone who see the holds on it. */
export async function mayReadBeside(
  deps: Pick<HoldDeps, 'database'>,
  actor: SignedIn,
  rows: readonly HoldRow[],
  studyIds: readonly string[],
): Promise<(row: HoldRow) => boolean> {
  const { accountId } = actor;
  const named = await mayRead(deps, actor, rows, studyIds[0]);
  const seesAll = may(actor, 'hold.view', { accountId });
  const studies = await studiesByIds(deps.database, accountId, studyIds);
  const sees = new Set(studies.filter((row) => extentOf(actor, 'hold.view', row) === 'whole').map(({ id }) => id));
  const seesEach = studyIds.length > 0 && studyIds.every((id) => sees.has(id));
  return (row) =>
    named(row) && (seesAll || (row.studyId === null ? row.patientId !== null && seesEach : sees.has(row.studyId)));
}

export async function shownHolds(
  { database, chains }: HoldDeps,
  accountId: string,
  rows: readonly HoldRow[],
  reasons: (row: HoldRow) => boolean,
): Promise<Hold[]> {
  const people = rows.flatMap(({ placedBy, releasedBy }) =>
    releasedBy === null ? [placedBy] : [placedBy, releasedBy],
  );
  const names = await namesOf(database, accountId, people);
  const holds: Hold[] = [];
  for (const row of rows) {
    const { id, studyId, patientId, placedBy, placedAt, releasedBy, releasedAt } = row;
    const patientOf = async (of: string) => (await placeOfStudy(database, accountId, of))?.patientId;
    holds.push({
      id,
      of: studyId !== null ? 'study' : patientId !== null ? 'patient' : 'account',
      studyId,
      reason: reasons(row) ? await openReason(chains, row, patientOf) : '',
      placedBy: names.get(placedBy) ?? placedBy,
      placedAt: placedAt.toISOString(),
      releasedBy: releasedBy === null ? null : (names.get(releasedBy) ?? releasedBy),
      releasedAt: releasedAt?.toISOString() ?? null,
    });
  }
  return holds;
}
