import type { BodyPart } from './transport.ts';

/** A file on its way. `path` is its name for people and the receipt; `body` is in memory, or read when it is its turn. */
export type UploadFile = {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly body: BodyPart;
  /** Told when the bytes are no longer needed; may be told more than once. */
  readonly release?: () => void;
};

export const maxBatchFiles = 20;

/** What a file weighs in memory while it waits. */
export function weightOf(file: UploadFile): number {
  return file.body instanceof Uint8Array ? file.bytes : 0;
}

/** Groups files, in order, into requests; one that is read as it travels goes alone when it fills a request. Units: bytes. */
export function* batches(files: Iterable<UploadFile>, maxBytes: number): Generator<readonly UploadFile[]> {
  let batch: UploadFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const alone = weightOf(file) < file.bytes && file.bytes >= maxBytes;
    if (batch.length > 0 && (alone || batch.length === maxBatchFiles || bytes + file.bytes > maxBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    if (alone) {
      yield [file];
      continue;
    }
    batch.push(file);
    bytes += file.bytes;
  }
  if (batch.length > 0) yield batch;
}
