import { createHash, randomUUID } from 'node:crypto';
import type { OwnSessionsAnswer } from '@symbolon/contract';
import { type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { floodsOfGuesses } from './floods-of-guesses.ts';
import { pagesOfOthers } from './pages-of-others.ts';

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
      expect.stringMatching(
        /^__Host-symbolon-device=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=15552000; Secure; HttpOnly; SameSite=Strict$/,
      ),
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

test('a browser in which somebody signed in is known from then on, by another secret each time, of which the digest is kept', async () => {
  const rows = () =>
    inDatabaseOf(exchange, (database) =>
      database.selectFrom('devices').select(['id', 'digest', 'agent']).orderBy('created_at').execute(),
    );
  const before = await rows();
  const headers = { 'user-agent': 'Firefox/140.0' };
  const json = { email: me.email, password: me.password };
  const secretOf = (answer: Answer): string => /device=([^;]+)/.exec(answer.headers['set-cookie']![1]!)![1]!;
  const first = secretOf(await ask(exchange, '/api/v1/sessions', { json, headers }));
  const [made] = (await rows()).slice(before.length);
  expect(made).toMatchObject({ agent: 'Firefox/140.0', digest: createHash('sha256').update(first).digest() });
  const withDevice = (secret: string) => ({
    json,
    headers: { ...headers, cookie: `__Host-symbolon-device=${secret}` },
  });
  const second = secretOf(await ask(exchange, '/api/v1/sessions', withDevice(first)));
  expect(second).not.toBe(first);
  expect((await rows()).slice(before.length)).toEqual([
    { ...made, digest: createHash('sha256').update(second).digest() },
  ]);
  // One that somebody put there, or copied before: it is no browser of theirs, and none that they sign in with later.
  const planted = 'A'.repeat(43);
  for (const secret of [planted, first]) await ask(exchange, '/api/v1/sessions', withDevice(secret));
  const digests = (await rows()).map(({ digest }) => digest.toString('hex'));
  expect(digests).toHaveLength(before.length + 3);
  for (const secret of [planted, first])
    expect(digests).not.toContain(createHash('sha256').update(secret).digest('hex'));
  // A wrong password makes no browser known.
  await signIn('wrong');
  expect(await rows()).toHaveLength(before.length + 3);
});

describe('one’s own sessions', () => {
  const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
  const api = async (cookie: string, path: string, question: Question = {}): Promise<Answer> =>
    ask(exchange, `/api/v1/me/${path}`, withCookie(cookie, question));
  const listed = async (cookie: string) => ((await api(cookie, 'sessions')).json() as OwnSessionsAnswer).sessions;
  const opens = async (cookie: string): Promise<number> =>
    (await ask(exchange, '/api/v1/me', withCookie(cookie))).status;

  test('are listed with device and place, the one that asks among them, and none that is over', async () => {
    const json = { email: me.email, password: me.password };
    const there = cookieOf(await ask(exchange, '/api/v1/sessions', { json, headers: { 'user-agent': firefox } }));
    const here = cookieOf(await signIn());
    const over = cookieOf(await signIn());
    await ask(exchange, '/api/v1/session', withCookie(over, { method: 'DELETE' }));
    const [mine, ...others] = await listed(here).then((all) => all.toSorted((one) => (one.current ? -1 : 1)));
    expect(mine).toMatchObject({ current: true, device: '', address: expect.stringMatching(/127\.0\.0\.1|::1/) });
    expect(others.map(({ current }) => current)).not.toContain(true);
    expect(others.filter(({ device }) => device === 'Firefox on Windows')).toHaveLength(1);
    const rows = await inDatabaseOf(exchange, (database) => database.selectFrom('sessions').select('id').execute());
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([mine!.id]));
    expect(JSON.stringify(await listed(here))).not.toContain(there.split('=')[1]);
  });

  test('end one by one or everywhere else: the very next request there is refused, and it is on record', async () => {
    const [here, one, another] = [cookieOf(await signIn()), cookieOf(await signIn()), cookieOf(await signIn())];
    const id = (await listed(one)).find(({ current }) => current)!.id;
    expect((await api(here, `sessions/${id}`, { method: 'DELETE' })).json()).toEqual({ ended: 1 });
    expect(await Promise.all([here, one, another].map(opens))).toEqual([200, 401, 200]);
    // Gone, never there, or somebody else's: one answer.
    const again = await api(here, `sessions/${id}`, { method: 'DELETE' });
    const never = await api(here, `sessions/${randomUUID()}`, { method: 'DELETE' });
    expect([again.status, again.body]).toEqual([404, never.body]);
    const all = (await api(here, 'sessions', { method: 'DELETE' })).json() as { ended: number };
    expect(all.ended).toBeGreaterThan(0);
    expect(await Promise.all([here, another].map(opens))).toEqual([200, 401]);
    expect(await listed(here)).toHaveLength(1);
    const recorded = await inDatabaseOf(exchange, (database) =>
      database.selectFrom('audit_records').select('outcome').where('action', '=', 'session.end').execute(),
    );
    expect(recorded).toEqual([{ outcome: 'success' }, { outcome: 'success' }]);
  });

  test('that are over already are neither listed nor counted among those that end', async () => {
    await signIn();
    await inDatabaseOf(exchange, (database) =>
      database
        .updateTable('sessions')
        .set({ seen_at: new Date(Date.now() - 61 * 60_000) })
        .execute(),
    );
    const here = cookieOf(await signIn());
    await signIn();
    expect(await listed(here)).toHaveLength(2);
    expect((await api(here, 'sessions', { method: 'DELETE' })).json()).toEqual({ ended: 1 });
    const left = await inDatabaseOf(exchange, (database) => database.selectFrom('sessions').select('id').execute());
    expect(left).toHaveLength(1);
  });

  test('are for who came with a browser, and each person ends their own alone', async () => {
    for (const [method, path] of [
      ['GET', 'sessions'],
      ['DELETE', 'sessions'],
      ['DELETE', `sessions/${randomUUID()}`],
    ] as const)
      expect((await ask(exchange, `/api/v1/me/${path}`, { token: me.token, method })).status).toBe(403);
    const here = cookieOf(await signIn());
    // Of somebody else, though of the same account.
    const theirs = await inDatabaseOf(exchange, async (database) => {
      const { id } = await database
        .insertInto('users')
        .values({ id: randomUUID(), email: `${randomUUID()}@example.org`, password_hash: null })
        .returning('id')
        .executeTakeFirstOrThrow();
      const mine = await database.selectFrom('sessions').selectAll().executeTakeFirstOrThrow();
      const row = { ...mine, id: randomUUID(), digest: Buffer.from(randomUUID()), user_id: id };
      await database.insertInto('sessions').values(row).execute();
      return row.id;
    });
    expect((await api(here, `sessions/${theirs}`, { method: 'DELETE' })).status).toBe(404);
    await api(here, 'sessions', { method: 'DELETE' });
    const left = await inDatabaseOf(exchange, (database) => database.selectFrom('sessions').select('id').execute());
    expect(left.map(({ id }) => id)).toContain(theirs);
  });
});

