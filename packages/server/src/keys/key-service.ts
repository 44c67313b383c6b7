/**
 * Keeps the keys that everything hangs from, and never gives them out: root keys, account keys, signing keys.
 *
 * A key has a name, `chain/kind/id`. The context is mandatory and bound to what is wrapped: a wrap opens in its own
 * place only. Drivers: the local keyring; a hardware module or a cloud's service are others behind the same calls.
 */
export type KeyService = {
  /** Makes a key under this name where there is none. */
  generate(name: string, kind: 'wrapping' | 'signing'): Promise<void>;
  wrap(name: string, key: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  unwrap(name: string, wrapped: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  /** Ed25519 over `message` (RFC 8032). */
  sign(name: string, message: Uint8Array): Promise<Uint8Array>;
  /** The public half of a signing key, as SubjectPublicKeyInfo (RFC 8410), DER. */
  publicKey(name: string): Promise<Uint8Array>;
  /** Throws where the service cannot do its work now. */
  health(): Promise<void>;
};

export type KeysErrorCode = 'KEY_MISSING' | 'KEYS_UNAVAILABLE' | 'KEYRING_VERSION_UNKNOWN' | 'KEYRING_DAMAGED';

export class KeysError extends Error {
  override readonly name = 'KeysError';
  readonly code: KeysErrorCode;
  constructor(code: KeysErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
