import { promisify } from 'node:util';
import { zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { openWhole, type SealedSource, StreamOpener, streamHeaderBytes, VaultError } from '@symbolon/vault';
import { type KeyCache, type KeyChains, nodePrimitives } from '../keys/index.ts';
import { type BlobStore, isDamage } from '../platform/blobs/blob-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { chunkedVersion, storedBytesOf } from './chunks.ts';
import { type Manifest, type ManifestInstance, PacksError } from './manifest.ts';
import { sealedIdentities, sealedManifests } from './pack.store.ts';
import { type PackPlace, packKey } from './pack-keys.ts';
import { readChunks } from './read-chunks.ts';
import { imageKey, isKnownVersion } from './stored-image.ts';

/** A pack's row, as reading needs it; what is sealed is read by the pack's id, and only when it is not in memory. */
export type PackRow = PackPlace & {
  readonly identitySealedBytes: number;
  readonly imageSealedBytes: number;
  readonly version: number;
  /** The wrapped key of an image half that has one of its own. */
  readonly imageKey: Uint8Array | null;
};

export type Stores = { readonly identityBlobs: BlobStore; readonly imageBlobs: BlobStore };

const maxManifestBytes = 256 * 1024 * 1024;
/** Packs whose sealed parts one statement brings. */
const rowsPerRead = 32;
const inflate = promisify(zstdDecompress);

/** Also what zlib says of a frame that is cut short, or makes more than it may. */
const isOfZstd = (error: unknown): boolean =>
  /^(ZSTD|Z_BUF_ERROR$|ERR_BUFFER_TOO_LARGE$)/.test((error as { code?: string }).code ?? '');

async function damagedBecause<T>(packId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const readable = cause instanceof VaultError || isDamage(cause) || isOfZstd(cause);
    if (!readable) throw cause;
    throw new PacksError('PACK_DAMAGED', `pack ${packId} does not open: ${(cause as { code: string }).code}`, {
      cause,
    });
  }
}

/** Where the sealed parts of rows come from. */
export type SealedRows = {
  manifests(accountId: string, packIds: readonly string[]): Promise<Map<string, Uint8Array>>;
  identities(accountId: string, packIds: readonly string[]): Promise<Map<string, Uint8Array | null>>;
};

const rowsIn = (database: Database | Trx): SealedRows => ({
  manifests: (accountId, packIds) => sealedManifests(database, accountId, packIds),
  identities: (accountId, packIds) => sealedIdentities(database, accountId, packIds),
});

/** What is kept in memory, whoever reads. Without `images` the head of an image half is read and opened with each range of it. */
type Opened = {
  readonly manifests: BoundedCache<Manifest>;
  readonly identities: BoundedCache<Uint8Array>;
  /** What the head of an image half told, and where and under which keys it lay. */
  readonly images?: KeyCache<{ readonly opener: StreamOpener; readonly place: string }>;
};

/** Image halves whose heads are kept open: of a kilobyte each. A head costs a read and eight HMACs, a CT frame's own bytes one read. */
const openImages = 2_000;

/** All that binds the head of an image half to its row, but for the key of its own that a row may carry. */
const placeOf = ({ accountId, patientId, studyId, keyId, seriesId, version, imageKey: own }: PackRow): string =>
  [accountId, patientId, studyId, keyId, seriesId, version, own === null].join();

/**
 * Gives the memory of sealed bytes back now, and not when V8 next looks: of what is read a second copy would else lie there until
 * then. A reader of a store has bytes of its own; what is only a part of its memory is left alone.
 */
function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Opens packs, and keeps a bounded number of opened manifests and identity halves in memory. */
export class PackReader {
  readonly #chains: KeyChains;
  readonly #stores: Stores;
  readonly #rows: SealedRows;
  readonly #opened: Opened;

