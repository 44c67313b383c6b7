import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { pages } from '@symbolon/contract';
import { ctStudy, type Exchange, type Owner, owner, type SyntheticFile, startExchange } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, multipart, type Question } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestOf } from './folder-of.ts';
import { routesOfTheApp } from './routes-of-the-app.ts';

const cacheSeconds = 2;
let backups: string;
let exchange: Exchange;
let me: Owner;
let here: Awaited<ReturnType<typeof furnish>>;
beforeAll(async () => {
  backups = await mkdtemp('/tmp/sx-backups-');
  exchange = await startExchange({
    env: { SYMBOLON_KEY_CACHE_SECONDS: String(cacheSeconds), SYMBOLON_BACKUPS: `file:${backups}` },
  });
  me = await owner(exchange);
  here = await furnish();
});
afterAll(async () => {
  await exchange?.dispose();
  await rm(backups, { recursive: true, force: true });
});

const soon = () => new Date(Date.now() + 3_600_000).toISOString();

/** Everything that a road can lead to: a study with a version kept aside, links to it, one of them open in a browser. */
async function furnish() {
  const options = { seed: 31, slices: 3, rows: 32, columns: 32 };
  const held = [...ctStudy(options)];
  const aside = [...ctStudy({ ...options, person: { patientName: 'Zweite^Zoe' } })];
  const json = async <T>(path: string, question: Question = {}): Promise<T> => {
    const answer = await ask(exchange, path, { token: me.token, ...question });
    expect(answer.status, `${path}: ${answer.body}`).toBeLessThan(300);
    return answer.json() as T;
  };
  for (const files of [held, aside])
    await ask(exchange, '/dicomweb/studies', { token: me.token, ...multipart(files.map(({ bytes }) => bytes)) });
  const first = held[0]!;
  const dicom = `/dicomweb/studies/${first.studyInstanceUid}`;
  const dicomSeries = `${dicom}/series/${first.seriesInstanceUid}`;
  const dicomInstance = `${dicomSeries}/instances/${first.sopInstanceUid}`;
  const { studies } = await json<{ studies: { id: string }[] }>('/api/v1/studies/search', { json: {} });
  const study = `/api/v1/studies/${studies[0]!.id}`;
  const { series } = await json<{ series: { id: string }[] }>(study);
  const images = `/series/${series[0]!.id}/images`;
  const image = (await json<{ images: { id: string }[] }>(`${study}${images}`)).images[0]!.id;
  const pack = (await json<{ packs: { id: string }[] }>(`${study}/originals`)).packs[0]!.id;
  const conflict = await json<{ until: string; instances: { id: string }[] }>(`${study}/conflict`);
  const links: { id: string; secret: string }[] = [];
  for (let at = 0; at < 3; at += 1) {
    const asked = {
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      note: 'Für Frau Dr. Weiß',
      download: true,
    };
    const made = await json<{ link: { id: string }; address: string }>(`${study}/links`, { json: asked });
    links.push({ id: made.link.id, secret: made.address.split('#')[1]! });
  }
  const [open] = links as [{ id: string; secret: string }];
  const opened = await ask(exchange, `/api/v1/shared/${open.id}/open`, { json: { secret: open.secret } });
  const cookie = opened.headers['set-cookie']![0]!.split(';')[0]!;
  const chosen = await json<{ id: string }>(`${study}/conflict/choices`, {
    json: { choice: 'new', until: conflict.until },
  });
  const holds: string[] = [];
  for (let at = 0; at < 8; at += 1) {
    const held = { of: 'study', studyId: studies[0]!.id, reason: 'Frau Dr. Weiß bat darum' };
    holds.push((await json<{ id: string }>('/api/v1/holds', { json: held })).id);
  }
  // For three roads that erase, each asked three times.
  const doomed = Array.from({ length: 9 }, (_, at) => [
    ...ctStudy({ seed: 3100 + at, slices: 1, rows: 16, columns: 16 }),
  ]).flat();
  const sending = multipart(doomed.map(({ bytes }) => bytes));
  expect((await ask(exchange, '/dicomweb/studies', { token: me.token, ...sending })).status).toBe(200);
  const roles: string[] = [];
  for (let at = 0; at < 8; at += 1)
    roles.push((await json<{ id: string }>('/api/v1/roles', { json: { name: `Rolle ${at}` } })).id);
  const made = async (kind: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let at = 0; at < 8; at += 1)
      ids.push((await json<{ id: string }>(`/api/v1/${kind}s`, { json: { name: `${kind} ${at}` } })).id);
    return ids;
  };
  const who = (await json<{ userId: string }>('/api/v1/me')).userId;
  const groups = { group: await made('group'), location: await made('location') };
  for (const kind of ['group', 'location'] as const)
    for (const id of groups[kind]) await json(`/api/v1/${kind}s/${id}/members/${who}`, { method: 'PUT', json: {} });
  const opener = await colleague(studies[0]!.id);
  const toOther = { to: { userId: opener.userId }, seriesIds: null, expiresAt: null };
  const { grants } = await json<{ grants: { id: string }[] }>(`${study}/grants`, { json: toOther });
  const again = await json<{ until: string }>(`${study}/conflict`);
  const userId = who;
  // Each is changed once; programs are there at once, and people come by invitations.
  const programs: string[] = [];
  for (let at = 0; at < 12; at += 1)
    programs.push((await json<{ id: string }>('/api/v1/services', { json: { name: `Program ${at}` } })).id);
  const suspended = programs.splice(0, 3);
  // Somebody who was looked at a moment ago is no new look.
  const unseen = programs.splice(0, 3);
  for (const id of suspended) await json(`/api/v1/users/${id}/suspension`, { method: 'POST' });
  type Made = { user: { id: string }; invitation: { address: string } };
  const invited: { id: string; secret: string }[] = [];
  for (let at = 0; at < 5; at += 1) {
    const made = await json<Made>('/api/v1/users', { json: { email: `invited-${at}@example.org` } });
    invited.push({ id: made.user.id, secret: made.invitation.address.split('#')[1]! });
  }
  const forgetful: string[] = [];
  for (let at = 0; at < 4; at += 1) {
    const made = await json<Made>('/api/v1/users', { json: { email: `forgetful-${at}@example.org` } });
    const secret = made.invitation.address.split('#')[1]!;
    await ask(exchange, '/api/v1/invitations/accept', { json: { secret, password: me.password } });
    forgetful.push(made.user.id);
  }
  const [forgot, ...others] = forgetful as [string, ...string[]];
  const resets: string[] = [];
  for (const id of others) {
    const { address } = await json<{ address: string }>(`/api/v1/users/${id}/password-reset`, { method: 'POST' });
    resets.push(address.split('#')[1]!);
  }
  const addresses = await changesOfAddress(forgot);
  const role = (await json<{ user: { role: { id: string } } }>(`/api/v1/users/${invited[0]!.id}`)).user.role.id;
  const owned = { name: 'Praxis Nord', owner: { email: 'nord@example.org' } };
  const other = (await json<{ account: { id: string } }>('/api/v1/accounts', { json: owned })).account.id;
  // Of an account that asks for no terms of use.
  const elsewhere = { name: 'Praxis Süd', owner: { email: 'sued@example.org' } };
  const south = await json<{ invitation: { address: string } }>('/api/v1/accounts', { json: elsewhere });
  const taken = { secret: south.invitation.address.split('#')[1]!, password: me.password };
  await ask(exchange, '/api/v1/invitations/accept', { json: taken });
  const tokens: string[] = [];
  for (let at = 0; at < 3; at += 1) {
    const asked = { label: 'to be revoked', expiresAt: soon() };
    tokens.push((await json<{ token: { id: string } }>(`/api/v1/users/${userId}/tokens`, { json: asked })).token.id);
  }
  return {
    ...{ forgot, resets, addresses },
    ...{ userId, programs, suspended, unseen, invited, other, tokens, role },
    ...{ roles, groups, who },
    ...{
      dicom,
      dicomSeries,
      dicomInstance,
      study,
      images,
      image,
      pack,
      links,
      open,
      cookie,
      aside,
      held,
      holds,
      doomed,
    },
    ...{ toOther, grant: grants[0]!.id, opening: opener.opening },
    thumbnail: images.replace(/images$/, 'thumbnail'),
    bulk: `${dicomInstance}/bulkdata/00100010`,
    wado: `/dicomweb/wado?requestType=WADO&studyUID=${first.studyInstanceUid}&seriesUID=${first.seriesInstanceUid}&objectUID=${first.sopInstanceUid}`,
    keptInstance: conflict.instances[0]!.id,
    until: again.until,
    choice: chosen.id,
  };
}

