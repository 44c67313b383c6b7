import type { ChoiceRow } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { type AsidePack, isCurrent, packsByIds, packsToRead, turnOver } from '../packs/index.ts';
import { lockStudies, retellStudy, SearchTokens } from '../studies/index.ts';
import { type Choice, choiceById, markUndone, type Spot } from './choice.store.ts';
import { toggled } from './choose.ts';
import { type ConflictDeps, conflictPlace, rowOfChoice } from './conflict-deps.ts';
import { ConflictsError, changed } from './errors.ts';

/**
 * Puts back what was current before a choice, and what was open. Only while everything is as the choice left it: one that
 * a later choice built on is undone after that.
 *
 * @throws StudiesError STUDY_NOT_FOUND, ConflictsError CONFLICT_NOT_FOUND, CONFLICT_CHANGED
 */
export async function undoChoice(
  deps: ConflictDeps,
  actor: SignedIn,
  studyId: string,
  choiceId: string,
): Promise<ChoiceRow> {
  await conflictPlace(deps, actor, 'conflict.resolve', studyId);
  const { accountId } = actor;
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const undone = await deps.database.transaction().execute(async (trx) => {
    const before = await choiceById(trx, accountId, studyId, choiceId);
    if (!before) throw new ConflictsError('CONFLICT_NOT_FOUND', 'There is no such choice.');
    // Until the locks are held a rewrite may put other packs in their place, in the same studies.
    const concerned = await packsToRead(trx, accountId, idsIn(before));
    const studies = new Set([studyId, ...concerned.map((pack) => pack.studyId)]);
    const places = await lockStudies(trx, { chains: deps.chains, tokens }, accountId, studies);
    const made = await choiceById(trx, accountId, studyId, choiceId);
    if (!made || made.undoneAt !== null) throw changed('This choice was undone already.');
    const packs = new Map((await packsByIds(trx, accountId, idsIn(made))).map((pack) => [pack.packId, pack]));
    const choice = { ...made, ...leftOf(made, packs) };
    mustBeAsLeft(choice, packs);

    const over = Map.groupBy(choice.turned, ([packId]) => packId);
    const opened = Map.groupBy(choice.settled, ([packId]) => packId);
    for (const [packId, pack] of packs) {
      const positions = (spots: readonly Spot[] | undefined) => (spots ?? []).map(([, position]) => position);
      const open = new Set(positions(opened.get(packId)));
      await turnOver(trx, accountId, packId, {
        turned: toggled(pack.turned, positions(over.get(packId))),
        settled: pack.settled.filter((position) => !open.has(position)),
      });
    }
    const reader = deps.reader.within(trx);
    if (choice.turned.length > 0)
      for (const one of places) await retellStudy(trx, { chains: deps.chains, tokens, reader }, one);
    const undoneAt = deps.now();
    await markUndone(trx, choiceId, actor.userId, undoneAt);
    const detail = { choice: choice.choice, choiceId, undone: true, images: choice.instances };
    await deps.audit.record(
      trx,
      places.map((study) => ({
        actor,
        action: 'conflict.resolve',
        kind: 'update',
        outcome: 'success',
        study,
        detail,
      })),
    );
    return { ...choice, undoneBy: actor.userId, undoneAt };
  });
  return rowOfChoice(deps, actor.accountId, undone);
}

const idsIn = ({ turned, settled }: Choice): string[] => [
  ...new Set([...turned, ...settled].map(([packId]) => packId)),
];

/** A choice without what was erased since. Of two that were turned over both must be there, or both be gone. */
function leftOf(
  { turned, settled }: Choice,
  packs: ReadonlyMap<string, AsidePack>,
): Pick<Choice, 'turned' | 'settled'> {
  const there = ([packId]: Spot): boolean => packs.has(packId);
  const partner = (at: number): Spot => turned[at % 2 === 0 ? at + 1 : at - 1] as Spot;
  if (turned.some((spot, at) => there(spot) !== there(partner(at))))
    throw changed('Some of what it was chosen from was erased since. It stays as it is.');
  return { turned: turned.filter(there), settled: settled.filter(there) };
}

/** `turned` are pairs: what became current, and what was. */
function mustBeAsLeft({ turned, settled }: Choice, packs: ReadonlyMap<string, AsidePack>): void {
  const currently = ([packId, position]: Spot): boolean => {
    const pack = packs.get(packId);
    return pack !== undefined && isCurrent(pack, position);
  };
  const asLeft =
    turned.every((spot, at) => currently(spot) === (at % 2 === 0)) &&
    settled.every(([packId, position]) => packs.get(packId)?.settled.includes(position));
  if (!asLeft) throw changed('A later choice built on this one. Undo that first.');
}
