import type { FileHandle } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import { SourceError } from '@symbolon/client';
import { type Cut, type ParseOptions, StreamSplitter, tags } from '@symbolon/dicom';
import type { ObjectSource } from '@symbolon/pixels';
import { openPlain } from '../files/source.ts';

const chunkBytes = 1 << 20;

export const parsing: ParseOptions = {
  inflateRaw: (bytes, maxOutputLength) => inflateRawSync(bytes, { maxOutputLength }),
};

/** A file on the disk as a transcoding wants it: its header in memory, its pixel data where it is. */
export type ObjectFile = ObjectSource & {
  readonly transferSyntax: string;
  readonly isDirectory: boolean;
  close(): Promise<void>;
};

/**
 * Reads a file through once, and holds its header. `onRead` is told how many bytes went by.
 *
 * @throws DicomError SourceError
 */
export async function openObjectFile(path: Buffer, onRead: (bytes: number) => void): Promise<ObjectFile> {
  const handle = await openPlain(path);
  try {
    const splitter = new StreamSplitter(parsing);
    // One for all: the splitter copies what it keeps, and the pixels that it gives out are not kept.
    const chunk = new Uint8Array(chunkBytes);
    for (let at = 0; ; ) {
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes, at);
      if (bytesRead === 0) break;
      splitter.feed(chunk.subarray(0, bytesRead));
      at += bytesRead;
      onRead(bytesRead);
    }
    const { identity, cuts, file } = splitter.finish();
    return {
      identity,
      cuts,
      transferSyntax: file.transferSyntax,
      isDirectory: file.dataset.elements.has(tags.DirectoryRecordSequence),
      readImage: (start, end) => readCuts(handle, cuts, start, end),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Where pixel data of several kinds stands apart, each piece from its own place: bytes of the file, of which `at` counts those left in. */
async function readCuts(handle: FileHandle, cuts: readonly Cut[], start: number, end: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let before = 0;
  for (const { at, bytes } of cuts) {
    const [from, to] = [Math.max(start, before), Math.min(end, before + bytes)];
    if (from < to) pieces.push(await readRange(handle, at + from, at + to));
    before += bytes;
  }
  const [only] = pieces;
  return pieces.length === 1 && only ? only : new Uint8Array(Buffer.concat(pieces));
}

async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw new SourceError('FILE_CHANGED', 'it became shorter while it was read');
    at += bytesRead;
  }
  return bytes;
}
