import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Decisions, Permission } from '@symbolon/contract';
import { cli, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inDatabaseOf } from '../laws/database-of.ts';
import { peopleOf, refusal } from './people.ts';

let exchange: Exchange;
let me: Owner;
let mine: { userId: string; accountId: string };
let roles: Record<'administrator' | 'member' | 'guest', string>;
const { api, well, cookieOf, roleId, comes } = peopleOf(() => exchange);
beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange, { name: 'Olga Owner' });
  mine = await well(me, '/me');
  const [administrator, member, guest] = await Promise.all(
    (['administrator', 'member', 'guest'] as const).map((one) => roleId(mine.accountId, one)),
  );
  roles = { administrator: administrator!, member: member!, guest: guest! };
});
afterAll(() => exchange?.dispose());

type Invited = {
  user: { id: string; name: string; state: string };
  invitation: { address: string; expiresAt: string };
};
type Listed = {
  users: { id: string; name: string; email: string; state: string; kind: string }[];
  next: string | null;
};

const secretOf = ({ invitation }: Pick<Invited, 'invitation'>): string => invitation.address.split('#')[1]!;
const invite = (json: object, by: Parameters<typeof well>[0] = me) => well<Invited>(by, '/users', { json });
const accept = (json: object) => api(undefined, '/invitations/accept', { json });
const me401 = { status: 401, code: 'ACCESS_SIGN_IN_NEEDED' };

/** Somebody with a role of the account's own, made behind the back of the exchange. */
const personMay = (...permissions: Permission[]) =>
  personWith(Object.fromEntries(permissions.map((name) => [name, 'permit'])));

async function personWith(decisions: Decisions) {
  const id = randomUUID();
  await inDatabaseOf(exchange, (db) =>
    db
      .insertInto('roles')
      .values({
        id,
        account_id: mine.accountId,
        name: `Role ${id}`,
        builtin: null,
        decisions: JSON.stringify(decisions) as never,
      })
      .execute(),
  );
  return { ...(await comes(me, id)), role: id };
}

/** A study that is granted to somebody, made behind the back of the exchange. */
async function grantSomething(userId: string): Promise<string> {
  const study = randomUUID();
  await inDatabaseOf(exchange, async (db) => {
    const namespace = await db
      .selectFrom('namespaces')
      .select('id')
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();
    const patient = { id: randomUUID(), account_id: mine.accountId, cell: Buffer.alloc(1) };
    await db.insertInto('patients').values(patient).execute();
    const empty = { series_count: 0, instance_count: 0, bytes: 0, modalities: [], cell: Buffer.alloc(1) };
    await db
      .insertInto('studies')
      .values({
        id: study,
        account_id: mine.accountId,
        namespace_id: namespace.id,
        patient_id: patient.id,
        ...empty,
        updated_at: new Date(),
      })
      .execute();
    await db
      .insertInto('grants')
      .values({
        ...{
          id: randomUUID(),
          account_id: mine.accountId,
          study_id: study,
          series_id: null,
          namespace_id: namespace.id,
        },
        ...{ granted_by: mine.userId, created_at: new Date(), expires_at: null },
      })
      .execute();
  });
  return study;
}

/** Another account on the exchange, with its owner in a browser. */
async function anotherAccount(name: string) {
  const email = `owner-${randomUUID()}@example.org`;
  const made = await well<{ account: { id: string }; invitation: Invited['invitation'] }>(me, '/accounts', {
    json: { name, owner: { email } },
  });
  const password = 'Acht alte Ameisen';
  const taken = await accept({ secret: secretOf(made), password });
  expect(taken.status).toBe(201);
  return { id: made.account.id, email, password, cookie: cookieOf(taken), secret: secretOf(made) };
}

