import type { LinkRow } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { linkFilterOf, passing, stateAt, usageText, wordsOfUse, wrongPasswordsText } from './link-words.ts';

const now = Date.parse('2026-11-22T14:00:00Z');

function linkOf(changes: Partial<LinkRow>): LinkRow {
  return {
    id: '018f0000-0000-7000-8000-000000000001',
    state: 'open',
    study: { id: '018f0000-0000-7000-8000-000000000002', patientName: 'Muster, Eva', date: null, description: '' },
    createdAt: '2026-11-22T10:00:00Z',
    createdBy: 'Dr. Beispiel',
    expiresAt: '2026-11-29T14:00:00Z',
    revokedAt: null,
    revokedBy: null,
    hasPassword: true,
    download: false,
    note: '',
    opened: 0,
    lastOpenedAt: null,
    wrongPasswords: 0,
    ...changes,
  };
}

test('a link that runs out while one looks at it is shown as expired', () => {
  expect(stateAt(linkOf({ expiresAt: '2026-11-22T13:59:59Z' }), now)).toBe('expired');
  expect(stateAt(linkOf({}), now)).toBe('open');
  expect(stateAt(linkOf({ state: 'revoked', expiresAt: '2026-11-22T13:59:59Z' }), now)).toBe('revoked');
});

test('the filter shows the links of that state, and everything where the address names none', () => {
  const links = [linkOf({}), linkOf({ state: 'revoked' }), linkOf({ expiresAt: '2026-11-01T00:00:00Z' })];
  expect(passing(links, 'expired', now)).toEqual([links[2]]);
  expect(passing(links, 'revoked', now)).toEqual([links[1]]);
  expect(passing(links, linkFilterOf('<b>'), now)).toEqual(links);
});

test('the use of a link is one readable sentence', () => {
  expect(usageText(linkOf({}), now)).toBe('Not opened yet');
  expect(usageText(linkOf({ opened: 1, lastOpenedAt: '2026-11-22T13:00:00Z' }), now)).toBe('Opened once, 1 hour ago');
  expect(usageText(linkOf({ opened: 4, lastOpenedAt: '2026-11-20T13:00:00Z' }), now)).toBe(
    'Opened 4 times, last 2 days ago',
  );
});

test('what a reader did is said with how many images, also where only "all" is known', () => {
  expect(wordsOfUse({ what: 'viewed', images: 1 })).toBe('Viewed 1 image');
  expect(wordsOfUse({ what: 'viewed', images: 40 })).toBe('Viewed 40 images');
  expect(wordsOfUse({ what: 'viewed', images: null })).toBe('Viewed images, up to all of them');
  expect(wordsOfUse({ what: 'refused', images: null })).toBe('Refused: wrong password, or too many tries');
});

test('wrong passwords are mentioned only when there were some', () => {
  expect(wrongPasswordsText(0)).toBeNull();
  expect(wrongPasswordsText(1)).toBe('1 wrong password');
  expect(wrongPasswordsText(3)).toBe('3 wrong passwords');
});