describe('one’s own password', () => {
  const change = (cookie: string, current: string, password: string): Promise<Answer> =>
    ask(exchange, '/api/v1/me/password', withCookie(cookie, { method: 'PUT', json: { current, password } }));

  test('is changed by who knows it, ends every other session, and none that one had is taken again', async () => {
    const [before, there] = [cookieOf(await signIn()), cookieOf(await signIn())];
    const other = 'vier Boote hinter der Mole';
    const wrong = await change(before, 'not this one at all', other);
    expect([wrong.status, wrong.json()]).toEqual([403, expect.objectContaining({ code: 'PASSWORD_WRONG' })]);
    const weak = await change(before, me.password, 'short');
    expect([weak.status, weak.json()]).toEqual([422, expect.objectContaining({ code: 'PASSWORD_TOO_WEAK' })]);
    const same = await change(before, me.password, me.password);
    expect(same.json()).toMatchObject({ code: 'PASSWORD_TOO_WEAK', detail: expect.stringContaining('had before') });
    expect((await ask(exchange, '/api/v1/me', withCookie(there))).status).toBe(200);

    const done = await change(before, me.password, other);
    const here = cookieOf(done);
    expect([done.status, (done.json() as { ended: number }).ended > 0]).toEqual([200, true]);
    expect((await ask(exchange, '/api/v1/me', withCookie(there))).status).toBe(401);
    // The one in which it was changed goes on, and a copy of its cookie does not.
    expect((await ask(exchange, '/api/v1/me', withCookie(before))).status).toBe(401);
    expect((await ask(exchange, '/api/v1/me', withCookie(here))).status).toBe(200);
    expect((await signIn()).status).toBe(401);
    expect((await signIn(other)).status).toBe(201);
    // Tokens were not made of it.
    expect((await ask(exchange, '/api/v1/me', { token: me.token })).status).toBe(200);
    expect((await change(here, other, me.password)).json()).toMatchObject({ code: 'PASSWORD_TOO_WEAK' });
    expect((await change(here, other, 'fünf Boote vor der Mole')).status).toBe(200);

    const recorded = await inDatabaseOf(exchange, (database) =>
      database.selectFrom('audit_records').select('outcome').where('action', '=', 'password.change').execute(),
    );
    expect(recorded.map(({ outcome }) => outcome).sort()).toEqual(['refused', 'success', 'success']);
    const former = await inDatabaseOf(exchange, (database) =>
      database.selectFrom('former_passwords').select('password_hash').execute(),
    );
    expect(former.map(({ password_hash }) => password_hash.slice(0, 9))).toEqual(['$argon2id', '$argon2id']);
  });

  test('of those that one had the last 24 are kept, and older ones are gone when one is replaced', async () => {
    const here = cookieOf(await signIn('fünf Boote vor der Mole'));
    await inDatabaseOf(exchange, async (database) => {
      const { user_id, password_hash } = await database
        .selectFrom('former_passwords')
        .selectAll()
        .executeTakeFirstOrThrow();
      const old = Array.from({ length: 30 }, (_, at) => ({
        user_id,
        password_hash,
        replaced_at: new Date(Date.UTC(2020, 0, 1 + at)),
      }));
      await database.insertInto('former_passwords').values(old).execute();
    });
    const done = await change(here, 'fünf Boote vor der Mole', 'neun Boote vor der Mole');
    expect(done.status).toBe(200);
    const kept = await inDatabaseOf(exchange, (database) =>
      database.selectFrom('former_passwords').select('replaced_at').orderBy('replaced_at').execute(),
    );
    expect(kept).toHaveLength(24);
    // Three real ones, and the newest of those that were planted.
    expect(kept[0]!.replaced_at).toEqual(new Date(Date.UTC(2020, 0, 1 + 9)));
    await inDatabaseOf(exchange, (database) => database.deleteFrom('former_passwords').execute());
    const again = await change(cookieOf(done), 'neun Boote vor der Mole', 'fünf Boote vor der Mole');
    expect(again.status).toBe(200);
  });

  test('is asked for as often as at the door, and not by a token', async () => {
    const by = await ask(exchange, '/api/v1/me/password', {
      token: me.token,
      method: 'PUT',
      json: { current: 'x', password: 'y' },
    });
    expect(by.status).toBe(403);
    const here = cookieOf(await signIn('fünf Boote vor der Mole'));
    const tries = await Promise.all(
      Array.from({ length: 22 }, (_, at) => change(here, `wrong ${at}`, 'sechs Boote vor der Mole')),
    );
    const statuses = tries.map(({ status }) => status);
    expect([...new Set(statuses)].sort()).toEqual([403, 429]);
    expect(statuses.filter((status) => status === 403)).toHaveLength(20);
    expect((await signIn('fünf Boote vor der Mole')).status).toBe(429);
  });
});

