import {
  isCurrent,
  type Manifest,
  type PackReader,
  type Placed,
  packsWithTokens,
  type StoredPack,
} from '../packs/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import type { SearchTokens } from './search-tokens.ts';
import { studiesByIds } from './study.store.ts';

/** One of the instances that came under one SOP Instance UID, with where it lies. In a namespace at most one of them is current. */
export type Version = Placed & { readonly pack: StoredPack; readonly current: boolean };

/** One look-up takes at most this many tokens, so that the packs it nominates stay few. */
const perLookUp = 1000;

/**
 * All that is kept under any of these SOP Instance UIDs in an account, current or aside, in the order of arrival.
 * Tokens nominate, the opened manifests decide. `besides`: packs that are not looked into.
 */
export async function versionsWithUids(
  db: Database | Trx,
  reader: PackReader,
  tokens: SearchTokens,
  accountId: string,
  uids: readonly string[],
  besides: ReadonlySet<string> = new Set(),
): Promise<Map<string, Version[]>> {
  const wanted = new Set(uids);
  const all = [...wanted].map((uid) => tokens.token('sopUid', uid));
  const nominees = new Map<string, StoredPack>();
  for (let first = 0; first < all.length; first += perLookUp) {
    for (const pack of await packsWithTokens(db, accountId, all.slice(first, first + perLookUp)))
      if (!besides.has(pack.packId)) nominees.set(pack.packId, pack);
  }
  const packs = [...nominees.values()].sort((a, b) => a.ordinal - b.ordinal);
  const manifests = await reader.manifests(packs);
  const found = new Map<string, Version[]>();
  for (const [at, pack] of packs.entries()) {
    for (const [position, instance] of (manifests[at] as Manifest).instances.entries()) {
      if (!wanted.has(instance.sopInstanceUid)) continue;
      const others = found.get(instance.sopInstanceUid) ?? [];
      found.set(instance.sopInstanceUid, [...others, { pack, instance, position, current: isCurrent(pack, position) }]);
    }
  }
  return found;
}

/** In which namespace the study of each version lives: by the ids of these studies, and of `besides`. */
export async function namespacesOf(
  db: Database | Trx,
  accountId: string,
  versions: Iterable<readonly Version[]>,
  besides: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set([...besides, ...[...versions].flatMap((of) => of.map(({ pack }) => pack.studyId))]);
  const rows = await studiesByIds(db, accountId, [...ids]);
  return new Map(rows.map(({ id, namespaceId }) => [id, namespaceId]));
}
