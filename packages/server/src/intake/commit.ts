import { randomUUID } from 'node:crypto';
import type { Audit, AuditEntry } from '../audit/index.ts';
import { erasedAmong } from '../erasure/index.ts';
import type { KeyChains } from '../keys/index.ts';
import {
  addPacks,
  maxIdentityInRow,
  maxPackBytes,
  maxPackInstances,
  type NewPack,
  type PackReader,
  type Standing,
  type Stores,
  sealPack,
  tokensOfPack,
} from '../packs/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { accountClosed, overQuota } from '../storage/index.ts';
import {
  type Added,
  bucketsOf,
  type ChosenStudy,
  chooseStudies,
  countIn,
  joins,
  lockBuckets,
  type PlacedSeries,
  type PlaceRequest,
  placeSeries,
  SearchTokens,
  StudyCells,
  type Version,
  versionsWithUids,
} from '../studies/index.ts';
import { judge, type Verdict } from './duplicates.ts';
import { Refusal, RefusalOfSome } from './errors.ts';
import type { Outcome, Waiting } from './group-commit.ts';
import type { IncomingInstance } from './instance.ts';
import { incomingFile, sameDataSet } from './same-data-set.ts';
import { versionsFor } from './seen.ts';

export type CommitDeps = {
  readonly database: Database;
  readonly chains: KeyChains;
  readonly stores: Stores;
  readonly reader: PackReader;
  readonly audit: Audit;
};

/** Each try sees what overtook the one before; it takes a rival with yet another instance to overtake the next. */
const maxTries = 8;

/**
 * Makes a group of instances durable, in the order of Law 2: keys, image halves, then one transaction with identity
 * halves, index and audit. Gives an outcome for each, in order.
 *
 * Law     a crash anywhere leaves all of a pack or none that anyone can see. Objects of a transaction that was rolled
 *         back are removed; where the commit's own answer was lost they stay, since it may have happened.
 */
export async function commit(deps: CommitDeps, group: readonly Waiting[]): Promise<Outcome[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await commitOnce(deps, group);
    } catch (error) {
      if (!(error instanceof Overtaken) || tries === maxTries) throw error;
    }
  }
}

/** Another node's commit brought an instance under the same UID since this one judged. Judged anew, it is told from it. */
class Overtaken extends Error {}

async function commitOnce(deps: CommitDeps, group: readonly Waiting[]): Promise<Outcome[]> {
  const trx = await deps.database.startTransaction().execute();
  const written: string[] = [];
  let committing = false;
  try {
    const outcomes = new Map<Waiting, Outcome>();
    // In order, so that two nodes never wait for each other's accounts.
    const accounts = [...Map.groupBy(group, ({ actor }) => actor.accountId)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, ofAccount] of accounts) {
      await commitAccount(deps, trx, ofAccount, outcomes, written);
    }
    committing = true;
    await trx.commit().execute();
    return group.map((waiting) => outcomes.get(waiting) as Outcome);
  } catch (error) {
    // Also where COMMIT itself broke: only a rollback gives the connection back to the pool then.
    await trx
      .rollback()
      .execute()
      .catch(() => {});
    if (!committing) {
      await Promise.allSettled(
        written.flatMap((id) => [deps.stores.imageBlobs.remove(id), deps.stores.identityBlobs.remove(id)]),
      );
    }
    throw error;
  }
}

