import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type DicomFile, merge, parseFile, parseIdentityHalf, split, tags, text, toDicomJson } from '../index.ts';
import {
  codeOf,
  concat,
  delimitedItem,
  delimitedSequence,
  element,
  explicitBe,
  fragments,
  implicitLe,
  item,
  joined,
  latin,
  part10,
  type Syntax,
  u16,
  u32,
  uid,
} from '../part10.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { type Edit, type EditOptions, edit } from './edit.ts';

const explicitLe: Syntax = { explicit: true, littleEndian: true };
const inflateRaw = (bytes: Uint8Array): Uint8Array => new Uint8Array(inflateRawSync(bytes));
const read = (bytes: Uint8Array): DicomFile => parseFile(bytes, { inflateRaw, duplicates: 'accept' });
const edited = (bytes: Uint8Array, edits: readonly Edit[], options?: EditOptions): Uint8Array =>
  joined(edit(read(bytes), edits, options).pieces);
const lo = (value: string) => ({ vr: 'LO', Value: [value] });
const sequenceTag = tags.RequestAttributesSequence;
const innerTag = tags.RequestedProcedureDescription;
const studyDescription = element(tags.StudyDescription, 'LO', 'before');
const id = element(tags.PatientID, 'LO', 'x1');

describe('set, remove and replace', () => {
  test('an element that is there is replaced, and every other byte stays', () => {
    const after = edited(part10(uid.explicit, studyDescription, id), [
      { path: [tags.StudyDescription], set: lo('longer than before') },
    ]);
    expect(after).toEqual(part10(uid.explicit, element(tags.StudyDescription, 'LO', 'longer than before'), id));
  });

  test('an element that is missing goes before the first with a greater tag, in a data set out of order too', () => {
    const birth = { path: [tags.PatientBirthDate], set: { vr: 'DA', Value: ['19700101'] } };
    const made = element(tags.PatientBirthDate, 'DA', '19700101');
    const rows = element(tags.Rows, 'US', u16(4));
    expect(edited(part10(uid.explicit, id, rows), [birth])).toEqual(part10(uid.explicit, id, made, rows));
    expect(edited(part10(uid.explicit, rows, id), [birth])).toEqual(part10(uid.explicit, made, rows, id));
    expect(edited(part10(uid.explicit, id), [birth])).toEqual(part10(uid.explicit, id, made));
    expect(edited(part10(uid.explicit), [birth])).toEqual(part10(uid.explicit, made));
  });

  test('several new elements at one place stand in the order of their tags', () => {
    const edits: Edit[] = [
      { path: [tags.StudyDescription], set: lo('b ') },
      { path: [tags.AccessionNumber], set: { vr: 'SH', Value: ['a'] } },
    ];
    expect(edited(part10(uid.explicit, id), edits)).toEqual(
      part10(uid.explicit, element(tags.AccessionNumber, 'SH', 'a'), element(tags.StudyDescription, 'LO', 'b '), id),
    );
  });

  test('an element removed is gone, and one that was not there is gone already', () => {
    const bytes = part10(uid.explicit, studyDescription, id);
    expect(edited(bytes, [{ path: [tags.StudyDescription], remove: true }])).toEqual(part10(uid.explicit, id));
    for (const path of [
      [tags.AccessionNumber],
      [sequenceTag, 0, innerTag],
      [sequenceTag, 3],
      [tags.PatientID, 0, innerTag],
    ])
      expect(edited(bytes, [{ path, remove: true }])).toEqual(bytes);
  });

  test('odd lengths, wrong padding, unknown VRs, stray delimiters, preamble and tail stay as they are', () => {
    const odd = [
      element(0x00080060, 'ZZ', 'xy'),
      element(0x00081010, 'SH', Uint8Array.of(65)),
      element(0x00081040, 'LO', latin('a', '\0')),
      concat(u16(0xfffe), u16(0xe00d), u32(0)),
    ];
    const bytes = part10(uid.explicit, ...odd, studyDescription, id, fragments(tags.PixelData, [u32(1)]), latin('zz'));
    bytes.fill(7, 0, 128);
    const after = edited(bytes, [{ path: [tags.PatientName], set: { vr: 'PN', Value: [{ Alphabetic: 'A' }] } }]);
    const at = bytes.length - id.length - fragments(tags.PixelData, [u32(1)]).length - 2;
    const name = element(tags.PatientName, 'PN', 'A');
    expect(after).toEqual(concat(bytes.subarray(0, at), name, bytes.subarray(at)));
  });

  test('what is not touched is handed out as views, not copied', () => {
    const bytes = part10(uid.explicit, studyDescription, id, element(tags.PixelData, 'OW', new Uint8Array(1000)));
    const { pieces, bytes: total } = edit(read(bytes), [{ path: [tags.PatientID], set: lo('z') }]);
    expect(pieces.filter(({ buffer }) => buffer === bytes.buffer).length).toBe(2);
    expect(total).toBe(joined(pieces).length);
  });

  test('no edits, no change', () => {
    const bytes = part10(uid.explicit, id);
    expect(edited(bytes, [])).toEqual(bytes);
  });
});

