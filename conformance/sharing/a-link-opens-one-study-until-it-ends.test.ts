import { mkdtemp, rm } from 'node:fs/promises';
import { cli, ctStudy, type Exchange, type Owner, owner, startExchange, writeFolder } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';

let exchange: Exchange;
let me: Owner;
let folder: string;
let studies: string[];

beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
  folder = await mkdtemp('/tmp/sx-links-');
  for (const seed of [1, 2]) {
    await writeFolder(`${folder}/${seed}`, ctStudy({ seed, slices: 3, rows: 64, columns: 64 }));
    const sent = await cli(['send', `${folder}/${seed}`, '--to', exchange.url, '--token-file', me.tokenFile], {
      exchange,
      cwd: folder,
    });
    // 3: beside the images lie files that are none.
    expect([0, 3]).toContain(sent.code);
  }
  const list = await ask(exchange, '/api/v1/studies/search', { token: me.token, json: {} });
  studies = (list.json() as { studies: { id: string }[] }).studies.map(({ id }) => id);
  expect(studies).toHaveLength(2);
});
afterAll(async () => {
  await exchange?.dispose();
  await rm(folder, { recursive: true, force: true });
});

type Link = { id: string; state: string; opened: number; wrongPasswords: number; note: string };
type Made = { link: Link; address: string; secret: string };

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const dayMs = 86_400_000;

async function makeLink(options: Record<string, unknown> = {}, study = studies[0]): Promise<Made> {
  const answer = await ask(exchange, `/api/v1/studies/${study}/links`, {
    token: me.token,
    json: { expiresAt: inMs(dayMs), ...options },
  });
  expect(answer.status).toBe(201);
  const { link, address } = answer.json() as { link: Link; address: string };
  return { link, address, secret: address.slice(address.indexOf('#') + 1) };
}
const open = (made: Made, password?: string): Promise<Answer> =>
  ask(exchange, `/api/v1/shared/${made.link.id}/open`, {
    json: { secret: made.secret, ...(password === undefined ? {} : { password }) },
  });
const look = (id: string, secret: string): Promise<Answer> =>
  ask(exchange, `/api/v1/shared/${id}/look`, { json: { secret } });
const cookieOf = (answer: Answer): string => (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] as string;
const visit = (made: Made, cookie: string, path = ''): Promise<Answer> =>
  ask(exchange, `/api/v1/shared/${made.link.id}/study${path}`, {
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  });
const code = (answer: Answer): string => (answer.json() as { code: string }).code;
const ownLink = async (id: string): Promise<Link> => {
  const answer = await ask(exchange, '/api/v1/links', { token: me.token });
  return (answer.json() as { links: Link[] }).links.find((link) => link.id === id) as Link;
};
async function images(made: Made, cookie: string): Promise<string[]> {
  const { series } = (await visit(made, cookie)).json() as { series: { id: string }[] };
  const answer = await visit(made, cookie, `/series/${series[0]?.id}/images`);
  return (answer.json() as { images: { id: string }[] }).images.map(({ id }) => `/images/${id}/frames/1`);
}

test('its address carries no identity, and its secret stands behind the #; both the note and the secret are sealed', async () => {
  const made = await makeLink({ note: 'For Professor Quasimodo' });
  expect(made.address).toMatch(new RegExp(`^${exchange.url}/shared/[0-9a-f-]{36}#[A-Za-z0-9_-]{43}$`));
  const rows = await inDatabaseOf(exchange, (database) => database.selectFrom('links').selectAll().execute());
  const dump = JSON.stringify(rows) + rows.map(({ cell }) => cell.toString('latin1')).join();
  expect(dump).not.toContain(made.secret);
  expect(dump).not.toContain('Quasimodo');
  expect((await ownLink(made.link.id)).note).toBe('For Professor Quasimodo');
});

test('its landing says from whom and until when, and nothing of the study; with a password the note waits for it', async () => {
  const made = await makeLink({ password: 'a good password', note: 'Dear colleague' });
  const answer = await look(made.link.id, made.secret);
  expect(answer.json()).toEqual({
    from: 'owner',
    accountName: me.accountName,
    expiresAt: expect.any(String),
    needsPassword: true,
    download: false,
    note: '',
  });
  expect((await open(made, 'a good password')).json()).toMatchObject({ note: 'Dear colleague' });
});

