import { expect, test } from 'vitest';
import { trustedUntil } from './factor-standing.ts';

const at = (day: number): Date => new Date(Date.UTC(2026, 0, 1 + day));
const device = { id: 'd', trustedAt: at(0), trustedUntil: at(30) };

test('a browser is trusted for as long as was said, and no longer than the accounts allow now', () => {
  expect(trustedUntil(device, 30, at(29))).toEqual(at(30));
  expect(trustedUntil(device, 90, at(29))).toEqual(at(30));
  expect(trustedUntil(device, 30, at(30))).toBeNull();
  expect(trustedUntil(device, 7, at(6))).toEqual(at(7));
  expect(trustedUntil(device, 7, at(7))).toBeNull();
  expect(trustedUntil(device, 0, at(0))).toBeNull();
});

test('one that is only known, or not even that, is not trusted', () => {
  expect(trustedUntil({ id: 'd', trustedAt: null, trustedUntil: null }, 90, at(1))).toBeNull();
  expect(trustedUntil(undefined, 90, at(1))).toBeNull();
});
