export type AccessErrorCode = 'ACCESS_SIGN_IN_NEEDED' | 'ACCESS_REFUSED';

/** `ACCESS_SIGN_IN_NEEDED` says the same whatever was wrong with a token or password. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;
  constructor(code: AccessErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