test('somebody comes by an invitation, which works once and is shown once', async () => {
  const invited = await invite({ email: ' Ada@Example.org', name: 'Ada Lovelace' });
  expect(invited).toMatchObject({
    user: {
      name: 'Ada Lovelace',
      email: 'ada@example.org',
      state: 'invited',
      kind: 'person',
      role: { builtin: 'guest' },
    },
  });
  expect(Date.parse(invited.invitation.expiresAt) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
  expect(invited.invitation.address).toMatch(/^https:\/\/[^/]+\/invitation#[0-9a-f-]{36}\.[\w-]{43}$/);
  const secret = secretOf(invited);
  const looked = await well(undefined, '/invitations/look', { json: { secret } });
  expect(looked).toMatchObject({
    from: 'Olga Owner',
    accountName: me.accountName,
    name: 'Ada Lovelace',
    email: 'ada@example.org',
  });

  const weak = await accept({ secret, password: 'ada' });
  expect(refusal(weak)).toEqual({ status: 422, code: 'PASSWORD_TOO_WEAK' });
  expect((await accept({ secret, password: 'Neun nasse Nattern' })).status).toBe(201);
  for (const path of ['/invitations/look', '/invitations/accept']) {
    const json = { secret, ...(path.endsWith('accept') ? { password: 'Neun nasse Nattern' } : {}) };
    expect(refusal(await api(undefined, path, { json }))).toEqual({ status: 410, code: 'INVITATION_USED' });
  }
  const signedIn = await api(undefined, '/sessions', {
    json: { email: 'ada@example.org', password: 'Neun nasse Nattern' },
  });
  expect(signedIn.json()).toMatchObject({
    state: 'signed in',
    me: { name: 'Ada Lovelace', role: { builtin: 'guest' } },
  });
  // Somebody who is there already is not invited a second time.
  expect(refusal(await api(me, '/users', { json: { email: 'ada@example.org' } }))).toMatchObject({
    code: 'USER_EXISTS_ALREADY',
  });
  expect(refusal(await api(me, `/users/${invited.user.id}/invitation`, { method: 'POST' }))).toMatchObject({
    code: 'USER_STATE_OTHER',
  });
  await inDatabaseOf(exchange, async (db) => {
    const kept = JSON.stringify(await db.selectFrom('invitations').selectAll().execute());
    expect(kept).not.toContain(secret.split('.')[1]);
  });
});

test('an invitation that is wrong, over or replaced takes nobody in, and says which it is', async () => {
  const invited = await invite({ email: 'bertha@example.org' });
  const password = 'Zehn zahme Ziegen';
  const first = secretOf(invited);
  const wrong = `${first.slice(0, -1)}${first.endsWith('A') ? 'B' : 'A'}`;
  const unknown = `${randomUUID()}${first.slice(36)}`;
  for (const secret of [wrong, unknown])
    expect(refusal(await accept({ secret, password }))).toEqual({ status: 404, code: 'INVITATION_NOT_FOUND' });
  const again = await well<Invited>(me, `/users/${invited.user.id}/invitation`, { method: 'POST' });
  expect(refusal(await accept({ secret: first, password }))).toEqual({ status: 404, code: 'INVITATION_NOT_FOUND' });
  await inDatabaseOf(exchange, (db) =>
    db
      .updateTable('invitations')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('user_id', '=', invited.user.id)
      .execute(),
  );
  expect(refusal(await accept({ secret: secretOf(again), password }))).toEqual({
    status: 410,
    code: 'INVITATION_EXPIRED',
  });
  const third = await well<Invited>(me, `/users/${invited.user.id}/invitation`, { method: 'POST' });
  // Two at once: one of them gets in.
  const both = await Promise.all([1, 2].map(() => accept({ secret: secretOf(third), password })));
  expect(both.map(({ status }) => status).sort()).toEqual([201, 410]);
  // Whoever was taken out again before they came finds nothing.
  const other = await invite({ email: 'carla@example.org' });
  await well(me, `/users/${other.user.id}`, { method: 'DELETE' });
  expect(refusal(await accept({ secret: secretOf(other), password }))).toEqual({
    status: 404,
    code: 'INVITATION_NOT_FOUND',
  });
});

test('who takes an invitation up is in no session that somebody put into their browser before', async () => {
  const password = 'Zwölf zarte Zebras';
  const eve = await comes(me, roles.member);
  const plantedNone = `__Host-symbolon-session=${'A'.repeat(43)}`;
  for (const [at, planted] of [plantedNone, eve.cookie].entries()) {
    const invited = await invite({ email: `planted-${at}@example.org` });
    const taken = await api({ cookie: planted }, '/invitations/accept', {
      json: { secret: secretOf(invited), password },
    });
    expect(taken.status).toBe(201);
    expect(cookieOf(taken)).not.toBe(planted);
    expect(await well({ cookie: cookieOf(taken) }, '/me')).toMatchObject({ email: `planted-${at}@example.org` });
    // Whoever put it there is in nobody's session by it, and no longer in their own.
    expect(refusal(await api({ cookie: planted }, '/me'))).toEqual(me401);
  }
});

test('an e-mail address that is known on the exchange is invited with the same answer, and its own password', async () => {
  const here = await comes(me, roles.member, 'dora@example.org');
  const there = await anotherAccount('Praxis Nord');
  const invited = await Promise.all(
    ['dora@example.org', 'nora@example.org'].map((email) => invite({ email, name: 'The new one' }, there)),
  );
  const told = (answer: unknown, email: string) =>
    JSON.stringify(answer)
      .replaceAll(email, 'E-MAIL')
      .replaceAll(/[0-9a-f-]{36}(\.[\w-]{43})?/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
  const [known, unknown] = invited as [Invited, Invited];
  expect(told(known, 'dora@example.org')).toBe(told(unknown, 'nora@example.org'));
  const cards = await Promise.all(invited.map(({ user }) => well(there, `/users/${user.id}`)));
  expect(told(cards[0], 'dora@example.org')).toBe(told(cards[1], 'nora@example.org'));
  const looks = await Promise.all(
    invited.map((one) => well(undefined, '/invitations/look', { json: { secret: secretOf(one) } })),
  );
  expect(told(looks[0], 'dora@example.org')).toBe(told(looks[1], 'nora@example.org'));
  for (const one of invited)
    expect(refusal(await accept({ secret: secretOf(one), password: 'weak' }))).toEqual({
      status: 422,
      code: 'PASSWORD_TOO_WEAK',
    });

  // Whoever has the link without the password does not become them.
  const secret = secretOf(known);
  expect(refusal(await accept({ secret, password: 'Elf elegante Elche' }))).toEqual({
    status: 401,
    code: 'INVITATION_PASSWORD_WRONG',
  });
  const accepted = await accept({ secret, password: here.password });
  expect(accepted.json()).toMatchObject({ me: { accountId: there.id, name: 'The new one', userId: here.id } });
  // What they are called there does not change what they are called here.
  const { users } = await well<Listed>(me, '/users?search=dora');
  expect(users).toMatchObject([{ id: here.id, name: 'dora' }]);
});

test('what somebody is called in another account is told in none but that', async () => {
  const who = await comes(me, roles.member);
  const pending = await invite({ email: 'pending-too@example.org' });
  const group = await well<{ id: string }>(me, '/groups', { json: { name: 'Ward 12' } });
  await well(me, `/groups/${group.id}/members/${who.id}`, { method: 'PUT', json: { roleId: null } });
  const json = {
    label: 'named',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    scope: null,
    addresses: [],
  };
  await well(me, `/users/${mine.userId}/tokens`, { json });
  const { id: hold } = await well<{ id: string }>(me, '/holds', { json: { of: 'account', reason: 'names' } });
  const called = async (name: string) => {
    const ids = [who.id, mine.userId];
    await inDatabaseOf(exchange, (db) => db.updateTable('users').set({ name }).where('id', 'in', ids).execute());
  };
  const calledHere = (name: string | null) =>
    inDatabaseOf(exchange, (db) =>
      db.updateTable('memberships').set({ name }).where('user_id', '=', mine.userId).execute(),
    );
  await calledHere('Known Here');
  await called('Dr Elsewhere');
  const shown = [
    `/groups/${group.id}`,
    `/users/${who.id}/explanation`,
    `/users/${pending.user.id}`,
    '/tokens',
    '/holds',
  ];
  for (const path of shown) {
    const answer = await api(me, path);
    expect(answer.status, path).toBe(200);
    expect(String(answer.body), path).not.toContain('Elsewhere');
    if (!path.includes(who.id) && !path.includes(group.id)) expect(String(answer.body), path).toContain('Known Here');
  }
  await well(me, `/holds/${hold}/release`, { method: 'POST' });
  await called('Olga Owner');
  await calledHere(null);
});

test('a session goes on in another account of its user, with another secret', async () => {
  const email = 'emma@example.org';
  const there = await anotherAccount('Praxis Süd');
  const here = await comes(me, roles.member, email);
  const invited = await invite({ email }, there);
  await accept({ secret: secretOf(invited), password: here.password });
  // The account last used.
  const session = async () => cookieOf(await api(undefined, '/sessions', { json: { email, password: here.password } }));
  const before = { cookie: await session() };
  expect(await well(before, '/me')).toMatchObject({ accountId: there.id, role: { builtin: 'guest' } });
  const { accounts } = await well<{ accounts: { id: string; current: boolean }[] }>(before, '/me/accounts');
  expect(accounts.map(({ id, current }) => [id, current]).sort()).toEqual(
    [
      [mine.accountId, false],
      [there.id, true],
    ].sort(),
  );
  const ended = await inDatabaseOf(exchange, (db) =>
    db.selectFrom('sessions').selectAll().where('user_id', '=', here.id).execute(),
  );
  const switched = await api(before, '/session/account', { json: { accountId: mine.accountId } });
  expect(switched.json()).toMatchObject({
    state: 'signed in',
    me: { accountId: mine.accountId, role: { builtin: 'member' } },
  });
  const after = { cookie: cookieOf(switched) };
  expect(after.cookie).not.toBe(before.cookie);
  expect(refusal(await api(before, '/me'))).toEqual(me401);
  expect(await well(after, '/me')).toMatchObject({ accountId: mine.accountId });
  expect(await well({ cookie: await session() }, '/me')).toMatchObject({ accountId: mine.accountId });
  await inDatabaseOf(exchange, async (db) => {
    // It does not live longer for that.
    const sessions = await db.selectFrom('sessions').selectAll().where('user_id', '=', here.id).execute();
    const ends = (rows: typeof sessions) => rows.map(({ expires_at }) => expires_at.getTime());
    expect(ends(sessions.filter(({ account_id }) => account_id === mine.accountId))).toContain(
      Math.max(...ends(ended)),
    );
    const records = await db.selectFrom('audit_records').selectAll().where('action', '=', 'session.switch').execute();
    expect(records.map(({ account_id, user_id }) => [account_id, user_id]).sort()).toEqual(
      [
        [mine.accountId, here.id],
        [there.id, here.id],
      ].sort(),
    );
  });
  // Into an account of others nobody switches, nor with a token, nor where they are suspended.
  const foreign = await anotherAccount('Praxis West');
  const nowhere = await api(after, '/session/account', { json: { accountId: randomUUID() } });
  const refused = await api(after, '/session/account', { json: { accountId: foreign.id } });
  expect(refusal(refused)).toEqual({ status: 404, code: 'ACCOUNT_NOT_FOUND' });
  expect(refused.body.equals(nowhere.body)).toBe(true);
  await well(there, `/users/${here.id}/suspension`, { method: 'POST' });
  expect(refusal(await api(after, '/session/account', { json: { accountId: there.id } }))).toMatchObject({
    status: 404,
  });
  expect(refusal(await api(me, '/session/account', { json: { accountId: mine.accountId } }))).toMatchObject({
    status: 403,
  });
});

test('who is suspended is out at the next request, by session and by token; let in again their tokens work', async () => {
  const who = await comes(me, roles.member);
  const { token } = await well<{ token: string }>(undefined, '/tokens', {
    json: { email: who.email, password: who.password, label: 'x' },
  });
  expect((await api(who, '/me')).status).toBe(200);
  expect((await api({ token }, '/me')).status).toBe(200);
  expect(await well(me, `/users/${who.id}/suspension`, { method: 'POST' })).toMatchObject({ state: 'suspended' });
  expect(refusal(await api(who, '/me'))).toEqual(me401);
  expect(refusal(await api({ token }, '/me'))).toEqual(me401);
  const signIn = () => api(undefined, '/sessions', { json: { email: who.email, password: who.password } });
  expect(refusal(await signIn())).toEqual(me401);
  expect(refusal(await api(me, `/users/${who.id}/suspension`, { method: 'POST' }))).toEqual({
    status: 409,
    code: 'USER_STATE_OTHER',
  });
  expect(await well(me, `/users/${who.id}/suspension`, { method: 'DELETE' })).toMatchObject({ state: 'active' });
  expect((await api({ token }, '/me')).status).toBe(200);
  expect(refusal(await api(who, '/me'))).toEqual(me401);
  expect((await signIn()).status).toBe(201);
});

test('who is removed has nothing any more, and the audit still names them', async () => {
  const who = await comes(me, roles.member);
  await well(me, `/users/${who.id}`, { method: 'PATCH', json: { name: 'Friedrich Former' } });
  const { token } = await well<{ token: string }>(undefined, '/tokens', {
    json: { email: who.email, password: who.password, label: 'x' },
  });
  const study = await grantSomething(who.id);
  await inDatabaseOf(exchange, async (db) => {
    const group = { id: randomUUID(), account_id: mine.accountId, kind: 'group' as const, name: 'Ward 3' };
    await db.insertInto('groups').values(group).execute();
    await db
      .insertInto('group_members')
      .values({ group_id: group.id, user_id: who.id, account_id: mine.accountId, role_id: null })
      .execute();
  });
  expect(await well(me, `/users/${who.id}`)).toMatchObject({
    user: { groups: 1 },
    memberOf: [{ name: 'Ward 3' }],
    tokens: 1,
  });
  const link = {
    id: randomUUID(),
    account_id: mine.accountId,
    study_id: study,
    created_by: who.id,
    created_at: new Date(),
  };
  const ends = {
    expires_at: new Date(Date.now() + 86_400_000),
    revoked_by: null,
    revoked_at: null,
    last_opened_at: null,
  };
  const sealed = { digest: Buffer.alloc(32), password_hash: null, download: false, cell: Buffer.alloc(1) };
  await inDatabaseOf(exchange, (db) =>
    db
      .insertInto('links')
      .values({ ...link, ...ends, ...sealed })
      .execute(),
  );
  expect(await well(me, `/users/${who.id}`, { method: 'DELETE' })).toMatchObject({ state: 'removed', groups: 0 });
  const revoked = await inDatabaseOf(exchange, (db) =>
    db.selectFrom('links').select('revoked_by').where('id', '=', link.id).executeTakeFirst(),
  );
  expect(revoked).toEqual({ revoked_by: mine.userId });
  expect((await well<{ records: object[] }>(me, '/audit?action=link.revoke')).records).toHaveLength(1);
  expect(refusal(await api(who, '/me'))).toEqual(me401);
  expect(refusal(await api({ token }, '/me'))).toEqual(me401);
  expect(refusal(await api(me, `/users/${who.id}`))).toEqual({ status: 404, code: 'USER_NOT_FOUND' });
  const { users } = await well<Listed>(me, '/users?search=friedrich');
  expect(users).toEqual([]);
  expect((await well<Listed>(me, '/users?search=friedrich&state=removed')).users).toMatchObject([
    { name: 'Friedrich Former' },
  ]);
  const { records } = await well<{ records: { who: { name: string } }[] }>(me, `/audit?user=${who.id}`);
  expect(new Set(records.map((record) => record.who.name))).toEqual(new Set(['Friedrich Former']));
  await inDatabaseOf(exchange, async (db) => {
    const grants = await db.selectFrom('grants').select(['revoked_by']).where('study_id', '=', study).execute();
    expect(grants).toEqual([{ revoked_by: mine.userId }]);
  });
  // Back again, with nothing of what they had, nor of what a removal might have missed.
  await inDatabaseOf(exchange, async (db) => {
    const missed = await db.selectFrom('groups').select('id').where('name', '=', 'Ward 3').executeTakeFirstOrThrow();
    const row = { group_id: missed.id, user_id: who.id, account_id: mine.accountId, role_id: null };
    await db.insertInto('group_members').values(row).execute();
  });
  const back = await invite({ email: who.email });
  expect(back.user).toMatchObject({ id: who.id, state: 'invited', role: { builtin: 'guest' }, groups: 0 });
  expect((await accept({ secret: secretOf(back), password: who.password })).status).toBe(201);
  expect(refusal(await api({ token }, '/me'))).toEqual(me401);
});

test('somebody with the permission for it leaves by themselves; without it nobody is removed', async () => {
  const leaver = await personMay('user.remove.own', 'user.change.own', 'user.view.own');
  const other = await comes(me, roles.guest);
  for (const [method, json] of [
    ['DELETE', undefined],
    ['PATCH', { name: 'X' }],
    ['GET', undefined],
  ] as const) {
    const there = await api(leaver, `/users/${other.id}`, { method, json });
    const nowhere = await api(leaver, `/users/${randomUUID()}`, { method, json });
    expect(refusal(there)).toEqual({ status: 404, code: 'USER_NOT_FOUND' });
    expect(there.body.equals(nowhere.body)).toBe(true);
  }
  expect(await well(leaver, `/users/${leaver.id}`, { method: 'PATCH', json: { name: 'Lea Leaver' } })).toMatchObject({
    name: 'Lea Leaver',
  });
  expect(await well(leaver, `/users/${leaver.id}`, { method: 'DELETE' })).toMatchObject({ state: 'removed' });
  expect(refusal(await api(leaver, '/me'))).toEqual(me401);
  expect(refusal(await api(other, `/users/${other.id}`, { method: 'DELETE' }))).toEqual({
    status: 403,
    code: 'ACCESS_REFUSED',
  });
});

test('nobody hands out a role, or acts on a person, that may more than they', async () => {
  const helper = await personMay(
    ...([
      'user.create',
      'user.list',
      'user.view',
      'user.suspend',
      'user.remove',
      'user.change',
      'role.assign',
      'service.create',
    ] as const),
    ...(['study.search.granted', 'study.search.identity', 'study.view.granted', 'study.view.identity'] as const),
  );
  const beyond = { status: 403, code: 'RIGHTS_BEYOND_YOURS' };
  const administrator = await comes(me, roles.administrator);
  const pending = await invite({ email: 'pending@example.org', roleId: roles.administrator });
  const guest = await comes(helper, roles.guest);
  // What was denied to somebody, another role of theirs may permit: without the deny they would have it.
  const denied = await personWith({ 'study.view': 'deny' });
  const tries = [
    api(helper, `/users/${denied.id}/role`, { method: 'PUT', json: { roleId: roles.guest } }),
    api(helper, '/users', { json: { email: 'x1@example.org', roleId: roles.administrator } }),
    api(helper, '/users', { json: { email: 'x2@example.org', roleId: roles.member } }),
    api(helper, '/services', { json: { name: 'x3', roleId: roles.administrator } }),
    api(helper, `/users/${pending.user.id}/invitation`, { method: 'POST' }),
    api(helper, `/users/${pending.user.id}`, { method: 'DELETE' }),
    api(helper, `/users/${administrator.id}/suspension`, { method: 'POST' }),
    api(helper, `/users/${administrator.id}`, { method: 'DELETE' }),
    api(helper, `/users/${administrator.id}/role`, { method: 'PUT', json: { roleId: roles.guest } }),
    api(helper, `/users/${guest.id}/role`, { method: 'PUT', json: { roleId: roles.member } }),
    // Neither to themselves.
    api(helper, `/users/${helper.id}/role`, { method: 'PUT', json: { roleId: roles.administrator } }),
  ];
  for (const answer of await Promise.all(tries)) expect(refusal(answer)).toEqual(beyond);
  expect(await well(helper, `/users/${administrator.id}`)).toMatchObject({ withinReach: false });
  expect(await well(helper, `/users/${guest.id}`)).toMatchObject({ withinReach: true });
  expect((await api(administrator, '/me')).status).toBe(200);
  expect(await well(helper, `/users/${guest.id}/role`, { method: 'PUT', json: { roleId: helper.role } })).toMatchObject(
    { role: { id: helper.role } },
  );
  expect(await well(helper, `/users/${guest.id}`, { method: 'DELETE' })).toMatchObject({ state: 'removed' });
});

test('nobody acts on a person, or invites them anew, who may more than they by a group or by what is granted to them', async () => {
  const helper = await personMay(
    'user.create',
    'user.view',
    'user.suspend',
    'user.remove',
    'user.change',
    'role.assign',
  );
  const empty = await well<{ id: string }>(me, '/roles', { json: { name: 'Nothing', decisions: {} } });
  const viewing = { name: 'Viewing', decisions: { 'study.view': 'permit', 'study.view.identity': 'permit' } };
  const viewer = await well<{ id: string }>(me, '/roles', { json: viewing });
  const group = await well<{ id: string }>(me, '/groups', { json: { name: 'Ward 9', defaultRoleId: viewer.id } });
  const invited = await invite({ email: 'chief@example.org', roleId: empty.id });
  const active = await comes(me, empty.id);
  const again = () => api(helper, `/users/${invited.user.id}/invitation`, { method: 'POST' });
  const suspend = (id: string) => api(helper, `/users/${id}/suspension`, { method: 'POST' });
  expect((await again()).status).toBe(201);
  const enrol = (id: string, method: 'PUT' | 'DELETE', json?: object) =>
    well(me, `/groups/${group.id}/members/${id}`, { method, ...(json && { json }) });
  for (const id of [invited.user.id, active.id]) await enrol(id, 'PUT', { roleId: null });
  const tries = [
    again(),
    api(helper, `/users/${invited.user.id}`, { method: 'DELETE' }),
    suspend(active.id),
    api(helper, `/users/${active.id}`, { method: 'DELETE' }),
    api(helper, `/users/${active.id}`, { method: 'PATCH', json: { name: 'X' } }),
    api(helper, `/users/${active.id}/role`, { method: 'PUT', json: { roleId: helper.role } }),
  ];
  const beyond = { status: 403, code: 'RIGHTS_BEYOND_YOURS' };
  for (const answer of await Promise.all(tries)) expect(refusal(answer)).toEqual(beyond);
  expect(await well(helper, `/users/${active.id}`)).toMatchObject({ withinReach: false });
  for (const id of [invited.user.id, active.id]) await enrol(id, 'DELETE');
  expect(await well(helper, `/users/${active.id}`)).toMatchObject({ withinReach: true });
  expect((await suspend(active.id)).status).toBe(200);
  expect((await again()).status).toBe(201);

  // By becoming somebody one reaches what is granted to them.
  const reader = await personMay('user.create', 'study.view.granted', 'study.view.identity');
  const asked = { name: 'Granted', decisions: { 'study.view.granted': 'permit' } };
  const granted = await well<{ id: string }>(me, '/roles', { json: asked });
  const patient = await invite({ email: 'granted@example.org', roleId: granted.id });
  const anew = () => api(reader, `/users/${patient.user.id}/invitation`, { method: 'POST' });
  expect((await anew()).status).toBe(201);
  await grantSomething(patient.user.id);
  expect(refusal(await anew())).toEqual(beyond);
});

test('the owner stays until they give the account away, which nobody else can', async () => {
  const administrator = await comes(me, roles.administrator);
  const member = await comes(me, roles.member);
  const isOwner = { status: 409, code: 'USER_IS_OWNER' };
  const owners = [
    api(administrator, `/users/${mine.userId}/suspension`, { method: 'POST' }),
    api(administrator, `/users/${mine.userId}`, { method: 'DELETE' }),
    api(me, `/users/${mine.userId}`, { method: 'DELETE' }),
    api(administrator, `/users/${mine.userId}/role`, { method: 'PUT', json: { roleId: roles.guest } }),
  ];
  for (const answer of await Promise.all(owners)) expect(refusal(answer)).toEqual(isOwner);
  const give = (by: Parameters<typeof api>[0], userId: string) => api(by, '/account/owner', { json: { userId } });
  expect(refusal(await give(administrator, administrator.id))).toEqual({ status: 403, code: 'ACCESS_REFUSED' });
  expect(refusal(await give(me, member.id))).toEqual({ status: 409, code: 'ACCOUNT_OWNER_UNFIT' });
  expect(refusal(await give(me, randomUUID()))).toEqual({ status: 404, code: 'USER_NOT_FOUND' });
  expect((await give(me, administrator.id)).json()).toMatchObject({ owner: { id: administrator.id } });
  expect(refusal(await give(me, mine.userId))).toEqual({ status: 403, code: 'ACCESS_REFUSED' });
  // With the account the other sessions of both ended.
  expect(refusal(await give(administrator, mine.userId))).toMatchObject({ status: 401 });
  const { email, password } = administrator;
  const owner = cookieOf(await api(undefined, '/sessions', { json: { email, password } }));
  expect((await give({ cookie: owner }, mine.userId)).json()).toMatchObject({ owner: { id: mine.userId } });
});

test('of two administrators who remove each other at once one remains; the last one is never lost', async () => {
  for (const how of ['DELETE', 'role'] as const) {
    const both = [await comes(me, roles.administrator), await comes(me, roles.administrator)] as const;
    const act = (by: (typeof both)[number], on: (typeof both)[number]) =>
      how === 'DELETE'
        ? api(by, `/users/${on.id}`, { method: 'DELETE' })
        : api(by, `/users/${on.id}/role`, { method: 'PUT', json: { roleId: roles.guest } });
    const answers = await Promise.all([act(both[0], both[1]), act(both[1], both[0])]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    // Whoever came second had lost what they needed, or found the other gone.
    expect(answers.find(({ status }) => status !== 200)!.status).toBeGreaterThanOrEqual(401);
  }
  // Of an account that has no owner, as one from before there were owners may be.
  const there = await anotherAccount('Praxis ohne Inhaber');
  const { userId } = await well<{ userId: string }>(there, '/me');
  await inDatabaseOf(exchange, (db) =>
    db.updateTable('accounts').set({ owner_id: null }).where('id', '=', there.id).execute(),
  );
  const guest = await roleId(there.id, 'guest');
  const last = { status: 409, code: 'USER_IS_LAST_ADMINISTRATOR' };
  const another = await comes(there, await roleId(there.id, 'administrator'));
  await well(there, `/users/${another.id}/suspension`, { method: 'POST' });
  expect(refusal(await api(there, `/users/${userId}`, { method: 'DELETE' }))).toEqual(last);
  expect(refusal(await api(there, `/users/${userId}/suspension`, { method: 'POST' }))).toEqual(last);
  expect(refusal(await api(there, `/users/${userId}/role`, { method: 'PUT', json: { roleId: guest } }))).toEqual(last);
  await well(there, `/users/${another.id}/suspension`, { method: 'DELETE' });
  const { email, password } = another;
  const again = { ...another, cookie: cookieOf(await api(undefined, '/sessions', { json: { email, password } })) };
  const answers = await Promise.all([
    api(there, `/users/${another.id}`, { method: 'DELETE' }),
    api(again, `/users/${userId}`, { method: 'DELETE' }),
  ]);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

type Issued = { secret: string; token: { id: string; state: string } };
const issue = (by: Parameters<typeof api>[0], userId: string, json: object) =>
  api(by, `/users/${userId}/tokens`, { json });
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

test('a token is shown once, carries what it says, and is dead at the request after it was revoked', async () => {
  const who = await comes(me, roles.member);
  const scope = ['study.search', 'study.search.own', 'user.view.own', 'token.list.own'];
  const wider = await issue(who, who.id, { label: 'wider', expiresAt: inDays(1), scope });
  expect(refusal(wider)).toEqual({ status: 403, code: 'RIGHTS_BEYOND_YOURS' });
  const made = (
    await issue(who, who.id, { label: 'mine', expiresAt: inDays(1), scope: scope.slice(1), addresses: ['127.0.0.0/8'] })
  ).json() as Issued;
  expect(made.token).toMatchObject({
    state: 'active',
    label: 'mine',
    addresses: ['127.0.0.0/8'],
    createdBy: who.email.split('@')[0],
  });
  const mineOnly = { token: made.secret };
  const { permissions } = await well<{ permissions: string[] }>(mineOnly, '/me');
  expect(permissions).not.toContain('instance.store');
  expect(permissions).toContain('study.search');
  expect(refusal(await api(mineOnly, '/usage'))).toEqual({ status: 403, code: 'ACCESS_REFUSED' });
  const listed = await api(mineOnly, '/tokens');
  expect(listed.json()).toMatchObject({
    tokens: [{ id: made.token.id, holder: { id: who.id }, scope: scope.slice(1) }],
  });
  expect(String(listed.body)).not.toContain(made.secret.slice(9));
  expect(String((await api(me, `/tokens?user=${who.id}`)).body)).toContain(made.token.id);
  // A token of others is as one that is not there.
  const another = await comes(me, roles.member);
  const revoke = (by: Parameters<typeof api>[0], id: string) => api(by, `/tokens/${id}`, { method: 'DELETE' });
  const foreign = await revoke(another, made.token.id);
  expect(refusal(foreign)).toEqual({ status: 404, code: 'TOKEN_NOT_FOUND' });
  expect(foreign.body.equals((await revoke(another, randomUUID())).body)).toBe(true);
  expect(refusal(await api(another, `/tokens?user=${who.id}`))).toEqual({ status: 404, code: 'USER_NOT_FOUND' });
  expect((await api(mineOnly, '/me')).status).toBe(200);
  expect((await revoke(who, made.token.id)).json()).toMatchObject({ state: 'revoked' });
  expect(refusal(await api(mineOnly, '/me'))).toEqual(me401);
  expect((await revoke(me, made.token.id)).json()).toMatchObject({ state: 'revoked' });
  const all = await well<{ tokens: { state: string }[] }>(who, '/tokens?all=true');
  expect(all.tokens.map(({ state }) => state)).toEqual(['revoked']);
});

test('a token of a person ends within 366 days, and no person makes one for another', async () => {
  const who = await comes(me, roles.member);
  const tooLong = { status: 422, code: 'TOKEN_LIFE_TOO_LONG' };
  for (const expiresAt of [null, inDays(367), inDays(-1)])
    expect(refusal(await issue(who, who.id, { label: 'x', expiresAt }))).toEqual(tooLong);
  expect((await issue(who, who.id, { label: 'x', expiresAt: inDays(365) })).status).toBe(201);
  // One that was got with a password, or with an invitation, does not outlive one that they make.
  const { email, password } = who;
  const byPassword = await well<{ expiresAt: string }>(undefined, '/tokens', { json: { email, password, label: 'x' } });
  const secret = secretOf(await invite({ email: 'by-token@example.org' }));
  const byInvitation = (await accept({ secret, password, as: 'token' })).json() as { expiresAt: string };
  for (const { expiresAt } of [byPassword, byInvitation]) {
    expect(expiresAt > inDays(365)).toBe(true);
    expect(expiresAt < inDays(367)).toBe(true);
  }
  expect(refusal(await issue(me, who.id, { label: 'x', expiresAt: inDays(1) }))).toEqual({
    status: 403,
    code: 'ACCESS_REFUSED',
  });
});

test('what a token makes is no more than it is: not in rights, not in life, not in addresses', async () => {
  const scope = [
    'token.issue',
    'service.create',
    'study.search.granted',
    'study.search.identity',
    'study.view.granted',
    'study.view.identity',
  ];
  const limits = { expiresAt: inDays(2), addresses: ['127.0.0.1', '::1'] };
  const first = (await issue(me, mine.userId, { label: 'first', ...limits, scope })).json() as Issued;
  const by = { token: first.secret };
  const beyond = { status: 403, code: 'RIGHTS_BEYOND_YOURS' };
  const tries: (readonly [object, object])[] = [
    [{ scope: null }, beyond],
    [{ scope: ['user.create'] }, beyond],
    [{ scope, addresses: [] }, beyond],
    [{ scope, addresses: ['0.0.0.0/0'] }, beyond],
    [
      { scope, expiresAt: inDays(3) },
      { status: 422, code: 'TOKEN_LIFE_TOO_LONG' },
    ],
  ];
  for (const [changed, expected] of tries)
    expect({ changed, ...refusal(await issue(by, mine.userId, { label: 'x', ...limits, ...changed })) }).toEqual({
      changed,
      ...expected,
    });
  const second = (await issue(by, mine.userId, { label: 'second', ...limits, scope })).json() as Issued;
  const third = (
    await issue({ token: second.secret }, mine.userId, { label: 'third', ...limits, scope })
  ).json() as Issued;
  expect(refusal(await api(by, '/services', { json: { name: 'x', roleId: roles.administrator } }))).toEqual(beyond);
  // Revoked, it takes with it what was made with it, and what was made with that: who stole it has made others.
  expect((await api({ token: third.secret }, '/me')).status).toBe(200);
  expect((await api(me, `/tokens/${first.token.id}`, { method: 'DELETE' })).status).toBe(200);
  for (const { secret } of [first, second, third]) expect(refusal(await api({ token: secret }, '/me'))).toEqual(me401);
  const { tokens } = await well<{ tokens: { id: string; state: string }[] }>(me, '/tokens?all=true&limit=200');
  expect(tokens.filter(({ id }) => id === third.token.id)).toMatchObject([{ state: 'revoked' }]);
});

test('a program has tokens and nothing else, made by who reaches all that it does', async () => {
  const service = await well<{ id: string }>(me, '/services', { json: { name: 'PACS gateway', roleId: roles.member } });
  expect(service).toMatchObject({ kind: 'service', email: null, state: 'active' });
  const made = (await issue(me, service.id, { label: 'gateway', expiresAt: null })).json() as Issued;
  const program = { token: made.secret };
  expect(await well(program, '/me')).toMatchObject({
    userId: service.id,
    name: 'PACS gateway',
    email: '',
    role: { builtin: 'member' },
  });
  // Theirs is not its own: one who has the same role as the program would reach what lies in its namespace.
  const peer = await personMay(
    'token.issue',
    'study.view.own',
    'study.search.own',
    'study.view.identity',
    'user.view.own',
  );
  const peers = await well<{ id: string }>(me, '/services', { json: { name: 'Peer', roleId: peer.role } });
  expect(refusal(await issue(peer, peers.id, { label: 'x', expiresAt: null }))).toEqual({
    status: 403,
    code: 'RIGHTS_BEYOND_YOURS',
  });
  await well(me, `/users/${service.id}/suspension`, { method: 'POST' });
  expect(refusal(await api(program, '/me'))).toEqual(me401);
  await well(me, `/users/${service.id}`, { method: 'DELETE' });
  expect(refusal(await api(me, `/users/${service.id}/tokens`, { json: { label: 'x', expiresAt: null } }))).toEqual({
    status: 404,
    code: 'USER_NOT_FOUND',
  });
});

test('accounts are made by who operates the exchange, and see nothing of each other', async () => {
  const there = await anotherAccount('Praxis Ost');
  const invited = await invite({ email: 'gerda@example.org' }, there);
  const { accounts } = await well<{ accounts: object[] }>(me, '/accounts?limit=200');
  expect(accounts).toContainEqual(
    expect.objectContaining({
      id: there.id,
      name: 'Praxis Ost',
      operates: false,
      users: 2,
      owner: expect.objectContaining({ email: there.email }),
    }),
  );
  for (const question of [{}, { json: { name: 'Mine', owner: { email: 'x@example.org' } } }])
    expect(refusal(await api(there, '/accounts', question))).toEqual({ status: 403, code: 'ACCESS_REFUSED' });
  expect(await well(there, '/account', { method: 'PATCH', json: { name: 'Praxis Ost-West' } })).toMatchObject({
    name: 'Praxis Ost-West',
  });
  expect(await well(there, '/account')).toMatchObject({ id: there.id, name: 'Praxis Ost-West', operates: false });
  expect(refusal(await api(me, `/accounts/${there.id}/invitation`, { method: 'POST' }))).toEqual({
    status: 409,
    code: 'USER_STATE_OTHER',
  });

  // How much it may hold is set by who operates the exchange, and known in both accounts.
  const limits = { maxInstances: 0, maxBytes: null };
  const set = { method: 'PUT', json: limits };
  expect(await well(me, `/accounts/${there.id}/quota`, set)).toEqual({ instances: 0, bytes: 0, ...limits });
  expect(await well(me, `/accounts/${there.id}/usage`)).toMatchObject(limits);
  expect(await well(there, '/usage')).toMatchObject(limits);
  expect(await well(me, '/usage')).toMatchObject({ maxInstances: null });
  for (const who of [me, there]) {
    const { records } = await well<{ records: object[] }>(who, '/audit?action=quota.set');
    expect(records).toContainEqual(expect.objectContaining({ detail: expect.objectContaining({ after: limits }) }));
  }
  expect(refusal(await api(there, `/accounts/${mine.accountId}/quota`, set))).toEqual({
    status: 403,
    code: 'ACCESS_REFUSED',
  });
  expect(refusal(await api(me, `/accounts/${randomUUID()}/quota`, set))).toEqual({
    status: 404,
    code: 'ACCOUNT_NOT_FOUND',
  });

  // People of another account are as people who never were, whatever is asked of them.
  const guest = await roleId(mine.accountId, 'guest');
  const roads: (readonly [string, string, object?])[] = [
    ['GET', ''],
    ['PATCH', '', { name: 'X' }],
    ['DELETE', ''],
    ['POST', '/invitation'],
    ['POST', '/suspension'],
    ['DELETE', '/suspension'],
    ['PUT', '/role', { roleId: guest }],
    ['POST', '/tokens', { label: 'x', expiresAt: null }],
  ];
  for (const [method, path, json] of roads) {
    const foreign = await api(me, `/users/${invited.user.id}${path}`, { method, json });
    const absent = await api(me, `/users/${randomUUID()}${path}`, { method, json });
    expect({ method, path, ...refusal(foreign) }).toEqual({ method, path, status: 404, code: 'USER_NOT_FOUND' });
    expect(foreign.body.equals(absent.body)).toBe(true);
  }
  const role = await roleId(there.id, 'guest');
  for (const roleOf of [role, randomUUID()])
    expect(refusal(await api(me, '/users', { json: { email: 'h@example.org', roleId: roleOf } }))).toEqual({
      status: 404,
      code: 'ROLE_NOT_FOUND',
    });
});

test('what a body does not name cannot be set by it', async () => {
  const who = await comes(me, roles.guest);
  const extra: (readonly [string, string, object])[] = [
    ['POST', '/users', { email: 'i@example.org', state: 'active' }],
    ['POST', '/users', { email: 'i@example.org', kind: 'service' }],
    ['POST', '/users', { email: 'i@example.org', accountId: randomUUID() }],
    ['PATCH', `/users/${who.id}`, { name: 'X', roleId: roles.administrator }],
    ['PATCH', `/users/${who.id}`, { name: 'X', email: 'other@example.org' }],
    ['PUT', `/users/${who.id}/role`, { roleId: roles.guest, isOwner: true }],
    ['POST', '/services', { name: 'X', operates: true }],
    ['POST', '/accounts', { name: 'X', owner: { email: 'j@example.org', passwordHash: 'x' } }],
    ['POST', '/accounts', { name: 'X', owner: { email: 'j@example.org' }, operates: true }],
    ['PATCH', '/account', { name: 'X', ownerId: who.id }],
    ['POST', '/account/owner', { userId: who.id, force: true }],
    ['POST', `/users/${mine.userId}/tokens`, { label: 'x', expiresAt: inDays(1), userId: who.id }],
    ['POST', '/invitations/accept', { secret: who.secret, password: who.password, roleId: roles.administrator }],
  ];
  for (const [method, path, json] of extra) {
    const answer = await api(path.startsWith('/invitations') ? undefined : me, path, { method, json });
    expect({ path, ...refusal(answer) }).toEqual({ path, status: 400, code: 'REQUEST_INVALID' });
  }
  expect((await well<Listed>(me, '/users?search=i@example.org')).users).toEqual([]);
});

test('people are found by a part of a name or address, and paged', async () => {
  for (const at of [1, 2, 3]) await invite({ email: `paged-${at}@example.org`, name: `Paula ${at}%` });
  expect((await well<Listed>(me, '/users?search=A 2%25'.replace(' ', '%20'))).users).toMatchObject([
    { name: 'Paula 2%' },
  ]);
  const ids: string[] = [];
  let next: string | null = '';
  for (; next !== null; ) {
    const page: Listed = await well<Listed>(
      me,
      `/users?search=paged-&state=invited&limit=2${next && `&before=${next}`}`,
    );
    ids.push(...page.users.map(({ name }) => name));
    next = page.next;
  }
  expect(ids).toEqual(['Paula 1%', 'Paula 2%', 'Paula 3%']);
});

test('the command line invites, takes up, suspends, lets in, removes, and makes and revokes tokens', async () => {
  const folder = await mkdtemp('/tmp/sx-people-');
  try {
    const file = (name: string): string => join(folder, name);
    const run = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await cli([...args, '--to', exchange.url], { exchange });
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
      return stdout;
    };
    const as = ['--token-file', me.tokenFile];
    const id = (text: string): string => /[0-9a-f-]{36}/.exec(text)![0];
    await writeFile(file('password'), 'Zwölf zarte Zebras\n');
    await run(
      'user',
      'create',
      '--email',
      'cora@example.org',
      '--name',
      'Cora',
      ...['--invitation-out', file('link')],
      ...as,
    );
    await run(
      'user',
      'accept',
      '--invitation-file',
      file('link'),
      '--password-file',
      file('password'),
      '--token-out',
      file('token'),
    );
    expect(await run('user', 'list', '--search', 'cora', ...as)).toContain('active    Cora (cora@example.org), Guest');
    expect(await run('user', 'role', 'cora@example.org', '--role', roles.member, ...as)).toContain('Member');
    const own = ['--token-file', file('token')];
    const issued = ['--label', 'CT', '--days', '9', '--scope', 'instance.store', '--token-out', file('ct')];
    const token = id(await run('token', 'issue', ...issued, ...own));
    expect(await run('token', 'list', ...own)).toContain('CT, of Cora: instance.store');
    expect(await run('token', 'revoke', token, ...own)).toContain('revoked');
    expect(await run('user', 'suspend', 'cora@example.org', ...as)).toContain('suspended');
    expect((await cli(['token', 'list', '--to', exchange.url, ...own], { exchange })).code).toBe(2);
    expect(await run('user', 'let-in', 'cora@example.org', ...as)).toContain('active');
    expect(await run('user', 'remove', 'cora@example.org', '--yes', ...as)).toContain('removed');
    const program = id(await run('user', 'create', '--service', '--name', 'PACS', ...as));
    await run('token', 'issue', '--for', program, '--label', 'PACS', '--token-out', file('pacs'), ...as);
    const made = await run('account', 'create', '--name', 'Praxis Mitte', '--owner-email', 'mitte@example.org', ...as);
    expect(made).toMatch(/Invitation {4}https:\S+\/invitation#\S+/);
    expect(await run('account', 'list', ...as)).toContain('Praxis Mitte, owner mitte (mitte@example.org), 1 user');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('without mail an administrator gives a link for a new password on: once, for an hour, to who is theirs alone and may no more', async () => {
  const ada = await comes(me, roles.member);
  const reset = (id: string, by: Parameters<typeof well>[0] = me) =>
    api(by, `/users/${id}/password-reset`, { method: 'POST' });
  const linkFor = async (id: string) => {
    const answer = await reset(id);
    expect(answer.status).toBe(201);
    return (answer.json() as { address: string; expiresAt: string }).address;
  };
  const first = await linkFor(ada.id);
  const second = await linkFor(ada.id);
  expect(second).toMatch(new RegExp(`^${exchange.url}/reset#[0-9a-f-]{36}\\.[\\w-]{43}$`));
  const password = `Acht Reiher stehen ${ada.id}`;
  const use = (address: string) =>
    api(undefined, '/password-resets/use', { json: { secret: address.split('#')[1], password } });
  expect(refusal(await use(first))).toEqual({ status: 404, code: 'MAILED_LINK_NOT_FOUND' });
  expect((await use(second)).json()).toMatchObject({ state: 'signed in', me: { email: ada.email } });
  expect((await api({ cookie: ada.cookie }, '/me')).status).toBe(401);
  expect(refusal(await use(second))).toEqual({ status: 410, code: 'MAILED_LINK_OVER' });
  // Whoever has the link becomes that person: of oneself, the owner, who may more, who has not come, or is elsewhere, too.
  expect(refusal(await reset(mine.userId))).toEqual({ status: 403, code: 'ACCESS_REFUSED' });
  const chief = await comes(me, roles.administrator);
  const helper = await personMay('user.reset');
  expect(refusal(await reset(chief.id, { cookie: helper.cookie }))).toMatchObject({ code: 'RIGHTS_BEYOND_YOURS' });
  expect(refusal(await reset(mine.userId, { cookie: chief.cookie }))).toEqual({ status: 409, code: 'USER_IS_OWNER' });
  const invited = await invite({ email: 'not-here-yet@example.org' });
  expect(refusal(await reset(invited.user.id))).toEqual({ status: 409, code: 'USER_STATE_OTHER' });
  // To be invited elsewhere keeps no help away.
  const invitation = await invite({ email: ada.email }, await anotherAccount('Praxis am Kai'));
  const shown = await linkFor(ada.id);
  expect((await accept({ secret: secretOf(invitation), password })).status).toBe(201);
  // It would open the other account now.
  expect(refusal(await use(shown))).toEqual({ status: 404, code: 'MAILED_LINK_NOT_FOUND' });
  expect(refusal(await reset(ada.id))).toEqual({ status: 409, code: 'USER_ELSEWHERE_TOO' });
  // What needs a mail is refused with words that say what to do.
  const asked = await api(undefined, '/password-resets', { json: { email: ada.email } });
  expect(asked.json()).toMatchObject({ code: 'MAIL_NOT_SET_UP', detail: expect.stringContaining('administrator') });
  const json = { current: chief.password, email: 'moved@example.org' };
  expect(refusal(await api({ cookie: chief.cookie }, '/me/email', { method: 'PUT', json }))).toEqual({
    status: 409,
    code: 'MAIL_NOT_SET_UP',
  });
  // The machine itself makes one for anybody who can sign in, and for nobody else.
  const run = (email: string) => cli(['user', 'reset', email], { exchange });
  const shell = await run(ada.email.toUpperCase());
  expect([shell.code, shell.stderr]).toEqual([0, '']);
  const [, address] = /New password {2}(https:\S+\/reset#\S+)/.exec(shell.stdout) ?? [];
  expect(await api(undefined, '/password-resets/look', { json: { secret: address!.split('#')[1] } })).toMatchObject({
    status: 200,
  });
  await api(me, `/users/${chief.id}/suspension`, { method: 'POST' });
  for (const nobody of [chief.email, 'nobody@example.org'])
    expect(await run(nobody)).toMatchObject({ code: 1, stderr: expect.stringMatching(/nobody who can sign in/i) });
});

test('secrets of invitations cannot be tried without end', async () => {
  const id = randomUUID();
  const tried = [];
  for (let at = 0; at < 21; at += 1) {
    const secret = `${id}.${String(at).padStart(43, 'A')}`;
    tried.push((await api(undefined, '/invitations/look', { json: { secret } })).status);
  }
  expect(tried).toEqual([...Array(20).fill(404), 429]);
});

type Effects = {
  effects: { kind: string; count: number; you: boolean; people: { id: string }[]; next: string | null }[];
};
const policyPath = '/account/sign-in-policy';
const setPolicy = (by: { cookie: string }, policy: object, more: object = {}) =>
  api(by, policyPath, { method: 'PUT', json: { policy, ...more } });
const changeTo = (cookie: string, current: string, password: string) =>
  api({ cookie }, '/me/password', { method: 'PUT', json: { current, password } });
const unfinished = { status: 401, code: 'ACCESS_SIGN_IN_UNFINISHED' };
const aged = (userId: string, days: number) =>
  inDatabaseOf(exchange, (db) =>
    db
      .updateTable('users')
      .set({ password_changed_at: new Date(Date.now() - days * 86_400_000) })
      .where('id', '=', userId)
      .execute(),
  );

test('an account says how long, how mixed and how hard to guess passwords are, and who chooses one is told and held to it', async () => {
  const there = await anotherAccount('Klinik der strengen Regeln');
  const guest = await roleId(there.id, 'guest');
  const rules = { passwordCharacters: 14, passwordKinds: true, passwordScore: 3 };
  expect((await setPolicy(there, rules)).status).toBe(200);
  const invited = await invite({ email: `streng-${randomUUID()}@example.org`, roleId: guest }, there);
  const secret = secretOf(invited);
  expect(await well(undefined, '/invitations/look', { json: { secret } })).toMatchObject({ rules });
  for (const [password, rule] of [
    ['Zehn Ziegen!', 'At least 14 characters'],
    ['zehn zahme ziegen', 'Three of these'],
    ['Password1234567', 'Harder to guess'],
    ['Password123', 'At least 14'],
  ]) {
    const weak = await accept({ secret, password });
    expect(refusal(weak)).toEqual({ status: 422, code: 'PASSWORD_TOO_WEAK' });
    expect((weak.json() as { detail: string }).detail).toContain(rule);
  }
  const taken = await accept({ secret, password: 'Zehn zahme Ziegen am Zaun' });
  expect(taken.status).toBe(201);
  const cookie = cookieOf(taken);
  expect(await well({ cookie }, '/me/password')).toMatchObject({ rules, until: null });
  expect(refusal(await changeTo(cookie, 'Zehn zahme Ziegen am Zaun', 'Zwölf Igel!'))).toMatchObject({ status: 422 });
  // A common one is nobody's, whatever the account says.
  const common = await changeTo(there.cookie, there.password, 'Password123');
  expect(refusal(common)).toMatchObject({ code: 'PASSWORD_TOO_WEAK' });
});

test('who is in two accounts chooses a password by the strictest rules of both, and by no others once they left', async () => {
  const [long, mixed] = [await anotherAccount('Klinik Lang'), await anotherAccount('Klinik Bunt')];
  const email = `beide-${randomUUID()}@example.org`;
  const inLong = await comes(long, await roleId(long.id, 'guest'), email);
  const second = await invite({ email, roleId: await roleId(mixed.id, 'guest') }, mixed);
  const cookie = cookieOf(await accept({ secret: secretOf(second), password: inLong.password }));
  await well(long, policyPath, { method: 'PUT', json: { policy: { passwordCharacters: 20 } } });
  await well(mixed, policyPath, { method: 'PUT', json: { policy: { passwordKinds: true, passwordDays: 60 } } });
  const told = await well<{ rules: object; until: string; changedAt: string }>({ cookie }, '/me/password');
  expect(told.rules).toEqual({ passwordCharacters: 20, passwordKinds: true, passwordScore: 0 });
  expect(Date.parse(told.until) - Date.parse(told.changedAt)).toBe(60 * 86_400_000);
  for (const weak of ['Elf Elefanten essen', 'elf elefanten essen eis'])
    expect(refusal(await changeTo(cookie, inLong.password, weak))).toMatchObject({ code: 'PASSWORD_TOO_WEAK' });
  await well(long, `/users/${inLong.id}`, { method: 'DELETE' });
  expect((await changeTo(cookie, inLong.password, 'Elf Elefanten essen')).status).toBe(200);
});

test('a password that is too old is changed before anything else opens, and the session goes on under a new secret', async () => {
  const there = await anotherAccount('Klinik der neunzig Tage');
  const ada = await comes(there, await roleId(there.id, 'member'));
  await well(there, policyPath, { method: 'PUT', json: { policy: { passwordDays: 90 } } });
  await aged(ada.id, 89);
  expect(await well({ cookie: ada.cookie }, '/me')).toMatchObject({ email: ada.email });
  await aged(ada.id, 91);
  // From the very next request on; nothing was asked of anybody anew.
  expect(refusal(await api({ cookie: ada.cookie }, '/me'))).toEqual(unfinished);
  expect(await well({ cookie: ada.cookie }, '/session')).toEqual({
    state: 'unfinished',
    me: null,
    steps: ['change-password'],
  });
  expect(refusal(await api({ cookie: ada.cookie }, '/studies/search', { json: {} }))).toEqual(unfinished);
  const signedIn = await api(undefined, '/sessions', { json: { email: ada.email, password: ada.password } });
  expect(signedIn.json()).toMatchObject({ state: 'unfinished', steps: ['change-password'] });
  const cookie = cookieOf(signedIn);
  expect(refusal(await changeTo(cookie, ada.password, ada.password))).toMatchObject({ code: 'PASSWORD_TOO_WEAK' });
  const done = await changeTo(cookie, ada.password, 'Dreizehn dicke Dachse');
  expect(done.status).toBe(200);
  expect(cookieOf(done)).not.toBe(cookie);
  expect((await api({ cookie }, '/me')).status).toBe(401);
  expect((await api({ cookie: ada.cookie }, '/me')).status).toBe(401);
  expect(await well({ cookie: cookieOf(done) }, '/me')).toMatchObject({ email: ada.email });
});

test('who is told to change their password does so before they go on; only who may, and of people within reach, can say so', async () => {
  const ada = await comes(me, roles.member);
  const there = await anotherAccount('Klinik nebenan');
  const mayDo = await personMay('user.view', 'password.require');
  const chief = await comes(me, roles.administrator);
  expect(refusal(await api({ cookie: ada.cookie }, `/users/${chief.id}/password-change`, { method: 'POST' }))).toEqual({
    status: 403,
    code: 'ACCESS_REFUSED',
  });
  expect(refusal(await api(there, `/users/${ada.id}/password-change`, { method: 'POST' }))).toEqual({
    status: 404,
    code: 'USER_NOT_FOUND',
  });
  expect(refusal(await api(mayDo, `/users/${chief.id}/password-change`, { method: 'POST' }))).toMatchObject({
    code: 'RIGHTS_BEYOND_YOURS',
  });
  const program = await well<{ id: string }>(me, '/services', { json: { name: 'Gateway' } });
  expect(refusal(await api(me, `/users/${program.id}/password-change`, { method: 'POST' }))).toMatchObject({
    code: 'USER_STATE_OTHER',
  });
  expect(await well(me, `/users/${ada.id}`)).toMatchObject({ passwordMustChange: false });
  await well(me, `/users/${ada.id}/password-change`, { method: 'POST' });
  expect(await well(me, `/users/${ada.id}`)).toMatchObject({ passwordMustChange: true });
  expect(refusal(await api({ cookie: ada.cookie }, '/me'))).toEqual(unfinished);
  // Nor by a program, which nobody asks for anything later.
  const tokenBy = (password: string) =>
    api(undefined, '/tokens', { json: { email: ada.email, password, label: 'Hintertür' } });
  expect(refusal(await tokenBy(ada.password))).toEqual(unfinished);
  const done = await changeTo(ada.cookie, ada.password, 'Vierzehn flinke Frettchen');
  expect((await tokenBy('Vierzehn flinke Frettchen')).status).toBe(201);
  expect(await well({ cookie: cookieOf(done) }, '/me')).toMatchObject({ email: ada.email });
  expect(await well(me, `/users/${ada.id}`)).toMatchObject({ passwordMustChange: false });
});

test('what a change of the rules does, and to whom, is told before it is made; made, it does just that, and is on record', async () => {
  const there = await anotherAccount('Klinik der Folgen');
  const guest = await roleId(there.id, 'guest');
  const people = [];
  for (let at = 0; at < 3; at += 1) people.push(await comes(there, guest));
  const [old] = people;
  await aged(old!.id, 100);
  const policy = { passwordDays: 90, secondFactor: 'required', passwordCharacters: 12, lockMinutes: 5 };
  const { effects } = await well<Effects>(there, `${policyPath}/effects`, { json: { policy } });
  const counts = Object.fromEntries(effects.map(({ kind, count, you }) => [kind, [count, you]]));
  expect(counts).toEqual({
    'password-now': [1, false],
    'password-next': [4, true],
    enrol: [4, true],
    'screen-locks': [4, true],
  });
  expect(effects[0]!.people).toEqual([expect.objectContaining({ id: old!.id, email: old!.email })]);
  // Asked is not done.
  expect(await well(there, policyPath)).toMatchObject({ policy: { passwordDays: null, secondFactor: 'optional' } });
  expect(await well({ cookie: old!.cookie }, '/me')).toMatchObject({ email: old!.email });

  expect(await well(there, policyPath, { method: 'PUT', json: { policy } })).toMatchObject({ policy });
  const steps = async (cookie: string) => (await well<{ steps: string[] }>({ cookie }, '/session')).steps;
  expect(await steps(old!.cookie)).toEqual(['change-password', 'enrol']);
  // Who set it is led through it as all others are.
  expect(await steps(there.cookie)).toEqual(['enrol']);
  const records = await inDatabaseOf(exchange, (db) =>
    db
      .selectFrom('audit_records')
      .select(['outcome', 'detail'])
      .where('account_id', '=', there.id)
      .where('action', '=', 'policy.set')
      .execute(),
  );
  expect(records.map(({ outcome, detail }) => [outcome, detail !== null])).toEqual([['success', true]]);
});

test('who may not set the rules does not, and what is no rule is refused', async () => {
  const there = await anotherAccount('Klinik der Form');
  const ada = await comes(there, await roleId(there.id, 'member'));
  for (const question of [{}, { method: 'PUT', json: { policy: {} } }])
    expect(refusal(await api({ cookie: ada.cookie }, policyPath, question))).toEqual({
      status: 403,
      code: 'ACCESS_REFUSED',
    });
  for (const policy of [
    { passwordCharacters: 9 },
    { passwordScore: 5 },
    { passwordDays: 45 },
    { idleMinutes: 0 },
    { sessionHours: 25 },
    { somethingElse: true },
  ])
    expect(refusal(await setPolicy(there, policy))).toEqual({ status: 400, code: 'REQUEST_INVALID' });
  expect((await setPolicy(there, {}, { changePasswords: true })).status).toBe(200);
  expect(await well(there, '/session')).toMatchObject({ steps: ['change-password'] });
  expect(await well({ cookie: ada.cookie }, '/session')).toMatchObject({ steps: ['change-password'] });
});

test('the command line shows the rules, says what a change does, and sets them', async () => {
  const folder = await mkdtemp('/tmp/symbolon-policy-');
  try {
    const there = await anotherAccount('Klinik der Befehle');
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const own = await well<{ userId: string }>(there, '/me');
    const { secret } = await well<{ secret: string }>(there, `/users/${own.userId}/tokens`, {
      json: { label: 'Befehle', expiresAt, scope: null, addresses: [] },
    });
    const file = join(folder, 'token');
    await writeFile(file, secret);
    const run = (...args: string[]) =>
      cli(['account', 'sign-in-policy', ...args, '--to', exchange.url, '--token-file', file], { exchange });
    expect((await run('show')).stdout).toMatch(/--password-days +off/);
    const dry = await run('set', '--password-days', '90', '--second-factor', 'required', '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('1 person (you among them): set up')]);
    const done = await run('set', '--password-days', '90', '--password-kinds', 'on', '--lock-minutes', '5');
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(done.stdout).toMatch(/--second-factor +optional/);
    expect((await run('set', '--password-days', '45')).code).not.toBe(0);
    const off = await run('set', '--lock-minutes', 'off');
    expect(off.stdout).toMatch(/--password-kinds +on.*--password-days +90.*--lock-minutes +off/s);
  } finally {
    await rm(folder, { recursive: true });
  }
});
