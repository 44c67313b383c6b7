import { ClientError } from '@symbolon/client';
import { expect, test } from 'vitest';
import { newQueryClient } from './query-client.ts';

const { queries = {}, mutations } = newQueryClient().getDefaultOptions();
const again = (error: Error) => (queries.retry as (count: number, error: Error) => boolean)(99, error);
const delay = (attempt: number, error: Error) =>
  (queries.retryDelay as (attempt: number, error: Error) => number)(attempt, error);
const away = new ClientError('EXCHANGE_OUT_OF_REACH', 'x');

test('a query is asked again for as long as the exchange is away, and never after a refusal', () => {
  expect(again(away)).toBe(true);
  expect(again(new ClientError('EXCHANGE_UNAVAILABLE', 'x'))).toBe(true);
  expect(again(new ClientError('EXCHANGE_REFUSED', 'x', { status: 404 }))).toBe(false);
  expect(again(new ClientError('EXCHANGE_FAILED', 'x', { status: 500 }))).toBe(false);
  expect(again(new Error('ours'))).toBe(false);
});

test('the waits grow up to a limit, and are never shorter than what the exchange asks for', () => {
  expect([0, 1, 2, 50].map((attempt) => delay(attempt, away))).toEqual([1000, 2000, 4000, 5000]);
  expect(delay(0, new ClientError('EXCHANGE_UNAVAILABLE', 'x', { retryAfterMs: 30_000 }))).toBe(30_000);
});

test('a change is never sent twice by itself', () => {
  expect(mutations?.retry).toBe(false);
});
