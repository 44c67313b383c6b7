import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy } from '../../../packages/testbed/src/index.ts';
import { code, type Site, startSite, value } from '../dicomweb-client.ts';

let site: Site;
const uids: string[] = [];
beforeAll(async () => {
  site = await startSite();
  // Thirty studies in one request: one commit, and so one arrival time for many of them.
  const files = Array.from({ length: 30 }, (_, at) => {
    const person = { patientName: `Page^${at % 2 === 0 ? 'Even' : 'Odd'}` };
    return [...ctStudy({ seed: 5000 + at, slices: 1, rows: 16, columns: 16, person })][0]!;
  });
  uids.push(...files.map((file) => file.studyInstanceUid));
  expect((await site.store(files)).status).toBe(200);
});
afterAll(() => site.exchange.dispose());

async function pages(query: string, limit: number): Promise<string[]> {
  const all: string[] = [];
  for (let offset = 0; ; offset += limit) {
    const page = await site.search(`/dicomweb/studies?${query}&limit=${limit}&offset=${offset}`);
    all.push(...page.map((item) => String(value(item, '0020000D'))));
    if (page.length < limit) return all;
    expect(page).toHaveLength(limit);
  }
}

test('pages of any size give every study once, with a key and without', async () => {
  for (const limit of [1, 7, 30, 1000]) {
    expect((await pages('', limit)).sort(), `limit ${limit}`).toEqual([...uids].sort());
  }
  const even = uids.filter((_, at) => at % 2 === 0).sort();
  for (const limit of [2, 4, 15]) expect((await pages('PatientName=*^even', limit)).sort()).toEqual(even);
});

test('a page of nothing and a page past the end are empty, and end the walk', async () => {
  expect(await site.search('/dicomweb/studies?limit=0')).toEqual([]);
  expect(await site.search('/dicomweb/studies?limit=0&PatientName=Page*')).toEqual([]);
  expect(await site.search('/dicomweb/studies?offset=30')).toEqual([]);
  expect(await site.search('/dicomweb/studies?offset=999999999&PatientName=Page*')).toEqual([]);
});

test('nothing found is 200 with an empty array', async () => {
  const answer = await site.get('/dicomweb/studies?PatientID=nobody');
  expect([answer.status, answer.headers['content-type'], answer.body.toString()]).toEqual([
    200,
    expect.stringMatching(/^application\/dicom\+json/),
    '[]',
  ]);
  expect(answer.headers.warning).toBeUndefined();
});

test.each([
  ['fuzzymatching=true', /fuzzymatching is not supported/],
  ['NoSuchKeyword=1', /not known/],
  ['%00%0d%0aX=1', /not known/],
  ['00091001=1', /00091001 is not a key/],
  ['SliceThickness=1', /00180050 is not a key/],
  ['includefield=NoSuchKeyword', /includefield is not known/],
  ['includefield=00180050', /00180050 is not kept/],
  ['00080061.00100010=1', /not known/],
])('%s is answered with a Warning and the rest of the query', async (query, text) => {
  const answer = await site.get(`/dicomweb/studies?${query}&limit=3`);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body.toString())).toHaveLength(3);
  expect(answer.headers.warning).toMatch(/^299 symbolon "/);
  expect(answer.headers.warning).toMatch(text);
});

test.each([
  'includefield=all',
  'includefield=00081030,PatientSex&includefield=NumberOfStudyRelatedSeries',
  'fuzzymatching=false',
])('%s needs no Warning', async (query) => {
  const answer = await site.get(`/dicomweb/studies?${query}&limit=1`);
  expect(answer.headers.warning).toBeUndefined();
  const [item] = JSON.parse(answer.body.toString());
  expect(item).toHaveProperty('00081030');
});

test.each(['limit=-1', 'limit=x', 'limit=1e3', 'offset=-5', 'offset=9'.repeat(30)])(
  '%s is no number of studies and changes nothing',
  async (query) => {
    expect(await site.search(`/dicomweb/studies?${query}`)).toHaveLength(30);
  },
);

test('no key is SQL, and none is slow', async () => {
  for (const key of [
    `' or 1=1 --`,
    `'; drop table studies; --`,
    '%',
    '_',
    '\\',
    '*'.repeat(3000),
    '?*'.repeat(1500),
    '='.repeat(3000),
  ]) {
    const started = performance.now();
    const answer = await site.get(`/dicomweb/studies?PatientName=${encodeURIComponent(key)}&PatientID=x`);
    expect(answer.status, key.slice(0, 20)).toBe(200);
    expect(performance.now() - started).toBeLessThan(2000);
  }
  expect(await site.search('/dicomweb/studies?PatientName=%27;%20drop%20table%20studies;--')).toEqual([]);
  expect(await site.search('/dicomweb/studies')).toHaveLength(30);
});

test('XML is not served, JSON under either name is', async () => {
  const xml = await site.get('/dicomweb/studies', { accept: 'application/dicom+xml' });
  expect([xml.status, code(xml)]).toEqual([406, 'NOT_ACCEPTABLE']);
  for (const accept of [
    'application/json',
    'application/dicom+json;q=0.9, */*;q=0.1',
    '*/*',
    'application/dicom+xml, application/dicom+json',
  ]) {
    expect((await site.get('/dicomweb/studies?limit=1', { accept })).status, accept).toBe(200);
  }
});