describe.each([
  ['explicit little endian', uid.explicit, explicitLe],
  ['implicit little endian', uid.implicit, implicitLe],
  ['explicit big endian', uid.bigEndian, explicitBe],
])('in sequences, %s', (_name, syntaxUid, syntax) => {
  const inner = (value: string) => element(innerTag, 'LO', value, syntax);
  const deep = (value: string, defined: boolean, levels: number): Uint8Array => {
    let bytes = concat(element(tags.ScheduledProcedureStepID, 'SH', 'id', syntax), inner(value));
    for (let level = 0; level < levels; level++)
      bytes = defined
        ? element(sequenceTag, 'SQ', item(bytes, syntax), syntax)
        : delimitedSequence(sequenceTag, 'SQ', delimitedItem(bytes, syntax), syntax);
    return bytes;
  };
  const path = (levels: number) => [...Array.from({ length: levels }, () => [sequenceTag, 0]).flat(), innerTag];

  test.each([true, false])('an edit five deep mends every length around it (lengths said: %s)', (defined) => {
    const before = part10(syntaxUid, deep('a', defined, 5), element(0x00401001, 'SH', 'z', syntax));
    const expected = part10(syntaxUid, deep('much longer ', defined, 5), element(0x00401001, 'SH', 'z', syntax));
    expect(edited(before, [{ path: path(5), set: lo('much longer') }])).toEqual(expected);
    expect(edited(expected, [{ path: path(5), set: lo('a') }])).toEqual(before);
  });

  test('items are replaced, appended and removed, and their sequence says the new length', () => {
    const sequence = (...values: string[]) =>
      part10(
        syntaxUid,
        element(sequenceTag, 'SQ', concat(...values.map((value) => item(inner(value), syntax))), syntax),
      );
    const json = (value: string) => ({ [innerTag.toString(16).padStart(8, '0')]: lo(value) });
    const before = sequence('aa', 'bb');
    expect(edited(before, [{ path: [sequenceTag, 0], item: json('cccc') }])).toEqual(sequence('cccc', 'bb'));
    expect(edited(before, [{ path: [sequenceTag, 2], item: json('cc') }])).toEqual(sequence('aa', 'bb', 'cc'));
    expect(edited(before, [{ path: [sequenceTag, 0], remove: true }])).toEqual(sequence('bb'));
    const all: Edit[] = [
      { path: [sequenceTag, 3], item: json('dd') },
      { path: [sequenceTag, 0], remove: true },
      { path: [sequenceTag, 2], item: json('cc') },
      { path: [sequenceTag, 1, innerTag], set: lo('BB') },
    ];
    expect(edited(before, all)).toEqual(sequence('BB', 'cc', 'dd'));
    expect(codeOf(() => edited(before, [{ path: [sequenceTag, 3], item: json('x') }]))).toBe('DICOM_EDIT_PATH_MISSING');
  });

  test('items of undefined length keep it, and what is appended stands before the delimiter', () => {
    const before = part10(
      syntaxUid,
      delimitedSequence(sequenceTag, 'SQ', delimitedItem(inner('aa'), syntax), syntax),
      element(0x00401001, 'SH', 'z', syntax),
    );
    const after = edited(before, [
      { path: [sequenceTag, 1], item: { '00321060': lo('bb') } },
      { path: [sequenceTag, 0, tags.ScheduledProcedureStepID], set: { vr: 'SH', Value: ['s1'] } },
    ]);
    const first = delimitedItem(
      concat(inner('aa'), element(tags.ScheduledProcedureStepID, 'SH', 's1', syntax)),
      syntax,
    );
    const sequence = delimitedSequence(sequenceTag, 'SQ', concat(first, item(inner('bb'), syntax)), syntax);
    expect(after).toEqual(part10(syntaxUid, sequence, element(0x00401001, 'SH', 'z', syntax)));
  });

  test('a missing sequence is made only where that was asked for', () => {
    const before = part10(syntaxUid, element(tags.PatientID, 'LO', 'x1', syntax));
    const edits: Edit[] = [
      { path: [sequenceTag, 0, sequenceTag, 0, innerTag], set: lo('in') },
      { path: [sequenceTag, 0, sequenceTag, 1, innerTag], set: lo('no') },
    ];
    expect(codeOf(() => edited(before, edits))).toBe('DICOM_EDIT_PATH_MISSING');
    const two = element(sequenceTag, 'SQ', concat(item(inner('in'), syntax), item(inner('no'), syntax)), syntax);
    const made = element(sequenceTag, 'SQ', item(two, syntax), syntax);
    expect(edited(before, edits, { missing: 'create' })).toEqual(concat(before, made));
    const gap: Edit[] = [{ path: [sequenceTag, 1, innerTag], set: lo('x') }];
    expect(codeOf(() => edited(before, gap, { missing: 'create' }))).toBe('DICOM_EDIT_PATH_MISSING');
  });

  test('a group length that was right stays right, and one that was wrong stays wrong', () => {
    const body = concat(element(0x00100010, 'PN', 'Doe^', syntax), element(tags.PatientID, 'LO', 'x1', syntax));
    const length = (bytes: number) => element(0x00100000, 'UL', u32(bytes, syntax), syntax);
    const birth = element(tags.PatientBirthDate, 'DA', '19700101', syntax);
    const set: Edit[] = [{ path: [tags.PatientBirthDate], set: { vr: 'DA', Value: ['19700101'] } }];
    expect(edited(part10(syntaxUid, length(body.length), body), set)).toEqual(
      part10(syntaxUid, length(body.length + birth.length), body, birth),
    );
    expect(edited(part10(syntaxUid, length(7), body), set)).toEqual(part10(syntaxUid, length(7), body, birth));
    const three: Edit[] = [
      ...set,
      { path: [tags.PatientSex], set: { vr: 'CS', Value: ['F'] } },
      { path: [0x00100010], remove: true },
    ];
    const sex = element(tags.PatientSex, 'CS', 'F', syntax);
    const rest = concat(element(tags.PatientID, 'LO', 'x1', syntax), birth, sex);
    expect(edited(part10(syntaxUid, length(body.length), body), three)).toEqual(
      part10(syntaxUid, length(rest.length), rest),
    );
  });
});

