import { expect, test } from 'vitest';
import { problemOf } from '../problems.ts';
import { passwordScore } from './password-score.ts';

test('of a flood of passwords to be judged few wait and the others are turned away at once; it keeps nobody else out', async () => {
  const flood = Array.from({ length: 40 }, () => passwordScore('vier Boote', ['ada', 'example', 'org']));
  const outcomes = Promise.allSettled(flood);
  expect(await passwordScore('vier Boote hinter der Mole', ['eva', 'example', 'org'])).toBe(4);
  const refused = (await outcomes).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  // One is judged, and four wait.
  expect(refused).toHaveLength(40 - 5);
  expect(problemOf(refused[0])).toMatchObject({ status: 503, retryAfterSeconds: 5 });
}, 60_000);
