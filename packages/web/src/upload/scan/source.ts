import { SourceError } from '@symbolon/client';
/** One file to be sent: chosen, or an entry of a zip. `path` is its name for people and the receipt. Units: bytes. */
export type Source = {
  readonly path: string;
  readonly bytes: number;
  head(bytes: number): Promise<Uint8Array>;
  whole(): Promise<Uint8Array<ArrayBuffer>>;
  chunks(): AsyncIterable<Uint8Array>;
  /** To be sent: a reference wherever the browser has one, so that no file is copied whole. */
  blob(): Promise<Blob>;
};

const chunkBytes = 4 << 20;

/** What browsers throw for a file that is gone, was changed since it was chosen, or may not be read. */
export function unreadable(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotFoundError') return new SourceError('FILE_CHANGED', 'it is no longer there');
  return new SourceError('FILE_UNREADABLE', 'it cannot be read; it may have changed since it was chosen');
}

export async function readBlob(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    if (bytes.length !== blob.size) throw new SourceError('FILE_CHANGED', 'its length changed while it was read');
    return bytes;
  } catch (error) {
    throw unreadable(error);
  }
}

export async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < blob.size; at += chunkBytes) yield readBlob(blob.slice(at, at + chunkBytes));
}

export class FileSource implements Source {
  readonly path: string;
  readonly #file: Blob;

  constructor(path: string, file: Blob) {
    this.path = path;
    this.#file = file;
  }

  get bytes(): number {
    return this.#file.size;
  }

  head(bytes: number): Promise<Uint8Array> {
    return readBlob(this.#file.slice(0, bytes));
  }

  whole(): Promise<Uint8Array<ArrayBuffer>> {
    return readBlob(this.#file);
  }

  chunks(): AsyncIterable<Uint8Array> {
    return chunksOf(this.#file);
  }

  async blob(): Promise<Blob> {
    return this.#file;
  }
}

/**
 * A name as a label, spelt as the command line spells it: what looks like its escape of a byte has its backslash spelt
 * out, so that a receipt means one file whichever program wrote it.
 */
export function labelOf(name: string): string {
  return name.replace(/\\(?=x[0-9A-F]{2})/g, '\\x5C');
}

/** Only what is called a zip is opened as one within folders: office documents are zips too. */
export function looksLikeZipName(path: string): boolean {
  return path.toLowerCase().endsWith('.zip');
}

/** "PK": a local header, or the end of an empty archive; unless it is DICOM with a strange preamble. */
export function looksLikeZip(head: Uint8Array): boolean {
  const dicom = head.length > 131 && String.fromCharCode(...head.subarray(128, 132)) === 'DICM';
  const [p, k, three, four] = head;
  return !dicom && p === 0x50 && k === 0x4b && ((three === 3 && four === 4) || (three === 5 && four === 6));
}