test('a sequence that some sender wrote as UN is edited as the implicit little endian that it holds', () => {
  for (const [syntaxUid, syntax] of [
    [uid.explicit, explicitLe],
    [uid.bigEndian, explicitBe],
  ] as const) {
    const make = (value: string) =>
      part10(
        syntaxUid,
        element(tags.PatientID, 'LO', 'x1', syntax),
        element(sequenceTag, 'UN', item(element(innerTag, 'LO', value, implicitLe), implicitLe), syntax),
      );
    expect(edited(make('aa'), [{ path: [sequenceTag, 0, innerTag], set: lo('aaaa') }])).toEqual(make('aaaa'));
  }
});

test('the first item of an empty sequence that some sender wrote as UN is implicit little endian, too', () => {
  const empty = (items: Uint8Array) =>
    part10(
      uid.bigEndian,
      element(tags.PatientID, 'LO', 'x1', explicitBe),
      element(sequenceTag, 'UN', items, explicitBe, 0xffffffff),
      concat(u16(0xfffe), u16(0xe0dd), u32(0)),
    );
  const made = item(element(innerTag, 'LO', 'aa', implicitLe), implicitLe);
  expect(edited(empty(new Uint8Array(0)), [{ path: [sequenceTag, 0], item: { '00321060': lo('aa') } }])).toEqual(
    empty(made),
  );
});