async function commitAccount(
  deps: CommitDeps,
  trx: Trx,
  group: readonly Waiting[],
  outcomes: Map<Waiting, Outcome>,
  written: string[],
): Promise<void> {
  const accountId = (group[0] as Waiting).actor.accountId;
  const tokens = await SearchTokens.within(trx, deps.chains, accountId);
  await lockBuckets(
    trx,
    group.flatMap(({ instance }) => bucketsOf(tokens, instance)),
  );
  const placeDeps = { chains: deps.chains, cells: new StudyCells(deps.chains), tokens };
  // Placed before it is judged: what lies in other namespaces than its own is nothing to an instance.
  const sent = group.map(({ actor, instance }) => ({ owner: actor, belonging: instance }));
  const chosen = await chooseStudies(trx, placeDeps, accountId, sent);
  const placedGroup = group.map((waiting, at): Placed => ({ waiting, study: chosen[at] as ChosenStudy }));
  const { verdicts, versions } = await judgeAll(deps, trx, tokens, accountId, placedGroup);

  const toPack = new Map<string, Placed[]>();
  placedGroup.forEach((one, at) => {
    const { waiting, study } = one;
    const verdict = verdicts[at] as Verdict;
    const { instance, actor } = waiting;
    outcomes.set(waiting, outcomeOf(instance, verdict));
    if (verdict.kind === 'already held' || (verdict.kind === 'conflict' && verdict.keptAside)) return;
    const state: Standing['state'] = verdict.kind === 'new' ? 'current' : 'aside';
    const name = [state, actor.userId, study.place.studyId, instance.seriesInstanceUid].join(' ');
    toPack.set(name, [...(toPack.get(name) ?? []), one]);
  });

  const over = await overQuota(
    trx,
    accountId,
    [...toPack.values()].flat().map(({ waiting }) => waiting.instance.bytes),
  );
  if (over !== undefined) throw new Refusal('QUOTA_EXCEEDED', over);

  const groups = [...toPack].map(([name, placed]) => ({
    state: name.startsWith('current ') ? ('current' as const) : ('aside' as const),
    actor: (placed[0] as Placed).waiting.actor,
    study: (placed[0] as Placed).study,
    instances: placed.map(({ waiting }) => waiting.instance),
  }));
  // Once for each patient that a series names: hundreds of slices name one.
  const requests = groups.map(({ state, study, instances }) =>
    [...new Map(instances.map((instance) => [JSON.stringify(instance.patient), instance])).values()].map(
      (belonging): PlaceRequest => ({ study, belonging, noted: state === 'current' }),
    ),
  );
  const placed = await placeSeries(trx, placeDeps, accountId, requests.flat());
  let at = -1;
  const parts = groups.flatMap((group, index) => {
    at += (requests[index] as PlaceRequest[]).length;
    const { place, seriesId, modality } = placed[at] as PlacedSeries;
    return packsOfSeries(group.instances).map((instances) => {
      const packId = instances[0]?.storedImage?.packId ?? randomUUID();
      return { ...group, instances, place: { ...place, seriesId, packId }, modality };
    });
  });
  await refuseErased(trx, tokens, accountId, [
    ...group.flatMap(({ instance }, at) => (versions[at] ?? []).map(({ pack }) => ({ instance, at: pack }))),
    ...parts.flatMap(({ place, instances }) => instances.map((instance) => ({ instance, at: place }))),
  ]);
  const packs = await inParallel(parts, (part) =>
    writePack(deps, part.place, part.instances, { state: part.state, sentBy: part.actor.userId }, tokens, written),
  );
  const entries = parts.map(
    ({ state, actor, place, instances }): AuditEntry => ({
      actor,
      action: state === 'current' ? 'instance.store' : 'instance.keep-aside',
      kind: 'create',
      outcome: state === 'current' ? 'success' : 'refused',
      study: place,
      detail: {
        pack: place.packId,
        instances: instances.map(({ sopInstanceUid, sha256 }) => ({ sopInstanceUid, sha256 })),
      },
    }),
  );
  const added = parts.flatMap(({ state, place, modality, instances }, index): Added[] => {
    if (state !== 'current') return [];
    const { studyId, seriesId } = place;
    return [{ studyId, seriesId, modality, instances: instances.length, bytes: (packs[index] as NewPack).bytes }];
  });
  await countIn(trx, added);
  await addPacks(trx, packs);
  // Of an account without a limit nothing was locked above. Who closes one writes into its usage, and so did this by now.
  if (packs.length > 0 && (await accountClosed(trx, accountId)))
    throw new Overtaken('the account was closed meanwhile');
  const fresh = placedGroup.filter((_, at) => verdicts[at]?.kind === 'new');
  await unlessOvertaken(deps, trx, tokens, accountId, fresh, packs);
  await deps.audit.record(trx, [...entries, ...unchanged(group, toPack)]);
}

