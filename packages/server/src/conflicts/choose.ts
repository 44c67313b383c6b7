import { randomUUID } from 'node:crypto';
import type { ChoiceRow, ConflictChoice } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { AuditEntry } from '../audit/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import { asidePacksOf, type PackReader, turnOver } from '../packs/index.ts';
import type { Trx } from '../platform/db/database.ts';
import {
  lockStudies,
  namespacesOf,
  retellStudy,
  SearchTokens,
  type Version,
  versionsWithUids,
} from '../studies/index.ts';
import { addChoice, type Spot } from './choice.store.ts';
import { type ConflictDeps, conflictPlace, rowOfChoice } from './conflict-deps.ts';
import { changed } from './errors.ts';
import { type Kept, keptIn, spotName, versionsBeside } from './kept-versions.ts';

export type Choosing = {
  readonly choice: ConflictChoice;
  /** The ordinal up to which somebody looked: what arrived later is not theirs to choose. */
  readonly until: number;
  /** Only these; otherwise all that are open. */
  readonly instances?: readonly string[] | undefined;
};

/** One choice takes at most about so many instances, so that its transaction stays bounded; the rest stays open. */
const maxInstances = 10_000;

type Chosen = { readonly kept: readonly Kept[]; readonly turned: readonly { now: Kept; before: Version }[] };

/**
 * Chooses, for what is open of a study, between what is held and what was kept aside. Nothing is written but which of the
 * two is current: both stay as they are, and a later `undo` turns them over again.
 *
 * Law     in a namespace one instance is current under each SOP Instance UID, before and after (Law 5). The locks are those of a
 *         commit: whoever sends the same UIDs at the same time sees either state whole.
 *
 * @throws StudiesError STUDY_NOT_FOUND, ConflictsError CONFLICT_CHANGED
 */
export async function choose(
  deps: ConflictDeps,
  actor: SignedIn,
  studyId: string,
  choosing: Choosing,
): Promise<ChoiceRow> {
  const place = await conflictPlace(deps, actor, 'conflict.resolve', studyId);
  const { accountId } = actor;
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const choice = await deps.database.transaction().execute(async (trx) => {
    const reader = deps.reader.within(trx);
    const look = () => chosenNow(trx, reader, tokens, place, choosing);
    // Once to learn which studies it concerns, and again when nobody else can change them.
    const before = studiesOf(await look());
    const locked = await lockStudies(trx, { chains: deps.chains, tokens }, accountId, [studyId, ...before]);
    const chosen = await look();
    const concerned = new Set(studiesOf(chosen));
    const places = locked.filter((one) => concerned.has(one.studyId));
    if (places.length < concerned.size) throw changed('Meanwhile something of this changed. Look at it again.');

    await writeTurns(trx, accountId, chosen);
    if (chosen.turned.length > 0)
      for (const one of places) await retellStudy(trx, { chains: deps.chains, tokens, reader }, one);
    const made = {
      id: randomUUID(),
      accountId,
      studyId,
      choice: choosing.choice,
      instances: chosen.kept.length,
      turned: chosen.turned.flatMap(({ now, before }) => [spotOf(now), spotOf(before)]),
      settled: chosen.kept.map(spotOf),
      chosenBy: actor.userId,
      chosenAt: deps.now(),
    };
    await addChoice(trx, made);
    await deps.audit.record(trx, recordsOf(actor, place, places, made.id, choosing.choice, chosen));
    return { ...made, undoneBy: null, undoneAt: null };
  });
  return rowOfChoice(deps, actor.accountId, choice);
}

const spotOf = ({ pack, position }: Kept | Version): Spot => [pack.packId, position];

/** The studies whose counts and words may change; of a choice that turns nothing over, its own alone. */
function studiesOf({ kept, turned }: Chosen): string[] {
  return [...new Set([...kept.map(({ pack }) => pack.studyId), ...turned.map(({ before }) => before.pack.studyId)])];
}

async function chosenNow(
  trx: Trx,
  reader: PackReader,
  tokens: SearchTokens,
  { accountId, studyId }: StudyPlace,
  { choice, until, instances }: Choosing,
): Promise<Chosen> {
  const packs = await asidePacksOf(trx, accountId, studyId, { until });
  const open = (await keptIn(reader, packs)).filter(({ state }) => state === 'open');
  const named = instances && new Set(instances);
  const kept = named ? open.filter((one) => named.has(spotName(one))) : open.slice(0, maxInstances);
  if (kept.length === 0 || (named && kept.length < named.size))
    throw changed('Somebody decided about this meanwhile. Look at it again.');
  if (choice === 'held') return { kept, turned: [] };
  // Of several that came under one UID the last is the newest.
  const newest = new Map(kept.map((one) => [one.instance.sopInstanceUid, one]));
  const versions = await versionsWithUids(trx, reader, tokens, accountId, [...newest.keys()]);
  const namespaces = await namespacesOf(trx, accountId, versions.values(), [studyId]);
  const turned = [...newest].map(([uid, now]) => {
    const before = versionsBeside(studyId, versions.get(uid) ?? [], namespaces).find(({ current }) => current);
    if (!before)
      throw changed(
        `Nothing in this study's namespace is held in place of ${spotName(now)}: it can only be left aside.`,
      );
    return { now, before };
  });
  return { kept, turned };
}

/** Turns over what is current, pack by pack. */
async function writeTurns(trx: Trx, accountId: string, { kept, turned }: Chosen): Promise<void> {
  const over = Map.groupBy(
    turned.flatMap(({ now, before }) => [now, before] as (Kept | Version)[]),
    ({ pack }) => pack.packId,
  );
  const settling = Map.groupBy(kept, ({ pack }) => pack.packId);
  for (const packId of new Set([...over.keys(), ...settling.keys()])) {
    const settled = settling.get(packId);
    const [{ pack }] = (over.get(packId) ?? settled) as [Kept | Version];
    await turnOver(trx, accountId, packId, {
      turned: toggled(
        pack.turned,
        (over.get(packId) ?? []).map(({ position }) => position),
      ),
      ...(settled && {
        settled: union(
          (settled[0] as Kept).pack.settled,
          settled.map(({ position }) => position),
        ),
      }),
    });
  }
}

const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

export function toggled(turned: readonly number[], positions: readonly number[]): number[] {
  const over = new Set(turned);
  for (const position of positions) if (!over.delete(position)) over.add(position);
  return sorted(over);
}

const union = (settled: readonly number[], positions: readonly number[]): number[] =>
  sorted(new Set([...settled, ...positions]));

/** What it was and what it is, for each instance; in the timeline of each study that it concerns. */
function recordsOf(
  actor: SignedIn,
  own: StudyPlace,
  places: readonly StudyPlace[],
  id: string,
  choice: ConflictChoice,
  { kept, turned }: Chosen,
): AuditEntry[] {
  const instances =
    choice === 'held'
      ? kept.map(({ instance }) => ({ sopInstanceUid: instance.sopInstanceUid, aside: instance.sha256 }))
      : turned.map(({ now, before }) => ({
          sopInstanceUid: now.instance.sopInstanceUid,
          before: before.instance.sha256,
          after: now.instance.sha256,
        }));
  const others = places.filter(({ studyId }) => studyId !== own.studyId);
  return [own, ...others].map((study) => ({
    actor,
    action: 'conflict.resolve',
    kind: 'update',
    outcome: 'success',
    study,
    detail: { choice, choiceId: id, instances },
  }));
}
