import {
  type Manifest,
  type ManifestInstance,
  type PackReader,
  packsWithTokens,
  type StoredPack,
} from '../packs/index.ts';
import type { BlobStore } from '../platform/blobs/blob-store.ts';
import type { Trx } from '../platform/db/database.ts';
import type { SearchTokens } from '../studies/index.ts';
import type { IncomingInstance } from './instance.ts';
import { heldFile, incomingFile, sameDataSet } from './same-data-set.ts';

/** An instance that is held already, current or aside, with where it lies. */
export type Held = { readonly pack: StoredPack; readonly instance: ManifestInstance };

/** What Law 5 says of an instance that came in. */
export type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'already held'; readonly heldSha256: string }
  | { readonly kind: 'conflict'; readonly keptAside: boolean };

/** All held instances with any of these SOP Instance UIDs. Tokens nominate, the opened manifests decide. */
export async function heldWithUids(
  trx: Trx,
  reader: PackReader,
  tokens: SearchTokens,
  accountId: string,
  uids: readonly string[],
): Promise<Map<string, Held[]>> {
  const wanted = new Set(uids);
  const found = new Map<string, Held[]>();
  const packs = await packsWithTokens(
    trx,
    accountId,
    [...wanted].map((uid) => tokens.token('sopUid', uid)),
  );
  const manifests = await reader.manifests(packs);
  for (const [at, pack] of packs.entries()) {
    for (const instance of (manifests[at] as Manifest).instances) {
      if (!wanted.has(instance.sopInstanceUid)) continue;
      const others = found.get(instance.sopInstanceUid) ?? [];
      found.set(instance.sopInstanceUid, [...others, { pack, instance }]);
    }
  }
  return found;
}

/** Law 5: the same instance again is idempotent; other bytes under the same UID are kept aside, once. */
export async function judge(
  reader: PackReader,
  imageBlobs: Pick<BlobStore, 'read'>,
  incoming: IncomingInstance,
  held: readonly Held[],
): Promise<Verdict> {
  if (held.length === 0) return { kind: 'new' };
  const current = held.find(({ pack }) => pack.state === 'current');
  const identical = held.find(({ instance }) => instance.sha256 === incoming.sha256);
  if (identical) {
    return identical.pack.state === 'current'
      ? { kind: 'already held', heldSha256: incoming.sha256 }
      : { kind: 'conflict', keptAside: true };
  }
  if (current && current.instance.transferSyntax === incoming.transferSyntax) {
    const arrived = incomingFile(incoming, current.pack.accountId, imageBlobs);
    if (await sameDataSet(await heldFile(reader, current), arrived))
      return { kind: 'already held', heldSha256: current.instance.sha256 };
  }
  return { kind: 'conflict', keptAside: false };
}
