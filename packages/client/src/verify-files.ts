import type { Receipt } from '@symbolon/contract';
import type { NewHasher } from './digest.ts';
import { ReceiptError } from './receipt-error.ts';

export type FileFailure = { readonly path: string; readonly error: ReceiptError };

/** Opens a file by the path that the receipt gives it, or answers undefined when there is none. */
export type OpenFile = (path: string) => Promise<AsyncIterable<Uint8Array> | undefined>;

/** Hashes every file that a verified receipt lists as taken once more, and names each that is missing or changed. */
export async function* verifyFiles(
  receipt: Receipt,
  open: OpenFile,
  newHasher: NewHasher,
): AsyncGenerator<FileFailure> {
  for (const { path, sha256, bytes } of receipt.contents.taken) {
    const chunks = await open(path);
    if (chunks === undefined) {
      yield { path, error: new ReceiptError('RECEIPT_FILE_MISSING', 'a file that the receipt lists is not there') };
      continue;
    }
    const hasher = newHasher();
    let length = 0;
    for await (const chunk of chunks) {
      hasher.update(chunk);
      length += chunk.length;
    }
    if (length !== bytes || hasher.hex() !== sha256) {
      yield { path, error: new ReceiptError('RECEIPT_FILE_CHANGED', 'a file is not the one that the receipt lists') };
    }
  }
}