/** As the mails of an exchange that sends some would prove them: this one sends none. */
function changesOfAddress(user_id: string): Promise<string[]> {
  return inDatabaseOf(exchange, async (database) => {
    const secrets: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      const [id, secret] = [crypto.randomUUID(), randomBytes(32).toString('base64url')];
      const digest = createHash('sha256').update(secret).digest();
      const times = { created_at: new Date(), expires_at: new Date(Date.now() + 3_600_000) };
      await database
        .insertInto('address_changes')
        .values({ id, digest, user_id, email: `moved-${at}@example.org`, ...times })
        .execute();
      secrets.push(`${id}.${secret}`);
    }
    return secrets;
  });
}

/** Somebody else of the account, who opened the study in an emergency. */
function colleague(studyId: string): Promise<{ userId: string; opening: string }> {
  return inDatabaseOf(exchange, async (database) => {
    const [userId, opening] = [crypto.randomUUID(), crypto.randomUUID()];
    const role = await database
      .selectFrom('roles')
      .selectAll()
      .where('builtin', '=', 'guest')
      .executeTakeFirstOrThrow();
    const account_id = role.account_id;
    await database.insertInto('users').values({ id: userId, email: 'b@example.org', name: 'Béatrice' }).execute();
    await database.insertInto('memberships').values({ account_id, user_id: userId, role_id: role.id }).execute();
    await database.insertInto('namespaces').values({ id: crypto.randomUUID(), account_id, user_id: userId }).execute();
    const times = { opened_at: new Date(), expires_at: new Date(Date.now() + 3_600_000) };
    await database
      .insertInto('openings')
      .values({
        id: opening,
        account_id,
        user_id: userId,
        study_id: studyId,
        kind: 'emergency',
        cell: Buffer.alloc(1),
        ...times,
      })
      .execute();
    return { userId, opening };
  });
}

const noSecret = `00000000-0000-4000-8000-000000000000.${'A'.repeat(43)}`;

/** A question on a road, made anew each time; by whom, where it is not the owner with a token. */
type Road = () => { readonly path: string; readonly by?: 'link' | 'nobody' } & Question;

const stow = (path: string, seed: number) => ({
  path,
  ...multipart(
    [...ctStudy({ seed, slices: 1, rows: 16, columns: 16, studyInstanceUid: '1.2.3.4' })].map((f) => f.bytes),
  ),
});
let seed = 700;
const get =
  (path: () => string, more: Question & { readonly by?: 'link' } = {}): Road =>
  () => ({ path: path(), ...more });
const post =
  (path: () => string, json: () => unknown): Road =>
  () => ({ path: path(), json: json() });
