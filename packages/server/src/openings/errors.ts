export type OpeningsErrorCode =
  | 'EMERGENCY_NOTHING_FOUND'
  | 'OPENING_NOT_FOUND'
  | 'OPENING_NOT_NEEDED'
  | 'OPENING_OF_ONESELF';

export class OpeningsError extends Error {
  override readonly name = 'OpeningsError';
  readonly code: OpeningsErrorCode;
  constructor(code: OpeningsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