test('a sequence under a VR that is none, whose head has a length of 16 bits, is not edited and its VR not overwritten', () => {
  const inner = item(element(innerTag, 'LO', 'aa', implicitLe), implicitLe);
  const bytes = part10(uid.explicit, id, element(sequenceTag, '??', inner), studyDescription);
  expect(read(bytes).dataset.elements.get(sequenceTag)?.items?.length).toBe(1);
  const set: Edit = { path: [sequenceTag, 0, innerTag], set: lo('aaaa') };
  expect(codeOf(() => edited(bytes, [set]))).toBe('DICOM_EDIT_INVALID');
  expect(edited(bytes, [{ path: [sequenceTag], remove: true }])).toEqual(part10(uid.explicit, id, studyDescription));
});

describe('group 0002', () => {
  test('its elements are edited by the same paths, and (0002,0000) follows', () => {
    const bytes = part10(uid.explicit, id);
    const after = edited(bytes, [{ path: [tags.SourceApplicationEntityTitle], set: { vr: 'AE', Value: ['STATION'] } }]);
    const { meta, warnings, dataset } = read(after);
    expect(text(meta, tags.SourceApplicationEntityTitle)).toBe('STATION');
    expect(text(dataset, tags.PatientID)).toBe('x1');
    expect(warnings).toEqual([]);
  });

  test('a wrong (0002,0000) is put right when group 0002 is edited, and left alone else', () => {
    const bytes = part10(uid.explicit, id);
    bytes[140] = 99;
    expect(read(edited(bytes, [{ path: [tags.PatientID], set: lo('yy') }])).warnings[0]?.code).toBe(
      'DICOM_META_LENGTH_WRONG',
    );
    const set: Edit[] = [{ path: [tags.SourceApplicationEntityTitle], set: { vr: 'AE', Value: ['S'] } }];
    expect(read(edited(bytes, set)).warnings).toEqual([]);
    expect(codeOf(() => edited(bytes, [{ path: [0x00020000], remove: true }]))).toBe('DICOM_EDIT_INVALID');
  });
});

describe('paths that are refused', () => {
  const bytes = part10(uid.explicit, id, element(sequenceTag, 'SQ', item(element(innerTag, 'LO', 'aa'))));
  test.each<[string, Edit[]]>([
    ['an empty path', [{ path: [], remove: true }]],
    ['a value for an item', [{ path: [sequenceTag, 0], set: lo('x') }]],
    ['an item for an element', [{ path: [sequenceTag], item: {} }]],
    ['an item tag', [{ path: [0xfffee000], set: lo('x') }]],
    ['a tag that is none', [{ path: [-1], set: lo('x') }]],
    ['an index that is none', [{ path: [sequenceTag, 0.5, innerTag], set: lo('x') }]],
    ['group 0002 in an item', [{ path: [sequenceTag, 0, 0x00020016], set: lo('x') }]],
    [
      'one place twice',
      [
        { path: [tags.PatientID], set: lo('x') },
        { path: [tags.PatientID], remove: true },
      ],
    ],
    [
      'an edit inside what another replaces',
      [
        { path: [sequenceTag], remove: true },
        { path: [sequenceTag, 0, innerTag], set: lo('x') },
      ],
    ],
    [
      'an edit around another',
      [
        { path: [sequenceTag, 0, innerTag], set: lo('x') },
        { path: [sequenceTag, 0], remove: true },
      ],
    ],
  ])('%s', (_name, edits) => {
    expect(codeOf(() => edited(bytes, edits))).toBe('DICOM_EDIT_INVALID');
  });

  test('a path through what is no sequence is missing, even where one may be made', () => {
    const edits: Edit[] = [{ path: [tags.PatientID, 0, innerTag], set: lo('x') }];
    expect(codeOf(() => edited(bytes, edits, { missing: 'create' }))).toBe('DICOM_EDIT_PATH_MISSING');
  });

  test('keys of the caller’s JSON mean nothing to JavaScript', () => {
    const item = JSON.parse('{"__proto__": {"vr": "LO", "Value": ["x"]}}');
    expect(codeOf(() => edited(bytes, [{ path: [sequenceTag, 0], item }]))).toBe('DICOM_JSON_INVALID');
  });
});

