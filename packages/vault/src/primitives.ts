export type MaybePromise<T> = T | Promise<T>;

/** Asks for `then` and not for the class: a promise of another realm (a browser frame, a test) taken for bytes would corrupt. */
export function isLater<T extends object>(value: MaybePromise<T>): value is Promise<T> {
  return 'then' in value;
}

/** The two hashes that our formats use. */
export type HashAlgorithm = 'sha256' | 'sha512';

/** What AES-256-GCM makes of a plaintext: as many bytes of ciphertext, in pieces, and a tag of 16. */
export type Detached = { readonly ciphertext: readonly Uint8Array[]; readonly tag: Uint8Array };

/**
 * What the vault cannot do by itself: node:crypto in programs, WebCrypto in browsers. Each may answer at once or later.
 *
 * Law     Every one returns bytes of its own that nobody else changes, and leaves its arguments alone.
 *         `open(key, nonce, additional, seal(key, nonce, additional, plain))` is `plain`.
 * Source  AES-256-GCM: NIST SP 800-38D, 96-bit nonce, 128-bit tag. HMAC: RFC 2104. SHA-2: FIPS 180-4.
 */
export type Primitives = {
  /** AES-256-GCM; answers ciphertext ‖ 16-byte tag. */
  seal(key: Uint8Array, nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array): MaybePromise<Uint8Array>;
  /**
   * As `seal` of the pieces joined, each as ciphertext of its own and the tag apart; or absent. node:crypto takes and gives
   * them apart, and joining costs more than a third of sealing on either side (31 µs instead of 22 for 64 KiB): with this,
   * the pieces of a sealed stream are more and none is copied.
   */
  sealDetached?(
    key: Uint8Array,
    nonce: Uint8Array,
    additional: Uint8Array,
    plain: readonly Uint8Array[],
  ): MaybePromise<Detached>;
  /** The way back. @throws anything, when the tag does not verify */
  open(key: Uint8Array, nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): MaybePromise<Uint8Array>;
  hash(algorithm: HashAlgorithm, data: Uint8Array): MaybePromise<Uint8Array>;
  /** HMAC. The key has at least one byte, since WebCrypto refuses an empty one. */
  mac(algorithm: HashAlgorithm, key: Uint8Array, data: Uint8Array): MaybePromise<Uint8Array>;
  /** So many bytes from the system's cryptographic generator. */
  random(bytes: number): Uint8Array;
};

/** An HMAC under way. `digest` ends it. */
export type RunningMac = { update(data: Uint8Array): void; digest(): MaybePromise<Uint8Array> };

/** For MACs over what is longer than memory. WebCrypto cannot do it: there an audited library must. */
export type RunningMacs = { startMac(algorithm: HashAlgorithm, key: Uint8Array): RunningMac };

/**
 * Ed25519, pure. Keys come in the form that node:crypto and WebCrypto both import, DER.
 *
 * Source  RFC 8032 §5.1; RFC 8410 §4 (public keys), §7 (private keys).
 */
export type Signatures = {
  /** `privateKey`: PKCS#8. */
  sign(privateKey: Uint8Array, message: Uint8Array): MaybePromise<Uint8Array>;
  /** `publicKey`: SubjectPublicKeyInfo. False, or @throws anything, when it is not the key's signature over `message`. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): MaybePromise<boolean>;
};
