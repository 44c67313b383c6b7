import { describe, expect, test } from 'vitest';
import { type DataSet, type Element, parseFile, tags } from '../index.ts';
import { concat, element, explicitBe, fragments, item, latin, part10, u16, u32, uid } from '../part10.fixture.ts';
import { nativeXml, toNativeXml } from './native-xml.ts';

const dataSet = (...elements: Uint8Array[]) => parseFile(part10(uid.explicit, ...elements)).dataset;
/** What stands between the root's tags. */
const content = (...elements: Uint8Array[]): string => inner(toNativeXml(dataSet(...elements)));
const inner = (xml: string): string => /<NativeDicomModel [^>]*>(.*)<\/NativeDicomModel>$/s.exec(xml)![1]!;
/** The values of the only attribute, as they are written. */
const values = (...elements: Uint8Array[]): string[] =>
  [...content(...elements).matchAll(/<Value number="\d+">(.*?)<\/Value>/gs)].map((found) => found[1]!);

function floats(size: 4 | 8, ...numbers: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(size * numbers.length));
  numbers.forEach((value, at) => {
    if (size === 4) view.setFloat32(at * 4, value, true);
    else view.setFloat64(at * 8, value, true);
  });
  return new Uint8Array(view.buffer);
}

test('the root has the namespace of PS3.19 and keeps its blanks', () => {
  expect(toNativeXml(dataSet())).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve"></NativeDicomModel>',
  );
});

describe('values', () => {
  test('of table A.1.5-2: one each, the empty one in the middle numbered, none for an empty value field', () => {
    expect(content(element(tags.Modality, 'CS', 'MPG\\\\XR3'))).toBe(
      '<DicomAttribute tag="00080060" vr="CS" keyword="Modality"><Value number="1">MPG</Value>' +
        '<Value number="2"></Value><Value number="3">XR3</Value></DicomAttribute>',
    );
    for (const nothing of ['', '  '])
      expect(content(element(tags.Modality, 'CS', nothing))).toBe(
        '<DicomAttribute tag="00080060" vr="CS" keyword="Modality"></DicomAttribute>',
      );
  });

  test('numbers are written as they are read, however many: each once, in order', () => {
    const many = Array.from({ length: 2_500 }, (_, at) => at + 0.5);
    const written = content(element(0x00700022, 'FL', floats(4, ...many)));
    const found = [...written.matchAll(/<Value number="(\d+)">(.*?)<\/Value>/g)];
    expect(found.map(([, number]) => Number(number))).toEqual(many.map((_, at) => at + 1));
    expect(found.map(([, , value]) => Number(value))).toEqual(many);
    const ds = dataSet(element(0x00700022, 'FL', floats(4, 1)));
    const bytes = new Uint8Array(68 * 1024 * 1024);
    const [[tag, one]] = [...ds.elements] as [[number, Element]];
    const longer: DataSet = {
      ...ds,
      bytes,
      elements: new Map([[tag, { ...one, valueStart: 0, valueEnd: bytes.length }]]),
    };
    const pieces = nativeXml(longer);
    pieces.next();
    expect(pieces.next().value).toContain('<Value number="1000">0</Value>');
  });

  test('IS and DS stay as they are written', () => {
    expect(values(element(tags.WindowCenter, 'DS', ' 1.50\\-0\\+.5e0\\0.1000000000'))).toEqual([
      '1.50',
      '-0',
      '+.5e0',
      '0.1000000000',
    ]);
    expect(values(element(tags.InstanceNumber, 'IS', '007 '))).toEqual(['007']);
  });

  test('FL has the shortest decimal of its 32 bits, FD of its 64, with -0, NaN, INF and -INF', () => {
    const special = [-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const written = ['-0', '0', 'NaN', 'INF', '-INF'];
    expect(
      values(element(0x00189074, 'FL', floats(4, ...special, 0.1, 1e-45, 16777216, 3.4028234663852886e38))),
    ).toEqual([...written, '0.1', '1e-45', '16777216', '3.4028235e+38']);
    expect(values(element(0x00720074, 'FD', floats(8, ...special, 0.1, 5e-324, 1 / 3)))).toEqual([
      ...written,
      '0.1',
      '5e-324',
      '0.3333333333333333',
    ]);
  });

  test('64-bit integers keep their digits, tags are eight capital hexadecimal digits', () => {
    const large = new DataView(new ArrayBuffer(16));
    large.setBigInt64(0, -(2n ** 63n), true);
    large.setBigInt64(8, 2n ** 62n + 1n, true);
    expect(values(element(0x00720082, 'SV', new Uint8Array(large.buffer)))).toEqual([
      '-9223372036854775808',
      '4611686018427387905',
    ]);
    expect(values(element(0x00280009, 'AT', concat(u16(0x7fe0), u16(0xab))))).toEqual(['7FE000AB']);
  });

  test('a name is cut at its carets and equals signs; what is more than five components stays in the fifth', () => {
    const name = (text: string): string => content(element(tags.PatientName, 'PN', text)).slice(61, -17);
    expect(name('A^^C=I^J=P')).toBe(
      '<PersonName number="1"><Alphabetic><FamilyName>A</FamilyName><MiddleName>C</MiddleName></Alphabetic>' +
        '<Ideographic><FamilyName>I</FamilyName><GivenName>J</GivenName></Ideographic>' +
        '<Phonetic><FamilyName>P</FamilyName></Phonetic></PersonName>',
    );
    expect(name('A^^^^E^F^')).toContain('<FamilyName>A</FamilyName><NameSuffix>E^F^</NameSuffix>');
    expect(name('A^^')).toContain('<FamilyName>A</FamilyName><MiddleName></MiddleName></Alphabetic>');
    expect(name('\\=I')).toBe(
      '<PersonName number="1"></PersonName><PersonName number="2"><Ideographic><FamilyName>I</FamilyName></Ideographic></PersonName>',
    );
    expect(name('=')).toBe('');
  });

  test('text is escaped; what XML cannot carry reads U+FFFD', () => {
    expect(values(element(tags.PatientComments, 'LT', `&<>"'\r\n\tx\f\u0001]]>y`))).toEqual([
      '&amp;&lt;&gt;&quot;&apos;&#13;\n\tx\ufffd\ufffd]]&gt;y',
    ]);
  });

  test('Specific Character Set is told as it is, and has been applied', () => {
    const xml = content(
      element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 100'),
      element(tags.PatientID, 'LO', 'Jos\xe9'),
    );
    expect(xml).toContain('<Value number="1">ISO_IR 100</Value>');
    expect(xml).toContain('<Value number="1">José</Value>');
  });

  test('UN whose tag is known has its VR, unknown UN is bytes', () => {
    expect(content(element(tags.PatientID, 'UN', 'X1'))).toContain('vr="LO" keyword="PatientID"><Value number="1">X1<');
    expect(content(element(0x00990001, 'UN', latin('ab')))).toBe(
      '<DicomAttribute tag="00990001" vr="UN"><InlineBinary>YWI=</InlineBinary></DicomAttribute>',
    );
  });
});

describe('binary and bulk data', () => {
  const table = element(0x00281201, 'OW', concat(u16(1), u16(0x203)));
  const pixels = element(tags.PixelData, 'OB', new Uint8Array(4));

  test('short values are inline and little endian, pixel data never is', () => {
    expect(content(table, pixels)).toBe(
      '<DicomAttribute tag="00281201" vr="OW" keyword="RedPaletteColorLookupTableData"><InlineBinary>AQADAg==</InlineBinary>' +
        '</DicomAttribute><DicomAttribute tag="7FE00010" vr="OB" keyword="PixelData"></DicomAttribute>',
    );
    const turned = element(0x00281201, 'OW', concat(u16(1, explicitBe), u16(0x203, explicitBe)), explicitBe);
    expect(toNativeXml(parseFile(part10(uid.bigEndian, turned)).dataset)).toContain('>AQADAg==<');
  });

  test('long values and pixel data, also in items, are offered with their path; a URN of a UUID becomes uuid', () => {
    const icon = element(0x00880200, 'SQ', item(pixels));
    const asked: string[] = [];
    const xml = inner(
      toNativeXml(dataSet(table, icon, fragments(tags.PixelData, [new Uint8Array(0), new Uint8Array(2)])), {
        inlineLimitBytes: 3,
        bulkDataUri: (path) => {
          asked.push(path.join());
          return asked.length === 1 ? 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6' : 'https://x/?a=1&b="';
        },
      }),
    );
    expect(asked).toEqual([`${0x00281201}`, `${0x00880200},0,${tags.PixelData}`, `${tags.PixelData}`]);
    expect(xml).toContain('<BulkData uuid="f81d4fae-7dec-11d0-a765-00a0c91e6bf6"></BulkData>');
    expect(xml.match(/<BulkData uri="https:\/\/x\/\?a=1&amp;b=&quot;"><\/BulkData>/g)).toHaveLength(2);
  });

  test('a large value comes in pieces that are one base64 text', () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251);
    const pieces = [...nativeXml(dataSet(element(0x00420011, 'OB', bytes)))];
    expect(pieces.length).toBeGreaterThan(4);
    const text = /<InlineBinary>(.*)<\/InlineBinary>/.exec(pieces.join(''))![1]!;
    expect(Buffer.from(text, 'base64').equals(bytes)).toBe(true);
  });
});

