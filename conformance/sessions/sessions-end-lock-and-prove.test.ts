import { createHash } from 'node:crypto';
import type { OwnSessionsAnswer, SessionAnswer, SignInPolicy } from '@symbolon/contract';
import { ctStudy, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, ask, multipart, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';

const minuteMs = 60_000;
const patient = 'Zwischenfall^Zora';
const second = 'Sieben Bojen im Nebel';

let exchange: Exchange;
let me: Owner;
let study: string;
beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
  const files = [...ctStudy({ seed: 8, slices: 2, rows: 16, columns: 16, person: { patientName: patient } })];
  await ask(exchange, '/dicomweb/studies', { token: me.token, ...multipart(files.map(({ bytes }) => bytes)) });
  const found = await ask(exchange, '/api/v1/studies/search', { token: me.token, json: {} });
  study = `/api/v1/studies/${(found.json() as { studies: { id: string }[] }).studies[0]!.id}`;
});
afterAll(() => exchange?.dispose());
beforeEach(() => policy({}));

const policy = (said: Partial<SignInPolicy>) =>
  inDatabaseOf(exchange, (database) =>
    database
      .updateTable('accounts')
      .set({ sign_in_policy: JSON.stringify(said) as never })
      .execute(),
  );

const cookieOf = (answer: Answer): string => (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] as string;

/** Somebody's browser: it keeps the cookie that it was given last. */
class Browser {
  cookie = '';
  async ask(path: string, question: Question = {}): Promise<Answer> {
    const headers = { cookie: this.cookie, 'sec-fetch-site': 'same-origin', ...question.headers };
    const answer = await ask(exchange, path.startsWith('/') ? path : `/api/v1/${path}`, { ...question, headers });
    if (answer.headers['set-cookie'] !== undefined) this.cookie = cookieOf(answer);
    return answer;
  }
  async status(path: string, question: Question = {}): Promise<number> {
    return (await this.ask(path, question)).status;
  }
  async code(path: string, question: Question = {}): Promise<string | undefined> {
    return ((await this.ask(path, question)).json() as { code?: string }).code;
  }
  async session(): Promise<SessionAnswer> {
    return (await this.ask('session')).json() as SessionAnswer;
  }
}

async function browser(email = me.email, password = me.password): Promise<Browser> {
  const fresh = new Browser();
  expect(await fresh.status('sessions', { json: { email, password } })).toBe(201);
  return fresh;
}

/** Sets the clock of every session back: what happened then happened so many minutes earlier. */
const ago = (minutes: Partial<Record<'seen_at' | 'created_at' | 'proven_at', number>>) =>
  inDatabaseOf(exchange, (database) =>
    database
      .updateTable('sessions')
      .set(Object.fromEntries(Object.entries(minutes).map(([name, m]) => [name, new Date(Date.now() - m * minuteMs)])))
      .execute(),
  );

const recorded = (action: string) =>
  inDatabaseOf(exchange, (database) =>
    database
      .selectFrom('audit_records')
      .select('outcome')
      .where('action', '=', action)
      .orderBy('at')
      .execute()
      .then((rows) => rows.map(({ outcome }) => outcome)),
  );

/** Of somebody, with their account: those on record, and of those past a limit how many were counted for it. */
const refusalsOf = (userId: string, action: string) =>
  inDatabaseOf(exchange, async (database) => {
    const records = await database
      .selectFrom('audit_records')
      .select('account_id')
      .where('action', '=', action)
      .where('user_id', '=', userId)
      .where('outcome', '=', 'refused')
      .execute();
    const counted = await database
      .selectFrom('refused_tries')
      .select(['tries', 'account_id'])
      .where('action', '=', action)
      .where('user_id', '=', userId)
      .execute();
    for (const { account_id } of [...records, ...counted]) expect(account_id).not.toBeNull();
    return { recorded: records.length, counted: counted.reduce((sum, { tries }) => sum + tries, 0) };
  });

