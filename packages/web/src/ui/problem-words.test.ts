import { ClientError } from '@symbolon/client';
import { type ProblemCode, problemCodes } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { wordsOf } from './problem-words.ts';

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

test('what is no error of the exchange is not quoted: a name may stand in it', () => {
  const said = JSON.stringify([wordsOf(new Error('Doe^Jane is undefined')), wordsOf('Doe^Jane'), wordsOf(null)]);
  expect(said).not.toContain('Doe');
});

test('without words of its own the kind of failure decides', () => {
  expect(wordsOf(new ClientError('EXCHANGE_OUT_OF_REACH', 'x')).happened).toContain('cannot be reached');
});
