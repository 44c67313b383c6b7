import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { context, openRange, plainSize, type StreamKey, StreamSealer, VaultError } from '@symbolon/vault';
import { backupKeyName, type KeyService, KeysError, nodePrimitives } from '../keys/index.ts';
import { BlobError, isDamage, type ListedBlobStore } from '../platform/blobs/blob-store.ts';
import { BackupError } from './errors.ts';

const magic = Buffer.from([0x8f, ...Buffer.from('SYMBACK')]);
const version = 1;
const fixedBytes = 16;
/** A wrap has 65 bytes; a head that claims much more is none. */
const longestWrap = 1024;

/** What a sealed object is, as its head says: a manifest is never taken for rows. */
export const kinds = { manifest: 1, rows: 2, keys: 3, names: 4 } as const;
export type Kind = keyof typeof kinds;

export type KeyWraps = Pick<KeyService, 'wrap' | 'unwrap'>;
type Place = Pick<ListedBlobStore, 'put' | 'read' | 'facts'>;
/** An object of a backup: where it lies and how long it is, sealed. */
export type Written = { readonly object: string; readonly bytes: number };

const wrapContext = (name: string): Uint8Array => context('wrap', 'exchange', 'backup', name);

function streamKey(head: Uint8Array, name: string, key: Uint8Array): StreamKey {
  const keyId = createHash('sha256').update(head).digest().subarray(0, 16);
  return { key, keyId, context: context('backup', head, name) };
}

/**
 * Writes bytes under a key of their own, compressed and sealed; the key stands in the head, wrapped by the key service.
 * Format: docs/formats/backup.md.
 */
export async function writeObject(
  keys: KeyWraps,
  place: Place,
  name: string,
  kind: Kind,
  plain: AsyncIterable<Uint8Array>,
): Promise<Written> {
  const key = nodePrimitives.random(32);
  const wrap = await keys.wrap(backupKeyName, key, wrapContext(name));
  const head = Buffer.alloc(fixedBytes + wrap.length);
  magic.copy(head);
  head.writeUInt8(version, 8);
  head.writeUInt8(kinds[kind], 9);
  head.writeUInt16BE(wrap.length, 10);
  head.set(wrap, fixedBytes);
  let bytes = 0;
  async function* sealed(): AsyncGenerator<Uint8Array> {
    const sealer = await StreamSealer.create(nodePrimitives, streamKey(head, name, key));
    const count = (some: readonly Uint8Array[]): readonly Uint8Array[] => {
      for (const { length } of some) bytes += length;
      return some;
    };
    yield* count([head, sealer.header]);
    for await (const piece of through(plain, createZstdCompress())) yield* count(await sealer.push(piece));
    yield* count(await sealer.finish());
  }
  await place.put(name, sealed());
  return { object: name, bytes };
}

/**
 * The bytes that were written, from front to back.
 *
 * @throws BackupError BACKUP_DAMAGED          it is gone, cut short or changed, or is another object
 * @throws BackupError BACKUP_VERSION_UNKNOWN  a later version wrote it
 * @throws BackupError BACKUP_FOREIGN          these keys do not open it
 */
export async function* readObject(
  keys: KeyWraps,
  place: Place,
  { object: name, bytes }: { readonly object: string; readonly bytes?: number },
  kind: Kind,
): AsyncGenerator<Uint8Array> {
  const damaged = (why: string, cause?: unknown): BackupError =>
    new BackupError('BACKUP_DAMAGED', `object ${name} of the backup ${why}`, { cause });
  try {
    const { bytes: found } = await place.facts(name);
    if (bytes !== undefined && found !== bytes) throw damaged(`has ${found} bytes and not ${bytes}`);
    if (found < fixedBytes) throw damaged('is cut short');
    const fixed = Buffer.from(await place.read(name, 0, fixedBytes));
    if (!fixed.subarray(0, 8).equals(magic)) throw damaged('is none: its first bytes are others');
    if (fixed[8] !== version)
      throw new BackupError(
        'BACKUP_VERSION_UNKNOWN',
        `object ${name} was written by a later version of Symbolon (format ${fixed[8]}). Use that version, or a newer one.`,
      );
    const wrapBytes = fixed.readUInt16BE(10);
    if (fixed[9] !== kinds[kind] || wrapBytes > longestWrap || found < fixedBytes + wrapBytes)
      throw damaged('is another than it should be');
    const head = Buffer.from(await place.read(name, 0, fixedBytes + wrapBytes));
    const key = await keys
      .unwrap(backupKeyName, head.subarray(fixedBytes), wrapContext(name))
      .catch((cause: unknown) => {
        if (cause instanceof KeysError && cause.code === 'KEYS_UNAVAILABLE') throw cause;
        throw new BackupError(
          'BACKUP_FOREIGN',
          `these keys do not open object ${name}: it is of another exchange, or the keys are older than the first backup. Restore the keys that belong to it: symbolon keys restore --from FILE`,
          { cause },
        );
      });
    const sealedBytes = found - head.length;
    const source = {
      sealedBytes,
      read: (start: number, end: number) => place.read(name, head.length + start, head.length + end),
    };
    const sealed = openRange(nodePrimitives, streamKey(head, name, key), source, 0, plainSize(sealedBytes));
    yield* through(sealed, createZstdDecompress());
  } catch (error) {
    if (error instanceof VaultError) throw damaged(`does not open (${error.code})`, error);
    if (error instanceof BlobError && isDamage(error)) throw damaged('is missing or cut short', error);
    if ((error as { code?: string }).code?.startsWith('ZSTD')) throw damaged('does not unpack', error);
    throw error;
  }
}

/** What comes out of a stream of Node's, and the trouble of whatever feeds it. */
async function* through(
  plain: AsyncIterable<Uint8Array>,
  transform: ReturnType<typeof createZstdCompress>,
): AsyncGenerator<Uint8Array> {
  const feeding = pipeline(Readable.from(plain, { objectMode: false }), transform);
  feeding.catch(() => {});
  try {
    yield* transform as AsyncIterable<Uint8Array>;
  } catch (error) {
    // The same trouble, and not that of a stream that ended early.
    await feeding;
    throw error;
  }
  await feeding;
}
