import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf } from '../part10.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { nameComponents, nameGroup, personName, personNameText } from './person-name.ts';

describe('three groups (PS3.5 §6.2.1)', () => {
  test.each([
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', ['Yamada^Tarou', '山田^太郎', 'やまだ^たろう']],
    ['Adams^John Robert Quincy^^Rev.^B.A. M.Div.', ['Adams^John Robert Quincy^^Rev.^B.A. M.Div.', '', '']],
    ['=山田^太郎', ['', '山田^太郎', '']],
    ['Wang^XiaoDong=王^小东=', ['Wang^XiaoDong', '王^小东', '']],
    ['==やまだ', ['', '', 'やまだ']],
    ['', ['', '', '']],
    [' Doe ^ Jane = x ', ['Doe ^ Jane', 'x', '']],
  ])('%s', (value, [alphabetic, ideographic, phonetic]) => {
    expect(personName(value)).toEqual({ alphabetic, ideographic, phonetic });
  });

  test('spaces are padding, ideographic ones are text', () => {
    expect(personName('a=　山 ').ideographic).toBe('　山');
  });

  test('groups beyond the third are kept', () => {
    expect(personName('a=b=c=d==e')).toEqual({
      alphabetic: 'a',
      ideographic: 'b',
      phonetic: 'c',
      further: ['d', '', 'e'],
    });
    expect(personNameText(personName('a=b=c=d==e'))).toBe('a=b=c=d==e');
  });

  test('delimiters at the end are not written, those within are', () => {
    expect(personNameText({ alphabetic: 'Doe^Jane' })).toBe('Doe^Jane');
    expect(personNameText({ phonetic: 'やまだ' })).toBe('==やまだ');
    expect(personNameText({ alphabetic: '', ideographic: '', phonetic: '' })).toBe('');
  });
});

describe('five components (PS3.5 §6.2.1.1)', () => {
  test('in their order', () => {
    expect(nameComponents('Adams^John Robert^Quincy^Rev.^B.A. M.Div.')).toEqual({
      family: 'Adams',
      given: 'John Robert',
      middle: 'Quincy',
      prefix: 'Rev.',
      suffix: 'B.A. M.Div.',
    });
    expect(nameComponents('Doe')).toEqual({ family: 'Doe', given: '', middle: '', prefix: '', suffix: '' });
  });

  test('those beyond the fifth are kept', () => {
    expect(nameComponents('a^b^c^d^e^f').further).toEqual(['f']);
    expect(nameGroup(nameComponents('a^b^c^d^e^f^^g^^'))).toBe('a^b^c^d^e^f^^g');
  });

  test('delimiters at the end are not written, those within are', () => {
    expect(nameGroup({ family: 'Doe', prefix: 'Dr.' })).toBe('Doe^^^Dr.');
    expect(nameGroup({ given: 'Cher' })).toBe('^Cher');
    expect(nameGroup({})).toBe('');
  });
});

test('what would separate is refused within a part', () => {
  const refused = 'DICOM_TEXT_NOT_ENCODABLE';
  for (const bad of ['a^b', 'a=b', 'a\\b', 'a\nb', 'a\u001bb'])
    expect(codeOf(() => nameGroup({ family: bad }))).toBe(refused);
  for (const bad of ['a=b', 'a\\b', 'a\r\nb']) expect(codeOf(() => personNameText({ alphabetic: bad }))).toBe(refused);
});

test('reading what was written gives it back', () => {
  const component = fc.stringMatching(/^(?:[^\x00-\x20\\^=]|[^\x00-\x20\\^=][^\x00-\x1f\\^=]*[^\x00-\x20\\^=])?$/u);
  const group = fc.record({
    family: component,
    given: component,
    middle: component,
    prefix: component,
    suffix: component,
  });
  fc.assert(
    fc.property(group, group, group, (...groups) => {
      const [alphabetic, ideographic, phonetic] = groups.map(nameGroup) as [string, string, string];
      expect([alphabetic, ideographic, phonetic].map(nameComponents)).toEqual(groups);
      const name = { alphabetic, ideographic, phonetic };
      expect(personName(personNameText(name))).toEqual(name);
    }),
  );
});

test('a name of a megabyte takes linear time', () => {
  for (const pattern of ['=', '^', ' ', 'a= ^']) {
    const value = pattern.repeat(2 ** 20 / pattern.length);
    const began = workedMs();
    personNameText(personName(value));
    nameComponents(value);
    expect(workedMs() - began).toBeLessThan(2000);
  }
});