let invited = 0;
/** Somebody else of the account, in a browser of their own. */
async function colleague(builtin = 'member') {
  const { roles } = (await ask(exchange, '/api/v1/roles', { token: me.token })).json() as {
    roles: { id: string; builtin: string | null }[];
  };
  const roleOf = (name: string): string => roles.find((role) => role.builtin === name)!.id;
  const email = `colleague-${invited++}@example.org`;
  const made = (
    await ask(exchange, '/api/v1/users', { token: me.token, json: { email, roleId: roleOf(builtin) } })
  ).json() as { user: { id: string }; invitation: { address: string } };
  const theirs = new Browser();
  const password = 'vier Boote hinter der Mole';
  const json = { secret: made.invitation.address.split('#')[1], password, as: 'session' };
  expect(await theirs.status('invitations/accept', { json })).toBe(201);
  return { userId: made.user.id, email, password, theirs, roleOf };
}

describe('a session ends by what its account says now', () => {
  test('when nobody used it for so long, and so many hours after it began', async () => {
    const here = await browser();
    await ago({ seen_at: 30, created_at: 120 });
    expect(await here.status('me')).toBe(200);
    await ago({ seen_at: 30, created_at: 120 });
    await policy({ idleMinutes: 20 });
    expect(await here.status('me')).toBe(401);
    await policy({ sessionHours: 1 });
    expect(await here.status('me')).toBe(401);
    // A stricter rule that goes away again brings back what was not asked for meanwhile.
    await policy({});
    expect(await here.status('me')).toBe(200);
  });

  test('and the list of one’s sessions agrees', async () => {
    await browser();
    await ago({ seen_at: 30 });
    const here = await browser();
    const listed = async () =>
      ((await here.ask('me/sessions')).json() as { sessions: { expiresAt: string; createdAt: string }[] }).sessions;
    const before = (await listed()).length;
    expect(before).toBeGreaterThan(1);
    await policy({ idleMinutes: 20, sessionHours: 2 });
    const [only, ...others] = await listed();
    expect(others).toEqual([]);
    expect(Date.parse(only!.expiresAt) - Date.parse(only!.createdAt)).toBe(2 * 60 * minuteMs);
    expect((await here.ask('me/sessions', { method: 'DELETE' })).json()).toEqual({ ended: 0 });
  });

  test('though pages that are open ask by themselves: only what a person did counts', async () => {
    const here = await browser();
    await ago({ seen_at: 59 });
    expect(await here.status('me', { headers: { 'symbolon-by-itself': '1' } })).toBe(200);
    const seen = await inDatabaseOf(exchange, (database) =>
      database.selectFrom('sessions').select('seen_at').orderBy('seen_at', 'desc').executeTakeFirstOrThrow(),
    );
    expect(Date.now() - seen.seen_at.getTime()).toBeGreaterThan(58 * minuteMs);
    await ago({ seen_at: 61 });
    expect(await here.status('me')).toBe(401);
    const used = await browser();
    await ago({ seen_at: 59 });
    expect(await used.status('me')).toBe(200);
    await policy({ idleMinutes: 5 });
    expect(await used.status('me')).toBe(200);
  });

  test('and within a quarter of an hour where the sign-in was never finished', async () => {
    const finished = await browser();
    await policy({ secondFactor: 'required' });
    const half = await browser();
    expect(await half.session()).toMatchObject({ state: 'unfinished', steps: ['enrol'] });
    await ago({ created_at: 16 });
    expect(await half.session()).toMatchObject({ state: 'signed out' });
    // Who was in already is asked, and not thrown out.
    expect(await finished.session()).toMatchObject({ state: 'unfinished', steps: ['enrol'] });
  });

  test('at once when the role of whose it is changes, in the account or in a group; who changes their own goes on', async () => {
    const { userId, theirs, roleOf, email, password } = await colleague('administrator');
    const elsewhere = await browser(email, password);
    const keeper = await browser();
    const change = (by: Browser, role: string) =>
      by.status(`users/${userId}/role`, { method: 'PUT', json: { roleId: roleOf(role) } });
    // The same role again changes nothing.
    expect(await change(keeper, 'administrator')).toBe(200);
    expect(await theirs.status('me')).toBe(200);
    expect(await change(theirs, 'member')).toBe(200);
    expect([await theirs.status('me'), await elsewhere.status('me')]).toEqual([200, 401]);
    expect(await change(keeper, 'guest')).toBe(200);
    expect(await theirs.status('me')).toBe(401);

    const again = await browser(email, password);
    const group = (await keeper.ask('groups', { json: { name: 'Neuroradiology' } })).json() as { id: string };
    const enrol = (roleId: string | null) =>
      keeper.status(`groups/${group.id}/members/${userId}`, { method: 'PUT', json: { roleId } });
    expect(await enrol(null)).toBe(200);
    expect(await again.status('me')).toBe(200);
    expect(await enrol(roleOf('member'))).toBe(200);
    expect(await again.status('me')).toBe(401);
    expect(await enrol(null)).toBe(200);
    const last = await browser(email, password);
    const byDefault = { method: 'PATCH', json: { defaultRoleId: roleOf('member') } };
    expect(await keeper.status(`groups/${group.id}`, byDefault)).toBe(200);
    expect(await last.status('me')).toBe(401);
    expect(await keeper.status('me')).toBe(200);
  });
});

