export type DicomWebErrorCode = 'FRAME_NOT_FOUND' | 'NOT_ACCEPTABLE' | 'PIXELS_NOT_RENDERABLE' | 'REQUEST_INVALID';

/** A request that cannot be answered as it was asked. */
export class DicomWebError extends Error {
  override readonly name = 'DicomWebError';
  readonly code: DicomWebErrorCode;
  constructor(code: DicomWebErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
