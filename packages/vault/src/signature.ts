import { equalBytes, joined, requireLength } from './bytes.ts';
import { VaultError } from './errors.ts';
import type { Signatures } from './primitives.ts';

const keyBytes = 32;
const signatureBytes = 64;

// RFC 8410 §4 and §7: of an Ed25519 key all DER but the key itself is always the same.
const spkiPrefix = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);
const pkcs8Prefix = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);

/**
 * Signs a message, Ed25519. A key that signs more than one kind of message is told apart by what the messages begin with.
 *
 * Shape   in: the private key, 32 random bytes. out: 64 bytes, always the same for one key and message.
 * Source  RFC 8032 §5.1.6.
 *
 * @throws VaultError VAULT_LENGTH_WRONG  the key has not 32 bytes
 */
export async function signMessage(p: Signatures, privateKey: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  requireLength('a signing key', privateKey, keyBytes);
  const signature = await p.sign(joined(pkcs8Prefix, privateKey), message);
  requireLength('a signature', signature, signatureBytes);
  return signature;
}

/**
 * Verifies what `signMessage` signed. Throws, and answers nothing that a caller could forget to look at.
 *
 * @throws VaultError VAULT_SIGNATURE_WRONG  not this key's signature over this message
 * @throws VaultError VAULT_LENGTH_WRONG     the public key has not 32 bytes
 */
export async function verifySignature(
  p: Signatures,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<void> {
  const spki = publicKeyInfo(publicKey);
  let cause: unknown;
  try {
    if (signature.length === signatureBytes && (await p.verify(spki, message, signature))) return;
  } catch (error) {
    cause = error;
  }
  throw new VaultError('VAULT_SIGNATURE_WRONG', 'not the signature of this key over this message', { cause });
}

/** A public key of 32 bytes as SubjectPublicKeyInfo, DER: 44 bytes. @throws VaultError VAULT_LENGTH_WRONG */
export function publicKeyInfo(publicKey: Uint8Array): Uint8Array {
  requireLength('a public key', publicKey, keyBytes);
  return joined(spkiPrefix, publicKey);
}

/**
 * The way back.
 *
 * @throws VaultError VAULT_LENGTH_WRONG  not 44 bytes
 * @throws VaultError VAULT_HEADER_WRONG  the key of another algorithm
 */
export function publicKeyOfInfo(info: Uint8Array): Uint8Array {
  requireLength('an Ed25519 public key', info, spkiPrefix.length + keyBytes);
  if (!equalBytes(info.subarray(0, spkiPrefix.length), spkiPrefix)) {
    throw new VaultError('VAULT_HEADER_WRONG', 'not an Ed25519 public key', { at: 0 });
  }
  return info.slice(spkiPrefix.length);
}
