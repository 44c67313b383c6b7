/** Why the vault refuses. The formats in `docs/formats/` say which case has which code. */
export type VaultErrorCode =
  | 'VAULT_MAGIC_MISSING'
  | 'VAULT_VERSION_UNKNOWN'
  | 'VAULT_HEADER_WRONG'
  | 'VAULT_KEY_MISMATCH'
  | 'VAULT_TAG_MISMATCH'
  | 'VAULT_TRUNCATED'
  | 'VAULT_TRAILING_BYTES'
  | 'VAULT_LENGTH_WRONG'
  | 'VAULT_RANGE_OUTSIDE'
  | 'VAULT_CONTEXT_WRONG'
  | 'VAULT_SIGNATURE_WRONG'
  | 'VAULT_OUT_OF_TURN';

/** `at` is the offset in the sealed bytes of what was refused: a segment's first byte, or a header's field. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;
  readonly at?: number;

  constructor(code: VaultErrorCode, message: string, options: { at?: number; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.at !== undefined) this.at = options.at;
  }
}
