import type { Decisions, Erasure } from '@symbolon/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { addPerson, type Somebody } from '../../access/people-by-rows.ts';
import { addAccount, addPerson as addPersonTo } from '../../access/rows-of-people.ts';
import { inDatabaseOf } from '../../laws/database-of.ts';
import { certified } from '../../laws/erasing.ts';
import { digestOf } from '../../laws/folder-of.ts';
import { type Answer, code, framed, type Site, startSite, storeAnswer, value, wado } from '../dicomweb-client.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site?.exchange.dispose());

let seeds = 9900;
/** Two series of three instances, unless it is said otherwise. */
async function sent(options: Partial<Parameters<typeof ctStudy>[0]> = {}): Promise<SyntheticFile[]> {
  seeds += 1;
  const files = [...ctStudy({ seed: seeds, slices: 3, series: 2, rows: 16, columns: 16, ...options })];
  expect((await site.store(files)).status).toBe(200);
  return files;
}
type Who = { readonly token: string } | undefined;
const as = (who: Who): Record<string, string> => (who ? { authorization: `Bearer ${who.token}` } : {});
const studyOf = ({ studyInstanceUid }: SyntheticFile): string => `/dicomweb/studies/${studyInstanceUid}`;
const seriesOf = (file: SyntheticFile): string => `${studyOf(file)}/series/${file.seriesInstanceUid}`;
const erase = (path: string, who?: Who): Promise<Answer> => site.send('DELETE', path, as(who));
const erasureIn = (answer: Answer): Erasure => {
  expect([answer.status, answer.status === 202 ? '' : answer.body.toString()]).toEqual([202, '']);
  return JSON.parse(answer.body.toString()) as Erasure;
};
const statusOf = async (path: string, who?: Who): Promise<number> => (await site.get(path, as(who))).status;
const found = async (path: string): Promise<number> => (await site.search(path)).length;
const api = async <T>(path: string, json: unknown): Promise<T> => {
  const body = Buffer.from(JSON.stringify(json));
  const answer = await site.send('POST', `/api/v1${path}`, { 'content-type': 'application/json' }, body);
  expect(answer.status, answer.body.toString()).toBeLessThan(300);
  return JSON.parse(answer.body.toString()) as T;
};
async function idOf(file: SyntheticFile): Promise<string> {
  const { studyInstanceUid } = file;
  const { studies } = await api<{ studies: { id: string }[] }>('/studies/find', { studyInstanceUid });
  return studies[0]!.id;
}
const all: Decisions = {
  ...{ 'study.search': 'permit', 'study.view': 'permit', 'study.view.identity': 'permit', 'study.erase': 'permit' },
};

test('a study, a series and an instance are out of sight when the answer comes; what stays comes back byte for byte', async () => {
  const files = await sent({ series: 3 });
  const [first, second, third] = [files[0]!, files[3]!, files[6]!];

  const instance = await erase(wado(first));
  const begun = erasureIn(instance);
  expect(begun).toMatchObject({ kind: 'instances', ground: 'other', instances: 1, series: 0 });
  expect(begun.outOfSightAt).not.toBeNull();
  expect(instance.headers.location).toBe(`${site.exchange.url}/api/v1/erasures/${begun.id}`);
  expect(instance.headers['cache-control']).toBe('no-store');
  expect(instance.headers['content-type']).toMatch(/^application\/json/);
  for (const path of [wado(first), `${wado(first)}/metadata`, `${wado(first)}/frames/1`])
    expect(await statusOf(path)).toBe(404);
  expect(await found(`${studyOf(first)}/instances`)).toBe(8);
  expect(await found(`/dicomweb/instances?SOPInstanceUID=${first.sopInstanceUid}`)).toBe(0);
  expect(await found(`${seriesOf(first)}/instances`)).toBe(2);

  const series = erasureIn(await erase(`${seriesOf(second)}?ground=sent-by-mistake`));
  expect(series).toMatchObject({ kind: 'series', ground: 'sent-by-mistake', instances: 3, series: 1 });
  expect(series.outOfSightAt).not.toBeNull();
  for (const path of [seriesOf(second), `${seriesOf(second)}/instances`, wado(second)])
    expect(await statusOf(path)).toBe(404);
  expect(await found(`${studyOf(first)}/series`)).toBe(2);
  expect(await found(`/dicomweb/series?SeriesInstanceUID=${second.seriesInstanceUid}`)).toBe(0);

  const kept = await site.get(wado(third), { accept: 'application/dicom' });
  expect(digestOf(kept.body)).toBe(digestOf(third.bytes));

  const study = erasureIn(await erase(`${studyOf(first)}?ground=retention-ended`));
  expect(study).toMatchObject({ kind: 'study', ground: 'retention-ended', instances: 5, studies: 1, patients: 1 });
  expect(study.outOfSightAt).not.toBeNull();
  for (const path of [studyOf(first), `${studyOf(first)}/series`, wado(third)]) expect(await statusOf(path)).toBe(404);
  expect(await found(`/dicomweb/studies?StudyInstanceUID=${first.studyInstanceUid}`)).toBe(0);

  // Whoever asks at `Location` sees each end with a certificate.
  for (const { id } of [begun, series, study])
    expect(await certified(site.exchange, site.owner, id)).toMatchObject({ state: 'certified', failure: null });
});

