import { type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

const cookieOf = (answer: Answer): string => (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] as string;
const signIn = (password = me.password, email = me.email): Promise<Answer> =>
  ask(exchange, '/api/v1/sessions', { json: { email, password } });
const withCookie = (cookie: string, more: Question = {}): Question => ({
  ...more,
  headers: { cookie, 'sec-fetch-site': 'same-origin', ...more.headers },
});

describe('a session', () => {
  test('begins with e-mail address and password, tells who one is, and travels in a guarded cookie alone', async () => {
    const answer = await signIn();
    expect(answer.status).toBe(201);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-symbolon-session=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/),
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toMatchObject({
      state: 'signed in',
      me: { email: me.email, role: { builtin: 'administrator' } },
    });
    expect(answer.body.toString()).not.toContain(cookieOf(answer).split('=')[1]);
  });

  test('opens what its person may, until they sign out; then the same cookie opens nothing', async () => {
    const cookie = cookieOf(await signIn());
    expect((await ask(exchange, '/api/v1/me', withCookie(cookie))).json()).toMatchObject({ email: me.email });
    const out = await ask(exchange, '/api/v1/session', withCookie(cookie, { method: 'DELETE' }));
    expect(out.json()).toEqual({ state: 'signed out', me: null });
    expect(out.headers['set-cookie']).toEqual([expect.stringContaining('Max-Age=0')]);
    expect((await ask(exchange, '/api/v1/me', withCookie(cookie))).status).toBe(401);
    expect((await ask(exchange, '/api/v1/session', withCookie(cookie))).json()).toMatchObject({ state: 'signed out' });
  });

  test('is never the one that somebody put into the browser before', async () => {
    const planted = `__Host-symbolon-session=${'A'.repeat(43)}`;
    const answer = await ask(exchange, '/api/v1/sessions', {
      json: { email: me.email, password: me.password },
      headers: { cookie: planted, 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status).toBe(201);
    expect(cookieOf(answer)).not.toBe(planted);
    expect((await ask(exchange, '/api/v1/me', withCookie(planted))).status).toBe(401);
  });

  test('ends when its browser signs in anew', async () => {
    const before = cookieOf(await signIn());
    const json = { email: me.email, password: me.password };
    const after = cookieOf(await ask(exchange, '/api/v1/sessions', withCookie(before, { json })));
    expect((await ask(exchange, '/api/v1/me', withCookie(before))).status).toBe(401);
    expect((await ask(exchange, '/api/v1/me', withCookie(after))).status).toBe(200);
  });

  test('does nothing for a page of another site, nor for one on another port of this host', async () => {
    const cookie = cookieOf(await signIn());
    const alien = [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site', origin: 'https://localhost:1' },
      { 'sec-fetch-site': '', origin: 'null' },
    ];
    for (const headers of alien) {
      const answer = await ask(exchange, '/api/v1/held', { json: { sha256: [] }, headers: { cookie, ...headers } });
      expect([answer.status, answer.json()]).toEqual([403, expect.objectContaining({ code: 'ACCESS_CROSS_SITE' })]);
    }
    const own = await ask(exchange, '/api/v1/held', withCookie(cookie, { json: { sha256: [] } }));
    expect(own.status).toBe(200);
  });

  test('ends when nothing was asked for an hour, and twelve hours after it began', async () => {
    for (const change of ['seen_at', 'expires_at'] as const) {
      const cookie = cookieOf(await signIn());
      expect((await ask(exchange, '/api/v1/me', withCookie(cookie))).status).toBe(200);
      const then = new Date(Date.now() - (change === 'seen_at' ? 61 * 60_000 : 1000));
      await inDatabaseOf(exchange, (database) =>
        database
          .updateTable('sessions')
          .set({ [change]: then })
          .execute(),
      );
      expect((await ask(exchange, '/api/v1/me', withCookie(cookie))).status).toBe(401);
    }
  });

  test('is kept as a digest only', async () => {
    const secret = cookieOf(await signIn()).split('=')[1] as string;
    const rows = await inDatabaseOf(exchange, (database) => database.selectFrom('sessions').selectAll().execute());
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(rows.some(({ digest }) => digest.includes(Buffer.from(secret, 'base64url')))).toBe(false);
  });
});

test('after twenty wrong passwords from one place even the right one has to wait, there and for that person alone', async () => {
  const fresh = await startExchange();
  try {
    const them = await owner(fresh);
    const tryWith = (password: string, email = them.email) =>
      ask(fresh, '/api/v1/sessions', { json: { email, password } });
    // At once, so that none is looked at before the others are counted.
    const tries = await Promise.all(Array.from({ length: 25 }, (_, at) => tryWith(`wrong password ${at}`)));
    const statuses = tries.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    const refused = await tryWith(them.password);
    expect(refused.status).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'ACCESS_TOO_MANY_TRIES', retryAfterSeconds: expect.any(Number) });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
    expect((await tryWith('whatever it may be', 'somebody-else@example.org')).status).toBe(401);
    const recorded = await inDatabaseOf(fresh, (database) =>
      database.selectFrom('audit_records').select('outcome').where('action', '=', 'session.create').execute(),
    );
    expect(recorded).toHaveLength(27);
    expect(new Set(recorded.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
    // A quarter of an hour later.
    await inDatabaseOf(fresh, (database) =>
      database
        .updateTable('attempts')
        .set({ since: new Date(Date.now() - 16 * 60_000) })
        .execute(),
    );
    expect((await tryWith(them.password)).status).toBe(201);
  } finally {
    await fresh.dispose();
  }
});

test('the set-up link signs the owner in in their browser, and no token is left lying about', async () => {
  const fresh = await startExchange();
  try {
    expect((await ask(fresh, '/api/v1/session')).json()).toEqual({ state: 'unclaimed', me: null });
    const secret = /setup#(\S+)/.exec(fresh.output())?.[1];
    const json = {
      secret,
      accountName: 'Clinic',
      name: 'Ada Lovelace',
      email: 'ada@example.org',
      password: 'correct horse battery',
      as: 'session',
    };
    const answer = await ask(fresh, '/api/v1/setup', { json });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({ state: 'signed in', me: { name: 'Ada Lovelace', accountName: 'Clinic' } });
    expect((await ask(fresh, '/api/v1/me', withCookie(cookieOf(answer)))).status).toBe(200);
    const tokens = await inDatabaseOf(fresh, (database) => database.selectFrom('api_tokens').selectAll().execute());
    expect(tokens).toEqual([]);
    expect((await ask(fresh, '/api/v1/setup', { json })).json()).toMatchObject({ code: 'SETUP_SECRET_WRONG' });
  } finally {
    await fresh.dispose();
  }
});