const shared = (path: () => string): Road => get(() => `/api/v1/shared/${here.open.id}/study${path()}`, { by: 'link' });
function doomedAt(path: (study: string, file: SyntheticFile) => string): string {
  const file = here.doomed.pop()!;
  return path(`/dicomweb/studies/${file.studyInstanceUid}`, file);
}
const dicomFile = { headers: { accept: 'application/dicom; transfer-syntax=*' } };
const dicomFiles = { headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' } };
const anything = { headers: { accept: '*/*' } };

const onUser = (method: string, rest: string, id: () => string, json?: () => unknown): Road => {
  return () => ({ path: `/api/v1/users/${id()}${rest}`, method, ...(json === undefined ? {} : { json: json() }) });
};
let newcomers = 0;

let versions = 0;
let names = 0;
const aName = () => `Name ${(names++).toString(36)}`;
/** The same roads for groups and for locations. Of what is changed by ids the record says which, sealed. */
const roadsOfGroups = (kind: 'group' | 'location'): Record<string, Road> => {
  const all = `/api/v1/${kind}s`;
  const one = () => `${all}/${here.groups[kind][0]}`;
  return {
    [`DELETE ${all}/:groupId`]: () => ({ path: `${all}/${here.groups[kind].pop()}`, method: 'DELETE' }),
    [`DELETE ${all}/:groupId/members/:userId`]: () => ({
      path: `${all}/${here.groups[kind].pop()}/members/${here.who}`,
      method: 'DELETE',
    }),
    [`GET ${all}/:groupId`]: get(one),
    [`PATCH ${all}/:groupId`]: () => ({ path: one(), method: 'PATCH', json: { mustApprove: true } }),
    [`POST ${all}`]: post(
      () => all,
      () => ({ name: aName() }),
    ),
    [`PUT ${all}/:groupId/members/:userId`]: () => ({ path: `${one()}/members/${here.who}`, method: 'PUT', json: {} }),
  };
};
const roadsOfRoles: Record<string, Road> = {
  'DELETE /api/v1/roles/:roleId': () => ({ path: `/api/v1/roles/${here.roles.pop()}`, method: 'DELETE' }),
  'GET /api/v1/roles/:roleId': get(() => `/api/v1/roles/${here.roles[0]}`),
  'GET /api/v1/roles/compare': get(() => `/api/v1/roles/compare?one=${here.roles[0]}&other=${here.roles[1]}`),
  'GET /api/v1/users/:userId/explanation': get(() => `/api/v1/users/${here.who}/explanation`),
  'GET /api/v1/users/:userId/reach': get(() => `/api/v1/users/${here.who}/reach`),
  'GET /api/v1/users/:userId/sight': get(() => `/api/v1/users/${here.who}/sight`),
  'PATCH /api/v1/roles/:roleId': () => ({
    path: `/api/v1/roles/${here.roles[0]}`,
    method: 'PATCH',
    json: { says: 'S' },
  }),
  'POST /api/v1/roles': post(
    () => '/api/v1/roles',
    () => ({ name: aName() }),
  ),
  'PUT /api/v1/account/addresses': () => ({
    path: '/api/v1/account/addresses',
    method: 'PUT',
    json: { addresses: [] },
  }),
  'PUT /api/v1/account/sign-in-policy': () => ({
    path: '/api/v1/account/sign-in-policy',
    method: 'PUT',
    json: { policy: {} },
  }),
  'PUT /api/v1/roles/:roleId/second-factor': () => ({
    path: `/api/v1/roles/${here.roles[0]}/second-factor`,
    method: 'PUT',
    json: { required: false },
  }),
  'PUT /api/v1/roles/:roleId/addresses': () => ({
    path: `/api/v1/roles/${here.roles[0]}/addresses`,
    method: 'PUT',
    json: { addresses: [] },
  }),
};

/** What reads or writes anything sealed. With the keys each answers; without them each says that they are away, and does nothing. */
const sealed: Record<string, Road> = {
  ...roadsOfGroups('group'),
  ...roadsOfGroups('location'),
  ...roadsOfRoles,
  'DELETE /api/v1/tokens/:tokenId': () => ({ path: `/api/v1/tokens/${here.tokens.pop()}`, method: 'DELETE' }),
  'DELETE /api/v1/users/:userId': onUser('DELETE', '', () => here.programs.pop()!),
  'DELETE /api/v1/users/:userId/second-password': onUser('DELETE', '/second-password', () => here.invited[0]!.id),
  // What is set is another text each time, after the one that was set before.
  'PUT /api/v1/account/terms': () => ({
    path: '/api/v1/account/terms',
    method: 'PUT',
    json: { text: aName(), after: versions++ },
  }),
  'DELETE /api/v1/users/:userId/suspension': onUser('DELETE', '/suspension', () => here.suspended.pop()!),
  'GET /api/v1/users/:userId': get(() => `/api/v1/users/${here.unseen.pop()}`),
  'PATCH /api/v1/account': () => ({ path: '/api/v1/account', method: 'PATCH', json: { name: 'Klinikum Neustadt' } }),
  'PATCH /api/v1/users/:userId': onUser(
    'PATCH',
    '',
    () => here.userId,
    () => ({ name: 'Olga' }),
  ),
  'POST /api/v1/account/owner': post(
    () => '/api/v1/account/owner',
    () => ({ userId: here.userId }),
  ),
  'POST /api/v1/accounts': post(
    () => '/api/v1/accounts',
    () => ({ name: 'Praxis', owner: { email: 'praxis@example.org' } }),
  ),
  'POST /api/v1/accounts/:accountId/invitation': () => ({
    path: `/api/v1/accounts/${here.other}/invitation`,
    method: 'POST',
  }),
  'GET /api/v1/accounts/:accountId/usage': get(() => `/api/v1/accounts/${here.other}/usage`),
  'PUT /api/v1/accounts/:accountId/quota': () => ({
    path: `/api/v1/accounts/${here.other}/quota`,
    method: 'PUT',
    json: { maxInstances: null, maxBytes: null },
  }),
  'POST /api/v1/invitations/accept': () => ({
    path: '/api/v1/invitations/accept',
    json: { secret: here.invited.pop()!.secret, password: me.password },
    by: 'nobody',
  }),
  'POST /api/v1/services': post(
    () => '/api/v1/services',
    () => ({ name: 'Gateway' }),
  ),
  'POST /api/v1/users': post(
    () => '/api/v1/users',
    () => ({ email: `newcomer-${newcomers++}@example.org` }),
  ),
  'POST /api/v1/users/:userId/invitation': onUser('POST', '/invitation', () => here.invited[0]!.id),
  'POST /api/v1/users/:userId/suspension': onUser('POST', '/suspension', () => here.programs.pop()!),
  'POST /api/v1/users/:userId/password-reset': onUser('POST', '/password-reset', () => here.forgot),
  'POST /api/v1/password-resets/use': () => ({
    path: '/api/v1/password-resets/use',
    json: { secret: here.resets.pop()!, password: `Vier Möwen über dem Kai ${crypto.randomUUID()}` },
    by: 'nobody',
  }),
  'POST /api/v1/email-changes/use': () => ({
    path: '/api/v1/email-changes/use',
    json: { secret: here.addresses.pop()!, password: me.password },
    by: 'nobody',
  }),
  'POST /api/v1/users/:userId/password-change': onUser('POST', '/password-change', () => here.forgot),
  'POST /api/v1/users/:userId/tokens': onUser(
    'POST',
    '/tokens',
    () => here.userId,
    () => ({ label: 'made meanwhile', expiresAt: soon() }),
  ),
  'PUT /api/v1/users/:userId/role': onUser(
    'PUT',
    '/role',
    () => here.invited[0]!.id,
    () => ({ roleId: here.role }),
  ),
  'DELETE /api/v1/studies/:studyId/conflict/choices/:choiceId': () => ({
    path: `${here.study}/conflict/choices/${here.choice}`,
    method: 'DELETE',
  }),
  'DELETE /dicomweb/studies/:study': () => ({ path: doomedAt((one) => one), method: 'DELETE' }),
  'DELETE /dicomweb/studies/:study/series/:series': () => ({
    path: doomedAt((study, { seriesInstanceUid }) => `${study}/series/${seriesInstanceUid}`),
    method: 'DELETE',
  }),
  'DELETE /dicomweb/studies/:study/series/:series/instances/:instance': () => ({
    path: doomedAt(
      (study, { seriesInstanceUid, sopInstanceUid }) =>
        `${study}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`,
    ),
    method: 'DELETE',
  }),
  'GET /api/v1/audit': get(() => '/api/v1/audit'),
  'GET /api/v1/audit.csv': get(() => '/api/v1/audit.csv'),
  'GET /api/v1/conflicts': get(() => '/api/v1/conflicts?state=decided'),
  'GET /api/v1/holds': get(() => '/api/v1/holds'),
  'GET /api/v1/keys': get(() => '/api/v1/keys'),
  'GET /api/v1/keys/backup': get(() => '/api/v1/keys/backup'),
  'GET /api/v1/keys/rotation': get(() => '/api/v1/keys/rotation'),
  'GET /api/v1/links': get(() => '/api/v1/links'),
  'GET /api/v1/links/:linkId/uses': get(() => `/api/v1/links/${here.open.id}/uses`),
  'GET /api/v1/openings': get(() => '/api/v1/openings'),
  'GET /api/v1/receipt-key': get(() => '/api/v1/receipt-key'),
  'GET /api/v1/shared/:linkId/study': shared(() => ''),
  'GET /api/v1/shared/:linkId/study/archive': shared(() => '/archive'),
  'GET /api/v1/shared/:linkId/study/images/:imageId/frames/:frame': shared(() => `/images/${here.image}/frames/1`),
  'GET /api/v1/shared/:linkId/study/series/:seriesId/images': shared(() => here.images),
  'GET /api/v1/shared/:linkId/study/series/:seriesId/thumbnail': shared(() => here.thumbnail),
  'GET /api/v1/shared/:linkId/study/thumbnail': shared(() => '/thumbnail'),
  'GET /api/v1/studies/:studyId': get(() => here.study),
  'GET /api/v1/studies/:studyId/archive': get(() => `${here.study}/archive`),
  'GET /api/v1/studies/:studyId/conflict': get(() => `${here.study}/conflict`),
  'GET /api/v1/studies/:studyId/images/:imageId/frames/:frame': get(
    () => `${here.study}/images/${here.image}/frames/1`,
  ),
  'GET /api/v1/studies/:studyId/links': get(() => `${here.study}/links`),
  'GET /api/v1/studies/:studyId/originals': get(() => `${here.study}/originals`),
  'GET /api/v1/studies/:studyId/originals/:packId': get(() => `${here.study}/originals/${here.pack}`),
  'GET /api/v1/studies/:studyId/series/:seriesId/images': get(() => here.study + here.images),
  'GET /api/v1/studies/:studyId/series/:seriesId/thumbnail': get(() => here.study + here.thumbnail),
  'GET /api/v1/studies/:studyId/thumbnail': get(() => `${here.study}/thumbnail`),
  'GET /api/v1/versions/:instanceId/picture': get(() => `/api/v1/versions/${here.keptInstance}/picture`),
  'GET /dicomweb/instances': get(() => '/dicomweb/instances'),
  'GET /dicomweb/patients': get(() => '/dicomweb/patients'),
  'GET /dicomweb/series': get(() => '/dicomweb/series'),
  'GET /dicomweb/studies': get(() => '/dicomweb/studies?PatientName=*'),
  'GET /dicomweb/studies/:study': get(() => here.dicom, dicomFiles),
  'GET /dicomweb/studies/:study/instances': get(() => `${here.dicom}/instances`),
  'GET /dicomweb/studies/:study/metadata': get(() => `${here.dicom}/metadata`),
  'GET /dicomweb/studies/:study/series': get(() => `${here.dicom}/series`),
  'GET /dicomweb/studies/:study/series/:series': get(() => here.dicomSeries, dicomFiles),
  'GET /dicomweb/studies/:study/series/:series/instances': get(() => `${here.dicomSeries}/instances`),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance': get(() => here.dicomInstance, dicomFile),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/bulkdata/:path': get(() => here.bulk, anything),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/metadata': get(
    () => `${here.dicomInstance}/metadata`,
  ),
  'GET /dicomweb/studies/:study/bulkdata': get(() => `${here.dicom}/bulkdata`, anything),
  'GET /dicomweb/studies/:study/pixeldata': get(() => `${here.dicom}/pixeldata`, anything),
  'GET /dicomweb/studies/:study/series/:series/bulkdata': get(() => `${here.dicomSeries}/bulkdata`, anything),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/bulkdata': get(
    () => `${here.dicomInstance}/bulkdata`,
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames': get(
    () => `${here.dicomInstance}/frames/1`,
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/pixeldata': get(
    () => `${here.dicomInstance}/pixeldata`,
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/pixeldata': get(() => `${here.dicomSeries}/pixeldata`, anything),
  'GET /dicomweb/studies/:study/rendered': get(() => `${here.dicom}/rendered`, anything),
  'GET /dicomweb/studies/:study/thumbnail': get(() => `${here.dicom}/thumbnail`, anything),
  'GET /dicomweb/studies/:study/series/:series/rendered': get(() => `${here.dicomSeries}/rendered`, anything),
  'GET /dicomweb/studies/:study/series/:series/thumbnail': get(() => `${here.dicomSeries}/thumbnail`, anything),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/rendered': get(
    () => `${here.dicomInstance}/rendered`,
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/thumbnail': get(
    () => `${here.dicomInstance}/thumbnail`,
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames/rendered': get(
    () => `${here.dicomInstance}/frames/1/rendered`,
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames/thumbnail': get(
    () => `${here.dicomInstance}/frames/1/thumbnail`,
    anything,
  ),
  'GET /dicomweb/wado': get(() => here.wado, anything),
  'GET /dicomweb/studies/:study/series/:series/metadata': get(() => `${here.dicomSeries}/metadata`),
  'GET /readyz': get(() => '/readyz'),
  // What holds it says why.
  'POST /api/v1/account/erasure': post(
    () => '/api/v1/account/erasure',
    () => ({ dryRun: true }),
  ),
  'POST /api/v1/held': post(
    () => '/api/v1/held',
    () => ({ sha256: [digestOf(here.held[0]!.bytes)] }),
  ),
  'POST /api/v1/holds': post(
    () => '/api/v1/holds',
    () => ({ of: 'account', reason: 'ein Grund' }),
  ),
  'POST /api/v1/holds/:holdId/release': () => ({ path: `/api/v1/holds/${here.holds.pop()}/release`, method: 'POST' }),
  'POST /api/v1/keys/reseal': () => ({ path: '/api/v1/keys/reseal', method: 'POST' }),
  'POST /api/v1/keys/reindex': () => ({ path: '/api/v1/keys/reindex', method: 'POST' }),
  'POST /api/v1/keys/rotation': () => ({ path: '/api/v1/keys/rotation', method: 'POST' }),
  'POST /api/v1/openings/:openingId/review': post(
    () => `/api/v1/openings/${here.opening}/review`,
    () => ({}),
  ),
  'POST /api/v1/receipts': post(
    () => '/api/v1/receipts',
    () => ({
      sha256: [digestOf(here.held[0]!.bytes)],
      contents: '0'.repeat(64),
    }),
  ),
  'POST /api/v1/shared/:linkId/open': () => ({
    path: `/api/v1/shared/${here.open.id}/open`,
    json: { secret: here.open.secret },
    by: 'nobody',
  }),
  // Who asked is recorded with it.
  'POST /api/v1/backups': () => ({ path: '/api/v1/backups', method: 'POST' }),
  'POST /api/v1/backups/drills': () => ({ path: '/api/v1/backups/drills', method: 'POST' }),
  'POST /api/v1/storage/compaction': () => ({ path: '/api/v1/storage/compaction', method: 'POST' }),
  'POST /api/v1/storage/scrub': () => ({ path: '/api/v1/storage/scrub', method: 'POST' }),
  'POST /api/v1/storage/sweeps': post(
    () => '/api/v1/storage/sweeps',
    () => ({ dryRun: true }),
  ),
  'POST /api/v1/studies/:studyId/conflict/choices': post(
    () => `${here.study}/conflict/choices`,
    () => ({
      choice: 'held',
      until: here.until,
    }),
  ),
  'POST /api/v1/studies/:studyId/conflict/file': post(
    () => `${here.study}/conflict/file`,
    () => ({
      sha256: digestOf(here.aside[0]!.bytes),
    }),
  ),
  'POST /api/v1/studies/:studyId/grants': post(
    () => `${here.study}/grants`,
    () => here.toOther,
  ),
  'POST /api/v1/studies/:studyId/links': post(
    () => `${here.study}/links`,
    () => ({
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      note: 'Für Herrn Dr. Groß',
    }),
  ),
  'POST /api/v1/studies/:studyId/erasure': post(
    () => `${here.study}/erasure`,
    () => ({ dryRun: true }),
  ),
  'POST /api/v1/studies/:studyId/patient/erasure': post(
    () => `${here.study}/patient/erasure`,
    () => ({ dryRun: true }),
  ),
  'POST /api/v1/studies/find': post(
    () => '/api/v1/studies/find',
    () => ({
      studyInstanceUid: here.held[0]!.studyInstanceUid,
    }),
  ),
  'POST /api/v1/studies/search': post(
    () => '/api/v1/studies/search',
    () => ({ name: 'Zweite' }),
  ),
  // The record of it is sealed, and without a record there is none.
  'POST /api/v1/tokens': () => ({
    path: '/api/v1/tokens',
    json: { email: 'sued@example.org', password: me.password, label: 'made meanwhile' },
    by: 'nobody',
  }),
  'POST /dicomweb/studies': () => stow('/dicomweb/studies', seed++),
  'POST /dicomweb/studies/:study': () => stow('/dicomweb/studies/1.2.3.4', seed++),
  'PUT /api/v1/backups/policy': () => ({
    path: '/api/v1/backups/policy',
    method: 'PUT',
    json: { everyHours: 24, drillEveryDays: null, keepLast: 3, keepDaily: 14, keepWeekly: 52, keepMonthly: 24 },
  }),
  'PUT /api/v1/keys/schedule': () => ({ path: '/api/v1/keys/schedule', method: 'PUT', json: { patientDays: 90 } }),
  'PUT /api/v1/quota': () => ({ path: '/api/v1/quota', method: 'PUT', json: { maxInstances: 1000, maxBytes: null } }),
};

