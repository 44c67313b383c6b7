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
  ['NoSuchKeyword=1', /not known/],
  ['%00%0d%0aX=1', /not known/],
  ['00091001=1', /00091001 is not a key/],
  ['SliceThickness=1', /00180050 is not a key/],
  ['includefield=NoSuchKeyword', /includefield is not known/],
  ['includefield=00180050', /00180050 is not kept/],
  ['00080061.00100010=1', /not known/],
  ['TimezoneOffsetFromUTC=%2B0100', /00080201 is not a key/],
  ['orderby=PatientName', /orderby takes StudyDate/],
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
  'fuzzymatching=true',
  'emptyvaluematching=true&multiplevaluematching=true',
  'accept=application/json',
  'PATIENTNAME=*&studydate=&0020000d=',
])('%s needs no Warning', async (query) => {
  const answer = await site.get(`/dicomweb/studies?${query}&limit=1`);
  expect(answer.headers.warning).toBeUndefined();
  const [item] = JSON.parse(answer.body.toString());
  expect(item).toHaveProperty('00081030');
});

const tooMuch: Readonly<Record<string, string>> = {
  '501 parameters': 'x=1&'.repeat(501),
  '300 attributes to include': `includefield=${Array(300).fill('PatientName').join()}`,
};

test.each([
  ['limit=-1', /limit is a whole number/],
  ['limit=x', /limit is a whole number/],
  ['limit=1e3', /limit is a whole number/],
  ['limit=', /limit is a whole number/],
  ['offset=-5', /offset is a whole number/],
  [`offset=${'9'.repeat(30)}`, /offset is a whole number/],
  ['fuzzymatching=yes', /fuzzymatching is true or false/],
  ['emptyvaluematching=1', /emptyvaluematching is true or false/],
  ['multiplevaluematching=,', /multiplevaluematching is true or false/],
  ['totalcount=all', /totalcount is true or false/],
  ['cursor=x', /cursor is none that was given out here/],
  ['StudyDate=2020-01-31', /StudyDate is a date as YYYYMMDD/],
  ['00080030=noon', /00080030 is a time as HHMMSS/],
  ['StudyInstanceUID=abc', /StudyInstanceUID is a UID/],
  ['StudyInstanceUID=1.2.*', /wildcards have no place/],
  ['0020000D=1.2,..', /0020000D is a UID/],
  ['PatientName=%ff', /cannot be decoded/],
  ['PatientName=100%', /cannot be decoded/],
  ['%ff=1', /cannot be decoded/],
  ['PatientName=A%00B', /NUL/],
  ['501 parameters', /At most 500 parameters/],
  ['300 attributes to include', /At most 200 attributes/],
])('%s is refused, and the answer says what to change', async (query, text) => {
  const answer = await site.get(`/dicomweb/studies?${tooMuch[query] ?? query}`);
  expect(answer.status).toBe(400);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(answer.body.toString()) as { code: string; detail: string };
  expect(problem.code).toBe('REQUEST_INVALID');
  expect(problem.detail).toMatch(text);
  // What was asked for may be somebody's name: it is not repeated.
  expect(problem.detail).not.toMatch(/2020-01-31|noon|abc/);
});

test('a limit beyond all bounds gives as many as there are room for, and an offset beyond all studies none', async () => {
  expect(await site.search('/dicomweb/studies?limit=1000000000')).toHaveLength(30);
  expect(await site.search('/dicomweb/studies?offset=999999999999999')).toEqual([]);
  expect(await site.search('/dicomweb/studies?offset=999999999999999&PatientName=Page*')).toEqual([]);
});

test('a page that was cut short by no wish of the client says so', async () => {
  const cut = await site.get('/dicomweb/studies?limit=7');
  expect(cut.headers.warning).toBeUndefined();
  expect(cut.headers.link).toMatch(/rel="next"/);
  const whole = await site.get('/dicomweb/studies');
  expect([whole.headers.warning, whole.headers.link]).toEqual([undefined, undefined]);
});

test('a query that no link has room for is answered, and said to go on by offset', async () => {
  const list = Array.from({ length: 150 }, (_, at) => uids[at % uids.length]).join();
  const path = `/dicomweb/studies?limit=7&StudyInstanceUID=${list}`;
  expect(path.length).toBeGreaterThan(4096);
  const { headers, body } = await site.get(path);
  expect([JSON.parse(body.toString()).length, headers.link]).toEqual([7, undefined]);
  expect(headers.warning).toMatch(/too long to be repeated in a Link; go on by offset/);
  expect(await site.search(`${path}&offset=28`)).toHaveLength(2);
});

