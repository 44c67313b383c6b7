export type KeysErrorCode =
  | 'KEY_CONTEXT_MISSING'
  | 'KEY_DESTROYED'
  | 'KEY_EXISTS'
  | 'KEY_MISSING'
  | 'KEY_SUPERSEDED'
  | 'KEYRING_DAMAGED'
  | 'KEYRING_VERSION_UNKNOWN'
  | 'KEYS_BACKUP_DAMAGED'
  | 'KEYS_BACKUP_PASSPHRASE_WRONG'
  | 'KEYS_BACKUP_VERSION_UNKNOWN'
  | 'KEYS_BUSY'
  | 'KEYS_EXIST'
  | 'KEYS_PLACE_WRONG'
  | 'KEYS_UNAVAILABLE';

/** `KEYS_UNAVAILABLE`: another try may go through. `KEY_SUPERSEDED`: rotated meanwhile; wrap anew. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
  readonly code: KeysErrorCode;
  constructor(code: KeysErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
