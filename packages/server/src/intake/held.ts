import type { SignedIn } from '../access/index.ts';
import { erasedAmong } from '../erasure/index.ts';
import type { KeyChains } from '../keys/index.ts';
import { currentIn, type Manifest, type PackReader, packsWithTokens } from '../packs/index.ts';
import type { Database } from '../platform/db/database.ts';
import { SearchTokens } from '../studies/index.ts';
import { knownStudies } from './seen.ts';

export type HeldDeps = { readonly database: Database; readonly chains: KeyChains; readonly reader: PackReader };

/** One look-up takes at most this many digests, so that the packs it nominates stay few. */
const perLookUp = 1000;

/** Which of these files are held, by their SHA-256 as sent, with their sizes in bytes; among what the asker may know of. */
export async function heldAmong(
  deps: HeldDeps,
  actor: SignedIn,
  digests: readonly string[],
): Promise<Map<string, number>> {
  const tokens = await SearchTokens.of(deps.chains, actor.accountId);
  const wanted = new Set(digests);
  const held = new Map<string, number>();
  const all = [...wanted];
  for (let first = 0; first < all.length; first += perLookUp) {
    const part = all.slice(first, first + perLookUp).map((digest) => tokens.token('sha256', digest));
    const packs = await packsWithTokens(deps.database, actor.accountId, part);
    const known = await knownStudies(
      deps.database,
      actor,
      packs.map(({ studyId }) => studyId),
    );
    // Who is told that it is held sends it no more.
    const isErased = await erasedAmong(deps.database, tokens, actor.accountId, known);
    const manifests = await deps.reader.manifests(packs);
    for (const [at, pack] of packs.entries()) {
      if (!known.has(pack.studyId)) continue;
      for (const { instance } of currentIn(pack, manifests[at] as Manifest))
        if (wanted.has(instance.sha256) && !isErased(pack, instance.sopInstanceUid))
          held.set(instance.sha256, instance.bytes);
    }
  }
  return held;
}
