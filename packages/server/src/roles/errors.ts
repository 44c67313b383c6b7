export type RolesErrorCode =
  | 'ADDRESSES_WITHOUT_YOU'
  | 'ROLE_BUILT_IN'
  | 'ROLE_IN_USE'
  | 'ROLE_NAME_TAKEN'
  | 'ROLE_NOT_FOUND'
  | 'USER_NOT_FOUND';

export class RolesError extends Error {
  override readonly name = 'RolesError';
  readonly code: RolesErrorCode;
  constructor(code: RolesErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const roleNotFound = (): RolesError => new RolesError('ROLE_NOT_FOUND', 'There is no such role in the account.');
export const userNotFound = (): RolesError =>
  new RolesError('USER_NOT_FOUND', 'There is no such person in the account, or you may not see them.');
