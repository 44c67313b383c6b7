import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, multiframeStudy, type SyntheticFile } from '../../packages/testbed/src/index.ts';
import { startWebSite, type WebSite } from './web-site.ts';

let site: WebSite;

/** In the order in which they are sent. */
const people = [
  ['Müller^Änne', 'W-1', 'ACC-1', '20240301'],
  ['Müller^Bernd', 'W-2', 'ACC-2', '20240302'],
  ['Yamada^Tarou=山田^太郎=やまだ^たろう', 'W-3', 'ACC-3', '20231231'],
  ['Hong^Gildong=洪^吉洞=홍^길동', 'W-4', 'ACC-4', '20240229'],
  ['Иванов^Иван', 'W-5', 'ACC-5', ''],
  ['=cmd|calc', 'W-6', 'W-1', '19991231'],
] as const;

const study = (seed: number, [patientName, patientId, accessionNumber, studyDate]: readonly string[]) => [
  ...ctStudy({
    seed,
    slices: 2,
    rows: 16,
    columns: 16,
    person: {
      patientName: patientName!,
      patientId: patientId!,
      accessionNumber: accessionNumber!,
      studyDate: studyDate!,
    },
  }),
];

beforeAll(async () => {
  site = await startWebSite();
  for (const [at, person] of people.entries()) {
    expect((await site.store(study(5000 + at, person))).status).toBe(200);
  }
});
afterAll(() => site.exchange.dispose());

const found = async (query: Record<string, string | number>): Promise<string[]> =>
  (await site.worklist(query)).studies.map(({ patient }) => patient.id);

test('without a question the newest arrival comes first, and the total is known', async () => {
  const list = await site.worklist();
  expect(list.studies.map(({ patient }) => patient.id)).toEqual(['W-6', 'W-5', 'W-4', 'W-3', 'W-2', 'W-1']);
  expect(list).toMatchObject({ total: 6, warning: null });
  expect(await found({ order: 'asc' })).toEqual(['W-1', 'W-2', 'W-3', 'W-4', 'W-5', 'W-6']);
});

