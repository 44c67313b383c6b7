import { type KeyChains, KeysError } from '../keys/index.ts';
import {
  joinHalves,
  type ManifestInstance,
  PackReader,
  type PackRow,
  PacksError,
  packRowsAfter,
  type Stores,
} from '../packs/index.ts';
import { BlobError, isDamage } from '../platform/blobs/blob-store.ts';
import type { Database } from '../platform/db/database.ts';
import { countPacks } from './drill.store.ts';

export type Checked = {
  readonly packs: number;
  /** Of which the SHA-256 was compared with that of what was sent. */
  readonly instances: number;
  readonly bytes: number;
  /** Packs that do not open, or that are not what was sent. */
  readonly lost: number;
  /** Packs whose keys are gone: erased since. */
  readonly erased: number;
};

const packsPerPage = 64;

/**
 * Opens what a restored database names: every manifest, and of some packs, evenly spread, one instance byte for byte. Nothing of it
 * is kept in memory.
 */
export async function checkData(
  deps: { readonly database: Database; readonly chains: KeyChains; readonly stores: Stores },
  instancesWanted: number,
  stopped: () => boolean = () => false,
): Promise<Checked> {
  const reader = new PackReader(deps.chains, deps.stores, deps.database);
  const found = { packs: 0, instances: 0, bytes: 0, lost: 0, erased: 0 };
  const every = Math.max(1, Math.floor((await countPacks(deps.database)) / instancesWanted));
  for (let after: string | null = null; !stopped(); ) {
    const page: PackRow[] = await packRowsAfter(deps.database, after, packsPerPage);
    for (const row of page) {
      found.packs += 1;
      const verdict = await checkPack(reader, row, found.packs % every === 0);
      if (verdict === 'lost' || verdict === 'erased') found[verdict] += 1;
      else {
        found.instances += verdict.instances;
        found.bytes += verdict.bytes;
      }
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.packId;
  }
  return found;
}

type Verdict = 'lost' | 'erased' | { readonly instances: number; readonly bytes: number };

async function checkPack(reader: PackReader, row: PackRow, alsoBytes: boolean): Promise<Verdict> {
  try {
    const { instances } = await reader.manifest(row);
    if (!alsoBytes) return { instances: 0, bytes: 0 };
    const instance = instances[Math.floor(Math.random() * instances.length)] as ManifestInstance;
    let bytes = 0;
    for await (const piece of joinHalves(reader, row, instance, true)) bytes += piece.length;
    return { instances: 1, bytes };
  } catch (error) {
    if (error instanceof KeysError && (error.code === 'KEY_MISSING' || error.code === 'KEY_DESTROYED')) return 'erased';
    if (error instanceof PacksError || (error instanceof BlobError && isDamage(error))) return 'lost';
    throw error;
  }
}
