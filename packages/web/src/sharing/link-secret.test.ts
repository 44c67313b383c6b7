import { lookAtLinkRequest } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { secretIn, takeSecret } from './link-secret.ts';

const secret = 'Zm9vYmFyYmF6cXV4MTIzNA';

function barOf() {
  const shown: string[] = [];
  return { shown, state: { key: 'k' }, replaceState: (_: unknown, __: string, address: string) => shown.push(address) };
}

test('the secret leaves the address bar at once and is found in memory after that', () => {
  const bar = barOf();
  const there = { pathname: '/shared/a', search: '', hash: `#${secret}` };
  expect(takeSecret('a', there, bar)).toEqual({ secret, broken: false });
  expect(bar.shown).toEqual(['/shared/a']);
  expect(takeSecret('a', { ...there, hash: '' }, bar)).toEqual({ secret, broken: false });
  expect(bar.shown).toHaveLength(1);
});

test('a secret is found for its own link only', () => {
  const bar = barOf();
  takeSecret('one', { pathname: '/shared/one', search: '', hash: `#${secret}` }, bar);
  expect(takeSecret('two', { pathname: '/shared/two', search: '', hash: '' }, bar).secret).toBeNull();
});

test('an address that was cut off is said to be broken, and what is left of it leaves the bar too', () => {
  const bar = barOf();
  const cut = { pathname: '/shared/c', search: '', hash: `#${secret.slice(0, 9)}` };
  expect(takeSecret('c', cut, bar)).toEqual({ secret: null, broken: true });
  expect(bar.shown).toEqual(['/shared/c']);
});

test('what counts as a secret here is what the exchange takes as one', () => {
  for (const text of [secret, 'a'.repeat(21), 'a'.repeat(64), 'a'.repeat(65), `${secret}.`, `${secret}%20`]) {
    expect(secretIn(`#${text}`) !== null).toBe(lookAtLinkRequest.safeParse({ secret: text }).success);
  }
});