describe('what is dangerous wants a proof of a moment ago', () => {
  const dangerous: Question = { method: 'PUT', json: { addresses: [] } };

  test('from a browser, and from no token; a right password is one, and the session goes on under another secret', async () => {
    const here = await browser();
    expect(await here.status('account/addresses', dangerous)).toBe(200);
    await ago({ proven_at: 11 });
    const refused = await here.ask('account/addresses', dangerous);
    expect([refused.status, refused.json()]).toEqual([403, expect.objectContaining({ code: 'ACCESS_PROOF_NEEDED' })]);
    // Looking is never dangerous.
    expect(await here.status('account/addresses')).toBe(200);
    expect((await ask(exchange, '/api/v1/account/addresses', { token: me.token, ...dangerous })).status).toBe(200);

    expect(await here.code('session/proof', { json: { password: 'not this one' } })).toBe('PASSWORD_WRONG');
    expect(await here.status('account/addresses', dangerous)).toBe(403);
    const before = here.cookie;
    expect(await here.status('session/proof', { json: { password: me.password } })).toBe(200);
    expect(here.cookie).not.toBe(before);
    const stolen = { headers: { cookie: before, 'sec-fetch-site': 'same-origin' } };
    expect((await ask(exchange, '/api/v1/me', stolen)).status).toBe(401);
    expect(await here.status('account/addresses', dangerous)).toBe(200);
    expect(await recorded('session.prove')).toEqual(['refused', 'success']);
  });

  test('of which one session remains one, as the list shows it; of two at once under one secret the second is out', async () => {
    const here = await browser();
    const listed = async () => {
      const { sessions } = (await here.ask('me/sessions')).json() as OwnSessionsAnswer;
      return sessions.filter(({ current }) => current).map(({ id, createdAt }) => ({ id, createdAt }));
    };
    const before = await listed();
    expect(before).toHaveLength(1);
    const proofs = await Promise.all(
      [1, 2].map(() =>
        ask(exchange, '/api/v1/session/proof', {
          json: { password: me.password },
          headers: { cookie: here.cookie, 'sec-fetch-site': 'same-origin' },
        }),
      ),
    );
    expect(proofs.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(await here.status('me')).toBe(401);
    here.cookie = cookieOf(proofs.find(({ status }) => status === 200)!);
    expect(await listed()).toEqual(before);
  });

  test('as a role that is given in a group does, to one or by default to all; what gives no role does not', async () => {
    const { userId, roleOf } = await colleague();
    const here = await browser();
    const roleId = roleOf('member');
    for (const kind of ['groups', 'locations']) {
      await here.ask('session/proof', { json: { password: me.password } });
      const name = `Proof of ${kind}`;
      const { id } = (await here.ask(kind, { json: { name } })).json() as { id: string };
      const member = `${kind}/${id}/members/${userId}`;
      await ago({ proven_at: 11 });
      const roads: [string, Question][] = [
        [kind, { json: { name: `${name}, another`, defaultRoleId: roleId } }],
        [`${kind}/${id}`, { method: 'PATCH', json: { defaultRoleId: roleId } }],
        [member, { method: 'PUT', json: { roleId } }],
      ];
      const codes = () => Promise.all(roads.map(([path, question]) => here.code(path, question)));
      expect(await codes(), kind).toEqual(['ACCESS_PROOF_NEEDED', 'ACCESS_PROOF_NEEDED', 'ACCESS_PROOF_NEEDED']);
      expect(await here.status(`${kind}/${id}`, { method: 'PATCH', json: { name: `${name}, renamed` } })).toBe(200);
      expect(await here.status(member, { method: 'PUT', json: { roleId: null } })).toBe(200);
      for (const [path, { json, ...question }] of roads)
        expect(
          (await ask(exchange, `/api/v1/${path}`, { token: me.token, ...question, json: json! })).status,
          path,
        ).toBeLessThan(300);
      // Nor is one taken that was given.
      expect(await here.code(member, { method: 'PUT', json: { roleId: null } })).toBe('ACCESS_PROOF_NEEDED');
    }
  });

  test('and a session does not live longer for it', async () => {
    const here = await browser();
    await ago({ created_at: 11 * 60 });
    await here.ask('session/proof', { json: { password: me.password } });
    await ago({ seen_at: 0 });
    await policy({ sessionHours: 10 });
    expect(await here.status('me')).toBe(401);
  });

  test('which is guessed no faster than at the door', async () => {
    const { theirs, userId, email, password } = await colleague();
    const tries = await Promise.all(
      Array.from({ length: 22 }, (_, at) => theirs.status('session/proof', { json: { password: `wrong ${at}` } })),
    );
    expect(tries.filter((status) => status === 403)).toHaveLength(20);
    expect(tries.filter((status) => status === 429)).toHaveLength(2);
    // Past the limit the first is on record, and the others are counted, however many there are.
    expect(await refusalsOf(userId, 'session.prove')).toEqual({ recorded: 21, counted: 2 });
    expect(await theirs.status('me/password', { method: 'PUT', json: { current: 'wrong', password } })).toBe(429);
    expect(await refusalsOf(userId, 'password.change')).toEqual({ recorded: 0, counted: 0 });
    expect((await ask(exchange, '/api/v1/sessions', { json: { email, password } })).status).toBe(429);
    const by = await ask(exchange, '/api/v1/session/proof', { token: me.token, json: { password: me.password } });
    expect(by.status).toBe(403);
  });
});

describe('a locked screen', () => {
  test('is served nothing until its person proves who they are', async () => {
    const here = await browser();
    expect((await here.ask('session/lock', { method: 'POST' })).json()).toEqual({
      state: 'unfinished',
      me: null,
      steps: ['unlock'],
    });
    for (const path of ['me', study.slice('/api/v1/'.length), 'users'])
      expect(await here.code(path)).toBe('ACCESS_SIGN_IN_UNFINISHED');
    expect(await here.session()).toMatchObject({ state: 'unfinished', steps: ['unlock'] });
    expect(await here.code('session/proof', { json: { password: 'not this one' } })).toBe('PASSWORD_WRONG');
    const before = here.cookie;
    expect((await here.ask('session/proof', { json: { password: me.password } })).json()).toMatchObject({
      state: 'signed in',
    });
    expect(here.cookie).not.toBe(before);
    expect(await here.status(study)).toBe(200);
  });

  test('does not fill the audit with what a page goes on to ask behind it', async () => {
    const { theirs, userId } = await colleague();
    await theirs.ask('session/lock', { method: 'POST' });
    for (let at = 0; at < 40; at += 1) await theirs.ask('me');
    // One by one at first; then the first past the limit, and how many there were.
    expect(await refusalsOf(userId, 'profile.view')).toEqual({ recorded: 31, counted: 10 });
  });

  test('locks itself a minute after the page should have, and what the page asks by itself does not keep it open', async () => {
    await policy({ lockMinutes: 10 });
    const here = await browser();
    expect(await here.session()).toMatchObject({ lockMinutes: 10 });
    await ago({ seen_at: 10.5 });
    expect(await here.status('me', { headers: { 'symbolon-by-itself': '1' } })).toBe(200);
    await ago({ seen_at: 11.5 });
    expect(await here.code('me')).toBe('ACCESS_SIGN_IN_UNFINISHED');
    // A touch does not unlock it, nor does a rule that is gone.
    await ago({ seen_at: 0 });
    await policy({});
    expect(await here.code('me')).toBe('ACCESS_SIGN_IN_UNFINISHED');
    await here.ask('session/proof', { json: { password: me.password } });
    expect(await here.status('me')).toBe(200);
  });

  test('keeps no session alive', async () => {
    const here = await browser();
    await here.ask('session/lock', { method: 'POST' });
    await ago({ seen_at: 59 });
    await here.session();
    await ago({ seen_at: 61 });
    expect(await here.session()).toMatchObject({ state: 'signed out' });
    expect(await here.status('session/proof', { json: { password: me.password } })).toBe(401);
  });
});

describe('where the account wants a second password', () => {
  const shows = async (by: Browser): Promise<boolean[]> => {
    const found = await by.ask('studies/search', { json: {} });
    const opened = await by.ask(study);
    expect([found.status, opened.status]).toEqual([200, 200]);
    return [found, opened].map(({ body }) => body.toString().includes('Zwischenfall'));
  };
  const link = { json: { expiresAt: new Date(Date.now() + 3_600_000).toISOString(), download: true } };
  const token = () => ({ json: { label: 'of a session', expiresAt: new Date(Date.now() + 3_600_000).toISOString() } });

  test('identities are closed in every session until it is given, and close again', async () => {
    const here = await browser();
    expect(await shows(here)).toEqual([true, true]);
    await policy({ secondPassword: true });
    const { me: who, identities } = await here.session();
    expect(identities).toEqual({ state: 'unset', until: null });
    expect(await shows(here)).toEqual([false, false]);

    const choose = (json: object) => here.ask('me/second-password', { method: 'PUT', json });
    const codeOf = async (answer: Promise<Answer>) => ((await answer).json() as { code: string }).code;
    expect(await codeOf(choose({ current: 'not this one', password: second }))).toBe('PASSWORD_WRONG');
    expect(await codeOf(choose({ current: me.password, password: me.password }))).toBe('PASSWORD_TOO_WEAK');
    expect(await codeOf(choose({ current: me.password, password: 'short' }))).toBe('PASSWORD_TOO_WEAK');
    expect((await choose({ current: me.password, password: second })).json()).toMatchObject({
      identities: { state: 'open', until: expect.any(String) },
    });
    expect(await shows(here)).toEqual([true, true]);
    const there = await browser();
    expect(await shows(there)).toEqual([false, false]);
    expect(await there.session()).toMatchObject({ identities: { state: 'closed' } });

    // What hands identities out is refused in one way, whatever the road.
    const closed = 'IDENTITIES_CLOSED';
    expect(await there.code(`${study}/archive`)).toBe(closed);
    expect(await there.code(`${study}/originals`)).toBe(closed);
    expect(await there.code(`${study}/links`, link)).toBe(closed);
    expect(await there.code(`users/${who!.userId}/tokens`, token())).toBe(closed);
    const door = { json: { email: me.email, password: me.password, label: 'x' } };
    expect(((await ask(exchange, '/api/v1/tokens', door)).json() as { code: string }).code).toBe(closed);
    for (const road of [`${study}/archive`, `${study}/originals`]) expect(await here.status(road)).toBe(200);
    expect(await here.status(`users/${who!.userId}/tokens`, token())).toBe(201);

    expect(await there.code('session/identities', { json: { password: 'not this one' } })).toBe(
      'SECOND_PASSWORD_WRONG',
    );
    expect(await there.code('session/identities', { json: { password: me.password } })).toBe('SECOND_PASSWORD_WRONG');
    const before = there.cookie;
    expect((await there.ask('session/identities', { json: { password: second } })).json()).toMatchObject({
      identities: { state: 'open' },
    });
    expect(there.cookie).not.toBe(before);
    expect(await shows(there)).toEqual([true, true]);
    expect((await there.ask('session/identities', { method: 'DELETE' })).json()).toMatchObject({
      identities: { state: 'closed', until: null },
    });
    expect(await shows(there)).toEqual([false, false]);
    expect(await shows(here)).toEqual([true, true]);

    // A locked screen closes them; so does the hour.
    await here.ask('session/lock', { method: 'POST' });
    await here.ask('session/proof', { json: { password: me.password } });
    expect(await shows(here)).toEqual([false, false]);
    await here.ask('session/identities', { json: { password: second } });
    expect(await shows(here)).toEqual([true, true]);
    // A proof in between leaves them open.
    await here.ask('session/proof', { json: { password: me.password } });
    expect(await shows(here)).toEqual([true, true]);
    await inDatabaseOf(exchange, (database) =>
      database
        .updateTable('sessions')
        .set({ identities_until: new Date(Date.now() - 1) })
        .execute(),
    );
    expect(await shows(here)).toEqual([false, false]);
    // Tokens show what they showed.
    const byToken = await ask(exchange, study, { token: me.token });
    expect(byToken.body.toString()).toContain('Zwischenfall');
  });

  test('another is chosen only by who knows the one that holds, or after an administrator cleared it', async () => {
    const { userId, theirs, password } = await colleague('administrator');
    await policy({ secondPassword: true });
    const choose = (json: object) => theirs.code('me/second-password', { method: 'PUT', json });
    expect(await choose({ current: password, password: second })).toBeUndefined();
    const other = 'Acht Möwen über dem Kai';
    expect(await choose({ current: password, password: other })).toBe('SECOND_PASSWORD_WRONG');
    expect(await choose({ current: password, former: second, password: other })).toBeUndefined();

    const keeper = await browser();
    const card = async () => (await keeper.ask(`users/${userId}`)).json() as { secondPassword: boolean };
    expect(await card()).toMatchObject({ secondPassword: true });
    const own = `users/${userId}/second-password`;
    expect(await theirs.status(own, { method: 'DELETE' })).toBe(403);
    expect(await keeper.status(own, { method: 'DELETE' })).toBe(200);
    expect(await card()).toMatchObject({ secondPassword: false });
    expect(await theirs.session()).toMatchObject({ identities: { state: 'unset' } });
    expect(await choose({ current: password, password: second })).toBeUndefined();
    expect(await recorded('identity.clear')).toContain('success');
  });

  test('it is tried ten times from one place, and then even the right one waits', async () => {
    const { theirs, password } = await colleague();
    await policy({ secondPassword: true });
    await theirs.ask('me/second-password', { method: 'PUT', json: { current: password, password: second } });
    await theirs.ask('session/identities', { method: 'DELETE' });
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, at) => theirs.status('session/identities', { json: { password: `wrong ${at}` } })),
    );
    expect(tries.filter((status) => status === 403)).toHaveLength(10);
    expect(await theirs.status('session/identities', { json: { password: second } })).toBe(429);
  });
});

