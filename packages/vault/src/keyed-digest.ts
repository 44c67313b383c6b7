import { equalBytes, joined, requireLength, utf8 } from './bytes.ts';
import { VaultError } from './errors.ts';
import type { RunningMacs } from './primitives.ts';

const digestVersion = 1;
const label = utf8('symbolon digest');

/**
 * The keyed digest of bytes of any length, for the place that `context` names: shows years later that not one of them
 * changed, to whoever has the key, without opening what they seal.
 *
 * Shape   in: a 32-byte key that serves for nothing else, the bytes in pieces of any size. out: 64 bytes.
 * Law     Depends on key, context and the pieces joined, not on where they were cut.
 * Source  docs/formats/keyed-digest.md; RFC 2104 with SHA-512.
 *
 * @throws VaultError VAULT_LENGTH_WRONG  the key has not 32 bytes
 */
export async function keyedDigest(
  p: RunningMacs,
  key: Uint8Array,
  context: Uint8Array,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  requireLength('a digest key', key, 32);
  const mac = p.startMac('sha512', key);
  const contextBytes = new Uint8Array(4);
  new DataView(contextBytes.buffer).setUint32(0, context.length);
  mac.update(joined(label, Uint8Array.of(digestVersion), contextBytes, context));
  for await (const piece of pieces) mac.update(piece);
  return mac.digest();
}

/**
 * Compares in constant time; throws, and answers nothing that a caller could forget to look at.
 *
 * @throws VaultError VAULT_TAG_MISMATCH  another key, another context, or changed bytes
 * @throws VaultError VAULT_LENGTH_WRONG  the key has not 32 bytes
 */
export async function verifyKeyedDigest(
  p: RunningMacs,
  key: Uint8Array,
  context: Uint8Array,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  digest: Uint8Array,
): Promise<void> {
  if (equalBytes(await keyedDigest(p, key, context, pieces), digest)) return;
  throw new VaultError('VAULT_TAG_MISMATCH', 'not the digest of these bytes in this place');
}