/**
 * What lies where a part of a study is being erased would go with it, and so would what it is told from: neither is taken, nor
 * said to be held. A moment later it is as any other.
 *
 * @throws RefusalOfSome STORE_FAILED
 */
async function refuseErased(
  trx: Trx,
  tokens: SearchTokens,
  accountId: string,
  lying: readonly {
    readonly instance: IncomingInstance;
    readonly at: { readonly studyId: string; readonly seriesId: string };
  }[],
): Promise<void> {
  if (lying.length === 0) return;
  const isErased = await erasedAmong(
    trx,
    tokens,
    accountId,
    lying.map(({ at }) => at.studyId),
  );
  const refused = lying.filter(({ at, instance }) => isErased(at, instance.sopInstanceUid));
  if (refused.length > 0)
    throw new RefusalOfSome('STORE_FAILED', beingErased, new Set(refused.map(({ instance }) => instance)));
}

const beingErased =
  'What is held under its UIDs is being erased, and it would go with it. It was not stored: send it again in a few minutes.';

/**
 * Law 5 over nodes. The locks are those of studies and patients, so another node may have judged the same SOP Instance UID
 * in another study at the same time, and neither saw the other. But `addPacks` counts in the account's usage, and whoever
 * counts waits until those before have committed or rolled back: from here on all of them are seen, and none comes after.
 *
 * @throws Overtaken  what was new when it was judged is there by now
 */
async function unlessOvertaken(
  deps: CommitDeps,
  trx: Trx,
  tokens: SearchTokens,
  accountId: string,
  fresh: readonly Placed[],
  own: readonly NewPack[],
): Promise<void> {
  if (fresh.length === 0) return;
  const ours = new Set(own.map(({ packId }) => packId));
  const uids = fresh.map(({ waiting }) => waiting.instance.sopInstanceUid);
  const others = await versionsWithUids(trx, deps.reader.within(trx), tokens, accountId, uids, ours);
  const counting = await versionsFor(trx, accountId, others);
  const overtaken = fresh.filter(
    ({ waiting: { actor, instance }, study }) => counting(actor, study, instance.sopInstanceUid).length > 0,
  ).length;
  if (overtaken > 0) throw new Overtaken(`${overtaken} of ${fresh.length} instances came by another node meanwhile`);
}

/** So many objects are written at once: each waits for the disk, and the disk takes them together. */
const maxWrites = 32;

/** In order; where one fails, when all that were begun have ended, so that what they wrote can be removed. */
async function inParallel<From, To>(all: readonly From[], work: (one: From) => Promise<To>): Promise<To[]> {
  const results: To[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < all.length && failures.length === 0) {
      const at = next++;
      try {
        results[at] = await work(all[at] as From);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxWrites, all.length) }, run));
  if (failures.length > 0) throw failures[0];
  return results;
}

/** A record for each sender of what changed nothing, since it was held, or kept aside, already. */
function unchanged(group: readonly Waiting[], packed: ReadonlyMap<string, readonly Placed[]>): AuditEntry[] {
  const changing = new Set([...packed.values()].flat().map(({ waiting }) => waiting));
  const rest = group.filter((waiting) => !changing.has(waiting));
  return [...Map.groupBy(rest, ({ actor }) => actor.credentialId).values()].map((waiting) => ({
    actor: (waiting[0] as Waiting).actor,
    action: 'instance.store',
    kind: 'read',
    outcome: 'success',
    detail: { heldAlready: waiting.map(({ instance }) => instance.sha256) },
  }));
}

function outcomeOf(instance: IncomingInstance, verdict: Verdict): Outcome {
  const { sha256 } = instance;
  if (verdict.kind === 'new') return { kind: 'taken', sha256 };
  if (verdict.kind === 'conflict') return { kind: 'conflict', sha256, keptAside: verdict.keptAside ? 'before' : 'now' };
  return { kind: 'already held', sha256, heldSha256: verdict.heldSha256 };
}

/** An instance with the study that it is added to. */
type Placed = { readonly waiting: Waiting; readonly study: ChosenStudy };

