import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
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
  action: string;
  kind: string;
  outcome: string;
  study_id: string | null;
  detail: Buffer | null;
  user_id: string | null;
};
let known = 0;
/** The records that were added since the last time. */
async function fresh(): Promise<Row[]> {
  const rows = await site.sql<Row>(
    'select action, kind, outcome, study_id, detail, user_id from audit_records order by at, ctid',
  );
  const added = rows.slice(known);
  known = rows.length;
  return added;
}

test('every search writes its record, with its keys sealed', async () => {
  await fresh();
  await site.get('/dicomweb/studies?PatientName=Nobody*');
  const [record, ...more] = await fresh();
  expect(more).toEqual([]);
  expect(record).toMatchObject({ action: 'study.search', kind: 'read', outcome: 'success', study_id: null });
  expect(record?.user_id).not.toBeNull();
  expect(record?.detail?.includes('Nobody')).toBe(false);
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

test('sixty instances one by one are an opening and, on SIGTERM, a detail: not sixty records', async () => {
  await site.exchange.restart();
  await fresh();
  for (const file of files) expect((await site.get(wado(file), { accept: 'application/dicom' })).status).toBe(200);
  expect((await fresh()).map(({ action, detail }) => [action, detail])).toEqual([['study.view', null]]);
  expect(await site.exchange.stop()).toBe(0);
  await site.exchange.restart();
  const [detail, ...more] = await fresh();
  expect(more).toEqual([]);
  expect(detail).toMatchObject({ action: 'study.view', kind: 'read', outcome: 'success' });
  // Sixty UIDs, sealed.
  expect(detail?.detail?.length).toBeGreaterThan(60 * 40);
  expect(detail?.detail?.includes(files[0]!.sopInstanceUid)).toBe(false);
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
