import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { SourceError } from '@symbolon/client';

/** One file to be sent: on the disk, or in a zip. `label` is its name for people and the receipt. Units: bytes. */
export type Source = {
  readonly label: string;
  readonly bytes: number;
  /** Its bytes, as often as asked; throws when there are more or fewer than `bytes`. */
  read(): AsyncIterable<Uint8Array>;
  /** The same in one piece. */
  load(): Promise<Uint8Array<ArrayBuffer>>;
};

const chunkBytes = 1 << 20;
const lengthChanged = 'its length changed while it was read';
// Neither a link nor a pipe that was put in the file's place since it was listed is followed or waited for.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export async function openPlain(path: Buffer | string): Promise<FileHandle> {
  const file = await open(path, openFlags);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new SourceError('FILE_CHANGED', 'it is no longer a file');
}

/** The bytes of a file on the disk, in pieces of its own memory. */
export async function* readPlain(path: Buffer | string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const file = await openPlain(path);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

export function fileSource(label: string, path: Buffer, bytes: number): Source {
  return { label, bytes, read: () => exactly(bytes, readPlain(path)), load: () => loadPlain(path, bytes) };
}

/** The whole file in one piece: no copy, and the one read more that shows that it has not grown. */
async function loadPlain(path: Buffer, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await openPlain(path);
  try {
    const room = new Uint8Array(bytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(room, length, room.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length > bytes) break;
    }
    if (length === bytes) return room.subarray(0, bytes);
    throw new SourceError('FILE_CHANGED', lengthChanged);
  } finally {
    await file.close();
  }
}

/** Passes on exactly so many bytes. */
export async function* exactly<T extends Uint8Array>(bytes: number, chunks: AsyncIterable<T>): AsyncGenerator<T> {
  let left = bytes;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left < 0) break;
    yield chunk;
  }
  if (left !== 0) throw new SourceError('FILE_CHANGED', lengthChanged);
}

/** So many bytes out of pieces. */
export async function gather(bytes: number, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of exactly(bytes, chunks)) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Only what is called a zip is opened as one within folders: office documents are zips too. */
export function looksLikeZipName(label: string): boolean {
  return label.toLowerCase().endsWith('.zip');
}
