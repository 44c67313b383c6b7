import { isDeepStrictEqual } from 'node:util';
import {
  joinHalves,
  type Manifest,
  type ManifestInstance,
  PackReader,
  type PackRow,
  PacksError,
} from '../packs/index.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { RewriteError } from './errors.ts';
import type { RewriteDeps, Written } from './rewrite.ts';

/** Of one pack; nobody else reads in them. */
const pastEveryCache = () => ({
  manifests: new BoundedCache<Manifest>(2 ** 30),
  identities: new BoundedCache<Uint8Array>(2 ** 30),
});

/**
 * Reads a pack that was written and that no row names yet, and compares it with what it is to hold: every instance in its
 * order, and the SHA-256 of each file as it was sent. What is to stand in its row is read as it will stand there; the rest
 * out of the stores.
 *
 * @throws RewriteError REWRITE_NOT_EXACT
 */
export async function prove(
  deps: RewriteDeps,
  row: PackRow,
  written: Written,
  expected: readonly ManifestInstance[],
): Promise<void> {
  const rows = {
    manifests: async () => new Map([[row.packId, written.manifest]]),
    identities: async () => new Map([[row.packId, written.identity]]),
  };
  const reader = new PackReader(deps.chains, deps.stores, rows, pastEveryCache());
  try {
    const { instances } = await reader.manifest(row);
    if (instances.length !== expected.length) throw notExact(row);
    for (const [at, instance] of instances.entries()) {
      const wanted = expected[at] as ManifestInstance;
      if (!isDeepStrictEqual(withoutPlace(instance), withoutPlace(wanted))) throw notExact(row);
      let bytes = 0;
      for await (const piece of joinHalves(reader, row, instance, true)) {
        bytes += piece.length;
        await deps.paced(piece.length);
      }
      if (bytes !== wanted.bytes) throw notExact(row);
    }
    if (row.imageSealedBytes > 0) {
      const { bytes } = await deps.stores.imageBlobs.facts(row.packId);
      if (bytes !== row.imageSealedBytes) throw notExact(row);
    }
  } catch (cause) {
    if (cause instanceof PacksError) throw notExact(row, { cause });
    throw cause;
  }
}

/** Where and how the halves lie in a pack is that pack's own. */
function withoutPlace({ identityAt: _, imageAt: __, compressed: ___, ...facts }: ManifestInstance) {
  return facts;
}

const notExact = ({ packId }: PackRow, options?: ErrorOptions): RewriteError =>
  new RewriteError('REWRITE_NOT_EXACT', `the new pack ${packId} does not hold what it should`, options);
