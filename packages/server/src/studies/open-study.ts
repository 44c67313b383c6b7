import type { Action } from '@symbolon/contract';
import { AccessError, identitiesClosed, may, mayIdentify, type StudyReader } from '../access/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { notFound, StudiesError } from './errors.ts';
import type { OpenStudy } from './find-in-study.ts';
import { pseudonymised } from './pseudonyms.ts';
import type { StudiesDeps } from './search-studies.ts';
import { type StudyRow, studyById } from './study.store.ts';
import { StudyCells } from './study-cells.ts';
import { extentOf, thingOf } from './thing.ts';

/** These can be done to some series of a study; everything else is done to all of it. */
const partly: ReadonlySet<Action> = new Set<Action>(['study.search', 'study.view', 'study.download']);

type How = {
  /** Who made what hangs on the study: theirs it is, too. */
  readonly madeBy?: string;
  /** Also one that holds nothing but what was kept aside. */
  readonly evenEmpty?: boolean;
};

/** The row of a study, and the series that are reached where it is not all of them. */
export type ReachedStudy = { readonly row: StudyRow; readonly only: ReadonlySet<string> | undefined };

/**
 * The study behind an id, or behind the link by which somebody came, for someone who may do this with it; needs no keys. What
 * is not there, is empty, or is not for the asker, is answered alike.
 *
 * @throws StudiesError STUDY_NOT_FOUND
 * @throws StudiesError REASON_NEEDED  they find it, and may look at it for a stated reason
 */
export async function reachedStudy(
  database: Database | Trx,
  actor: StudyReader,
  action: Action,
  studyId: string | undefined,
  { madeBy, evenEmpty = false }: How = {},
): Promise<ReachedStudy> {
  const wanted = studyId ?? (actor.kind === 'link' ? actor.studyId : undefined);
  const row = wanted === undefined ? undefined : await studyById(database, actor.accountId, wanted);
  if (!row || (row.instanceCount === 0 && !evenEmpty)) throw notFound();
  const extent = extentOf(actor, action, row, { madeBy });
  if (extent === undefined && action === 'study.view' && awaitsReason(actor, row))
    throw new StudiesError('REASON_NEEDED', 'This study is opened for a stated reason only.');
  if (extent === undefined || (extent !== 'whole' && !partly.has(action))) throw notFound();
  return { row, only: extent === 'whole' ? undefined : extent };
}

/**
 * Whether someone finds this study who may look at it for a stated reason only: for them it is there. An id is random: who
 * has it, and finds studies by exact identifiers only, found it by one.
 */
function awaitsReason(actor: StudyReader, row: StudyRow): boolean {
  if (actor.kind !== 'person' || !may(actor, 'reason.state')) return false;
  if (extentOf(actor, 'study.search', row, { exact: true }) === undefined) return false;
  return may(actor, 'study.view', { ...thingOf(row, actor), openings: ['reason'] });
}

/** Where the keys of a study hang, for someone who may do this with it. @throws StudiesError STUDY_NOT_FOUND */
export async function placeReached(
  database: Database | Trx,
  actor: StudyReader,
  action: Action,
  studyId: string,
  how: How = {},
): Promise<StudyPlace> {
  return placeOf((await reachedStudy(database, actor, action, studyId, how)).row);
}

/** The same, opened; with a pseudonym in place of who it is of, for someone who may not see that. */
export async function studyForReader(
  deps: StudiesDeps,
  actor: StudyReader,
  action: Action,
  studyId: string | undefined,
): Promise<OpenStudy> {
  const { row, only } = await reachedStudy(deps.database, actor, action, studyId);
  const place = placeOf(row);
  const cell = await new StudyCells(deps.chains).openStudy(place, row.cell);
  const study = { row, place, cell, only };
  return identifies(actor, row) ? study : { ...pseudonymised(study), pseudonymous: true };
}

/**
 * That what was opened of a study is theirs still: with who it is of, and every series that was theirs then.
 *
 * @throws StudiesError STUDY_NOT_FOUND, AccessError ACCESS_REFUSED
 */
export async function stillWhole(
  { database }: Pick<StudiesDeps, 'database'>,
  actor: StudyReader,
  action: Action,
  { row: { id }, only: before }: Pick<OpenStudy, 'row' | 'only'>,
): Promise<void> {
  const { row, only } = await reachedStudy(database, actor, action, id);
  requireIdentity(actor, row);
  if (only !== undefined && (before === undefined || [...before].some((series) => !only.has(series)))) throw notFound();
}

/** Whether who reaches this study may see who it is of. */
export function identifies(actor: StudyReader, row: StudyRow): boolean {
  return mayIdentify(actor, 'study.view', thingOf(row, actor));
}

/** What shows or hands out who a study is of is not for those who see pseudonyms. @throws AccessError ACCESS_REFUSED, IDENTITIES_CLOSED */
export function requireIdentity(actor: StudyReader, row: StudyRow): void {
  if (identifies(actor, row)) return;
  if (actor.kind === 'person' && actor.identitiesClosed) throw identitiesClosed();
  throw new AccessError('ACCESS_REFUSED', 'Your role shows pseudonyms: it does not include study.view.identity.');
}

export const placeOf = ({ accountId, patientId, id, keyId }: StudyRow): StudyPlace => ({
  accountId,
  patientId,
  studyId: id,
  keyId,
});

/** Where the keys of a study hang; undefined where the account has no such study. Asks nobody's permission. */
export async function placeOfStudy(
  database: Database | Trx,
  accountId: string,
  studyId: string,
): Promise<StudyPlace | undefined> {
  const row = await studyById(database, accountId, studyId);
  return row && placeOf(row);
}