describe('guesses at a password', () => {
  let fresh: Exchange;
  let them: Owner;
  beforeAll(async () => {
    fresh = await startExchange({ env: { SYMBOLON_TRUSTED_PROXIES: '127.0.0.1,::1' } });
    them = await owner(fresh);
  });
  afterAll(() => fresh?.dispose());

  type From = { readonly email?: string; readonly from?: string; readonly device?: string | undefined };
  const tryWith = (password: string, { email = them.email, from, device }: From = {}) =>
    ask(fresh, '/api/v1/sessions', {
      json: { email, password },
      headers: {
        ...(from !== undefined && { 'x-forwarded-for': from }),
        ...(device !== undefined && { cookie: device }),
      },
    });
  const deviceOf = (answer: Answer): string | undefined => answer.headers['set-cookie']?.[1]?.split(';')[0];
  const statusesOf = (answers: readonly Answer[]) => {
    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    return { looked: count(401), refused: count(429), all: answers.length };
  };
  const since = (ms: number, name?: string) =>
    inDatabaseOf(fresh, (database) => {
      const digest = name === undefined ? undefined : createHash('sha256').update(name).digest('base64url');
      const all = database.updateTable('attempts').set({ since: new Date(Date.now() - ms) });
      return (digest === undefined ? all : all.where('name', '=', digest)).execute();
    });
  const forgotten = () => inDatabaseOf(fresh, (database) => database.deleteFrom('attempts').execute());
  const counted = (name: string, count: number) =>
    inDatabaseOf(fresh, (database) =>
      database
        .insertInto('attempts')
        .values({ name: createHash('sha256').update(name).digest('base64url'), count, since: new Date() })
        .execute(),
    );
  const refusals = () =>
    inDatabaseOf(fresh, (database) =>
      database
        .selectFrom('audit_records')
        .select(['id', 'address', 'user_id', 'detail'])
        .where('action', '=', 'session.create')
        .where('outcome', '=', 'refused')
        .execute(),
    );

  test('after twenty from one place make even the right one wait, there and for that person alone', async () => {
    // At once, so that none is looked at before the others are counted.
    const tries = await Promise.all(Array.from({ length: 25 }, (_, at) => tryWith(`wrong password ${at}`)));
    expect(statusesOf(tries)).toEqual({ looked: 20, refused: 5, all: 25 });
    const refused = await tryWith(them.password);
    expect(refused.status).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'ACCESS_TOO_MANY_TRIES', retryAfterSeconds: expect.any(Number) });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
    expect((await tryWith('whatever it may be', { email: 'somebody-else@example.org' })).status).toBe(401);
    // Each that was looked at, and of those that were not the first: the others are one record, made when they get in.
    expect(await refusals()).toHaveLength(20 + 1 + 1);
    await since(16 * 60_000);
    expect((await tryWith(them.password)).status).toBe(201);
    expect(await refusals()).toHaveLength(20 + 1 + 1 + 1);
    expect(await inDatabaseOf(fresh, (db) => db.selectFrom('refused_tries').select('name').execute())).toEqual([]);
  });

  test('from many networks together end at sixty an hour; in a browser that they know the person gets in all the same', async () => {
    await forgotten();
    let device = deviceOf(await tryWith(them.password, { from: '192.0.2.1' }));
    await forgotten();
    const before = (await refusals()).length;
    const guesses = (email: string) =>
      Array.from({ length: 75 }, (_, at) => tryWith(`guess ${at}`, { email, from: `198.51.100.${at % 15}` }));
    expect(statusesOf(await Promise.all(guesses(them.email)))).toEqual({ looked: 60, refused: 15, all: 75 });
    // Of many at once one record that it is so, and not one of each.
    expect((await refusals()).length - before).toBe(60 + 1);
    // The right one does not get in from elsewhere: whoever guesses must not learn that it was right.
    expect((await tryWith(them.password, { from: '203.0.113.5' })).status).toBe(429);
    // From where they were before they do, from whatever network, and though somebody guesses there too.
    for (const from of ['192.0.2.1', '198.51.100.1', '203.0.113.6']) {
      const inside = await tryWith(them.password, { from, device });
      expect(inside.status).toBe(201);
      device = deviceOf(inside);
    }
    // Nobody else's browser, nor one that somebody thought of.
    for (const other of [`__Host-symbolon-device=${'A'.repeat(43)}`])
      expect((await tryWith(them.password, { from: '203.0.113.7', device: other })).status).toBe(429);
    // When they got in, what had been counted was recorded.
    const told = await refusals();
    expect(told.length - before).toBeLessThanOrEqual(60 + 1 + 3);
    expect(told.filter(({ address }) => address === null).length).toBeGreaterThan(0);
    await since(61 * 60_000);
    expect((await tryWith(them.password, { from: '203.0.113.8' })).status).toBe(201);
  });

  test('at an address that nobody has end alike: in the same words, for the same time', async () => {
    await forgotten();
    const nobody = 'nobody-at-all@example.org';
    const names = (email: string) => [`sign-in ${email} in an hour`, `sign-in ${email} in a day`];
    for (const [at, seconds] of [
      [0, 3600],
      [1, 86_400],
    ] as const) {
      await forgotten();
      for (const email of [them.email, nobody]) await counted(names(email)[at]!, at === 0 ? 60 : 150);
      const [theirs, nobodys] = await Promise.all(
        [them.email, nobody].map((email) => tryWith('one more guess', { email, from: `203.0.113.${20 + at}` })),
      );
      const told = ({ status, json }: Answer) => {
        const { retryAfterSeconds, ...words } = json() as { retryAfterSeconds: number };
        return { status, words, near: Math.abs(retryAfterSeconds - seconds) < 60 };
      };
      expect(told(theirs!)).toMatchObject({ status: 429, near: true });
      expect(told(nobodys!)).toEqual(told(theirs!));
    }
  });

  test('in a known browser have a count of their own', async () => {
    await forgotten();
    const device = deviceOf(await tryWith(them.password, { from: '192.0.2.1' }));
    const tries = Array.from({ length: 22 }, (_, at) => tryWith(`guess ${at}`, { from: `192.0.2.${at}`, device }));
    expect(statusesOf(await Promise.all(tries))).toEqual({ looked: 20, refused: 2, all: 22 });
    expect((await tryWith(them.password, { from: '192.0.2.30', device })).status).toBe(429);
    // It used up nothing of what there is elsewhere.
    expect((await tryWith(them.password, { from: '192.0.2.31' })).status).toBe(201);
  });

  test('of one network alone never use up what all networks have together', async () => {
    await forgotten();
    const from = '203.0.113.99';
    await counted(`sign-in ${them.email} from ${from} in a day`, 49);
    const tries = await Promise.all(Array.from({ length: 6 }, (_, at) => tryWith(`guess ${at}`, { from })));
    expect(statusesOf(tries)).toEqual({ looked: 1, refused: 5, all: 6 });
    const name = createHash('sha256').update(`sign-in ${them.email} in a day`).digest('base64url');
    const used = await inDatabaseOf(fresh, (db) =>
      db.selectFrom('attempts').select('count').where('name', '=', name).executeTakeFirst(),
    );
    expect(used).toEqual({ count: 1 });
    expect((await tryWith(them.password, { from: '203.0.113.100' })).status).toBe(201);
  });

  test('past a limit are recorded by their number when its time is over', async () => {
    await forgotten();
    const email = them.email;
    await Promise.all(
      Array.from({ length: 25 }, (_, at) => tryWith(`late guess ${at}`, { email, from: '192.0.2.200' })),
    );
    const before = (await refusals()).map(({ id }) => id);
    await inDatabaseOf(fresh, (db) => db.updateTable('refused_tries').set({ ends_at: new Date() }).execute());
    // Each minute it is looked at, and when the exchange starts.
    await fresh.restart();
    const added = async () => (await refusals()).filter(({ id }) => !before.includes(id));
    await expect.poll(added, { timeout: 60_000 }).toHaveLength(1);
    expect(await added()).toMatchObject([{ user_id: expect.any(String), detail: expect.anything() }]);
    expect(await inDatabaseOf(fresh, (db) => db.selectFrom('refused_tries').select('name').execute())).toEqual([]);
  });

  test('and other requests of who is not signed in do not fill the audit', async () => {
    const refused = () =>
      inDatabaseOf(fresh, async (db) => {
        const rows = await db.selectFrom('audit_records').select('id').where('action', '=', 'profile.view').execute();
        return rows.length;
      });
    const before = await refused();
    for (let round = 0; round < 8; round += 1)
      await Promise.all(
        Array.from({ length: 40 }, () => ask(fresh, '/api/v1/me', { headers: { 'x-forwarded-for': '192.0.2.77' } })),
      );
    expect((await refused()) - before).toBe(301);
    await ask(fresh, '/api/v1/me', { headers: { 'x-forwarded-for': '192.0.2.78' } });
    expect((await refused()) - before).toBe(302);
  });

  floodsOfGuesses(() => ({ exchange: fresh, me: them }));
});

