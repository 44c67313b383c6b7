export type FactorErrorCode =
  | 'FACTOR_ENROLMENT_OVER'
  | 'FACTOR_NEEDED'
  | 'FACTOR_NOT_FOUND'
  | 'FACTOR_REQUIRED'
  | 'FACTOR_TOO_MANY'
  | 'FACTOR_WRONG'
  | 'PASSKEY_NOT_HERE';

export class FactorError extends Error {
  override readonly name = 'FactorError';
  readonly code: FactorErrorCode;
  /** What the audit is told beside the refusal, and nobody else. */
  readonly found: Readonly<Record<string, string>> | undefined;
  constructor(code: FactorErrorCode, message: string, found?: Readonly<Record<string, string>>) {
    super(message);
    this.code = code;
    this.found = found;
  }
}