describe('repeats of an element', () => {
  const second = element(tags.PatientID, 'LO', 'second');
  const rows = element(tags.Rows, 'US', u16(4));
  test.each([
    ['between others', [id, second, rows], [rows]],
    ['at the end', [id, rows, second], [rows]],
    ['three times', [id, second, second, rows, second], [rows]],
  ])('%s all go with the first', (_name, before, rest) => {
    expect(edited(part10(uid.explicit, ...before), [{ path: [tags.PatientID], remove: true }])).toEqual(
      part10(uid.explicit, ...rest),
    );
    expect(edited(part10(uid.explicit, ...before), [{ path: [tags.PatientID], set: lo('new ') }])).toEqual(
      part10(uid.explicit, element(tags.PatientID, 'LO', 'new '), ...rest),
    );
  });

  test('those of other elements stay, sequences and fragments among them', () => {
    const repeated = delimitedSequence(
      sequenceTag,
      'SQ',
      delimitedItem(delimitedSequence(sequenceTag, 'UN', item(element(innerTag, 'LO', 'u', implicitLe)))),
    );
    const pixels = fragments(tags.PixelData, [u32(1), u32(2)]);
    const before = [repeated, repeated, id, repeated, pixels, pixels];
    const after = edited(part10(uid.jpeg, ...before, second), [{ path: [tags.PatientID], remove: true }]);
    expect(after).toEqual(part10(uid.jpeg, ...before.filter((bytes) => bytes !== id)));
  });

  test('a repeat whose items lack their delimiters ends where its sequence does', () => {
    const open = element(
      sequenceTag,
      'SQ',
      item(element(innerTag, 'LO', 'aa'), explicitLe, 0xffffffff),
      explicitLe,
      0xffffffff,
    );
    const sequence = concat(open, u16(0xfffe), u16(0xe0dd), u32(0));
    const before = part10(uid.explicit, sequence, id, sequence, second);
    expect(edited(before, [{ path: [tags.PatientID], remove: true }])).toEqual(
      part10(uid.explicit, sequence, sequence),
    );
    expect(edited(before, [{ path: [sequenceTag], remove: true }])).toEqual(part10(uid.explicit, id, second));
  });

  test('a repeated sequence that an edit leads through is left once', () => {
    const sequence = (value: string) => element(sequenceTag, 'SQ', item(element(innerTag, 'LO', value)));
    const before = part10(uid.explicit, sequence('aa'), sequence('aa'));
    expect(edited(before, [{ path: [sequenceTag, 0, innerTag], set: lo('bb') }])).toEqual(
      part10(uid.explicit, sequence('bb')),
    );
  });
});