describe('terms of use', () => {
  const read = async (by: Browser) =>
    (await by.ask('account/terms')).json() as { version: number; text: string; acceptedAt: string | null };
  const set = async (by: Browser, text: string, after: number) =>
    by.ask('account/terms', { method: 'PUT', json: { text, after } });

  test('are asked of everybody at their next request, of tokens never, and kept with who accepted which', async () => {
    const keeper = await browser();
    const { theirs, userId, email, password } = await colleague();
    expect(await read(keeper)).toMatchObject({ version: 0, text: '', acceptedAt: null });
    expect(await theirs.status('account/terms', { method: 'PUT', json: { text: 'x', after: 0 } })).toBe(403);
    const text = 'Bilder werden nur zur Behandlung angesehen.\n\nNichts verlässt das Haus.';
    expect((await set(keeper, text, 0)).json()).toMatchObject({ version: 1, acceptedAt: null });

    for (const one of [keeper, theirs]) {
      expect(await one.session()).toMatchObject({ state: 'unfinished', steps: ['accept-terms'] });
      expect(await one.code('studies/search', { json: {} })).toBe('ACCESS_SIGN_IN_UNFINISHED');
    }
    expect((await ask(exchange, '/api/v1/me', { token: me.token })).status).toBe(200);
    expect(await read(theirs)).toMatchObject({ version: 1, text });
    // Nor does a program get in by the password alone.
    const door = { json: { email, password, label: 'x' } };
    expect(((await ask(exchange, '/api/v1/tokens', door)).json() as { code: string }).code).toBe(
      'ACCESS_SIGN_IN_UNFINISHED',
    );
    expect(await theirs.code('account/terms/acceptance', { json: { version: 2 } })).toBe('TERMS_CHANGED');
    expect(await theirs.status('account/terms/acceptance', { json: { version: 1 } })).toBe(200);
    expect(await theirs.session()).toMatchObject({ state: 'signed in' });
    expect(await keeper.status('account/terms/acceptance', { json: { version: 1 } })).toBe(200);
    const byToken = await ask(exchange, '/api/v1/account/terms/acceptance', { token: me.token, json: { version: 1 } });
    expect(byToken.status).toBe(403);

    // Two people at once: the second sees that there is another one.
    expect((await set(keeper, 'Anderes', 0)).status).toBe(409);
    expect((await set(keeper, `${text} `, 1)).json()).toMatchObject({ version: 1 });
    expect((await set(keeper, 'ä'.repeat(50_001), 1)).status).toBe(400);
    expect((await set(keeper, `${text}\n\nAuch kein Name.`, 1)).json()).toMatchObject({ version: 2 });
    expect(await theirs.session()).toMatchObject({ steps: ['accept-terms'] });
    await keeper.ask('account/terms/acceptance', { json: { version: 2 } });

    const versions = (await keeper.ask('account/terms/versions')).json();
    const sha256 = (of: string): string => createHash('sha256').update(of).digest('hex');
    expect(versions).toMatchObject({
      versions: [
        { version: 2, accepted: 1 },
        { version: 1, accepted: 2, sha256: sha256(text) },
      ],
      next: null,
      accepted: 1,
    });
    type Page = { acceptances: { userId: string; version: number }[]; next: string | null };
    const page = async (query: string) => (await keeper.ask(`account/terms/acceptances?${query}`)).json() as Page;
    const first = await page('limit=2');
    const rest = await page(`limit=2&before=${first.next}`);
    expect([first.acceptances.length, rest.acceptances.length, rest.next]).toEqual([2, 1, null]);
    expect([...first.acceptances, ...rest.acceptances].filter((one) => one.userId === userId)).toMatchObject([
      { version: 1, email },
    ]);
    const csv = (await keeper.ask('account/terms/acceptances.csv?version=1')).body.toString();
    expect(csv.trim().split('\r\n')).toHaveLength(3);
    expect(csv).toContain(email);
    expect(await recorded('terms.accept')).toHaveLength(3);
    const told = (await keeper.ask('audit?action=terms.accept')).body.toString();
    expect(told).toContain(sha256(text));

    // An empty text: none hold any more.
    expect((await set(keeper, '', 2)).json()).toMatchObject({ version: 3 });
    expect([await theirs.session(), await keeper.session()]).toMatchObject([
      { state: 'signed in' },
      { state: 'signed in' },
    ]);
  });
});
