import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromNativeXml } from '../../../packages/dicom/src/index.ts';
import { type Attribute, type Json, partsOf, type Site, startSite, value } from '../dicomweb-client.ts';
import { type Made, madeStudy, person } from './made-studies.ts';

const text = (vr: string, ...values: readonly (string | number)[]) => ({ vr, Value: [...values] });
const requested = (id: string, step: string) => ({
  vr: 'SQ',
  Value: [{ '00400009': text('SH', step), '00401001': text('SH', id), '00321060': text('LO', `Asked ${id}`) }],
});

const madeBy = {
  '00080080': text('LO', 'Haus am See'),
  '00080070': text('LO', 'Maker'),
  '00090010': text('LO', 'ACME 1.1'),
  '00091001': text('LO', 'private'),
};
const erika = madeStudy({
  number: 1,
  attributes: {
    ...person('Mustermann^Erika', 'E-1', { '00100040': text('CS', 'F'), '00102160': text('SH', 'ethnic') }),
    ...madeBy,
    '00080020': text('DA', '20230510'),
    '00080030': text('TM', '0830'),
    '00081030': text('LO', 'Thorax'),
  },
  series: [
    {
      instances: 2,
      attributes: { '00400275': requested('RP1', 'SPS1'), '00180050': text('DS', 5), '00180015': text('CS', 'CHEST') },
    },
    {
      instances: 3,
      attributes: {
        '00080060': text('CS', 'MR'),
        '00400275': requested('RP2', 'SPS2'),
        '0008103E': text('LO', 'Late'),
      },
    },
  ],
});
const erikaAgain = madeStudy({
  number: 2,
  attributes: {
    ...person('Mustermann^Erika', 'E-1'),
    '00080020': text('DA', '20230512'),
    '00080030': text('TM', '2200'),
  },
  series: [{ instances: 1, attributes: { '00080060': text('CS', 'SR') } }],
  sopClass: '1.2.840.10008.5.1.4.1.1.88.11',
});
const mueller = madeStudy({
  number: 3,
  attributes: {
    ...person('Müller^Anna Lena', 'M-1'),
    '00080020': text('DA', '20240101'),
    '00080050': text('SH', 'A,1'),
  },
  series: [{ instances: 1 }],
});
const nameless = madeStudy({ number: 4, series: [{ instances: 1, attributes: { '00080060': { vr: 'CS' } } }] });
const all = [...erika, ...erikaAgain, ...mueller, ...nameless];

let site: Site;
beforeAll(async () => {
  site = await startSite();
  for (const files of [erika, erikaAgain, mueller, nameless]) expect((await site.store(files)).status).toBe(200);
});
afterAll(() => site.exchange.dispose());

const search = (path: string): Promise<Json[]> => site.search(`/dicomweb/${path}`);
const seriesOf = async (query: string): Promise<unknown[]> =>
  (await search(`series?${query}`)).map((item) => value(item, '0020000E'));
const instancesOf = async (query: string): Promise<unknown[]> =>
  (await search(`instances?${query}`)).map((item) => value(item, '00080018'));
const studiesOf = async (query: string): Promise<unknown[]> =>
  (await search(`studies?${query}`)).map((item) => value(item, '0020000D'));
const of = (files: readonly Made[], what: 'study' | 'series' | 'instance'): string[] => [
  ...new Set(files.map((file) => file[what])),
];
const root = `studies/${erika[0]!.study}`;