test('it opens its study for somebody without an account, and no other, no list, no files and no other link', async () => {
  const made = await makeLink();
  const other = await makeLink({}, studies[1]);
  const opened = await open(made);
  expect(opened.headers['set-cookie']).toEqual([
    expect.stringMatching(
      new RegExp(`; Path=/api/v1/shared/${made.link.id}/study; Secure; HttpOnly; SameSite=Strict$`),
    ),
  ]);
  const cookie = cookieOf(opened);
  expect((await visit(made, cookie)).json()).toMatchObject({
    id: studies[0],
    may: { download: false, share: false, audit: false },
  });
  expect((await visit(made, cookie, '/archive')).status).toBe(403);
  expect((await visit(other, cookie)).status).toBe(401);
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  for (const path of [`/api/v1/studies/${studies[0]}`, '/api/v1/links', '/dicomweb/studies'])
    expect([path, (await ask(exchange, path, { headers })).status]).toEqual([path, 401]);
});

test('it gives the files only where it says so', async () => {
  const made = await makeLink({ download: true });
  const cookie = cookieOf(await open(made));
  const answer = await visit(made, cookie, '/archive');
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/zip']);
});

test('revoked, the very next image of a viewer that has it open is refused, and the reason is said', async () => {
  const made = await makeLink();
  const cookie = cookieOf(await open(made));
  const [first = '', second = ''] = await images(made, cookie);
  expect((await visit(made, cookie, first)).status).toBe(200);
  const revoked = await ask(exchange, `/api/v1/links/${made.link.id}`, { method: 'DELETE', token: me.token });
  expect(revoked.json()).toMatchObject({ state: 'revoked', revokedBy: 'owner' });
  for (const path of [second, first, '']) {
    const answer = await visit(made, cookie, path);
    expect([answer.status, code(answer)]).toEqual([410, 'LINK_REVOKED']);
  }
  expect(code(await open(made))).toBe('LINK_REVOKED');
  expect(code(await look(made.link.id, made.secret))).toBe('LINK_REVOKED');
  const again = await ask(exchange, `/api/v1/links/${made.link.id}`, { method: 'DELETE', token: me.token });
  expect(again.json()).toEqual(revoked.json());
});

test('when its time is over it opens nothing, for who has it open too', async () => {
  const made = await makeLink({ expiresAt: inMs(60_000) });
  const cookie = cookieOf(await open(made));
  expect((await visit(made, cookie)).status).toBe(200);
  // As if the minute had gone by.
  await inDatabaseOf(exchange, (database) =>
    database.updateTable('links').set({ expires_at: new Date() }).where('id', '=', made.link.id).execute(),
  );
  expect(code(await visit(made, cookie))).toBe('LINK_EXPIRED');
  expect(code(await open(made))).toBe('LINK_EXPIRED');
  expect((await ownLink(made.link.id)).state).toBe('expired');
});

