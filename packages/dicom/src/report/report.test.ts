import { describe, expect, test } from 'vitest';
import { parseFile } from '../parse/parse-file.ts';
import { codeOf, concat, element, u16, u32 } from '../part10.fixture.ts';
import {
  coded,
  contentItem,
  type ItemParts,
  nested,
  referenceTo,
  reportFile,
  section,
  sequenceOf,
  textItem,
} from './report.fixture.ts';
import { isReport, type Report, type ReportOptions, readReport } from './report.ts';
import { reportHtml } from './report-html.ts';
import { reportText } from './report-text.ts';

const read = (file: Uint8Array, options?: ReportOptions): Report => readReport(parseFile(file).dataset, options);
const utf8 = (text: string): Uint8Array => {
  const bytes = new TextEncoder().encode(text);
  return bytes.length % 2 === 0 ? bytes : concat(bytes, Uint8Array.of(0x20));
};
const wordsOf = (parts: ItemParts): string | undefined => [...read(reportFile([contentItem(parts)])).lines()][0]?.value;
const floats = (...values: readonly number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);

describe('each value type is told in words', () => {
  const numeric = (value: Uint8Array, unit: Uint8Array): Uint8Array => sequenceOf(0x0040a300, concat(unit, value));
  const unit = (value: string, meaning: string, scheme = 'UCUM') => coded(0x004008ea, value, scheme, meaning);
  const ds = (value: string) => element(0x0040a30a, 'DS', value);
  const sop = (...more: readonly Uint8Array[]) =>
    sequenceOf(
      0x00081199,
      concat(element(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'), element(0x00081155, 'UI', '1.2.3'), ...more),
    );
  test.each<[string, ItemParts, string]>([
    ['TEXT', { type: 'TEXT', more: [element(0x0040a160, 'UT', utf8('Größe\\normal'))] }, 'Größe\\normal'],
    ['TEXT of another VR', { type: 'TEXT', more: [element(0x0040a160, 'LO', 'no sign\\of it ')] }, 'no sign\\of it'],
    ['CODE with a backslash', { type: 'CODE', more: [coded(0x0040a168, 'T', 'SRT', 'mg\\dl ')] }, 'mg\\dl'],
    ['CODE', { type: 'CODE', more: [coded(0x0040a168, 'T-1', 'SRT', 'Lung')] }, 'Lung'],
    ['CODE without a meaning', { type: 'CODE', more: [coded(0x0040a168, 'T-1', 'SRT', '')] }, 'T-1'],
    ['NUM', { type: 'NUM', more: [numeric(ds('12.50'), unit('mm2', 'square millimeter'))] }, '12.50 mm2'],
    ['NUM of a unit in words', { type: 'NUM', more: [numeric(ds('3'), unit('{pixels}', 'pixels'))] }, '3 pixels'],
    ['NUM of another scheme', { type: 'NUM', more: [numeric(ds('3'), unit('cm', 'Length', 'X'))] }, '3 Length'],
    ['NUM without a unit', { type: 'NUM', more: [numeric(ds('0.5'), unit('1', 'no units'))] }, '0.5'],
    [
      'NUM in floating point',
      {
        type: 'NUM',
        more: [
          numeric(element(0x0040a161, 'FD', new Uint8Array(new Float64Array([0.25]).buffer)), unit('s', 'second')),
        ],
      },
      '0.25 s',
    ],
    [
      'NUM that has no value, and says why',
      { type: 'NUM', more: [sequenceOf(0x0040a300), coded(0x0040a301, '114006', 'DCM', 'Measurement failure')] },
      'Measurement failure',
    ],
    [
      'NUM that is qualified',
      {
        type: 'NUM',
        more: [numeric(ds('9'), unit('mm', 'millimeter')), coded(0x0040a301, '114009', 'DCM', 'Value out of range')],
      },
      '9 mm (Value out of range)',
    ],
    ['NUM with nothing', { type: 'NUM' }, '(no value)'],
    [
      'DATETIME',
      { type: 'DATETIME', more: [element(0x0040a120, 'DT', '20260102030405.120+0100')] },
      '2026-01-02 03:04:05.12 +01:00',
    ],
    ['DATETIME of a year', { type: 'DATETIME', more: [element(0x0040a120, 'DT', '2026')] }, '2026'],
    ['DATE', { type: 'DATE', more: [element(0x0040a121, 'DA', '20260102')] }, '2026-01-02'],
    ['TIME', { type: 'TIME', more: [element(0x0040a122, 'TM', '0304')] }, '03:04'],
    ['UIDREF', { type: 'UIDREF', more: [element(0x0040a124, 'UI', '1.2.3')] }, '1.2.3'],
    [
      'PNAME',
      { type: 'PNAME', more: [element(0x0040a123, 'PN', utf8('Yamada^Tarou^^Dr=山田^太郎'))] },
      'Yamada, Tarou, Dr (山田, 太郎)',
    ],
    [
      'PNAME of more parts than there are',
      { type: 'PNAME', more: [element(0x0040a123, 'PN', 'A^B^^^^six=^=^=four')] },
      'A, B, six (four)',
    ],
    ['COMPOSITE', { type: 'COMPOSITE', before: [sop()] }, 'CT Image Storage, 1.2.3'],
    [
      'IMAGE',
      { type: 'IMAGE', before: [sop(element(0x00081160, 'IS', '1\\3'), element(0x0062000b, 'US', u16(2)))] },
      'CT Image Storage, 1.2.3, frames 1 3, segment 2',
    ],
    [
      'IMAGE as a presentation state shows it',
      { type: 'IMAGE', before: [sop(sequenceOf(0x00081199, element(0x00081155, 'UI', '1.2.9')))] },
      'CT Image Storage, 1.2.3, shown as 1.2.9 says',
    ],
    [
      'WAVEFORM',
      { type: 'WAVEFORM', before: [sop(element(0x0040a0b0, 'US', concat(u16(1), u16(2), u16(2), u16(0))))] },
      'CT Image Storage, 1.2.3, channels 1/2 2/0',
    ],
    ['IMAGE of nothing', { type: 'IMAGE' }, '(an image that is not named)'],
    [
      'SCOORD',
      { type: 'SCOORD', after: [element(0x00700022, 'FL', floats(1, 2, 3, 4)), element(0x00700023, 'CS', 'CIRCLE')] },
      'circle of 2 points',
    ],
    [
      'SCOORD3D',
      { type: 'SCOORD3D', after: [element(0x00700022, 'FL', floats(1, 2, 3)), element(0x00700023, 'CS', 'POINT')] },
      'point of 1 point in space',
    ],
    [
      'TCOORD',
      { type: 'TCOORD', more: [element(0x0040a130, 'CS', 'SEGMENT'), element(0x0040a138, 'DS', '1\\2.5')] },
      'segment of 2 time offsets',
    ],
    ['TABLE', { type: 'TABLE' }, '(a table, not shown here)'],
    ['of no known type', { type: 'HOLOGRAM' }, '(of type HOLOGRAM, not shown here)'],
    ['of one that every object has', { type: '__proto__' }, '(of type __proto__, not shown here)'],
    ['of none', {}, '(without a value type)'],
    ['TEXT without a value', { type: 'TEXT' }, '(no value)'],
  ])('%s', (_, parts, words) => {
    expect(wordsOf(parts)).toBe(words);
  });
});

describe('a report', () => {
  const heading = [
    element(0x00080020, 'DA', '20260101'),
    element(0x00080023, 'DA', '20260102'),
    element(0x00080033, 'TM', '101112'),
    element(0x00100010, 'PN', 'Doe^Jane'),
    element(0x00100020, 'LO', 'P1'),
    element(0x00100030, 'DA', '19500304'),
    sequenceOf(
      0x0040a073,
      concat(
        element(0x0040a027, 'LO', 'General Hospital'),
        element(0x0040a030, 'DT', '20260103080000'),
        element(0x0040a075, 'PN', 'Roe^Richard'),
      ),
    ),
  ];
  const file = reportFile(
    [
      contentItem({
        type: 'CODE',
        name: 'Observer Type',
        relationship: 'HAS OBS CONTEXT',
        more: [coded(0x0040a168, '121006', 'DCM', 'Person')],
      }),
      section(
        'Findings',
        contentItem({
          type: 'TEXT',
          name: 'Finding',
          more: [element(0x0040a160, 'UT', 'A nodule.\r\nIt grew.')],
          content: [referenceTo([1, 3]), textItem('Site', 'left', 'HAS PROPERTIES')],
        }),
        section('Deeper', textItem('Finding', 'none')),
      ),
      textItem('Conclusion', 'Benign.'),
    ],
    heading,
  );

  test('is told line by line as its tree is read, with how each stands to the one above', () => {
    const { title, lines } = read(file);
    expect(title).toBe('Report of a test');
    expect(
      [...lines()].map(({ depth, kind, relationship, name, value }) => [depth, kind, relationship, name, value]),
    ).toEqual([
      [0, 'item', 'observation context', 'Observer Type', 'Person'],
      [0, 'section', '', 'Findings', ''],
      [1, 'item', '', 'Finding', 'A nodule.\r\nIt grew.'],
      [2, 'item', 'inferred from', '', 'see item 1.3, Conclusion'],
      [2, 'item', 'property', 'Site', 'left'],
      [1, 'section', '', 'Deeper', ''],
      [2, 'item', '', 'Finding', 'none'],
      [0, 'item', '', 'Conclusion', 'Benign.'],
    ]);
    expect([...lines()]).toHaveLength(8);
  });

  test('says whom it is of and who stands for it, and nothing of what it does not know', () => {
    expect(read(file).facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Patient: Doe, Jane',
      'Patient ID: P1',
      'Birth date: 1950-03-04',
      'Study: 2026-01-01',
      'Content date: 2026-01-02 10:11:12',
      'Verified by: Roe, Richard, General Hospital, 2026-01-03 08:00:00',
    ]);
  });

  test('is a plain text in which no line of a value can be taken for another item', () => {
    const text = [...reportText(read(file))].join('');
    expect(text.split('\n').slice(-16)).toEqual([
      'Verified by: Roe, Richard, General Hospital, 2026-01-03 08:00:00',
      '',
      '[observation context] Observer Type: Person',
      '',
      'Findings',
      '--------',
      '  Finding: A nodule.',
      '      It grew.',
      '    [inferred from] see item 1.3, Conclusion',
      '    [property] Site: left',
      '',
      '  Deeper',
      '  ------',
      '    Finding: none',
      'Conclusion: Benign.',
      '',
    ]);
  });

  test('is a plain text in which a line that is written like the next item stands where none does', () => {
    const linesOf = (...content: readonly Uint8Array[]) =>
      [...reportText(read(reportFile(content)))].join('').split('\n');
    const below = linesOf(contentItem({ type: 'TEXT', name: 'a', content: [textItem('Malignancy', 'none')] }));
    const within = linesOf(textItem('a', 'b\nMalignancy: none'));
    expect(below).toContain('  Malignancy: none');
    expect(within).not.toContain('  Malignancy: none');
    expect(within).toContain('    Malignancy: none');
  });

  test('is HTML whose sections have headings of their level, and whose elements are all closed', () => {
    const html = [...reportHtml(read(file))].join('');
    expect(html).toContain('<h2><bdi>Findings</bdi></h2>');
    expect(html).toContain('<h3><bdi>Deeper</bdi></h3>');
    expect(html).toContain('A nodule.<br>It grew.');
    expect(balanced(html)).toEqual([]);
  });

  test('has the language that it says it is written in, and no other', () => {
    const language = (value: string) =>
      [...reportHtml(read(reportFile([languageItem(value)])))].join('').match(/<article lang="(.*?)">/s)?.[1];
    expect(language('de-CH')).toBe('de-CH');
    expect(language('x"><script>')).toBe('');
    expect(language('')).toBe('');
  });

  test('is told by its class or its content, an image is none', () => {
    expect(isReport(parseFile(file).dataset)).toBe(true);
    const of = (sopClass: string, ...more: readonly Uint8Array[]) =>
      isReport(parseFile(concatFile(element(0x00080016, 'UI', sopClass), ...more)).dataset);
    expect(of('1.2.840.10008.5.1.4.1.1.2')).toBe(false);
    expect(of('1.2.840.10008.5.1.4.1.1.88.59')).toBe(true);
    expect(of('1.2.3', element(0x0040a040, 'CS', 'CONTAINER'))).toBe(true);
    expect(of('1.2.840.10008.5.1.4.1.1.880')).toBe(false);
  });
});

const languageItem = (value: string): Uint8Array =>
  concat(
    element(0x0040a010, 'CS', 'HAS CONCEPT MOD'),
    element(0x0040a040, 'CS', 'CODE'),
    coded(0x0040a043, '121049', 'DCM', 'Language'),
    coded(0x0040a168, value, 'RFC5646', 'some language'),
  );

function concatFile(...elements: readonly Uint8Array[]): Uint8Array {
  const whole = reportFile([]);
  return concat(whole.subarray(0, whole.length - tail(whole)), ...elements);
}

/** What `reportFile` writes behind group 0002 when it has no content. */
function tail(whole: Uint8Array): number {
  return whole.length - parseFile(whole).datasetStart;
}

/** Names of elements that are opened and not closed, or the other way round. */
function balanced(html: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (name === 'br' || name === 'meta') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}

describe('a hostile report', () => {
  const evil = '</bdi></p></article><script>alert(1)</script><img src=x onerror=alert(1)>&amp;"\'';

  test('stays text wherever it puts markup', () => {
    const plain = [...reportHtml(read(reportFile([section('x', textItem('x', 'x'))])))].join('');
    const html = [
      ...reportHtml(
        read(
          reportFile(
            [section(evil, textItem(evil, evil))],
            [element(0x00100010, 'PN', evil), element(0x00100020, 'LO', evil)],
            evil,
          ),
        ),
      ),
    ].join('');
    const namesIn = (of: string) => [...of.matchAll(/<\/?([a-z0-9]+)/g)].map(([, name]) => name);
    const facts = namesIn('<tr><th></th><td><bdi></bdi></td></tr>');
    expect(namesIn(html).toSorted()).toEqual([...namesIn(plain), ...facts, ...facts].toSorted());
    expect(balanced(html)).toEqual([]);
    expect(html.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;/g)).toHaveLength(7);
  });

  test('commands no terminal', () => {
    const text = [...reportText(read(reportFile([textItem('a\x1b[2J', 'b\x1b]0;x\x07\x9b\u0000c')])))].join('');
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(text).toContain('a\ufffd[2J: b\ufffd]0;x\ufffd');
  });

  test('whose items refer to each other, to themselves or to nothing is walked once', () => {
    const { lines } = read(
      reportFile([
        contentItem({ type: 'TEXT', name: 'Chicken', content: [referenceTo([1, 2]), referenceTo([1, 1])] }),
        contentItem({
          type: 'TEXT',
          name: 'Egg',
          content: [referenceTo([1, 1]), referenceTo([1, 2, 1]), referenceTo([1])],
        }),
        referenceTo([1, 7, 9]),
        referenceTo(Array.from({ length: 300 }, () => 1)),
      ]),
    );
    expect([...lines()].filter(({ value }) => value.startsWith('see')).map(({ value }) => value)).toEqual([
      'see item 1.2, Egg',
      'see item 1.1, Chicken',
      'see item 1.1, Chicken',
      'see item 1.2.1',
      'see the whole document',
      'see item 1.7.9, which is not there',
      'see an item that is not there',
    ]);
  });

  test('that repeats a long name by referring to it often does not', () => {
    const long = 'n'.repeat(60_000);
    const references = Array.from({ length: 500 }, () => referenceTo([1, 1]));
    const text = [...reportText(read(reportFile([textItem(long, 'x'), ...references])))].join('');
    expect(text.length).toBeLessThan(100_000);
  });

  test('of too many items, too deep or of too much text is refused before a line is made', () => {
    const many = reportFile(Array.from({ length: 11 }, () => textItem('n', 'v')));
    expect([...read(many, { maxItems: 11 }).lines()]).toHaveLength(11);
    expect(codeOf(() => read(many, { maxItems: 10 }))).toBe('DICOM_TOO_MANY_ELEMENTS');
    expect(codeOf(() => read(many, { maxTextBytes: 100 }))).toBe('DICOM_HEADER_TOO_LARGE');
    expect([...read(nested(99)).lines()]).toHaveLength(99);
    expect(codeOf(() => read(nested(60), { maxDepth: 59 }))).toBe('DICOM_TOO_DEEP');
    expect([...read(nested(60), { maxDepth: 60 }).lines()]).toHaveLength(60);
  });

  test('whose coordinates are many is measured by what it says', () => {
    const scoord = contentItem({
      type: 'SCOORD',
      after: [element(0x00700022, 'FL', new Uint8Array(4000)), element(0x00700023, 'CS', 'POLYLINE')],
    });
    const { lines } = read(reportFile([scoord]), { maxTextBytes: 1000 });
    expect([...lines()].map(({ value }) => value)).toEqual(['polyline of 500 points']);
  });

  test('whose one value is longer than is cut into lines or values at once is refused before a line is made', () => {
    const backslashes = new Uint8Array(1024 * 1024 + 2).fill(0x5c);
    const frames = sequenceOf(0x00081199, element(0x00081160, 'UC', backslashes));
    const lineEnds = element(0x0040a160, 'UT', new Uint8Array(1024 * 1024).fill(0x0a));
    for (const more of [frames, lineEnds])
      expect(codeOf(() => read(reportFile([contentItem({ type: 'IMAGE', more: [more] })])))).toBe(
        'DICOM_HEADER_TOO_LARGE',
      );
    const item = contentItem({
      type: 'IMAGE',
      more: [sequenceOf(0x00081199, element(0x00081160, 'UC', backslashes.slice(4)))],
    });
    expect([...read(reportFile([item])).lines()]).toHaveLength(1);
    // Many short ones may be as long together.
    const evidence = sequenceOf(
      0x0040a375,
      ...Array.from({ length: 40 }, () => element(0x00081155, 'UI', '1.2.3.4.5.6')),
    );
    expect([...read(reportFile([], [evidence]), { maxValueBytes: 100 }).facts]).toEqual([]);
  });

  test('is measured by what is told, whatever binary values it has, and by coordinates that are none', () => {
    const more = element(0x00091010, 'OB', new Uint8Array(4000));
    expect(read(reportFile([], [more]), { maxTextBytes: 1000, maxValueBytes: 100 }).title).toBe('Report of a test');
    const coordinates = (vr: string) =>
      reportFile([contentItem({ type: 'SCOORD', after: [element(0x00700022, vr, new Uint8Array(4000))] })]);
    expect(codeOf(() => read(coordinates('UT'), { maxTextBytes: 1000 }))).toBe('DICOM_HEADER_TOO_LARGE');
    const unknown = reportFile([], [element(0x00100010, 'UN', new Uint8Array(4000))]);
    expect(codeOf(() => read(unknown, { maxTextBytes: 1000 }))).toBe('DICOM_HEADER_TOO_LARGE');
    const segments = element(0x0062000b, 'OW', new Uint8Array(4000));
    const image = contentItem({ type: 'IMAGE', before: [sequenceOf(0x00081199, segments)] });
    expect(codeOf(() => read(reportFile([image]), { maxValueBytes: 1000 }))).toBe('DICOM_HEADER_TOO_LARGE');
  });

  test('whose content is no sequence is refused, and not shown as empty', () => {
    const file = concatFile(element(0x0040a040, 'CS', 'CONTAINER'), element(0x0040a730, 'OB', u32(7)));
    expect(codeOf(() => read(file))).toBe('DICOM_SEQUENCE_UNREADABLE');
  });

  test('nested as deep as can be read is indented no further than can be read, and HTML closes it all', () => {
    const report = read(nested(99));
    expect(
      Math.max(
        ...[...reportText(report)]
          .join('')
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThan(60);
    expect(balanced([...reportHtml(report)].join(''))).toEqual([]);
  });
});
