import { signInSteps, standardSignInPolicy } from '@symbolon/contract';
import { describe, expect, test } from 'vitest';
import { policyOf } from './policy-of.ts';
import { type StepFacts, stepsOf } from './steps.ts';

const now = new Date('2026-06-01T12:00:00Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);

const finished: StepFacts = {
  policy: standardSignInPolicy,
  roleWantsFactor: false,
  factor: null,
  hasFactor: false,
  lockedAt: null,
  seenAt: now,
  passwordChangedAt: daysAgo(400),
  passwordMustChange: false,
  termsVersion: null,
  acceptedVersion: null,
};

describe('what a session has still to do', () => {
  test('is to unlock the screen once nobody touched it for a minute longer than the account allows', () => {
    const seenAt = new Date(now.getTime() - 11 * 60_000 - 1);
    expect(stepsOf({ ...finished, seenAt }, now)).toEqual([]);
    expect(stepsOf({ ...finished, seenAt, policy: policyOf({ lockMinutes: 10 }) }, now)).toEqual(['unlock']);
    expect(stepsOf({ ...finished, seenAt, policy: policyOf({ lockMinutes: 11 }) }, now)).toEqual([]);
  });

  test('is nothing where the account asks for nothing', () => {
    expect(stepsOf(finished, now)).toEqual([]);
  });

  test('is the second factor of who has one, whether it is asked for or not', () => {
    expect(stepsOf({ ...finished, hasFactor: true }, now)).toEqual(['second-factor']);
    expect(stepsOf({ ...finished, hasFactor: true, factor: 'totp' }, now)).toEqual([]);
  });

  test('is to get a second factor where the account or the role wants one', () => {
    for (const wanted of [{ policy: policyOf({ secondFactor: 'required' }) }, { roleWantsFactor: true }]) {
      expect(stepsOf({ ...finished, ...wanted }, now)).toEqual(['enrol']);
      expect(stepsOf({ ...finished, ...wanted, hasFactor: true }, now)).toEqual(['second-factor']);
      expect(stepsOf({ ...finished, ...wanted, hasFactor: true, factor: 'passkey' }, now)).toEqual([]);
    }
  });

  test('is to show that it is they before they get the first factor, where that was not a moment ago', () => {
    const wanted = { ...finished, policy: policyOf({ secondFactor: 'required' }) };
    const provenAt = new Date(now.getTime() - 10 * 60_000);
    expect(stepsOf({ ...wanted, provenAt }, now)).toEqual(['enrol']);
    expect(stepsOf({ ...wanted, provenAt }, new Date(now.getTime() + 1))).toEqual(['unlock', 'enrol']);
    expect(stepsOf({ ...finished, provenAt: daysAgo(1) }, now)).toEqual([]);
  });

  test('is a new password where it is older than the account allows, or where somebody said so', () => {
    const policy = policyOf({ passwordDays: 90 });
    expect(stepsOf({ ...finished, policy, passwordChangedAt: daysAgo(89) }, now)).toEqual([]);
    expect(stepsOf({ ...finished, policy, passwordChangedAt: daysAgo(91) }, now)).toEqual(['change-password']);
    expect(stepsOf({ ...finished, passwordMustChange: true }, now)).toEqual(['change-password']);
  });

  test('is to accept the terms of use in their newest version', () => {
    expect(stepsOf({ ...finished, termsVersion: 2 }, now)).toEqual(['accept-terms']);
    expect(stepsOf({ ...finished, termsVersion: 2, acceptedVersion: 1 }, now)).toEqual(['accept-terms']);
    expect(stepsOf({ ...finished, termsVersion: 2, acceptedVersion: 2 }, now)).toEqual([]);
  });

  test('begins with what proves who it is: nobody changes a password or gets a factor before', () => {
    const all = { ...finished, hasFactor: true, lockedAt: now, passwordMustChange: true, termsVersion: 1 };
    expect(stepsOf(all, now)).toEqual(['second-factor', 'unlock', 'change-password', 'accept-terms']);
    expect(signInSteps.indexOf('second-factor')).toBe(0);
  });
});
