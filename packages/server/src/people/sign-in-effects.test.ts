import { type SignInEffectKind, type SignInPolicy, signInPolicy, standardSignInPolicy } from '@symbolon/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectsOf, type PersonFacts } from './sign-in-effects.ts';
import { stepsOf } from './steps.ts';

const now = new Date('2026-06-01T12:00:00Z');
const seconds = now.getTime() / 1000;
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const ada: PersonFacts = {
  id: 'ada',
  name: 'Ada',
  email: 'ada@example.org',
  hasPassword: true,
  passwordChangedAt: daysAgo(1),
  passwordMustChange: false,
  roleWantsFactor: false,
  hasFactor: false,
  sessions: [],
  trusted: [],
};

function kindsFor(person: Partial<PersonFacts>, after: Partial<SignInPolicy>, more: object = {}): SignInEffectKind[] {
  const change = { before: standardSignInPolicy, after: { ...standardSignInPolicy, ...after }, changePasswords: false };
  return [...effectsOf([{ ...ada, ...person }], { ...change, ...more }, now).keys()];
}

describe('what a change of the rules does', () => {
  test('is nothing where nothing changes, or only becomes looser', () => {
    const sessions = [[seconds - 3000, seconds - 60, seconds + 9000, seconds - 2990]] as const;
    expect(kindsFor({ sessions }, {})).toEqual([]);
    expect(
      kindsFor({ sessions, trusted: [[seconds - 9, seconds + 9]] }, { idleMinutes: 720, sessionHours: 24 }),
    ).toEqual([]);
  });

  test('is a new password, at once or soon, of who has had theirs for too long; and of everybody where that is asked for', () => {
    expect(kindsFor({ passwordChangedAt: daysAgo(91) }, { passwordDays: 90 })).toEqual(['password-now']);
    expect(kindsFor({ passwordChangedAt: daysAgo(80) }, { passwordDays: 90 })).toEqual(['password-soon']);
    expect(kindsFor({ passwordChangedAt: daysAgo(70) }, { passwordDays: 90 })).toEqual([]);
    expect(kindsFor({}, {}, { changePasswords: true })).toEqual(['password-now']);
    expect(kindsFor({ passwordMustChange: true }, {}, { changePasswords: true })).toEqual([]);
    expect(kindsFor({ hasPassword: false, passwordChangedAt: daysAgo(91) }, { passwordDays: 90 })).toEqual([]);
  });

  test('is that the next password keeps more, where a rule for passwords becomes stricter', () => {
    for (const after of [{ passwordCharacters: 12 }, { passwordKinds: true }, { passwordScore: 3 }])
      expect(kindsFor({}, after)).toEqual(['password-next']);
  });

  test('is a second factor to set up for who has none and was not asked for one', () => {
    expect(kindsFor({}, { secondFactor: 'required' })).toEqual(['enrol']);
    expect(kindsFor({ hasFactor: true }, { secondFactor: 'required' })).toEqual([]);
    expect(kindsFor({ roleWantsFactor: true }, { secondFactor: 'required' })).toEqual([]);
  });

  test('is a browser that is asked again, one that is signed out at once, and one that is sooner', () => {
    expect(kindsFor({ trusted: [[seconds - 10 * 86_400, seconds + 86_400]] }, { trustedDeviceDays: 7 })).toEqual([
      'trust-ends',
    ]);
    expect(kindsFor({ trusted: [[seconds - 10 * 86_400, seconds + 86_400]] }, { trustedDeviceDays: 20 })).toEqual([]);
    const sessions = [[seconds - 2 * 3600, seconds - 20 * 60, seconds + 10 * 3600, seconds - 7000]] as const;
    expect(kindsFor({ sessions }, { idleMinutes: 15 })).toEqual(['session-ends']);
    expect(kindsFor({ sessions }, { sessionHours: 2 })).toEqual(['session-ends']);
    expect(kindsFor({ sessions }, { idleMinutes: 30 })).toEqual(['session-shorter']);
    // One that is over concerns nobody.
    expect(
      kindsFor({ sessions: [[seconds - 9000, seconds - 8000, seconds + 9, seconds - 8999]] }, { idleMinutes: 15 }),
    ).toEqual([]);
  });

  test('is a screen that locks, and identities that close', () => {
    expect(kindsFor({}, { lockMinutes: 5 })).toEqual(['screen-locks']);
    expect(kindsFor({}, { secondPassword: true })).toEqual(['identities-close']);
  });
});

const policy: fc.Arbitrary<SignInPolicy> = fc
  .record({
    passwordDays: fc.constantFrom(null, 30 as const, 60 as const, 90 as const),
    secondFactor: fc.constantFrom('optional' as const, 'required' as const),
    passwordCharacters: fc.integer({ min: 10, max: 64 }),
  })
  .map((some) => signInPolicy.parse(some));
const person: fc.Arbitrary<PersonFacts> = fc
  .record({
    id: fc.uuid(),
    passwordChangedAt: fc.integer({ min: 0, max: 120 }).map(daysAgo),
    passwordMustChange: fc.boolean(),
    roleWantsFactor: fc.boolean(),
    hasFactor: fc.boolean(),
  })
  .map((some) => ({ ...ada, ...some }));

test('what is told before a change is what each has to do after it and had not before', () => {
  fc.assert(
    fc.property(fc.array(person, { maxLength: 6 }), policy, policy, fc.boolean(), (people, before, after, all) => {
      const effects = effectsOf(people, { before, after, changePasswords: all }, now);
      for (const one of people) {
        const facts = { ...one, factor: null, lockedAt: null, seenAt: now, termsVersion: null, acceptedVersion: null };
        const was = stepsOf({ ...facts, policy: before }, now);
        const will = stepsOf({ ...facts, policy: after, passwordMustChange: one.passwordMustChange || all }, now);
        for (const [kind, step] of [
          ['password-now', 'change-password'],
          ['enrol', 'enrol'],
        ] as const) {
          const told = effects.get(kind)?.includes(one) ?? false;
          expect(told).toBe(will.includes(step) && !was.includes(step));
        }
      }
    }),
  );
});
