export type AccessErrorCode =
  | 'ACCESS_SIGN_IN_NEEDED'
  | 'ACCESS_REFUSED'
  | 'ACCESS_CROSS_SITE'
  | 'ACCESS_TOO_MANY_TRIES';

/** `ACCESS_SIGN_IN_NEEDED` says the same whatever was wrong with a token or password. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;
  /** ACCESS_TOO_MANY_TRIES: when the next try is looked at. */
  readonly retryAfterSeconds: number | undefined;
  constructor(code: AccessErrorCode, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
