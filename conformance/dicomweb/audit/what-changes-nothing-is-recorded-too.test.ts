import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenFiles, ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { type Site, startSite, value } from '../dicomweb-client.ts';

let site: Site;
let files: SyntheticFile[];
beforeAll(async () => {
  site = await startSite();
  files = [...ctStudy({ seed: 9600, slices: 3, rows: 16, columns: 16 })];
  await site.store(files);
});
afterAll(() => site.exchange.dispose());

type Row = { action: string; kind: string; outcome: string; detail: Buffer | null };
let known = 0;
async function fresh(): Promise<string[]> {
  const rows = await site.sql<Row>('select action, kind, outcome, detail from audit_records order by at, ctid');
  const added = rows.slice(known);
  known = rows.length;
  return added.map(({ action, kind, outcome }) => `${action} ${kind} ${outcome}`);
}

test('instances that are held already are recorded, once for each sender of a commit', async () => {
  await fresh();
  await site.store(files);
  const records = await fresh();
  expect(records.length).toBeGreaterThan(0);
  expect(new Set(records)).toEqual(new Set(['instance.store read success']));
});

test('instances that are refused are recorded', async () => {
  await fresh();
  const broken = brokenFiles(9601).filter(({ name }) => name.startsWith('cut in the'));
  await site.store(broken);
  expect(await fresh()).toEqual(['instance.store create refused']);
});

test('the question what is held is recorded', async () => {
  await fresh();
  const body = Buffer.from(JSON.stringify({ sha256: ['0'.repeat(64)] }));
  const answer = await site.send('POST', '/api/v1/held', { 'content-type': 'application/json' }, body);
  expect(JSON.parse(answer.body.toString())).toEqual({ held: [] });
  expect(await fresh()).toEqual(['instance.held read success']);
});

test('the search for a study to fetch is recorded when there is none, too', async () => {
  await fresh();
  const body = Buffer.from(JSON.stringify({ studyInstanceUid: '1.2.3.4.5' }));
  await site.send('POST', '/api/v1/studies/find', { 'content-type': 'application/json' }, body);
  expect(await fresh()).toEqual(['study.search read success']);
});

test('what is kept aside is recorded, and changes nothing that its study is found by', async () => {
  const [first] = files as [SyntheticFile];
  // The same instance, said to be of somebody else: the name's bytes are replaced by others of the same length.
  const other = Buffer.from(first.bytes);
  const [study] = await site.search(`/dicomweb/studies?StudyInstanceUID=${first.studyInstanceUid}`);
  const name = (value(study, '00100010') as { Alphabetic: string }).Alphabetic;
  const at = other.indexOf(name, 0, 'latin1');
  expect(at).toBeGreaterThan(0);
  other.write('Q'.repeat(name.length), at, 'latin1');
  await fresh();
  const answer = await site.store([{ ...first, bytes: other }]);
  expect(answer.status).toBe(409);
  expect(await fresh()).toEqual(['instance.keep-aside create refused']);
  expect(await site.search('/dicomweb/studies?PatientName=QQQ*')).toEqual([]);
  expect(await site.search(`/dicomweb/studies?PatientName=${encodeURIComponent(name)}`)).toHaveLength(1);
});