/** What needs no key, and what it answers without one: who comes is told, gets in, and may end a link. */
const plain: Record<string, { readonly status: number; readonly road: Road }> = {
  'DELETE /api/v1/links/:linkId': {
    status: 200,
    road: () => ({ path: `/api/v1/links/${here.links.pop()!.id}`, method: 'DELETE' }),
  },
  // It awaits none, and none was given: nothing to be done, and nothing to be recorded.
  'DELETE /api/v1/studies/:studyId/approval': {
    status: 200,
    road: () => ({ path: `${here.study}/approval`, method: 'DELETE' }),
  },
  'POST /api/v1/studies/:studyId/approval': {
    status: 200,
    road: () => ({ path: `${here.study}/approval`, method: 'POST' }),
  },
  'DELETE /api/v1/studies/:studyId/grants/:grantId': {
    status: 200,
    road: () => ({ path: `${here.study}/grants/${here.grant}`, method: 'DELETE' }),
  },
  'GET /api/v1/studies/:studyId/grants': { status: 200, road: get(() => `${here.study}/grants`) },
  'GET /api/v1/people-and-groups': { status: 200, road: get(() => '/api/v1/people-and-groups?search=b') },
  'GET /api/v1/openings/status': { status: 200, road: get(() => '/api/v1/openings/status') },
  // No role has these from the start.
  'POST /api/v1/emergency': {
    status: 403,
    road: () => ({ path: '/api/v1/emergency', json: { reason: 'ein guter Grund', by: { patientId: '1' } } }),
  },
  'POST /api/v1/studies/:studyId/opening': {
    status: 403,
    road: () => ({ path: `${here.study}/opening`, json: { reason: 'ein guter Grund' } }),
  },
  'DELETE /api/v1/session': { status: 200, road: () => ({ path: '/api/v1/session', method: 'DELETE', by: 'nobody' }) },
  'GET /api/v1/account': { status: 200, road: get(() => '/api/v1/account') },
  'GET /api/v1/accounts': { status: 200, road: get(() => '/api/v1/accounts') },
  'GET /api/v1/me/accounts': { status: 200, road: get(() => '/api/v1/me/accounts') },
  'GET /api/v1/tokens': { status: 200, road: get(() => '/api/v1/tokens') },
  'GET /api/v1/account/addresses': { status: 200, road: get(() => '/api/v1/account/addresses') },
  'GET /api/v1/account/sign-in-policy': { status: 200, road: get(() => '/api/v1/account/sign-in-policy') },
  'POST /api/v1/account/sign-in-policy/effects': {
    status: 200,
    road: () => ({ path: '/api/v1/account/sign-in-policy/effects', json: { policy: {} } }),
  },
  'GET /api/v1/groups': { status: 200, road: get(() => '/api/v1/groups') },
  'GET /api/v1/locations': { status: 200, road: get(() => '/api/v1/locations') },
  'GET /api/v1/permissions': { status: 200, road: get(() => '/api/v1/permissions') },
  'GET /api/v1/roles': { status: 200, road: get(() => '/api/v1/roles') },
  'GET /api/v1/roles/templates': { status: 200, road: get(() => '/api/v1/roles/templates') },
  'GET /api/v1/erasures': { status: 200, road: get(() => '/api/v1/erasures') },
  'GET /api/v1/erasures/:erasureId': { status: 404, road: get(() => `/api/v1/erasures/${crypto.randomUUID()}`) },
  'GET /api/v1/erasures/:erasureId/certificate': {
    status: 404,
    road: get(() => `/api/v1/erasures/${crypto.randomUUID()}/certificate`),
  },
  'GET /api/v1/keys/reseal': { status: 200, road: get(() => '/api/v1/keys/reseal') },
  'GET /api/v1/keys/reindex': { status: 200, road: get(() => '/api/v1/keys/reindex') },
  'GET /api/v1/backups': { status: 200, road: get(() => '/api/v1/backups') },
  'GET /api/v1/backups/status': { status: 200, road: get(() => '/api/v1/backups/status') },
  'GET /api/v1/keys/schedule': { status: 200, road: get(() => '/api/v1/keys/schedule') },
  'GET /api/v1/me': { status: 200, road: get(() => '/api/v1/me') },
  'GET /api/v1/session': { status: 200, road: get(() => '/api/v1/session') },
  'GET /api/v1/storage': { status: 200, road: get(() => '/api/v1/storage') },
  'GET /api/v1/storage/compaction': { status: 200, road: get(() => '/api/v1/storage/compaction') },
  'GET /api/v1/storage/scrub': { status: 200, road: get(() => '/api/v1/storage/scrub') },
  'GET /api/v1/storage/scrub/findings': { status: 200, road: get(() => '/api/v1/storage/scrub/findings') },
  'GET /api/v1/usage': { status: 200, road: get(() => '/api/v1/usage') },
  'GET /api/v1/users': { status: 200, road: get(() => '/api/v1/users') },
  'GET /assets/:name': { status: 404, road: get(() => '/assets/none.js') },
  'GET /healthz': { status: 200, road: get(() => '/healthz') },
  'OPTIONS /dicomweb': { status: 200, road: get(() => '/dicomweb', { method: 'OPTIONS' }) },
  'OPTIONS /dicomweb/*': { status: 200, road: get(() => '/dicomweb/studies', { method: 'OPTIONS' }) },
  'GET /api/v1/openapi.json': { status: 200, road: get(() => '/api/v1/openapi.json') },
  'GET /metrics': { status: 200, road: get(() => '/metrics') },
  'GET /robots.txt': { status: 200, road: get(() => '/robots.txt') },
  'POST /api/v1/invitations/look': {
    status: 200,
    road: () => ({ path: '/api/v1/invitations/look', json: { secret: here.invited[1]!.secret }, by: 'nobody' }),
  },
  'GET /api/v1/account/terms': { status: 200, road: get(() => '/api/v1/account/terms') },
  'GET /api/v1/account/terms/versions': { status: 200, road: get(() => '/api/v1/account/terms/versions') },
  'GET /api/v1/account/terms/acceptances': { status: 200, road: get(() => '/api/v1/account/terms/acceptances') },
  'GET /api/v1/account/terms/acceptances.csv': {
    status: 200,
    road: get(() => '/api/v1/account/terms/acceptances.csv'),
  },
  // What a session does a token does not.
  ...Object.fromEntries(
    (
      [
        ['POST', 'session/proof', { password: 'x' }],
        ['POST', 'session/lock', undefined],
        ['POST', 'session/identities', { password: 'x' }],
        ['DELETE', 'session/identities', undefined],
        ['PUT', 'me/second-password', { current: 'x', password: 'y' }],
        ['POST', 'account/terms/acceptance', { version: 1 }],
      ] as const
    ).map(([method, path, json]) => [
      `${method} /api/v1/${path}`,
      { status: 403, road: () => ({ path: `/api/v1/${path}`, method, ...(json !== undefined && { json }) }) },
    ]),
  ),
  // With a token nobody is told where else they are signed in.
  'GET /api/v1/me/sessions': { status: 403, road: get(() => '/api/v1/me/sessions') },
  'DELETE /api/v1/me/sessions': { status: 403, road: () => ({ path: '/api/v1/me/sessions', method: 'DELETE' }) },
  'DELETE /api/v1/me/sessions/:sessionId': {
    status: 403,
    road: () => ({ path: `/api/v1/me/sessions/${here.other}`, method: 'DELETE' }),
  },
  'PUT /api/v1/me/email': {
    status: 403,
    road: () => ({ path: '/api/v1/me/email', method: 'PUT', json: { current: 'x', email: 'y@example.org' } }),
  },
  // Where no mails are sent.
  'POST /api/v1/password-resets': {
    status: 409,
    road: () => ({ path: '/api/v1/password-resets', json: { email: me.email }, by: 'nobody' }),
  },
  'POST /api/v1/password-resets/look': {
    status: 404,
    road: () => ({ path: '/api/v1/password-resets/look', json: { secret: noSecret }, by: 'nobody' }),
  },
  'POST /api/v1/email-changes/look': {
    status: 404,
    road: () => ({ path: '/api/v1/email-changes/look', json: { secret: noSecret }, by: 'nobody' }),
  },
  'GET /api/v1/me/password': { status: 403, road: get(() => '/api/v1/me/password') },
  'GET /api/v1/me/factors': { status: 403, road: get(() => '/api/v1/me/factors') },
  'POST /api/v1/me/factors': {
    status: 403,
    road: post(
      () => '/api/v1/me/factors',
      () => ({ kind: 'totp', enrolment: here.other, label: 'x', code: '123456' }),
    ),
  },
  'POST /api/v1/me/factors/totp': { status: 403, road: () => ({ path: '/api/v1/me/factors/totp', method: 'POST' }) },
  'POST /api/v1/me/factors/passkey': {
    status: 403,
    road: () => ({ path: '/api/v1/me/factors/passkey', method: 'POST' }),
  },
  'DELETE /api/v1/me/factors/:factorId': {
    status: 403,
    road: () => ({ path: `/api/v1/me/factors/${here.other}`, method: 'DELETE' }),
  },
  'POST /api/v1/me/recovery-codes': {
    status: 403,
    road: () => ({ path: '/api/v1/me/recovery-codes', method: 'POST' }),
  },
  'GET /api/v1/me/devices': { status: 403, road: get(() => '/api/v1/me/devices') },
  'DELETE /api/v1/me/devices/:deviceId': {
    status: 403,
    road: () => ({ path: `/api/v1/me/devices/${here.other}`, method: 'DELETE' }),
  },
  'POST /api/v1/session/factor': {
    status: 403,
    road: post(
      () => '/api/v1/session/factor',
      () => ({ proof: { kind: 'totp', code: '123456' } }),
    ),
  },
  // Reached by an IP address it takes no passkeys.
  'POST /api/v1/sessions/passkey-challenge': {
    status: 409,
    road: () => ({ path: '/api/v1/sessions/passkey-challenge', method: 'POST', by: 'nobody' }),
  },
  'POST /api/v1/sessions/passkey': {
    status: 409,
    road: () => ({
      path: '/api/v1/sessions/passkey',
      json: {
        challenge: here.other,
        answer: {
          ...{ id: 'AAAA', rawId: 'AAAA', type: 'public-key' },
          response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
        },
      },
      by: 'nobody',
    }),
  },
  // They have none: nothing happens.
  'DELETE /api/v1/users/:userId/factors': {
    status: 200,
    road: () => ({ path: `/api/v1/users/${here.invited[1]!.id}/factors`, method: 'DELETE' }),
  },
  'PUT /api/v1/me/password': {
    status: 403,
    road: () => ({ path: '/api/v1/me/password', method: 'PUT', json: { current: 'x', password: 'y' } }),
  },
  // Nor goes on elsewhere.
  'POST /api/v1/session/account': {
    status: 403,
    road: () => ({ path: '/api/v1/session/account', json: { accountId: here.other } }),
  },
  // Recorded it would be, too; but nothing is held.
  'POST /api/v1/backups/held': {
    status: 409,
    road: () => ({ path: '/api/v1/backups/held', json: { what: 'end' } }),
  },
  'POST /api/v1/sessions': {
    status: 201,
    road: () => ({ path: '/api/v1/sessions', json: { email: me.email, password: me.password }, by: 'nobody' }),
  },
  // Set up it is already, and the secret is gone.
  'POST /api/v1/setup': {
    status: 401,
    road: () => ({
      path: '/api/v1/setup',
      json: { secret: 'none', accountName: 'A', email: 'a@example.org', password: me.password },
      by: 'nobody',
    }),
  },
  // From whom, and until when: nothing of it is sealed.
  'POST /api/v1/shared/:linkId/look': {
    status: 200,
    road: () => ({ path: `/api/v1/shared/${here.open.id}/look`, json: { secret: here.open.secret }, by: 'nobody' }),
  },
  ...Object.fromEntries(
    Object.values(pages).map((page) => {
      const path = page.replace(/:\w+/, '00000000-0000-4000-8000-000000000000');
      return [`GET ${page}`, { status: 200, road: get(() => path) }];
    }),
  ),
};

