import { createHash, randomUUID } from 'node:crypto';
import type { FactorAnswer, OwnFactorsAnswer, TotpEnrolment } from '@symbolon/contract';
import {
  type Exchange,
  eximPeer,
  type Mail,
  type MailServer,
  type Owner,
  owner,
  peerIsHere,
  startExchange,
  startMailServer,
} from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { oathCode } from './oath-code.ts';

const waitMs = 60_000;

describe.skipIf(!peerIsHere(eximPeer))('with a mail server', () => {
  let exchange: Exchange;
  let server: MailServer;
  let me: Owner;
  beforeAll(async () => {
    server = await startMailServer();
    exchange = await startExchange({ env: server.env });
    me = await owner(exchange, { name: 'Ada Beispiel' });
  }, 120_000);
  afterAll(async () => {
    await exchange?.dispose();
    await server?.dispose();
  });

  const cookieOf = (answer: Answer): string =>
    (answer.headers['set-cookie'] ?? []).find((one) => one.includes('-session='))?.split(';')[0] ?? '';
  const api = (path: string, question: Question = {}): Promise<Answer> => ask(exchange, `/api/v1${path}`, question);
  const asMe = (path: string, json?: unknown, method?: string): Promise<Answer> =>
    api(path, { token: me.token, ...(json !== undefined && { json }), ...(method && { method }) });
  const withCookie = (cookie: string, more: Question = {}): Question => ({
    ...more,
    headers: { cookie, 'sec-fetch-site': 'same-origin', ...more.headers },
  });
  const signIn = (email: string, password: string): Promise<Answer> => api('/sessions', { json: { email, password } });
  const code = (answer: Answer): unknown => [answer.status, (answer.json() as { code?: string }).code];
  const secretOf = (mail: Mail): string => mail.link().split('#')[1] as string;
  const counted = async (address: string, about?: string): Promise<number> =>
    (await server.mails()).filter(({ to, subject }) => to === address && (about === undefined || subject === about))
      .length;
  const outbox = () => inDatabaseOf(exchange, (database) => database.selectFrom('mails').selectAll().execute());
  const everythingIsOut = () => expect.poll(outbox, { timeout: waitMs }).toEqual([]);

  let people = 0;
  /** Somebody who came by a mailed invitation. */
  const newcomer = async (name = 'Bo Muster') => {
    people += 1;
    const email = `somebody-${people}@example.org`;
    const password = `Drei Boote vor der Mole ${randomUUID()}`;
    const made = await asMe('/users', { email, name });
    const { user } = made.json() as { user: { id: string } };
    const secret = secretOf(await server.mailTo(email));
    const came = await api('/invitations/accept', { json: { secret, password } });
    expect(came.status).toBe(201);
    return { id: user.id, email, password, cookie: cookieOf(came) };
  };
  const aReset = 'A new password';
  const askForReset = (email: string): Promise<Answer> => api('/password-resets', { json: { email } });
  /** The newest link for a new password, asked for just now. */
  const resetOf = async (email: string): Promise<string> => {
    const before = await counted(email, aReset);
    expect((await askForReset(email)).status).toBe(202);
    return secretOf(await server.mailTo(email, before, aReset));
  };
  const use = (secret: string, password: string): Promise<Answer> =>
    api('/password-resets/use', { json: { secret, password } });
  const confirm = (secret: string, password: string): Promise<Answer> =>
    api('/email-changes/use', { json: { secret, password } });
  const newPassword = (): string => `Vier Möwen über dem Kai ${randomUUID()}`;

  describe('an invitation', () => {
    test('goes to the mailbox: who invites is not shown its link, and who opens the mail comes in', async () => {
      const email = 'mailed@example.org';
      const made = await asMe('/users', { email, name: 'Bo Muster' });
      expect(made.json()).toMatchObject({ user: { state: 'invited' }, invitation: { mailedTo: email } });
      const mail = await server.mailTo(email);
      expect(mail.subject).toBe('Invitation to an exchange for medical images');
      expect(mail.text).toContain(`“${me.accountName}”`);
      expect(mail.text).toContain('Ada Beispiel invites you');
      expect(mail.link()).toMatch(new RegExp(`^${exchange.url}/invitation#[0-9a-f-]{36}\\.[\\w-]{43}$`));
      expect(made.body.toString()).not.toContain(secretOf(mail));
      const answer = await api('/invitations/accept', { json: { secret: secretOf(mail), password: newPassword() } });
      expect(answer.json()).toMatchObject({ state: 'signed in', me: { email } });
    });

    test('that is made again ends the one before, also before its mail is out', async () => {
      const email = 'again@example.org';
      const made = await asMe('/users', { email });
      const first = secretOf(await server.mailTo(email));
      const { user } = made.json() as { user: { id: string } };
      expect((await asMe(`/users/${user.id}/invitation`, undefined, 'POST')).json()).toMatchObject({
        invitation: { mailedTo: email },
      });
      expect(code(await api('/invitations/look', { json: { secret: first } }))).toEqual([404, 'INVITATION_NOT_FOUND']);
      const second = secretOf(await server.mailTo(email, 1));
      expect((await api('/invitations/look', { json: { secret: second } })).status).toBe(200);
    });

    test('to own another account is mailed to its owner', async () => {
      const email = 'chris@example.org';
      const made = await asMe('/accounts', { name: 'Klinik am See', owner: { email, name: 'Chris Beispiel' } });
      expect(made.json()).toMatchObject({ invitation: { mailedTo: email } });
      expect((await server.mailTo(email)).text).toContain('“Klinik am See”');
      const { account } = made.json() as { account: { id: string } };
      const again = await asMe(`/accounts/${account.id}/invitation`, undefined, 'POST');
      expect(again.json()).toEqual({ mailedTo: email });
      await server.mailTo(email, 1);
    });
  });

  test('every mail is plain text beside plain HTML that fetches nothing, says that a program wrote it, and came by TLS', async () => {
    const { email } = await newcomer();
    const mail = await server.mailTo(email);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('from')).toBe('Symbolon <symbolon@exchange.example>');
    expect(mail.headers.get('received')).toContain('esmtpsa');
    expect(mail.html).not.toMatch(/<(img|link|script|iframe|style)|url\(|src=/i);
    expect([...mail.html.matchAll(/href="([^"]*)"/g)].map(([, address]) => address)).toEqual([mail.link()]);
  });

  test('names that people give themselves become neither headers nor lines nor links of a mail', async () => {
    const email = 'hostile@example.org';
    const name =
      '"x" <evil@evil.example>,\u2028 https://evil.example/now\u202E <b>& =?utf-8?q?=0D=0ABcc:?= evil@evil.example';
    expect((await asMe('/account', { name: `Evil.example ${name}`.slice(0, 200) }, 'PATCH')).status).toBe(200);
    expect((await asMe('/users', { email, name })).status).toBe(201);
    const mail = await server.mailTo(email);
    await asMe('/account', { name: me.accountName }, 'PATCH');
    expect(mail.headers.get('to')).toBe(email);
    for (const header of ['bcc', 'cc', 'reply-to']) expect(mail.headers.has(header)).toBe(false);
    // In the text only, and with nothing in it that a program would follow.
    expect(mail.subject).toBe('Invitation to an exchange for medical images');
    expect(mail.text).toContain('“Evil. example');
    for (const text of [mail.text, mail.html, mail.subject])
      expect(text).not.toMatch(/evil\.example|evil@|<b>|\u202E|\u2028/);
    expect(mail.html).not.toContain('"x"');
    // An address with more behind it is none, and is refused before anything is written down.
    for (const wrong of [
      'ada@example.org\r\nBcc: evil@evil.example',
      'ada@example.org,evil@evil.example',
      '<a@b.example>',
    ])
      expect(code(await asMe('/users', { email: wrong }))).toEqual([400, 'REQUEST_INVALID']);
    expect(await counted('evil@evil.example')).toBe(0);
  });

  describe('a link for a new password', () => {
    test('sets it once, ends all sessions, and a notice says so', async () => {
      const { email, password, cookie } = await newcomer();
      const elsewhere = cookieOf(await signIn(email, password));
      const secret = await resetOf(email);
      expect((await api('/password-resets/look', { json: { secret } })).json()).toMatchObject({ email });
      const next = newPassword();
      const set = await use(secret, next);
      expect([set.status, set.json()]).toEqual([201, expect.objectContaining({ state: 'signed in' })]);
      for (const old of [cookie, elsewhere]) expect((await api('/me', withCookie(old))).status).toBe(401);
      expect((await api('/me', withCookie(cookieOf(set)))).status).toBe(200);
      expect((await signIn(email, password)).status).toBe(401);
      expect((await signIn(email, next)).status).toBe(201);
      const mine = async () => (await server.mails()).filter(({ to }) => to === email).map(({ subject }) => subject);
      await expect.poll(mine, { timeout: waitMs }).toContain('Your password was changed');
      const recorded = await inDatabaseOf(exchange, (database) =>
        database
          .selectFrom('audit_records')
          .select(['kind', 'outcome'])
          .where('action', '=', 'password.reset')
          .execute(),
      );
      for (const kind of ['execute', 'create', 'update']) expect(recorded).toContainEqual({ kind, outcome: 'success' });
    });

    test('used a second time is refused, and by who is late or has no such secret', async () => {
      const { email } = await newcomer();
      const secret = await resetOf(email);
      const next = newPassword();
      expect((await use(secret, next)).status).toBe(201);
      expect(code(await use(secret, newPassword()))).toEqual([410, 'MAILED_LINK_OVER']);
      expect((await signIn(email, next)).status).toBe(201);
      const late = await resetOf(email);
      await inDatabaseOf(exchange, (database) =>
        database
          .updateTable('password_resets')
          .set({ expires_at: new Date(Date.now() - 1000) })
          .execute(),
      );
      expect(code(await use(late, newPassword()))).toEqual([410, 'MAILED_LINK_OVER']);
      const [id] = late.split('.');
      expect(code(await use(`${id}.${'A'.repeat(43)}`, newPassword()))).toEqual([404, 'MAILED_LINK_NOT_FOUND']);
    });

    test('of one opens nothing of another: neither id goes with the other secret', async () => {
      const [one, other] = [await newcomer(), await newcomer()];
      const [mine, theirs] = [await resetOf(one.email), await resetOf(other.email)];
      const mixed = `${theirs.split('.')[0]}.${mine.split('.')[1]}`;
      expect(code(await use(mixed, newPassword()))).toEqual([404, 'MAILED_LINK_NOT_FOUND']);
      expect((await use(mine, newPassword())).status).toBe(201);
      expect((await signIn(other.email, other.password)).status).toBe(201);
    });

    test('ends when a newer one is made, when the password is changed otherwise, and when the address changed', async () => {
      const { email, password, cookie } = await newcomer();
      const first = await resetOf(email);
      const second = await resetOf(email);
      expect(code(await use(first, newPassword()))).toEqual([404, 'MAILED_LINK_NOT_FOUND']);
      const changed = newPassword();
      const change = { method: 'PUT', json: { current: password, password: changed } };
      const done = await api('/me/password', withCookie(cookie, change));
      expect(done.status).toBe(200);
      expect(code(await use(second, newPassword()))).toEqual([404, 'MAILED_LINK_NOT_FOUND']);
      const third = await resetOf(email);
      const moved = `moved-${email}`;
      const asked = await api(
        '/me/email',
        withCookie(cookieOf(done), { method: 'PUT', json: { current: changed, email: moved } }),
      );
      expect(asked.status).toBe(202);
      const secret = secretOf(await server.mailTo(moved));
      expect((await confirm(secret, changed)).status).toBe(200);
      expect(code(await use(third, newPassword()))).toEqual([404, 'MAILED_LINK_NOT_FOUND']);
    });

    test('takes neither a weak password nor one that they had, and stays good meanwhile', async () => {
      const { email, password } = await newcomer();
      const secret = await resetOf(email);
      for (const refused of ['short', password])
        expect(code(await use(secret, refused))).toEqual([422, 'PASSWORD_TOO_WEAK']);
      expect((await use(secret, newPassword())).status).toBe(201);
    });

    test('leaves the second factor standing: the session that begins has proven none', async () => {
      const { id, email } = await newcomer();
      await inDatabaseOf(exchange, (database) =>
        database
          .insertInto('second_factors')
          .values({
            id: randomUUID(),
            user_id: id,
            kind: 'totp',
            label: 'Telefon',
            created_at: new Date(),
            sealed_secret: Buffer.alloc(64),
          })
          .execute(),
      );
      const set = await use(await resetOf(email), newPassword());
      expect(set.json()).toMatchObject({ state: 'unfinished', me: null, steps: ['second-factor'] });
      expect(code(await api('/me', withCookie(cookieOf(set))))).toEqual([401, 'ACCESS_SIGN_IN_UNFINISHED']);
    });

    test('is asked for alike by everybody: who has the address is not looked at before the answer, nor told by it', async () => {
      const { id, email } = await newcomer();
      await everythingIsOut();
      await server.stop();
      const suspended = await asMe(`/users/${id}/suspension`, undefined, 'POST');
      expect(suspended.status).toBe(200);
      // The first that goes out holds the others up: what is in the outbox stays to be looked at.
      await asMe('/users', { email: 'holds-up@example.org' });
      await expect.poll(async () => (await outbox())[0]?.problem, { timeout: waitMs }).toBe('away');
      const answers = [];
      for (const address of [me.email, email, 'nobody@example.org']) answers.push(await askForReset(address));
      for (const answer of answers) expect([answer.status, answer.body.toString()]).toEqual([202, '{}']);
      const kept = (await outbox()).filter(({ kind }) => kind === 'password-reset');
      const before = new Map(kept.map(({ about, user_id }) => [(about as { email: string }).email, user_id]));
      for (const [, userId] of before) expect(userId).toBeNull();
      const went = await counted(email);
      await server.start();
      expect((await server.mailTo(me.email)).subject).toBe(aReset);
      await everythingIsOut();
      expect(await counted(email)).toBe(went);
      expect(await counted('nobody@example.org')).toBe(0);
    });

    test('is mailed to one address five times an hour, and whoever asks in its place is not told that it is enough', async () => {
      const { email } = await newcomer();
      const before = await counted(email);
      const answers = [];
      for (let asked = 0; asked < 7; asked += 1) answers.push((await askForReset(email)).status);
      expect(answers).toEqual(Array(7).fill(202));
      await everythingIsOut();
      expect(await counted(email)).toBe(before + 5);
      // The newest of them works.
      expect((await use(secretOf(await server.mailTo(email, before + 4)), newPassword())).status).toBe(201);
      await inDatabaseOf(exchange, (database) => database.deleteFrom('attempts').execute());
    });

    test('comes however many others were asked for elsewhere, and is asked for no more than so often from one site', async () => {
      const { email } = await newcomer();
      const digestOf = (name: string) => createHash('sha256').update(name).digest('base64url');
      const counts = (name: string, count: number) =>
        inDatabaseOf(exchange, (database) =>
          database
            .insertInto('attempts')
            .values({ name: digestOf(name), count, since: new Date() })
            .onConflict((conflict) => conflict.column('name').doUpdateSet({ count }))
            .execute(),
        );
      await inDatabaseOf(exchange, (database) => database.deleteFrom('attempts').execute());
      // As after thousands for addresses of nobody, from everywhere.
      await counts('resets', 10_000);
      expect((await use(await resetOf(email), newPassword())).status).toBe(201);
      await counts('resets from site 127.0.0.1', 300);
      expect(code(await askForReset('another@example.org'))).toEqual([429, 'ACCESS_TOO_MANY_TRIES']);
      await inDatabaseOf(exchange, (database) => database.deleteFrom('attempts').execute());
    });

    test('that an administrator asks for goes to the mailbox too, and is not shown', async () => {
      const { id, email } = await newcomer();
      const before = await counted(email, aReset);
      const made = await asMe(`/users/${id}/password-reset`, undefined, 'POST');
      expect([made.status, made.json()]).toEqual([201, { mailedTo: email }]);
      const mail = await server.mailTo(email, before, aReset);
      expect(mail.text).toContain('An administrator of your account');
      expect((await use(secretOf(mail), newPassword())).status).toBe(201);
    });
  });

  test('that somebody guesses their password the person is told once, and a new one by mail lets them in meanwhile', async () => {
    const { email } = await newcomer();
    const about = 'Somebody is guessing your password';
    // As after sixty guesses from many networks.
    const name = createHash('sha256').update(`sign-in ${email} in an hour`).digest('base64url');
    await inDatabaseOf(exchange, (database) =>
      database
        .insertInto('attempts')
        .values({ name, count: 60, since: new Date() })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ count: 60, since: new Date() }))
        .execute(),
    );
    for (let at = 0; at < 4; at += 1)
      expect(code(await signIn(email, `guess ${at}`))).toEqual([429, 'ACCESS_TOO_MANY_TRIES']);
    const mail = await server.mailTo(email, 0, about);
    expect(mail.text).not.toContain('guess 0');
    const password = newPassword();
    expect((await use(await resetOf(email), password)).status).toBe(201);
    expect((await signIn(email, password)).status).toBe(201);
    await everythingIsOut();
    expect(await counted(email, about)).toBe(1);
  });

  describe('another address', () => {
    test('is used once its mailbox said so, and the old one is told before and after', async () => {
      const { email, password, cookie } = await newcomer();
      const to = `new-${email}`;
      const change = (current: string) =>
        api('/me/email', withCookie(cookie, { method: 'PUT', json: { current, email: to } }));
      expect(code(await change('not this one at all'))).toEqual([403, 'PASSWORD_WRONG']);
      const before = await counted(email);
      expect((await change(password)).json()).toEqual({ mailedTo: to });
      const secret = secretOf(await server.mailTo(to));
      const told = await server.mailTo(email, before);
      expect(told.text).toContain(to);
      expect(told.text).toContain('/reset');
      expect((await signIn(to, password)).status).toBe(401);
      expect((await api('/email-changes/look', { json: { secret } })).json()).toMatchObject({ email: to });
      expect((await confirm(secret, password)).status).toBe(200);
      expect(code(await confirm(secret, password))).toEqual([410, 'MAILED_LINK_OVER']);
      expect((await signIn(email, password)).status).toBe(401);
      expect((await signIn(to, password)).status).toBe(201);
      expect((await server.mailTo(email, before + 1)).subject).toBe('Your e-mail address was changed');
    });

    test('that somebody has is told to its mailbox alone, and a new password ends a change that waits', async () => {
      const [one, other] = [await newcomer(), await newcomer()];
      const ask = (email: string) =>
        api('/me/email', withCookie(one.cookie, { method: 'PUT', json: { current: one.password, email } }));
      const before = await counted(other.email);
      expect((await ask(other.email)).json()).toEqual({ mailedTo: other.email });
      const secret = secretOf(await server.mailTo(other.email, before));
      expect(code(await confirm(secret, one.password))).toEqual([409, 'EMAIL_TAKEN']);
      const free = `free-${one.email}`;
      expect((await ask(free)).status).toBe(202);
      const waiting = secretOf(await server.mailTo(free));
      const next = newPassword();
      expect((await use(await resetOf(one.email), next)).status).toBe(201);
      expect(code(await confirm(waiting, next))).toEqual([404, 'MAILED_LINK_NOT_FOUND']);
    });

    test('whose mail is being written while its person changes their password: neither waits for the other without end, and the link ends', async () => {
      const { id, email, password, cookie } = await newcomer();
      const times = { created_at: new Date(), expires_at: new Date(Date.now() + 3_600_000) };
      const mail = {
        ...{ id: randomUUID(), kind: 'address-change', user_id: id, about: JSON.stringify({ to: `later-${email}` }) },
        ...{ created_at: times.created_at, next_try_at: times.expires_at },
      };
      const change = { id: randomUUID(), digest: Buffer.alloc(32), user_id: id, email: `later-${email}`, ...times };
      const json = { current: password, password: newPassword() };
      const { changed, left } = await inDatabaseOf(exchange, async (database) => {
        await database.insertInto('mails').values(mail).execute();
        // As the job does that writes it: first the mail is taken, and then its link is made.
        const changing = await database.transaction().execute(async (trx) => {
          await trx.selectFrom('mails').select('id').where('id', '=', mail.id).forUpdate().execute();
          const answer = api('/me/password', withCookie(cookie, { method: 'PUT', json }));
          const waiting = async () =>
            (
              await sql`select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(
                trx,
              )
            ).rows.length;
          await expect.poll(waiting, { timeout: waitMs }).toBeGreaterThan(0);
          await trx.insertInto('address_changes').values(change).execute();
          return { answer };
        });
        const changed = (await changing.answer).status;
        const left = await database.selectFrom('address_changes').select('id').where('user_id', '=', id).execute();
        return { changed, left };
      });
      expect({ changed, left }).toEqual({ changed: 200, left: [] });
      await everythingIsOut();
    });

    test('takes the password beside the link: whoever has a mistyped mailbox has nothing by it, and guesses no further than at the door', async () => {
      const { id, email, password, cookie } = await newcomer();
      const mistyped = `mistyped-${email}`;
      const json = { current: password, email: mistyped };
      expect((await api('/me/email', withCookie(cookie, { method: 'PUT', json }))).status).toBe(202);
      const secret = secretOf(await server.mailTo(mistyped));
      // A stranger opens the mail.
      expect(code(await api('/email-changes/use', { json: { secret } }))).toEqual([400, 'REQUEST_INVALID']);
      expect(code(await confirm(secret, newPassword()))).toEqual([403, 'PASSWORD_WRONG']);
      expect((await signIn(mistyped, password)).status).toBe(401);
      expect((await askForReset(mistyped)).status).toBe(202);
      await everythingIsOut();
      expect(await counted(mistyped, aReset)).toBe(0);
      const refusals = () =>
        inDatabaseOf(exchange, (database) =>
          database
            .selectFrom('audit_records')
            .select(['account_id', 'outcome'])
            .where('action', '=', 'email.confirm')
            .where('user_id', '=', id)
            .execute(),
        );
      expect(await refusals()).toEqual([{ account_id: expect.any(String), outcome: 'refused' }]);
      // The tries are those at the sign-in: as after sixty of them from many networks.
      const name = createHash('sha256').update(`sign-in ${email} in an hour`).digest('base64url');
      await inDatabaseOf(exchange, (database) =>
        database
          .insertInto('attempts')
          .values({ name, count: 60, since: new Date() })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ count: 60, since: new Date() }))
          .execute(),
      );
      expect(code(await confirm(secret, newPassword()))).toEqual([429, 'ACCESS_TOO_MANY_TRIES']);
      await inDatabaseOf(exchange, (database) => database.deleteFrom('attempts').execute());
      // Nothing of this used the link up.
      expect((await confirm(secret, password)).status).toBe(200);
      expect((await signIn(mistyped, password)).status).toBe(201);
    });
  });

  describe.skipIf(!peerIsHere({ command: 'oathtool', package: 'oathtool' }))('a notice', () => {
    test('tells of a second factor that was added or removed, a recovery code, and a browser that was not known', async () => {
      const { email, password, cookie } = await newcomer();
      const begun = (await api('/me/factors/totp', withCookie(cookie, { method: 'POST' }))).json() as TotpEnrolment;
      const json = { kind: 'totp', enrolment: begun.enrolment, label: 'App', code: await oathCode(begun.secret) };
      const added = (await api('/me/factors', withCookie(cookie, { json }))).json() as FactorAnswer;
      expect((await server.mailTo(email, 0, 'A second factor was added')).text).toContain('an authenticator app');
      const half = cookieOf(await signIn(email, password));
      // Half a sign-in is none.
      const proof = { kind: 'recovery code', code: added.recoveryCodes![0] };
      const whole = await api('/session/factor', withCookie(half, { json: { proof } }));
      expect((await server.mailTo(email, 0, 'A recovery code was used')).text).toContain('9 are left');
      expect((await server.mailTo(email, 0, 'Sign-in from a new browser')).text).toContain('127.0.0.1');
      expect(await counted(email, 'Sign-in from a new browser')).toBe(1);
      const { factors } = (await api('/me/factors', withCookie(cookieOf(whole)))).json() as OwnFactorsAnswer;
      const gone = withCookie(cookieOf(whole), { method: 'DELETE' });
      expect((await api(`/me/factors/${factors[0]!.id}`, gone)).status).toBe(200);
      expect((await server.mailTo(email, 0, 'A second factor was removed')).text).toContain('an authenticator app');
      for (const { text } of (await server.mails()).filter(({ to }) => to === email))
        for (const secret of [begun.secret, ...added.recoveryCodes!]) expect(text).not.toContain(secret);
    });
  });

  describe('a mail that does not go out', () => {
    test('is given up where the mailbox is refused, and the page of who was invited says so', async () => {
      const email = 'refused@example.org';
      await server.answer(email, 'refuse');
      const { user } = (await asMe('/users', { email })).json() as { user: { id: string } };
      const card = async () => ((await asMe(`/users/${user.id}`)).json() as { invitationMail: unknown }).invitationMail;
      await expect.poll(card, { timeout: waitMs }).toEqual({ problem: 'refused', givenUp: true });
      const metrics = await ask(exchange, '/metrics', { token: me.token });
      expect(metrics.body.toString()).toMatch(/^symbolon_mails_given_up 1$/m);
      // What the server answers repeats addresses; the log has neither.
      await expect
        .poll(() => exchange.output(), { timeout: waitMs })
        .toContain('a mail could not be sent and is given up');
      expect(exchange.output()).not.toContain(email);
      await server.answer(email, 'take');
      expect((await asMe(`/users/${user.id}/invitation`, undefined, 'POST')).status).toBe(201);
      await server.mailTo(email);
      await expect.poll(card, { timeout: waitMs }).toBeNull();
    });

    test('is tried again where the server puts it off (451), with a link that is good when it comes', async () => {
      const email = 'greylisted@example.org';
      await server.answer(email, 'put off');
      const { user } = (await asMe('/users', { email })).json() as { user: { id: string } };
      const card = async () => ((await asMe(`/users/${user.id}`)).json() as { invitationMail: unknown }).invitationMail;
      await expect.poll(card, { timeout: waitMs }).toEqual({ problem: 'put off', givenUp: false });
      await server.answer(email, 'take');
      const secret = secretOf(await server.mailTo(email));
      expect((await api('/invitations/look', { json: { secret } })).status).toBe(200);
    });
  });

  test('no secret of any link is in the database, and none is in the log', async () => {
    await everythingIsOut();
    const secrets = (await server.mails()).flatMap((mail) => (/#/.test(mail.text) ? [secretOf(mail)] : []));
    expect(secrets.length).toBeGreaterThan(10);
    const rows = await inDatabaseOf(exchange, async (database) => [
      await database.selectFrom('invitations').selectAll().execute(),
      await database.selectFrom('password_resets').selectAll().execute(),
      await database.selectFrom('address_changes').selectAll().execute(),
      await database.selectFrom('audit_records').selectAll().execute(),
    ]);
    const all = `${JSON.stringify(rows)}${exchange.output()}`;
    for (const secret of secrets) expect(all).not.toContain(secret.split('.')[1]);
    // What is kept of each is its digest.
    const last = secrets.at(-1)!.split('.')[1]!;
    expect(JSON.stringify(rows)).toContain(
      JSON.stringify([...createHash('sha256').update(last).digest()]).slice(1, -1),
    );
  });
});
