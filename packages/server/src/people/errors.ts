export type PeopleErrorCode = 'ACCOUNT_EXISTS_ALREADY' | 'PASSWORD_TOO_WEAK' | 'SETUP_SECRET_WRONG';

export class PeopleError extends Error {
  override readonly name = 'PeopleError';
  readonly code: PeopleErrorCode;
  constructor(code: PeopleErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
