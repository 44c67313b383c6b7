import type { SignInPolicy } from '@symbolon/contract';

const minuteMs = 60_000;
/** Whoever does not finish what a sign-in asks for begins anew: with a password alone nobody sits before the next step for hours. */
const unfinishedMs = 15 * minuteMs;

export type SessionTimes = {
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly expiresAt: Date;
  readonly finishedAt: Date | null;
  readonly policy: Pick<SignInPolicy, 'sessionHours' | 'idleMinutes'>;
};

/** When a session ends whatever happens: by what held when it began, or by what the account says now, whichever is sooner. */
export function endsAt({ createdAt, expiresAt, finishedAt, policy }: SessionTimes): Date {
  const longestMs = policy.sessionHours * 60 * minuteMs;
  const lastMs = finishedAt === null ? Math.min(longestMs, unfinishedMs) : longestMs;
  return new Date(Math.min(expiresAt.getTime(), createdAt.getTime() + lastMs));
}

/**
 * Whether a session is over: at its end, or when nobody used it for as long as the account allows.
 *
 * Law     a limit that an account makes stricter ends what is older at once; one that it makes looser brings nothing back.
 */
export function isOver(times: SessionTimes, now: Date): boolean {
  const idleMs = times.policy.idleMinutes * minuteMs;
  return endsAt(times) <= now || now.getTime() - times.seenAt.getTime() > idleMs;
}
