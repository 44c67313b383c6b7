import { session, worklist } from '@symbolon/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exchange, onSignInNeeded } from './exchange.ts';
import { outage } from './outage.ts';

const answers: (() => Response)[] = [];
const json = (status: number, body: unknown) => () => new Response(JSON.stringify(body), { status });
const broken = () => {
  throw new TypeError('Failed to fetch');
};
let asked = 0;
let stop: () => void;

beforeEach(() => {
  vi.stubGlobal('fetch', async () => (answers.shift() ?? broken)());
  asked = 0;
  stop = onSignInNeeded(() => {
    asked += 1;
  });
});
afterEach(() => {
  stop();
  answers.length = 0;
  vi.unstubAllGlobals();
});

test('an exchange that goes away is noticed, and so is its return', async () => {
  const seen: boolean[] = [];
  const unsubscribe = outage.subscribe(() => seen.push(outage.out()));
  for (const answer of [broken, json(503, {}), json(401, {}), broken, json(200, { state: 'signed out', me: null })]) {
    answers.push(answer);
    await session(exchange).catch(() => undefined);
  }
  expect(seen).toEqual([true, false, true, false]);
  unsubscribe();
});

test('a request that was given up is no outage', async () => {
  await session(exchange, AbortSignal.abort()).catch(() => undefined);
  expect(outage.out()).toBe(false);
});

test('a 401 of any call asks for a sign-in, and that of the sign-in itself or of a link does not', async () => {
  answers.push(json(401, {}));
  await worklist(exchange, {}).catch(() => undefined);
  expect(asked).toBe(1);
  for (const url of ['/api/v1/sessions', '/api/v1/setup', '/api/v1/shared/7/study', '/api/v1/invitations/accept']) {
    answers.push(json(401, {}));
    await exchange.transport(url, { method: 'GET', headers: {} });
  }
  expect(asked).toBe(1);
});
