export type GroupsErrorCode = 'GROUP_HOLDS_STUDIES' | 'GROUP_NAME_TAKEN' | 'GROUP_NOT_FOUND';

export class GroupsError extends Error {
  override readonly name = 'GroupsError';
  readonly code: GroupsErrorCode;
  constructor(code: GroupsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One answer for what is not there and for what one may not see. */
export const groupNotFound = (): GroupsError =>
  new GroupsError('GROUP_NOT_FOUND', 'There is no such group or location in the account, or you may not see it.');
