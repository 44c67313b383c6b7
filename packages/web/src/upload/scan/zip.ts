// The build without codecs, workers and WASM: only tables of contents are read by it, entries by ourselves.

import { SourceError } from '@symbolon/client';
import { BlobReader, ZipReader } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { type Source, unreadable } from './source.ts';
import { ZipEntrySource } from './zip-entry.ts';

/**
 * What one archive may ask of us. Units: bytes. The ratio is counted over the whole archive: single slices of air
 * compress a thousandfold, whole studies never two hundredfold; entries that share one body (zip bombs) do.
 */
export type ZipLimits = {
  readonly entries: number;
  readonly entryBytes: number;
  readonly bytes: number;
  readonly ratio: number;
  /** Small archives may be as thin as they like. */
  readonly ratioFromBytes: number;
};
export const zipLimits: ZipLimits = {
  entries: 200_000,
  entryBytes: 16 * 2 ** 30,
  bytes: 2 ** 40,
  ratio: 200,
  ratioFromBytes: 2 ** 28,
};

export type ZipItem = Source | { readonly path: string; readonly error: SourceError };

const stored = 0;
const deflated = 8;

/**
 * Lists the files in a zip by random access. Their names are labels and nothing else.
 *
 * @throws SourceError ZIP_BROKEN, ZIP_LIMIT, FILE_UNREADABLE  the archive as a whole
 */
export async function zipItems(path: string, archive: Blob, limits: ZipLimits = zipLimits): Promise<ZipItem[]> {
  const items: ZipItem[] = [];
  const seen = new Map<string, number>();
  let bytes = 0;
  try {
    const zip = new ZipReader(new BlobReader(archive), { filenameValidation: 'tolerant', strictness: 'tolerant' });
    for await (const entry of zip.getEntriesGenerator()) {
      if (entry.directory) continue;
      const times = (seen.get(entry.filename) ?? 0) + 1;
      seen.set(entry.filename, times);
      // A zip may hold one name twice; each needs a label of its own.
      items.push(itemOf(`${path}!/${entry.filename}${times > 1 ? `#${times}` : ''}`, archive, entry));
      bytes += entry.uncompressedSize;
      if (entry.uncompressedSize > limits.entryBytes || bytes > limits.bytes || items.length > limits.entries) {
        throw new SourceError('ZIP_LIMIT', 'the zip archive holds more than is taken from one; unpack it first');
      }
    }
  } catch (error) {
    if (error instanceof DOMException) throw unreadable(error);
    if (error instanceof SourceError) throw error;
    throw new SourceError('ZIP_BROKEN', 'the zip archive is damaged', { cause: error });
  }
  if (bytes > limits.ratioFromBytes && bytes / archive.size > limits.ratio) {
    throw new SourceError('ZIP_LIMIT', `the zip archive would unpack to more than ${limits.ratio} times its size`);
  }
  return items;
}

type Listed = {
  readonly encrypted: boolean;
  readonly compressionMethod: number;
  readonly offset: number;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly signature?: number;
};

function itemOf(path: string, archive: Blob, entry: Listed): ZipItem {
  const { encrypted, compressionMethod, offset, compressedSize, uncompressedSize, signature } = entry;
  if (encrypted) {
    const message = 'it is encrypted within the zip archive; unpack it and choose the folder';
    return { path, error: new SourceError('ZIP_ENTRY_ENCRYPTED', message) };
  }
  if (compressionMethod !== stored && compressionMethod !== deflated) {
    const message = 'it is packed by a method that is not supported; unpack it and choose the folder';
    return { path, error: new SourceError('ZIP_ENTRY_UNSUPPORTED', message) };
  }
  const place = { offset, compressedSize, uncompressedSize, crc32: signature ?? 0 };
  return new ZipEntrySource(path, archive, { ...place, stored: compressionMethod === stored });
}
