import { isCurrent, type PackReader, type Placed, packsWithTokens, type StoredPack } from '../packs/index.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { notFound, type OpenStudy, SearchTokens, type StudiesDeps } from '../studies/index.ts';
import type { Erasures } from './erasures.ts';

/** An image's id in addresses: the blind token of its SOP Instance UID. It stays the same until its account is indexed anew, and tells nothing. */
export function imageIdOf(tokens: SearchTokens, sopInstanceUid: string): string {
  return idOfToken(tokens.token('sopUid', sopInstanceUid));
}

const idOfToken = (token: bigint): string => BigInt.asUintN(64, token).toString(16).padStart(16, '0');

export type FoundInstance = { readonly pack: StoredPack; readonly instance: Placed['instance'] };

type IdsOfPack = { readonly generation: number; readonly ids: ReadonlyMap<string, readonly Placed[]> };

/** So much an entry takes, about. Bytes. */
const entryBytes = 150;

/** Finds images of studies by their ids. Keeps which id is which instance of a pack: what it holds is never changed; which of it is current is asked anew. */
export class ImageFinder {
  readonly #idsOfPacks = new BoundedCache<IdsOfPack>(8 * 1024 * 1024);
  readonly #erasures: Erasures;

  constructor(erasures: Erasures) {
    this.#erasures = erasures;
  }

  /** The token nominates packs, the opened manifest decides. @throws StudiesError STUDY_NOT_FOUND */
  async find(deps: StudiesDeps, study: OpenStudy, imageId: string): Promise<FoundInstance> {
    if (!/^[0-9a-f]{16}$/.test(imageId)) throw notFound();
    const { accountId, studyId } = study.place;
    const tokens = await SearchTokens.of(deps.chains, accountId);
    const token = BigInt.asIntN(64, BigInt(`0x${imageId}`));
    for (const pack of await packsWithTokens(deps.database, accountId, [token])) {
      if (pack.studyId !== studyId || (study.only && !study.only.has(pack.seriesId))) continue;
      const placed = (await this.#idsOf(deps.reader, tokens, pack)).get(imageId) ?? [];
      const found = placed.find(({ position }) => isCurrent(pack, position));
      if (found) return { pack, instance: found.instance };
    }
    throw notFound();
  }

  /** Gives up what is known of packs that were erased. */
  forget(packIds: ReadonlySet<string>): void {
    for (const id of packIds) this.#idsOfPacks.delete(id);
  }

  async #idsOf(
    reader: PackReader,
    tokens: SearchTokens,
    pack: StoredPack,
  ): Promise<ReadonlyMap<string, readonly Placed[]>> {
    const known = this.#idsOfPacks.get(pack.packId);
    if (known?.generation === tokens.generation) return known.ids;
    const still = this.#erasures.since();
    const { instances } = await reader.manifest(pack);
    // What was kept aside can be there twice, with other bytes each time.
    const ids = new Map<string, Placed[]>();
    for (const [position, instance] of instances.entries()) {
      // Under keys that were replaced since as well: who looks at images meanwhile goes on.
      for (const token of tokens.ever('sopUid', instance.sopInstanceUid)) {
        const id = idOfToken(token);
        ids.set(id, [...(ids.get(id) ?? []), { instance, position }]);
      }
    }
    const { generation } = tokens;
    if (still()) this.#idsOfPacks.set(pack.packId, { generation, ids }, ids.size * entryBytes);
    return ids;
  }
}
