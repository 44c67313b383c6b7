import type { Itself } from '../audit/index.ts';
import { type Moved, moveSpots } from '../conflicts/index.ts';
import {
  lockPacks,
  type ManifestInstance,
  type PackPlace,
  PacksError,
  type Replaceable,
  type Replacement,
  removePacks,
  replacePacks,
  tokensOfPack,
} from '../packs/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { lockStudies, SearchTokens } from '../studies/index.ts';
import { RewriteError } from './errors.ts';
import { partUnderWay } from './reseal.store.ts';
import type { PackSource, RewriteDeps, RewritePolicy, Written } from './rewrite.ts';

/**
 * A sweep takes an object that no row names for left behind after a day, where no transaction is open that began within half
 * a day of it. No rewrite takes so long, unless the machine slept meanwhile. Milliseconds.
 */
const longestMs = 6 * 3_600_000;

const itself: Itself = { kind: 'exchange', address: null };

/** What was to be written anew, and what of it stays. */
type Sources = { readonly all: readonly PackSource[]; readonly sources: readonly PackSource[] };
/** The new pack; `written` is undefined where nothing stays. */
type Next = { readonly place: PackPlace; readonly written: Written | undefined; readonly begunAt: Date };

/**
 * Puts a pack that was proven in the place of those it was made of, in one transaction: row and tokens, what people decided
 * about its instances and where their choices say these are, and the audit.
 *
 * The locks are those of a commit. So whoever commits, chooses or undoes in this study sees either state whole; and since
 * packs are counted in the account's usage, so does whoever looks there for what another node brought.
 *
 * @throws RewriteError REWRITE_OVERTAKEN REWRITE_NOT_EXACT, PacksError PACK_DAMAGED
 */
export async function swap(
  deps: RewriteDeps,
  policy: RewritePolicy,
  { all, sources }: Sources,
  { place, written, begunAt }: Next,
  committing: () => void,
): Promise<void> {
  const { accountId, studyId, packId } = place;
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const trx = await deps.database.startTransaction().execute();
  try {
    // Asked once the transaction is open: from here on a sweep waits for it, and before it there was too little time for one.
    if (deps.now().getTime() - begunAt.getTime() > longestMs)
      throw new RewriteError('REWRITE_OVERTAKEN', `pack ${packId} was written so long ago that a sweep may have it`);
    const [study] = await lockStudies(trx, { chains: deps.chains, tokens }, accountId, [studyId]);
    const ids = all.map(({ pack }) => pack.packId);
    const old = await lockPacks(trx, accountId, ids);
    if (study?.patientId !== place.patientId || study.keyId !== place.keyId || old.length < ids.length)
      throw new RewriteError('REWRITE_OVERTAKEN', `packs of study ${studyId} are others by now`);
    // The study has new keys by then: what came under these with all that was in it would be taken for what stays.
    if (policy.purpose !== 'erasure' && (await partUnderWay(trx, studyId)))
      throw new RewriteError('REWRITE_OVERTAKEN', `a part of study ${studyId} is to be erased first`);
    checkCounts(old, all);
    const moved = positions(packId, all, sources);
    const instances = sources.flatMap(({ manifest }) => manifest.instances);
    if (written) {
      const next = replacementOf({ ...place, ...written }, old, moved, instances, tokensOfPack(tokens, instances));
      const stands = await replacePacks(trx, ids, next, policy.stays === undefined);
      if (!sameBytes(stands.manifest, written.manifest) || !sameBytes(stands.identity, written.identity))
        throw new RewriteError('REWRITE_NOT_EXACT', `the row of pack ${packId} is not what was proven`);
    } else await removePacks(trx, accountId, studyId, ids);
    await moveChoices(trx, accountId, old, moved);
    await policy.also?.(trx, { replaced: ids });
    await deps.audit.record(trx, [
      {
        actor: itself,
        accountId,
        action: 'storage.rewrite',
        kind: 'update',
        outcome: 'success',
        study,
        detail: { purpose: policy.purpose, pack: written ? packId : null, instances: instances.length, replaced: ids },
      },
    ]);
    committing();
    await trx.commit().execute();
  } catch (error) {
    // Also where COMMIT itself broke: only a rollback gives the connection back to the pool then.
    await trx
      .rollback()
      .execute()
      .catch(() => {});
    throw error;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** What an account holds is counted by the rows: they must say what their manifests do. @throws PacksError PACK_DAMAGED */
function checkCounts(old: readonly Replaceable[], all: readonly PackSource[]): void {
  const held = all.flatMap(({ manifest }) => manifest.instances);
  const bytes = sum(held.map((instance) => instance.bytes));
  if (sum(old.map((pack) => pack.bytes)) !== bytes || sum(old.map((pack) => pack.instanceCount)) !== held.length)
    throw new PacksError(
      'PACK_DAMAGED',
      `pack ${old[0]?.packId}, or one that came after it, does not hold what its row says`,
    );
}

/** Where the instances of each old pack are in the new one. */
function positions(packId: string, all: readonly PackSource[], sources: readonly PackSource[]): Map<string, Moved> {
  let before = 0;
  return new Map(
    all.map(({ pack, manifest }, at) => {
      const staying = (sources[at] as PackSource).manifest.instances;
      const first = before;
      before += staying.length;
      const there = new Map(staying.map((instance, position) => [instance, first + position]));
      const moved: Moved = {
        packId,
        at: (position) => there.get(manifest.instances[position] as ManifestInstance),
      };
      return [pack.packId, moved];
    }),
  );
}

function replacementOf(
  next: PackPlace & Written,
  old: readonly Replaceable[],
  moved: ReadonlyMap<string, Moved>,
  instances: readonly ManifestInstance[],
  tokens: readonly bigint[],
): Replacement {
  const [first] = old as [Replaceable];
  const marks = (of: 'turned' | 'settled'): number[] =>
    old
      .flatMap((pack) => pack[of].flatMap((position) => moved.get(pack.packId)?.at(position) ?? []))
      .sort((a, b) => a - b);
  return {
    ...next,
    state: first.state,
    ordinal: first.ordinal,
    sentBy: first.sentBy,
    turned: marks('turned'),
    settled: marks('settled'),
    instanceCount: instances.length,
    bytes: sum(instances.map((instance) => instance.bytes)),
    tokens,
  };
}

/** What no choice that stands names carries no marks: for nearly every pack there is nothing to look for. */
async function moveChoices(
  trx: Trx,
  accountId: string,
  old: readonly Replaceable[],
  moved: ReadonlyMap<string, Moved>,
): Promise<void> {
  const marked = old.filter(({ turned, settled }) => turned.length + settled.length > 0);
  if (marked.length === 0) return;
  await moveSpots(
    trx,
    accountId,
    new Map(marked.map(({ packId }): [string, Moved] => [packId, moved.get(packId) as Moved])),
  );
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(a, b) === 0;
}
