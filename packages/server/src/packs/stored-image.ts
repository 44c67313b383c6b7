import { createHash } from 'node:crypto';
import { context, type StreamKey, StreamSealer, sealedSize, unwrapKey, VaultError, wrapKey } from '@symbolon/vault';
import { derive, type KeyChains, nodePrimitives } from '../keys/index.ts';
import type { BlobStore } from '../platform/blobs/blob-store.ts';
import { PiecePipe } from '../platform/blobs/piece-pipe.ts';
import { chunkedVersion } from './chunks.ts';
import { PacksError } from './manifest.ts';
import { type PackPlace, packKey, packVersion } from './pack-keys.ts';

/**
 * An image half that was sealed and written while it arrived, before anybody knew in which study it belongs: under a
 * random key of its own, which the pack keeps wrapped. Units: bytes.
 */
export type StoredImage = { readonly packId: string; readonly key: Uint8Array; readonly sealedBytes: number };

/** Packs whose image half has a key of its own. */
export const ownKeyVersion = 2;

function ownStreamKey(accountId: string, packId: string, key: Uint8Array): StreamKey {
  return {
    key,
    keyId: createHash('sha256').update(`image/pack/${packId}`).digest().subarray(0, 16),
    context: context('pack', 'image', accountId, packId, ownKeyVersion),
  };
}

/**
 * Seals and writes an image half of any length as its bytes come.
 *
 * Law   nothing has the object's name before `finish` returned, and nothing is left of it after `abort`.
 * Cost  memory: one segment, what waits in the pipe, and what the store writes at once. `push` waits where the store is slower than the
 *       sender.
 */
export class ImageWriter {
  readonly #packId: string;
  readonly #key: Uint8Array;
  readonly #sealer: StreamSealer;
  readonly #pipe = new PiecePipe();
  readonly #written: Promise<void>;
  #plainBytes = 0;

  private constructor(blobs: Pick<BlobStore, 'put'>, packId: string, key: Uint8Array, sealer: StreamSealer) {
    this.#packId = packId;
    this.#key = key;
    this.#sealer = sealer;
    this.#written = blobs.put(packId, this.#pipe);
    // What goes wrong is told by the write that fails, and by `finish`.
    this.#written.catch(() => this.#pipe.close());
  }

  static async start(blobs: Pick<BlobStore, 'put'>, accountId: string, packId: string): Promise<ImageWriter> {
    const key = nodePrimitives.random(32);
    return ImageWriter.#start(blobs, packId, ownStreamKey(accountId, packId, key));
  }

  /** For a pack whose place is known: under the key that follows from its study's. */
  static async ofPack(
    chains: KeyChains,
    blobs: Pick<BlobStore, 'put'>,
    place: PackPlace,
    version: number,
  ): Promise<ImageWriter> {
    return ImageWriter.#start(blobs, place.packId, await packKey(chains, place, 'image', version));
  }

  static async #start(blobs: Pick<BlobStore, 'put'>, packId: string, key: StreamKey): Promise<ImageWriter> {
    const sealer = await StreamSealer.create(nodePrimitives, key);
    const writer = new ImageWriter(blobs, packId, key.key, sealer);
    await writer.#write([sealer.header]);
    return writer;
  }

  /** `plain` may be reused once the promise is fulfilled. @throws BlobError */
  async push(plain: Uint8Array): Promise<void> {
    this.#plainBytes += plain.length;
    await this.#write(await this.#sealer.push(plain));
  }

  /** Returns when the object is durable. @throws BlobError */
  async finish(): Promise<StoredImage> {
    await this.#write(await this.#sealer.finish());
    this.#pipe.end();
    await this.#written;
    return { packId: this.#packId, key: this.#key, sealedBytes: sealedSize(this.#plainBytes) };
  }

  async abort(): Promise<void> {
    this.#pipe.fail(new Error('the image half is not wanted any more'));
    await this.#written.catch(() => {});
  }

  async #write(pieces: readonly Uint8Array[]): Promise<void> {
    try {
      await this.#pipe.write(pieces);
    } catch (error) {
      // The store's own error says more than that its end of the pipe was closed.
      await this.#written;
      throw error;
    }
  }
}

function wrapContext(place: PackPlace): Uint8Array {
  const { accountId, studyId, seriesId, packId } = place;
  return context('wrap', 'image', 'pack', accountId, studyId, seriesId, packId, ownKeyVersion);
}

async function wrappingKey(chains: KeyChains, place: PackPlace): Promise<Uint8Array> {
  return derive(await chains.pack('image', place, place.seriesId, place.packId), 'image-key');
}

/** The key of a stored image half as its pack keeps it: it opens in its place only. */
export async function wrapImageKey(chains: KeyChains, place: PackPlace, key: Uint8Array): Promise<Uint8Array> {
  return wrapKey(nodePrimitives, await wrappingKey(chains, place), key, wrapContext(place));
}

/** The versions of packs that are known. */
export const isKnownVersion = (version: number): boolean =>
  version === packVersion || version === ownKeyVersion || version === chunkedVersion;

/**
 * The key that opens a pack's image half: its own, or the one that follows from the study's. The version says which, and not
 * whether there is a wrapped key: that stands in the row, where somebody could have put or removed it.
 *
 * @throws PacksError PACK_VERSION_UNKNOWN
 * @throws PacksError PACK_DAMAGED  a key of its own is missing, is there in another version than 2, or does not unwrap
 */
export async function imageKey(
  chains: KeyChains,
  place: PackPlace & { readonly version: number; readonly imageKey: Uint8Array | null },
): Promise<StreamKey> {
  const { version, packId, imageKey: wrapped } = place;
  if (!isKnownVersion(version)) throw new PacksError('PACK_VERSION_UNKNOWN', `pack ${packId} has version ${version}`);
  if ((version === ownKeyVersion) !== (wrapped !== null))
    throw new PacksError('PACK_DAMAGED', `pack ${packId} has an image key that its version does not, or has none`);
  if (wrapped === null) return packKey(chains, place, 'image', version);
  const wrapping = await wrappingKey(chains, place);
  try {
    const key = await unwrapKey(nodePrimitives, wrapping, wrapped, wrapContext(place));
    return ownStreamKey(place.accountId, packId, key);
  } catch (cause) {
    if (!(cause instanceof VaultError)) throw cause;
    throw new PacksError('PACK_DAMAGED', `pack ${packId}: its image key does not open: ${cause.code}`, { cause });
  }
}

/** Opens what was stored before it is in a pack. */
export function storedImageKey(accountId: string, { packId, key }: StoredImage): StreamKey {
  return ownStreamKey(accountId, packId, key);
}