/** Law 5 against what is held, and against the instances of the same group that came before; with what counted for each. */
async function judgeAll(
  deps: CommitDeps,
  trx: Trx,
  tokens: SearchTokens,
  accountId: string,
  group: readonly Placed[],
): Promise<{ readonly verdicts: readonly Verdict[]; readonly versions: readonly (readonly Version[])[] }> {
  const uids = group.map(({ waiting: { instance } }) => instance.sopInstanceUid);
  const reader = deps.reader.within(trx);
  const { imageBlobs } = deps.stores;
  const file = (instance: IncomingInstance) => incomingFile(instance, accountId, imageBlobs);
  const held = await versionsFor(trx, accountId, await versionsWithUids(trx, reader, tokens, accountId, uids));
  const earlier = new Map<string, Placed[]>();
  const aside = new Set<string>();
  const verdicts: Verdict[] = [];
  const versions: (readonly Version[])[] = [];
  for (const placed of group) {
    const { waiting, study } = placed;
    const { instance, actor } = waiting;
    const among = held(actor, study, instance.sopInstanceUid);
    versions.push(among);
    let verdict = await judge(reader, imageBlobs, instance, among);
    const before = earlier.get(instance.sopInstanceUid) ?? [];
    const first = before.find((one) => one.study.namespaceId === study.namespaceId && joins(actor, one.study))?.waiting
      .instance;
    if (verdict.kind === 'new' && first) {
      verdict = (await sameDataSet(file(first), file(instance)))
        ? { kind: 'already held', heldSha256: first.sha256 }
        : { kind: 'conflict', keptAside: false };
    } else if (verdict.kind === 'new') earlier.set(instance.sopInstanceUid, [...before, placed]);
    if (verdict.kind === 'conflict') {
      const kept = `${study.namespaceId} ${instance.sha256}`;
      verdict = { ...verdict, keptAside: verdict.keptAside || aside.has(kept) };
      aside.add(kept);
    }
    verdicts.push(verdict);
  }
  return { verdicts, versions };
}

/**
 * Cuts the instances of one series into packs of at most 64 MiB or 1,024; a larger instance, and one whose image half is
 * stored already, is a pack of its own.
 */
export function packsOfSeries<T extends { readonly bytes: number; readonly storedImage?: unknown }>(
  instances: readonly T[],
): T[][] {
  const packs: T[][] = [];
  let bytes = 0;
  for (const instance of instances) {
    const open = packs.at(-1);
    const alone = instance.storedImage !== undefined;
    if (open && !alone && open.length < maxPackInstances && bytes + instance.bytes <= maxPackBytes) {
      open.push(instance);
      bytes += instance.bytes;
    } else {
      packs.push([instance]);
      // Nothing joins what is alone.
      bytes = alone ? maxPackBytes : instance.bytes;
    }
  }
  return packs;
}

type Place = PlacedSeries['place'] & { readonly seriesId: string; readonly packId: string };

async function writePack(
  deps: CommitDeps,
  place: Place,
  instances: readonly IncomingInstance[],
  arrival: Pick<NewPack, 'state' | 'sentBy'>,
  tokens: SearchTokens,
  written: string[],
): Promise<NewPack> {
  const sealed = await sealPack(deps.chains, place, instances);
  const identityInRow = sealed.identitySealedBytes <= maxIdentityInRow;
  // What was stored before is not undone with this try: the next one needs it.
  if (instances[0]?.storedImage === undefined) written.push(place.packId);
  await Promise.all([
    sealed.image.length > 0 ? deps.stores.imageBlobs.put(place.packId, sealed.image) : undefined,
    identityInRow ? undefined : deps.stores.identityBlobs.put(place.packId, sealed.identity),
  ]);
  return {
    ...place,
    ...arrival,
    version: sealed.version,
    imageKey: sealed.imageKey,
    manifest: sealed.manifest,
    identity: identityInRow ? Buffer.concat(sealed.identity) : null,
    identitySealedBytes: sealed.identitySealedBytes,
    imageSealedBytes: sealed.imageSealedBytes,
    instanceCount: instances.length,
    bytes: instances.reduce((sum, instance) => sum + instance.bytes, 0),
    tokens: tokensOfPack(tokens, instances),
  };
}