describe('series and instances of all studies', () => {
  test('all are found, those of the newest study first', async () => {
    expect(await seriesOf('')).toEqual(of([...nameless, ...mueller, ...erikaAgain, ...erika], 'series'));
    expect(await instancesOf('')).toEqual(of([...nameless, ...mueller, ...erikaAgain, ...erika], 'instance'));
  });

  test('by keys of their own and of every level above', async () => {
    expect(await seriesOf('PatientName=muster*')).toEqual(of([...erikaAgain, ...erika], 'series'));
    expect(await seriesOf('PatientID=E-1&Modality=MR')).toEqual([erika[2]!.series]);
    expect(await seriesOf('Modality=MR,SR')).toEqual([erikaAgain[0]!.series, erika[2]!.series]);
    expect(await seriesOf('ModalitiesInStudy=MR')).toEqual(of(erika, 'series'));
    expect(await seriesOf('StudyDate=20230511-&SeriesNumber=1')).toEqual(of([...mueller, ...erikaAgain], 'series'));
    expect(await instancesOf('PatientID=E-1&Modality=MR&InstanceNumber=2')).toEqual([erika[3]!.instance]);
    expect(await instancesOf('SOPClassUID=1.2.840.10008.5.1.4.1.1.88.11')).toEqual([erikaAgain[0]!.instance]);
    expect(await instancesOf('StudyDescription=Thorax&SeriesDescription=Late')).toEqual(of(erika.slice(2), 'instance'));
    expect(await seriesOf('PatientName=nobody')).toEqual([]);
  });

  test('by UIDs of each level, lists and repeated ones, and by UIDs that nobody has', async () => {
    const [first, last] = [erika[0]!, mueller[0]!];
    expect(await seriesOf(`SeriesInstanceUID=${last.series},${first.series}`)).toEqual([last.series, first.series]);
    expect(await seriesOf(`SeriesInstanceUID=${last.series}&0020000E=${first.series}`)).toEqual([
      last.series,
      first.series,
    ]);
    expect(await instancesOf(`SOPInstanceUID=${first.instance}%5C${last.instance}`)).toEqual([
      last.instance,
      first.instance,
    ]);
    expect(await instancesOf(`SeriesInstanceUID=${first.series}`)).toEqual(of(erika.slice(0, 2), 'instance'));
    expect(await instancesOf(`StudyInstanceUID=${last.study}`)).toEqual([last.instance]);
    expect(await instancesOf(`SOPInstanceUID=${first.instance}&StudyInstanceUID=${last.study}`)).toEqual([]);
    expect(await instancesOf('SOPInstanceUID=1.2.3')).toEqual([]);
  });

  test('by attributes in a sequence, of which one item must have them all', async () => {
    const sequence = 'RequestAttributesSequence';
    expect(await seriesOf(`${sequence}.RequestedProcedureID=RP2`)).toEqual([erika[2]!.series]);
    expect(await seriesOf('00400275.00401001=RP*')).toEqual(of(erika, 'series'));
    expect(await seriesOf(`${sequence}.00400009=SPS1&00400275.00401001=RP1`)).toEqual([erika[0]!.series]);
    expect(await seriesOf(`${sequence}.00400009=SPS1&00400275.00401001=RP2`)).toEqual([]);
    expect(await instancesOf('00400275.00400009=SPS2')).toEqual(of(erika.slice(2), 'instance'));
  });

  test('an answer has the attributes of the levels that its path does not name', async () => {
    const [series] = await search('series?Modality=MR');
    expect(series).toMatchObject({
      '00080020': { vr: 'DA', Value: ['20230510'] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00080060': { vr: 'CS', Value: ['MR'] },
      '00080061': { vr: 'CS', Value: ['CT', 'MR'] },
      '00081190': { vr: 'UR', Value: [`${site.exchange.url}/dicomweb/${root}/series/${erika[2]!.series}`] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Mustermann^Erika' }] },
      '00201206': { vr: 'IS', Value: [2] },
      '00201208': { vr: 'IS', Value: [5] },
      '00201209': { vr: 'IS', Value: [3] },
    });
    // OHIF shows no list at all where a study has this without a value.
    const [unknown] = await search(`studies?StudyInstanceUID=${nameless[0]!.study}`);
    expect(unknown).toMatchObject({ '0020000D': { Value: [nameless[0]!.study] }, '00100010': { vr: 'PN' } });
    expect(unknown).not.toHaveProperty('00080061');
    const [instance] = await search('instances?InstanceNumber=3');
    expect(instance).toMatchObject({
      '00080018': { vr: 'UI', Value: [erika[4]!.instance] },
      '0008103E': { vr: 'LO', Value: ['Late'] },
      '00081190': {
        Value: [`${site.exchange.url}/dicomweb/${root}/series/${erika[4]!.series}/instances/${erika[4]!.instance}`],
      },
      '00083002': { vr: 'UI', Value: ['1.2.840.10008.1.2.1'] },
      '00100020': { vr: 'LO', Value: ['E-1'] },
      '00201209': { vr: 'IS', Value: [3] },
    });
    const [ofStudy] = await search(`${root}/instances?InstanceNumber=3`);
    expect(ofStudy).toHaveProperty('0008103E');
    expect(ofStudy).not.toHaveProperty('00100010');
    const [ofSeries] = await search(`${root}/series/${erika[4]!.series}/instances?InstanceNumber=3`);
    expect(ofSeries).not.toHaveProperty('0008103E');
    expect(value(ofSeries, '0020000E')).toBe(erika[4]!.series);
    expect(await search(`${root}/series`)).not.toContainEqual(
      expect.objectContaining({ '00100010': expect.anything() }),
    );
  });

  test('pages by offset and by links give every match once', async () => {
    for (const [path, tag, want] of [
      ['series', '0020000E', of(all, 'series')],
      ['instances', '00080018', of(all, 'instance')],
      [`${root}/instances`, '00080018', of(erika, 'instance')],
      [`${root}/series`, '0020000E', of(erika, 'series')],
    ] as const) {
      for (const limit of [1, 2, 3]) {
        const byOffset: unknown[] = [];
        for (let offset = 0; offset < 12; offset += limit)
          byOffset.push(...(await search(`${path}?limit=${limit}&offset=${offset}`)).map((item) => value(item, tag)));
        expect(byOffset.toSorted(), `${path} ${limit}`).toEqual(want.toSorted());
        const byLink: unknown[] = [];
        for (let next: string | undefined = `/dicomweb/${path}?limit=${limit}`; next; ) {
          const answer = await site.get(next);
          byLink.push(...(JSON.parse(answer.body.toString()) as Json[]).map((item) => value(item, tag)));
          next = /^<([^>]+)>/.exec(String(answer.headers.link ?? ''))?.[1]?.slice(site.exchange.url.length);
        }
        expect(byLink, `${path} ${limit}`).toEqual(byOffset);
      }
    }
  });
});

test('keys of a study hold for what is in it', async () => {
  const found = async (rest: string): Promise<number> => (await search(`${root}/${rest}`)).length;
  expect(await found('series?PatientName=muster*')).toBe(2);
  expect(await found('series?PatientName=other')).toBe(0);
  expect(await found('series?PatientID=E-1&Modality=MR')).toBe(1);
  expect(await found('instances?StudyDate=20230510&Modality=MR')).toBe(3);
  expect(await found('instances?StudyDate=20230511')).toBe(0);
  expect(await found(`series/${erika[0]!.series}/instances?Modality=MR`)).toBe(0);
  expect(await found(`series/${erika[0]!.series}/instances?ModalitiesInStudy=MR`)).toBe(2);
});

describe('patients', () => {
  test('are found by their own keys, with what they have', async () => {
    const [erikaFound, ...others] = await search('patients?PatientName=muster*');
    expect(others).toEqual([]);
    expect(erikaFound).toEqual({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Mustermann^Erika' }] },
      '00100020': { vr: 'LO', Value: ['E-1'] },
      '00100030': { vr: 'DA' },
      '00100040': { vr: 'CS' },
      '00201200': { vr: 'IS', Value: [2] },
      '00201202': { vr: 'IS', Value: [3] },
      '00201204': { vr: 'IS', Value: [6] },
    });
  });

  test('come once each, those with the newest study first, in pages too', async () => {
    const ids = async (query: string) => (await search(`patients?${query}`)).map((item) => value(item, '00100020'));
    expect(await ids('')).toEqual([undefined, 'M-1', 'E-1']);
    expect(await ids('limit=1&offset=1')).toEqual(['M-1']);
    expect(await ids('PatientID=M-1')).toEqual(['M-1']);
    expect(await ids('offset=3')).toEqual([]);
    const first = await site.get('/dicomweb/patients?limit=2&totalcount=true');
    expect([first.headers['x-total-count'], String(first.headers.link)]).toEqual([
      '3',
      expect.stringMatching(/offset=2>/),
    ]);
    // Behind the last there is nothing to go on to.
    expect((await site.get('/dicomweb/patients?limit=3')).headers.link).toBeUndefined();
  });
});

describe('parameters of matching', () => {
  const uids = {
    erika: erika[0]!.study,
    again: erikaAgain[0]!.study,
    mueller: mueller[0]!.study,
    nameless: nameless[0]!.study,
  };
  const named = async (query: string): Promise<unknown[]> =>
    (await studiesOf(query)).map((uid) => Object.entries(uids).find(([, one]) => one === uid)?.[0]);

  test.each([
    ['PatientName=Muller', ['mueller']],
    ['PatientName=Mueller', ['mueller']],
    ['PatientName=lena%20mül', ['mueller']],
    ['PatientName=Musterman', ['again', 'erika']],
    ['PatientName=Mustremann%20Erika', ['again', 'erika']],
    ['PatientName=Anna%20Erika', []],
    ['PatientName=*ller*', ['mueller']],
  ])('fuzzymatching=true finds names that are alike: %s', async (query, expected) => {
    const answer = await site.get(`/dicomweb/studies?fuzzymatching=true&${query}`);
    expect(answer.headers.warning).toBeUndefined();
    expect(await named(`fuzzymatching=true&${query}`)).toEqual(expected);
    if (!query.includes('*')) expect(await named(query)).toEqual([]);
  });

  test('fuzzymatching holds at lower levels, too', async () => {
    expect(await seriesOf('fuzzymatching=true&PatientName=Mueller')).toEqual([mueller[0]!.series]);
  });

  test('emptyvaluematching=true finds what has no value; without it two quotation marks are a value', async () => {
    expect(await named('PatientID=%22%22&emptyvaluematching=true')).toEqual(['nameless']);
    expect(await named('PatientName=%22%22&StudyDate=%22%22&emptyvaluematching=true')).toEqual(['nameless']);
    expect(await named('PatientName=muster*&StudyDescription=%22%22&emptyvaluematching=true')).toEqual(['again']);
    expect(await named('PatientID=%22%22')).toEqual([]);
    expect(await seriesOf('BodyPartExamined=%22%22&PatientID=E-1&emptyvaluematching=true')).toEqual([
      erikaAgain[0]!.series,
      erika[2]!.series,
    ]);
  });

  test('multiplevaluematching=true wants each of several values, else any of them does', async () => {
    for (const list of ['CT,MR', 'CT%5CMR']) {
      expect(await named(`ModalitiesInStudy=${list}`)).toEqual(['mueller', 'erika']);
      expect(await named(`ModalitiesInStudy=${list}&multiplevaluematching=true`)).toEqual(['erika']);
    }
  });

  test('a range of dates and one of times are one range of moments', async () => {
    const dates = 'StudyDate=20230510-20230512';
    expect(await named(`${dates}&StudyTime=0800-2100`)).toEqual(['erika']);
    expect(await named(`${dates}&StudyTime=0900-2300`)).toEqual(['again']);
    expect(await named(`${dates}&StudyTime=0800-2300`)).toEqual(['again', 'erika']);
    expect(await named('StudyDate=20230510-20230512&StudyTime=2000-')).toEqual(['again']);
    expect(await named('StudyTime=0830')).toEqual(['erika']);
  });

  test('a key that is given twice must match twice, and what has a comma is one value', async () => {
    expect(await named('PatientName=muster*&PatientName=*erika')).toEqual(['again', 'erika']);
    expect(await named('PatientName=muster*&PatientName=*anna')).toEqual([]);
    expect(await named('AccessionNumber=A,1')).toEqual(['mueller']);
  });

  test('orderby=StudyDate gives the oldest first, with a minus the newest, those without a date last', async () => {
    expect(await named('orderby=StudyDate')).toEqual(['erika', 'again', 'mueller', 'nameless']);
    expect(await named('orderby=-StudyDate')).toEqual(['mueller', 'again', 'erika', 'nameless']);
    expect(await named('orderby=-00080020&PatientName=muster*')).toEqual(['again', 'erika']);
    expect(await named('orderby=-StudyDate&fuzzymatching=true&PatientName=Mueller')).toEqual(['mueller']);
    expect(await named('orderby=-StudyDate&limit=1&offset=1')).toEqual(['again']);
    const page = await site.get('/dicomweb/studies?orderby=StudyDate&limit=2');
    expect(String(page.headers.link)).toMatch(/orderby=StudyDate&limit=2&offset=2>; rel="next"/);
  });
});

describe('includefield', () => {
  const first = async (path: string): Promise<Json> => (await search(path))[0]!;
  const has = (item: Json, tags: readonly string[]): string[] => tags.filter((tag) => tag in item);

  test('attributes of the level and of those above, by keyword or tag, in lists or repeated', async () => {
    const study = await first(`studies?StudyInstanceUID=${erika[0]!.study}&includefield=InstitutionName,00102160`);
    expect([study['00080080'], study['00102160']]).toEqual([text('LO', 'Haus am See'), text('SH', 'ethnic')]);
    const series = await first(`${root}/series?includefield=Manufacturer&includefield=PatientName,InstitutionName`);
    expect([value(series, '00080070'), value(series, '00080080')]).toEqual(['Maker', 'Haus am See']);
    expect(value(series, '00100010')).toEqual({ Alphabetic: 'Mustermann^Erika' });
    const instance = await first(
      `${root}/instances?includefield=SliceThickness,PatientID,Modality,NumberOfStudyRelatedSeries`,
    );
    expect([value(instance, '00180050'), value(instance, '00100020'), value(instance, '00080060')]).toEqual([
      5,
      'E-1',
      'CT',
    ]);
    expect(value(instance, '00201206')).toBe(2);
    const across = await first('series?PatientID=E-1&Modality=MR&includefield=Manufacturer');
    expect(value(across, '00080070')).toBe('Maker');
  });

  test('each instance is asked for its own', async () => {
    const items = await search(`${root}/instances?includefield=SliceThickness,00400275.00321060`);
    expect(items.map((item) => value(item, '00180050'))).toEqual([5, 5, undefined, undefined, undefined]);
  });

  test('an attribute of a sequence comes within its sequence', async () => {
    const [instance] = await search(`${root}/series/${erika[0]!.series}/instances?includefield=00400275.00321060`);
    expect(instance!['00400275']).toEqual({ vr: 'SQ', Value: [{ '00321060': text('LO', 'Asked RP1') }] });
    const [series] = await search(`${root}/series?includefield=RequestAttributesSequence`);
    expect(value(series, '00400275')).toMatchObject({ '00401001': text('SH', 'RP1') });
  });

  test('a private attribute comes with its creator', async () => {
    const [instance] = await search(`${root}/instances?limit=1&includefield=00091001`);
    expect([value(instance, '00090010'), value(instance, '00091001')]).toEqual(['ACME 1.1', 'private']);
  });

  test('what belongs to a lower level is not included, and said so', async () => {
    for (const [path, field] of [
      ['studies', 'Modality'],
      ['studies', 'SliceThickness'],
      [`${root}/series`, 'SliceThickness'],
      [`${root}/series`, 'SOPClassUID'],
      ['patients', 'StudyDate'],
      [`${root}/instances`, 'PixelData'],
    ]) {
      const answer = await site.get(`/dicomweb/${path}?includefield=${field}`);
      expect([answer.status, answer.headers.warning]).toEqual([200, expect.stringMatching(/was not included/)]);
    }
  });

  test('SOP classes of a study, and what its patient has, are told where they are asked for', async () => {
    const fields = 'includefield=SOPClassesInStudy,NumberOfPatientRelatedStudies,00201202,00201204';
    const study = await first(`studies?StudyInstanceUID=${erikaAgain[0]!.study}&PatientID=E-1&${fields}`);
    expect(study['00080062']).toEqual(text('UI', '1.2.840.10008.5.1.4.1.1.88.11'));
    expect([study['00201200'], study['00201202'], study['00201204']]).toEqual([
      text('IS', 2),
      text('IS', 3),
      text('IS', 6),
    ]);
    expect(has(await first('studies'), ['00080062', '00201200', '00080080'])).toEqual([]);
  });
});

describe('XML', () => {
  const multipart = 'multipart/related; type="application/dicom+xml"';

  test('each match is a part, which says what its JSON says', async () => {
    for (const path of ['studies', 'series', `${root}/instances?includefield=00400275.00321060`, 'patients']) {
      const json = await search(path);
      const answer = await site.get(`/dicomweb/${path}`, { accept: multipart });
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        expect.stringMatching(/^multipart\/related; type="application\/dicom\+xml"; boundary=/),
      ]);
      const parts = partsOf(answer);
      expect(parts.map(({ headers }) => headers.get('content-type'))).toEqual(
        json.map(() => expect.stringMatching(/^application\/dicom\+xml/)),
      );
      expect(parts.map(({ body }) => plain(fromNativeXml(body.toString('utf8'))))).toEqual(json.map(plain));
    }
  });

  test('one match may be one document; several are not, and none is 204', async () => {
    const one = await site.get('/dicomweb/studies?PatientID=M-1', { accept: 'application/dicom+xml' });
    expect([one.status, one.headers['content-type']]).toEqual([200, expect.stringMatching(/^application\/dicom\+xml/)]);
    expect(one.body.toString()).toContain('<FamilyName>Müller</FamilyName>');
    expect((await site.get('/dicomweb/studies', { accept: 'application/dicom+xml' })).status).toBe(406);
    for (const accept of ['application/dicom+xml', multipart]) {
      const none = await site.get('/dicomweb/studies?PatientID=nobody', { accept });
      expect([none.status, none.body.length]).toEqual([204, 0]);
    }
  });

  test('a client says what it takes in its address as well', async () => {
    const answer = await site.get(`/dicomweb/studies?limit=1&accept=${encodeURIComponent(multipart)}`);
    expect(answer.headers['content-type']).toMatch(/^multipart\/related/);
    expect(answer.headers.warning).toBeUndefined();
  });
});

/** Numbers that JSON may write as such are texts in XML. */
function plain(item: unknown): unknown {
  const attributes = item as Readonly<Record<string, Attribute>>;
  return Object.fromEntries(
    Object.entries(attributes).map(([tag, { vr, Value = [] }]) => [
      tag,
      [vr, ...Value.map((one) => (vr === 'SQ' ? plain(one) : vr === 'PN' ? one : String(one)))],
    ]),
  );
}