describe('an exchange that nobody has set up', () => {
  let fresh: Exchange;
  /** Who made it theirs, and the cookie of their session. */
  let ada = { email: '', cookie: '' };
  beforeAll(async () => {
    fresh = await startExchange({ env: { SYMBOLON_TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => fresh?.dispose());

  const first = {
    accountName: 'Clinic',
    name: 'Ada Lovelace',
    email: 'ada@example.org',
    password: 'correct horse battery',
    as: 'session',
  };
  const setUp = (secret: string | undefined, address: string, more: object = {}): Promise<Answer> => {
    const headers = { 'x-forwarded-for': address };
    return ask(fresh, '/api/v1/setup', { json: { ...first, ...more, secret }, headers });
  };
  const secretOf = (): string | undefined => /setup#(\S+)/.exec(fresh.output())?.[1];
  const accounts = () =>
    inDatabaseOf(fresh, (database) => database.selectFrom('accounts').select(['id', 'name']).execute());

  test('is nobody’s without the set-up secret, and guesses at it are counted and recorded, from each place by itself', async () => {
    expect((await ask(fresh, '/api/v1/session')).json()).toEqual({ state: 'unclaimed', me: null });
    const secret = secretOf() as string;
    const near = [undefined, '', secret.slice(0, -1), `${secret}A`, secret.toUpperCase(), ` ${secret}`];
    for (const guess of near) {
      const { status } = await setUp(guess, '192.0.2.1');
      expect([400, 401]).toContain(status);
    }
    // Every other road wants somebody who is signed in, or leads to what is not there.
    const json = { email: first.email, password: first.password };
    expect((await ask(fresh, '/api/v1/sessions', { json })).status).toBe(401);
    expect((await ask(fresh, '/api/v1/tokens', { json: { ...json, label: 'x' } })).status).toBe(401);
    const guesses = await Promise.all(
      Array.from({ length: 25 }, (_, at) => setUp(`${secret.slice(0, -4)}${1000 + at}`, '192.0.2.2')),
    );
    const statuses = guesses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect((await setUp(secret, '192.0.2.2')).json()).toMatchObject({ code: 'ACCESS_TOO_MANY_TRIES' });
    expect(await accounts()).toEqual([]);
    const recorded = await inDatabaseOf(fresh, (database) =>
      database
        .selectFrom('audit_records')
        .select(['outcome', 'address'])
        .where('action', '=', 'account.setup')
        .where('address', '=', '192.0.2.2')
        .execute(),
    );
    // Of those that were not looked at the first.
    expect(recorded).toHaveLength(20 + 1);
    expect(new Set(recorded.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
  });

  test('is set up once, however many have the secret at that moment, and from then on it opens nothing', async () => {
    const secret = secretOf();
    const at = (place: number) => `198.51.100.${place}`;
    const others = { email: 'eve@example.org', accountName: 'Another' };
    // All four are about to add their account before the first has.
    const asked = await inDatabaseOf(fresh, (database) =>
      database.transaction().execute(async (trx) => {
        await sql`lock table accounts in share mode`.execute(trx);
        const four = [setUp(secret, at(1)), setUp(secret, at(2), others), setUp(secret, at(3)), setUp(secret, at(4))];
        const waiting = () =>
          sql<{
            many: number;
          }>`select count(*)::int as many from pg_stat_activity where wait_event_type = 'Lock'`.execute(trx);
        await expect.poll(async () => (await waiting()).rows[0]?.many).toBe(four.length);
        return { four };
      }),
    );
    const answers = await Promise.all(asked.four);
    const [mine, ...more] = answers.filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    for (const { status } of answers) expect([201, 401, 409]).toContain(status);
    const me = (mine as Answer).json() as { state: string; me: { name: string; accountName: string; email: string } };
    expect(me).toMatchObject({ state: 'signed in', me: { name: 'Ada Lovelace' } });
    expect((await accounts()).map(({ name }) => name)).toEqual([me.me.accountName]);
    const people = await inDatabaseOf(fresh, (database) => database.selectFrom('users').select('email').execute());
    expect(people).toEqual([{ email: me.me.email }]);
    ada = { email: me.me.email, cookie: cookieOf(mine as Answer) };
    expect((await ask(fresh, '/api/v1/me', withCookie(ada.cookie))).status).toBe(200);
    // No token is left lying about.
    const tokens = await inDatabaseOf(fresh, (database) => database.selectFrom('api_tokens').selectAll().execute());
    expect(tokens).toEqual([]);
    expect((await setUp(secret, at(5))).json()).toMatchObject({ code: 'SETUP_SECRET_WRONG' });
    expect((await ask(fresh, '/api/v1/session')).json()).toEqual({ state: 'signed out', me: null });
    // Nor does a start make a new one.
    const before = fresh.output().length;
    await fresh.restart();
    expect(fresh.output().slice(before)).not.toContain('/setup#');
    expect((await setUp(secret, at(6))).json()).toMatchObject({ code: 'SETUP_SECRET_WRONG' });
    expect(await accounts()).toHaveLength(1);
  });

  describe('a page of somebody else in the browser of who is signed in', () =>
    pagesOfOthers(() => ({ exchange: fresh, password: first.password, ...ada })));
});