test("a wrong secret, a link that never was and another link's secret have one answer", async () => {
  const made = await makeLink();
  const other = await makeLink();
  const nowhere = '11111111-1111-4111-8111-111111111111';
  const answers = await Promise.all([
    look(made.link.id, 'x'.repeat(43)),
    look(made.link.id, other.secret),
    look(nowhere, made.secret),
    ask(exchange, `/api/v1/shared/${nowhere}/open`, { json: { secret: made.secret } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(new Set(answers.map(({ body }) => body.toString())).size).toBe(1);
});

test('after five wrong passwords from one place even the right one has to wait; the owner sees how many there were', async () => {
  const made = await makeLink({ password: 'the right one' });
  const tries = await Promise.all(Array.from({ length: 7 }, (_, at) => open(made, `wrong ${at}`)));
  expect(tries.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429]);
  const refused = await open(made, 'the right one');
  expect([refused.status, code(refused)]).toEqual([429, 'ACCESS_TOO_MANY_TRIES']);
  expect(await ownLink(made.link.id)).toMatchObject({ wrongPasswords: 5, opened: 0 });
  // Another link has tries of its own.
  const other = await makeLink({ password: 'another one' });
  expect((await open(other, 'another one')).status).toBe(200);
});

test('another spelling of the same link has no tries of its own', async () => {
  const made = await makeLink({ password: 'the right one' });
  const loud = { ...made, link: { ...made.link, id: made.link.id.toUpperCase() } };
  const tries = [];
  for (let at = 0; at < 8; at += 1) tries.push((await open(at % 2 === 0 ? made : loud, `wrong ${at}`)).status);
  expect(tries).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
});

test('those who have the right password never use up the tries of others', async () => {
  const made = await makeLink({ password: 'the right one' });
  for (let at = 0; at < 55; at += 1) expect((await open(made, 'the right one')).status).toBe(200);
});

test('whoever tries a link that is over is recorded, with a visit from before or with the address', async () => {
  const made = await makeLink();
  const cookie = cookieOf(await open(made));
  await ask(exchange, `/api/v1/links/${made.link.id}`, { method: 'DELETE', token: me.token });
  await visit(made, cookie);
  await open(made);
  const answer = await ask(exchange, `/api/v1/links/${made.link.id}/uses`, { token: me.token });
  const { uses } = answer.json() as { uses: { what: string }[] };
  expect(uses.map(({ what }) => what)).toEqual(['refused', 'refused', 'opened']);
});

test('its uses are shown to the owner: opened, what was looked at, what was refused', async () => {
  const made = await makeLink({ password: 'the right one' });
  await open(made, 'wrong');
  const cookie = cookieOf(await open(made, 'the right one'));
  for (const path of await images(made, cookie)) expect((await visit(made, cookie, path)).status).toBe(200);
  const answer = await ask(exchange, `/api/v1/links/${made.link.id}/uses`, { token: me.token });
  const { uses } = answer.json() as { uses: { what: string; address: string }[] };
  // Where half a minute ends in the midst of the looking, that is two looks.
  expect([...new Set(uses.map(({ what }) => what))]).toEqual(['viewed', 'opened', 'refused']);
  expect(uses.every(({ address }) => address === '127.0.0.1')).toBe(true);
  expect(await ownLink(made.link.id)).toMatchObject({ opened: 1, wrongPasswords: 1 });
});

test.each([
  ['in the past', { expiresAt: inMs(-1000) }],
  ['later than a year from now', { expiresAt: inMs(400 * dayMs) }],
  ['never', { expiresAt: null }],
  ['with a password of five characters', { expiresAt: inMs(dayMs), password: 'short' }],
  ['with a note of two lines', { expiresAt: inMs(dayMs), note: 'a\nb' }],
])('one that would end %s, or such, is not made', async (_, json) => {
  const answer = await ask(exchange, `/api/v1/studies/${studies[0]}/links`, { token: me.token, json });
  expect([answer.status, code(answer)]).toEqual([400, 'REQUEST_INVALID']);
});

test('a study or link that is not there answers as what one may not see', async () => {
  const nowhere = '11111111-1111-4111-8111-111111111111';
  const made = await ask(exchange, `/api/v1/studies/${nowhere}/links`, {
    token: me.token,
    json: { expiresAt: inMs(dayMs) },
  });
  expect([made.status, code(made)]).toEqual([404, 'STUDY_NOT_FOUND']);
  const revoked = await ask(exchange, `/api/v1/links/${nowhere}`, { token: me.token, method: 'DELETE' });
  expect([revoked.status, code(revoked)]).toEqual([404, 'LINK_NOT_FOUND']);
});

test('each step is audited with the link it concerns: made, opened, refused, looked at, revoked', async () => {
  const made = await makeLink({ password: 'the right one' });
  await open(made, 'wrong');
  const cookie = cookieOf(await open(made, 'the right one'));
  await visit(made, cookie);
  await visit(made, cookie, '/archive');
  await ask(exchange, `/api/v1/links/${made.link.id}`, { method: 'DELETE', token: me.token });
  const rows = await inDatabaseOf(exchange, (database) =>
    database
      .selectFrom('audit_records')
      .select(['action', 'outcome', 'user_id', 'study_id', 'account_id'])
      .where('link_id', '=', made.link.id)
      // The details of readings are written every half minute: one may come in the midst of this.
      .where((is) => is.or([is('kind', '<>', 'read'), is('detail', 'is', null)]))
      .orderBy('at')
      .execute(),
  );
  expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'link.create success',
    'link.open refused',
    'link.open success',
    'study.view success',
    'study.download refused',
    'link.revoke success',
  ]);
  expect(new Set(rows.map(({ study_id }) => study_id))).toEqual(new Set([studies[0]]));
  expect(rows.map(({ user_id }) => user_id !== null)).toEqual([true, false, false, false, false, true]);
});

test('a page of links that is left open is one look in the audit, not one every time it asks', async () => {
  await makeLink();
  const looks = () =>
    inDatabaseOf(exchange, (database) =>
      database.selectFrom('audit_records').select('id').where('action', '=', 'link.list').execute(),
    );
  await ask(exchange, `/api/v1/studies/${studies[1]}/links`, { token: me.token });
  const before = (await looks()).length;
  for (let at = 0; at < 5; at += 1) await ask(exchange, `/api/v1/studies/${studies[1]}/links`, { token: me.token });
  expect(await looks()).toHaveLength(before);
});
