import {
  contentsBytes,
  paths,
  type Receipt,
  type ReceiptContents,
  receiptAnswer,
  receiptContents,
  receiptKeyAnswer,
  receiptText,
} from '@symbolon/contract';
import { digestOf, type NewHasher } from './digest.ts';
import { ClientError } from './errors.ts';
import { call, type Exchange } from './exchange.ts';
import { fingerprintOf, fromBase64 } from './receipt-key.ts';
import { verifyReceipt } from './verify-receipt.ts';

/** At most this many files in one receipt, so that request, answer and file stay of a size that one can handle. */
export const maxReceiptFiles = 100_000;

/** The key with which the exchange signs, as the exchange itself tells it: to be compared with what its keeper says. */
export async function receiptKey(
  exchange: Exchange,
  newHasher: NewHasher,
  signal?: AbortSignal,
): Promise<{ readonly spki: Uint8Array; readonly fingerprint: string }> {
  const { publicKey, fingerprint } = await call(exchange, { path: paths.receiptKey, answer: receiptKeyAnswer, signal });
  const spki = fromBase64(publicKey);
  if (fingerprintOf(spki, newHasher) === fingerprint) return { spki, fingerprint };
  throw new ClientError('EXCHANGE_ANSWER_STRANGE', 'the exchange gave a receipt key that is not of its fingerprint');
}

/** Asks for a signature over what was taken, and binds the sender's part to it. Nothing of the answer is verified. */
export async function requestReceipt(
  exchange: Exchange,
  contents: ReceiptContents,
  newHasher: NewHasher,
  signal?: AbortSignal,
): Promise<Receipt> {
  const digests = [...new Set(contents.taken.map((file) => file.held ?? file.sha256))];
  const json = { sha256: digests, contents: digestOf(newHasher, contentsBytes(contents)) };
  const answer = await call(exchange, { path: paths.receipts, json, answer: receiptAnswer, signal });
  const { statement, publicKey, signature } = answer;
  // A receipt has one spelling, and the order of keys is part of it.
  return { statement, contents: receiptContents.parse(contents), publicKey, signature };
}

/** The same, and believes the answer only when it verifies. */
export async function askReceipt(
  exchange: Exchange,
  contents: ReceiptContents,
  newHasher: NewHasher,
  signal?: AbortSignal,
): Promise<Receipt> {
  const receipt = await requestReceipt(exchange, contents, newHasher, signal);
  const text = new TextEncoder().encode(receiptText(receipt));
  try {
    return await verifyReceipt(text, { spki: fromBase64(receipt.publicKey) }, newHasher);
  } catch (cause) {
    throw new ClientError('EXCHANGE_ANSWER_STRANGE', 'the exchange gave a receipt that does not verify', { cause });
  }
}

/** Whether there is WebCrypto here that knows Ed25519, with which receipts are signed; older browsers' does not. */
export async function canVerifyReceipts(): Promise<boolean> {
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (subtle === undefined) return false;
  const basePoint = new Uint8Array(32).fill(0x66);
  basePoint[0] = 0x58;
  return subtle.importKey('raw', basePoint, 'Ed25519', false, ['verify']).then(
    () => true,
    () => false,
  );
}
