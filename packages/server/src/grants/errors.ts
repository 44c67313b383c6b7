export type GrantsErrorCode =
  | 'GRANTEE_NOT_FOUND'
  | 'GRANT_BEYOND_OWN'
  | 'GRANT_NOT_FOUND'
  | 'GRANT_TO_ONESELF'
  | 'REQUEST_INVALID';

export class GrantsError extends Error {
  override readonly name = 'GrantsError';
  readonly code: GrantsErrorCode;
  constructor(code: GrantsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