test('the total is given where it is asked for, of all pages together', async () => {
  const total = async (path: string) => (await site.get(`/dicomweb/${path}`)).headers['x-total-count'];
  expect(await total('studies?limit=2&totalcount=true')).toBe('30');
  expect(await total('studies?limit=2&offset=7&totalcount=true')).toBe('30');
  expect(await total('studies?limit=0&totalcount=true&PatientName=*^even')).toBe('15');
  expect(await total('series?limit=1&totalcount=true')).toBe('30');
  expect(await total('instances?limit=1&totalcount=true&PatientName=*^odd')).toBe('15');
  expect(await total('patients?limit=1&totalcount=true')).toMatch(/^[0-9]+$/);
  expect(await total('studies?limit=2')).toBeUndefined();
});

test('forty thousand characters of parameters, wildcards or UIDs are answered or refused, and none is a failure', async () => {
  const statuses: number[] = [];
  for (const query of [
    'a=1&'.repeat(10_000),
    `PatientName=${'a*'.repeat(5000)}`,
    `PatientName=${'*a'.repeat(5000)}&fuzzymatching=true`,
    `PatientID=${'?*'.repeat(5000)}`,
    `StudyInstanceUID=${Array(150).fill(uids[0]).join()}`,
    `PatientName=${encodeURIComponent('é'.repeat(2000))}`,
    `includefield=${'00400275.'.repeat(1000)}`,
  ]) {
    const { status } = await site.get(`/dicomweb/studies?${query}`).catch(() => ({ status: 0 }));
    statuses.push(status);
  }
  // 431: longer than a head may be.
  for (const status of statuses) expect([200, 400, 431]).toContain(status);
  expect(statuses[4]).toBe(200);
});

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

test('JSON is served under either name, and what nobody serves is refused by naming what is', async () => {
  const pictures = await site.get('/dicomweb/studies', { accept: 'image/png' });
  expect([pictures.status, code(pictures)]).toEqual([406, 'NOT_ACCEPTABLE']);
  for (const accept of ['application/json', 'application/dicom+json;q=0.9, */*;q=0.1', '*/*']) {
    const answer = await site.get('/dicomweb/studies?limit=1', { accept });
    expect([answer.status, answer.headers['content-type']], accept).toEqual([
      200,
      expect.stringMatching(/^application\/dicom\+json/),
    ]);
  }
});

test('only what is there is answered: other methods say which there are', async () => {
  for (const path of ['/dicomweb/studies', '/dicomweb/series', '/dicomweb/instances', '/dicomweb/patients'])
    expect([path, (await site.send('HEAD', path)).status]).toEqual([path, 405]);
});

/** Every study of a walk that follows the links, and how many pages it took. */
async function followed(first: string, between: (page: number) => Promise<void> = async () => {}): Promise<string[][]> {
  const walked: string[][] = [];
  for (let next: string | undefined = first; next !== undefined; ) {
    const answer = await site.get(next);
    expect(answer.status).toBe(200);
    walked.push((JSON.parse(answer.body.toString()) as never[]).map((item) => String(value(item, '0020000D'))));
    const link: string | undefined = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1];
    next = link?.slice(site.exchange.url.length);
    if (next !== undefined) await between(walked.length);
  }
  return walked;
}

test('a walk by links is steady: what arrives, and what goes, shifts nothing', async () => {
  const before = await pages('PatientName=Page*', 1000);
  const walk = await followed('/dicomweb/studies?PatientName=Page*&limit=8', async (page) => {
    // The study at which the next page begins is gone by then.
    if (page === 1)
      await site.sql(`update studies set instance_count = 0
        where id = (select id from studies order by created_at desc, id limit 1 offset 7)`);
    const person = { patientName: 'Page^Late' };
    const files = [...ctStudy({ seed: 5900 + page, slices: 1, rows: 16, columns: 16, person })];
    expect((await site.store(files)).status).toBe(200);
  });
  expect(walk.map((page) => page.length)).toEqual([8, 8, 8, 6]);
  expect(walk.flat()).toEqual(before);
});
