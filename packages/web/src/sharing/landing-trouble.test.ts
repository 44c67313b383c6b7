import { ClientError } from '@symbolon/client';
import type { ProblemCode } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { endOfLink, troubleOf, troubleWithoutSecret, troubleWords } from './landing-trouble.ts';

function refused(status: number, code: ProblemCode, retryAfterSeconds?: number): ClientError {
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds, retryAfterMs: retryAfterSeconds * 1000 };
  const problem = { type: 'about:blank', title: '', status, code, detail: '', ...wait };
  return new ClientError(status === 429 ? 'EXCHANGE_UNAVAILABLE' : 'EXCHANGE_REFUSED', '', {
    status,
    problem,
    ...wait,
  });
}

test('each end of a link is told by its own name', () => {
  expect(troubleOf(refused(404, 'LINK_NOT_FOUND'))).toBe('not found');
  expect(troubleOf(refused(410, 'LINK_EXPIRED'))).toBe('expired');
  expect(troubleOf(refused(410, 'LINK_REVOKED'))).toBe('revoked');
  expect(troubleOf(refused(403, 'LINK_PASSWORD_WRONG'))).toBe('password wrong');
});

test('too many tries are no wrong password and no exchange that is away', () => {
  expect(troubleOf(refused(429, 'ACCESS_TOO_MANY_TRIES', 42))).toBe('too many tries');
});

test('an exchange that is away is not a link that is wrong', () => {
  expect(troubleOf(new ClientError('EXCHANGE_OUT_OF_REACH', ''))).toBe('out of reach');
  expect(troubleOf(new ClientError('EXCHANGE_UNAVAILABLE', '', { status: 503 }))).toBe('out of reach');
  expect(troubleOf(new ClientError('EXCHANGE_FAILED', '', { status: 500 }))).toBe('failed');
  expect(troubleOf(new TypeError('our own fault'))).toBe('failed');
  expect(troubleWords['out of reach'].retry).toBe('Try again');
});

test('without the secret "not found" means that the secret is missing; revoked stays revoked', () => {
  expect(troubleWithoutSecret(refused(404, 'LINK_NOT_FOUND'))).toBe('no secret');
  expect(troubleWithoutSecret(refused(401, 'ACCESS_SIGN_IN_NEEDED'))).toBe('no secret');
  expect(troubleWithoutSecret(refused(410, 'LINK_REVOKED'))).toBe('revoked');
  expect(troubleWithoutSecret(new ClientError('EXCHANGE_OUT_OF_REACH', ''))).toBe('out of reach');
});

test('a link ends for who has it open when it is revoked or over, not when the exchange is away for a moment', () => {
  expect(endOfLink(refused(410, 'LINK_REVOKED'))).toBe('revoked');
  expect(endOfLink(refused(410, 'LINK_EXPIRED'))).toBe('expired');
  expect(endOfLink(new ClientError('EXCHANGE_OUT_OF_REACH', ''))).toBeNull();
  expect(endOfLink(refused(429, 'ACCESS_TOO_MANY_TRIES', 5))).toBeNull();
  expect(endOfLink(null)).toBeNull();
});
