import { describe, expect, test } from 'vitest';
import type { DicomJson } from '../index.ts';
import { codeOf } from '../part10.fixture.ts';
import { fromNativeXml } from './from-native-xml.ts';

const root = (content: string): string => `<NativeDicomModel xml:space="preserve">${content}</NativeDicomModel>`;
const read = (content: string): DicomJson => fromNativeXml(root(content));
/** One attribute's JSON. */
const one = (attributes: string, content: string) => {
  const json = read(`<DicomAttribute ${attributes}>${content}</DicomAttribute>`);
  expect(Object.keys(json)).toHaveLength(1);
  return Object.values(json)[0];
};
const valued = (vr: string, ...written: string[]) =>
  one(`tag="00181234" vr="${vr}"`, written.map((text, at) => `<Value number="${at + 1}">${text}</Value>`).join(''))
    ?.Value;
const refused = (content: string): unknown => codeOf(() => read(content));

describe('values', () => {
  test('IS, DS, SV and UV stay strings, other numbers become numbers', () => {
    expect(valued('DS', '1.50', '', '-0')).toEqual(['1.50', null, '-0']);
    expect(valued('IS', '007')).toEqual(['007']);
    expect(valued('SV', '-9223372036854775808')).toEqual(['-9223372036854775808']);
    expect(valued('US', ' 7\n', '65535')).toEqual([7, 65535]);
    expect(valued('AT', '7fe00010')).toEqual(['7FE00010']);
  });

  test('floats in everybody’s spelling; FL is what its 32 bits hold', () => {
    expect(valued('FD', 'NaN', 'nan', 'INF', '-inf', 'Infinity', '-0', '1e3', '.5')).toEqual([
      'NaN',
      'NaN',
      'inf',
      '-inf',
      'inf',
      -0,
      1000,
      0.5,
    ]);
    expect(valued('FL', '0.1')).toEqual([Math.fround(0.1)]);
  });

  test.each([
    ['FL', '1e39'],
    ['FD', '1e999'],
    ['FD', '0x10'],
    ['FD', '1 2'],
    ['US', '1.5'],
    ['SV', '1e3'],
    ['AT', '(7FE0,0010)'],
  ])('%s has no value %s', (vr, text) => {
    expect(codeOf(() => valued(vr, text))).toBe('DICOM_XML_INVALID');
  });

  test('text keeps its blanks, line ends are one character unless they are written as references', () => {
    expect(valued('LT', ' a\r\nb\rc&#13;&#10;d <![CDATA[<&amp;>\r\n]]><!-- not this -->e ')).toEqual([
      ' a\nb\nc\r\nd <&amp;>\ne ',
    ]);
    expect(valued('LT', '&lt;&gt;&amp;&quot;&apos;&#x1F600;&#955;')).toEqual(['<>&"\'😀λ']);
  });

  test('numbers that are left out are empty values and empty items', () => {
    expect(one('tag="00080008" vr="CS"', '<Value number="2">A</Value><Value number="4">B</Value>')).toEqual({
      vr: 'CS',
      Value: [null, 'A', null, 'B'],
    });
    expect(one('tag="00081140" vr="SQ"', '<Item number="2"/>')).toEqual({ vr: 'SQ', Value: [{}, {}] });
    expect(one('tag="00080008" vr="CS"', '<Value number="1"/>')).toEqual({ vr: 'CS' });
    for (const number of ['0', '-1', '1.5', 'x', '', '1e3'])
      expect(refused(`<DicomAttribute tag="00080008" vr="CS"><Value number="${number}"/></DicomAttribute>`)).toBe(
        'DICOM_XML_INVALID',
      );
    const again = '<Value number="1">A</Value>'.repeat(2);
    expect(refused(`<DicomAttribute tag="00080008" vr="CS">${again}</DicomAttribute>`)).toBe('DICOM_XML_INVALID');
  });

  test('names are put together from their components', () => {
    expect(
      one(
        'tag="00100010" vr="PN"',
        '<PersonName number="1"><Alphabetic><MiddleName>M</MiddleName><FamilyName>F</FamilyName></Alphabetic>' +
          '<Phonetic><FamilyName>P</FamilyName><NameSuffix></NameSuffix></Phonetic></PersonName><PersonName number="2"/>',
      ),
    ).toEqual({ vr: 'PN', Value: [{ Alphabetic: 'F^^M', Phonetic: 'P^^^^' }, null] });
    for (const twice of ['<FamilyName/><FamilyName/>', '</Alphabetic><Alphabetic><FamilyName>x</FamilyName>'])
      expect(
        refused(
          `<DicomAttribute tag="00100010" vr="PN"><PersonName number="1"><Alphabetic><FamilyName>a</FamilyName>${twice}</Alphabetic></PersonName></DicomAttribute>`,
        ),
      ).toBe('DICOM_XML_INVALID');
  });

  test.each([
    ['FamilyName', 'Doe^Jane'],
    ['FamilyName', 'Doe=X'],
    ['GivenName', 'X\\Y'],
    ['NamePrefix', '&#94;'],
    ['NameSuffix', 'Jr=X'],
    ['NameSuffix', 'Jr\\Doe'],
  ])('a %s cannot smuggle in another component, group or name', (component, text) => {
    const xml = (content: string): string =>
      `<DicomAttribute tag="00100010" vr="PN"><PersonName number="1"><Alphabetic><${component}>${content}</${component}></Alphabetic></PersonName></DicomAttribute>`;
    expect(refused(xml(text))).toBe('DICOM_XML_INVALID');
    expect(refused(xml('Doe'))).toBe('nothing thrown');
  });

  test('a suffix holds what follows the fifth component, as we write it', () => {
    const alphabetic = '<Alphabetic><FamilyName>A</FamilyName><NameSuffix>E^F^</NameSuffix></Alphabetic>';
    expect(one('tag="00100010" vr="PN"', `<PersonName number="1">${alphabetic}</PersonName>`)).toEqual({
      vr: 'PN',
      Value: [{ Alphabetic: 'A^^^^E^F^' }],
    });
  });

  test('inline binary may hold blanks, bulk data is a URI or a UUID', () => {
    expect(one('tag="00420011" vr="OB"', '<InlineBinary>YW\n I= </InlineBinary>')).toEqual({
      vr: 'OB',
      InlineBinary: 'YWI=',
    });
    expect(one('tag="00420011" vr="OB"', '<InlineBinary/>')).toEqual({ vr: 'OB' });
    expect(one('tag="7FE00010" vr="OW"', '<BulkData uri="../1?a=1&amp;b"/>')).toEqual({
      vr: 'OW',
      BulkDataURI: '../1?a=1&b',
    });
    expect(one('tag="7FE00010" vr="OW"', '<BulkData uuid="F81D"/>')).toEqual({
      vr: 'OW',
      BulkDataURI: 'urn:uuid:F81D',
    });
    for (const wrong of ['<BulkData/>', '<BulkData uri="a" uuid="b"/>', '<InlineBinary>YWI</InlineBinary>'])
      expect(refused(`<DicomAttribute tag="7FE00010" vr="OW">${wrong}</DicomAttribute>`)).toBe('DICOM_XML_INVALID');
  });

  test('a VR that is left out is the dictionary’s, with Pixel Representation where that decides', () => {
    expect(one('tag="00100020"', '<Value number="1">x</Value>')).toEqual({ vr: 'LO', Value: ['x'] });
    const smallest = '<DicomAttribute tag="00280106"><Value number="1">-5</Value></DicomAttribute>';
    const signed = '<DicomAttribute tag="00280103" vr="US"><Value number="1">1</Value></DicomAttribute>';
    expect(read(signed + smallest)['00280106']).toEqual({ vr: 'SS', Value: [-5] });
    expect(one('tag="00091001"', '<Item number="1"/>')).toEqual({ vr: 'SQ', Value: [{}] });
    expect(refused('<DicomAttribute tag="00091001"><Value number="1">x</Value></DicomAttribute>')).toBe(
      'DICOM_XML_INVALID',
    );
  });

  test.each([
    ['two kinds', 'tag="00100020" vr="LO"', '<Value number="1"/><InlineBinary/>'],
    ['a name as value', 'tag="00100010" vr="PN"', '<Value number="1">A</Value>'],
    ['bytes as value', 'tag="00420011" vr="OB"', '<Value number="1">0</Value>'],
    ['text as bytes', 'tag="00100020" vr="LO"', '<InlineBinary>YWI=</InlineBinary>'],
    ['an item of no sequence', 'tag="00100020" vr="LO"', '<Item number="1"/>'],
    ['an unknown VR', 'tag="00100020" vr="XX"', ''],
    ['no tag', 'keyword="PatientID" vr="LO"', ''],
    ['a short tag', 'tag="0010002" vr="LO"', ''],
    ['a delimiter', 'tag="FFFEE000" vr="LO"', ''],
    ['__proto__', 'tag="__proto__" vr="LO"', ''],
    ['a misspelt attribute', 'tag="00090001" vr="LO" privatecreator="A"', ''],
    ['a creator of a standard element', 'tag="00100020" vr="LO" privateCreator="A"', ''],
    ['text between', 'tag="00100020" vr="LO"', 'x'],
  ])('refused: %s', (_, attributes, content) => {
    expect(refused(`<DicomAttribute ${attributes}>${content}</DicomAttribute>`)).toBe('DICOM_XML_INVALID');
  });
});

