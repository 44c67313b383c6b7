import { canVerifyReceipts, readReceipt, verifyReceipt } from '@symbolon/client';
import { newHasher } from './scan/digest.ts';

/** Whether the signatures of these receipts are the exchange's, as far as this browser can tell. */
export async function verdictOn(files: readonly Blob[]): Promise<'true' | 'wrong' | 'unknown'> {
  if (!(await canVerifyReceipts())) return 'unknown';
  try {
    for (const file of files) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      await verifyReceipt(bytes, { spki: readReceipt(bytes).spki }, newHasher);
    }
    return 'true';
  } catch {
    return 'wrong';
  }
}