function askOn(road: Road): Promise<Answer> {
  const { path, by, ...question } = road();
  if (by === 'nobody') return ask(exchange, path, question);
  if (by === undefined) return ask(exchange, path, { token: me.token, ...question });
  const headers = { ...question.headers, cookie: here.cookie, 'sec-fetch-site': 'same-origin' };
  return ask(exchange, path, { ...question, headers });
}

/** All that the database keeps, apart from who came and what was recorded of it. */
const kept = () =>
  inDatabaseOf(exchange, async (database) => {
    const tables = [
      'patients',
      'studies',
      'series',
      'packs',
      'roles',
      'groups',
      'group_members',
      'links',
      'link_visits',
      'holds',
      'grants',
      'openings',
      'erasures',
      'conflict_choices',
      'usage',
      'accounts',
      'users',
      'memberships',
      'invitations',
      'password_resets',
      'address_changes',
      'mails',
    ] as const;
    const rows = [];
    const sorted = (some: readonly object[]): string[] => some.map((row) => JSON.stringify(row)).sort();
    for (const table of tables) rows.push(sorted(await database.selectFrom(table).selectAll().execute()));
    // Without the moment of their last use.
    rows.push(sorted(await database.selectFrom('api_tokens').select(['id', 'label', 'revoked_at']).execute()));
    return rows;
  });