  constructor(chains: KeyChains, stores: Stores, rows: Database | Trx | SealedRows, opened?: Opened) {
    this.#chains = chains;
    this.#stores = stores;
    this.#rows = 'manifests' in rows ? rows : rowsIn(rows);
    this.#opened = opened ?? {
      manifests: new BoundedCache(32 * 1024 * 1024),
      // Holds the largest pack's: read instance by instance, a series would else be opened whole for each.
      identities: new BoundedCache(64 * 1024 * 1024),
      images: chains.besideKeys(openImages),
    };
  }

  /** The same reader inside a transaction: sees its rows, and needs no second connection while it holds one. */
  within(trx: Trx): PackReader {
    return new PackReader(this.#chains, this.#stores, trx, this.#opened);
  }

  /** Gives up what is open in memory of packs that were erased. */
  forget(packIds: Iterable<string>): void {
    for (const id of packIds) {
      this.#opened.manifests.delete(id);
      this.#opened.identities.delete(id);
      this.#opened.images?.delete(id);
    }
  }

  async manifest(row: PackRow): Promise<Manifest> {
    const [manifest] = await this.manifests([row]);
    return manifest as Manifest;
  }

  /** The manifests of packs of one account, in order; those not in memory come by a statement for many. */
  manifests(rows: readonly PackRow[]): Promise<Manifest[]> {
    return this.#each(rows, this.#opened.manifests, this.#rows.manifests, (row, sealed) =>
      this.#openManifest(row, sealed),
    );
  }

  /** The identity halves of whole packs of one account, each pack's one after another. */
  identityHalves(rows: readonly PackRow[]): Promise<Uint8Array[]> {
    return this.#each(rows, this.#opened.identities, this.#rows.identities, (row, sealed) =>
      this.#openIdentity(row, sealed),
    );
  }

  async identityHalf(row: PackRow, instance: ManifestInstance): Promise<Uint8Array> {
    const [halves] = await this.identityHalves([row]);
    return (halves as Uint8Array).subarray(instance.identityAt, instance.identityAt + instance.identityBytes);
  }

  /** The image half of one instance as it was sent, in pieces; only the segments that hold it are read and opened. */
  imageHalf(row: PackRow, instance: ManifestInstance): AsyncGenerator<Uint8Array> {
    return this.imageRange(row, instance, 0, instance.imageBytes);
  }

  /** A range of one instance's image half, in pieces, end exclusive; only the segments that hold it are read and opened. */
  async *imageRange(row: PackRow, instance: ManifestInstance, start: number, end: number): AsyncGenerator<Uint8Array> {
    if (start < 0 || end > instance.imageBytes || start > end)
      throw new RangeError('the range is not within the image half');
    if (start === end) return;
    const { imageAt } = instance;
    if (row.version !== chunkedVersion || !instance.compressed)
      return yield* this.#stored(row, imageAt + start, imageAt + end);
    yield* readChunks(row.packId, instance, (from, to) => this.#stored(row, from, to), start, end);
  }

  /** What is stored of one instance's image half, in pieces: its chunks, or the half itself where it is not compressed. */
  storedImage(row: PackRow, instance: ManifestInstance): AsyncGenerator<Uint8Array> {
    return this.#stored(row, instance.imageAt, instance.imageAt + storedBytesOf(instance));
  }

  /** A range of the pack's image halves as they are stored. */
  async *#stored(row: PackRow, start: number, end: number): AsyncGenerator<Uint8Array> {
    const source = {
      sealedBytes: row.imageSealedBytes,
      read: (from: number, to: number) => this.#stores.imageBlobs.read(row.packId, from, to),
      release: free,
    };
    try {
      const opener = await this.#imageOpener(row, source);
      yield* opener.range(source, start, end);
    } catch (cause) {
      await damagedBecause(row.packId, () => Promise.reject(cause));
    }
  }

  async #imageOpener(row: PackRow, source: SealedSource): Promise<StreamOpener> {
    const place = placeOf(row);
    const known = this.#opened.images?.get(row.packId);
    if (known?.place === place) {
      // As long as its key is at hand, and no longer.
      await this.#chains.study('image', row);
      return known.opener;
    }
    const key = await imageKey(this.#chains, row);
    const head = await source.read(0, Math.min(streamHeaderBytes, source.sealedBytes));
    const opener = await StreamOpener.create(nodePrimitives, key, head);
    this.#opened.images?.set(row.packId, { opener, place });
    return opener;
  }

  /** Out of the cache, or sealed out of the database and opened; in the order of `rows`. */
  async #each<Sealed, Plain>(
    rows: readonly PackRow[],
    cache: BoundedCache<Plain>,
    read: (accountId: string, packIds: readonly string[]) => Promise<Map<string, Sealed>>,
    open: (row: PackRow, sealed: Sealed) => Promise<Plain>,
  ): Promise<Plain[]> {
    const plain: (Plain | undefined)[] = rows.map(({ packId }) => cache.get(packId));
    await this.#mustHaveKeys(rows.filter((_, at) => plain[at] !== undefined));
    const missing = rows.flatMap((row, at) => (plain[at] === undefined ? [{ row, at }] : []));
    for (let first = 0; first < missing.length; first += rowsPerRead) {
      const part = missing.slice(first, first + rowsPerRead);
      for (const { row } of part) {
        if (!isKnownVersion(row.version))
          throw new PacksError('PACK_VERSION_UNKNOWN', `pack ${row.packId} has version ${row.version}`);
      }
      const { accountId } = (part[0] as { row: PackRow }).row;
      const sealed = await read(
        accountId,
        part.map(({ row }) => row.packId),
      );
      for (const { row, at } of part) {
        const found = sealed.get(row.packId);
        if (found === undefined) throw new PacksError('PACK_DAMAGED', `pack ${row.packId} is no longer there`);
        plain[at] = await open(row, found);
      }
    }
    return plain as Plain[];
  }

  /** What is open in memory is given out for no longer than its key is at hand: as with what is opened now. */
  async #mustHaveKeys(rows: readonly PackRow[]): Promise<void> {
    for (const row of new Map(rows.map((one) => [one.studyId, one])).values())
      await this.#chains.study('identity', row);
  }

  async #openManifest(row: PackRow, sealed: Uint8Array): Promise<Manifest> {
    const plain = await damagedBecause(row.packId, async () => {
      const packed = await openWhole(nodePrimitives, await packKey(this.#chains, row, 'manifest', row.version), sealed);
      return zstdDecompressSync(packed, { maxOutputLength: maxManifestBytes });
    });
    const manifest = JSON.parse(plain.toString('utf8')) as Manifest;
    if (manifest.version !== (row.version === chunkedVersion ? 2 : 1))
      throw new PacksError('PACK_VERSION_UNKNOWN', `the manifest of pack ${row.packId} has another version`);
    // An object graph takes some times its JSON's length.
    this.#opened.manifests.set(row.packId, manifest, plain.length * 3);
    return manifest;
  }

  async #openIdentity(row: PackRow, inRow: Uint8Array | null): Promise<Uint8Array> {
    const manifest = await this.manifest(row);
    const plain = await damagedBecause(row.packId, async () => {
      const sealed = inRow ?? (await this.#stores.identityBlobs.read(row.packId, 0, row.identitySealedBytes));
      const packed = await openWhole(nodePrimitives, await packKey(this.#chains, row, 'identity', row.version), sealed);
      return inflate(packed, { maxOutputLength: Math.max(1, manifest.identityBytes) });
    });
    if (plain.length !== manifest.identityBytes)
      throw new PacksError('PACK_DAMAGED', `pack ${row.packId}: its identity half has another length`);
    this.#opened.identities.set(row.packId, plain, plain.length);
    return plain;
  }
}
