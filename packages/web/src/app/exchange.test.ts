import { session, worklist } from '@symbolon/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exchange, onSignInNeeded } from './exchange.ts';
import { outage } from './outage.ts';
import { questions } from './questions.ts';

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
  const out = json(200, { state: 'signed out', me: null });
  answers.push(json(401, {}), out, out, out);
  await worklist(exchange, {}).catch(() => undefined);
  expect(asked).toBe(1);
  for (const url of ['/api/v1/sessions', '/api/v1/setup', '/api/v1/shared/7/study', '/api/v1/invitations/accept']) {
    answers.push(json(401, {}));
    await exchange.transport(url, { method: 'GET', headers: {} });
  }
  expect(asked).toBe(1);
});

const ask = () => exchange.transport('/api/v1/users', { method: 'GET', headers: {} });

test('nor is anybody where the answer with that secret is still on its way', async () => {
  const out = json(200, { state: 'signed out', me: null });
  answers.push(
    json(401, { code: 'ACCESS_SIGN_IN_NEEDED' }),
    out,
    out,
    json(200, { state: 'signed in' }),
    json(200, {}),
  );
  expect((await ask()).status).toBe(200);
  expect(asked).toBe(0);
});

test('a session that went on under another secret meanwhile is asked again, and nobody is signed out', async () => {
  answers.push(json(401, { code: 'ACCESS_SIGN_IN_NEEDED' }), json(200, { state: 'signed in' }), json(200, {}));
  expect((await ask()).status).toBe(200);
  // Once: who is refused again is refused.
  answers.push(json(401, {}), json(200, { state: 'signed in' }), json(401, {}));
  expect((await ask()).status).toBe(401);
  expect([asked, answers.length]).toEqual([0, 0]);
});

describe('what the exchange wants of a person first', () => {
  const wanted = (code: string) => json(403, { code, detail: 'kept' });
  let gone: () => void = () => undefined;
  afterEach(() => gone());

  test.each([
    ['ACCESS_PROOF_NEEDED', 'proof'],
    ['IDENTITIES_CLOSED', 'identities'],
  ])('%s is asked for, and the call is made again by itself', async (code, question) => {
    gone = questions.subscribe(() => undefined);
    answers.push(wanted(code), json(200, {}));
    const answer = ask();
    await expect.poll(questions.asked).toBe(question);
    questions.settle(true);
    expect((await answer).status).toBe(200);
    expect(questions.asked()).toBeUndefined();
  });

  test('is one question, however many calls want it; whoever says no reads why', async () => {
    let times = 0;
    gone = questions.subscribe(() => {
      if (questions.asked() !== undefined) times += 1;
    });
    answers.push(wanted('ACCESS_PROOF_NEEDED'), wanted('ACCESS_PROOF_NEEDED'));
    const both = Promise.all([ask(), ask()]);
    await expect.poll(() => answers.length).toBe(0);
    await expect.poll(questions.asked).toBe('proof');
    questions.settle(false);
    for (const { status, body } of await both) {
      const chunks = [];
      for await (const chunk of body) chunks.push(Buffer.from(chunk));
      expect([status, JSON.parse(Buffer.concat(chunks).toString())]).toEqual([
        403,
        expect.objectContaining({ detail: 'kept' }),
      ]);
    }
    expect(times).toBe(1);
  });

  test('is not asked where nobody could answer', async () => {
    answers.push(wanted('ACCESS_PROOF_NEEDED'));
    expect((await ask()).status).toBe(403);
  });
});
