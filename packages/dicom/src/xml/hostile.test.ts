import { expect, test } from 'vitest';
import { codeOf } from '../part10.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { fromNativeXml, type NativeXmlReadOptions } from './from-native-xml.ts';

const root = (content: string): string => `<NativeDicomModel>${content}</NativeDicomModel>`;
const text = (value: string): string =>
  root(`<DicomAttribute tag="00104000" vr="LT"><Value number="1">${value}</Value></DicomAttribute>`);
const code = (xml: string | Uint8Array, options?: NativeXmlReadOptions): unknown =>
  codeOf(() => fromNativeXml(xml, options));
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Every document here is refused or read within this: most take 0.1 s, the slowest 1 s. What is not linear takes minutes. */
const boundMs = 8_000;
function bounded<T>(call: () => T): T {
  const from = workedMs();
  const result = call();
  expect(workedMs() - from).toBeLessThan(boundMs);
  return result;
}

const billionLaughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">${Array.from(
  { length: 20 },
  (_, at) => `<!ENTITY a${at + 1} "${`&a${at || ''};`.repeat(10)}">`,
).join('')}]>${text('&a20;')}`;

test.each([
  ['a billion laughs', billionLaughs],
  ['an external entity', `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${text('&x;')}`],
  ['an external subset', `<!DOCTYPE NativeDicomModel SYSTEM "http://localhost/a.dtd">${text('x')}`],
  ['a document type behind a comment', `<!-- --><!DOCTYPE a>${text('x')}`],
  ['a document type in lower case', `<!doctype a>${text('x')}`],
  ['an entity declaration inside', root('<!ENTITY x "y">')],
  ['a stylesheet', `<?xml-stylesheet href="a.xsl"?>${text('x')}`],
  ['a second declaration', `<?xml version="1.0"?><?xml version="1.0"?>${text('x')}`],
  ['an instruction inside', text('a<?php x?>')],
])('refused whatever else it holds: %s', (_, xml) => {
  for (const document of [xml, utf8(xml)]) expect(code(document)).toBe('DICOM_XML_DTD_REFUSED');
});

test.each<[string, string]>([
  ['nothing', ''],
  ['blanks', ' \n'],
  ['text', 'x'],
  ['JSON', '{}'],
  ['unclosed', '<NativeDicomModel>'],
  ['closed twice', `${root('')}</NativeDicomModel>`],
  ['two roots', root('') + root('')],
  ['text before', `x${root('')}`],
  ['text behind', `${root('')}x`],
  ['a reference behind', `${root('')}&#32;`],
  ['CDATA behind', `${root('')}<![CDATA[]]>`],
  ['another root', '<NativeDicomModels/>'],
  ['another case', '<nativedicommodel/>'],
  ['crossed', root('<DicomAttribute tag="00104000" vr="LT"></NativeDicomModel></DicomAttribute>')],
  ['an attribute twice', root('<DicomAttribute tag="00104000" tag="00104000" vr="LT"/>')],
  ['a namespace twice', '<NativeDicomModel xmlns="" xmlns=""/>'],
  ['no quotes', root('<DicomAttribute tag=00104000/>')],
  ['no value', root('<DicomAttribute tag/>')],
  ['no blank between', root('<DicomAttribute tag="00104000"vr="LT"/>')],
  ['< in an attribute', root('<DicomAttribute tag="0010<000" vr="LT"/>')],
  ['an end tag with attributes', '<NativeDicomModel></NativeDicomModel a="1">'],
  ['a blank before a name', '< NativeDicomModel/>'],
  [']]> in text', text('a]]>b')],
  ['-- in a comment', text('<!-- a -- b -->')],
  ['--->', text('<!-- a --->')],
  ['an unknown entity', text('&nbsp;')],
  ['an entity of Object', text('&constructor;&__proto__;')],
  ['a lone ampersand', text('a & b')],
  ['an unfinished reference', text('&lt')],
  ['a reference to NUL', text('&#0;')],
  ['a reference to ESC', text('&#27;')],
  ['a reference to a surrogate', text('&#xD800;')],
  ['a reference to U+FFFF', text('&#xFFFF;')],
  ['a reference beyond Unicode', text('&#x110000;')],
  ['a reference in capitals', text('&#X41;')],
  ['NUL', text('a\0b')],
  ['ESC', text('\x1b$B')],
  ['U+FFFE', text('\ufffe')],
  ['a lone surrogate', text('\ud800')],
  ['XML 1.1', `<?xml version="1.1"?>${text('x')}`],
  ['a declaration behind a blank', ` <?xml version="1.0"?>${text('x')}`],
  ['a tag named __proto__', root('<DicomAttribute tag="__proto__" vr="LT"/>')],
  ['an element named __proto__', root('<__proto__/>')],
  ['an attribute named __proto__', root('<DicomAttribute tag="00104000" vr="LT" __proto__="a"/>')],
  ['an element named constructor', root('<constructor/>')],
])('not well-formed, or not the model: %s', (_, xml) => {
  expect(['DICOM_XML_INVALID', 'DICOM_XML_DTD_REFUSED']).toContain(code(xml));
});

