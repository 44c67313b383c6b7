import { SourceError } from '@symbolon/client';
import { joined } from './joined.ts';
import { chunksOf, readBlob, type Source, unreadable } from './source.ts';

/** Where an entry lies in its archive. Units: bytes from the archive's first. */
export type Place = {
  readonly offset: number;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly stored: boolean;
  readonly crc32: number;
};

const localHeaderBytes = 30;
const localHeaderSignature = 0x04034b50;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as zips have it (ISO 3309), going on from `sum`. */
export function crc32(bytes: Uint8Array, sum = 0): number {
  let value = ~sum;
  for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 255] as number);
  return ~value >>> 0;
}

/**
 * One entry of a zip, read straight from the archive: nothing of it is held, and a stored one is sent as the slice of
 * the archive that it is.
 */
export class ZipEntrySource implements Source {
  readonly path: string;
  readonly #archive: Blob;
  readonly #place: Place;

  constructor(path: string, archive: Blob, place: Place) {
    this.path = path;
    this.#archive = archive;
    this.#place = place;
  }

  get bytes(): number {
    return this.#place.uncompressedSize;
  }

  async head(bytes: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.#inflated()) {
      pieces.push(chunk.subarray(0, bytes - length));
      length += chunk.length;
      if (length >= bytes) break;
    }
    return joined(pieces, Math.min(length, bytes));
  }

  async whole(): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = [];
    for await (const chunk of this.chunks()) pieces.push(chunk);
    return joined(pieces, this.bytes);
  }

  /** The bytes, held against the length and the CRC-32 that the archive gives. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    let left = this.bytes;
    let sum = 0;
    for await (const chunk of this.#inflated()) {
      left -= chunk.length;
      if (left < 0) break;
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (left !== 0) throw new SourceError('ZIP_BROKEN', 'it is not as long as the zip archive says');
    if (sum !== this.#place.crc32) {
      throw new SourceError('ZIP_BROKEN', 'its checksum in the zip archive is another one than its bytes have');
    }
  }

  async blob(): Promise<Blob> {
    if (this.#place.stored) return this.#data();
    // The browser keeps what is large on its disk.
    const pieces: Blob[] = [];
    for await (const chunk of this.chunks()) pieces.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
    return new Blob(pieces);
  }

  async #data(): Promise<Blob> {
    const { offset, compressedSize } = this.#place;
    const header = await readBlob(this.#archive.slice(offset, offset + localHeaderBytes));
    const view = new DataView(header.buffer);
    if (header.length < localHeaderBytes || view.getUint32(0, true) !== localHeaderSignature) {
      throw new SourceError('ZIP_BROKEN', 'it is not where the zip archive says');
    }
    const start = offset + localHeaderBytes + view.getUint16(26, true) + view.getUint16(28, true);
    const data = this.#archive.slice(start, start + compressedSize);
    if (data.size !== compressedSize) throw new SourceError('ZIP_BROKEN', 'the zip archive ends within it');
    return data;
  }

  async *#inflated(): AsyncGenerator<Uint8Array> {
    const data = await this.#data();
    if (this.#place.stored) {
      yield* chunksOf(data);
      return;
    }
    const reader = data.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    try {
      for (;;) {
        const next = await reader.read();
        if (next.done) return;
        yield next.value;
      }
    } catch (error) {
      // Of a stream that does not inflate, a TypeError is told; of an archive that went away, a DOMException.
      throw error instanceof TypeError ? new SourceError('ZIP_BROKEN', 'it does not unpack') : unreadable(error);
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }
}
