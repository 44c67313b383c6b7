import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OwnDevicesAnswer, OwnFactorsAnswer, SessionAnswer } from '@symbolon/contract';
import { cli, type Exchange, freePort, type Owner, owner, peerIsHere, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { earlyInStep, oathCode } from './oath-code.ts';
import { codeOf, cookiesOf, sessionCookieOf, signingIn, stateOf } from './signing-in.ts';
import { type Authenticator, virtualAuthenticator } from './virtual-authenticator.ts';

let exchange: Exchange;
let me: Owner;
const { send, signIn, newcomer, withTotp, prove } = signingIn(
  () => exchange,
  () => me,
);

const oathtool = peerIsHere({ command: 'oathtool', package: 'oathtool' });
const chromium = peerIsHere({ command: 'chromium', package: 'chromium' });

beforeAll(async () => {
  // Passkeys need a name.
  const listen = `localhost:${await freePort()}`;
  exchange = await startExchange({
    env: { SYMBOLON_LISTEN: listen, SYMBOLON_PUBLIC_URL: `https://${listen}` },
  });
  me = await owner(exchange);
}, 240_000);
afterAll(() => exchange?.dispose());

const wanted = (secondFactor: 'optional' | 'required', more: object = {}) =>
  inDatabaseOf(exchange, (database) =>
    database
      .updateTable('accounts')
      .set({ sign_in_policy: { secondFactor, ...more } })
      .execute(),
  );
/** As if the code that was used last never had been. */
const unused = (userId: string) =>
  inDatabaseOf(exchange, (database) =>
    database.updateTable('second_factors').set({ last_step: null }).where('user_id', '=', userId).execute(),
  );
const recorded = (action: string, userId: string) =>
  inDatabaseOf(exchange, (database) =>
    database
      .selectFrom('audit_records')
      .select('outcome')
      .where('action', '=', action)
      .where('user_id', '=', userId)
      .orderBy('at')
      .execute(),
  );
const totp = async (secret: string, steps = 0) => ({ kind: 'totp', code: await oathCode(secret, steps) });

describe.skipIf(!oathtool)('an authenticator app', () => {
  test('is asked for after the password from then on, and the session goes on under another secret', async () => {
    const she = await newcomer();
    const first = await signIn(she);
    expect(stateOf(first)).toBe('signed in');
    const elsewhere = cookiesOf(await signIn(she));
    const { secret, recoveryCodes, answer, cookie } = await withTotp(cookiesOf(first));
    expect(recoveryCodes).toHaveLength(10);
    expect(sessionCookieOf(answer)).not.toBe(sessionCookieOf(first));
    expect((await send(cookie, '/api/v1/me')).status).toBe(200);
    expect((await send(cookiesOf(first), '/api/v1/me')).status).toBe(401);
    // Where she was signed in already it is asked for, too.
    expect(stateOf(await send(elsewhere, '/api/v1/session'))).toEqual(['second-factor']);

    await unused(she.id);
    const second = await signIn(she);
    expect(second.json()).toEqual({
      state: 'unfinished',
      me: null,
      steps: ['second-factor'],
      secondFactor: { totp: true, passkey: false, recoveryCodes: true, trustDays: 30 },
    });
    // No browser is known by the password alone.
    expect(second.headers['set-cookie']).toHaveLength(1);
    expect(codeOf(await prove(cookiesOf(second), { kind: 'totp', code: '000000' }))).toEqual([403, 'FACTOR_WRONG']);
    const proven = await prove(cookiesOf(second), await totp(secret));
    expect([proven.status, stateOf(proven)]).toEqual([201, 'signed in']);
    expect(sessionCookieOf(proven)).not.toBe(sessionCookieOf(second));
    expect((await send(cookiesOf(second), '/api/v1/session')).json()).toMatchObject({ state: 'signed out' });
    expect((await recorded('factor.prove', she.id)).map(({ outcome }) => outcome)).toEqual(['refused', 'success']);
  });

  test('with the password alone nothing opens: no data, no token, not My security, and no factor is added', async () => {
    const he = await newcomer();
    await withTotp(cookiesOf(await signIn(he)));
    const half = cookiesOf(await signIn(he));
    const roads = [
      ['POST', '/api/v1/studies/search', {}],
      ['GET', '/dicomweb/studies'],
      ['GET', '/api/v1/me'],
      ['GET', '/api/v1/me/factors'],
      ['GET', '/api/v1/me/devices'],
      ['GET', '/api/v1/me/sessions'],
      ['POST', '/api/v1/me/factors/totp'],
      ['POST', '/api/v1/me/factors/passkey'],
      ['POST', '/api/v1/me/recovery-codes'],
      ['DELETE', `/api/v1/me/factors/${crypto.randomUUID()}`],
      ['PUT', '/api/v1/me/password', { current: he.password, password: 'ganz anders und lang genug' }],
      ['POST', `/api/v1/users/${he.id}/tokens`, { label: 'x', expiresAt: new Date(Date.now() + 1e6).toISOString() }],
    ] as const;
    for (const [method, path, json] of roads)
      expect(codeOf(await send(half, path, { method, ...(json && { json }) })), `${method} ${path}`).toEqual([
        401,
        'ACCESS_SIGN_IN_UNFINISHED',
      ]);
    const token = (code?: string) =>
      ask(exchange, '/api/v1/tokens', { json: { email: he.email, password: he.password, label: 'x', code } });
    expect(codeOf(await token())).toEqual([403, 'FACTOR_NEEDED']);
    expect(codeOf(await token('000000'))).toEqual([403, 'FACTOR_WRONG']);
  });

  test('a token by e-mail address and password takes a code with it, each once; so does the command line', async () => {
    const she = await newcomer();
    const { secret } = await withTotp(cookiesOf(await signIn(she)));
    await unused(she.id);
    const code = await oathCode(secret);
    const json = { email: she.email, password: she.password, label: 'x', code };
    const given = await ask(exchange, '/api/v1/tokens', { json });
    expect(given.status).toBe(201);
    expect(codeOf(await ask(exchange, '/api/v1/tokens', { json }))).toEqual([403, 'FACTOR_WRONG']);
    await unused(she.id);
    const folder = dirname(exchange.dataDir);
    const passwordFile = join(folder, 'her-password');
    await writeFile(passwordFile, she.password, { mode: 0o600 });
    const create = (...more: string[]) =>
      cli(
        [
          ...['token', 'create', '--to', exchange.url, '--email', she.email, '--password-file', passwordFile],
          ...['--label', 'x', '--token-out', join(folder, 'her-token'), ...more],
        ],
        { exchange },
      );
    const without = await create();
    expect([without.code === 0, without.stderr]).toEqual([false, expect.stringContaining('--code')]);
    expect(await create('--code', await oathCode(secret))).toMatchObject({ code: 0, stderr: '' });
  });

  test('its code counts in its own step and those beside it, no further off, and once', async () => {
    const he = await newcomer();
    const { secret } = await withTotp(cookiesOf(await signIn(he)));
    const tryAt = async (steps: number) => {
      const half = cookiesOf(await signIn(he));
      // As time goes on those two would become one nearer, or one further off.
      if (steps === 2 || steps === -1) await earlyInStep();
      return (await prove(half, await totp(secret, steps))).status;
    };
    for (const [steps, status] of [
      [-2, 403],
      [2, 403],
      [-1, 201],
      [0, 201],
      [1, 201],
    ] as const) {
      await unused(he.id);
      expect([steps, await tryAt(steps)]).toEqual([steps, status]);
      // Neither again, nor one from before it.
      if (status === 201) expect([steps, await tryAt(steps)]).toEqual([steps, 403]);
    }
    expect(await tryAt(0)).toBe(403);
  });

  test('of one code on eight connections at the same moment one is let in', async () => {
    const she = await newcomer();
    const { secret } = await withTotp(cookiesOf(await signIn(she)));
    await unused(she.id);
    const halves = await Promise.all(Array.from({ length: 8 }, () => signIn(she)));
    const proof = await totp(secret);
    const answers = await Promise.all(halves.map((half) => prove(cookiesOf(half), proof)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(403)]);
  });

  test('guesses are bounded for the person, whoever makes them where; in their own browser they still get in', async () => {
    const he = await newcomer();
    const { secret, cookie } = await withTotp(cookiesOf(await signIn(he)));
    const device = cookie.split('; ')[1] as string;
    const halves = await Promise.all(Array.from({ length: 20 }, () => signIn(he)));
    const guesses = await Promise.all(halves.map((half) => prove(cookiesOf(half), { kind: 'totp', code: '123456' })));
    const statuses = guesses.map(({ status }) => status).sort();
    // Of a million codes three count at a time: 16 guesses a window, and so 32 in any 24 hours, are right with less than 1 in 10,000.
    expect(statuses).toEqual([...Array<number>(16).fill(403), ...Array<number>(4).fill(429)]);
    await unused(he.id);
    const half = cookiesOf(await signIn(he));
    expect((await prove(half, await totp(secret))).status).toBe(429);
    // Nor by another road.
    const token = await ask(exchange, '/api/v1/tokens', {
      json: { email: he.email, password: he.password, label: 'x', code: await oathCode(secret) },
    });
    expect(token.status).toBe(429);
    const known = await prove(`${sessionCookieOf(await signIn(he, device))}; ${device}`, await totp(secret));
    expect([known.status, stateOf(known)]).toEqual([201, 'signed in']);
    // Being right there wins nobody further guesses elsewhere.
    expect((await prove(half, { kind: 'totp', code: '123456' })).status).toBe(429);
  });

  test('is changed only by who proved a moment ago who they are, by the password: a code is no proof of that', async () => {
    const she = await newcomer();
    const { secret, cookie } = await withTotp(cookiesOf(await signIn(she)));
    const ago = () =>
      inDatabaseOf(exchange, (database) =>
        database
          .updateTable('sessions')
          .set({ proven_at: new Date(Date.now() - 11 * 60_000) })
          .where('user_id', '=', she.id)
          .execute(),
      );
    await ago();
    for (const [method, path] of [
      ['POST', 'factors/totp'],
      ['POST', 'factors/passkey'],
      ['POST', 'recovery-codes'],
      ['DELETE', `factors/${crypto.randomUUID()}`],
    ])
      expect(codeOf(await send(cookie, `/api/v1/me/${path}`, { method: method! })), path).toEqual([
        403,
        'ACCESS_PROOF_NEEDED',
      ]);
    // The telephone that makes the code lies beside the keyboard: a code is no proof that it is them.
    const again = (at: string, proof: object) => send(at, '/api/v1/session/proof', { json: proof });
    expect((await again(cookie, { proof: await totp(secret) })).status).toBe(400);
    expect(codeOf(await again(cookie, { password: 'not theirs' }))).toEqual([403, 'PASSWORD_WRONG']);
    const proven = await again(cookie, { password: she.password });
    expect([proven.status, stateOf(proven)]).toEqual([200, 'signed in']);
    const next = sessionCookieOf(proven);
    expect((await send(next, '/api/v1/me/recovery-codes', { method: 'POST' })).status).toBe(201);
    expect(stateOf(await send(next, '/api/v1/session/lock', { method: 'POST' }))).toEqual(['unlock']);
    const opened = await again(next, { password: she.password });
    expect(stateOf(opened)).toBe('signed in');
    expect((await send(next, '/api/v1/session')).json()).toMatchObject({ state: 'signed out' });
  });

  test('has a secret that is nowhere in the database, in no form, and that opens for its own place only', async () => {
    const she = await newcomer();
    const { secret } = await withTotp(cookiesOf(await signIn(she)));
    const rows = await inDatabaseOf(exchange, (database) =>
      database.selectFrom('second_factors').selectAll().execute(),
    );
    const mine = rows.find(({ user_id }) => user_id === she.id)!;
    const sealed = mine.sealed_secret!;
    const bytes = bytesOfBase32(secret);
    expect(sealed.includes(bytes)).toBe(false);
    for (const form of [secret, bytes.toString('hex'), bytes.toString('base64')])
      expect(JSON.stringify(rows)).not.toContain(form);
    // Put into the row of somebody else it opens nothing.
    const thief = await newcomer();
    const { cookie } = await withTotp(cookiesOf(await signIn(thief)));
    expect((await send(cookie, '/api/v1/me')).status).toBe(200);
    await inDatabaseOf(exchange, (database) =>
      database
        .updateTable('second_factors')
        .set({ sealed_secret: sealed, last_step: null })
        .where('user_id', '=', thief.id)
        .execute(),
    );
    const answer = await prove(cookiesOf(await signIn(thief)), await totp(secret));
    expect(codeOf(answer)).toEqual([500, 'SEALED_DATA_DAMAGED']);
  });

  test('is set up before anything else where the account wants one, also by who is signed in already', async () => {
    const he = await newcomer();
    const signedIn = cookiesOf(await signIn(he));
    await wanted('required');
    try {
      expect(stateOf(await send(signedIn, '/api/v1/session'))).toEqual(['enrol']);
      expect(codeOf(await send(signedIn, '/api/v1/me'))).toEqual([401, 'ACCESS_SIGN_IN_UNFINISHED']);
      const json = { email: he.email, password: he.password, label: 'x' };
      expect(codeOf(await ask(exchange, '/api/v1/tokens', { json }))).toEqual([403, 'FACTOR_NEEDED']);
      const { answer, cookie } = await withTotp(signedIn);
      expect((answer.json() as { session: SessionAnswer }).session).toMatchObject({ state: 'signed in' });
      const { factors, required } = (await send(cookie, '/api/v1/me/factors')).json() as OwnFactorsAnswer;
      expect([factors.length, required]).toEqual([1, true]);
      // The last one stays.
      const removed = await send(cookie, `/api/v1/me/factors/${factors[0]!.id}`, { method: 'DELETE' });
      expect(codeOf(removed)).toEqual([409, 'FACTOR_REQUIRED']);
    } finally {
      await wanted('optional');
    }
  });

  test('is asked of who has a role that wants one, from their next request on', async () => {
    const he = await newcomer();
    const cookie = cookiesOf(await signIn(he));
    const { roles } = (await ask(exchange, '/api/v1/roles', me)).json() as { roles: { id: string; builtin: string }[] };
    const guest = roles.find(({ builtin }) => builtin === 'guest')!.id;
    const want = async (required: boolean) =>
      (
        await ask(exchange, `/api/v1/roles/${guest}/second-factor`, {
          token: me.token,
          method: 'PUT',
          json: { required },
        })
      ).json() as { secondFactor: boolean; withoutFactor: number };
    const before = await want(true);
    try {
      expect(before.secondFactor).toBe(true);
      expect(stateOf(await send(cookie, '/api/v1/session'))).toEqual(['enrol']);
      await withTotp(cookie);
      expect((await want(true)).withoutFactor).toBe(before.withoutFactor - 1);
    } finally {
      expect((await want(false)).secondFactor).toBe(false);
    }
  });

  test('of two who add the first one with the password alone at the same moment one is stopped', async () => {
    const she = await newcomer();
    const begun = [];
    for (let at = 0; at < 2; at += 1) {
      const cookie = cookiesOf(await signIn(she));
      const answer = await send(cookie, '/api/v1/me/factors/totp', { method: 'POST' });
      const { enrolment, secret } = answer.json() as { enrolment: string; secret: string };
      const json = { kind: 'totp', enrolment, label: 'x', code: await oathCode(secret) };
      begun.push({ cookie, json });
      // One that is begun later would take its place.
      await inDatabaseOf(exchange, (database) =>
        database.updateTable('challenges').set({ user_id: null }).where('id', '=', enrolment).execute(),
      );
    }
    const enrolments = begun.map(({ json }) => json.enrolment);
    await inDatabaseOf(exchange, (database) =>
      database.updateTable('challenges').set({ user_id: she.id }).where('id', 'in', enrolments).execute(),
    );
    const answers = await Promise.all(begun.map(({ cookie, json }) => send(cookie, '/api/v1/me/factors', { json })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401]);
    expect(answers.map((one) => codeOf(one)[1])).toContain('ACCESS_SIGN_IN_UNFINISHED');
  });
});

describe.skipIf(!oathtool)('recovery codes', () => {
  test('open once each, are kept as digests, and new ones end the old', async () => {
    const he = await newcomer();
    const { recoveryCodes, cookie } = await withTotp(cookiesOf(await signIn(he)));
    const [one, another, third] = recoveryCodes as string[];
    const tryWith = async (code: string) =>
      (await prove(cookiesOf(await signIn(he)), { kind: 'recovery code', code })).status;
    expect(await tryWith(one!.toUpperCase().replaceAll('-', ' '))).toBe(201);
    expect(await tryWith(one!)).toBe(403);
    const halves = await Promise.all([signIn(he), signIn(he)]);
    const both = await Promise.all(
      halves.map((half) => prove(cookiesOf(half), { kind: 'recovery code', code: another })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 403]);
    const left = ((await send(cookie, '/api/v1/me/factors')).json() as OwnFactorsAnswer).recoveryCodes?.left;
    expect(left).toBe(8);
    const renewed = await send(cookie, '/api/v1/me/recovery-codes', { method: 'POST' });
    const { recoveryCodes: fresh } = renewed.json() as { recoveryCodes: string[] };
    expect(await tryWith(third!)).toBe(403);
    expect(await tryWith(fresh[0]!)).toBe(201);
    const rows = await inDatabaseOf(exchange, (database) =>
      database.selectFrom('recovery_codes').selectAll().where('user_id', '=', he.id).execute(),
    );
    expect(rows).toHaveLength(10);
    for (const code of fresh) expect(JSON.stringify(rows)).not.toContain(code);
  });
});

describe.skipIf(!oathtool)('a trusted browser', () => {
  test('is not asked, as long as every account of theirs allows; all trust ends with the password, a factor, or everywhere', async () => {
    const she = { ...(await newcomer()) };
    const enrolled = await withTotp(cookiesOf(await signIn(she)));
    let { cookie, secret } = enrolled;
    /** Proves with trust in a browser, and gives the browser's cookie. */
    const trusting = async () => {
      await unused(she.id);
      const proven = await prove(cookiesOf(await signIn(she)), await totp(secret), { trust: true });
      expect(stateOf(proven)).toBe('signed in');
      cookie = cookiesOf(proven);
      return cookie.split('; ')[1] as string;
    };
    const asks = async (device: string) => {
      const answer = await signIn(she, device);
      return { steps: stateOf(answer), device: cookiesOf(answer).split('; ')[1] ?? device };
    };
    let device = await trusting();
    let next = await asks(device);
    expect(next.steps).toBe('signed in');
    device = next.device;
    // Somebody else's there, and hers elsewhere.
    expect(stateOf(await signIn(she))).toEqual(['second-factor']);
    const other = await newcomer();
    const others = await withTotp(cookiesOf(await signIn(other)));
    expect(stateOf(await signIn(other, device))).toEqual(['second-factor']);
    expect(others.recoveryCodes).toHaveLength(10);

    // The account allows less from now on; and nothing.
    await wanted('optional', { trustedDeviceDays: 7 });
    const ago = (days: number) =>
      inDatabaseOf(exchange, (database) =>
        database
          .updateTable('devices')
          .set({ trusted_at: new Date(Date.now() - days * 86_400_000) })
          .where('user_id', '=', she.id)
          .where('trusted_at', 'is not', null)
          .execute(),
      );
    await ago(8);
    expect((await asks(device)).steps).toEqual(['second-factor']);
    await ago(6);
    next = await asks(device);
    expect(next.steps).toBe('signed in');
    device = next.device;
    const inTrusted = cookiesOf(await signIn(she, device));
    device = inTrusted.split('; ')[1] as string;
    await wanted('optional', { trustedDeviceDays: 0 });
    expect((await asks(device)).steps).toEqual(['second-factor']);
    expect(stateOf(await send(inTrusted, '/api/v1/session'))).toEqual(['second-factor']);
    await wanted('optional');

    // It is listed, and can be forgotten.
    device = await trusting();
    const { devices } = (await send(cookie, '/api/v1/me/devices')).json() as OwnDevicesAnswer;
    const here = devices.filter(({ current }) => current);
    expect(here).toEqual([expect.objectContaining({ trustedUntil: expect.any(String) })]);
    await send(cookie, `/api/v1/me/devices/${here[0]!.id}`, { method: 'DELETE' });
    expect((await asks(device)).steps).toEqual(['second-factor']);

    device = await trusting();
    await send(cookie, '/api/v1/me/sessions', { method: 'DELETE' });
    expect((await asks(device)).steps).toEqual(['second-factor']);

    device = await trusting();
    const password = `Neun Reiher ${crypto.randomUUID()}`;
    const json = { current: she.password, password };
    const changed = await send(cookie, '/api/v1/me/password', { method: 'PUT', json });
    expect(changed.status).toBe(200);
    cookie = sessionCookieOf(changed);
    she.password = password;
    expect((await asks(device)).steps).toEqual(['second-factor']);

    device = await trusting();
    const { factors } = (await send(cookie, '/api/v1/me/factors')).json() as OwnFactorsAnswer;
    expect((await send(cookie, `/api/v1/me/factors/${factors[0]!.id}`, { method: 'DELETE' })).status).toBe(200);
    ({ secret, cookie } = await withTotp(cookie));
    expect((await asks(device)).steps).toEqual(['second-factor']);
  });

  test('opens by the password alone no way to change the second factors: one is shown in that very session before', async () => {
    const he = await newcomer();
    const { secret } = await withTotp(cookiesOf(await signIn(he)));
    await unused(he.id);
    const trusting = await prove(cookiesOf(await signIn(he)), await totp(secret), { trust: true });
    const here = cookiesOf(await signIn(he, cookiesOf(trusting).split('; ')[1]));
    const own = async (cookie: string) => (await send(cookie, '/api/v1/me/factors')).json() as OwnFactorsAnswer;
    expect([(await own(cookiesOf(trusting))).toShow, (await own(here)).toShow]).toEqual([false, true]);
    const { id } = (await own(here)).factors[0]!;
    const roads = [
      ['POST', 'factors/totp'],
      ['POST', 'factors/passkey'],
      ['POST', 'recovery-codes'],
      ['DELETE', `factors/${id}`],
    ] as const;
    const again = await send(here, '/api/v1/session/proof', { json: { password: he.password } });
    const proven = sessionCookieOf(again);
    for (const [method, path] of roads)
      expect(codeOf(await send(proven, `/api/v1/me/${path}`, { method })), path).toEqual([403, 'FACTOR_NEEDED']);
    // What was begun elsewhere is not finished here either.
    const begun = await send(cookiesOf(trusting), '/api/v1/me/factors/totp', { method: 'POST' });
    const { enrolment, secret: other } = begun.json() as { enrolment: string; secret: string };
    const finish = { json: { kind: 'totp', enrolment, label: 'x', code: await oathCode(other) } };
    expect(codeOf(await send(proven, '/api/v1/me/factors', finish))).toEqual([403, 'FACTOR_NEEDED']);
    expect((await own(proven)).factors.map((one) => one.id)).toEqual([id]);

    await unused(he.id);
    const shown = await prove(proven, await totp(secret));
    expect([shown.status, stateOf(shown), (await own(cookiesOf(shown))).toShow]).toEqual([201, 'signed in', false]);
    expect((await send(cookiesOf(shown), '/api/v1/me/recovery-codes', { method: 'POST' })).status).toBe(201);
    expect((await send(cookiesOf(shown), `/api/v1/me/factors/${id}`, { method: 'DELETE' })).status).toBe(200);
  });
});

describe.skipIf(!oathtool)('somebody who lost their factors', () => {
  test('is let in again by an administrator of their only account, or from the shell; their sessions end', async () => {
    const he = await newcomer();
    const { cookie } = await withTotp(cookiesOf(await signIn(he)));
    const listed = async () =>
      (
        (await ask(exchange, `/api/v1/users?search=${he.email}`, me)).json() as { users: { secondFactor: boolean }[] }
      ).users.map(({ secondFactor }) => secondFactor);
    expect(await listed()).toEqual([true]);
    const reset = (id: string) => ask(exchange, `/api/v1/users/${id}/factors`, { token: me.token, method: 'DELETE' });
    expect((await reset(he.id)).status).toBe(200);
    expect(await listed()).toEqual([false]);
    expect((await send(cookie, '/api/v1/me')).status).toBe(401);
    expect(stateOf(await signIn(he))).toBe('signed in');
    // Of who has none nothing is taken away.
    expect((await reset(he.id)).status).toBe(200);
    const mine = ((await ask(exchange, '/api/v1/me', me)).json() as { userId: string }).userId;
    expect(codeOf(await reset(mine))).toEqual([403, 'ACCESS_REFUSED']);

    const owning = async (name: string, email: string): Promise<string> => {
      const made = await ask(exchange, '/api/v1/accounts', { token: me.token, json: { name, owner: { email } } });
      return (made.json() as { invitation: { address: string } }).invitation.address.split('#')[1]!;
    };
    // Invited elsewhere they are in no other account yet.
    await owning('Praxis Nord', he.email);
    expect((await reset(he.id)).status).toBe(200);

    const elsewhere = await newcomer();
    const theirs = await withTotp(cookiesOf(await signIn(elsewhere)));
    const taken = { secret: await owning('Praxis Süd', elsewhere.email), password: elsewhere.password };
    expect((await ask(exchange, '/api/v1/invitations/accept', { json: taken })).status).toBe(201);
    expect(codeOf(await reset(elsewhere.id))).toEqual([409, 'USER_ELSEWHERE_TOO']);
    expect((await send(theirs.cookie, '/api/v1/me')).status).toBe(200);
    const done = await cli(['user', 'factors', '--clear', elsewhere.email], { exchange });
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect((await send(theirs.cookie, '/api/v1/me')).status).toBe(401);
    expect(stateOf(await signIn(elsewhere))).toBe('signed in');
    const again = await cli(['user', 'factors', '--clear', elsewhere.email], { exchange });
    expect(again.stdout).toContain('no second factor');
    expect((await cli(['user', 'factors', '--clear', 'nobody@example.org'], { exchange })).code).not.toBe(0);
  });
});

describe.skipIf(!chromium)('a passkey', () => {
  let browser: Authenticator;
  beforeAll(async () => {
    browser = await virtualAuthenticator(exchange);
  }, 120_000);
  afterAll(() => browser?.close());

  const challenge = async (cookie = '') =>
    (await send(cookie, '/api/v1/sessions/passkey-challenge', { method: 'POST' })).json() as {
      challenge: string;
      options: Record<string, unknown>;
    };
  const enrol = async (cookie: string) => {
    const begun = await send(cookie, '/api/v1/me/factors/passkey', { method: 'POST' });
    const { enrolment, options } = begun.json() as { enrolment: string; options: Record<string, unknown> };
    const credential = await browser.create(options);
    const json = { kind: 'passkey', enrolment, label: 'Laptop', credential };
    return { json, answer: await send(cookie, '/api/v1/me/factors', { json }) };
  };
  const alone = (json: unknown, cookie = '') => send(cookie, '/api/v1/sessions/passkey', { json });

  test('signs in alone, or is shown after the password; what signed it once does nothing again', async () => {
    const she = await newcomer();
    const { json, answer } = await enrol(cookiesOf(await signIn(she)));
    expect([answer.status, (answer.json() as { recoveryCodes: string[] }).recoveryCodes.length]).toEqual([201, 10]);
    const cookie = cookiesOf(answer);
    expect(codeOf(await send(cookie, '/api/v1/me/factors', { json }))).toEqual([409, 'FACTOR_ENROLMENT_OVER']);

    const asked = await challenge();
    expect(asked.options).toMatchObject({ rpId: 'localhost', allowCredentials: [], userVerification: 'required' });
    const signed = { challenge: asked.challenge, answer: await browser.get(asked.options) };
    const inside = await alone(signed);
    expect([inside.status, inside.json()]).toEqual([201, expect.objectContaining({ state: 'signed in' })]);
    expect((inside.json() as SessionAnswer).me?.email).toBe(she.email);
    expect(codeOf(await alone(signed))).toEqual([403, 'FACTOR_WRONG']);
    // Of two at once one.
    const twice = await challenge();
    const both = { challenge: twice.challenge, answer: await browser.get(twice.options) };
    const statuses = (await Promise.all([alone(both), alone(both)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 403]);

    const half = await signIn(she);
    expect((half.json() as SessionAnswer).secondFactor).toMatchObject({ passkey: true, totp: false });
    const mine = await challenge(cookiesOf(half));
    expect(mine.options.allowCredentials).toHaveLength(1);
    // One that was asked of nobody in particular is not the answer to this.
    const loose = await challenge();
    const wrongRoad = { kind: 'passkey', challenge: loose.challenge, answer: await browser.get(loose.options) };
    expect(codeOf(await prove(cookiesOf(half), wrongRoad))).toEqual([403, 'FACTOR_WRONG']);
    const proof = { kind: 'passkey', challenge: mine.challenge, answer: await browser.get(mine.options) };
    const proven = await prove(cookiesOf(half), proof);
    expect([proven.status, stateOf(proven)]).toEqual([201, 'signed in']);
    // A program is not asked for it, and so gets no token by the password.
    const token = { email: she.email, password: she.password, label: 'x', code: '123456' };
    expect(codeOf(await ask(exchange, '/api/v1/tokens', { json: token }))).toEqual([403, 'FACTOR_NEEDED']);
    // Suspended, they are nobody by it.
    await ask(exchange, `/api/v1/users/${she.id}/suspension`, { token: me.token, method: 'POST' });
    const late = await challenge();
    const answered = { challenge: late.challenge, answer: await browser.get(late.options) };
    expect(codeOf(await alone(answered))).toEqual([403, 'FACTOR_WRONG']);
    await browser.clear();
  });

  test('is still answered, however often somebody with the password asks for theirs meanwhile', async () => {
    const she = await newcomer();
    await enrol(cookiesOf(await signIn(she)));
    const [hers, thief] = [cookiesOf(await signIn(she)), cookiesOf(await signIn(she))];
    const { challenge: id, options } = await challenge(hers);
    for (let at = 0; at < 20; at += 1) await challenge(thief);
    const proof = { kind: 'passkey', challenge: id, answer: await browser.get(options) };
    const proven = await prove(hers, proof);
    expect([proven.status, stateOf(proven)]).toEqual([201, 'signed in']);
    // Each is answered once all the same.
    expect(codeOf(await prove(thief, proof))).toEqual([403, 'FACTOR_WRONG']);
    await browser.clear();
  });

  test('shows again who is there, and opens a locked screen; that of somebody else does neither', async () => {
    const he = await newcomer();
    await enrol(cookiesOf(await signIn(he)));
    await browser.clear();
    const she = await newcomer();
    const { answer } = await enrol(cookiesOf(await signIn(she)));
    const hers = cookiesOf(answer);
    const proof = async (cookie: string, foreign = false) => {
      const { challenge: id, options } = await challenge(cookie);
      const signed = await browser.get(foreign ? { ...options, allowCredentials: [] } : options);
      return send(cookie, '/api/v1/session/proof', { json: { passkey: { challenge: id, answer: signed } } });
    };
    const proven = await proof(hers);
    expect([proven.status, sessionCookieOf(proven) === sessionCookieOf(answer)]).toEqual([200, false]);
    const locking = sessionCookieOf(proven);
    expect(stateOf(await send(locking, '/api/v1/session/lock', { method: 'POST' }))).toEqual(['unlock']);
    const opened = await proof(locking);
    expect([opened.status, stateOf(opened)]).toEqual([200, 'signed in']);
    // His, half signed in, with her passkey: nothing at all; nor is a code a proof.
    const his = cookiesOf(await signIn(he));
    expect((await proof(his, true)).status).toBe(401);
    const code = { json: { code: '123456' } };
    expect((await send(sessionCookieOf(opened), '/api/v1/session/proof', code)).status).toBe(400);
    await browser.clear();
  });

  test('signed for another origin, without the person being verified, or late, it is nothing', async () => {
    const he = await newcomer();
    const { answer } = await enrol(cookiesOf(await signIn(he)));
    expect(answer.status).toBe(201);
    const tryWith = async (more: Parameters<Authenticator['get']>[1], late = false) => {
      const { challenge: id, options } = await challenge();
      const signed = await browser.get(options, more);
      if (late)
        await inDatabaseOf(exchange, (database) =>
          database.updateTable('challenges').set({ expires_at: new Date() }).where('id', '=', id).execute(),
        );
      return codeOf(await alone({ challenge: id, answer: signed }))[0];
    };
    expect(await tryWith({})).toBe(201);
    expect(await tryWith({ elsewhere: true })).toBe(403);
    expect(await tryWith({ unverified: true })).toBe(403);
    expect(await tryWith({}, true)).toBe(403);
    await browser.clear();
  });

  test('of somebody else does not stand in for one’s own, and a counter that goes back is refused and on record', async () => {
    const [she, he] = [await newcomer(), await newcomer()];
    expect((await enrol(cookiesOf(await signIn(he)))).answer.status).toBe(201);
    await browser.clear();
    expect((await enrol(cookiesOf(await signIn(she)))).answer.status).toBe(201);
    const his = cookiesOf(await signIn(he));
    const { challenge: id, options } = await challenge(his);
    const hers = await browser.get({ ...options, allowCredentials: [] });
    expect(codeOf(await prove(his, { kind: 'passkey', challenge: id, answer: hers }))).toEqual([403, 'FACTOR_WRONG']);

    const sign = async () => {
      const asked = await challenge();
      return codeOf(await alone({ challenge: asked.challenge, answer: await browser.get(asked.options) }));
    };
    expect((await sign())[0]).toBe(201);
    expect((await sign())[0]).toBe(201);
    await browser.turnBack(1);
    expect(await sign()).toEqual([403, 'FACTOR_WRONG']);
    const outcomes = (await recorded('session.create', she.id)).map(({ outcome }) => outcome);
    expect(outcomes.filter((one) => one === 'refused')).toHaveLength(1);
    await browser.clear();
  });
});

test('an exchange that is reached by an IP address offers no passkeys, and says why', async () => {
  const cookie = cookiesOf(await signIn(me));
  const { passkeys } = (await send(cookie, '/api/v1/me/factors')).json() as OwnFactorsAnswer;
  expect(passkeys).toBe(true);
  await exchange.restart({ SYMBOLON_PUBLIC_URL: `https://127.0.0.1:${new URL(exchange.url).port}` });
  const now = (await send(cookie, '/api/v1/me/factors')).json() as OwnFactorsAnswer;
  expect(now.passkeys).toBe(false);
  const begun = await send(cookie, '/api/v1/me/factors/passkey', { method: 'POST' });
  expect(codeOf(begun)).toEqual([409, 'PASSKEY_NOT_HERE']);
});

function bytesOfBase32(text: string): Buffer {
  const bits = [...text]
    .map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) as string[]).map((byte) => Number.parseInt(byte, 2)));
}
