import { type SignInEffect, standardSignInPolicy } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { draftOf, effectText, faultIn, isSame, policyIn, yoursText } from './policy-words.ts';

test('a policy that nobody touched comes out of its form as it went in', () => {
  expect(policyIn(draftOf(standardSignInPolicy))).toEqual(standardSignInPolicy);
  const own = { ...standardSignInPolicy, lockMinutes: 5, passwordDays: 90, secondFactor: 'required' } as const;
  expect(policyIn(draftOf(own))).toEqual(own);
  expect(isSame(own, standardSignInPolicy)).toBe(false);
  expect(isSame(own, { ...own })).toBe(true);
});

test('an amount that is none, or out of its range, is said to be so, and makes no policy', () => {
  for (const text of ['9', '65', '', 'ten', '10.5', '-1'])
    expect(faultIn('passwordCharacters', text)).toBe('A whole number from 10 to 64.');
  expect(faultIn('lockMinutes', '')).toBeUndefined();
  expect(faultIn('lockMinutes', '0')).toBe('A whole number from 1 to 120, or nothing.');
  expect(faultIn('trustedDeviceDays', '0')).toBeUndefined();
  expect(policyIn({ ...draftOf(standardSignInPolicy), idleMinutes: '4' })).toBeUndefined();
});

test('what happens to one is said of one, and what is asked of oneself is said by itself', () => {
  const effect = (kind: SignInEffect['kind'], count: number, you: boolean): SignInEffect => ({
    ...{ kind, count, you, people: [], next: null },
  });
  expect(effectText({ kind: 'enrol', count: 1 })).toBe(
    '1 person sets up a second factor at once, before anything else opens.',
  );
  expect(effectText({ kind: 'session-ends', count: 3 })).toBe('3 people are signed out somewhere at once.');
  expect(yoursText([effect('enrol', 2, false)])).toBeUndefined();
  expect(yoursText([effect('password-now', 2, true), effect('enrol', 2, true)])).toBe(
    'You will choose a new password and set up a second factor right after, before you go on.',
  );
});