test('the last instance of a series ends the series, and the last of a study the study; what is gone is gone once', async () => {
  const files = await sent({ slices: 1 });
  const [one, other] = files as [SyntheticFile, SyntheticFile];
  expect(erasureIn(await erase(wado(one))).instances).toBe(1);
  expect([await found(`${studyOf(one)}/series`), await statusOf(`${seriesOf(one)}/instances`)]).toEqual([1, 404]);
  for (const path of [wado(one), seriesOf(one)]) expect([(await erase(path)).status, path]).toEqual([404, path]);
  expect(erasureIn(await erase(wado(other)))).toMatchObject({ kind: 'study', studies: 1, patients: 1 });
  for (const path of [wado(other), seriesOf(other), studyOf(other)]) {
    const again = await erase(path);
    expect([again.status, code(again)]).toEqual([404, 'STUDY_NOT_FOUND']);
  }
  // What comes again is taken as something new, and comes back.
  const stored = await site.store(files);
  expect(stored.status).toBe(200);
  expect(storeAnswer(stored).referenced.map((item) => item['00091003']?.Value)).toEqual([['TAKEN'], ['TAKEN']]);
  const back = await site.get(wado(one), { accept: 'application/dicom' });
  expect(digestOf(back.body)).toBe(digestOf(one.bytes));
});

test('only what the path names goes: an instance of another series, or a series of another study, is not there', async () => {
  const [files, others] = [await sent(), await sent()];
  const [first, second] = [files[0]!, files[3]!];
  for (const path of [
    `${seriesOf(second)}/instances/${first.sopInstanceUid}`,
    `${studyOf(first)}/series/${others[0]!.seriesInstanceUid}`,
    `${studyOf(first)}/series/${others[0]!.seriesInstanceUid}/instances/${others[0]!.sopInstanceUid}`,
    `${seriesOf(first)}/instances/1.2.3`,
    `${studyOf(first)}/series/1.2.3`,
    '/dicomweb/studies/1.2.3',
  ])
    expect([path, (await erase(path)).status]).toEqual([path, 404]);
  for (const [path, status] of [
    [`${studyOf(first)}/series/x`, 400],
    ['/dicomweb/studies/x', 400],
    [`${studyOf(first)}?ground=because`, 400],
    ['/dicomweb/studies', 405],
    [`${studyOf(first)}/metadata`, 405],
    [`${wado(first)}/frames/1`, 405],
  ] as const)
    expect([path, (await erase(path)).status]).toEqual([path, status]);
  expect((await site.send('PUT', studyOf(first))).headers.allow).toBe('DELETE, GET, OPTIONS, POST');
  expect([await found(`${studyOf(first)}/instances`), await found(`${studyOf(others[0]!)}/instances`)]).toEqual([6, 6]);
});

test('a hold stops each of them with a 409 that says so, and nothing goes until it is released', async () => {
  const files = await sent();
  const hold = await api<{ id: string }>('/holds', { of: 'study', studyId: await idOf(files[0]!), reason: 'a court' });
  for (const path of [studyOf(files[0]!), seriesOf(files[0]!), wado(files[0]!)]) {
    const answer = await erase(path);
    expect([answer.status, code(answer)]).toEqual([409, 'ERASURE_HELD']);
    expect(answer.body.toString()).not.toContain('court');
  }
  expect(await found(`${studyOf(files[0]!)}/instances`)).toBe(6);
  await api(`/holds/${hold.id}/release`, {});
  erasureIn(await erase(studyOf(files[0]!)));
});

