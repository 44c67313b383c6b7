import { expect } from 'vitest';
import { type Json, partsOf, value } from '../dicomweb-client.ts';
import { type Check, type Clause, check } from './check.ts';
import { found, instanceOf, json, patient, type Sent, seriesOf, studyOf, xmlParts } from './sent.ts';

const studies = (list: readonly Json[]): unknown[] => list.map((one) => value(one, '0020000D'));

/** A search for studies that finds the CT study and not the other patients'. */
const finds = (name: string, query: (sent: Sent) => string): Check =>
  check(name, async (root, sent) => {
    const list = studies(await found(root, `/studies?${query(sent)}&limit=1000`));
    expect(list).toContain(sent.ct[0]!.studyInstanceUid);
    expect(list).not.toContain(sent.colour[0]!.studyInstanceUid);
  });

const encoded = encodeURIComponent;

/** Table 10.6.3-3, required: beside RetrieveURL and InstanceAvailability, which have checks of their own. */
const requiredOfStudies =
  '00080020 00080030 00080050 00080061 00080090 00100010 00100020 00100030 00100040 0020000D 00200010 00201206 00201208'.split(
    ' ',
  );

export const search: Clause = {
  clause: '10.6',
  title: 'Search (QIDO-RS)',
  checks: [
    finds('PatientID, by keyword', ({ mark }) => `PatientID=${mark}`),
    finds('PatientID, by tag', ({ mark }) => `00100020=${mark}`),
    finds('PatientID with *', ({ mark }) => `PatientID=${mark.slice(0, -1)}*&StudyDescription=Thorax*`),
    finds('PatientID with ?', ({ mark }) => `PatientID=${mark.slice(0, -1)}%3F`),
    finds('StudyInstanceUID', ({ ct }) => `StudyInstanceUID=${ct[0]!.studyInstanceUid}`),
    finds(
      'a list of UIDs, by comma',
      ({ ct, cine }) => `StudyInstanceUID=${ct[0]!.studyInstanceUid},${cine.studyInstanceUid}`,
    ),
    finds(
      'a list of UIDs, by backslash',
      ({ ct, cine }) => `StudyInstanceUID=${ct[0]!.studyInstanceUid}%5C${cine.studyInstanceUid}`,
    ),
    finds('AccessionNumber', ({ mark }) => `AccessionNumber=A${mark.slice(2)}`),
    finds('PatientName, whole', ({ mark }) => `PatientName=${encoded(patient.name)}&PatientID=${mark}`),
    finds('PatientName with *', ({ mark }) => `PatientName=Lindq*&PatientID=${mark}*`),
    finds('PatientName in other case', ({ mark }) => `PatientName=${encoded('LINDQVIST^åsa')}&PatientID=${mark}`),
    finds('PatientName without its accents', ({ mark }) => `PatientName=${encoded('Lindqvist^Asa')}&PatientID=${mark}`),
    finds(
      'PatientName by part of it, with fuzzymatching',
      ({ mark }) => `PatientName=asa&fuzzymatching=true&PatientID=${mark}`,
    ),
    finds('StudyDate', ({ mark }) => `StudyDate=${patient.day}&PatientID=${mark}*`),
    finds('StudyDate from … to', ({ mark }) => `StudyDate=20190301-20190331&PatientID=${mark}*`),
    finds('StudyDate until', ({ mark }) => `StudyDate=-20190314&PatientID=${mark}*`),
    finds('StudyDate from', ({ mark }) => `StudyDate=20190314-20191231&PatientID=${mark}*`),
    finds('StudyTime from … to', ({ mark }) => `StudyTime=1000-1100&PatientID=${mark}`),
    finds('ModalitiesInStudy', ({ mark }) => `ModalitiesInStudy=CT&PatientID=${mark}*`),
    finds('ReferringPhysicianName', ({ mark }) => `ReferringPhysicianName=Weiss*&PatientID=${mark}`),
    finds('StudyDescription with *', ({ mark }) => `StudyDescription=*KM&PatientID=${mark}`),
    finds(
      'several keys, all of which must match',
      ({ mark }) => `PatientID=${mark}&StudyDate=${patient.day}&PatientName=Lind*`,
    ),
    finds('an empty key, which matches everything', ({ mark }) => `PatientID=${mark}&AccessionNumber=`),

    check('a key that nothing matches finds nothing', async (root, { mark }) => {
      expect(await found(root, `/studies?PatientID=${mark}&StudyDate=19000101`)).toEqual([]);
    }),
    check('what is required of a study is in the answer, empty where it has no value', async (root, { mark }) => {
      const [study] = await found(root, `/studies?PatientID=${mark}`);
      expect(Object.keys(study!)).toEqual(expect.arrayContaining(requiredOfStudies));
    }),
    check('series and instances of a study are counted, its modalities named', async (root, { mark }) => {
      const [study] = await found(root, `/studies?PatientID=${mark}`);
      expect([value(study, '00201206'), value(study, '00201208')].map(Number)).toEqual([2, 6]);
      expect(study!['00080061']?.Value).toEqual(['CT']);
    }),
    check('the Retrieve URL of a study leads to it', async (root, { mark }) => {
      const [study] = await found(root, `/studies?PatientID=${mark}`);
      expect((await root.ask(`${value(study, '00081190')}/metadata`, json)).status).toBe(200);
    }),
    check('Instance Availability is in the answer', async (root, { mark }) => {
      const [study] = await found(root, `/studies?PatientID=${mark}`);
      expect(value(study, '00080056')).toBe('ONLINE');
    }),
    check('includefield by keyword adds what is not in the table', async (root, { mark }) => {
      const [study] = await found(root, `/studies?PatientID=${mark}&includefield=StudyDescription`);
      expect(value(study, '00081030')).toBe('Thorax mit KM');
    }),
    check('includefield by tag, several by comma', async (root, { mark }) => {
      const [study] = await found(root, `/studies?PatientID=${mark}&includefield=00081030,00080090`);
      expect(value(study, '00081030')).toBe('Thorax mit KM');
      expect(value(study, '00080090')).toMatchObject({ Alphabetic: patient.physician });
    }),
    check('includefield=all', async (root, { mark }) => {
      const [study] = await found(root, `/studies?PatientID=${mark}&includefield=all`);
      expect(value(study, '00081030')).toBe('Thorax mit KM');
    }),
    check('limit gives so many', async (root, { ct }) => {
      expect(await found(root, `${studyOf(ct[0]!)}/instances?limit=4`)).toHaveLength(4);
    }),
    check('pages by limit and offset meet everything once', async (root, { ct }) => {
      const uids: unknown[] = [];
      for (const offset of [0, 2, 4, 6])
        uids.push(
          ...(await found(root, `${studyOf(ct[0]!)}/instances?limit=2&offset=${offset}`)).map((one) =>
            value(one, '00080018'),
          ),
        );
      expect(uids.sort()).toEqual(ct.map((file) => file.sopInstanceUid).sort());
    }),
    check('a page past the end is empty', async (root, { ct }) => {
      expect(await found(root, `${studyOf(ct[0]!)}/series?offset=50`)).toEqual([]);
    }),
    check('a parameter that is not known does not spoil the search', async (root, { mark }) => {
      expect(await found(root, `/studies?PatientID=${mark}&somethingelse=1`)).toHaveLength(1);
    }),
    check('fuzzymatching is done, or said not to be in a Warning', async (root, { mark }) => {
      const answer = await root.ask(`/studies?PatientID=${mark}&PatientName=Lind*&fuzzymatching=true`, json);
      expect(answer.status).toBe(200);
    }),

    check('the series of a study', async (root, { ct }) => {
      const list = await found(root, `${studyOf(ct[0]!)}/series`);
      expect(list.map((one) => value(one, '0020000E')).sort()).toEqual(
        [...new Set(ct.map((file) => file.seriesInstanceUid))].sort(),
      );
      expect(list.map((one) => Number(value(one, '00201209')))).toEqual([3, 3]);
    }),
    check('the series of a study by a key', async (root, { ct }) => {
      expect(await found(root, `${studyOf(ct[0]!)}/series?SeriesInstanceUID=${ct[0]!.seriesInstanceUid}`)).toHaveLength(
        1,
      );
      expect(await found(root, `${studyOf(ct[0]!)}/series?Modality=MR`)).toEqual([]);
    }),
    check('the series of a study by a key in a sequence', async (root, { ct }) => {
      expect(
        await found(root, `${studyOf(ct[0]!)}/series?RequestAttributesSequence.RequestedProcedureID=NOSUCH`),
      ).toEqual([]);
    }),
    check('the instances of a series', async (root, { ct }) => {
      expect(await found(root, `${seriesOf(ct[0]!)}/instances`)).toHaveLength(3);
    }),
    check('the instances of a study', async (root, { ct }) => {
      expect(await found(root, `${studyOf(ct[0]!)}/instances`)).toHaveLength(6);
    }),
    check('instances by a key', async (root, { ct }) => {
      const list = await found(root, `${studyOf(ct[0]!)}/instances?SOPInstanceUID=${ct[0]!.sopInstanceUid}`);
      expect(list.map((one) => value(one, '00080018'))).toEqual([ct[0]!.sopInstanceUid]);
    }),
    check('series across studies', async (root, { ct }) => {
      const list = await found(root, `/series?SeriesInstanceUID=${ct[0]!.seriesInstanceUid}`);
      expect(studies(list)).toEqual([ct[0]!.studyInstanceUid]);
    }),
    check('series across studies, by a key of the patient', async (root, { mark }) => {
      expect(await found(root, `/series?PatientID=${mark}`)).toHaveLength(2);
    }),
    check('instances across studies', async (root, { ct }) => {
      const list = await found(root, `/instances?SOPInstanceUID=${ct[0]!.sopInstanceUid}`);
      expect(list.map((one) => [value(one, '0020000D'), value(one, '0020000E')])).toEqual([
        [ct[0]!.studyInstanceUid, ct[0]!.seriesInstanceUid],
      ]);
    }),
    check('instances across studies, by a key of the patient', async (root, { mark }) => {
      expect(await found(root, `/instances?PatientID=${mark}`)).toHaveLength(6);
    }),
    check('what is required of an instance is in the answer', async (root, { ct }) => {
      const [one] = await found(root, `${seriesOf(ct[0]!)}/instances?SOPInstanceUID=${ct[0]!.sopInstanceUid}`);
      expect(Object.keys(one!)).toEqual(
        expect.arrayContaining(['00080016', '00080018', '00200013', '00280010', '00280011', '00280100']),
      );
    }),
    check('the Retrieve URL of an instance leads to it', async (root, { ct }) => {
      const [one] = await found(root, `${seriesOf(ct[0]!)}/instances?SOPInstanceUID=${ct[0]!.sopInstanceUid}`);
      expect(value(one, '00081190')).toContain(instanceOf(ct[0]!));
    }),
    check('answers come as Native DICOM Model XML, a part for each', async (root, { ct }) => {
      const answer = await root.ask(`${studyOf(ct[0]!)}/series`, xmlParts);
      expect(answer.status).toBe(200);
      const parts = partsOf(answer);
      expect(parts).toHaveLength(2);
      for (const { body } of parts) expect(body.toString('utf8')).toContain('<NativeDicomModel');
    }),
  ],
};
