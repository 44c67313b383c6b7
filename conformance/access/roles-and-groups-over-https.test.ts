import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  AddressesAnswer,
  Decisions,
  ExplanationAnswer,
  GroupAnswer,
  GroupsAnswer,
  ReachAnswer,
  RoleAnswer,
  RoleComparison,
  RolesAnswer,
  SightAnswer,
  TemplatesAnswer,
} from '@symbolon/contract';
import { cli, ctStudy, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, multipart, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';

/** Every loopback address is this machine's: a person who comes from 127.0.0.2 is another than one from 127.0.0.1. */
const proxyAt = '127.0.0.9';
let exchange: Exchange;
let me: Owner;
let account: string;
let myRole: string;
let myId: string;
let studyId: string;
let otherAccount: string;

const agents = new Map<string, Agent>();
const from = (localAddress: string): Agent => {
  const agent = agents.get(localAddress) ?? new Agent({ keepAlive: true, localAddress, servername: '' });
  agents.set(localAddress, agent);
  return agent;
};
const call = (token: string, method: string, path: string, json?: unknown, more: Question = {}): Promise<Answer> =>
  ask(exchange, `/api/v1${path}`, {
    token,
    method,
    ...(json === undefined ? {} : { json }),
    agent: from('127.0.0.1'),
    ...more,
  });
const body = <T>(answer: Answer, status = 200): T => {
  expect(answer.status, answer.body.toString()).toBe(status);
  return answer.json() as T;
};
const refused = (answer: Answer): [number, string] => {
  const { code } = answer.json() as { code: string };
  return [answer.status, code];
};

type Person = { readonly id: string; readonly token: string; readonly tokenId: string; readonly role: string };
let made = 0;

/** Somebody with these decisions, behind the exchange's back; or with a role that is there. */
function person(
  role: Decisions | string,
  { scope = null as string[] | null, inAccount = account } = {},
): Promise<Person> {
  const token = `symbolon_${randomBytes(32).toString('base64url')}`;
  const [id, tokenId, namespaceId] = [randomUUID(), randomUUID(), randomUUID()];
  made += 1;
  return inDatabaseOf(exchange, async (database) => {
    const roleId = typeof role === 'string' ? role : randomUUID();
    if (typeof role !== 'string')
      await database
        .insertInto('roles')
        .values({
          id: roleId,
          account_id: inAccount,
          name: `Made ${made}`,
          builtin: null,
          decisions: sql<Decisions>`${JSON.stringify(role)}::jsonb`,
        })
        .execute();
    await database
      .insertInto('users')
      .values({ id, email: `${id}@example.org`, name: `Person ${made}`, password_hash: null })
      .execute();
    await database.insertInto('memberships').values({ account_id: inAccount, user_id: id, role_id: roleId }).execute();
    await database.insertInto('namespaces').values({ id: namespaceId, account_id: inAccount, user_id: id }).execute();
    await database
      .insertInto('api_tokens')
      .values({
        id: tokenId,
        digest: createHash('sha256').update(token).digest(),
        label: 'test',
        user_id: id,
        account_id: inAccount,
        namespace_id: namespaceId,
        expires_at: null,
        used_at: null,
        scope,
      })
      .execute();
    return { id, token, tokenId, role: roleId };
  });
}

let named = 0;
const name = (what: string): string => {
  named += 1;
  return `${what} ${named}`;
};
const role = async (decisions: Decisions): Promise<string> =>
  body<RoleAnswer>(await call(me.token, 'POST', '/roles', { name: name('Role'), decisions }), 201).id;
const group = async (asked: object = {}): Promise<GroupAnswer> =>
  body<GroupAnswer>(await call(me.token, 'POST', '/groups', { name: name('Group'), ...asked }), 201);

/** The recorded outcomes of an action, newest last. */
const recorded = (action: string, userId?: string) =>
  inDatabaseOf(exchange, async (database) => {
    const query = database.selectFrom('audit_records').select(['outcome', 'address']).where('action', '=', action);
    return (userId ? query.where('user_id', '=', userId) : query).orderBy('at').execute();
  });

beforeAll(async () => {
  exchange = await startExchange({ env: { SYMBOLON_TRUSTED_PROXIES: proxyAt } });
  me = await owner(exchange);
  const who = body<{ userId: string; accountId: string; role: { id: string } }>(await call(me.token, 'GET', '/me'));
  [account, myRole, myId] = [who.accountId, who.role.id, who.userId];
  const files = [...ctStudy({ seed: 77, slices: 2, rows: 16, columns: 16 })].map(({ bytes }) => bytes);
  await ask(exchange, '/dicomweb/studies', { token: me.token, ...multipart(files) });
  const found = body<{ studies: { id: string }[] }>(await call(me.token, 'POST', '/studies/search', {}));
  studyId = found.studies[0]!.id;
  otherAccount = randomUUID();
  await inDatabaseOf(exchange, (database) =>
    database.insertInto('accounts').values({ id: otherAccount, name: 'Elsewhere' }).execute(),
  );
}, 120_000);
afterAll(async () => {
  for (const agent of agents.values()) agent.destroy();
  await exchange?.dispose();
});

test('a role is made of decisions, of a template or of another role, changed, compared, and deleted when nobody has it', async () => {
  const { templates } = body<TemplatesAnswer>(await call(me.token, 'GET', '/roles/templates'));
  expect(templates.map(({ template }) => template)).toContain('front desk');
  const asked = { name: 'Anmeldung', template: 'front desk' };
  const desk = body<RoleAnswer>(await call(me.token, 'POST', '/roles', asked), 201);
  expect(desk).toMatchObject({ builtin: null, people: 0, groups: 0, inGroups: 0, beyondYou: [] });
  expect(desk.decisions).toEqual(templates.find(({ template }) => template === 'front desk')?.decisions);
  const clone = body<RoleAnswer>(await call(me.token, 'POST', '/roles', { name: 'Klon', cloneOf: desk.id }), 201);
  const decisions = { ...desk.decisions, 'study.download': 'permit', 'link.create': undefined };
  const changed = body<RoleAnswer>(
    await call(me.token, 'PATCH', `/roles/${clone.id}`, { says: 'Mit Dateien', decisions }),
  );
  expect(changed.decisions['study.download']).toBe('permit');
  const compared = body<RoleComparison>(await call(me.token, 'GET', `/roles/compare?one=${desk.id}&other=${clone.id}`));
  const of = (permission: string) => compared.differences.find((row) => row.permission === permission);
  expect(of('study.download')).toMatchObject({
    one: { says: 'deny', permits: false },
    other: { says: 'permit', permits: true },
  });
  expect(of('study.download.own')).toMatchObject({
    one: { says: null, permits: false },
    other: { says: null, permits: true },
  });
  expect(of('link.create')).toMatchObject({ one: { permits: true }, other: { permits: false } });
  expect(of('study.view')).toBeUndefined();
  expect(compared.other.permits - compared.one.permits).toBe(
    compared.differences.reduce((sum, row) => sum + Number(row.other.permits) - Number(row.one.permits), 0),
  );
  await person(clone.id);
  const inUse = await call(me.token, 'DELETE', `/roles/${clone.id}`);
  expect(refused(inUse)).toEqual([409, 'ROLE_IN_USE']);
  expect((inUse.json() as { detail: string }).detail).toContain('People who have it: 1');
  const { roles } = body<RolesAnswer>(await call(me.token, 'GET', '/roles'));
  expect(roles.find(({ id }) => id === clone.id)).toMatchObject({ people: 1, says: 'Mit Dateien' });
  expect(roles.slice(0, 4).map(({ builtin }) => builtin)).toEqual(['administrator', 'member', 'patient', 'guest']);
  body(await call(me.token, 'DELETE', `/roles/${desk.id}`));
  expect(refused(await call(me.token, 'GET', `/roles/${desk.id}`))).toEqual([404, 'ROLE_NOT_FOUND']);
  for (const method of ['PATCH', 'DELETE'])
    expect(refused(await call(me.token, method, `/roles/${myRole}`, method === 'PATCH' ? {} : undefined))).toEqual([
      409,
      'ROLE_BUILT_IN',
    ]);
  expect(refused(await call(me.token, 'POST', '/roles', { name: 'kLON' }))).toEqual([409, 'ROLE_NAME_TAKEN']);
  for (const action of ['role.create', 'role.change', 'role.delete'])
    expect((await recorded(action, myId)).at(-1)).toMatchObject({
      outcome: action === 'role.create' ? 'success' : 'success',
    });
});

test('nobody makes a role, or changes one, that is beyond them, nor takes a deny of it away', async () => {
  const mine: Decisions = {
    'role.create': 'permit',
    'role.change': 'permit',
    'role.delete': 'permit',
    'role.view': 'permit',
    'study.view': 'permit',
  };
  const some = await person(mine);
  const create = (decisions: Decisions) => call(some.token, 'POST', '/roles', { name: name('Try'), decisions });
  const own = body<RoleAnswer>(await create({ 'study.view.group': 'permit', 'study.download': 'deny' }), 201);
  const answer = await create({ 'study.view': 'permit', 'study.download.own': 'permit', 'user.create': 'permit' });
  expect(refused(answer)).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  expect((answer.json() as { detail: string }).detail).toMatch(/study\.download\.own, user\.create/);
  expect((answer.json() as { detail: string }).detail).not.toContain('study.view');
  const change = (id: string, decisions: Decisions) => call(some.token, 'PATCH', `/roles/${id}`, { decisions });
  expect(refused(await change(own.id, { 'study.download': 'permit' }))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  // Without the deny somebody's role in a group might let them.
  expect(refused(await change(own.id, { 'study.view': 'permit' }))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  body(await change(own.id, { 'study.download': 'deny' }));
  const beyond = await role({ 'study.erase': 'permit' });
  expect(body<RoleAnswer>(await call(some.token, 'GET', `/roles/${beyond}`)).beyondYou).toContain('study.erase');
  expect(refused(await change(beyond, {}))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  expect(refused(await call(some.token, 'DELETE', `/roles/${beyond}`))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  for (const cloned of [{ cloneOf: beyond }, { cloneOf: myRole }, { template: 'radiologist' }])
    expect(refused(await call(some.token, 'POST', '/roles', { name: name('Clone'), ...cloned }))).toEqual([
      403,
      'RIGHTS_BEYOND_YOURS',
    ]);
  // Their own role, too.
  expect(refused(await change(some.role, { ...mine, 'user.create': 'permit' }))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  // Nor by giving somebody another role: in a group of theirs they might do at once what the one they have denies.
  const denied = await person({ 'study.download': 'deny' });
  const assigns = await person({ 'role.assign': 'permit', 'study.view': 'permit' });
  const plain = await role({ 'study.view.own': 'permit' });
  const assign = (by: Person) => call(by.token, 'PUT', `/users/${denied.id}/role`, { roleId: plain });
  expect(refused(await assign(assigns))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  body(await assign(await person(myRole)));
  // A token carries no more than its scope, whoever holds it.
  const scoped = await person(myRole, { scope: ['role.create', 'study.view.own'] });
  const wide = { name: name('Wide'), decisions: { 'study.view': 'permit' } };
  expect(refused(await call(scoped.token, 'POST', '/roles', wide))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
});

test('a body with more than it may say is refused whole', async () => {
  const id = await role({});
  for (const [method, path, json] of [
    ['POST', '/roles', { name: 'A', builtin: 'administrator' }],
    ['POST', '/roles', { name: 'A', accountId: otherAccount }],
    ['POST', '/roles', { name: 'A', decisions: { 'study.everything': 'permit' } }],
    ['POST', '/roles', { name: 'A', decisions: { 'study.view': 'allow' } }],
    ['POST', '/roles', { name: 'A', decisions: {}, template: 'auditor' }],
    ['PATCH', `/roles/${id}`, { builtin: 'administrator' }],
    ['PATCH', `/roles/${id}`, { addresses: [] }],
    ['POST', '/groups', { name: 'A', kind: 'location' }],
    ['POST', '/groups', { name: 'A', namespaceId: randomUUID() }],
    ['POST', '/groups', { name: 'A\nB' }],
    ['PUT', `/groups/${id}/members/${myId}`, { roleId: null, userId: myId }],
    ['PUT', '/account/addresses', { addresses: ['localhost'] }],
    ['PUT', '/account/addresses', { addresses: [], evenWithoutMe: true }],
  ] as const)
    expect([method, path, ...refused(await call(me.token, method, path, json))]).toEqual([
      method,
      path,
      400,
      'REQUEST_INVALID',
    ]);
});

test('what somebody may is read anew once their change has its turn: what was taken meanwhile they cannot hand out', async () => {
  const mine: Decisions = { 'role.create': 'permit', 'role.assign': 'permit', 'study.download': 'permit' };
  const [some, guest, downloading] = [await person(mine), await person({}), await role({ 'study.download': 'permit' })];
  const answers: Promise<Answer>[] = [];
  await inDatabaseOf(exchange, (database) =>
    database.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`symbolon rights ${account}`}, 0))`.execute(trx);
      answers.push(
        call(some.token, 'POST', '/roles', { name: name('Race'), decisions: { 'study.download': 'permit' } }),
        call(some.token, 'PUT', `/users/${guest.id}/role`, { roleId: downloading }),
      );
      for (let waiting = 0; waiting < 2; await pause(20)) {
        const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_locks
          where locktype = 'advisory' and not granted`.execute(trx);
        waiting = rows[0]?.count ?? 0;
      }
      const decisions = sql<Decisions>`${JSON.stringify({ ...mine, 'study.download': undefined })}::jsonb`;
      await trx.updateTable('roles').set({ decisions }).where('id', '=', some.role).execute();
    }),
  );
  expect((await Promise.all(answers)).map(refused)).toEqual([
    [403, 'RIGHTS_BEYOND_YOURS'],
    [403, 'RIGHTS_BEYOND_YOURS'],
  ]);
});

test('groups and locations are made, changed and deleted; none in which a study lives', async () => {
  const place = body<GroupAnswer>(
    await call(me.token, 'POST', '/locations', { name: 'Haus 7', mustApprove: true }),
    201,
  );
  expect(place).toMatchObject({ kind: 'location', mustApprove: true, people: [], groups: [], studies: 0 });
  const made = await group({ locationId: place.id });
  expect(made).toMatchObject({ kind: 'group', location: { name: 'Haus 7' }, mustApprove: false, defaultRole: null });
  const changed = body<GroupAnswer>(
    await call(me.token, 'PATCH', `/groups/${made.id}`, { name: 'Neuro', mustApprove: true }),
  );
  expect(changed).toMatchObject({ name: 'Neuro', mustApprove: true, location: { id: place.id } });
  // Who may not approve what arrives does not say that nothing has to be approved.
  const lead = await person({ 'group.change': 'permit', 'study.approve.own': 'permit' });
  const change = (json: object) => call(lead.token, 'PATCH', `/groups/${made.id}`, json);
  expect(refused(await change({ mustApprove: false }))).toEqual([403, 'ACCESS_REFUSED']);
  expect(body<GroupAnswer>(await change({ name: 'Neuro' }))).toMatchObject({ mustApprove: true });
  const approver = await person({ 'group.change': 'permit', 'study.approve': 'permit' });
  const lifted = await call(approver.token, 'PATCH', `/groups/${made.id}`, { mustApprove: false });
  expect(body<GroupAnswer>(lifted)).toMatchObject({ mustApprove: false });
  expect(body<GroupAnswer>(await call(me.token, 'GET', `/locations/${place.id}`)).groups).toEqual([
    { id: made.id, name: 'Neuro' },
  ]);
  expect(refused(await call(me.token, 'POST', '/groups', { name: 'NEURO' }))).toEqual([409, 'GROUP_NAME_TAKEN']);
  // A location is none of the groups, and a group is at no group.
  for (const [path, json] of [
    [`/groups/${place.id}`, undefined],
    [`/locations/${made.id}`, undefined],
    ['/groups', { name: 'X', locationId: made.id }],
    ['/locations', { name: 'X', locationId: place.id }],
  ] as const)
    expect(refused(await call(me.token, json ? 'POST' : 'GET', path, json))).toEqual([404, 'GROUP_NOT_FOUND']);
  await inDatabaseOf(exchange, (database) =>
    database.updateTable('studies').set({ namespace_id: made.namespaceId }).where('id', '=', studyId).execute(),
  );
  const holding = await call(me.token, 'DELETE', `/groups/${made.id}`);
  expect(refused(holding)).toEqual([409, 'GROUP_HOLDS_STUDIES']);
  expect((holding.json() as { detail: string }).detail).toContain('Studies that live in it: 1');
  body(await call(me.token, 'DELETE', `/locations/${place.id}`));
  const { groups } = body<GroupsAnswer>(await call(me.token, 'GET', '/groups'));
  expect(groups.find(({ id }) => id === made.id)).toMatchObject({ studies: 1, location: null });
  expect(body<GroupsAnswer>(await call(me.token, 'GET', '/locations')).groups).toEqual([]);
  body(await call(me.token, 'POST', '/locations', { name: 'Haus 7' }), 201);
});

test('nobody is put into a group by who may not do there what they then may, themselves included', async () => {
  const viewing = await role({ 'study.view': 'permit' });
  const there = await group({ defaultRoleId: viewing });
  const enrols: Decisions = { 'group.enrol': 'permit', 'group.view': 'permit', 'role.assign': 'permit' };
  const [usher, viewer, plain] = [
    await person(enrols),
    await person({ ...enrols, 'study.view': 'permit' }),
    await person({ 'study.download.group': 'permit' }),
  ];
  const enrol = (by: Person, who: string, json: object = {}, at = there.id) =>
    call(by.token, 'PUT', `/groups/${at}/members/${who}`, json);
  for (const who of [usher.id, plain.id])
    expect(refused(await enrol(usher, who))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  // They have study.view everywhere; not what being a member adds to the other one's own role.
  body(await enrol(viewer, viewer.id));
  const other = await enrol(viewer, plain.id);
  expect(refused(other)).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  expect((other.json() as { detail: string }).detail).toContain('study.download');
  const empty = await role({});
  const bare = await group();
  body(await enrol(usher, usher.id, { roleId: empty }, bare.id));
  expect(refused(await enrol(usher, usher.id, { roleId: viewing }, bare.id))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  // By the default role of a group in which one is, too.
  const changer = await person({
    ...enrols,
    'group.change': 'permit',
    'group.create': 'permit',
    'group.delete': 'permit',
  });
  for (const [method, path, json] of [
    ['PATCH', `/groups/${bare.id}`, { defaultRoleId: viewing }],
    ['POST', '/groups', { name: name('Own'), defaultRoleId: myRole }],
  ] as const)
    expect(refused(await call(changer.token, method, path, json))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  // Leaving, where a role denies something there, gives it back.
  const denying = await role({ 'study.view': 'deny' });
  const held = await person({ 'study.view': 'permit' });
  const strict = await group();
  body(await call(me.token, 'PUT', `/groups/${strict.id}/members/${held.id}`, { roleId: denying }));
  const out = () => call(changer.token, 'DELETE', `/groups/${strict.id}/members/${held.id}`);
  expect(refused(await out())).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  expect(refused(await call(changer.token, 'DELETE', `/groups/${strict.id}`))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  expect(refused(await enrol(changer, held.id, {}, strict.id))).toEqual([403, 'RIGHTS_BEYOND_YOURS']);
  const gone = body<GroupAnswer>(await call(me.token, 'DELETE', `/groups/${strict.id}/members/${held.id}`));
  expect(gone.people).toEqual([]);
  expect(refused(await call(me.token, 'DELETE', `/groups/${strict.id}/members/${held.id}`))).toEqual([
    404,
    'GROUP_NOT_FOUND',
  ]);
  // Without role.assign nobody is given a role of their own.
  const clerk = await person({ 'group.enrol': 'permit' });
  expect(refused(await enrol(clerk, plain.id, { roleId: empty }, bare.id))).toEqual([403, 'ACCESS_REFUSED']);
});

test('who may by a role in a group does so in that group and nowhere else', async () => {
  const leads = await role({
    'group.enrol.group': 'permit',
    'group.view.group': 'permit',
    'user.list': 'permit',
    'role.create': 'permit',
  });
  const [ours, theirs] = [await group(), await group()];
  const lead = await person({});
  const guest = await person({});
  body(await call(me.token, 'PUT', `/groups/${ours.id}/members/${lead.id}`, { roleId: leads }));
  const shown = body<GroupAnswer>(await call(lead.token, 'PUT', `/groups/${ours.id}/members/${guest.id}`, {}));
  expect(shown.people.map(({ userId }) => userId).sort()).toEqual([lead.id, guest.id].sort());
  const absent = await call(lead.token, 'GET', `/groups/${randomUUID()}`);
  for (const answer of [
    await call(lead.token, 'GET', `/groups/${theirs.id}`),
    await call(lead.token, 'PUT', `/groups/${theirs.id}/members/${guest.id}`, {}),
  ]) {
    expect(refused(answer)).toEqual([404, 'GROUP_NOT_FOUND']);
    expect(answer.body).toEqual(absent.body);
  }
  for (const [method, path, json] of [
    ['GET', '/users', undefined],
    ['POST', '/roles', { name: 'By a role in a group' }],
  ] as const)
    expect(refused(await call(lead.token, method, path, json))).toEqual([403, 'ACCESS_REFUSED']);
});

test('what is another account’s answers as what is nowhere', async () => {
  const foreign = await person({ 'study.view': 'permit' }, { inAccount: otherAccount });
  const [groupId, namespaceId] = [randomUUID(), randomUUID()];
  await inDatabaseOf(exchange, async (database) => {
    await database
      .insertInto('groups')
      .values({ id: groupId, account_id: otherAccount, kind: 'group', name: 'G' })
      .execute();
    await database
      .insertInto('namespaces')
      .values({ id: namespaceId, account_id: otherAccount, user_id: null, group_id: groupId })
      .execute();
  });
  const [roleId, mine] = [await role({}), await group()];
  const roads = (of: { role: string; group: string; user: string; study: string }) =>
    [
      ['GET', `/roles/${of.role}`],
      ['PATCH', `/roles/${of.role}`, { name: 'Taken over' }],
      ['DELETE', `/roles/${of.role}`],
      ['PUT', `/roles/${of.role}/addresses`, { addresses: [] }],
      ['POST', '/roles', { name: 'From elsewhere', cloneOf: of.role }],
      ['GET', `/roles/compare?one=${roleId}&other=${of.role}`],
      ['GET', `/groups/${of.group}`],
      ['PATCH', `/groups/${of.group}`, { name: 'Taken over' }],
      ['DELETE', `/groups/${of.group}`],
      ['PUT', `/groups/${of.group}/members/${myId}`, {}],
      ['PUT', `/groups/${mine.id}/members/${of.user}`, {}],
      ['PUT', `/groups/${mine.id}/members/${myId}`, { roleId: of.role }],
      ['PATCH', `/groups/${mine.id}`, { defaultRoleId: of.role }],
      ['DELETE', `/groups/${mine.id}/members/${of.user}`],
      ['GET', `/users/${of.user}/explanation`],
      ['GET', `/users/${of.user}/reach`],
      ['GET', `/users/${of.user}/sight`],
      ['GET', `/users/${myId}/explanation?token=${of.user === foreign.id ? foreign.tokenId : randomUUID()}`],
      ['GET', `/users/${myId}/explanation?studyId=${of.study}`],
    ] as const;
  const elsewhere = roads({ role: foreign.role, group: groupId, user: foreign.id, study: randomUUID() });
  const nowhere = roads({ role: randomUUID(), group: randomUUID(), user: randomUUID(), study: randomUUID() });
  for (const [at, [method, path, json]] of elsewhere.entries()) {
    const one = await call(me.token, method, path, json);
    const other = await call(me.token, method, nowhere[at]![1], nowhere[at]![2]);
    expect([path, one.status]).toEqual([path, 404]);
    expect([path, one.body.toString()]).toEqual([path, other.body.toString()]);
    expect(Object.keys(one.headers)).toEqual(Object.keys(other.headers));
  }
});

test('what somebody may do is explained, permission by permission, and for one study', async () => {
  const viewing = await role({ 'study.view': 'permit', 'study.view.identity': 'deny' });
  const there = await group();
  const some = await person({ 'study.view.own': 'permit', 'study.download': 'deny', 'user.explain.own': 'permit' });
  body(await call(me.token, 'PUT', `/groups/${there.id}/members/${some.id}`, { roleId: viewing }));
  await inDatabaseOf(exchange, (database) =>
    database.updateTable('studies').set({ namespace_id: there.namespaceId }).where('id', '=', studyId).execute(),
  );
  const path = `/users/${some.id}/explanation`;
  const told = body<ExplanationAnswer>(await call(me.token, 'GET', `${path}?studyId=${studyId}`));
  const of = (permission: string) => told.permissions.find((row) => row.permission === permission);
  expect(of('study.view')).toMatchObject({ verdict: 'some groups', groups: [there.id] });
  expect(of('study.view')?.why).toMatchObject([
    { from: 'group', said: 'study.view', says: 'permit', role: { id: viewing } },
  ]);
  expect(of('study.view.own')).toMatchObject({ verdict: 'permitted', except: [] });
  expect(of('study.download.own')).toMatchObject({
    verdict: 'denied',
    why: [{ from: 'account', said: 'study.download', says: 'deny' }],
  });
  expect(of('role.create')).toMatchObject({ verdict: 'unset', why: [] });
  expect(of('profile.view')).toMatchObject({ verdict: 'permitted', why: [{ from: 'sign-in' }] });
  expect(told.study).toMatchObject({ holding: ['group'], unapproved: false });
  const action = (wanted: string) => told.study?.actions.find((row) => row.action === wanted);
  expect(action('study.view')).toMatchObject({ permitted: true, why: [{ from: 'group', said: 'study.view' }] });
  expect(action('study.download')).toMatchObject({ permitted: false, why: [{ from: 'account', says: 'deny' }] });
  // And so it is.
  expect((await call(some.token, 'GET', `/studies/${studyId}`)).status).toBe(200);
  expect((await call(some.token, 'GET', `/studies/${studyId}/archive`)).status).toBe(403);
  // Their own, they may ask; others' not, and no study that they do not see.
  body(await call(some.token, 'GET', path));
  expect(refused(await call(some.token, 'GET', `/users/${myId}/explanation`))).toEqual([404, 'USER_NOT_FOUND']);
  const lone = await person({ 'user.explain': 'permit' });
  expect(refused(await call(lone.token, 'GET', `${path}?studyId=${studyId}`))).toEqual([404, 'STUDY_NOT_FOUND']);
  const scoped = await person(myRole, { scope: ['study.view.own'] });
  const token = body<ExplanationAnswer>(
    await call(me.token, 'GET', `/users/${scoped.id}/explanation?token=${scoped.tokenId}`),
  );
  expect(token.token).toMatchObject({ scope: ['study.view.own'] });
  expect(token.permissions.find(({ permission }) => permission === 'study.erase')).toMatchObject({ hindered: 'token' });
  const searching = await person({ 'study.search.group': 'permit' });
  const reach = async () => body<ReachAnswer>(await call(me.token, 'GET', `/users/${searching.id}/reach`));
  expect(await reach()).toMatchObject({ studies: 0, own: 0, group: 0, granted: 0, all: false });
  body(await call(me.token, 'PUT', `/groups/${there.id}/members/${searching.id}`, {}));
  expect(await reach()).toMatchObject({ studies: 1, own: 0, group: 1, granted: 0, all: false });
  expect(body<ReachAnswer>(await call(me.token, 'GET', `/users/${myId}/reach`))).toMatchObject({
    studies: 1,
    all: true,
  });

  // As they see it, and never more than who looks sees: neither a study, nor whose it is.
  const as = async (who: string, by: string) => body<SightAnswer>(await call(by, 'GET', `/users/${who}/sight`));
  const pseudonym = expect.stringMatching(/^P-[0-9A-F]{8}$/);
  const shown = async (who: string, by: string) => {
    const { studies, hidden, total } = await as(who, by);
    return { names: studies.map(({ patient }) => patient.name), hidden, total };
  };
  const unnamed = await person({ 'user.explain': 'permit', 'study.search': 'permit' });
  expect(await shown(searching.id, me.token)).toEqual({ names: [pseudonym], hidden: 0, total: 1 });
  expect(await shown(searching.id, lone.token)).toEqual({ names: [], hidden: 1, total: 1 });
  expect(await shown(myId, unnamed.token)).toEqual({ names: [pseudonym], hidden: 0, total: 1 });
  expect(await shown(myId, me.token)).toEqual({
    names: [expect.not.stringMatching(/^(P-[0-9A-F]{8})?$/)],
    hidden: 0,
    total: 1,
  });
  const { offers } = await as(searching.id, me.token);
  expect([offers.includes('study.search'), offers.includes('study.view')]).toEqual([true, false]);
  const { records } = body<{ records: object[] }>(await call(me.token, 'GET', `/audit?action=user.explain`));
  expect(records).toContainEqual(
    expect.objectContaining({ detail: expect.objectContaining({ user: searching.id, studies: 1 }) }),
  );
});

test('no sequence of calls that are let through gives somebody what its caller has not', async () => {
  const mine: Decisions = {
    ...{
      'role.create': 'permit',
      'role.change': 'permit',
      'role.delete': 'permit',
      'role.assign': 'permit',
      'role.view': 'permit',
    },
    ...{
      'group.create': 'permit',
      'group.change': 'permit',
      'group.delete': 'permit',
      'group.enrol': 'permit',
      'group.view': 'permit',
    },
    ...{ 'study.view': 'permit', 'study.view.own': 'deny', 'study.search.granted': 'permit', 'address.set': 'permit' },
  };
  const caller = await person(mine);
  const people = [caller, await person({}), await person({ 'study.download.group': 'permit', 'study.search': 'deny' })];
  const roles = [
    caller.role,
    people[1]!.role,
    people[2]!.role,
    myRole,
    await role({ 'study.view': 'deny' }),
    await role({ 'study.erase': 'permit' }),
  ];
  const groups = [await group(), await group({ defaultRoleId: roles[5] })];
  body(await call(me.token, 'PUT', `/groups/${groups[0]!.id}/members/${people[2]!.id}`, { roleId: roles[4] }));
  const ids = groups.map(({ id }) => id);
  /** Of each person what is permitted, everywhere or by group. */
  const standing = async () => {
    const all = new Map<string, Set<string>>();
    for (const { id } of people) {
      const { permissions } = body<ExplanationAnswer>(await call(me.token, 'GET', `/users/${id}/explanation`));
      const held = permissions.flatMap(({ permission, verdict, groups: some, except }) => {
        if (verdict === 'permitted')
          return [permission, ...ids.filter((one) => !except.includes(one)).map((one) => `${permission} in ${one}`)];
        return some.map((one) => `${permission} in ${one}`);
      });
      all.set(id, new Set(held));
    }
    return all;
  };
  const before = await standing();
  const handed = before.get(caller.id)!;
  let seed = 20261122;
  const any = <T>(some: readonly T[]): T => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return some[Math.floor((seed / 2147483648) * some.length)]!;
  };
  const names = [
    'study.view',
    'study.view.own',
    'study.download',
    'study.search.granted',
    'study.search',
    'role.create',
    'user.create',
    'study.erase',
  ] as const;
  const decisions = () =>
    Object.fromEntries([any(names), any(names), any(names)].map((one) => [one, any(['permit', 'permit', 'deny'])]));
  const through: number[] = [];
  for (let turn = 0; turn < 160; turn += 1) {
    const [at, who, with_] = [any(ids), any(people).id, any(roles)];
    const [method, path, json] = any([
      ['POST', '/roles', { name: name('Walk'), decisions: decisions() }],
      ['POST', '/roles', { name: name('Walk'), cloneOf: with_ }],
      ['PATCH', `/roles/${with_}`, { decisions: decisions() }],
      ['PATCH', `/roles/${with_}`, { decisions: { ...mine, ...decisions() } }],
      ['DELETE', `/roles/${with_}`, undefined],
      ['PUT', `/groups/${at}/members/${who}`, { roleId: any([null, with_]) }],
      ['DELETE', `/groups/${at}/members/${who}`, undefined],
      ['PATCH', `/groups/${at}`, { defaultRoleId: any([null, with_]) }],
      ['PUT', `/roles/${with_}/addresses`, { addresses: [] }],
    ] as const);
    const answer = await call(caller.token, method, path, json);
    expect([200, 201, 403, 404, 409]).toContain(answer.status);
    if (answer.status < 300) through.push(turn);
    if (answer.status === 201) roles.push((answer.json() as RoleAnswer).id);
  }
  // The walk goes somewhere.
  expect(through.length).toBeGreaterThan(20);
  for (const [id, now] of await standing())
    for (const held of now) if (!before.get(id)!.has(held)) expect([...handed]).toContain(held);
}, 120_000);

test('each list of addresses must hold where somebody comes from, and is audited where it does not', async () => {
  const some = await person(myRole);
  const at = (address: string, path = '/me', token = some.token) =>
    call(token, 'GET', path, undefined, { agent: from(address) });
  const set = (path: string, addresses: string[]) => call(me.token, 'PUT', path, { addresses });
  expect(body<AddressesAnswer>(await call(me.token, 'GET', '/account/addresses'))).toEqual({
    addresses: [],
    yours: '127.0.0.1',
  });
  // Nobody locks themselves out.
  expect(refused(await set('/account/addresses', ['127.0.0.2']))).toEqual([409, 'ADDRESSES_WITHOUT_YOU']);
  expect(refused(await set(`/roles/${myRole}/addresses`, ['192.0.2.0/24']))).toEqual([409, 'ADDRESSES_WITHOUT_YOU']);
  body(await set('/account/addresses', ['127.0.0.1', '127.0.0.4-127.0.0.6', '2001:db8::/32']));
  for (const [address, status] of [
    ['127.0.0.1', 200],
    ['127.0.0.5', 200],
    ['127.0.0.2', 403],
    ['127.0.0.7', 403],
  ] as const)
    expect([address, (await at(address)).status]).toEqual([address, status]);
  expect(refused(await at('127.0.0.2'))).toEqual([403, 'ACCESS_ADDRESS_REFUSED']);
  expect((await recorded('profile.view', some.id)).at(-1)).toEqual({ outcome: 'refused', address: '127.0.0.2' });
  // With the right password the answer is that to a wrong one.
  const signIn = (password: string, address: string) =>
    ask(exchange, '/api/v1/sessions', { json: { email: me.email, password }, agent: from(address) });
  const [right, wrong] = [await signIn(me.password, '127.0.0.2'), await signIn('Kein Passwort von ihr 7', '127.0.0.2')];
  expect([right.status, right.body.toString()]).toEqual([401, wrong.body.toString()]);
  const inside = await signIn(me.password, '127.0.0.1');
  expect(inside.status).toBe(201);
  // A session that began inside: from elsewhere it is none, and pages open and ask to sign in.
  const cookie = { cookie: inside.headers['set-cookie']![0]!.split(';')[0]!, 'sec-fetch-site': 'same-origin' };
  const browse = (path: string, address: string) => ask(exchange, path, { headers: cookie, agent: from(address) });
  expect((await browse('/api/v1/me', '127.0.0.1')).status).toBe(200);
  expect(refused(await browse('/api/v1/me', '127.0.0.2'))).toEqual([403, 'ACCESS_ADDRESS_REFUSED']);
  expect((await browse('/studies', '127.0.0.2')).status).toBe(200);
  expect((await browse('/api/v1/session', '127.0.0.2')).json()).toMatchObject({ state: 'signed out', me: null });
  body(await set('/account/addresses', []));
  expect((await at('127.0.0.2')).status).toBe(200);
  // Of the role, and of the token.
  body(await set(`/roles/${myRole}/addresses`, ['127.0.0.1']));
  expect(refused(await at('127.0.0.2'))).toEqual([403, 'ACCESS_ADDRESS_REFUSED']);
  body(await set(`/roles/${myRole}/addresses`, []));
  await inDatabaseOf(exchange, (database) =>
    database
      .updateTable('api_tokens')
      .set({ addresses: ['127.0.0.3'] })
      .where('id', '=', some.tokenId)
      .execute(),
  );
  expect([(await at('127.0.0.3')).status, (await at('127.0.0.1')).status]).toEqual([200, 403]);
  // Of a role in a group: elsewhere it permits nothing there.
  const viewing = await role({ 'group.view': 'permit' });
  const there = await group();
  const member = await person({});
  body(await call(me.token, 'PUT', `/groups/${there.id}/members/${member.id}`, { roleId: viewing }));
  body(await set(`/roles/${viewing}/addresses`, ['127.0.0.3']));
  const look = async (address: string) => (await at(address, `/groups/${there.id}`, member.token)).status;
  expect([await look('127.0.0.3'), await look('127.0.0.1')]).toEqual([200, 403]);
});

test('who is locked out gets back in from the shell of the machine', async () => {
  await inDatabaseOf(exchange, async (database) => {
    await database
      .updateTable('accounts')
      .set({ addresses: ['203.0.113.7'] })
      .where('id', '=', account)
      .execute();
    await database
      .updateTable('roles')
      .set({ addresses: ['203.0.113.0/24'] })
      .where('id', '=', myRole)
      .execute();
  });
  expect(refused(await call(me.token, 'GET', '/me'))).toEqual([403, 'ACCESS_ADDRESS_REFUSED']);
  const listed = await cli(['account', 'addresses'], { exchange });
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/203\.0\.113\.7[\s\S]*203\.0\.113\.0\/24/) });
  expect(await cli(['account', 'addresses', '--clear'], { exchange })).toMatchObject({ code: 0 });
  expect((await call(me.token, 'GET', '/me')).status).toBe(200);
  const records = await inDatabaseOf(exchange, (database) =>
    database
      .selectFrom('audit_records')
      .select(['account_id', 'outcome'])
      .where('action', '=', 'address.set')
      .where('user_id', 'is', null)
      .execute(),
  );
  expect(records).toEqual([{ account_id: account, outcome: 'success' }]);
});

test('where somebody comes from is told by their connection, or by a proxy that is trusted, and by no header otherwise', async () => {
  const yours = async (address: string, headers: Record<string, string>) =>
    body<AddressesAnswer>(
      await call(me.token, 'GET', '/account/addresses', undefined, { agent: from(address), headers }),
    ).yours;
  const forged = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7', 'x-real-ip': '203.0.113.7' };
  expect(await yours('127.0.0.1', forged)).toBe('127.0.0.1');
  expect(await yours(proxyAt, { 'x-forwarded-for': '203.0.113.7' })).toBe('203.0.113.7');
  // The proxy writes behind what its client claimed.
  expect(await yours(proxyAt, { 'x-forwarded-for': '10.0.0.1, 203.0.113.7' })).toBe('203.0.113.7');
  expect(await yours(proxyAt, { 'x-forwarded-for': `203.0.113.7, ${proxyAt}` })).toBe('203.0.113.7');
  expect(await yours(proxyAt, {})).toBe(proxyAt);
  const strange = await call(me.token, 'GET', '/me', undefined, {
    agent: from(proxyAt),
    headers: { 'x-forwarded-for': 'Müller, Anna'.replace('ü', 'u') },
  });
  expect(refused(strange)).toEqual([400, 'REQUEST_INVALID']);
  // It is what lists of addresses and the audit go by.
  body(await call(me.token, 'PUT', '/account/addresses', { addresses: ['127.0.0.1', '203.0.113.0/24'] }));
  const through = (client: string) =>
    call(me.token, 'GET', '/me', undefined, { agent: from(proxyAt), headers: { 'x-forwarded-for': client } });
  expect([
    (await through('203.0.113.9')).status,
    (await through('198.51.100.1')).status,
    (await through('::ffff:203.0.113.9')).status,
  ]).toEqual([200, 403, 200]);
  expect((await recorded('profile.view', myId)).at(-1)).toEqual({ outcome: 'refused', address: '198.51.100.1' });
  const direct = { agent: from('127.0.0.2'), headers: { 'x-forwarded-for': '203.0.113.9' } };
  expect((await call(me.token, 'GET', '/me', undefined, direct)).status).toBe(403);
  body(await call(me.token, 'PUT', '/account/addresses', { addresses: [] }));
});

test('no header names the host of a link: it begins with the address that people use', async () => {
  const asked = { expiresAt: new Date(Date.now() + 3_600_000).toISOString(), note: '' };
  for (const address of ['127.0.0.1', proxyAt])
    for (const headers of [
      { host: 'evil.example' },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
      { forwarded: 'host=evil.example;proto=http' },
    ]) {
      const answer = await call(me.token, 'POST', `/studies/${studyId}/links`, asked, {
        agent: from(address),
        headers,
      });
      const { address: link } = body<{ address: string }>(answer, 201);
      expect(link.startsWith(`${exchange.url}/shared/`)).toBe(true);
      expect(JSON.stringify([answer.headers, link])).not.toContain('evil');
    }
});

test('without trusted proxies no header says where somebody comes from', async () => {
  for (const agent of agents.values()) agent.destroy();
  agents.clear();
  // It has no keys, and an exchange whose data has none does not start.
  await inDatabaseOf(exchange, async (database) => {
    for (const table of ['api_tokens', 'namespaces', 'groups', 'memberships', 'roles'] as const)
      await database.deleteFrom(table).where('account_id', '=', otherAccount).execute();
    await database.deleteFrom('accounts').where('id', '=', otherAccount).execute();
  });
  await exchange.restart({ SYMBOLON_TRUSTED_PROXIES: '' });
  const headers = { 'x-forwarded-for': '203.0.113.7' };
  const answer = await call(me.token, 'GET', '/account/addresses', undefined, { agent: from(proxyAt), headers });
  expect(body<AddressesAnswer>(answer).yours).toBe(proxyAt);
}, 120_000);