test('who may not erase is told so, or nothing: by role, by what they reach, by pseudonym and by account', async () => {
  const files = await sent();
  const { exchange } = site;
  const paths = [studyOf(files[0]!), seriesOf(files[0]!), wado(files[0]!)];
  const each = async (who: Who, status: number, word?: string): Promise<void> => {
    for (const path of paths) {
      const answer = await erase(path, who);
      expect([path, answer.status, code(answer)]).toEqual([path, status, word ?? code(answer)]);
    }
  };
  const { 'study.erase': _, ...looks } = all;
  await each(await addPerson(exchange, { name: 'Looks', role: looks }), 403, 'ACCESS_REFUSED');
  await each(await addPerson(exchange, { name: 'Member', role: 'member' }), 403, 'ACCESS_REFUSED');
  const own = { ...looks, 'study.erase.own': 'permit' } as const;
  await each(await addPerson(exchange, { name: 'Own', role: own }), 404, 'STUDY_NOT_FOUND');
  const { 'study.view.identity': __, ...pseudonyms } = all;
  await each(await addPerson(exchange, { name: 'Pseudonyms', role: pseudonyms }), 403, 'ACCESS_REFUSED');
  const foreigner = await inDatabaseOf(exchange, async (database) => {
    const accountId = await addAccount(exchange, database, 'Praxis Nebenan');
    return addPersonTo(database, accountId, 'administrator', 'A foreigner');
  });
  await each(foreigner, 404, 'STUDY_NOT_FOUND');
  expect((await site.send('DELETE', paths[0]!, { authorization: '' })).status).toBe(401);
  expect((await site.send('DELETE', paths[0]!, { authorization: 'Bearer wrong' })).status).toBe(401);

  // A grant of a series lets somebody look at it, not erase it: not that series, and nothing beside it.
  const granted: Decisions = {
    ...{ 'study.search.granted': 'permit', 'study.view.granted': 'permit', 'study.view.identity': 'permit' },
    ...{ 'study.erase.own': 'permit' },
  };
  const taker = await addPerson(exchange, { name: 'Taker', role: granted });
  const id = await idOf(files[0]!);
  const facts = JSON.parse((await site.get(`/api/v1/studies/${id}`)).body.toString()) as { series: { id: string }[] };
  const seriesIds = [facts.series[0]!.id];
  await api(`/studies/${id}/grants`, { to: { userId: taker.userId }, seriesIds, expiresAt: null });
  expect((await site.get(studyOf(files[0]!), as(taker))).status).toBe(200);
  await each(taker, 404, 'STUDY_NOT_FOUND');

  expect(await found(`${studyOf(files[0]!)}/instances`)).toBe(6);
  expect((await site.sql('select from erasures where study_id = $1', [id])).length).toBe(0);
  await erase(paths[0]!, await addPerson(exchange, { name: 'All', role: all })).then(erasureIn);
});

test('of two studies under one UID none is erased by it where both have what is named; one alone is, and the other stays', async () => {
  const role: Decisions = {
    ...{ 'instance.store': 'permit', 'study.search.own': 'permit', 'study.view.own': 'permit' },
    ...{ 'study.view.identity': 'permit', 'study.erase.own': 'permit' },
  };
  const eva: Somebody = await addPerson(site.exchange, { name: 'Eva', role });
  const files = await sent();
  const hers = [...ctStudy({ seed: seeds, slices: 3, series: 1, rows: 16, columns: 16 })];
  const own = [
    ...ctStudy({ seed: seeds + 5_000, slices: 1, rows: 16, columns: 16, studyInstanceUid: files[0]!.studyInstanceUid }),
  ];
  const body = [...hers, ...own];
  const boundary = { ...as(eva), 'content-type': 'multipart/related; type="application/dicom"; boundary=b' };
  expect((await site.send('POST', '/dicomweb/studies', boundary, [framed(body, 'b')])).status).toBe(200);
  expect(await found(`/dicomweb/studies?StudyInstanceUID=${files[0]!.studyInstanceUid}`)).toBe(2);
  const rows = await site.sql<{ id: string }>('select id from studies where namespace_id = $1', [eva.namespaceId]);
  const refusals = async (): Promise<string[]> => {
    const records = "select kind from audit_records where action = 'study.erase' and outcome = 'refused'";
    return (await site.sql<{ kind: string }>(records)).map(({ kind }) => kind).sort();
  };
  const before = await refusals();

  for (const path of [studyOf(files[0]!), seriesOf(files[0]!), wado(files[0]!)]) {
    const answer = await erase(path);
    expect([path, answer.status, code(answer)]).toEqual([path, 409, 'ERASURE_AMBIGUOUS']);
    // Which they are is told, so that one of them can be named.
    expect(answer.body.toString()).toContain(rows[0]!.id);
  }
  expect(await refusals()).toEqual([...before, 'delete', 'delete', 'delete'].sort());
  // A series that one of them alone has is not in doubt.
  expect(erasureIn(await erase(seriesOf(files[3]!)))).toMatchObject({ kind: 'series', instances: 3 });
  expect(erasureIn(await erase(wado(own[0]!)))).toMatchObject({ kind: 'instances', instances: 1 });
  // Who sees one of them erases that one.
  expect(erasureIn(await erase(studyOf(files[0]!), eva))).toMatchObject({ kind: 'study', instances: 3 });
  expect(await found(`${studyOf(files[0]!)}/instances`)).toBe(3);
  expect(await statusOf(studyOf(files[0]!), eva)).toBe(404);
  expect(erasureIn(await erase(studyOf(files[0]!)))).toMatchObject({ kind: 'study', instances: 3 });
});