describe('text', () => {
  const latin1 = element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 100');
  const umlaut = (tag: number, bytes = Uint8Array.of(0x4d, 0xfc)) => element(tag, 'LO', bytes);
  const charset = (term: string): Edit => ({ path: [tags.SpecificCharacterSet], set: { vr: 'CS', Value: [term] } });

  test('is written in the character set in force where it stands, the item’s own or inherited', () => {
    const before = part10(
      uid.explicit,
      latin1,
      element(
        sequenceTag,
        'SQ',
        concat(
          item(umlaut(innerTag)),
          item(concat(element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 192'), element(innerTag, 'LO', 'ab'))),
        ),
      ),
    );
    const after = edited(before, [
      { path: [sequenceTag, 0, innerTag], set: lo('é') },
      { path: [sequenceTag, 1, innerTag], set: lo('é') },
    ]);
    const items = read(after).dataset.elements.get(sequenceTag)!.items!;
    expect(items.map((ds) => text(ds, innerTag))).toEqual(['é', 'é']);
    expect(
      items
        .map((ds) => ds.elements.get(innerTag)!)
        .map(({ valueStart, valueEnd }) => [...after.subarray(valueStart, valueEnd)]),
    ).toEqual([
      [0xe9, 0x20],
      [0xc3, 0xa9],
    ]);
  });

  test('that no declared character set holds is refused', () => {
    const bytes = part10(uid.explicit, latin1, id);
    expect(codeOf(() => edited(bytes, [{ path: [tags.PatientID], set: lo('Ω') }]))).toBe('DICOM_TEXT_NOT_ENCODABLE');
  });

  test('becomes UTF-8 in the whole data set where the caller says so, and reads as before', () => {
    const nested = concat(
      element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 144'),
      element(innerTag, 'LO', Uint8Array.of(0xd0, 0xd1)),
    );
    const before = part10(
      uid.explicit,
      latin1,
      umlaut(tags.StudyDescription),
      element(tags.PatientComments, 'LT', Uint8Array.of(0xfc)),
      element(sequenceTag, 'SQ', concat(item(nested), item(umlaut(innerTag)))),
    );
    const was = toDicomJson(read(before).dataset);
    const after = edited(before, [{ path: [tags.PatientID], set: lo('Ω') }], { charset: 'utf-8-if-needed' });
    const now = toDicomJson(read(after).dataset);
    expect(now['00100020']).toEqual(lo('Ω'));
    delete now['00100020'];
    expect(JSON.parse(JSON.stringify(now).replaceAll('ISO_IR 192', 'ISO_IR 100'))).toEqual(
      JSON.parse(JSON.stringify(was).replaceAll('ISO_IR 144', 'ISO_IR 100')),
    );
    const cheap = edited(before, [{ path: [tags.PatientID], set: lo('é') }], { charset: 'utf-8-if-needed' });
    expect(text(read(cheap).dataset, tags.SpecificCharacterSet)).toBe('ISO_IR 100');
  });

  test('that says something else under a new (0008,0005) forbids it, wherever it stands', () => {
    const nested = (...more: Uint8Array[]) => element(sequenceTag, 'SQ', item(concat(...more, umlaut(innerTag))));
    const cyrillic = [charset('ISO_IR 144')];
    expect(codeOf(() => edited(part10(uid.explicit, latin1, umlaut(tags.StudyDescription)), cyrillic))).toBe(
      'DICOM_EDIT_CHARSET',
    );
    expect(codeOf(() => edited(part10(uid.explicit, latin1, nested()), cyrillic))).toBe('DICOM_EDIT_CHARSET');
    expect(
      codeOf(() =>
        edited(part10(uid.explicit, latin1, umlaut(innerTag)), [
          { path: [tags.SpecificCharacterSet], set: { vr: 'CS', Value: ['ISO_IR 192'] } },
        ]),
      ),
    ).toBe('DICOM_EDIT_CHARSET');
    for (const fine of [part10(uid.explicit, latin1, id), part10(uid.explicit, latin1, nested(latin1))])
      expect(text(read(edited(fine, cyrillic)).dataset, tags.SpecificCharacterSet)).toBe('ISO_IR 144');
  });

  test('in two-byte characters that are ASCII bytes is no ASCII text', () => {
    const kanji = element(tags.StudyDescription, 'LO', Uint8Array.of(0x1b, 0x24, 0x42, 0x3b, 0x33, 0x1b, 0x28, 0x42));
    const before = part10(uid.explicit, element(tags.SpecificCharacterSet, 'CS', '\\ISO 2022 IR 87'), kanji);
    const after = edited(before, [{ path: [tags.PatientID], set: lo('Ω€') }], { charset: 'utf-8-if-needed' });
    expect(text(read(after).dataset, tags.StudyDescription)).toBe('山');
    expect(text(read(after).dataset, tags.SpecificCharacterSet)).toBe('ISO_IR 192');
  });

  test('that is edited along with (0008,0005), or reads the same under it, forbids nothing', () => {
    const before = part10(uid.explicit, latin1, umlaut(tags.StudyDescription));
    const both = edited(before, [charset('ISO_IR 144'), { path: [tags.StudyDescription], set: lo('Я') }]);
    expect(text(read(both).dataset, tags.StudyDescription)).toBe('Я');
    const undeclared = part10(uid.explicit, umlaut(tags.StudyDescription));
    expect(text(read(edited(undeclared, [charset('ISO_IR 100')])).dataset, tags.StudyDescription)).toBe('Mü');
  });

  test('that was misdeclared is declared right where the caller knows it was', () => {
    const before = part10(uid.explicit, latin1, umlaut(tags.StudyDescription, Uint8Array.of(0xc3, 0xbc)));
    const after = edited(before, [charset('ISO_IR 192')], { charset: 'redeclare' });
    expect(text(read(after).dataset, tags.StudyDescription)).toBe('ü');
    const recoded = edited(before, [charset('ISO_IR 192')], { charset: 'utf-8-if-needed' });
    expect(text(read(recoded).dataset, tags.StudyDescription)).toBe('Ã¼');
  });

  test('that its character set cannot read is not made up', () => {
    const bytes = part10(
      uid.explicit,
      element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 192'),
      umlaut(tags.StudyDescription),
      element(sequenceTag, 'SQ', item(concat(latin1, element(innerTag, 'LO', 'ab')))),
    );
    const edits: Edit[] = [{ path: [sequenceTag, 0, innerTag], set: lo('Ω') }];
    expect(codeOf(() => edited(bytes, edits, { charset: 'utf-8-if-needed' }))).toBe('DICOM_EDIT_CHARSET');
  });
});

describe('private elements', () => {
  const creator = (block: number, name: string) => element(0x00290000 + block, 'LO', name);
  const path = [{ group: 0x0029, creator: 'SYMBOLON', element: 0x10 }];
  const set: Edit = { path, set: lo('v1') };

  test('find the block of their creator', () => {
    const before = part10(uid.explicit, creator(0x10, 'OTHER'), creator(0x11, 'SYMBOLON'));
    expect(edited(before, [set])).toEqual(concat(before, element(0x00291110, 'LO', 'v1')));
    expect(edited(edited(before, [set]), [{ path, remove: true }])).toEqual(before);
  });

  test('reserve the first block that neither a creator nor an element uses', () => {
    const before = part10(uid.explicit, creator(0x10, 'OTHER'), element(0x00291101, 'LO', 'xx'));
    const edits: Edit[] = [set, { path: [{ ...path[0]!, element: 0x11 }], set: lo('v2') }];
    expect(edited(before, edits)).toEqual(
      part10(
        uid.explicit,
        creator(0x10, 'OTHER'),
        creator(0x12, 'SYMBOLON'),
        element(0x00291101, 'LO', 'xx'),
        element(0x00291210, 'LO', 'v1'),
        element(0x00291211, 'LO', 'v2'),
      ),
    );
  });

  test('do so in sequences that are made for them, and remove nothing where there is no block', () => {
    const before = part10(uid.explicit, id);
    expect(edited(before, [{ path, remove: true }])).toEqual(before);
    const made = element(sequenceTag, 'SQ', item(concat(creator(0x10, 'SYMBOLON'), element(0x00291010, 'LO', 'v1'))));
    expect(edited(before, [{ path: [sequenceTag, 0, ...path], set: lo('v1') }], { missing: 'create' })).toEqual(
      concat(before, made),
    );
  });

  test('that are none are refused', () => {
    for (const wrong of [
      { group: 0x0028 },
      { group: 5 },
      { group: 0xffff },
      { creator: '' },
      { creator: 'a\\b' },
      { creator: 'x'.repeat(65) },
      { element: 256 },
    ])
      expect(
        codeOf(() => edited(part10(uid.explicit, id), [{ path: [{ ...path[0]!, ...wrong }], set: lo('x') }])),
      ).toBe('DICOM_EDIT_INVALID');
  });
});

describe('identity halves', () => {
  const pixels = element(tags.PixelData, 'OW', u32(0x01020304));
  const padding = element(tags.DataSetTrailingPadding, 'OB', u32(0));
  const whole = part10(uid.explicit, studyDescription, id, pixels, padding);

  test('edited and merged are the whole file edited, with the cuts that come back', () => {
    const halves = split(read(whole));
    const identity = joined(halves.identity);
    const edits: Edit[] = [
      { path: [tags.StudyDescription], set: lo('a longer one') },
      { path: [0x7fe00001], set: { vr: 'OV', InlineBinary: 'AAAAAAAAAAA=' } },
      { path: [0x7fe10010], set: lo('X') },
      { path: [tags.DataSetTrailingPadding], remove: true },
      { path: [tags.SourceApplicationEntityTitle], set: { vr: 'AE', Value: ['S'] } },
    ];
    const half = edit(parseIdentityHalf(identity, { cuts: halves.cuts }), edits, { cuts: halves.cuts });
    expect(joined(merge(joined(half.pieces), joined(halves.image), half.cuts))).toEqual(edited(whole, edits));
  });

  test('count the pixels that are elsewhere where a group length does', () => {
    const offsets = element(0x7fe00001, 'OV', u32(0));
    const length = (bytes: number) => element(0x7fe00000, 'UL', u32(bytes));
    const file = part10(uid.explicit, id, length(pixels.length + offsets.length), offsets, pixels);
    const { identity, image, cuts } = split(read(file));
    const half = edit(parseIdentityHalf(joined(identity), { cuts }), [{ path: [0x7fe00001], remove: true }], { cuts });
    expect(joined(merge(joined(half.pieces), joined(image), half.cuts))).toEqual(
      part10(uid.explicit, id, length(pixels.length), pixels),
    );
  });

  test('take no pixel data and give none', () => {
    const { identity, cuts } = split(read(whole));
    const half = parseIdentityHalf(joined(identity), { cuts });
    const set: Edit = { path: [tags.PixelData], set: { vr: 'OW', InlineBinary: 'AAAA' } };
    expect(codeOf(() => edit(half, [set], { cuts }))).toBe('DICOM_EDIT_INVALID');
    expect(codeOf(() => edit(half, [{ path: [tags.PixelData], remove: true }], { cuts }))).toBe('DICOM_EDIT_INVALID');
  });
});

describe('data sets deflated whole', () => {
  const deflate = (bytes: Uint8Array): Uint8Array => new Uint8Array(deflateRawSync(bytes));
  const bytes = part10(uid.deflated, deflate(concat(studyDescription, id)));
  const set: Edit = { path: [tags.PatientID], set: lo('other') };

  test('are inflated, edited and deflated again by what was handed in', () => {
    const lengths = new Set<number>();
    for (const value of ['other', 'another', 'one more', 'aaaaaaaa', 'x']) {
      const deflateRaw = (inflated: Uint8Array): Uint8Array => {
        const bytes = deflate(inflated);
        lengths.add(bytes.length % 2);
        return bytes;
      };
      const after = read(edited(bytes, [{ path: [tags.PatientID], set: lo(value) }], { deflateRaw }));
      expect(text(after.dataset, tags.PatientID)).toBe(value);
      expect((after.bytes.length - after.datasetStart) % 2, 'PS3.5 §A.5').toBe(0);
    }
    expect(lengths, 'both kinds were seen').toEqual(new Set([0, 1]));
    expect(codeOf(() => edited(bytes, [set]))).toBe('DICOM_DEFLATE_UNAVAILABLE');
  });

  test('stay as they are when group 0002 alone is edited', () => {
    const after = edited(bytes, [{ path: [tags.SourceApplicationEntityTitle], set: { vr: 'AE', Value: ['S'] } }]);
    expect(text(read(after).dataset, tags.PatientID)).toBe('x1');
  });
});

test('an edit 5,000 deep is made without recursion, and every length around it is right', () => {
  const deep = (value: string): Uint8Array => {
    // From the inside out, into one buffer: concatenating 5,000 times would take longer than the edit.
    const inner = element(innerTag, 'LO', value);
    const bytes = new Uint8Array(5_000 * 20 + inner.length);
    bytes.set(inner, bytes.length - inner.length);
    for (let at = bytes.length - inner.length - 20; at >= 0; at -= 20) {
      const inside = bytes.length - at - 12;
      bytes.set(
        concat(
          element(sequenceTag, 'SQ', new Uint8Array(0), explicitLe, inside),
          item(new Uint8Array(0), explicitLe, inside - 8),
        ),
        at,
      );
    }
    return part10(uid.explicit, bytes);
  };
  const path = [...Array.from({ length: 5_000 }, () => [sequenceTag, 0]).flat(), innerTag];
  const file = parseFile(deep('a'), { maxDepth: 10_000 });
  const from = workedMs();
  const { pieces } = edit(file, [{ path, set: lo('longer') }]);
  expect(workedMs() - from).toBeLessThan(2_000);
  expect(joined(pieces)).toEqual(deep('longer'));
});

test('a first element that would make readers take the data set for another encoding is refused', () => {
  // Explicit, but group 0002 says implicit: the first element is what tells.
  const bytes = part10(uid.implicit, studyDescription, id);
  const first = (value: string): Edit => ({
    path: [tags.AccessionNumber],
    set: { vr: 'SH', Value: value === '' ? [] : [value] },
  });
  expect(text(read(edited(bytes, [first('A1')])).dataset, tags.PatientID)).toBe('x1');
  expect(codeOf(() => edited(bytes, [first('')]))).toBe('DICOM_EDIT_INVALID');
});

test('a DICOMDIR takes edits that move no byte, and no others', () => {
  const bytes = part10(uid.explicit, element(0x00041130, 'CS', 'SET1'), element(0x00041220, 'SQ', ''));
  expect(edited(bytes, [{ path: [0x00041130], set: { vr: 'CS', Value: ['SET2'] } }]).length).toBe(bytes.length);
  expect(codeOf(() => edited(bytes, [{ path: [0x00041130], remove: true }]))).toBe('DICOM_EDIT_INVALID');
});