test('every route of the exchange is known to need the keys, or not to', async () => {
  expect(Object.keys({ ...sealed, ...plain }).sort()).toEqual(await routesOfTheApp());
});

test('while the keys are away each road to what is sealed says so with one code, and changes nothing; the others go on', async () => {
  // Readings are written down in full a while later, or when it stops: then all is there that there will be.
  for (const [name, road] of Object.entries(sealed)) {
    const { status, body } = await askOn(road);
    expect([200, 201, 202], `${name} ${body}`).toContain(status);
  }
  await exchange.restart();
  for (const [name, road] of Object.entries(sealed)) {
    // Done already, and not done twice.
    if (name === 'DELETE /api/v1/studies/:studyId/conflict/choices/:choiceId') continue;
    const { status, body } = await askOn(road);
    expect([200, 201, 202, 409], `${name} ${body}`).toContain(status);
  }
  // What they began in the background has to be done before it can be told that nothing changes.
  const waiting = async () => ((await ask(exchange, '/api/v1/keys/reseal', me)).json() as { waiting: number }).waiting;
  await expect.poll(waiting, { timeout: 60_000 }).toBe(0);
  const indexing = async () => ((await ask(exchange, '/api/v1/keys/reindex', me)).json() as { phase: string }).phase;
  await expect.poll(indexing, { timeout: 60_000 }).toBe('resting');
  // Those of the first time: since then a hold on the account stops them.
  const erasures = async () =>
    ((await ask(exchange, '/api/v1/erasures', me)).json() as { erasures: { state: string }[] }).erasures;
  await expect
    .poll(async () => (await erasures()).map(({ state }) => state), { timeout: 60_000 })
    .toEqual(['certified', 'certified', 'certified']);
  // Ten minutes later nothing of it is under way, and it can be asked for again.
  await inDatabaseOf(exchange, (database) =>
    sql`update search_indexes set phase = 'whole', written = array[asked]`.execute(database),
  );
  const before = await kept();
  await rename(exchange.keysDir, `${exchange.keysDir}-away`);
  try {
    await pause(cacheSeconds * 1000 + 200);
    for (const [name, road] of Object.entries(sealed)) {
      const { status, headers, body } = await askOn(road);
      const { code } = JSON.parse(body.toString().startsWith('{') ? body.toString() : '{}') as { code?: string };
      expect({ name, status, code, wait: headers['retry-after'] }).toEqual({
        ...{ name, status: 503, code: 'KEYS_UNAVAILABLE', wait: '5' },
      });
    }
    expect(await kept()).toEqual(before);
    for (const [name, { status, road }] of Object.entries(plain))
      expect({ name, status: (await askOn(road)).status }).toEqual({ name, status });
  } finally {
    await rename(`${exchange.keysDir}-away`, exchange.keysDir);
  }
  // Alone, without a restart; and the link that was revoked meanwhile is.
  const { links } = (await ask(exchange, `${here.study}/links`, me)).json() as {
    links: { state: string; note: string }[];
  };
  expect(links.filter(({ state }) => state === 'revoked')).toMatchObject([{ note: 'Für Frau Dr. Weiß' }]);
  for (const road of [sealed['GET /dicomweb/studies/:study'], sealed['POST /dicomweb/studies'], sealed['GET /readyz']])
    expect((await askOn(road!)).status).toBe(200);
}, 120_000);
