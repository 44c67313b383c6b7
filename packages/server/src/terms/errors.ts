export type TermsErrorCode = 'TERMS_CHANGED';

export class TermsError extends Error {
  override readonly name = 'TermsError';
  readonly code: TermsErrorCode;
  constructor(code: TermsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
