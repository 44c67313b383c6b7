import { promisify } from 'node:util';
import { zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { openRange, openWhole, VaultError } from '@symbolon/vault';
import { type KeyChains, nodePrimitives } from '../keys/index.ts';
import { BlobError, type BlobStore } from '../platform/blobs/blob-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { type Manifest, type ManifestInstance, PacksError } from './manifest.ts';
import { type PackPlace, packKey } from './pack-keys.ts';

/** A pack's row, as reading needs it. */
export type PackRow = PackPlace & {
  readonly manifest: Uint8Array;
  readonly identity: Uint8Array | null;
  readonly identitySealedBytes: number;
  readonly imageSealedBytes: number;
  readonly version: number;
};

export type Stores = { readonly identityBlobs: BlobStore; readonly imageBlobs: BlobStore };

const maxManifestBytes = 256 * 1024 * 1024;
const inflate = promisify(zstdDecompress);

async function damagedBecause<T>(packId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const readable =
      cause instanceof VaultError ||
      cause instanceof BlobError ||
      (cause as { code?: string }).code?.startsWith('ZSTD');
    if (!readable) throw cause;
    throw new PacksError('PACK_DAMAGED', `pack ${packId} does not open: ${(cause as { code: string }).code}`, {
      cause,
    });
  }
}

/** Opens packs, and keeps a bounded number of opened manifests and identity halves in memory. */
export class PackReader {
  readonly #chains: KeyChains;
  readonly #stores: Stores;
  readonly #manifests = new BoundedCache<Manifest>(32 * 1024 * 1024);
  /** Holds the largest pack's: read instance by instance, a series would else be opened whole for each. */
  readonly #identities = new BoundedCache<Uint8Array>(64 * 1024 * 1024);

  constructor(chains: KeyChains, stores: Stores) {
    this.#chains = chains;
    this.#stores = stores;
  }

  async manifest(row: PackRow): Promise<Manifest> {
    const known = this.#manifests.get(row.packId);
    if (known) return known;
    if (row.version !== 1)
      throw new PacksError('PACK_VERSION_UNKNOWN', `pack ${row.packId} has version ${row.version}`);
    const plain = await damagedBecause(row.packId, async () => {
      const packed = await openWhole(nodePrimitives, await packKey(this.#chains, row, 'manifest'), row.manifest);
      return zstdDecompressSync(packed, { maxOutputLength: maxManifestBytes });
    });
    const manifest = JSON.parse(plain.toString('utf8')) as Manifest;
    if (manifest.version !== 1)
      throw new PacksError('PACK_VERSION_UNKNOWN', `the manifest of pack ${row.packId} has another version`);
    // An object graph takes some times its JSON's length.
    this.#manifests.set(row.packId, manifest, plain.length * 3);
    return manifest;
  }

  /** The identity halves of the whole pack, one after another. */
  async identityHalves(row: PackRow): Promise<Uint8Array> {
    const known = this.#identities.get(row.packId);
    if (known) return known;
    const manifest = await this.manifest(row);
    const plain = await damagedBecause(row.packId, async () => {
      const sealed = row.identity ?? (await this.#stores.identityBlobs.read(row.packId, 0, row.identitySealedBytes));
      const packed = await openWhole(nodePrimitives, await packKey(this.#chains, row, 'identity'), sealed);
      return inflate(packed, { maxOutputLength: Math.max(1, manifest.identityBytes) });
    });
    if (plain.length !== manifest.identityBytes)
      throw new PacksError('PACK_DAMAGED', `pack ${row.packId}: its identity half has another length`);
    this.#identities.set(row.packId, plain, plain.length);
    return plain;
  }

  async identityHalf(row: PackRow, instance: ManifestInstance): Promise<Uint8Array> {
    const halves = await this.identityHalves(row);
    return halves.subarray(instance.identityAt, instance.identityAt + instance.identityBytes);
  }

  /** The image half of one instance, in pieces; only the segments that hold it are read and opened. */
  async *imageHalf(row: PackRow, instance: ManifestInstance): AsyncGenerator<Uint8Array> {
    if (instance.imageBytes === 0) return;
    const source = {
      sealedBytes: row.imageSealedBytes,
      read: (start: number, end: number) => this.#stores.imageBlobs.read(row.packId, start, end),
    };
    const end = instance.imageAt + instance.imageBytes;
    try {
      yield* openRange(nodePrimitives, await packKey(this.#chains, row, 'image'), source, instance.imageAt, end);
    } catch (cause) {
      await damagedBecause(row.packId, () => Promise.reject(cause));
    }
  }
}
