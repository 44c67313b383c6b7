import { joined, requireLength, utf8 } from './bytes.ts';
import { VaultError } from './errors.ts';
import type { Primitives } from './primitives.ts';

const cellVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes;
const largestCellBytes = 16 * 2 ** 20;

// One length for both, so that the context cannot lend its first bytes to the label.
const cellLabel = utf8('symbolon cell');
const wrapLabel = utf8('symbolon wrap');

/**
 * Seals one small value, a column of one row, for the place that `context` names.
 *
 * Shape   in: a 32-byte key, up to 16 MiB. out: version (1 byte), nonce (12), ciphertext, tag (16): 29 bytes more.
 * Law     `openCell(key, sealCell(key, plain, context), context)` is `plain`; under any other key or context it throws.
 *         At most 2³² cells and wraps under one key.
 * Source  docs/formats/sealed-cell.md; NIST SP 800-38D §8.3.
 *
 * @throws VaultError VAULT_LENGTH_WRONG  the key has not 32 bytes, or the value more than 16 MiB
 */
export function sealCell(p: Primitives, key: Uint8Array, plain: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
  return sealLabelled(p, cellLabel, key, plain, context);
}

/**
 * Opens what `sealCell` sealed.
 *
 * @throws VaultError VAULT_TRUNCATED        fewer than 29 bytes
 * @throws VaultError VAULT_VERSION_UNKNOWN  sealed by a later version
 * @throws VaultError VAULT_TAG_MISMATCH     another key, another context, or changed bytes
 * @throws VaultError VAULT_LENGTH_WRONG     the key has not 32 bytes, or the value more than 16 MiB
 */
export function openCell(p: Primitives, key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
  return openLabelled(p, cellLabel, key, sealed, context);
}

/**
 * Seals a key of 16 to 64 bytes under another key: the construction of a cell, which yet does not open as one.
 *
 * @throws VaultError VAULT_LENGTH_WRONG  the wrapping key has not 32 bytes, or the key not 16 to 64
 */
export async function wrapKey(
  p: Primitives,
  wrapping: Uint8Array,
  key: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array> {
  requireLength('a key to wrap', key, 16, 64);
  return sealLabelled(p, wrapLabel, wrapping, key, context);
}

/** Opens what `wrapKey` sealed; throws as `openCell` does. */
export async function unwrapKey(
  p: Primitives,
  wrapping: Uint8Array,
  wrapped: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array> {
  const key = await openLabelled(p, wrapLabel, wrapping, wrapped, context);
  requireLength('a wrapped key', key, 16, 64);
  return key;
}

async function sealLabelled(
  p: Primitives,
  label: Uint8Array,
  key: Uint8Array,
  plain: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array> {
  requireLength('a sealing key', key, 32);
  requireLength('a cell', plain, 0, largestCellBytes);
  const nonce = p.random(nonceBytes);
  const version = Uint8Array.of(cellVersion);
  const sealed = await p.seal(key, nonce, joined(label, version, context), plain);
  return joined(version, nonce, sealed);
}

async function openLabelled(
  p: Primitives,
  label: Uint8Array,
  key: Uint8Array,
  sealed: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array> {
  requireLength('a sealing key', key, 32);
  const version = sealed.subarray(0, 1);
  if (version.length === 1 && version[0] !== cellVersion) {
    throw new VaultError('VAULT_VERSION_UNKNOWN', `a cell of version ${version[0]}`, { at: 0 });
  }
  if (sealed.length < headBytes + tagBytes) {
    throw new VaultError('VAULT_TRUNCATED', `a cell has at least ${headBytes + tagBytes} bytes, not ${sealed.length}`);
  }
  requireLength('a cell', sealed, headBytes + tagBytes, headBytes + largestCellBytes + tagBytes);
  const nonce = sealed.subarray(1, headBytes);
  try {
    return await p.open(key, nonce, joined(label, version, context), sealed.subarray(headBytes));
  } catch (cause) {
    throw new VaultError('VAULT_TAG_MISMATCH', 'a cell does not open here', { at: headBytes, cause });
  }
}
