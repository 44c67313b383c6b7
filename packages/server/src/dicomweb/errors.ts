export type DicomWebErrorCode = 'NOT_ACCEPTABLE' | 'REQUEST_INVALID';

/** A request that cannot be answered as it was asked. */
export class DicomWebError extends Error {
  override readonly name = 'DicomWebError';
  readonly code: DicomWebErrorCode;
  constructor(code: DicomWebErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
