import { randomUUID } from 'node:crypto';
import type { Audit } from '../audit/index.ts';
import type { KeyChains } from '../keys/index.ts';
import {
  type Manifest,
  type ManifestInstance,
  type NewPack,
  type PackPlace,
  PackReader,
  PacksError,
  type StoredPack,
  type Stores,
} from '../packs/index.ts';
import type { ListedBlobStore } from '../platform/blobs/blob-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { placeOfStudy } from '../studies/index.ts';
import { RewriteError } from './errors.ts';
import { prove } from './prove.ts';
import { swap } from './swap.ts';

export type RewriteDeps = {
  readonly database: Database;
  readonly chains: KeyChains;
  readonly stores: Stores & { readonly imageBlobs: ListedBlobStore };
  readonly reader: PackReader;
  readonly audit: Audit;
  /** Is told of each piece that was read, and may wait: units: bytes. */
  readonly paced: (bytes: number) => Promise<void>;
  readonly now: () => Date;
};

/** A pack that is written anew, opened but for its image half. */
export type PackSource = {
  readonly pack: StoredPack;
  readonly manifest: Manifest;
  /** The identity halves of all its instances. */
  readonly identities: Uint8Array;
};

/** What of a new pack stands in its row; what does not is written. */
export type Written = Pick<
  NewPack,
  'version' | 'imageKey' | 'manifest' | 'identity' | 'identitySealedBytes' | 'imageSealedBytes'
>;

/**
 * Why packs are written anew, and how. The new one is always under the keys that its study has today, which may be others than
 * those of the old ones.
 */
export type RewritePolicy = {
  readonly purpose: 'compaction' | 'compression' | 're-keying' | 'erasure';
  /** Writes all instances of the sources, in their order. What it wrote is removed where it throws, or is not proven. */
  readonly write: (deps: RewriteDeps, place: PackPlace, sources: readonly PackSource[]) => Promise<Written>;
  /** Which instances are written again; without it all. What is left out is erased: the old packs are not kept for their readers. */
  readonly stays?: (instance: ManifestInstance) => boolean;
  /** Whatever else is to be true together with the swap. */
  readonly also?: (trx: Trx, done: { readonly replaced: readonly string[] }) => Promise<void>;
};

/**
 * Writes packs of one series anew, as one: the one road on which anything that is held is ever written again.
 *
 * Law     the new pack is read back from the stores and compared, instance by instance, before any row changes; then it
 *         takes the place of the old ones in one transaction, under the locks of a commit, with all that was decided about
 *         them. Whatever fails before leaves everything as it was. The old ones are kept for whoever reads them.
 * Cost    memory as the policy's `write`; each byte is read twice, written and hashed once.
 *
 * @returns  the id of the new pack; undefined where nothing stays
 * @throws PacksError PACK_DAMAGED          one of them does not open, or is not what its row says
 * @throws RewriteError REWRITE_NOT_EXACT   what was written is not what it should be
 * @throws RewriteError REWRITE_OVERTAKEN   they are others by now
 * @throws BlobError KeysError
 */
export async function rewrite(
  deps: RewriteDeps,
  packs: readonly StoredPack[],
  policy: RewritePolicy,
): Promise<string | undefined> {
  const [first] = packs;
  if (!first || packs.some(({ seriesId, state }) => seriesId !== first.seriesId || state !== first.state))
    throw new RangeError('what is written as one pack is of one series, and arrived alike');
  const { accountId, studyId, seriesId } = first;
  const study = await placeOfStudy(deps.database, accountId, studyId);
  if (!study) throw new RewriteError('REWRITE_OVERTAKEN', `study ${studyId} is gone`);
  const place = { ...study, seriesId, packId: randomUUID() };
  // Its own: what is read once in the background must not drive out what people read.
  const memory = { manifests: new BoundedCache<Manifest>(2 ** 28), identities: new BoundedCache<Uint8Array>(0) };
  const own = { ...deps, reader: new PackReader(deps.chains, deps.stores, deps.database, memory) };
  const { stays } = policy;
  const all = await openAll(own, packs);
  const sources = stays === undefined ? all : all.map((source) => withoutErased(source, stays));
  const instances = sources.flatMap(({ manifest }) => manifest.instances);
  const begunAt = deps.now();
  let named = false;
  try {
    const written = instances.length === 0 ? undefined : await policy.write(own, place, sources);
    if (written) await prove(own, { ...place, ...written }, written, instances);
    await swap(own, policy, { all, sources }, { place, written, begunAt }, () => {
      named = true;
    });
    return written && place.packId;
  } catch (error) {
    // Where the answer to COMMIT was lost it may have happened: then a row names them.
    if (!named) {
      const { imageBlobs, identityBlobs } = deps.stores;
      await Promise.allSettled([imageBlobs.remove(place.packId), identityBlobs.remove(place.packId)]);
    }
    throw error;
  }
}

function withoutErased(source: PackSource, stays: (instance: ManifestInstance) => boolean): PackSource {
  const { manifest } = source;
  return { ...source, manifest: { ...manifest, instances: manifest.instances.filter(stays) } };
}

async function openAll({ reader }: RewriteDeps, packs: readonly StoredPack[]): Promise<PackSource[]> {
  const manifests = await reader.manifests(packs);
  const identities = await reader.identityHalves(packs);
  return packs.map((pack, at) => {
    const manifest = manifests[at] as Manifest;
    if (manifest.instances.length !== pack.instanceCount)
      throw new PacksError('PACK_DAMAGED', `pack ${pack.packId} does not hold as many instances as its row says`);
    return { pack, manifest, identities: identities[at] as Uint8Array };
  });
}
