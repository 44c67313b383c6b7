import type { ChoiceRow } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { Audit, Looks, Reads } from '../audit/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import { namesOf } from '../people/index.ts';
import { placeOf, reachedStudy, requireIdentity, type StudiesDeps } from '../studies/index.ts';
import type { Choice } from './choice.store.ts';

export type ConflictDeps = StudiesDeps & {
  readonly audit: Audit;
  readonly looks: Looks;
  readonly reads: Reads;
  readonly now: () => Date;
};

/**
 * The study for someone who may do this with what was kept aside of it. One of which nothing but that is kept is there,
 * too: its instances came under UIDs that another study holds.
 *
 * @throws StudiesError STUDY_NOT_FOUND
 */
export async function conflictPlace(
  deps: ConflictDeps,
  actor: SignedIn,
  action: 'conflict.read' | 'conflict.resolve' | 'conflict.download',
  studyId: string,
): Promise<StudyPlace> {
  const { row } = await reachedStudy(deps.database, actor, action, studyId, { evenEmpty: true });
  requireIdentity(actor, row);
  return placeOf(row);
}

type Row = Omit<Choice, 'turned' | 'settled'>;

export async function rowsOfChoices(
  deps: ConflictDeps,
  accountId: string,
  choices: readonly Row[],
): Promise<ChoiceRow[]> {
  const people = choices.flatMap(({ chosenBy, undoneBy }) => (undoneBy === null ? [chosenBy] : [chosenBy, undoneBy]));
  const names = await namesOf(deps.database, accountId, people);
  return choices.map(({ id, choice, instances, chosenBy, chosenAt, undoneBy, undoneAt }) => ({
    id,
    choice,
    instances,
    by: names.get(chosenBy) ?? chosenBy,
    at: chosenAt.toISOString(),
    undoneBy: undoneBy === null ? null : (names.get(undoneBy) ?? undoneBy),
    undoneAt: undoneAt?.toISOString() ?? null,
  }));
}

export async function rowOfChoice(deps: ConflictDeps, accountId: string, choice: Row): Promise<ChoiceRow> {
  const [row] = await rowsOfChoices(deps, accountId, [choice]);
  return row as ChoiceRow;
}
