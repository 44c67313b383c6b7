import { linkRequest } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { longestLinkPassword, offerPassword, passwordFault, shortestLinkPassword } from './link-password.ts';

const expiresAt = '2026-11-29T14:00:00.000Z';

test('an offered password is three groups of four letters that nobody mixes up', () => {
  for (let round = 0; round < 200; round += 1) {
    expect(offerPassword()).toMatch(/^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){2}$/);
  }
});

test('no password is offered twice, and each letter comes about equally often', () => {
  const offered = Array.from({ length: 2_000 }, offerPassword);
  expect(new Set(offered).size).toBe(offered.length);
  const counts = new Map<string, number>();
  for (const letter of offered.join('').replaceAll('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(31);
  // 24,000 letters, 774 of each expected, standard deviation 27: eight of them away is not chance.
  for (const count of counts.values()) expect(Math.abs(count - 774)).toBeLessThan(220);
});

test('a password that the form accepts is one that the exchange accepts, at both ends of its length', () => {
  for (const length of [shortestLinkPassword - 1, shortestLinkPassword, longestLinkPassword, longestLinkPassword + 1]) {
    const password = 'x'.repeat(length);
    expect(passwordFault(password) === null).toBe(linkRequest.safeParse({ expiresAt, password }).success);
  }
  expect(passwordFault('   a    ')).toBe('Use at least 6 characters.');
});
