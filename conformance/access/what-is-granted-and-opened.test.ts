import type { Decisions } from '@symbolon/contract';
import { ctStudy, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, multipart, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { addAccount, addGroup, addPerson, type Somebody } from './people-by-rows.ts';

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

type Asker = { readonly token: string };
type Grant = { id: string; seriesId: string | null; expiresAt: string | null; revokedAt: string | null };
type Opening = { id: string; kind: string; reason: string; study: { id: string }; who: { id: string } } & Record<
  string,
  unknown
>;
const api = (who: Asker, path: string, question: Question = {}): Promise<Answer> =>
  ask(exchange, `/api/v1/${path}`, { token: who.token, ...question });
const codeOf = (answer: Answer): string => (answer.json() as { code: string }).code;
const hourMs = 3_600_000;
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const why = 'Bewusstlos in der Notaufnahme, Frau Quasimodo';

type Studies = { studies: { id: string }[] };
type Sent = { id: string; uid: string; patientId: string; series: string[] };
let seeds = 900;
/** A study of two series; sent by the owner, or by somebody else. */
async function sent(by: Asker = me): Promise<Sent> {
  seeds += 1;
  const patientId = `PAT-${seeds}`;
  const files = [...ctStudy({ seed: seeds, slices: 2, series: 2, rows: 16, columns: 16, person: { patientId } })];
  await ask(exchange, '/dicomweb/studies', { token: by.token, ...multipart(files.map(({ bytes }) => bytes)) });
  const uid = files[0]!.studyInstanceUid;
  const found = (await api(by, 'studies/find', { json: { studyInstanceUid: uid } })).json() as {
    studies: { id: string }[];
  };
  const { id } = found.studies[0]!;
  const { series } = (await api(by, `studies/${id}`)).json() as { series: { id: string }[] };
  return { id, uid, patientId, series: series.map((one) => one.id) };
}
const toUser = ({ userId }: Somebody) => ({ userId });
async function granted(study: Sent, to: object, more: object = {}, by: Asker = me): Promise<Grant[]> {
  const json = { to, seriesIds: null, expiresAt: null, ...more };
  const answer = await api(by, `studies/${study.id}/grants`, { json });
  expect(answer.status, answer.body.toString()).toBe(201);
  return (answer.json() as { grants: Grant[] }).grants;
}
const revoked = (study: Sent, grant: Grant): Promise<Answer> =>
  api(me, `studies/${study.id}/grants/${grant.id}`, { method: 'DELETE' });
async function frameOf(who: Asker, study: Sent, series: string): Promise<string> {
  const { images } = (await api(who, `studies/${study.id}/series/${series}/images`)).json() as {
    images: { id: string }[];
  };
  return `studies/${study.id}/images/${images[0]!.id}/frames/1`;
}
async function finds(who: Asker, study: Sent): Promise<boolean> {
  const { studies } = (await api(who, 'studies/search', { json: { size: 100 } })).json() as {
    studies: { id: string }[];
  };
  return studies.some(({ id }) => id === study.id);
}
type Recorded = { action: string; outcome: string; kind: string; detail: Record<string, unknown> | null };
const audited = async (query: string): Promise<Recorded[]> =>
  ((await api(me, `audit?${query}`)).json() as { records: Recorded[] }).records;

test('what is granted to somebody is there for them, and their own role says whether they may take it; before, it is not', async () => {
  const study = await sent();
  const eva = await addPerson(exchange, { name: 'Eva Member', role: 'member' });
  const gus = await addPerson(exchange, { name: 'Gus Guest', role: 'guest' });
  for (const who of [eva, gus]) {
    expect(await finds(who, study)).toBe(false);
    const absent = await api(who, `studies/${crypto.randomUUID()}`);
    const foreign = await api(who, `studies/${study.id}`);
    expect([foreign.status, foreign.body.toString()]).toEqual([404, absent.body.toString()]);
    await granted(study, toUser(who));
    expect(await finds(who, study)).toBe(true);
    expect((await api(who, `studies/${study.id}`)).status).toBe(200);
    expect((await api(who, await frameOf(who, study, study.series[0]!))).status).toBe(200);
  }
  expect((await api(eva, `studies/${study.id}/archive`)).status).toBe(200);
  expect((await api(gus, `studies/${study.id}/archive`)).status).toBeGreaterThanOrEqual(403);
  // What nobody said they may: grant it on, or see to whom it is granted.
  expect((await api(eva, `studies/${study.id}/grants`)).status).toBe(404);
  const told = (await audited(`study=${study.id}&action=grant.create`)).find(({ kind }) => kind === 'create');
  expect(told?.detail).toMatchObject({ series: 'all', expiresAt: null });
});

test('revoked, the very next image of a viewer that has it open is refused: to a person, and to all of a group', async () => {
  const study = await sent();
  const eva = await addPerson(exchange, { name: 'Eva', role: 'member' });
  const ina = await addPerson(exchange, { name: 'Ina', role: 'guest' });
  const { groupId } = await addGroup(exchange, { name: 'Radiology', members: [ina] });
  for (const [who, to] of [
    [eva, toUser(eva)],
    [ina, { groupId }],
  ] as const) {
    const [grant] = await granted(study, to);
    const frame = await frameOf(who, study, study.series[0]!);
    expect((await api(who, frame)).status).toBe(200);
    const ended = await revoked(study, grant!);
    expect(ended.json()).toMatchObject({ grant: { id: grant!.id, revokedAt: expect.any(String) }, givenOn: 0 });
    expect((await api(who, frame)).status).toBe(404);
    expect((await api(who, `studies/${study.id}`)).status).toBe(404);
    expect(await finds(who, study)).toBe(false);
    // Twice says the same, and is one record.
    expect((await revoked(study, grant!)).json()).toEqual(ended.json());
  }
  expect(await audited(`study=${study.id}&action=grant.revoke`)).toHaveLength(2);
});

test('of a study of which one series is granted the other is not there, and goes into no archive', async () => {
  const study = await sent();
  const eva = await addPerson(exchange, { name: 'Eva', role: 'member' });
  const [mine, other] = study.series as [string, string];
  await granted(study, toUser(eva), { seriesIds: [mine] });
  const facts = (await api(eva, `studies/${study.id}`)).json() as { series: { id: string }[] };
  const { series } = facts;
  expect(facts).toMatchObject({ seriesCount: 1, instanceCount: 2 });
  expect(series.map(({ id }) => id)).toEqual([mine]);
  expect((await api(eva, `studies/${study.id}/series/${other}/images`)).status).toBe(404);
  const theirs = await frameOf(me, study, other);
  expect((await api(eva, theirs)).status).toBe(404);
  const zips = await Promise.all([eva, me].map((who) => api(who, `studies/${study.id}/archive`)));
  const [some, all] = zips.map(({ body }) => body.toString('latin1').split('PK\u0001\u0002').length) as [
    number,
    number,
  ];
  expect(all - some).toBe(2);
});

test('granted a second time it says anew until when, and is over by itself', async () => {
  const study = await sent();
  const eva = await addPerson(exchange, { name: 'Eva', role: 'member' });
  const [first] = await granted(study, toUser(eva), { expiresAt: inMs(hourMs) });
  const soon = inMs(60_000);
  const [again] = await granted(study, toUser(eva), { expiresAt: soon });
  expect([again!.id, again!.expiresAt]).toEqual([first!.id, soon]);
  expect((await api(eva, `studies/${study.id}`)).status).toBe(200);
  // As if the minute had gone by.
  await inDatabaseOf(exchange, (database) =>
    database.updateTable('grants').set({ expires_at: new Date() }).where('id', '=', first!.id).execute(),
  );
  expect((await api(eva, `studies/${study.id}`)).status).toBe(404);
  expect((await api(me, `studies/${study.id}/grants`)).json()).toEqual({ grants: [] });
  const told = await audited(`study=${study.id}&action=grant.create`);
  expect(told.find(({ kind }) => kind === 'update')?.detail).toMatchObject({ before: [first!.expiresAt] });
});

test('nobody grants what they do not reach, for longer than they reach it, or to themselves; nor to who is not of the account', async () => {
  const giver: Decisions = {
    ...{ 'study.search': 'permit', 'study.view.granted': 'permit', 'study.view.emergency': 'permit' },
    ...{ 'study.search.identity': 'permit', 'study.view.identity': 'permit', 'study.download': 'permit' },
    ...{ 'grant.create': 'permit', 'grant.list': 'permit', 'emergency.open': 'permit' },
  };
  const study = await sent();
  const [first, second] = study.series as [string, string];
  const gil = await addPerson(exchange, { name: 'Gil', role: giver });
  const eva = await addPerson(exchange, { name: 'Eva', role: 'member' });
  const foreigner = await addPerson(exchange, {
    name: 'Far',
    role: 'administrator',
    accountId: await addAccount(exchange),
  });
  const gives = (to: object, more: object = {}, by: Asker = gil) =>
    api(by, `studies/${study.id}/grants`, { json: { to, seriesIds: null, expiresAt: null, ...more } });
  const said = async (answer: Promise<Answer>) => [(await answer).status, codeOf(await answer)];
  const beyond = [403, 'GRANT_BEYOND_OWN'];

  expect(await said(gives(toUser(eva)))).toEqual(beyond);
  expect(await said(gives(toUser(gil)))).toEqual([403, 'GRANT_TO_ONESELF']);
  // Opened in an emergency, they may look at it; it is not theirs to hand on.
  await api(gil, 'emergency', { json: { reason: why, by: { studyInstanceUid: study.uid } } });
  expect((await api(gil, `studies/${study.id}`)).status).toBe(200);
  expect(await said(gives(toUser(eva)))).toEqual(beyond);
  await granted(study, toUser(gil), { seriesIds: [first], expiresAt: inMs(hourMs) });
  expect(await said(gives(toUser(eva), { expiresAt: inMs(hourMs / 2) }))).toEqual(beyond);
  expect(await said(gives(toUser(eva), { seriesIds: [second], expiresAt: inMs(hourMs / 2) }))).toEqual(beyond);
  expect(await said(gives(toUser(eva), { seriesIds: [first] }))).toEqual(beyond);
  expect(await said(gives(toUser(eva), { seriesIds: [first], expiresAt: inMs(2 * hourMs) }))).toEqual(beyond);
  expect((await gives(toUser(eva), { seriesIds: [first], expiresAt: inMs(hourMs / 2) })).status).toBe(201);

  // What their role denies where it is granted is denied, whatever else it permits.
  const denied = await addPerson(exchange, {
    name: 'Den',
    role: { ...giver, 'study.view': 'permit', 'study.view.granted': 'deny' },
  });
  expect((await gives(toUser(eva), {}, denied)).status).toBe(201);
  await granted(study, toUser(denied));
  expect(await said(gives(toUser(eva), {}, denied))).toEqual(beyond);

  // Whoever could do by it what the giver cannot, or see who it is of: directly, or by a group.
  for (const lacks of ['study.download', 'study.view.identity'] as const) {
    const { [lacks]: _, ...less } = { ...giver, 'study.view': 'permit' } as Decisions;
    const lesser = await addPerson(exchange, { name: 'Les', role: less });
    const guest = await addPerson(exchange, { name: 'Gus', role: 'guest' });
    const { groupId } = await addGroup(exchange, { name: `Without ${lacks}`, members: [guest, eva] });
    for (const to of [toUser(eva), { groupId }]) expect(await said(gives(to, {}, lesser))).toEqual(beyond);
    expect((await gives(toUser(guest), {}, lesser)).status).toBe(lacks === 'study.download' ? 201 : 403);
  }

  const absent = await gives({ userId: crypto.randomUUID() }, {}, me);
  for (const to of [toUser(foreigner), { groupId: crypto.randomUUID() }, { groupId: eva.userId }]) {
    const answer = await gives(to, {}, me);
    expect([answer.status, answer.body.toString()]).toEqual([404, absent.body.toString()]);
  }
  for (const more of [{ expiresAt: inMs(-1000) }, { accountId: 'x' }, { grantedBy: gil.userId }, { seriesIds: [] }])
    expect((await gives(toUser(eva), more, me)).status, JSON.stringify(more)).toBe(400);
  const elsewhere = await sent();
  expect(await said(gives(toUser(eva), { seriesIds: elsewhere.series }, me))).toEqual([404, 'STUDY_NOT_FOUND']);
  const [grant] = await granted(elsewhere, toUser(eva));
  // A foreign study, and a grant of another study, answer as what is not there.
  expect((await api(foreigner, `studies/${study.id}/grants`)).status).toBe(404);
  const other = await api(me, `studies/${study.id}/grants/${grant!.id}`, { method: 'DELETE' });
  expect([other.status, codeOf(other)]).toEqual([404, 'GRANT_NOT_FOUND']);
});

test('what somebody granted on who reached it by a grant alone ends with that grant', async () => {
  const study = await sent();
  const onwards: Decisions = {
    ...{ 'study.search.granted': 'permit', 'study.view.granted': 'permit' },
    'grant.create.granted': 'permit',
  };
  const [ann, bea, cyd] = await Promise.all(
    ['Ann', 'Bea', 'Cyd'].map((name) => addPerson(exchange, { name, role: onwards })),
  );
  const [root] = await granted(study, toUser(ann!));
  await granted(study, toUser(bea!), {}, ann);
  await granted(study, toUser(cyd!), {}, bea);
  expect((await api(cyd!, `studies/${study.id}`)).status).toBe(200);
  expect((await revoked(study, root!)).json()).toMatchObject({ givenOn: 2 });
  for (const who of [ann!, bea!, cyd!]) expect((await api(who, `studies/${study.id}`)).status).toBe(404);
});

test('whom one can grant something to are people and groups of the own account, by name alone', async () => {
  const eva = await addPerson(exchange, { name: 'Picked_One', role: 'member' });
  await addPerson(exchange, { name: 'Picked_One abroad', role: 'member', accountId: await addAccount(exchange) });
  const { groupId } = await addGroup(exchange, { name: 'The picked_ones', members: [] });
  const find = async (text: string, by: Asker = me) =>
    ((await api(by, `people-and-groups?search=${encodeURIComponent(text)}`)).json() as { found: object[] }).found;
  expect(await find('pICKED_one')).toEqual([
    { kind: 'person', id: eva.userId, name: 'Picked_One' },
    { kind: 'group', id: groupId, name: 'The picked_ones' },
  ]);
  expect(await find('Picked_One', eva)).toEqual([{ kind: 'group', id: groupId, name: 'The picked_ones' }]);
  expect(await find('Picked%One')).toEqual([]);
});

test('what comes where it must be approved is for those alone who see what is not, until somebody approves it', async () => {
  const guest = await addPerson(exchange, { name: 'Guest', role: 'guest' });
  const sender = await addPerson(exchange, { name: 'Sender', role: 'member' });
  await inDatabaseOf(exchange, (database) =>
    database.updateTable('namespaces').set({ must_approve: true }).where('id', '=', sender.namespaceId).execute(),
  );
  const study = await sent(sender);
  await granted(study, toUser(guest));
  expect((await api(sender, `studies/${study.id}`)).json()).toMatchObject({
    unapproved: true,
    may: { approve: false },
  });
  expect([await finds(guest, study), (await api(guest, `studies/${study.id}`)).status]).toEqual([false, 404]);
  expect((await api(sender, `studies/${study.id}/approval`, { method: 'POST' })).status).toBe(403);
  const awaiting = async () =>
    ((await api(me, 'studies/search', { json: { awaiting: true } })).json() as { studies: { id: string }[] }).studies;
  expect((await awaiting()).map(({ id }) => id)).toEqual([study.id]);
  const approve = (method: string) => api(me, `studies/${study.id}/approval`, { method });
  expect((await approve('POST')).json()).toMatchObject({ unapproved: false, approvedBy: 'owner' });
  expect([await finds(guest, study), (await api(guest, `studies/${study.id}`)).status]).toEqual([true, 200]);
  expect(await awaiting()).toEqual([]);
  expect((await approve('DELETE')).json()).toEqual({ unapproved: true, approvedBy: null, approvedAt: null });
  expect((await api(guest, `studies/${study.id}`)).status).toBe(404);
  const told = await audited(`study=${study.id}&action=study.approve`);
  expect(told.map(({ detail }) => detail?.approved)).toEqual([false, true]);
});

test('who finds a study and may look at it for a reason only says one, and then looks at it for eight hours', async () => {
  const study = await sent();
  const careful: Decisions = {
    ...{ 'study.search': 'permit', 'study.search.identity': 'permit', 'study.view.reason': 'permit' },
    ...{ 'reason.state': 'permit', 'emergency.view.own': 'permit' },
  };
  const eva = await addPerson(exchange, { name: 'Eva Careful', role: careful });
  const exact = await addPerson(exchange, {
    name: 'Exact',
    role: { 'study.search.exact': 'permit', 'study.view.reason': 'permit', 'reason.state': 'permit' },
  });
  const look = () => api(eva, `studies/${study.id}`);
  expect([(await look()).status, codeOf(await look())]).toEqual([403, 'REASON_NEEDED']);
  const open = (who: Asker, reason: string) => api(who, `studies/${study.id}/opening`, { json: { reason } });
  for (const bad of ['', 'urgent', '          ', 'x'.repeat(501)]) expect((await open(eva, bad)).status).toBe(400);
  expect((await open(me, why)).status).toBe(403);
  const answer = await open(eva, why);
  const { expiresAt } = answer.json() as { expiresAt: string };
  expect([answer.status, Math.round((Date.parse(expiresAt) - Date.now()) / hourMs)]).toEqual([201, 8]);
  expect((await look()).status).toBe(200);
  expect([(await open(eva, why)).status, codeOf(await open(eva, why))]).toEqual([409, 'OPENING_NOT_NEEDED']);
  expect((await open(exact, why)).status).toBe(201);
  // Somebody without a reason that would open it hears nothing of it.
  const nobody = await addPerson(exchange, {
    name: 'No',
    role: { 'reason.state': 'permit', 'study.view.reason': 'permit' },
  });
  expect((await open(nobody, why)).status).toBe(404);
  expect((await api(nobody, `studies/${study.id}`)).status).toBe(404);
  const own = ((await api(eva, 'openings')).json() as { openings: Opening[] }).openings;
  expect(own).toMatchObject([{ kind: 'reason', reason: why, study: { id: study.id }, who: { id: eva.userId } }]);
  const [told] = await audited(`study=${study.id}&action=reason.state&user=${eva.userId}`);
  expect(told?.detail).toMatchObject({ opening: own[0]!.id, reason: why });
  await inDatabaseOf(exchange, (database) =>
    database.updateTable('openings').set({ expires_at: new Date() }).where('id', '=', own[0]!.id).execute(),
  );
  expect(codeOf(await look())).toBe('REASON_NEEDED');
});

const helper: Decisions = {
  'study.view.emergency': 'permit',
  'emergency.open': 'permit',
  'emergency.view.own': 'permit',
};

test('in an emergency an exact identifier opens what has it for two hours; administrators are alerted, and review and end it', async () => {
  const [study, other] = [await sent(), await sent()];
  const eva = await addPerson(exchange, { name: 'Eva Emergency', role: helper });
  const open = (by: object) => api(eva, 'emergency', { json: { reason: why, by } });
  const unreviewed = async () => ((await api(me, 'openings/status')).json() as { unreviewed: number }).unreviewed;
  const before = await unreviewed();
  for (const by of [
    { patientId: study.patientId.toLowerCase() },
    { patientId: study.patientId.slice(0, -1) },
    { patientId: '*' },
    { patientId: study.patientId, issuer: 'Nobody' },
    { accessionNumber: study.patientId },
  ]) {
    const answer = await open(by);
    expect([answer.status, codeOf(answer)], JSON.stringify(by)).toEqual([404, 'EMERGENCY_NOTHING_FOUND']);
  }
  for (const by of [{}, { patientId: '' }, { patientId: 'a', accessionNumber: 'b' }])
    expect((await open(by)).status).toBe(400);
  expect(await unreviewed()).toBe(before);
  expect((await api(me, 'emergency', { json: { reason: why, by: { patientId: study.patientId } } })).status).toBe(403);

  const answer = await open({ patientId: study.patientId });
  const { studies } = answer.json() as { studies: { id: string; expiresAt: string }[] };
  expect([answer.status, studies.map(({ id }) => id)]).toEqual([201, [study.id]]);
  expect(Math.round((Date.parse(studies[0]!.expiresAt) - Date.now()) / hourMs)).toBe(2);
  const frame = await frameOf(eva, study, study.series[0]!);
  expect((await api(eva, frame)).status).toBe(200);
  expect((await api(eva, `studies/${other.id}`)).status).toBe(404);

  expect(await unreviewed()).toBe(before + 1);
  const metrics = (await ask(exchange, '/metrics', me)).body.toString();
  expect(metrics).toContain(`symbolon_emergency_openings_unreviewed ${before + 1}\n`);
  const warned = exchange
    .output()
    .split('\n')
    .filter((line) => line.includes('opened in an emergency'));
  expect(warned.at(-1)).toContain('"level":40');
  expect(exchange.output()).not.toMatch(new RegExp(`Quasimodo|Emergency|${study.patientId}|${study.uid}`));
  const [told] = await audited(`study=${study.id}&action=emergency.open`);
  expect(told?.detail).toMatchObject({ by: 'patientId', reason: why });
  const failed = (await audited('action=emergency.open&outcome=failure'))[0]!;
  expect(failed.detail).toMatchObject({ by: 'accessionNumber', reason: 'EMERGENCY_NOTHING_FOUND' });
  expect(JSON.stringify(failed)).not.toMatch(/Quasimodo|PAT-/);

  const list = async (who: Asker, show: string) =>
    ((await api(who, `openings?show=${encodeURIComponent(show)}&kind=emergency`)).json() as { openings: Opening[] })
      .openings;
  const [opening] = await list(me, 'to review');
  expect(opening).toMatchObject({
    kind: 'emergency',
    reason: why,
    study: { id: study.id },
    who: { name: 'Eva Emergency' },
  });
  const review = (who: Asker, end: boolean, id = opening!.id) => api(who, `openings/${id}/review`, { json: { end } });
  expect((await review(eva, false)).status).toBe(403);
  expect((await review(me, false, crypto.randomUUID())).status).toBe(404);
  expect((await review(me, false)).json()).toMatchObject({ reviewedBy: 'owner', endedAt: null });
  expect(await unreviewed()).toBe(before);
  expect((await api(eva, frame)).status).toBe(200);
  expect((await review(me, true)).json()).toMatchObject({ reviewedBy: 'owner', endedAt: expect.any(String) });
  expect((await api(eva, frame)).status).toBe(404);
  expect((await list(me, 'reviewed')).map(({ id }) => id)).toContain(opening!.id);
  expect((await list(me, 'open')).map(({ id }) => id)).not.toContain(opening!.id);
  // One sees one's own, and nobody else's.
  expect(new Set((await list(eva, 'all')).map(({ who }) => who.id))).toEqual(new Set([eva.userId]));
});

test('nobody reviews what they opened themselves, and nobody opens more often than an emergency takes', async () => {
  const study = await sent();
  const both = await addPerson(exchange, {
    name: 'Both',
    role: { ...helper, 'emergency.view': 'permit', 'emergency.review': 'permit' },
  });
  const asked = () => api(both, 'emergency', { json: { reason: why, by: { studyInstanceUid: study.uid } } });
  await asked();
  const { openings } = (await api(both, `openings?show=to%20review`)).json() as { openings: Opening[] };
  const own = openings.find(({ who }) => who.id === both.userId)!;
  const answer = await api(both, `openings/${own.id}/review`, { json: { end: true } });
  expect([answer.status, codeOf(answer)]).toEqual([403, 'OPENING_OF_ONESELF']);
  const answers: number[] = [];
  for (let at = 0; at < 30; at += 1) answers.push((await asked()).status);
  expect(answers.slice(-2)).toEqual([201, 429]);
  const [refused] = await audited(`action=emergency.open&outcome=refused&user=${both.userId}`);
  expect(refused?.detail).toMatchObject({ reason: 'ACCESS_TOO_MANY_TRIES' });
});

test('reasons stand nowhere in clear, follow their study to new keys, and go with it; so do its grants', async () => {
  const study = await sent();
  const eva = await addPerson(exchange, { name: 'Eva', role: helper });
  await granted(study, toUser(eva), { seriesIds: [study.series[0]!] });
  await api(eva, 'emergency', { json: { reason: why, by: { studyInstanceUid: study.uid } } });
  const rows = () =>
    inDatabaseOf(exchange, async (database) => ({
      openings: await database.selectFrom('openings').selectAll().where('study_id', '=', study.id).execute(),
      grants: await database.selectFrom('grants').selectAll().where('study_id', '=', study.id).execute(),
    }));
  const [row] = (await rows()).openings;
  expect(JSON.stringify(row) + row!.cell.toString('latin1')).not.toMatch(/Quasimodo|Notaufnahme/);
  // Who reviews and sees pseudonyms sees no reason; who wrote it does.
  const seenBy = async (who: Asker) =>
    ((await api(who, 'openings?kind=emergency')).json() as { openings: Opening[] }).openings.find(
      (one) => one.id === row!.id,
    );
  const views: Decisions = { 'emergency.view': 'permit', 'emergency.review': 'permit', 'study.view': 'permit' };
  const reviewer = await addPerson(exchange, { name: 'Rev', role: views });
  expect(await seenBy(reviewer)).toMatchObject({ reason: '', study: { id: study.id } });
  expect(await seenBy(eva)).toMatchObject({ reason: why });
  // A note that is damaged keeps nothing from getting new keys, nor any list from being shown.
  const linkOf = async (note: string) => {
    const json = { expiresAt: inMs(24 * hourMs), download: false, note };
    return ((await api(me, `studies/${study.id}/links`, { json })).json() as { link: { id: string } }).link.id;
  };
  const [damaged, sound] = [await linkOf('Frau Quasimodo'), await linkOf('Herr Quasimodo')];
  await inDatabaseOf(exchange, (database) =>
    database
      .updateTable('links')
      .set({ cell: Buffer.alloc(60, 1) })
      .where('id', '=', damaged)
      .execute(),
  );
  await api(me, 'keys/reseal', { method: 'POST' });
  await expect
    .poll(async () => ((await api(me, 'keys/reseal')).json() as { waiting: number }).waiting, { timeout: 60_000 })
    .toBe(0);
  expect((await rows()).openings[0]!.cell.equals(row!.cell)).toBe(false);
  const { links } = (await api(me, `studies/${study.id}/links`)).json() as { links: { id: string; note: string }[] };
  expect(Object.fromEntries(links.map(({ id, note }) => [id, note]))).toEqual({
    [damaged]: '',
    [sound]: 'Herr Quasimodo',
  });
  expect(exchange.output()).toMatch(new RegExp(`"ids":\\["${damaged}"\\].*do not open`));
  const { openings } = (await api(me, 'openings?kind=emergency')).json() as { openings: Opening[] };
  expect(openings.find(({ id }) => id === row!.id)).toMatchObject({ reason: why });
  const erased = await api(me, `studies/${study.id}/erasure`, {
    json: { dryRun: false, ground: 'other', instances: 4 },
  });
  expect(erased.status, erased.body.toString()).toBe(202);
  await expect.poll(rows, { timeout: 60_000 }).toEqual({ openings: [], grants: [] });
  const left = await inDatabaseOf(exchange, (database) =>
    sql<{ n: number }>`select count(*)::int as n from studies where id = ${study.id}`.execute(database),
  );
  expect(left.rows[0]?.n).toBe(0);
});

test('a link that hands out the files is made by who may take all of them', async () => {
  const study = await sent();
  const share: Decisions = { 'study.view': 'permit', 'study.view.identity': 'permit', 'link.create': 'permit' };
  const desk = await addPerson(exchange, { name: 'Desk', role: { ...share, 'study.download.granted': 'permit' } });
  const make = (download: boolean) =>
    api(desk, `studies/${study.id}/links`, { json: { expiresAt: inMs(24 * hourMs), download, note: '' } });
  expect((await make(true)).status).toBe(403);
  expect((await make(false)).status).toBe(201);
  await granted(study, toUser(desk), { seriesIds: [study.series[0]!] });
  expect((await make(true)).status).toBe(403);
  await granted(study, toUser(desk));
  expect((await make(true)).status).toBe(201);
});

test('a list tells who a study is of to those alone who reach it with its identity, and so does what people wrote', async () => {
  const study = await sent();
  const words = 'Court case Nowak';
  const json = { expiresAt: inMs(24 * hourMs), download: false, note: words };
  expect((await api(me, `studies/${study.id}/links`, { json })).status).toBe(201);
  const { id } = (await api(me, 'holds', { json: { of: 'study', studyId: study.id, reason: words } })).json() as {
    id: string;
  };
  const lists: Decisions = {
    ...{ 'link.list': 'permit', 'hold.view': 'permit', 'audit.view': 'permit', 'study.erase': 'permit' },
  };
  const preview = { json: { dryRun: true, ground: 'other' } };
  const told = async (role: Decisions) => {
    const who = await addPerson(exchange, { name: 'Lister', role });
    const links = ((await api(who, 'links')).json() as { links: { study: { id: string; patientName: string } }[] })
      .links;
    const answers = [
      JSON.stringify(links),
      (await api(who, `holds?study=${study.id}`)).body.toString(),
      (await api(who, 'audit?action=hold.place')).body.toString(),
      (await api(who, 'audit.csv?action=hold.place')).body.toString(),
      (await api(who, `studies/${study.id}/erasure`, preview)).body.toString(),
    ];
    return {
      name: links.find((link) => link.study.id === study.id)?.study.patientName,
      words: answers.map((answer) => answer.includes('Nowak')),
      holds: answers[4]!.includes(id),
    };
  };
  const nothing = [false, false, false, false, false];
  const withIdentity: Decisions = { ...lists, 'study.view.identity': 'permit' };
  expect(await told({ ...withIdentity, 'study.view.own': 'permit' })).toMatchObject({
    name: '',
    words: [false, false, false, false, false],
  });
  expect(await told({ ...lists, 'study.view': 'permit' })).toEqual({
    name: expect.stringMatching(/^P-/),
    words: nothing,
    holds: true,
  });
  const all = await told({ ...withIdentity, 'study.view': 'permit' });
  expect(all).toMatchObject({ name: expect.not.stringMatching(/^(P-.*|)$/), words: [true, true, true, true, true] });
  const { 'hold.view': _, ...withoutHolds } = withIdentity;
  expect((await told({ ...withoutHolds, 'study.view': 'permit' })).words[4]).toBe(false);
  await api(me, `holds/${id}/release`, { method: 'POST' });
});

test('a patient is held by who may hold all of the account, since their studies lie elsewhere, too', async () => {
  const holder = await addPerson(exchange, { name: 'Holder', role: { 'hold.place.own': 'permit' } });
  const study = await sent();
  await inDatabaseOf(exchange, (database) =>
    database.updateTable('studies').set({ namespace_id: holder.namespaceId }).where('id', '=', study.id).execute(),
  );
  const hold = (of: string) => api(holder, 'holds', { json: { of, studyId: study.id, reason: 'no' } });
  expect((await hold('study')).status).toBe(201);
  expect((await hold('patient')).status).toBe(403);
});

test('of a study of which some series are granted nothing else is counted, and no link to it is listed', async () => {
  const study = await sent();
  const role: Decisions = {
    ...{ 'study.view.granted': 'permit', 'study.search.granted': 'permit', 'link.list.granted': 'permit' },
  };
  const eva = await addPerson(exchange, { name: 'Eva', role });
  const json = { expiresAt: inMs(24 * hourMs), download: false, note: '' };
  await api(me, `studies/${study.id}/links`, { json });
  const whole = (await api(me, `studies/${study.id}`)).json() as { bytes: number };
  await granted(study, toUser(eva), { seriesIds: [study.series[0]!] });
  const facts = (await api(eva, `studies/${study.id}`)).json() as { bytes: number };
  expect(facts).toMatchObject({ seriesCount: 1, instanceCount: 2 });
  expect([facts.bytes > 0, facts.bytes < whole.bytes]).toEqual([true, true]);
  const { studies } = (await api(eva, 'studies/search', { json: {} })).json() as { studies: object[] };
  expect(studies).toMatchObject([{ seriesCount: 1, instanceCount: 2, bytes: facts.bytes }]);
  for (const query of ['', `?StudyInstanceUID=${study.uid}`]) {
    const [found] = (await ask(exchange, `/dicomweb/studies${query}`, { token: eva.token })).json() as Record<
      string,
      { Value: unknown[] }
    >[];
    expect([found!['00201206']!.Value, found!['00201208']!.Value]).toEqual([[1], [2]]);
  }
  // Nor is it found by what only the others are.
  await inDatabaseOf(exchange, async (database) => {
    await database.updateTable('series').set({ modality: 'MR' }).where('id', '=', study.series[1]!).execute();
    await database
      .updateTable('studies')
      .set({ modalities: ['CT', 'MR'] })
      .where('id', '=', study.id)
      .execute();
  });
  const byKind = async (who: Asker, modality: string) => {
    const { studies } = (await api(who, 'studies/search', { json: { modality } })).json() as Studies;
    const qido = await ask(
      exchange,
      `/dicomweb/studies?ModalitiesInStudy=${modality}&StudyInstanceUID=${study.uid}`,
      who,
    );
    return [studies.some(({ id }) => id === study.id), (qido.json() as object[]).length];
  };
  expect([await byKind(eva, 'CT'), await byKind(eva, 'MR')]).toEqual([
    [true, 1],
    [false, 0],
  ]);
  expect(await byKind(me, 'MR')).toEqual([true, 1]);
  const wild = await ask(exchange, `/dicomweb/studies?ModalitiesInStudy=M*&StudyInstanceUID=${study.uid}`, eva);
  expect(wild.json()).toEqual([]);
  // By its UID, for who may take files.
  const taker = await addPerson(exchange, { name: 'Taker', role: 'member' });
  await granted(study, toUser(taker), { seriesIds: [study.series[0]!] });
  expect((await api(taker, 'studies/find', { json: { studyInstanceUid: study.uid } })).json()).toEqual({
    studies: [{ id: study.id, seriesCount: 1, instanceCount: 2, bytes: facts.bytes }],
  });
  expect((await api(eva, `studies/${study.id}/links`)).status).toBe(404);
  expect((await api(eva, 'links')).json()).toEqual({ links: [], next: null });
});

test('the list of links goes on page by page among those that one sees: what is open first, and what others have takes no place', async () => {
  const ann = await addPerson(exchange, { name: 'Ann', role: 'member' });
  const [mine, other] = [await sent(ann), await sent()];
  const ids: string[] = [];
  for (const [by, study] of [...Array(5).fill([ann, mine]), ...Array(7).fill([me, other])] as [Asker, Sent][]) {
    const json = { expiresAt: inMs(24 * hourMs), download: false, note: '' };
    const { link } = (await api(by, `studies/${study.id}/links`, { json })).json() as { link: { id: string } };
    if (by === ann) ids.unshift(link.id);
  }
  // The newest of hers is closed: it comes last.
  await api(ann, `links/${ids[0]}`, { method: 'DELETE' });
  type Page = { links: { id: string }[]; next: string | null };
  for (const limit of [2, 4, 5]) {
    const pages: string[][] = [];
    for (let next: string | null = ''; next !== null; ) {
      const query: string = next === '' ? `limit=${limit}` : `limit=${limit}&before=${next}`;
      const page = (await api(ann, `links?${query}`)).json() as Page;
      pages.push(page.links.map(({ id }) => id));
      next = page.next;
    }
    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
    expect(pages.flat().at(-1)).toBe(ids[0]);
    expect(pages.map((page) => page.length)).toEqual(limit === 2 ? [2, 2, 1] : limit === 4 ? [4, 1] : [5]);
  }
  expect((await api(ann, 'links?before=open.1.x')).status).toBe(400);
});

test('of several studies under one UID all answer where one searches, one’s own first, and none hides another’s series', async () => {
  const seed = 880;
  const files = (comment: string, series: number) => [
    ...ctStudy({
      seed,
      slices: 2,
      series,
      rows: 16,
      columns: 16,
      extra: () => [['0020,4000 LT ImageComments', comment]],
    }),
  ];
  const [bob, ann] = [
    await addPerson(exchange, { name: 'Bob', role: 'member' }),
    await addPerson(exchange, { name: 'Ann', role: 'member' }),
  ];
  const [theirs, mine] = [files('of bob', 2), files('of ann', 1)];
  const uid = mine[0]!.studyInstanceUid;
  for (const [who, sent] of [
    [bob, theirs],
    [ann, mine],
  ] as const)
    await ask(exchange, '/dicomweb/studies', { ...who, ...multipart(sent.map(({ bytes }) => bytes)) });
  const found = async (who: Asker) =>
    ((await api(who, 'studies/find', { json: { studyInstanceUid: uid } })).json() as Studies).studies;
  const [[ofBob], [ofAnn]] = [await found(bob), await found(ann)];
  await granted({ id: ofBob!.id } as Sent, toUser(ann), {}, bob);
  expect(await found(ann)).toMatchObject([
    { id: ofAnn!.id, seriesCount: 1, instanceCount: 2 },
    { id: ofBob!.id, seriesCount: 2, instanceCount: 4 },
  ]);
  type Dicom = Record<string, { Value: [string] }>;
  const qido = async (path: string) => (await ask(exchange, `/dicomweb/studies/${uid}${path}`, ann)).json() as Dicom[];
  const uids = (items: Dicom[], tag: string) => items.map((item) => item[tag]!.Value[0]).sort();
  const distinct = (tag: 'seriesInstanceUid' | 'sopInstanceUid') =>
    [...new Set(theirs.map((file) => file[tag]))].sort();
  expect(uids(await qido('/series'), '0020000E')).toEqual(distinct('seriesInstanceUid'));
  expect(uids(await qido('/instances'), '00080018')).toEqual(distinct('sopInstanceUid'));
  // What is hers comes as she sent it; what she did not send, as he did.
  const comments = (items: Dicom[]) =>
    Object.fromEntries(items.map((i) => [i['00080018']!.Value[0], i['00204000']!.Value[0]]));
  const own = new Set(mine.map(({ sopInstanceUid }) => sopInstanceUid));
  const expected = distinct('sopInstanceUid').map((one) => [one, own.has(one) ? 'of ann' : 'of bob']);
  expect(comments(await qido('/metadata'))).toEqual(Object.fromEntries(expected));
  const other = theirs.at(-1)!;
  for (const [file, count] of [
    [mine[0]!, 2],
    [other, 2],
  ] as const) {
    const series = await qido(`/series/${file.seriesInstanceUid}/metadata`);
    expect([series.length, new Set(Object.values(comments(series))).size]).toEqual([count, 1]);
  }
  const instance = `/dicomweb/studies/${uid}/series/${other.seriesInstanceUid}/instances/${other.sopInstanceUid}`;
  const file = await ask(exchange, instance, { ...ann, headers: { accept: 'application/dicom; transfer-syntax=*' } });
  expect(file.body.equals(other.bytes)).toBe(true);
  const whole = await ask(exchange, `/dicomweb/studies/${uid}`, ann);
  expect(whole.body.toString('latin1').split('Content-Type: application/dicom').length - 1).toBe(4);
});
