import type { Itself } from '../audit/index.ts';
import { type Moved, moveSpots } from '../conflicts/index.ts';
import {
  lockPacks,
  type ManifestInstance,
  type PackRow,
  PacksError,
  type Replaceable,
  type Replacement,
  replacePacks,
  type StoredPack,
  tokensOfPack,
} from '../packs/index.ts';
import { lockStudies, SearchTokens } from '../studies/index.ts';
import { RewriteError } from './errors.ts';
import type { RewriteDeps, RewritePolicy, Written } from './rewrite.ts';

/**
 * A sweep takes an object that no row names for left behind after a day, where no transaction is open that began within half
 * a day of it. No rewrite takes so long, unless the machine slept meanwhile. Milliseconds.
 */
const longestMs = 6 * 3_600_000;

const itself: Itself = { kind: 'exchange', address: null };

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
  packs: readonly StoredPack[],
  next: PackRow & Written & { readonly begunAt: Date },
  instances: readonly ManifestInstance[],
  committing: () => void,
): Promise<void> {
  const { accountId, studyId, packId } = next;
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const trx = await deps.database.startTransaction().execute();
  try {
    // Asked once the transaction is open: from here on a sweep waits for it, and before it there was too little time for one.
    if (deps.now().getTime() - next.begunAt.getTime() > longestMs)
      throw new RewriteError('REWRITE_OVERTAKEN', `pack ${packId} was written so long ago that a sweep may have it`);
    const [place] = await lockStudies(trx, { chains: deps.chains, tokens }, accountId, [studyId]);
    const ids = packs.map((pack) => pack.packId);
    const old = await lockPacks(trx, accountId, ids);
    if (place?.patientId !== next.patientId || place.keyId !== next.keyId || old.length < ids.length)
      throw new RewriteError('REWRITE_OVERTAKEN', `packs of study ${studyId} are others by now`);
    const replacement = replacementOf(next, old, ids, instances, tokensOfPack(tokens, instances));
    const stands = await replacePacks(trx, ids, replacement);
    if (!sameBytes(stands.manifest, next.manifest) || !sameBytes(stands.identity, next.identity))
      throw new RewriteError('REWRITE_NOT_EXACT', `the row of pack ${packId} is not what was proven`);
    await moveChoices(trx, accountId, packId, old, ids);
    await policy.also?.(trx);
    await deps.audit.record(trx, [
      {
        actor: itself,
        accountId,
        action: 'storage.rewrite',
        kind: 'update',
        outcome: 'success',
        study: place,
        detail: { purpose: policy.purpose, pack: packId, instances: instances.length, replaced: ids },
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

/** How far on the instances of each pack are in the new one. */
function offsets(old: readonly Replaceable[], ids: readonly string[]): Map<string, number> {
  const counts = new Map(old.map(({ packId, instanceCount }) => [packId, instanceCount]));
  let before = 0;
  return new Map(
    ids.map((id) => {
      const at = before;
      before += counts.get(id) ?? 0;
      return [id, at];
    }),
  );
}

function replacementOf(
  next: PackRow & Written,
  old: readonly Replaceable[],
  ids: readonly string[],
  instances: readonly ManifestInstance[],
  tokens: readonly bigint[],
): Replacement {
  const [first] = old as [Replaceable];
  const bytes = sum(instances.map((instance) => instance.bytes));
  // What an account holds is counted by these two; it must not change.
  if (sum(old.map((pack) => pack.bytes)) !== bytes || sum(old.map((pack) => pack.instanceCount)) !== instances.length)
    throw new PacksError(
      'PACK_DAMAGED',
      `pack ${first.packId}, or one that came after it, does not hold what its row says`,
    );
  const at = offsets(old, ids);
  const moved = (marks: 'turned' | 'settled'): number[] =>
    old
      .flatMap((pack) => pack[marks].map((position) => position + (at.get(pack.packId) as number)))
      .sort((a, b) => a - b);
  return {
    ...next,
    state: first.state,
    ordinal: first.ordinal,
    sentBy: first.sentBy,
    turned: moved('turned'),
    settled: moved('settled'),
    instanceCount: instances.length,
    bytes,
    tokens,
  };
}

/** What no choice that stands names carries no marks: for nearly every pack there is nothing to look for. */
async function moveChoices(
  trx: Parameters<typeof moveSpots>[0],
  accountId: string,
  packId: string,
  old: readonly Replaceable[],
  ids: readonly string[],
): Promise<void> {
  const marked = old.filter(({ turned, settled }) => turned.length + settled.length > 0);
  if (marked.length === 0) return;
  const at = offsets(old, ids);
  const moved = new Map(
    marked.map((pack): [string, Moved] => [pack.packId, { packId, by: at.get(pack.packId) as number }]),
  );
  await moveSpots(trx, accountId, moved);
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(a, b) === 0;
}
