import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ctStudy, exoticFiles, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { addPerson } from '../../access/people-by-rows.ts';
import { type Site, startSite, wado } from '../dicomweb-client.ts';

let site: Site;
let files: SyntheticFile[];
beforeAll(async () => {
  site = await startSite();
  files = [...ctStudy({ seed: 9500, slices: 60, rows: 16, columns: 16 })];
  await site.store(files);
});
afterAll(() => site.exchange.dispose());

type Row = {
  id: string;
  at: Date;
  action: string;
  kind: string;
  outcome: string;
  study_id: string | null;
  detail: Buffer | null;
  user_id: string | null;
  token_id: string | null;
  address: string | null;
  shown: string[] | null;
};
const known = new Set<string>();
/** The records that were added since the last time. */
async function fresh(): Promise<Row[]> {
  const rows = await site.sql<Row>(
    'select id, at, action, kind, outcome, study_id, detail, user_id, token_id, address, shown from audit_records order by at, ctid',
  );
  const added = rows.filter(({ id }) => !known.has(id));
  for (const { id } of added) known.add(id);
  return added;
}

type Told = { id: string; detail: { opening?: string; keys?: Record<string, string>; studies?: number } | null };
/** What whoever may read the audit is told of searches, newest first. */
async function told(): Promise<Told[]> {
  const answer = await site.get('/api/v1/audit?action=study.search');
  return (JSON.parse(answer.body.toString()) as { records: Told[] }).records;
}
/** Stops it and starts it again; what was waiting to be recorded is. */
async function atAStop(): Promise<Row[]> {
  expect(await site.exchange.stop()).toBe(0);
  await site.exchange.restart({ SYMBOLON_TRUSTED_PROXIES: '127.0.0.1' });
  return (await fresh()).filter(({ action }) => action === 'study.search');
}