describe('data sets', () => {
  const attribute = (tag: string, value: string, more = ''): string =>
    `<DicomAttribute tag="${tag}" vr="LO"${more}><Value number="1">${value}</Value></DicomAttribute>`;
  const by = (tag: string, value: string, creator = 'A'): string =>
    attribute(tag, value, ` privateCreator="${creator}"`);
  const told = (json: DicomJson): Record<string, unknown> =>
    Object.fromEntries(Object.entries(json).map(([tag, { Value }]) => [tag, Value?.[0]]));

  test('have no prototype, ascend by tag, and hold no tag twice', () => {
    const json = read(attribute('00100020', 'x') + attribute('00080060', 'y') + attribute('00080000', 'group length'));
    expect(Object.getPrototypeOf(json)).toBeNull();
    expect(Object.keys(json)).toEqual(['00080060', '00100020']);
    expect(refused(attribute('00100020', 'x').repeat(2))).toBe('DICOM_DUPLICATE_ELEMENT');
  });

  test('private elements go into the blocks that their creators reserve, wherever these stand', () => {
    expect(
      told(
        read(by('00090001', 'x') + by('00090001', 'y', 'B') + attribute('00090011', 'A') + attribute('00090020', 'B')),
      ),
    ).toEqual({ '00090011': 'A', '00090020': 'B', '00091101': 'x', '00092001': 'y' });
  });

  test('where none is reserved, the first free block is', () => {
    expect(
      told(
        read(
          attribute('00090010', 'B') + attribute('00091105', 'nobody’s') + by('00090010', 'x') + by('000B0010', 'y'),
        ),
      ),
    ).toEqual({
      '00090010': 'B',
      '00090012': 'A',
      '00091105': 'nobody’s',
      '00091210': 'x',
      '000B0010': 'A',
      '000B1010': 'y',
    });
  });

  test('two blocks of one creator, another’s between them: each element comes behind the one before it', () => {
    const creators = attribute('00090010', 'A') + attribute('00090011', 'B') + attribute('00090012', 'A');
    expect(
      told(read(creators + by('00090005', 'p') + by('00090001', 'q', 'B') + by('00090007', 'r') + by('00090007', 's'))),
    ).toMatchObject({ '00091005': 'p', '00091101': 'q', '00091207': 'r', '00090013': 'A', '00091307': 's' });
  });

  test('240 blocks a group, and no more', () => {
    const many = (count: number): string =>
      Array.from({ length: count }, (_, at) => by('00090001', 'x', `C${at}`)).join('');
    expect(Object.keys(read(many(240)))).toHaveLength(480);
    expect(refused(many(241))).toBe('DICOM_XML_INVALID');
  });
});

