import { ClientError } from '@symbolon/client';
import { type ProblemCode, problemCodes } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { wordsOf as said } from './problem-words.ts';
import { refusalWords } from './refusal-words.ts';

const wordsOf = (error: unknown) => said(error, refusalWords);

const refused = (code: ProblemCode, more: { detail?: string; retryAfterMs?: number } = {}) => {
  const problem = { type: '', title: '', status: 400, code, detail: more.detail ?? 'what the exchange says' };
  const wait = more.retryAfterMs === undefined ? {} : { retryAfterMs: more.retryAfterMs };
  return new ClientError('EXCHANGE_REFUSED', problem.detail, { status: 400, problem, ...wait });
};

test.each(problemCodes)('%s is said in a sentence, with what to do', (code) => {
  const { happened, advice } = wordsOf(refused(code, { detail: 'A sentence of the exchange.' }));
  expect(happened).toMatch(/^[A-Z].*\.$/);
  expect(advice).toMatch(/^[A-Z].*\.$/);
});

test('which rule a password breaks is what the exchange says', () => {
  expect(wordsOf(refused('PASSWORD_TOO_WEAK', { detail: 'This one has 3.' })).happened).toBe('This one has 3.');
});

test('how long to wait is said', () => {
  expect(wordsOf(refused('ACCESS_TOO_MANY_TRIES', { retryAfterMs: 90_000 })).advice).toContain('1 min 30 s');
});

test('where the words for refusals did not come, the exchange says it itself', () => {
  const error = refused('ROLE_IN_USE', { detail: 'Somebody has this role.' });
  expect(said(error, undefined)).toStrictEqual({ happened: 'Somebody has this role.', advice: 'Reload the page.' });
  expect(said(new ClientError('EXCHANGE_OUT_OF_REACH', 'x'), undefined)).toStrictEqual(
    wordsOf(new ClientError('EXCHANGE_OUT_OF_REACH', 'x')),
  );
});

test('what is no error of the exchange is not quoted: a name may stand in it', () => {
  const words = JSON.stringify([wordsOf(new Error('Doe^Jane is undefined')), wordsOf('Doe^Jane'), wordsOf(null)]);
  expect(words).not.toContain('Doe');
});

test('without words of its own the kind of failure decides', () => {
  expect(wordsOf(new ClientError('EXCHANGE_OUT_OF_REACH', 'x')).happened).toContain('cannot be reached');
});
