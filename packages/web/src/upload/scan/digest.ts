import { sha256 } from '@noble/hashes/sha2.js';
import type { NewHasher } from '@symbolon/client';

export const newHasher: NewHasher = () => {
  const hash = sha256.create();
  return { update: (bytes) => void hash.update(bytes), hex: () => hexOf(hash.digest()) };
};

function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/**
 * The browser's own SHA-256 for what is in memory anyway: some times faster. Where somebody let a certificate pass that
 * the browser warned of, workers have none (Chromium), and ours does.
 */
export async function digestWhole(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (subtle === undefined) return hexOf(sha256(bytes));
  return hexOf(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}
