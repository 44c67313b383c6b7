import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy } from '../../packages/testbed/src/index.ts';
import { openedLink, type Study, startWebSite, type WebSite } from './web-site.ts';

let site: WebSite;
let studyId: string;
beforeAll(async () => {
  site = await startWebSite();
  const person = { patientName: 'Facts^Fiona', referringPhysician: 'Kovacs^Ana^^Dr.' };
  const files = [...ctStudy({ seed: 5300, series: 3, slices: 2, rows: 16, columns: 16, person })];
  // The series arrive in another order than they are numbered.
  for (const file of files.toReversed()) await site.store([file]);
  studyId = (await site.worklist()).studies[0]!.id;
});
afterAll(() => site.exchange.dispose());

type Facts = Study & {
  referringPhysician: string;
  series: { id: string; number: number | null; modality: string; instanceCount: number }[];
  may: Record<string, boolean>;
};

test('its row and its series in the order of their numbers, and what the owner may do', async () => {
  const facts = await site.json<Facts>(`/api/v1/studies/${studyId}`);
  const [row] = (await site.worklist()).studies;
  expect(facts).toMatchObject(row as unknown as Record<string, unknown>);
  expect(facts.referringPhysician).toBe('Kovacs, Dr. Ana');
  expect(facts.series.map(({ number, modality, instanceCount }) => [number, modality, instanceCount])).toEqual([
    [1, 'CT', 2],
    [2, 'CT', 2],
    [3, 'CT', 2],
  ]);
  expect(facts.may).toEqual({ download: true, share: true, audit: true, grant: true, approve: true });
});

test.each([false, true])('by a link the same facts, and no more than looking: download %s', async (download) => {
  const { linkId, headers } = await openedLink(site, studyId, download);
  const answer = await site.get(`/api/v1/shared/${linkId}/study`, headers);
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  const facts = JSON.parse(answer.body.toString()) as Facts;
  expect(facts).toMatchObject({ id: studyId, patient: { name: 'Facts, Fiona' } });
  expect(facts.may).toEqual({ download, share: false, audit: false, grant: false, approve: false });
});

test('without a link opened nobody gets in by its road, the owner neither', async () => {
  const { linkId } = await openedLink(site, studyId, true);
  expect((await site.get(`/api/v1/shared/${linkId}/study`, { authorization: '' })).status).toBe(401);
  expect((await site.get(`/api/v1/shared/${linkId}/study`)).status).toBe(401);
});

test('a revoked link opens nothing from the next request on', async () => {
  const { linkId, headers } = await openedLink(site, studyId, true);
  expect((await site.get(`/api/v1/shared/${linkId}/study`, headers)).status).toBe(200);
  await site.send('DELETE', `/api/v1/links/${linkId}`);
  for (const path of ['study', 'study/archive'])
    expect((await site.get(`/api/v1/shared/${linkId}/${path}`, headers)).status, path).not.toBe(200);
});

test('what does not exist, is empty, or belongs to another account is answered alike', async () => {
  const answers = [await site.get(`/api/v1/studies/${randomUUID()}`)];
  await site.sql('update studies set instance_count = 0 where id = $1', [studyId]);
  answers.push(await site.get(`/api/v1/studies/${studyId}`), await site.get(`/api/v1/studies/${studyId}/archive`));
  await site.sql('update studies set instance_count = 6 where id = $1', [studyId]);
  const [account] = await site.sql<{ id: string }>(
    "insert into accounts (id, name) values (gen_random_uuid(), 'Other') returning id",
  );
  const [own] = await site.sql<{ account_id: string }>('select account_id from studies where id = $1', [studyId]);
  await site.sql('update studies set account_id = $2 where id = $1', [studyId, account!.id]);
  answers.push(await site.get(`/api/v1/studies/${studyId}`), await site.get(`/api/v1/studies/${studyId}/archive`));
  expect((await site.worklist()).total).toBe(0);
  await site.sql('update studies set account_id = $2 where id = $1', [studyId, own!.account_id]);
  for (const answer of answers) {
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual(answers[0]!.body);
  }
  expect(JSON.parse(answers[0]!.body.toString())).toMatchObject({ code: 'STUDY_NOT_FOUND' });
  expect((await site.get(`/api/v1/studies/${studyId}`)).status).toBe(200);
});
