import { joined } from './bytes.ts';
import { VaultError } from './errors.ts';
import type { Primitives } from './primitives.ts';

const hashBytes = 32;

/**
 * Makes a key from a key: HKDF-SHA-256, extract and expand.
 *
 * Shape   in: key, salt (may be empty), info (may be empty). out: `bytes` new bytes.
 * Law     The same arguments give the same bytes; whoever learns them learns nothing about `key` or its other children.
 * Cost    Two HMACs for up to 32 bytes, one more for every further 32.
 * Source  RFC 5869 §2.
 *
 * @throws VaultError VAULT_LENGTH_WRONG  `bytes` is not an integer from 1 to 8,160
 */
export async function deriveKey(
  p: Primitives,
  key: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  bytes = hashBytes,
): Promise<Uint8Array> {
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 255 * hashBytes) {
    throw new VaultError('VAULT_LENGTH_WRONG', `HKDF-SHA-256 gives 1 to ${255 * hashBytes} bytes, not ${bytes}`);
  }
  // RFC 5869 §2.2: no salt is HashLen zeros. HMAC pads an empty key to the same, but WebCrypto refuses an empty key.
  const pseudorandomKey = await p.mac('sha256', salt.length === 0 ? new Uint8Array(hashBytes) : salt, key);
  const blocks: Uint8Array[] = [];
  let previous: Uint8Array = new Uint8Array(0);
  for (let counter = 1; (counter - 1) * hashBytes < bytes; counter++) {
    previous = await p.mac('sha256', pseudorandomKey, joined(previous, info, Uint8Array.of(counter)));
    blocks.push(previous);
  }
  return joined(...blocks).slice(0, bytes);
}
