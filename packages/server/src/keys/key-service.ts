import { timingSafeEqual } from 'node:crypto';
import { KeysError } from './keys-error.ts';

export type KeyPurpose = 'wrapping' | 'signing' | 'mac';
export type KeyVersion = { readonly version: number; readonly madeAt: Date; readonly destroyedAt: Date | null };

/**
 * Keeps the keys that everything hangs from, and never gives them out: root keys, account keys, signing keys.
 *
 * A key has a name, `chain/kind/id`, and versions, from 1. What a version made carries its number in front (`versionOf`): the
 * newest makes, every one that was not destroyed opens. The context is mandatory and bound to what is made: a wrap opens
 * in its own place only. Drivers: the local keyring; a hardware module or a cloud's service are others behind the same
 * calls, and must pass `key-service.suite.ts`.
 *
 * @throws KeysError KEYS_UNAVAILABLE     the service cannot be reached now; from every call
 * @throws KeysError KEY_MISSING          no key of that name, purpose or version
 * @throws KeysError KEY_DESTROYED        there was one
 * @throws KeysError KEY_CONTEXT_MISSING  the context is empty
 */
export type KeyService = {
  /** Makes a key under this name where there is none. */
  generate(name: string, purpose: KeyPurpose): Promise<void>;
  wrap(name: string, key: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  unwrap(name: string, wrapped: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  /** The version, then HMAC-SHA-512 over `context("mac", context, message)`. By the newest version, or by a given one. */
  mac(name: string, message: Uint8Array, context: Uint8Array, version?: number): Promise<Uint8Array>;
  /** Ed25519 over `message` (RFC 8032), which must say by itself what it is for. */
  sign(name: string, message: Uint8Array): Promise<Uint8Array>;
  /** The public half of a signing key, as SubjectPublicKeyInfo (RFC 8410), DER. */
  publicKey(name: string): Promise<Uint8Array>;
  /**
   * Makes a new version of a wrapping or MAC key and returns its number; `rotate('identity/root')` a new root of that chain,
   * under which everything of the chain then stands. Signing keys do not rotate: what they signed is checked by others.
   */
  rotate(name: string): Promise<number>;
  /** Oldest first; none where there is no such key. */
  versions(name: string): Promise<KeyVersion[]>;
  /** Ends one version, or a key with all its versions, for ever. Again is no error. */
  destroy(name: string, version?: number): Promise<void>;
  /** Wraps and unwraps for each chain; throws where the service cannot do its work now. */
  health(): Promise<void>;
};

const versionBytes = 4;

/** Puts the version of the key that made something in front of it. */
export function withVersion(version: number, made: Uint8Array): Uint8Array {
  const joined = new Uint8Array(versionBytes + made.length);
  new DataView(joined.buffer).setUint32(0, version);
  joined.set(made, versionBytes);
  return joined;
}

/** The version of the key that made a wrap or a MAC, and the rest of it. */
export function versionOf(made: Uint8Array): { readonly version: number; readonly rest: Uint8Array } {
  if (made.length < versionBytes) throw new KeysError('KEY_MISSING', 'what has no version was made by no key');
  const version = new DataView(made.buffer, made.byteOffset).getUint32(0);
  return { version, rest: made.subarray(versionBytes) };
}

/** Whether a MAC is that of this message in this context. */
export async function macFits(
  service: Pick<KeyService, 'mac'>,
  name: string,
  message: Uint8Array,
  context: Uint8Array,
  mac: Uint8Array,
): Promise<boolean> {
  const again = await service.mac(name, message, context, versionOf(mac).version);
  return again.length === mac.length && timingSafeEqual(again, mac);
}
