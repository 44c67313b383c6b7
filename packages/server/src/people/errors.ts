export type PeopleErrorCode =
  | 'ACCOUNT_EXISTS_ALREADY'
  | 'ACCOUNT_NOT_FOUND'
  | 'ACCOUNT_OWNER_UNFIT'
  | 'DEVICE_NOT_FOUND'
  | 'EMAIL_TAKEN'
  | 'INVITATION_EXPIRED'
  | 'INVITATION_NOT_FOUND'
  | 'INVITATION_PASSWORD_WRONG'
  | 'INVITATION_USED'
  | 'MAILED_LINK_NOT_FOUND'
  | 'MAILED_LINK_OVER'
  | 'MAIL_NOT_SET_UP'
  | 'PASSWORD_WRONG'
  | 'PASSWORDS_BUSY'
  | 'ROLE_NOT_FOUND'
  | 'SECOND_PASSWORD_WRONG'
  | 'SESSION_NOT_FOUND'
  | 'SETUP_SECRET_WRONG'
  | 'TOKEN_LIFE_TOO_LONG'
  | 'TOKEN_NOT_FOUND'
  | 'USER_ELSEWHERE_TOO'
  | 'USER_EXISTS_ALREADY'
  | 'USER_IS_LAST_ADMINISTRATOR'
  | 'USER_IS_OWNER'
  | 'USER_NOT_FOUND'
  | 'USER_STATE_OTHER';

export class PeopleError extends Error {
  override readonly name = 'PeopleError';
  readonly code: PeopleErrorCode;
  constructor(code: PeopleErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Of another account, removed, or never there: one answer. */
export const userNotFound = (): PeopleError =>
  new PeopleError('USER_NOT_FOUND', 'There is nobody with this id in the account.');

/** More want to sign in, or to set a password, than may wait. */
export const passwordsBusy = (): PeopleError =>
  new PeopleError('PASSWORDS_BUSY', 'Too many passwords are looked at just now. Try again in a moment.');

export const mailMissing = (): PeopleError =>
  new PeopleError('MAIL_NOT_SET_UP', 'This exchange sends no mails: ask an administrator of your account.');
