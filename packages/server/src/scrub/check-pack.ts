import type { ScrubFinding } from '@symbolon/contract';
import { VaultError } from '@symbolon/vault';
import { type KeyChains, KeysError } from '../keys/index.ts';
import { joinHalves, type Manifest, PackReader, PacksError, type Stores, tokensOfPack } from '../packs/index.ts';
import { BlobError, isDamage, type ListedBlobStore } from '../platform/blobs/blob-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Database } from '../platform/db/database.ts';
import { type SearchTokens, StudyCells } from '../studies/index.ts';
import { type ScrubPack, somePacksApart } from './scrub.store.ts';

/** What is wrong with a pack, and where: the first thing that was found. */
export type Damage = Pick<ScrubFinding, 'part' | 'code'>;

export type CheckDeps = {
  readonly database: Database;
  /** That hold no key from before the check: one that is lost since would still open what it opened. */
  readonly chains: KeyChains;
  readonly stores: Stores & { readonly imageBlobs: ListedBlobStore; readonly identityBlobs: ListedBlobStore };
  readonly tokensOf: (accountId: string) => Promise<SearchTokens>;
  /** Is told of each piece that was read, and may wait: units: bytes. */
  readonly paced: (bytes: number) => Promise<void>;
};

/** Keys of one pack's own chain that are not there, or do not open. Everything else is trouble with the keys as a whole. */
const lostKeys: readonly string[] = ['KEY_MISSING', 'KEY_DESTROYED', 'KEY_CONTEXT_MISSING'];

/** What this process is short of says nothing of an object: too many files are open, or there is no memory. */
const shortages: readonly string[] = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ERR_MEMORY_ALLOCATION_FAILED'];

/**
 * Reads all of a pack again, past every cache, and compares it with what was sent and with what its rows say.
 *
 * Law   a bit that was changed in a row's sealed columns, in a wrap that leads to them or in an object is found; so are
 *       tokens, counts and lengths that are not the manifest's.
 * Cost  each byte of both halves read, opened and hashed once; memory for an identity half and some segments.
 *
 * @throws BlobError KeysError  the store or the keys are away: nothing is known of the pack
 */
export async function checkPack(deps: CheckDeps, pack: ScrubPack): Promise<Damage | undefined> {
  const opened = { manifests: new BoundedCache<Manifest>(2 ** 30), identities: new BoundedCache<Uint8Array>(2 ** 30) };
  const reader = new PackReader(deps.chains, deps.stores, deps.database, opened);
  let part: Damage['part'] = 'cells';
  try {
    await openCells(deps.chains, pack);
    part = 'manifest';
    const manifest = await reader.manifest(pack);
    if (!(await fits(await deps.tokensOf(pack.accountId), pack, manifest)))
      return { part: 'index', code: 'NOT_AS_SEALED' };
    part = 'identity';
    await reader.identityHalves([pack]);
    await deps.paced(manifest.identityBytes);
    if (pack.identityInRowBytes === null) {
      const wrong = await lengthOf(deps.stores.identityBlobs, pack.packId, pack.identitySealedBytes);
      if (wrong !== undefined) return { part, code: wrong };
    }
    part = 'image';
    if (pack.imageSealedBytes > 0) {
      const wrong = await lengthOf(deps.stores.imageBlobs, pack.packId, pack.imageSealedBytes);
      if (wrong !== undefined) return { part, code: wrong };
    }
    for (const instance of manifest.instances) {
      for await (const piece of joinHalves(reader, pack, instance, true)) await deps.paced(piece.length);
    }
    return undefined;
  } catch (error) {
    return damageOf(deps, pack, part, error);
  }
}

/** What is wrong with the length of an object; undefined where it is as its row says. */
async function lengthOf(blobs: ListedBlobStore, packId: string, sealedBytes: number): Promise<string | undefined> {
  // Asked for a byte first: of a bucket that is gone, the facts say the same as of an object that is.
  await blobs.read(packId, 0, 1);
  const { bytes } = await blobs.facts(packId);
  if (bytes === sealedBytes) return undefined;
  return bytes < sealedBytes ? 'BLOB_CUT_SHORT' : 'BLOB_TOO_LONG';
}

async function openCells(chains: KeyChains, pack: ScrubPack): Promise<void> {
  const cells = new StudyCells(chains);
  await cells.openPatient(pack.accountId, pack.patientId, pack.patientCell);
  const place = { ...pack, keyId: pack.cellsKeyId };
  await cells.openStudy(place, pack.studyCell);
  await cells.openSeries(place, pack.seriesId, pack.seriesCell);
}

async function fits(tokens: SearchTokens, pack: ScrubPack, { instances }: Manifest): Promise<boolean> {
  const held = new Set(pack.tokens);
  // While its account is indexed anew a pack has the tokens of one generation, of the other, or of both.
  const complete = tokens.generations.some((generation) =>
    tokensOfPack(tokens.only(generation), instances).every((token) => held.has(token)),
  );
  const known = new Set(
    instances.flatMap(({ sopInstanceUid, sha256 }) => [
      ...tokens.ever('sopUid', sopInstanceUid),
      ...tokens.ever('sha256', sha256),
    ]),
  );
  return (
    instances.length === pack.instanceCount &&
    instances.reduce((sum, { bytes }) => sum + bytes, 0) === pack.bytes &&
    (pack.identityInRowBytes ?? pack.identitySealedBytes) === pack.identitySealedBytes &&
    complete &&
    [...held].every((token) => known.has(token))
  );
}

async function damageOf(deps: CheckDeps, pack: ScrubPack, part: Damage['part'], error: unknown): Promise<Damage> {
  if (error instanceof PacksError) {
    const cause = (error.cause as { code?: unknown } | undefined)?.code;
    return { part, code: typeof cause === 'string' ? cause : error.code };
  }
  if (error instanceof VaultError || isDamage(error)) return { part, code: (error as { code: string }).code };
  if (error instanceof KeysError && lostKeys.includes(error.code)) return { part: 'keys', code: error.code };
  if (error instanceof BlobError && error.code === 'BLOB_READ_FAILED') {
    const { code } = Object(error.cause) as { code?: string };
    if (!shortages.includes(code ?? '') && (await stands(deps, pack, part))) return { part, code: error.code };
  }
  throw error;
}

/**
 * Whether a store that does not read an object is there all the same: then it has lost the object, and what comes behind it is
 * looked at, too. It tells the object's length, or that of another one somewhere else in it.
 */
async function stands({ database, stores }: CheckDeps, pack: ScrubPack, part: Damage['part']): Promise<boolean> {
  const half = part === 'identity' ? 'identity' : 'image';
  const blobs = half === 'identity' ? stores.identityBlobs : stores.imageBlobs;
  const told = (packId: string): Promise<boolean> =>
    blobs.facts(packId).then(
      () => true,
      () => false,
    );
  if (await told(pack.packId)) return true;
  for (const packId of await somePacksApart(database, half)) if (await told(packId)) return true;
  return false;
}
