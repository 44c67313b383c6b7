import { ClientError } from '@symbolon/client';
import type { ProblemCode } from '@symbolon/contract';

/** Why somebody who came by a link sees no study. */
export type Trouble =
  | 'not found'
  | 'expired'
  | 'revoked'
  | 'no secret'
  | 'visit over'
  | 'broken address'
  | 'password wrong'
  | 'too many tries'
  | 'out of reach'
  | 'failed';

const troubleOfProblem: Partial<Record<ProblemCode, Trouble>> = {
  ACCESS_SIGN_IN_NEEDED: 'no secret',
  ACCESS_TOO_MANY_TRIES: 'too many tries',
  LINK_EXPIRED: 'expired',
  LINK_NOT_FOUND: 'not found',
  LINK_PASSWORD_WRONG: 'password wrong',
  LINK_REVOKED: 'revoked',
  NOT_FOUND: 'not found',
  REQUEST_INVALID: 'not found',
  STUDY_NOT_FOUND: 'not found',
};

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ClientError)) return 'failed';
  const told = error.problemCode === undefined ? undefined : troubleOfProblem[error.problemCode];
  if (told !== undefined) return told;
  return error.code === 'EXCHANGE_OUT_OF_REACH' || error.code === 'EXCHANGE_UNAVAILABLE' ? 'out of reach' : 'failed';
}

/** What ends a link for good, whoever has it open. */
export function endOfLink(error: unknown): Trouble | null {
  const trouble = error === null ? null : troubleOf(error);
  return trouble === 'revoked' || trouble === 'expired' || trouble === 'not found' ? trouble : null;
}

/**
 * Without the secret only the cookie of an earlier opening can let somebody in. That it does not means that the address
 * lacks its secret, whatever the exchange calls it; an expired or revoked link is told by its own name.
 */
export function troubleWithoutSecret(error: unknown): Trouble {
  const trouble = troubleOf(error);
  return trouble === 'not found' ? 'no secret' : trouble;
}

export const troubleWords: Readonly<Record<Trouble, { title: string; text: string; retry: string | null }>> = {
  'not found': {
    title: 'This link does not lead to a study',
    text: 'It may be mistyped or cut off, as mail programs sometimes do. Open the link from the message again, or copy all of it into the address bar. If that does not help, ask the sender for a new link.',
    retry: null,
  },
  'broken address': {
    title: 'The address of this link is not complete',
    text: 'Its last part is missing, as when a mail program breaks a long line. Copy the whole link from the message into the address bar, or ask the sender to send it again.',
    retry: null,
  },
  'no secret': {
    title: 'Open the link from the message again',
    text: 'Its secret part is no longer in the address. It is removed on purpose, so that it does not stay behind on the screen or in a bookmark.',
    retry: null,
  },
  'password wrong': {
    title: 'That is not the password of this link',
    text: 'Look at capitals and hyphens and try again. If it still does not fit, ask the person who sent you the link for the password: only they have it.',
    retry: null,
  },
  'too many tries': {
    title: 'There were too many tries',
    text: 'Wait until the time below is over, then try again. Meanwhile, check the password with the person who sent you the link.',
    retry: 'Try again',
  },
  'visit over': {
    title: 'The study was open for a long time',
    text: 'It closes by itself after some hours, so that nobody finds it open on this device. You can open it again.',
    retry: 'Open it again',
  },
  expired: {
    title: 'This link has expired',
    text: 'The time for which the study was shared is over. If you still need it, ask the sender for a new link.',
    retry: null,
  },
  revoked: {
    title: 'This link was revoked',
    text: 'The sender has ended the sharing, so the study can no longer be opened. If you still need it, ask the sender for a new link.',
    retry: null,
  },
  'out of reach': {
    title: 'The exchange cannot be reached right now',
    text: 'Check whether this device is online, then try again. Your link is not lost.',
    retry: 'Try again',
  },
  failed: {
    title: 'Something went wrong',
    text: 'The study could not be opened because of a fault in the exchange, not because of you. Try again in a few minutes; if it stays like this, tell the sender.',
    retry: 'Try again',
  },
};
