import { allPermissions, maxTokenDays, tokenStates } from '@symbolon/contract';
import { expect, test } from 'vitest';
import {
  addressesText,
  endAfter,
  endText,
  lives,
  scopeText,
  tokenStateTones,
  tokenStateWords,
  usualScopes,
} from './token-words.ts';

test('a scope is named while it is short, counted when it is long, and none is all', () => {
  expect(scopeText(null)).toBe('All that its holder may do');
  expect(scopeText(['instance.store', 'instance.held'])).toBe('instance.store and instance.held');
  expect(scopeText(['a', 'b', 'c', 'd'])).toBe('4 permissions');
});

test('from where a token works and until when is told', () => {
  expect(addressesText([])).toBe('Anywhere');
  expect(addressesText(['192.0.2.0/24', '::1'])).toBe('192.0.2.0/24 and ::1');
  expect(endText(null)).toBe('Never');
  expect(endText('2026-03-01T10:00:00Z')).toContain('2026');
});

test('every state has a word and a colour, and every usual scope is of the catalogue', () => {
  for (const state of tokenStates) expect([tokenStateWords[state], tokenStateTones[state]]).not.toContain(undefined);
  for (const { permissions } of usualScopes) for (const name of permissions) expect(allPermissions).toContain(name);
});

test('no life is offered that the exchange refuses', () => {
  for (const { value } of lives) expect(Number(value)).toBeLessThanOrEqual(maxTokenDays);
  expect(endAfter(1, Date.parse('2026-03-01T10:00:00Z'))).toBe('2026-03-02T10:00:00.000Z');
});
