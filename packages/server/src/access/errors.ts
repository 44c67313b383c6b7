import { provenMinutes } from '@symbolon/contract';
import type { SignedIn } from './actor.ts';
import type { Past } from './attempts.ts';

export type AccessErrorCode =
  | 'ACCESS_SIGN_IN_NEEDED'
  | 'ACCESS_SIGN_IN_UNFINISHED'
  | 'ACCESS_ADDRESS_REFUSED'
  | 'ACCESS_PROOF_NEEDED'
  | 'ACCESS_REFUSED'
  | 'ACCESS_CROSS_SITE'
  | 'ACCESS_TOO_MANY_TRIES'
  | 'IDENTITIES_CLOSED'
  | 'RIGHTS_BEYOND_YOURS';

/** `ACCESS_SIGN_IN_NEEDED` says the same whatever was wrong with a token or password. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;
  /** ACCESS_TOO_MANY_TRIES: when the next try is looked at. */
  readonly retryAfterSeconds: number | undefined;
  /** ACCESS_TOO_MANY_TRIES: which limit it is past, so that those that follow are recorded together. */
  readonly past: Past | undefined;
  constructor(code: AccessErrorCode, message: string, retryAfterSeconds?: number, past?: Past) {
    super(message);
    this.code = code;
    this.past = past;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** In this session identities are closed, and would open with the second password. */
export const identitiesClosed = (): AccessError =>
  new AccessError('IDENTITIES_CLOSED', 'Identities are closed in this session. They open with your second password.');

/** Who is there was last proven too long ago for what is dangerous. */
export const proofNeeded = (): AccessError =>
  new AccessError(
    'ACCESS_PROOF_NEEDED',
    `Show first that it is you: your password was asked for more than ${provenMinutes} minutes ago.`,
  );

/** Who they are is proven, and from there they may not come. `actor`: who, for the audit. */
export class AddressRefused extends AccessError {
  readonly actor: SignedIn;
  constructor(actor: SignedIn) {
    super('ACCESS_ADDRESS_REFUSED', `From ${actor.address} the account, your role or your token cannot be used.`);
    this.actor = actor;
  }
}
