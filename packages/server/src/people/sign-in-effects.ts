import { type SignInEffectKind, type SignInPolicy, signInEffectKinds } from '@symbolon/contract';
import { endsAt } from './session-limits.ts';
import { stepsOf } from './steps.ts';

/** What decides how a rule concerns somebody. Units: moments in seconds since 1970, each session as begun, seen, end and finished signing in, trust as since and until. */
export type PersonFacts = {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly hasPassword: boolean;
  readonly passwordChangedAt: Date;
  readonly passwordMustChange: boolean;
  readonly roleWantsFactor: boolean;
  readonly hasFactor: boolean;
  readonly sessions: readonly (readonly [begun: number, seen: number, end: number, finished: number | null])[];
  readonly trusted: readonly (readonly [since: number, until: number])[];
};

export type Change = {
  readonly before: SignInPolicy;
  readonly after: SignInPolicy;
  readonly changePasswords: boolean;
};

const soonDays = 14;
const daySeconds = 86_400;
const dateOf = (seconds: number): Date => new Date(seconds * 1000);

/**
 * Whom a change concerns that has not been made yet, and how. Steps are reckoned by `stepsOf`, which decides about each request:
 * what is told here is what will happen.
 *
 * Law   a change of nothing concerns nobody; a rule that becomes looser concerns nobody.
 * Cost  a few comparisons for each person.
 */
export function effectsOf(
  people: readonly PersonFacts[],
  change: Change,
  now: Date,
): ReadonlyMap<SignInEffectKind, PersonFacts[]> {
  const asked = asksOf(change, now);
  return new Map(
    signInEffectKinds.flatMap((kind) => {
      const some = people.filter(asked[kind]);
      return some.length === 0 ? [] : [[kind, some] as const];
    }),
  );
}

function asksOf(
  { before, after, changePasswords }: Change,
  now: Date,
): Readonly<Record<SignInEffectKind, (person: PersonFacts) => boolean>> {
  const nowSeconds = now.getTime() / 1000;
  const stepsUnder = (person: PersonFacts, policy: SignInPolicy, must = false, at = now) =>
    stepsOf(
      {
        ...person,
        policy,
        passwordMustChange: person.passwordMustChange || must,
        factor: null,
        lockedAt: null,
        seenAt: at,
        termsVersion: null,
        acceptedVersion: null,
      },
      at,
    );
  const gains = (step: 'change-password' | 'enrol') => (person: PersonFacts) =>
    stepsUnder(person, after, changePasswords).includes(step) && !stepsUnder(person, before).includes(step);
  const soon = new Date(now.getTime() + soonDays * daySeconds * 1000);
  const mustSoon = (person: PersonFacts, policy: SignInPolicy) =>
    stepsUnder(person, policy, false, soon).includes('change-password');
  const stricter =
    after.passwordCharacters > before.passwordCharacters ||
    (after.passwordKinds && !before.passwordKinds) ||
    after.passwordScore > before.passwordScore;
  // When a session ends under a policy, should nobody touch it any more; those that are over already are none.
  const endOf = ([begun, seen, end, finished]: PersonFacts['sessions'][number], policy: SignInPolicy): number => {
    const finishedAt = finished === null ? null : dateOf(finished);
    const times = { createdAt: dateOf(begun), seenAt: dateOf(seen), expiresAt: dateOf(end), finishedAt, policy };
    return Math.min(seen + policy.idleMinutes * 60, endsAt(times).getTime() / 1000);
  };
  const open = ({ sessions }: PersonFacts) => sessions.filter((one) => endOf(one, before) > nowSeconds);
  const trustUntil = ([since, until]: PersonFacts['trusted'][number], policy: SignInPolicy): number =>
    Math.min(until, since + policy.trustedDeviceDays * daySeconds);
  const minutes = ({ lockMinutes }: SignInPolicy): number => lockMinutes ?? Number.POSITIVE_INFINITY;
  return {
    'password-now': (person) => person.hasPassword && gains('change-password')(person),
    'password-soon': (person) =>
      person.hasPassword &&
      mustSoon(person, after) &&
      !mustSoon(person, before) &&
      !stepsUnder(person, after, changePasswords).includes('change-password'),
    'password-next': ({ hasPassword }) => stricter && hasPassword,
    enrol: gains('enrol'),
    'trust-ends': ({ trusted }) =>
      trusted.some((one) => trustUntil(one, before) > nowSeconds && trustUntil(one, after) <= nowSeconds),
    'session-ends': (person) => open(person).some((one) => endOf(one, after) <= nowSeconds),
    'session-shorter': (person) =>
      open(person).some((one) => endOf(one, after) > nowSeconds && endOf(one, after) < endOf(one, before)),
    'screen-locks': () => minutes(after) < minutes(before),
    'identities-close': () => after.secondPassword && !before.secondPassword,
  };
}