describe('documents', () => {
  const id = '<DicomAttribute tag="00100020" vr="LO"><Value number="1">é€😀</Value></DicomAttribute>';
  const expected = { '00100020': { vr: 'LO', Value: ['é€😀'] } };
  const utf16 = (text: string, littleEndian: boolean): Uint8Array => {
    const bytes = new Uint8Array(text.length * 2);
    for (let at = 0; at < text.length; at++)
      new DataView(bytes.buffer).setUint16(at * 2, text.charCodeAt(at), littleEndian);
    return bytes;
  };

  test.each<[string, string | Uint8Array]>([
    ['a string', root(id)],
    ['UTF-8', new TextEncoder().encode(`<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n${root(id)}\n`)],
    ['UTF-8 with its mark', new TextEncoder().encode(`\ufeff<?xml version="1.0"?>${root(id)}`)],
    ['UTF-16 LE with its mark', utf16(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${root(id)}`, true)],
    ['UTF-16 BE with its mark', utf16(`\ufeff${root(id)}`, false)],
    ['UTF-16 LE without', utf16(`<?xml version="1.0" encoding="UTF-16LE"?>${root(id)}`, true)],
    ['UTF-16 BE without', utf16(root(id), false)],
  ])('%s', (_, xml) => {
    expect(fromNativeXml(xml)).toEqual(expected);
  });

  test('the namespace by default, by prefix, or none; no other', () => {
    const ns = 'http://dicom.nema.org/PS3.19/models/NativeDICOM';
    expect(fromNativeXml(`<NativeDicomModel xmlns="${ns}">${id}</NativeDicomModel>`)).toEqual(expected);
    const prefixed = id.replace(/(<\/?)/g, '$1n:');
    expect(
      fromNativeXml(
        `<n:NativeDicomModel xmlns:n="${ns}" xmlns:x="urn:x" x:schema="a" xml:lang="en">${prefixed}</n:NativeDicomModel>`,
      ),
    ).toEqual(expected);
    for (const wrong of [
      '<NativeDicomModel xmlns="urn:x"/>',
      '<n:NativeDicomModel/>',
      '<NativeDicomModel n:a="1"/>',
      `<NativeDicomModel><n:DicomAttribute xmlns:n="urn:x" tag="00100020"/></NativeDicomModel>`,
      `<NativeDicomModel xmlns:a="urn:x" xmlns:b="urn:x" a:i="1" b:i="2"/>`,
      '<NativeDicomModel xmlns:a=""/>',
      '<NativeDicomModel xmlns:xml="urn:x"/>',
      '<a:b:NativeDicomModel/>',
    ])
      expect(
        codeOf(() => fromNativeXml(wrong)),
        wrong,
      ).toBe('DICOM_XML_INVALID');
  });

  test('what is wrong is told with the offset in the caller’s bytes', () => {
    const at = (xml: string | Uint8Array): unknown => {
      try {
        fromNativeXml(xml);
        return undefined;
      } catch (error) {
        return (error as { at?: number }).at;
      }
    };
    const text = `\ufeff${root(`<!--é€😀-->${id.replace('tag="', 'tag="g')}`)}`;
    const where = text.indexOf('<Dicom');
    expect(at(text)).toBe(where);
    expect(at(new TextEncoder().encode(text))).toBe(new TextEncoder().encode(text.slice(0, where)).length);
    expect(at(utf16(text, true))).toBe(where * 2);
    expect(at(Uint8Array.of(0x3c, 0x61, 0xff, 0x3e))).toBe(2);
    expect(at(root(`${id.replace('é', 'a\r\nb&x;')}`))).toBe(root(id.replace('é', 'a\r\nb&x;')).indexOf('&x;'));
  });
});
