export type SourceErrorCode =
  | 'FILE_UNREADABLE'
  | 'FILE_CHANGED'
  | 'ZIP_BROKEN'
  | 'ZIP_ENTRY_ENCRYPTED'
  | 'ZIP_ENTRY_UNSUPPORTED'
  | 'ZIP_LIMIT';

/** Why one file that somebody wants to send cannot be read; it is named with it, and the rest goes on. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  constructor(code: SourceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