test('encodings that are not the declared ones, or none', () => {
  const declared = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>${text('x')}`;
  expect(code(utf8(declared('UTF-16')))).toBe('DICOM_XML_INVALID');
  expect(code(utf8(declared('ISO-8859-1')))).toBe('DICOM_XML_INVALID');
  expect(code(utf8(declared('UTF-7')))).toBe('DICOM_XML_INVALID');
  expect(code(new Uint8Array(Buffer.from(declared('UTF-8'), 'utf16le')))).toBe('DICOM_XML_INVALID');
  expect(code(new Uint8Array(Buffer.from(declared('UTF-16BE'), 'utf16le')))).toBe('DICOM_XML_INVALID');
  expect(code(Uint8Array.of(...utf8('<NativeDicomModel'), 0xc3, 0x28))).toBe('DICOM_XML_INVALID');
  expect(code(Uint8Array.of(...utf8('<NativeDicomModel>'), 0xed, 0xa0, 0x80))).toBe('DICOM_XML_INVALID');
  expect(code(Uint8Array.of(0xff, 0xfe, 0x3c))).toBe('DICOM_XML_INVALID');
  expect(code(Uint8Array.of(0xff, 0xfe, 0, 0xd8, 0x3c, 0))).toBe('DICOM_XML_INVALID');
  expect(code(Uint8Array.of(0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0))).toBe('DICOM_XML_INVALID');
});

test('cut anywhere it is refused, with a code', () => {
  const whole = `\ufeff<?xml version="1.0" encoding="UTF-8"?><!-- é --><NativeDicomModel xmlns="" xml:space="preserve">
<DicomAttribute tag="00081140" vr="SQ"><Item number="1"><DicomAttribute tag="00100010" vr="PN"><PersonName number="1">
<Alphabetic><FamilyName>&amp;&#955;<![CDATA[é]]></FamilyName></Alphabetic></PersonName></DicomAttribute></Item>
</DicomAttribute><DicomAttribute tag="00090001" vr="OB" privateCreator="a"><InlineBinary>YWI=</InlineBinary>
</DicomAttribute></NativeDicomModel>`;
  const bytes = utf8(whole);
  expect(code(bytes)).toBe('nothing thrown');
  // Cut behind "<!" or "<?" it may have become a document type or an instruction.
  for (let end = 0; end < bytes.length; end++)
    expect(code(bytes.subarray(0, end)), `${end}`).toMatch(/^DICOM_XML_(INVALID|DTD_REFUSED)$/);
});

test('any one byte changed: read, or refused with a code', () => {
  const bytes = utf8(text('a&lt;b<![CDATA[c]]><!--d-->é'));
  for (let at = 0; at < bytes.length; at++)
    for (const byte of [0, 0x20, 0x22, 0x26, 0x2f, 0x3c, 0x3e, 0x5d, 0x80, 0xff]) {
      const changed = new Uint8Array(bytes);
      changed[at] = byte;
      expect(String(code(changed)), `${at} ${byte}`).toMatch(/^(nothing thrown|DICOM_XML_\w+)$/);
    }
});

const nested = (depth: number): string =>
  root(
    '<DicomAttribute tag="00081140" vr="SQ"><Item number="1">'.repeat(depth) + '</Item></DicomAttribute>'.repeat(depth),
  );

test('depth is bounded by a budget, not by the stack', () => {
  expect(code(nested(100))).toBe('nothing thrown');
  expect(code(nested(101))).toBe('DICOM_TOO_DEEP');
  expect(bounded(() => code(nested(60_000)))).toBe('DICOM_TOO_DEEP');
  expect(bounded(() => code(nested(60_000), { maxDepth: 60_000 }))).toBe('nothing thrown');
  expect(bounded(() => code('<NativeDicomModel>'.repeat(60_000)))).toBe('DICOM_XML_INVALID');
});

test('elements, implied values and bytes are bounded', () => {
  const attributes = (count: number): string =>
    root(
      Array.from(
        { length: count },
        (_, at) => `<DicomAttribute tag="${(at + 0x00100020).toString(16).padStart(8, '0')}" vr="LO"/>`,
      ).join(''),
    );
  expect(code(attributes(50), { maxElements: 50 })).toBe('nothing thrown');
  expect(code(attributes(51), { maxElements: 50 })).toBe('DICOM_TOO_MANY_ELEMENTS');
  const far = (number: string): string =>
    root(`<DicomAttribute tag="00080008" vr="CS"><Value number="${number}"/></DicomAttribute>`);
  expect(bounded(() => code(far('999999999999999')))).toBe('DICOM_TOO_MANY_ELEMENTS');
  expect(bounded(() => code(far('9'.repeat(1_000_000))))).toBe('DICOM_XML_INVALID');
  expect(code(text('x'), { maxBytes: 10 })).toBe('DICOM_XML_TOO_LARGE');
  expect(code(utf8(text('x')), { maxBytes: 10 })).toBe('DICOM_XML_TOO_LARGE');
});

const million = 1_000_000;
test.each<[string, () => string, unknown]>([
  ['10 MB of text', () => text('é'.repeat(5 * million)), 'nothing thrown'],
  ['10 MB of references', () => text('&#65;'.repeat(2 * million)), 'nothing thrown'],
  ['10 MB of short references', () => text('&lt;'.repeat(2.5 * million)), 'nothing thrown'],
  ['10 MB of CDATA sections', () => text('<![CDATA[x]]>'.repeat(million / 2)), 'nothing thrown'],
  ['10 MB of comments', () => text('<!---->'.repeat(million)), 'nothing thrown'],
  ['10 MB of ampersands', () => text('&'.repeat(10 * million)), 'DICOM_XML_INVALID'],
  ['10 MB of brackets', () => text(']'.repeat(10 * million)), 'nothing thrown'],
  ['10 MB of CR', () => text('\r'.repeat(10 * million)), 'nothing thrown'],
  ['10 MB of blanks in a tag', () => `<NativeDicomModel${' '.repeat(10 * million)}/>`, 'nothing thrown'],
  ['10 MB in the name of an element', () => `<${'a'.repeat(10 * million)}/>`, 'DICOM_XML_INVALID'],
  [
    '10 MB in the name of an attribute',
    () => `<NativeDicomModel ${'a'.repeat(10 * million)}=""/>`,
    'DICOM_XML_INVALID',
  ],
  ['10 MB in an attribute', () => `<NativeDicomModel a="${'x'.repeat(10 * million)}"/>`, 'DICOM_XML_INVALID'],
  ['an attribute that does not end', () => `<NativeDicomModel a="${'x'.repeat(10 * million)}`, 'DICOM_XML_INVALID'],
  ['10 MB in the declaration', () => `<?xml ${' '.repeat(10 * million)}version="1.0"?>`, 'DICOM_XML_INVALID'],
  [
    'half a million attributes',
    () => `<NativeDicomModel ${Array.from({ length: million / 2 }, (_, at) => `xml:a${at}=""`).join(' ')}/>`,
    'DICOM_XML_INVALID',
  ],
  ['10 MB of digits for a float', () => text('1'.repeat(10 * million)).replace('LT', 'FD'), 'DICOM_XML_INVALID'],
  ['10 MB of digits for an integer', () => text('1'.repeat(10 * million)).replace('LT', 'UL'), 'DICOM_XML_INVALID'],
  [
    '12 MB of base64',
    () =>
      root(
        `<DicomAttribute tag="00420011" vr="OB"><InlineBinary>${'AAAA\n'.repeat(2.4 * million)}</InlineBinary></DicomAttribute>`,
      ),
    'nothing thrown',
  ],
  [
    '200,000 private elements of one tag',
    () => root('<DicomAttribute tag="00090001" vr="LO" privateCreator="a"/>'.repeat(200_000)),
    'DICOM_XML_INVALID',
  ],
  [
    '200,000 values',
    () =>
      root(
        `<DicomAttribute tag="00280106" vr="US">${Array.from({ length: 200_000 }, (_, at) => `<Value number="${at + 1}">1</Value>`).join('')}</DicomAttribute>`,
      ),
    'nothing thrown',
  ],
])('linear time: %s', { timeout: 20_000 }, (_, make, expected) => {
  const xml = make();
  expect(bounded(() => code(xml))).toBe(expected);
});
