export type ErasureErrorCode =
  | 'ACCOUNT_CLOSED'
  | 'ERASURE_AMBIGUOUS'
  | 'ERASURE_CHANGED'
  | 'ERASURE_HELD'
  | 'ERASURE_NOT_CERTIFIED'
  | 'ERASURE_NOT_FOUND'
  | 'ERASURE_UNDER_WAY'
  | 'HOLD_NOT_FOUND';

export class ErasureError extends Error {
  override readonly name = 'ErasureError';
  readonly code: ErasureErrorCode;
  constructor(code: ErasureErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
