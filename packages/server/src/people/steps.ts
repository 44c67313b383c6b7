import { provenMinutes, type SignInStep, signInSteps } from '@symbolon/contract';
import type { SessionRow } from './credential.store.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** What decides which steps there are. */
export type StepFacts = Pick<
  SessionRow,
  | 'policy'
  | 'roleWantsFactor'
  | 'factor'
  | 'hasFactor'
  | 'lockedAt'
  | 'seenAt'
  | 'passwordChangedAt'
  | 'passwordMustChange'
  | 'termsVersion'
  | 'acceptedVersion'
> & {
  /** When who is there was last proven; absent where it is not asked. */
  readonly provenAt?: Date;
};

/**
 * What a session has still to do before it opens anything, the first first. Asked with every request of what holds now: a rule
 * that an account makes stricter holds for who is signed in already.
 *
 * Law     nothing that makes a second factor is reached with the password alone by who has one; nor by who has none without a proof
 *         of a moment ago that it is they.
 */
export function stepsOf(facts: StepFacts, now: Date): SignInStep[] {
  const { secondFactor, passwordDays, trustedDeviceDays, lockMinutes } = facts.policy;
  const wanted = secondFactor === 'required' || facts.roleWantsFactor;
  // Trusted by the rules of another account of theirs, or before they became stricter.
  const proven = facts.factor !== null && (facts.factor !== 'trusted device' || trustedDeviceDays > 0);
  const tooOld = passwordDays !== null && now.getTime() - facts.passwordChangedAt.getTime() > passwordDays * dayMs;
  // The page locks itself when it is due; where it could not, this does a little later: a use is written down to the minute.
  const untouchedMs = now.getTime() - facts.seenAt.getTime();
  const untouched = lockMinutes !== null && untouchedMs > (lockMinutes + 1) * minuteMs;
  const enrol = wanted && !facts.hasFactor;
  // Whoever gets the first factor keeps everybody else out: a session that is merely open, or was stolen, does not do it.
  const stale = facts.provenAt !== undefined && now.getTime() - facts.provenAt.getTime() > provenMinutes * minuteMs;
  const steps: Readonly<Record<SignInStep, boolean>> = {
    'second-factor': facts.hasFactor && !proven,
    unlock: facts.lockedAt !== null || untouched || (enrol && stale),
    'change-password': facts.passwordMustChange || tooOld,
    enrol,
    'accept-terms': (facts.termsVersion ?? 0) > (facts.acceptedVersion ?? 0),
  };
  return signInSteps.filter((step) => steps[step]);
}
