import type { ScrubPart } from '@symbolon/contract';
import type { Audit, Itself } from '../audit/index.ts';
import type { KeyChains } from '../keys/index.ts';
import { BlobError } from '../platform/blobs/blob-store.ts';
import { SearchTokens, searchIndexOf } from '../studies/index.ts';
import { type CheckDeps, checkPack, type Damage } from './check-pack.ts';
import { Pace, Stopped } from './pace.ts';
import {
  addFinding,
  countInRound,
  endRound,
  forgetFindingsWithoutPack,
  isStillThere,
  type OpenRound,
  openRound,
  packsAfter,
  type ScrubPack,
  scrubPacks,
  settleFindings,
} from './scrub.store.ts';

export type ScrubDeps = Omit<CheckDeps, 'chains' | 'tokensOf' | 'paced'> & {
  /** Chains that hold no key yet. */
  readonly freshChains: () => KeyChains;
  readonly audit: Audit;
  readonly now: () => Date;
  /** So much is read at most. Bytes a second. */
  readonly bytesPerSecond: number;
  /** Hears of each pack that was whole before, or never looked at, and is damaged. */
  readonly alarm: (found: { readonly pack: string; readonly part: ScrubPart; readonly code: string }) => void;
};

const itself: Itself = { kind: 'exchange', address: null };
/** What a stop or a crash repeats at most. */
const packsPerPage = 16;

/**
 * Goes on with the round that is under way, page by page, until it ends or `stopped` says so.
 *
 * Law   what a page found is recorded together with the place where the next one begins: no pack is left out by a crash,
 *       and each damage is in the audit of its account. A pack that is written during a round may wait for the next one.
 *
 * @throws BlobError KeysError  the store or the keys are away; the round goes on from where it was
 */
export async function scrubOn(deps: ScrubDeps, stopped: () => boolean): Promise<void> {
  await pages(deps, stopped).catch((error: unknown) => {
    if (!(error instanceof Stopped)) throw error;
  });
}

async function pages(deps: ScrubDeps, stopped: () => boolean): Promise<void> {
  const pace = new Pace(deps.bytesPerSecond, stopped);
  for (;;) {
    const round = await openRound(deps.database);
    if (round === undefined || stopped()) return;
    const packs = await packsAfter(deps.database, round.afterPack, packsPerPage);
    const last = packs.at(-1);
    if (last === undefined) {
      await forgetFindingsWithoutPack(deps.database, deps.now());
      await endRound(deps.database, round.id, deps.now());
      return;
    }
    const found = await damageIn(deps, pace, packs, stopped);
    if (found === undefined) return;
    if (packs.length === packsPerPage && found.some(isMissing)) await requireStore(deps);
    if (!(await note(deps, packs, found, { round, afterPack: last.packId }))) return;
  }
}

const isMissing = ([, { code }]: readonly [ScrubPack, Damage]): boolean => code === 'BLOB_MISSING';

/** Where images of so many are missing, and the store holds nothing at all, its disk is not there rather than all images lost. */
async function requireStore({ stores }: ScrubDeps): Promise<void> {
  for await (const names of stores.imageBlobs.list()) if (names.length > 0) return;
  throw new BlobError(
    'BLOB_READ_FAILED',
    'the store of image halves is empty: is it the right one, and is its disk there?',
  );
}

/**
 * Looks at some packs between two rounds, since something else met trouble there. What is damaged is told as in a round.
 *
 * @returns  how many of them are damaged
 * @throws BlobError KeysError  the store or the keys are away
 */
export async function scrubSome(deps: ScrubDeps, packIds: readonly string[]): Promise<number> {
  const packs = await scrubPacks(deps.database, packIds);
  const never = () => false;
  const found = (await damageIn(deps, new Pace(deps.bytesPerSecond, never), packs, never)) ?? [];
  await note(deps, packs, found);
  return found.length;
}

type Found = readonly (readonly [ScrubPack, Damage])[];

/** What is damaged of these; undefined where it was stopped before the last. */
async function damageIn(
  deps: ScrubDeps,
  pace: Pace,
  packs: readonly ScrubPack[],
  stopped: () => boolean,
): Promise<Found | undefined> {
  const tokens = new Map<string, Promise<SearchTokens>>();
  const chains = deps.freshChains();
  const check: CheckDeps = {
    ...deps,
    chains,
    paced: (bytes) => pace.took(bytes),
    tokensOf: (accountId) => {
      const now = async () => SearchTokens.of(chains, accountId, await searchIndexOf(deps.database, accountId));
      const known = tokens.get(accountId) ?? now();
      tokens.set(accountId, known);
      return known;
    },
  };
  const found: (readonly [ScrubPack, Damage])[] = [];
  for (const pack of packs) {
    const damage = await checkPack(check, pack);
    if (stopped()) return undefined;
    if (damage !== undefined && (await isStillThere(deps.database, pack.packId))) found.push([pack, damage]);
  }
  return found;
}

/** False, and nothing is noted, where another node did this page meanwhile. */
async function note(
  deps: ScrubDeps,
  packs: readonly ScrubPack[],
  found: Found,
  inRound?: { readonly round: OpenRound; readonly afterPack: string },
): Promise<boolean> {
  const at = deps.now();
  const damaged = new Set(found.map(([{ packId }]) => packId));
  const fresh = await deps.database.transaction().execute(async (trx) => {
    if (inRound !== undefined) {
      const { round, afterPack } = inRound;
      const bytes = packs.reduce((sum, pack) => sum + pack.bytes, 0);
      // First: whoever does the same page waits here.
      if (!(await countInRound(trx, round, { packs: packs.length, bytes, damaged: found.length, afterPack })))
        return undefined;
    }
    const isNew: (readonly [ScrubPack, Damage])[] = [];
    for (const one of found) if (await addFinding(trx, one[0], one[1], at)) isNew.push(one);
    const whole = packs.flatMap(({ packId }) => (damaged.has(packId) ? [] : [packId]));
    await settleFindings(trx, whole, at);
    await deps.audit.record(
      trx,
      isNew.map(([pack, { part, code }]) => ({
        actor: itself,
        accountId: pack.accountId,
        action: 'storage.scrub' as const,
        kind: 'execute' as const,
        outcome: 'failure' as const,
        // What is sealed under the study's own keys could not be written where these are what is damaged.
        detail: { study: pack.studyId, pack: pack.packId, part, code, instances: pack.instanceCount },
      })),
    );
    return isNew;
  });
  for (const [{ packId: pack }, { part, code }] of fresh ?? []) deps.alarm({ pack, part, code });
  return fresh !== undefined;
}