describe('elements', () => {
  test('group 0002, group lengths and what is omitted are left out; others ascend; sequences nest', () => {
    const inside = item(concat(element(0x00080000, 'UL', u32(9)), element(tags.PatientID, 'LO', 'x')));
    const found = toNativeXml(
      dataSet(
        element(tags.PatientSex, 'CS', 'M'),
        element(0x00081110, 'SQ', concat(inside, item(new Uint8Array(0)))),
        element(0x00081115, 'SQ', ''),
      ),
      { omit: (tag) => tag === tags.PatientID },
    );
    expect(inner(found)).toBe(
      '<DicomAttribute tag="00081110" vr="SQ" keyword="ReferencedStudySequence"><Item number="1"></Item><Item number="2"></Item>' +
        '</DicomAttribute><DicomAttribute tag="00081115" vr="SQ" keyword="ReferencedSeriesSequence"></DicomAttribute>' +
        '<DicomAttribute tag="00100040" vr="CS" keyword="PatientSex"><Value number="1">M</Value></DicomAttribute>',
    );
  });

  test('private elements carry their creator and 00 for the block; without creator they keep their tag', () => {
    const xml = content(
      element(0x00090012, 'LO', 'A"\t'),
      element(0x00091201, 'LO', 'x'),
      element(0x00091301, 'LO', 'y'),
      element(0x00090001, 'LO', 'z'),
    );
    expect(xml.match(/<DicomAttribute [^>]*>/g)).toEqual([
      '<DicomAttribute tag="00090001" vr="LO">',
      '<DicomAttribute tag="00090012" vr="LO">',
      '<DicomAttribute tag="00090001" vr="LO" privateCreator="A&quot;&#9;">',
      '<DicomAttribute tag="00091301" vr="LO">',
    ]);
  });
});
