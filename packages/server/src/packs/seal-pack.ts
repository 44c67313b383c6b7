import { zstdCompressSync } from 'node:zlib';
import type { Cut } from '@symbolon/dicom';
import { sealWhole } from '@symbolon/vault';
import { type KeyChains, nodePrimitives } from '../keys/index.ts';
import { type CompressedImage, chunkedVersion, storedBytesOf } from './chunks.ts';
import type { Attributes, Manifest, ManifestInstance } from './manifest.ts';
import { type PackPlace, packContext, packKey, packVersion } from './pack-keys.ts';
import { ownKeyVersion, type StoredImage, wrapImageKey } from './stored-image.ts';

/** An instance that waits to be packed: its halves, still views into the bytes that came in. */
export type PackableInstance = {
  readonly sopInstanceUid: string;
  readonly transferSyntax: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly halves: Halves;
  readonly attributes: Attributes;
  /** The image half where it was written already; then `halves.image` is empty. */
  readonly storedImage?: StoredImage | undefined;
  /** How the image half was compressed, where it was written so. */
  readonly compressed?: CompressedImage | undefined;
};

/** The two halves of a file; `image` are views into what came in. Units: bytes. */
export type Halves = {
  readonly identity: Uint8Array;
  readonly image: readonly Uint8Array[];
  readonly cuts: readonly Cut[];
  readonly imageBytes: number;
};

export type SealedPack = {
  readonly version: number;
  readonly imageKey: Uint8Array | null;
  readonly manifest: Uint8Array;
  readonly identity: readonly Uint8Array[];
  readonly identitySealedBytes: number;
  readonly image: readonly Uint8Array[];
  readonly imageSealedBytes: number;
};

const sum = (pieces: readonly Uint8Array[]): number => pieces.reduce((bytes, piece) => bytes + piece.length, 0);

function manifestOf(instances: readonly PackableInstance[], version: number): Manifest {
  let identityAt = 0;
  let imageAt = 0;
  let imageTotal = 0;
  const rows: ManifestInstance[] = [];
  // Named one by one: whoever hands in an object with more to it must not get that sealed along.
  for (const { halves, sopInstanceUid, transferSyntax, sha256, bytes, attributes, compressed } of instances) {
    const { imageBytes, cuts } = halves;
    const identityBytes = halves.identity.length;
    const from = { identityAt, identityBytes, imageAt, imageBytes, cuts, ...(compressed && { compressed }) };
    rows.push({ sopInstanceUid, transferSyntax, sha256, bytes, ...from, attributes });
    identityAt += identityBytes;
    imageAt += storedBytesOf({ imageBytes, compressed });
    imageTotal += imageBytes;
  }
  return {
    version: version === chunkedVersion ? 2 : 1,
    identityBytes: identityAt,
    imageBytes: imageTotal,
    instances: rows,
  };
}

/**
 * Seals the instances of one pack: identity halves compressed together, image halves one after another as they came.
 * A pack without any pixel data has an image half of no bytes, and no object. An image half that is stored already is
 * the only one of its pack. `written`: the image halves lie sealed under the pack's own key already, for a pack of that
 * version; then `halves.image` are empty.
 */
export async function sealPack(
  chains: KeyChains,
  place: PackPlace,
  instances: readonly PackableInstance[],
  written?: { readonly version: number; readonly sealedBytes: number },
): Promise<SealedPack> {
  const stored = instances.find(({ storedImage }) => storedImage)?.storedImage;
  const version = stored ? ownKeyVersion : (written?.version ?? packVersion);
  const manifest = manifestOf(instances, version);
  const identityPlain = Buffer.concat(instances.map((instance) => instance.halves.identity));
  const imagePlain = instances.flatMap((instance) => instance.halves.image);
  const manifestKey = await packKey(chains, place, 'manifest', version);
  const identityKey = { ...manifestKey, context: packContext(place, 'identity', version) };
  const manifestPlain = zstdCompressSync(Buffer.from(JSON.stringify(manifest)));
  const sealedManifest = await sealWhole(nodePrimitives, manifestKey, [manifestPlain]);
  const identity = await sealWhole(nodePrimitives, identityKey, [zstdCompressSync(identityPlain)]);
  const image =
    manifest.imageBytes === 0 || stored || written
      ? []
      : await sealWhole(nodePrimitives, await packKey(chains, place, 'image', version), imagePlain);
  return {
    version,
    imageKey: stored ? await wrapImageKey(chains, place, stored.key) : null,
    manifest: Buffer.concat(sealedManifest),
    identity,
    identitySealedBytes: sum(identity),
    image,
    imageSealedBytes: (stored ?? written)?.sealedBytes ?? sum(image),
  };
}
