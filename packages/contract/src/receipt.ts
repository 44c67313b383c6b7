import { z } from 'zod';
import { canonicalJson, type Json } from './canonical-json.ts';
import { sha256 } from './studies.ts';

/** The first line of what is signed, so that no other signature of the exchange can pass for a receipt. */
export const receiptFormat = 'symbolon-receipt/1';

/** What the exchange signs. Units: bytes of the file as it was sent. `contents` is the digest of the sender's part. */
export const receiptStatement = z.strictObject({
  format: z.literal(receiptFormat),
  exchange: z.string(),
  accountId: z.uuid(),
  issuedAt: z.iso.datetime(),
  instances: z.array(z.strictObject({ sha256, bytes: z.int() })),
  contents: sha256,
});
export type ReceiptStatement = z.infer<typeof receiptStatement>;

/**
 * What the sender knows and the exchange need not: the names of the files. Bound by the digest in the statement.
 * `held` is the digest of the file that stays where it is another than the one sent (Law 5).
 */
export const receiptContents = z.strictObject({
  taken: z.array(
    z.strictObject({
      path: z.string(),
      sha256,
      bytes: z.int(),
      outcome: z.enum(['taken', 'already held']),
      held: sha256.optional(),
    }),
  ),
  refused: z.array(
    z.strictObject({ path: z.string(), sha256: sha256.optional(), code: z.string(), reason: z.string() }),
  ),
});
export type ReceiptContents = z.infer<typeof receiptContents>;

export const receipt = z.strictObject({
  statement: receiptStatement,
  contents: receiptContents,
  publicKey: z.base64(),
  signature: z.base64(),
});
export type Receipt = z.infer<typeof receipt>;

export const receiptRequest = z.strictObject({ sha256: z.array(sha256).max(200_000), contents: sha256 });
export const receiptAnswer = z.object({ statement: receiptStatement, publicKey: z.base64(), signature: z.base64() });
export const receiptKeyAnswer = z.object({ publicKey: z.base64(), fingerprint: sha256 });

/** The very bytes that are signed (Ed25519, RFC 8032). */
export function signedBytes(statement: ReceiptStatement): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${receiptFormat}\n${canonicalJson(statement as unknown as Json)}`);
}

/** The bytes whose SHA-256 stands in the statement as `contents`. */
export function contentsBytes(contents: ReceiptContents): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalJson(contents as unknown as Json));
}

/** The one spelling of a receipt file; a file that is spelt otherwise is refused, so every byte of it counts. */
export function receiptText(value: Receipt): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
