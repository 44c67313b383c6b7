import { describe, expect, test } from 'vitest';
import { type DicomFile, parseFile, tags } from '../index.ts';
import {
  concat,
  delimitedItem,
  element,
  explicitBe,
  implicitLe,
  item,
  joined,
  part10,
  type Syntax,
  tagBytes,
  u32,
  uid,
  undefinedLength,
} from '../part10.fixture.ts';
import { type Edit, edit } from './edit.ts';

const explicitLe: Syntax = { explicit: true, littleEndian: true };
const sequenceTag = tags.RequestAttributesSequence;
const innerTag = tags.RequestedProcedureDescription;
const outerTag = 0x00081140;
const read = (bytes: Uint8Array): DicomFile => parseFile(bytes);
const lo = (value: string) => ({ vr: 'LO', Value: [value] });
const json = (value: string) => ({ '00321060': lo(value) });

describe.each([
  ['explicit little endian', uid.explicit, explicitLe],
  ['implicit little endian', uid.implicit, implicitLe],
  ['explicit big endian', uid.bigEndian, explicitBe],
])('what lacks its delimiter gets it where something is put behind it, %s', (_name, syntaxUid, syntax) => {
  const inner = (value: string) => element(innerTag, 'LO', value, syntax);
  const first = element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 100', syntax);
  const itemEnd = concat(tagBytes(tags.ItemDelimitationItem, syntax), u32(0));
  const sequenceEnd = concat(tagBytes(tags.SequenceDelimitationItem, syntax), u32(0));
  const openItem = (content: Uint8Array) => item(content, syntax, undefinedLength);
  const openSequence = (items: Uint8Array) => element(sequenceTag, 'SQ', items, syntax, undefinedLength);
  const file = (...elements: Uint8Array[]) => part10(syntaxUid, first, ...elements);
  const edited = (bytes: Uint8Array, edits: readonly Edit[]) => joined(edit(read(bytes), edits).pieces);

  test('an item that the end of its sequence ended', () => {
    const before = file(openSequence(concat(openItem(inner('aa')), sequenceEnd)));
    const two = concat(delimitedItem(inner('aa'), syntax), item(inner('bb'), syntax), sequenceEnd);
    expect(edited(before, [{ path: [sequenceTag, 1], item: json('bb') }])).toEqual(file(openSequence(two)));
    const three = concat(
      delimitedItem(concat(inner('AA'), element(tags.ScheduledProcedureStepID, 'SH', 's1', syntax)), syntax),
      item(inner('bb'), syntax),
      item(inner('cc'), syntax),
      sequenceEnd,
    );
    const edits: Edit[] = [
      { path: [sequenceTag, 2], item: json('cc') },
      { path: [sequenceTag, 1], item: json('bb') },
      { path: [sequenceTag, 0, innerTag], set: lo('AA') },
      { path: [sequenceTag, 0, tags.ScheduledProcedureStepID], set: { vr: 'SH', Value: ['s1'] } },
    ];
    expect(edited(before, edits)).toEqual(file(openSequence(three)));
  });

  test('an item that the length of its sequence ended', () => {
    const before = file(element(sequenceTag, 'SQ', openItem(inner('aa')), syntax));
    const after = file(
      element(sequenceTag, 'SQ', concat(delimitedItem(inner('aa'), syntax), item(inner('bb'), syntax)), syntax),
    );
    expect(edited(before, [{ path: [sequenceTag, 1], item: json('bb') }])).toEqual(after);
  });

  test('but not one that is replaced or removed by the same edits', () => {
    const before = file(openSequence(concat(openItem(inner('aa')), sequenceEnd)));
    const append: Edit = { path: [sequenceTag, 1], item: json('bb') };
    const one = openSequence(concat(item(inner('bb'), syntax), sequenceEnd));
    const two = openSequence(concat(item(inner('AA'), syntax), item(inner('bb'), syntax), sequenceEnd));
    expect(edited(before, [append, { path: [sequenceTag, 0], remove: true }])).toEqual(file(one));
    expect(edited(before, [append, { path: [sequenceTag, 0], item: json('AA') }])).toEqual(file(two));
  });

  test('a sequence that the length around it ended, with its item, before an element and before an item', () => {
    const nested = openSequence(openItem(inner('aa')));
    const before = file(element(outerTag, 'SQ', item(nested, syntax), syntax));
    const station = element(0x00741000, 'CS', 'S ', syntax);
    const closed = concat(nested, itemEnd, sequenceEnd);
    expect(edited(before, [{ path: [outerTag, 0, 0x00741000], set: { vr: 'CS', Value: ['S'] } }])).toEqual(
      file(element(outerTag, 'SQ', item(concat(closed, station), syntax), syntax)),
    );
    const open = file(element(outerTag, 'SQ', openItem(nested), syntax));
    const append: Edit = { path: [outerTag, 1], item: json('bb') };
    expect(edited(open, [append])).toEqual(
      file(element(outerTag, 'SQ', concat(delimitedItem(closed, syntax), item(inner('bb'), syntax)), syntax)),
    );
    // Edits within, which leave open or end themselves what they touch.
    const within: Edit[] = [append, { path: [outerTag, 0, sequenceTag, 0, innerTag], set: lo('longer') }];
    const longer = concat(openSequence(openItem(inner('longer'))), itemEnd, sequenceEnd);
    expect(edited(open, within)).toEqual(
      file(element(outerTag, 'SQ', concat(delimitedItem(longer, syntax), item(inner('bb'), syntax)), syntax)),
    );
    const behind: Edit[] = [append, { path: [outerTag, 0, 0x00741000], set: { vr: 'CS', Value: ['S'] } }];
    expect(edited(open, behind)).toEqual(
      file(
        element(
          outerTag,
          'SQ',
          concat(delimitedItem(concat(closed, station), syntax), item(inner('bb'), syntax)),
          syntax,
        ),
      ),
    );
    const gone: Edit[] = [append, { path: [outerTag, 0, sequenceTag], remove: true }];
    expect(edited(open, gone)).toEqual(
      file(
        element(outerTag, 'SQ', concat(delimitedItem(new Uint8Array(0), syntax), item(inner('bb'), syntax)), syntax),
      ),
    );
    const emptied: Edit[] = [append, { path: [outerTag, 0, sequenceTag, 0], remove: true }];
    expect(edited(open, emptied)).toEqual(
      file(
        element(
          outerTag,
          'SQ',
          concat(
            delimitedItem(concat(openSequence(new Uint8Array(0)), sequenceEnd), syntax),
            item(inner('bb'), syntax),
          ),
          syntax,
        ),
      ),
    );
  });
});

test('the delimiter of an item under UN is little endian, as its item is', () => {
  const inner = (value: string) => element(innerTag, 'LO', value, implicitLe);
  const file = (items: Uint8Array) =>
    part10(
      uid.bigEndian,
      element(tags.PatientID, 'LO', 'x1', explicitBe),
      element(sequenceTag, 'UN', items, explicitBe),
    );
  const before = file(item(inner('aa'), implicitLe, undefinedLength));
  const after = file(concat(delimitedItem(inner('aa'), implicitLe), item(inner('bb'), implicitLe)));
  expect(joined(edit(read(before), [{ path: [sequenceTag, 1], item: json('bb') }]).pieces)).toEqual(after);
});
