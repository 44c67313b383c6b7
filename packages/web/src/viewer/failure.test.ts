import { ClientError } from '@symbolon/client';
import type { ProblemCode } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';

function refused(status: number, code: ProblemCode): ClientError {
  const problem = { type: 'about:blank', title: '', status, code, detail: 'It is a video.' };
  const passing = status === 429 || status === 503;
  return new ClientError(passing ? 'EXCHANGE_UNAVAILABLE' : 'EXCHANGE_REFUSED', problem.detail, { status, problem });
}

test('a link that was revoked or has expired ends it, and so does a study that is not there any more', () => {
  for (const [status, code] of [
    [410, 'LINK_REVOKED'],
    [410, 'LINK_EXPIRED'],
    [401, 'ACCESS_SIGN_IN_NEEDED'],
    [404, 'STUDY_NOT_FOUND'],
    [403, 'ACCESS_REFUSED'],
  ] as const) {
    expect(failureOf(refused(status, code)).kind).toBe('ended');
  }
});

test('an image that cannot be shown says why, and another try does not help', () => {
  expect(failureOf(refused(422, 'PIXELS_NOT_RENDERABLE'))).toEqual({
    kind: 'refused',
    reason: 'It is a video.',
    again: false,
  });
});

test('an image that the exchange failed on, or whose bytes no browser takes, may be tried again', () => {
  const failed = new ClientError('EXCHANGE_FAILED', 'it failed', { status: 500 });
  expect(failureOf(failed)).toMatchObject({ kind: 'refused', again: true });
  expect(failureOf(new DOMException('undecodable', 'InvalidStateError'))).toMatchObject({
    kind: 'refused',
    again: true,
  });
});

test('an exchange that is busy is told from one that does not answer', () => {
  expect(failureOf(refused(503, 'RENDERING_BUSY'))).toMatchObject({ kind: 'away', trouble: 'busy' });
  expect(failureOf(refused(503, 'DATABASE_UNAVAILABLE'))).toMatchObject({ kind: 'away', trouble: 'away' });
  expect(failureOf(new ClientError('EXCHANGE_OUT_OF_REACH', 'broke'))).toMatchObject({ kind: 'away', trouble: 'away' });
});
