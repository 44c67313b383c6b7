import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { SourceError } from '@symbolon/client';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { systemCode } from '../errors.ts';
import { exactly, gather, readPlain, type Source } from './source.ts';

/**
 * What one archive may ask of us. Units: bytes. The ratio is counted over the whole archive: single slices of air
 * compress a thousandfold, whole studies never two hundredfold; entries that share one body (zip bombs) do.
 */
export type ZipLimits = {
  readonly entries: number;
  readonly entryBytes: number;
  readonly bytes: number;
  readonly ratio: number;
};
export const zipLimits: ZipLimits = { entries: 200_000, entryBytes: 16 * 2 ** 30, bytes: 2 ** 40, ratio: 200 };
const ratioFromBytes = 2 ** 28;

/** The part of an entry that reading needs; yauzl's own is a kilobyte each. */
type Place = Pick<
  Entry,
  'relativeOffsetOfLocalHeader' | 'compressedSize' | 'uncompressedSize' | 'crc32' | 'compressionMethod'
>;

export type ZipItem = Source | { readonly label: string; readonly error: SourceError };

/** "PK": a local header, or the end of an empty archive. */
export async function looksLikeZip(path: Buffer): Promise<boolean> {
  for await (const head of readPlain(path)) {
    const dicom = head.length > 131 && String.fromCharCode(...head.subarray(128, 132)) === 'DICM';
    return (
      !dicom &&
      head[0] === 0x50 &&
      head[1] === 0x4b &&
      ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))
    );
  }
  return false;
}

function broken(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  if (systemCode(error).startsWith('E'))
    return new SourceError('FILE_UNREADABLE', `it cannot be read (${systemCode(error)})`);
  return new SourceError('ZIP_BROKEN', 'the zip archive is damaged', { cause: error });
}

/**
 * Lists the files in a zip. Their names are labels and nothing else: no path is ever made of one.
 *
 * @throws SourceError ZIP_BROKEN, ZIP_LIMIT  the archive as a whole
 */
export async function zipSources(label: string, path: Buffer, limits: ZipLimits = zipLimits): Promise<ZipItem[]> {
  const items: ZipItem[] = [];
  const seen = new Map<string, number>();
  let zip: ZipFile | undefined;
  let bytes = 0;
  try {
    // yauzl hands a Buffer on to fs, which takes it; its types know strings only.
    zip = await openPromise(path as unknown as string, { autoClose: false, decodeStrings: false });
    if (zip.entryCount > limits.entries)
      throw new SourceError('ZIP_LIMIT', `the zip archive has more than ${limits.entries} entries`);
    for await (const entry of zip.eachEntry()) {
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (name.endsWith('/')) continue;
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      // A zip may hold one name twice; each needs a label of its own.
      items.push(itemOf(`${label}!/${name}${times > 1 ? `#${times}` : ''}`, path, entry));
      bytes += entry.uncompressedSize;
      if (entry.uncompressedSize > limits.entryBytes || bytes > limits.bytes || items.length > limits.entries) {
        throw new SourceError(
          'ZIP_LIMIT',
          'the zip archive holds more than is taken from one; unpack it and send the folder',
        );
      }
    }
    if (bytes > ratioFromBytes && bytes / zip.fileSize > limits.ratio) {
      throw new SourceError('ZIP_LIMIT', `the zip archive would unpack to more than ${limits.ratio} times its size`);
    }
    return items;
  } catch (error) {
    throw broken(error);
  } finally {
    zip?.close();
  }
}

function itemOf(label: string, path: Buffer, entry: Entry): ZipItem {
  if (entry.isEncrypted()) {
    return {
      label,
      error: new SourceError(
        'ZIP_ENTRY_ENCRYPTED',
        'it is encrypted within the zip archive; unpack it and send the folder',
      ),
    };
  }
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    return {
      label,
      error: new SourceError(
        'ZIP_ENTRY_UNSUPPORTED',
        'it is packed by a method that is not supported; unpack it and send the folder',
      ),
    };
  }
  const { relativeOffsetOfLocalHeader, compressedSize, uncompressedSize, compressionMethod } = entry;
  const place: Place = {
    relativeOffsetOfLocalHeader,
    compressedSize,
    uncompressedSize,
    compressionMethod,
    crc32: entry.crc32,
  };
  return {
    label,
    bytes: uncompressedSize,
    read: () => exactly(uncompressedSize, readEntry(path, place)),
    load: () => gather(uncompressedSize, readEntry(path, place)),
  };
}

/** One entry's bytes, held against its CRC-32, which yauzl leaves to its caller. */
async function* readEntry(path: Buffer, place: Place): AsyncGenerator<Uint8Array> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path as unknown as string, { autoClose: false, decodeStrings: false });
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(place as Entry, { minimal: true });
    const stream = await openStream(zip, fileDataStart, place);
    let sum = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (sum !== place.crc32)
      throw new SourceError('ZIP_BROKEN', 'its checksum in the zip archive is another one than its bytes have');
  } catch (error) {
    throw broken(error);
  } finally {
    zip?.close();
  }
}

/** Over the callback: in yauzl 3.4.0 `openReadStreamLowLevelPromise` calls the high-level method by mistake. */
function openStream(zip: ZipFile, start: number, place: Place): Promise<Readable> {
  const { compressedSize, uncompressedSize, compressionMethod } = place;
  const { promise, resolve, reject } = Promise.withResolvers<Readable>();
  const opened = (error: Error | null, stream: Readable) => (error === null ? resolve(stream) : reject(error));
  const low = zip as unknown as { openReadStreamLowLevel(...values: unknown[]): void };
  low.openReadStreamLowLevel(
    start,
    compressedSize,
    0,
    compressedSize,
    compressionMethod === 8,
    uncompressedSize,
    opened,
  );
  return promise;
}
