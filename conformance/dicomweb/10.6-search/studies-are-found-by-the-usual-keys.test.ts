import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, multiframeStudy, type Person, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { type Site, startSite, value } from '../dicomweb-client.ts';

let site: Site;
const studies = new Map<string, SyntheticFile>();

const people: Readonly<Record<string, Partial<Person>>> = {
  smith: { patientName: 'Smith^John', patientId: 'A-1', accessionNumber: 'ACC1', studyDate: '20200131' },
  smithson: { patientName: 'Smithson^Jane', patientId: 'A-10', accessionNumber: 'ACC10', studyDate: '20200201' },
  mueller: { patientName: 'Müller^Änne', patientId: 'a-1', accessionNumber: 'ACC2', studyDate: '20191231' },
  obrien: { patientName: "O'Brien^Mary Lou", patientId: 'A 2', accessionNumber: 'X', studyDate: '20210101' },
  nobody: { patientName: '', patientId: '', accessionNumber: '', studyDate: '' },
};

beforeAll(async () => {
  site = await startSite();
  let seed = 3000;
  for (const [who, person] of Object.entries(people)) {
    seed += 1;
    const files = [...ctStudy({ seed, slices: 1, series: who === 'smith' ? 2 : 1, rows: 16, columns: 16, person })];
    studies.set(who, files[0]!);
    await site.store(files);
  }
  const [cine] = multiframeStudy({ seed: 3100 });
  studies.set('cine', cine!);
  await site.store([cine!]);
});
afterAll(() => site.exchange.dispose());

/** Who is found, in the order of the answer. */
async function found(query: string): Promise<string[]> {
  const items = await site.search(`/dicomweb/studies?${query}`);
  const names = new Map([...studies].map(([who, file]) => [file.studyInstanceUid, who]));
  return items.map((item) => names.get(String(value(item, '0020000D'))) ?? 'unknown');
}
const q = (key: string, text: string): string => `${key}=${encodeURIComponent(text)}`;

test('without a key, all are found, the latest to arrive first', async () => {
  expect(await found('')).toEqual(['cine', 'nobody', 'obrien', 'mueller', 'smithson', 'smith']);
});

test('by StudyInstanceUID: one, a list, one that is not there', async () => {
  const uid = (who: string): string => studies.get(who)!.studyInstanceUid;
  expect(await found(q('StudyInstanceUID', uid('smith')))).toEqual(['smith']);
  expect(await found(q('StudyInstanceUID', `${uid('smith')},${uid('obrien')}`))).toEqual(['obrien', 'smith']);
  expect(await found(q('0020000D', `${uid('smith')}\\${uid('mueller')}`))).toEqual(['mueller', 'smith']);
  expect(await found(q('StudyInstanceUID', '1.2.3'))).toEqual([]);
});

