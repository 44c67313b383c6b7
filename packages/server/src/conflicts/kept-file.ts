import type { SignedIn } from '../access/index.ts';
import { joinHalves, type Manifest, packsWithTokens } from '../packs/index.ts';
import { notFound, SearchTokens } from '../studies/index.ts';
import { type ConflictDeps, conflictPlace } from './conflict-deps.ts';

/**
 * The file of a study with this SHA-256, whether it is current, kept aside, or was current before a choice; checked
 * against it while it goes out.
 *
 * @throws StudiesError STUDY_NOT_FOUND
 */
export async function keptFile(
  deps: ConflictDeps,
  actor: SignedIn,
  studyId: string,
  sha256: string,
): Promise<{ readonly bytes: number; readonly pieces: AsyncGenerator<Uint8Array> }> {
  const place = await conflictPlace(deps, actor, 'conflict.download', studyId);
  const tokens = await SearchTokens.of(deps.chains, actor.accountId);
  const nominees = await packsWithTokens(deps.database, actor.accountId, [tokens.token('sha256', sha256)]);
  const packs = nominees.filter((pack) => pack.studyId === studyId);
  const manifests = await deps.reader.manifests(packs);
  for (const [at, pack] of packs.entries()) {
    const instance = (manifests[at] as Manifest).instances.find((one) => one.sha256 === sha256);
    if (!instance) continue;
    await deps.reads.opening(actor, 'conflict.download', place, [instance.sopInstanceUid]);
    return { bytes: instance.bytes, pieces: joinHalves(deps.reader, pack, instance, true) };
  }
  throw notFound();
}