test('who sees a study under the UID that they may not erase does not erase theirs by mistake', async () => {
  const { 'study.erase': _, ...looks } = all;
  const role: Decisions = { ...looks, 'study.erase.own': 'permit', 'instance.store': 'permit' };
  const eva = await addPerson(site.exchange, { name: 'Eva the second', role });
  const files = await sent();
  const boundary = { ...as(eva), 'content-type': 'multipart/related; type="application/dicom"; boundary=b' };
  expect((await site.send('POST', '/dicomweb/studies', boundary, [framed(files, 'b')])).status).toBe(200);
  expect(await found(`/dicomweb/studies?StudyInstanceUID=${files[0]!.studyInstanceUid}`)).toBe(2);
  for (const path of [studyOf(files[0]!), seriesOf(files[0]!), wado(files[0]!)]) {
    const answer = await erase(path, eva);
    expect([answer.status, code(answer)]).toEqual([409, 'ERASURE_AMBIGUOUS']);
  }
  const studies = await site.search(`/dicomweb/studies?StudyInstanceUID=${files[0]!.studyInstanceUid}`);
  expect(studies.map((item) => value(item, '00201208'))).toEqual([6, 6]);
});

test('a page of another site makes no browser erase, and a session whose owner was proven long ago is asked once more', async () => {
  const files = await sent();
  const { email, password } = site.owner;
  const json = Buffer.from(JSON.stringify({ email, password }));
  const opened = await site.send(
    'POST',
    '/api/v1/sessions',
    { authorization: '', 'content-type': 'application/json' },
    json,
  );
  const cookie = opened.headers['set-cookie']![0]!.split(';')[0]!;
  const by = (headers: Record<string, string>) =>
    site.send('DELETE', studyOf(files[0]!), { authorization: '', cookie, ...headers });
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://elsewhere.example' },
    {},
  ] as Record<string, string>[]) {
    const answer = await by(headers);
    expect([headers, answer.status, code(answer)]).toEqual([headers, 403, 'ACCESS_CROSS_SITE']);
  }
  const own = { 'sec-fetch-site': 'same-origin' };
  await site.sql("update sessions set proven_at = now() - interval '1 hour'");
  expect(code(await by(own))).toBe('ACCESS_PROOF_NEEDED');
  expect(await found(`${studyOf(files[0]!)}/instances`)).toBe(6);
  await site.sql('update sessions set proven_at = now()');
  erasureIn(await by(own));
});

test('each is on record as the erasure that it is, with its ground and by whom', async () => {
  const [file] = (await sent()) as [SyntheticFile];
  const id = await idOf(file);
  const { id: erasure } = erasureIn(await erase(`${studyOf(file)}?ground=contract-ended`));
  const told = JSON.parse((await site.get('/api/v1/audit?action=study.erase')).body.toString()) as {
    records: { id: string; detail: { erasure?: string; ground?: string; certified?: boolean } | null }[];
  };
  // That it is certified is on record too, at some moment by the exchange; so may be what was erased before it.
  const asked = told.records.find(({ detail }) => detail?.erasure === erasure && !detail.certified);
  expect(asked?.detail).toMatchObject({ ground: 'contract-ended' });
  const records = await site.sql<{ kind: string; outcome: string; study_id: string | null; user_id: string | null }>(
    "select kind, outcome, study_id, user_id from audit_records where action = 'study.erase' and (study_id = $1 or id = $2) order by study_id",
    [id, asked?.id],
  );
  expect(records.map(({ kind, outcome, study_id }) => [kind, outcome, study_id])).toEqual([
    ['delete', 'success', id],
    ['delete', 'success', null],
  ]);
  expect(records.every(({ user_id }) => user_id !== null)).toBe(true);
});