test('that somebody searches is on record before the first answer, and each search follows with its keys sealed and what it showed', async () => {
  await fresh();
  const uid = files[0]!.studyInstanceUid;
  expect(await site.search(`/dicomweb/studies?StudyInstanceUID=${uid}`)).toHaveLength(1);
  const [opening, ...more] = await fresh();
  expect(more).toEqual([]);
  expect(opening).toMatchObject({ action: 'study.search', kind: 'read', outcome: 'success', study_id: null });
  expect([opening?.detail, opening?.shown]).toEqual([null, null]);
  expect(opening?.user_id).not.toBeNull();
  const between = new Date();
  expect(await site.search('/dicomweb/series?PatientName=Nobody*')).toEqual([]);
  expect(await site.search('/dicomweb/patients?PatientName=Nobody*')).toEqual([]);
  expect(await site.search(`/dicomweb/studies?PatientName=Nobody*&orderby=-StudyDate`)).toEqual([]);
  expect(await fresh()).toEqual([]);

  const searches = await atAStop();
  expect(searches.map(({ shown }) => shown?.length)).toEqual([1, undefined, undefined, undefined]);
  const { action, kind, outcome, user_id, token_id, address } = opening!;
  for (const search of searches) {
    expect(search).toMatchObject({ action, kind, outcome, user_id, token_id, address, study_id: null });
    expect(search.detail?.includes('Nobody')).toBe(false);
  }
  // By the time of the search, not of the writing.
  expect(searches.map(({ at }) => at >= between)).toEqual([false, true, true, true]);
  const records = (await told()).slice(0, 5);
  const blind = expect.stringMatching(/^#[0-9a-f]{12}$/);
  const nobody = { keys: { '00100010': blind }, offset: 0, studies: 0, opening: opening!.id };
  expect(records.map(({ detail }) => detail)).toEqual([
    nobody,
    nobody,
    nobody,
    { keys: { '0020000D': blind }, offset: 0, studies: 1, opening: opening!.id },
    null,
  ]);
  expect(records[4]?.id).toBe(opening!.id);
  const [studyId] = searches[0]!.shown!;
  const ofStudy = await site.get(`/api/v1/audit?study=${studyId}&action=study.search`);
  expect((JSON.parse(ofStudy.body.toString()) as { records: Told[] }).records.map(({ id }) => id)).toEqual([
    searches[0]!.id,
  ]);
});

/** The opening that no search names. */
let lost: string;
test('who was answered before a kill -9 is on record by an opening that no search names, and afterwards by another one', async () => {
  await fresh();
  await site.search('/dicomweb/studies?PatientName=Nobody*');
  await site.search('/dicomweb/studies');
  const [opening, ...more] = await fresh();
  expect(more).toEqual([]);
  expect(opening).toMatchObject({ action: 'study.search', outcome: 'success', study_id: null, detail: null });
  await site.exchange.kill9();
  await site.exchange.restart({ SYMBOLON_TRUSTED_PROXIES: '127.0.0.1' });
  expect(await fresh()).toEqual([]);
  await site.search('/dicomweb/studies');
  const [next] = await fresh();
  expect(next).toMatchObject({ action: 'study.search', outcome: 'success', study_id: null, detail: null });
  lost = opening!.id;
});

test('two people, two tokens of one, and two addresses have openings of their own, which each search names, also of who was suspended since', async () => {
  const { email, password } = site.owner;
  const send = async (path: string, body: object): Promise<unknown> => {
    const asked = Buffer.from(JSON.stringify(body));
    const answer = await site.send('POST', `/api/v1/${path}`, { 'content-type': 'application/json' }, asked);
    expect(answer.status, answer.body.toString()).toBeLessThan(300);
    return JSON.parse(answer.body.toString());
  };
  const { token } = (await send('tokens', { email, password, label: 'another' })) as { token: string };
  const eva = await addPerson(site.exchange, { name: 'Eva Member', role: 'member' });
  const ofEva = { authorization: `Bearer ${eva.token}` };
  const asking = [{ 'x-forwarded-for': '192.0.2.6' }, { authorization: `Bearer ${token}` }, ofEva];
  const all = [...asking, { 'x-forwarded-for': '192.0.2.7' }];
  await fresh();
  for (const headers of [...all, ...all])
    expect((await site.get('/dicomweb/studies?PatientName=Nobody*', headers)).status).toBe(200);
  const openings = await fresh();
  const who = ({ user_id, token_id, address }: Row) => `${user_id} ${token_id} ${address}`;
  expect(openings.map(({ detail }) => detail)).toEqual([null, null, null, null]);
  expect(new Set(openings.map(who)).size).toBe(4);
  expect(openings.map(({ address }) => address)).toEqual(['192.0.2.6', '127.0.0.1', '127.0.0.1', '192.0.2.7']);

  const suspended = await send(`users/${eva.userId}/suspension`, {});
  expect(suspended).toMatchObject({ state: 'suspended' });
  const since = new Date();
  expect((await site.get('/dicomweb/studies', ofEva)).status).toBe(401);
  expect((await fresh()).map(({ outcome }) => outcome)).toEqual(['success', 'refused']);

  const searches = (await atAStop()).filter((row) => openings.map(who).includes(who(row)));
  expect(searches.map(who)).toEqual([...openings, ...openings].map(who));
  expect(searches.every(({ at }) => at <= since)).toBe(true);
  const named = new Map((await told()).map(({ id, detail }) => [id, detail?.opening]));
  expect(searches.map(({ id }) => named.get(id))).toEqual([...openings, ...openings].map(({ id }) => id));
  expect([...named.values()]).not.toContain(lost);
});

test('sixty instances one by one are an opening and, on SIGTERM, a detail: not sixty records', async () => {
  await fresh();
  for (const file of files) expect((await site.get(wado(file), { accept: 'application/dicom' })).status).toBe(200);
  expect((await fresh()).map(({ action, detail }) => [action, detail])).toEqual([['study.view', null]]);
  expect(await site.exchange.stop()).toBe(0);
  await site.exchange.restart({ SYMBOLON_TRUSTED_PROXIES: '127.0.0.1' });
  const [detail, ...more] = await fresh();
  expect(more).toEqual([]);
  expect(detail).toMatchObject({ action: 'study.view', kind: 'read', outcome: 'success' });
  // Sixty UIDs, sealed.
  expect(detail?.detail?.length).toBeGreaterThan(60 * 40);
  expect(detail?.detail?.includes(files[0]!.sopInstanceUid)).toBe(false);
});

test('when the first byte of an image arrives, the record is there', async () => {
  await fresh();
  const atFirstByte = await new Promise<Row[]>((done, failed) => {
    const asked = site.open('GET', wado(files[0]!), {}, (answer) => {
      answer.once('data', () => {
        answer.pause();
        fresh().then(done, failed);
        asked.destroy();
      });
      answer.on('error', () => {});
    });
    asked.on('error', failed);
    asked.end();
  });
  expect(atFirstByte).toHaveLength(1);
  expect(atFirstByte[0]).toMatchObject({ action: 'study.view', kind: 'read', outcome: 'success', detail: null });
  expect(atFirstByte[0]?.study_id).not.toBeNull();
});

test('a list of the originals and each of their packs is a read', async () => {
  const find = Buffer.from(JSON.stringify({ studyInstanceUid: files[0]!.studyInstanceUid }));
  const found = await site.send('POST', '/api/v1/studies/find', { 'content-type': 'application/json' }, find);
  const [{ id }] = JSON.parse(found.body.toString()).studies;
  expect((await fresh()).map(({ action }) => action)).toEqual(['study.search']);
  await site.get(`/api/v1/studies/${id}/originals`);
  expect((await fresh()).map(({ action, study_id }) => [action, study_id])).toEqual([['study.download', id]]);
});

test('whoever is turned away is recorded', async () => {
  await fresh();
  await site.get('/dicomweb/studies', { authorization: 'Bearer wrong' });
  await site.get(wado(files[0]!), { authorization: '' });
  expect((await fresh()).map(({ action, outcome, user_id }) => [action, outcome, user_id])).toEqual([
    ['study.search', 'refused', null],
    ['study.view', 'refused', null],
  ]);
});

test('every instance that is taken or kept aside is recorded with its pack', async () => {
  const [file] = ctStudy({ seed: 9501, slices: 1, rows: 16, columns: 16 });
  const [other] = ctStudy({
    seed: 9501,
    slices: 1,
    rows: 16,
    columns: 16,
    extra: () => [['0008,103E LO SeriesDescription', 'Other']],
  });
  await site.store([file!, other!]);
  expect((await fresh()).map(({ action, kind, outcome }) => [action, kind, outcome])).toEqual([
    ['instance.store', 'create', 'success'],
    ['instance.keep-aside', 'create', 'refused'],
  ]);
});

const studyOf = (file: SyntheticFile): string => `/dicomweb/studies/${file.studyInstanceUid}`;
const seriesOf = (file: SyntheticFile): string => `${studyOf(file)}/series/${file.seriesInstanceUid}`;
const uriOf = (file: SyntheticFile): string =>
  `/dicomweb/wado?requestType=WADO&studyUID=${file.studyInstanceUid}&seriesUID=${file.seriesInstanceUid}&objectUID=${file.sopInstanceUid}`;

type Asked = readonly [
  status: number,
  path: (file: SyntheticFile, patientId: string) => string,
  headers: Readonly<Record<string, string>>,
  /** What is recorded, and whether it names the study. */
  recorded: readonly (readonly [action: 'study.view' | 'study.search' | 'study.download', ofStudy: boolean])[],
];
const viewed = [['study.view', true]] as const;
const taken = [['study.download', true]] as const;
const looked = [['study.search', true]] as const;
const searched = [['study.search', false]] as const;

describe('every resource is on record when it is answered, as what it gives', () => {
  const resources: Readonly<Record<string, Asked>> = {
    'a study': [200, studyOf, {}, viewed],
    'a series': [200, seriesOf, {}, viewed],
    'a study as a zip': [200, studyOf, { accept: 'application/zip' }, taken],
    'a series as a zip': [200, seriesOf, { accept: 'application/zip' }, taken],
    'an instance': [200, wado, {}, viewed],
    'an instance, transcoded': [
      200,
      wado,
      { accept: 'application/dicom; transfer-syntax=1.2.840.10008.1.2.5' },
      viewed,
    ],
    'metadata of a study': [200, (file) => `${studyOf(file)}/metadata`, {}, viewed],
    'metadata of an instance in XML': [
      200,
      (file) => `${wado(file)}/metadata`,
      { accept: 'application/dicom+xml' },
      viewed,
    ],
    // Who holds the tag learns that nothing of it changed: a reading like any other.
    'metadata that the client has': [304, (file) => `${studyOf(file)}/metadata`, { 'if-none-match': '*' }, viewed],
    'a frame': [200, (file) => `${wado(file)}/frames/1`, {}, viewed],
    'pictures of a study': [200, (file) => `${studyOf(file)}/rendered`, {}, viewed],
    'pictures of a series': [200, (file) => `${seriesOf(file)}/rendered`, {}, viewed],
    'a picture of an instance': [200, (file) => `${wado(file)}/rendered`, {}, viewed],
    'a picture of a frame': [200, (file) => `${wado(file)}/frames/1/rendered`, {}, viewed],
    'a report as text': [200, (file) => `${wado(file)}/rendered`, { accept: 'text/plain' }, viewed],
    'a report of a study': [
      200,
      (file) => `${studyOf(file)}/rendered`,
      { accept: 'multipart/related; type="text/html"' },
      viewed,
    ],
    'a report by WADO-URI': [200, uriOf, { accept: 'text/html' }, viewed],
    'a thumbnail of a study': [200, (file) => `${studyOf(file)}/thumbnail`, {}, viewed],
    'a thumbnail of a series': [200, (file) => `${seriesOf(file)}/thumbnail`, {}, viewed],
    'a thumbnail of an instance': [200, (file) => `${wado(file)}/thumbnail`, {}, viewed],
    'a thumbnail of a frame': [200, (file) => `${wado(file)}/frames/1/thumbnail`, {}, viewed],
    'a picture by WADO-URI': [200, uriOf, {}, viewed],
    'a file by WADO-URI': [200, (file) => `${uriOf(file)}&contentType=application/dicom`, {}, viewed],
    'pixel data of an instance': [200, (file) => `${wado(file)}/pixeldata`, {}, viewed],
    'pixel data of a series': [200, (file) => `${seriesOf(file)}/pixeldata`, {}, viewed],
    'all bulk data of a study': [200, (file) => `${studyOf(file)}/bulkdata`, {}, viewed],
    'all bulk data of a series': [200, (file) => `${seriesOf(file)}/bulkdata`, {}, viewed],
    'a value': [200, (file) => `${wado(file)}/bulkdata/00281201`, {}, viewed],
    'the pixel data as a value': [200, (file) => `${wado(file)}/bulkdata/7FE00010`, {}, viewed],
    'the series of a study': [200, (file) => `${studyOf(file)}/series`, {}, looked],
    'the instances of a study': [200, (file) => `${studyOf(file)}/instances`, {}, looked],
    'the instances of a series': [200, (file) => `${seriesOf(file)}/instances`, {}, looked],
    'what only files say': [
      200,
      (file) => `${studyOf(file)}/instances?includefield=SliceThickness`,
      {},
      [...looked, ...viewed],
    ],
    'studies with what only files say': [
      200,
      (_, id) => `/dicomweb/studies?PatientID=${id}&includefield=InstitutionName`,
      {},
      [...searched, ...viewed],
    ],
    'series of all studies': [200, (_, id) => `/dicomweb/series?PatientID=${id}`, {}, searched],
    'instances of all studies': [200, (_, id) => `/dicomweb/instances?PatientID=${id}`, {}, searched],
    patients: [200, (_, id) => `/dicomweb/patients?PatientID=${id}`, {}, searched],
    'studies by date': [200, (_, id) => `/dicomweb/studies?PatientID=${id}&orderby=StudyDate`, {}, searched],
  };
  const lookupTable = () => [['0028,1201 OW RedPaletteColorLookupTableData', new Uint8Array(4096)]] as const;
  // A study each: what was read a moment ago is on record.
  const studies = Object.keys(resources).map((what, at) => {
    if (what.startsWith('a report')) return exoticFiles(9520 + at).find(({ quirk }) => quirk === 'structured report')!;
    const person = { patientId: `AUDIT-${at}` };
    const [file] = ctStudy({ seed: 9520 + at, slices: 1, rows: 16, columns: 16, person, extra: lookupTable });
    return file!;
  });
  beforeAll(async () => {
    expect((await site.store(studies)).status).toBe(200);
  });

  test.each(Object.entries(resources).map(([what, asked], at) => [what, at, asked] as const))(
    '%s',
    async (_, at, [status, path, headers, recorded]) => {
      await fresh();
      // From an address of its own: that somebody searches from one is on record for half a minute.
      const from = { 'x-forwarded-for': `198.51.100.${at}` };
      const answer = await site.get(path(studies[at]!, `AUDIT-${at}`), { ...headers, ...from });
      expect(answer.status).toBe(status);
      if (status === 200) expect(answer.body.length).toBeGreaterThan(2);
      // What was read half a minute ago is told now: of each address there is one reading.
      const records = (await fresh()).filter(({ address }) => address === from['x-forwarded-for']);
      expect(records.map(({ action, kind, outcome, study_id }) => [action, kind, outcome, study_id !== null])).toEqual(
        recorded.map(([action, ofStudy]) => [action, 'read', 'success', ofStudy]),
      );
    },
  );
});
