import {
  contentsBytes,
  type Receipt,
  receiptFormat,
  receipt as receiptSchema,
  receiptText,
  signedBytes,
} from '@symbolon/contract';
import { digestOf, type NewHasher } from './digest.ts';
import { parseJson } from './exchange.ts';
import { ReceiptError } from './receipt-error.ts';
import { equal, exactBase64, isSigned, isTrusted, type TrustedKey } from './receipt-key.ts';

type Strict = {
  readonly value: Receipt;
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
};

function formatOf(json: unknown): unknown {
  return (json as { statement?: { format?: unknown } } | null | undefined)?.statement?.format;
}

/** Reads a receipt file, and refuses every spelling but the one, so that there is no byte in it that does not count. */
export function readReceipt(file: Uint8Array): Strict {
  const json = parseJson(new TextDecoder().decode(file));
  const format = formatOf(json);
  if (typeof format === 'string' && format !== receiptFormat) {
    throw new ReceiptError('RECEIPT_FORMAT_UNKNOWN', 'the receipt is of a format that this version does not know');
  }
  const read = receiptSchema.safeParse(json);
  if (read.success && equal(new TextEncoder().encode(receiptText(read.data)), file)) {
    const spki = exactBase64(read.data.publicKey);
    const signature = exactBase64(read.data.signature);
    if (spki !== undefined && signature !== undefined) return { value: read.data, spki, signature };
  }
  throw new ReceiptError(
    'RECEIPT_SPELLING',
    'this is not a receipt, or it is not spelt as the exchange and its programs spell one',
  );
}

/**
 * Verifies a receipt against the exchange's key.
 *
 * Shape   in: the bytes of the file, and the key as known from elsewhere. out: the receipt, of which every word is true.
 * Law     a file that differs in one byte from one that verifies is refused.
 * Source  docs/formats/receipt.md; RFC 8032, RFC 8785.
 *
 * @throws ReceiptError RECEIPT_SPELLING, RECEIPT_FORMAT_UNKNOWN  before anything is believed
 * @throws ReceiptError RECEIPT_OTHER_SIGNER                      it names another key than the trusted one
 * @throws ReceiptError RECEIPT_CONTENTS_CHANGED, RECEIPT_SIGNATURE_WRONG, RECEIPT_NOT_COVERED
 */
export async function verifyReceipt(file: Uint8Array, trusted: TrustedKey, newHasher: NewHasher): Promise<Receipt> {
  const { value, spki, signature } = readReceipt(file);
  if (!isTrusted(trusted, spki, newHasher)) {
    throw new ReceiptError('RECEIPT_OTHER_SIGNER', 'the receipt was signed with another key than the one given');
  }
  if (digestOf(newHasher, contentsBytes(value.contents)) !== value.statement.contents) {
    throw new ReceiptError('RECEIPT_CONTENTS_CHANGED', 'the list of files is not the one that was signed');
  }
  if (!(await isSigned(spki, signature, signedBytes(value.statement)))) {
    throw new ReceiptError('RECEIPT_SIGNATURE_WRONG', 'the signature is not that of the exchange over this statement');
  }
  refuseUncovered(value);
  return value;
}

function refuseUncovered({ statement, contents }: Receipt): void {
  const bytesOf = new Map(statement.instances.map((instance) => [instance.sha256, instance.bytes]));
  const uncovered = contents.taken.some(({ sha256, held, bytes }) => {
    const signed = bytesOf.get(held ?? sha256);
    return signed === undefined || (held === undefined && signed !== bytes);
  });
  if (uncovered) {
    throw new ReceiptError(
      'RECEIPT_NOT_COVERED',
      'the receipt lists a file as taken for which the exchange did not sign',
    );
  }
}
