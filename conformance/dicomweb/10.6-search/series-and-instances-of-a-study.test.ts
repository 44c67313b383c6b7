import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { code, type Site, startSite, value, wado } from '../dicomweb-client.ts';

let site: Site;
let files: SyntheticFile[];
let root: string;
beforeAll(async () => {
  site = await startSite();
  files = [...ctStudy({ seed: 6000, slices: 25, series: 2, rows: 16, columns: 16 })];
  // In several requests, so that a series lies in several packs.
  for (let at = 0; at < files.length; at += 10) await site.store(files.slice(at, at + 10));
  root = `/dicomweb/studies/${files[0]!.studyInstanceUid}`;
});
afterAll(() => site.exchange.dispose());

test('the series of a study, with what is computed of each', async () => {
  const series = await site.search(`${root}/series`);
  expect(series).toHaveLength(2);
  expect(series[0]).toMatchObject({
    '00080060': { vr: 'CS', Value: ['CT'] },
    '0008103E': { vr: 'LO', Value: ['Thorax axial 1'] },
    '00081190': { vr: 'UR', Value: [`${site.exchange.url}${root}/series/${files[0]!.seriesInstanceUid}`] },
    '0020000D': { vr: 'UI', Value: [files[0]!.studyInstanceUid] },
    '0020000E': { vr: 'UI', Value: [files[0]!.seriesInstanceUid] },
    '00200011': { vr: 'IS', Value: [1] },
    '00201209': { vr: 'IS', Value: [25] },
  });
});

test('series by their keys', async () => {
  const uids = async (query: string): Promise<unknown[]> =>
    (await site.search(`${root}/series?${query}`)).map((item) => value(item, '0020000E'));
  const [first, second] = [files[0]!.seriesInstanceUid, files[25]!.seriesInstanceUid];
  expect(await uids('SeriesNumber=2')).toEqual([second]);
  expect(await uids(`SeriesInstanceUID=${first}`)).toEqual([first]);
  expect(await uids('SeriesDescription=*2')).toEqual([second]);
  expect(await uids('Modality=CT')).toEqual([first, second]);
  expect(await uids('Modality=MR')).toEqual([]);
  expect(await uids('limit=1&offset=1')).toEqual([second]);
  expect(await uids('limit=0')).toEqual([]);
});

test('instances of the study and of a series, with what is computed of each', async () => {
  expect(await site.search(`${root}/instances`)).toHaveLength(50);
  const instances = await site.search(`${root}/series/${files[25]!.seriesInstanceUid}/instances`);
  expect(instances.map((item) => value(item, '00080018'))).toEqual(files.slice(25).map((file) => file.sopInstanceUid));
  expect(instances[0]).toMatchObject({
    '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00081190': { vr: 'UR', Value: [`${site.exchange.url}${wado(files[25]!)}`] },
    '00083002': { vr: 'UI', Value: ['1.2.840.10008.1.2.1'] },
    '0020000E': { vr: 'UI', Value: [files[25]!.seriesInstanceUid] },
    '00200013': { vr: 'IS', Value: [1] },
    '00280010': { vr: 'US', Value: [16] },
    '00280011': { vr: 'US', Value: [16] },
    '00280100': { vr: 'US', Value: [16] },
  });
});

test('instances by their keys, and in pages without repetition or loss', async () => {
  const byNumber = await site.search(`${root}/instances?InstanceNumber=7`);
  expect(byNumber.map((item) => value(item, '00080018'))).toEqual([
    files[6]!.sopInstanceUid,
    files[31]!.sopInstanceUid,
  ]);
  const walked: unknown[] = [];
  for (let offset = 0; offset < 60; offset += 9) {
    const page = await site.search(`${root}/instances?limit=9&offset=${offset}`);
    walked.push(...page.map((item) => value(item, '00080018')));
  }
  expect(walked).toEqual(files.map((file) => file.sopInstanceUid));
  expect(await site.search(`${root}/instances?limit=0`)).toEqual([]);
});

test('a study or series that is not there answers 404', async () => {
  for (const path of [
    '/dicomweb/studies/1.2.3/series',
    '/dicomweb/studies/1.2.3/instances',
    `${root}/series/1.2.3/instances`,
  ]) {
    const answer = await site.get(path);
    expect([answer.status, code(answer)], path).toEqual([404, 'STUDY_NOT_FOUND']);
  }
});

test('a page of all studies has room for a hundred, or for a thousand where more are wanted, and says so; one study comes whole', async () => {
  const many = [...ctStudy({ seed: 4900, slices: 1001, rows: 8, columns: 8 })];
  expect((await site.store(many)).status).toBe(200);
  const asked = async (path: string): Promise<[count: number, warning: unknown, link: boolean]> => {
    const { headers, body } = await site.get(`/dicomweb/${path}`);
    return [JSON.parse(body.toString()).length, headers.warning, headers.link !== undefined];
  };
  const { studyInstanceUid } = many[0] as SyntheticFile;
  const all = `instances?StudyInstanceUID=${studyInstanceUid}`;
  const cut = '299 symbolon "more match than one page has room for; follow the Link"';
  expect(await asked(all)).toEqual([100, cut, true]);
  expect(await asked(`${all}&limit=100`)).toEqual([100, undefined, true]);
  expect(await asked(`${all}&limit=1000`)).toEqual([1000, undefined, true]);
  expect(await asked(`${all}&limit=1001`)).toEqual([1000, cut, true]);
  expect(await asked(`${all}&limit=1001&offset=1`)).toEqual([1000, undefined, false]);
  expect(await asked(`studies/${studyInstanceUid}/instances`)).toEqual([1001, undefined, false]);
});