test('a row says for people what the header says for machines', async () => {
  const [row] = (await site.worklist({ name: 'yamada' })).studies;
  expect(row).toMatchObject({
    patient: { name: 'Yamada, Tarou (山田 太郎)', id: 'W-3', birthDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    date: '2023-12-31',
    time: '10:15',
    description: 'CT Thorax/Abdomen mit KM',
    accession: 'ACC-3',
    modalities: ['CT'],
    seriesCount: 1,
    instanceCount: 2,
    misidentified: false,
  });
  expect(Date.now() - new Date(row!.arrivedAt).getTime()).toBeLessThan(600_000);
  expect(row?.bytes).toBeGreaterThan(1000);
});

test.each([
  ['müll', ['W-2', 'W-1']],
  ['MULLER', ['W-2', 'W-1']],
  ['änne mül', ['W-1']],
  ['ller', []],
  ['山田', ['W-3']],
  ['郎', ['W-3']],
  ['たろ', ['W-3']],
  ['홍 길동', ['W-4']],
  ['洞', ['W-4']],
  ['иван', ['W-5']],
  ['ванов', []],
  ['cmd', ['W-6']],
  ["' or 1=1 --", []],
  ['%', []],
])('by the words %j it finds %j', async (name, ids) => {
  const list = await site.worklist({ name });
  expect(list.studies.map(({ patient }) => patient.id)).toEqual(ids);
  expect(list).toMatchObject({ total: ids.length, warning: null });
});

test.each([
  ['a Patient ID, or an accession number that reads the same', { id: 'W-1' }, ['W-6', 'W-1']],
  ['an accession number', { id: 'ACC-4' }, ['W-4']],
  ['a part of an id: nobody', { id: 'W-' }, []],
  ['a first day', { from: '2024-02-29' }, ['W-4', 'W-2', 'W-1']],
  ['a last day', { to: '1999-12-31' }, ['W-6']],
  ['two days, both counted in', { from: '2023-12-31', to: '2024-02-29' }, ['W-4', 'W-3']],
  ['days the wrong way round: nobody', { from: '2024-03-02', to: '2024-03-01' }, []],
  ['a name and a day', { name: 'müller', from: '2024-03-02' }, ['W-2']],
  ['a modality', { modality: 'CT', name: 'hong' }, ['W-4']],
  ['a modality that nobody has', { modality: 'US' }, []],
])('it finds by %s', async (_, query, ids) => {
  expect(await found(query as unknown as Record<string, string>)).toEqual(ids);
});

test('sorted by date the undated come last, in either order; sorted by name scripts stand together', async () => {
  expect(await found({ sort: 'date', order: 'asc' })).toEqual(['W-6', 'W-3', 'W-4', 'W-1', 'W-2', 'W-5']);
  expect(await found({ sort: 'date', order: 'desc' })).toEqual(['W-2', 'W-1', 'W-4', 'W-3', 'W-6', 'W-5']);
  const names = (await site.worklist({ sort: 'name', order: 'asc' })).studies.map(({ patient }) => patient.name);
  expect(names).toEqual([
    'cmd|calc',
    'Hong, Gildong (洪 吉洞)',
    'Müller, Änne',
    'Müller, Bernd',
    'Yamada, Tarou (山田 太郎)',
    'Иванов, Иван',
  ]);
});

test.each<Record<string, string>>([
  {},
  { sort: 'date' },
  { sort: 'name', order: 'asc' },
  { name: 'müller' },
  { modality: 'CT', order: 'asc' },
])('pages with %j are cut from one list: nothing twice, nothing lost', async (query) => {
  const whole = await site.worklist({ ...query, size: 100 });
  const paged: string[] = [];
  for (let page = 1; page <= 4; page += 1) {
    const part = await site.worklist({ ...query, size: 2, page });
    expect(part.total).toBe(whole.total);
    paged.push(...part.studies.map(({ id }) => id));
  }
  expect(paged).toEqual(whole.studies.map(({ id }) => id));
});

test.each([
  { page: 0 },
  { size: 101 },
  { sort: 'bytes' },
  { from: '20240101' },
  { modality: 'ct; drop' },
  { name: 'x'.repeat(201) },
])('%j is refused as not valid, and what was asked is not repeated', async (query) => {
  const answer = await site.post('/api/v1/studies/search', query);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'REQUEST_INVALID' });
  expect(answer.body.toString()).not.toContain('drop');
});

test('a study whose instances name two patients is found under both, once, and is marked', async () => {
  const [first] = study(5100, ['Zwei^Eins', 'W-7', 'ACC-7', '20240601']) as [SyntheticFile, ...SyntheticFile[]];
  const [other] = ctStudy({
    seed: 5101,
    slices: 1,
    rows: 16,
    columns: 16,
    studyInstanceUid: first.studyInstanceUid,
    person: { patientName: 'Drei^Zwei', patientId: 'W-8' },
  });
  await site.store([first, other!]);
  for (const query of [{ name: 'eins' }, { name: 'drei' }, { id: 'W-7' }, { id: 'W-8' }]) {
    const list = await site.worklist(query as unknown as Record<string, string>);
    expect(list.total, JSON.stringify(query)).toBe(1);
    expect(list.studies[0]).toMatchObject({ misidentified: true, patient: { name: 'Zwei, Eins' } });
  }
  // The words of one patient and the id of the other are nobody's.
  expect(await found({ name: 'eins', id: 'W-8' })).toEqual([]);
});

test('a modality finds studies that have it among others', async () => {
  const files = [...multiframeStudy({ seed: 5200 })].slice(0, 1);
  await site.store(files);
  const { studies } = await site.worklist();
  const modality = studies[0]!.modalities[0]!;
  expect(modality).not.toBe('CT');
  expect((await site.worklist({ modality })).studies.map(({ id }) => id)).toEqual([studies[0]!.id]);
});

test('what it answers is kept by nobody on the way', async () => {
  const answer = await site.post('/api/v1/studies/search', {});
  expect(answer.headers['cache-control']).toBe('no-store');
  expect((await site.post('/api/v1/studies/search', {}, { authorization: '' })).status).toBe(401);
});
