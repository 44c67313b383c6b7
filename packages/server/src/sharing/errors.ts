export type SharingErrorCode =
  | 'LINK_EXPIRED'
  | 'LINK_NOT_FOUND'
  | 'LINK_PASSWORD_WRONG'
  | 'LINK_REVOKED'
  | 'REQUEST_INVALID';

export class SharingError extends Error {
  override readonly name = 'SharingError';
  readonly code: SharingErrorCode;
  constructor(code: SharingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One answer for a link that is not there and for a secret that is not its own. */
export const linkNotFound = (): SharingError =>
  new SharingError('LINK_NOT_FOUND', 'There is no such link. Its address may be mistyped or cut off.');