const cases: readonly [string, string, readonly string[]][] = [
  ['PatientID', 'A-1', ['smith']],
  ['00100020', 'a-1', ['mueller']],
  ['PatientID', 'A-1*', ['smithson', 'smith']],
  ['PatientID', 'A?1', ['smith']],
  ['PatientID', 'A 2', ['obrien']],
  ['PatientID', 'A-1\\A 2', ['obrien', 'smith']],
  ['PatientName', 'Smith^John', ['smith']],
  ['PatientName', 'SMITH^JOHN', ['smith']],
  ['PatientName', 'Smith', []],
  ['PatientName', 'SMI*', ['smithson', 'smith']],
  ['00100010', 'smith^*', ['smith']],
  ['PatientName', '*IT*', ['smithson', 'smith']],
  ['PatientName', '*ohn', ['smith']],
  ['PatientName', 'Sm?th^J*', ['smith']],
  ['PatientName', '?m*', ['smithson', 'smith']],
  ['PatientName', '*mit*^*n', ['smith']],
  ['PatientName', 'Muller^Anne', ['mueller']],
  ['PatientName', 'MÜLLER^*', ['mueller']],
  ['PatientName', 'Mu\u0308ller*', ['mueller']],
  ['PatientName', '*änne', ['mueller']],
  ['PatientName', "o'brien*", ['obrien']],
  ['PatientName', '*Lou', ['obrien']],
  ['AccessionNumber', 'ACC1', ['smith']],
  ['AccessionNumber', 'ACC*', ['mueller', 'smithson', 'smith']],
  ['00080050', 'acc1', []],
  ['StudyDate', '20200131', ['smith']],
  ['StudyDate', '20200101-20201231', ['smithson', 'smith']],
  ['StudyDate', '-20200131', ['mueller', 'smith']],
  ['StudyDate', '20200201-20991231', ['obrien', 'smithson']],
  ['StudyDate', '20190101-20251231', ['obrien', 'mueller', 'smithson', 'smith']],
  ['StudyDate', '20180101-20180601', []],
  ['ReferringPhysicianName', 'Nobody^At^All', []],
];
test.each(cases)('%s=%s', async (key, text, expected) => {
  expect((await found(q(key, text))).filter((who) => who !== 'cine')).toEqual(expected);
});

test('an open range of dates has no end', async () => {
  expect(await found('StudyDate=20200201-')).toEqual(expect.arrayContaining(['obrien', 'smithson']));
  expect(await found('StudyDate=20200201-')).not.toContain('smith');
});

test('by a modality, and by none that is there', async () => {
  const cineModality = String(
    value(
      (await site.search(`/dicomweb/studies?StudyInstanceUID=${studies.get('cine')!.studyInstanceUid}`))[0],
      '00080061',
    ),
  );
  expect(cineModality).not.toBe('CT');
  expect(await found(`ModalitiesInStudy=${cineModality}`)).toEqual(['cine']);
  expect(await found('ModalitiesInStudy=CT')).toHaveLength(5);
  expect(await found('00080061=XA')).toEqual([]);
});

test('keys together must all match', async () => {
  expect(await found('PatientName=SMI*&ModalitiesInStudy=CT&StudyDate=20200201')).toEqual(['smithson']);
  expect(await found('PatientName=SMI*&PatientID=A-1&AccessionNumber=ACC1&PatientSex=F,M')).toEqual([]);
  expect(await found('PatientName=SMI*&StudyDescription=CT*')).toEqual(['smithson', 'smith']);
});

test('an empty key and a lone * match what has no value too', async () => {
  expect(await found('PatientName=&PatientID=')).toHaveLength(6);
  expect(await found('PatientName=*')).toHaveLength(6);
});

test('an answer has what the standard asks for, empty where it is empty, and what is computed', async () => {
  const [smith] = await site.search('/dicomweb/studies?PatientID=A-1');
  const { studyInstanceUid } = studies.get('smith')!;
  expect(smith).toMatchObject({
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080020': { vr: 'DA', Value: ['20200131'] },
    '00080050': { vr: 'SH', Value: ['ACC1'] },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00080061': { vr: 'CS', Value: ['CT'] },
    '00081190': { vr: 'UR', Value: [`${site.exchange.url}/dicomweb/studies/${studyInstanceUid}`] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Smith^John' }] },
    '00100020': { vr: 'LO', Value: ['A-1'] },
    '0020000D': { vr: 'UI', Value: [studyInstanceUid] },
    '00201206': { vr: 'IS', Value: [2] },
    '00201208': { vr: 'IS', Value: [2] },
  });
  expect(Object.keys(smith!)).toEqual(Object.keys(smith!).sort());
  const [nobody] = await site.search(`/dicomweb/studies?StudyInstanceUID=${studies.get('nobody')!.studyInstanceUid}`);
  expect(nobody?.['00100010']).toEqual({ vr: 'PN' });
  expect(nobody?.['00100020']).toEqual({ vr: 'LO' });
  expect(nobody?.['00080020']).toEqual({ vr: 'DA' });
});
