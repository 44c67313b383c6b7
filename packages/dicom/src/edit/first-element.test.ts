import { describe, expect, test } from 'vitest';
import { type DicomFile, parseFile, parseIdentityHalf, split, tags, text } from '../index.ts';
import {
  codeOf,
  concat,
  element,
  explicitBe,
  implicitLe,
  item,
  joined,
  part10,
  tagBytes,
  u32,
  uid,
} from '../part10.fixture.ts';
import { type Edit, type EditOptions, edit } from './edit.ts';

const read = (bytes: Uint8Array): DicomFile => parseFile(bytes);
const edited = (bytes: Uint8Array, edits: readonly Edit[], options?: EditOptions): Uint8Array =>
  joined(edit(read(bytes), edits, options).pieces);
/** What becomes of the identity half of a file. */
const half = (bytes: Uint8Array, edits: readonly Edit[]): Uint8Array => {
  const { identity, cuts } = split(read(bytes));
  return joined(edit(parseIdentityHalf(joined(identity), { cuts }), edits, { cuts }).pieces);
};
const sequenceTag = tags.RequestAttributesSequence;
const charset = element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 100');
const id = element(tags.PatientID, 'LO', 'x1');
const pixels = element(tags.PixelData, 'OW', u32(0x01020304));

describe('an item of a UN sequence shows its encoding by its first element', () => {
  const explicitItem = item(concat(element(tags.PatientName, 'PN', 'A '), id));
  const bytes = part10(uid.explicit, charset, element(sequenceTag, 'UN', explicitItem));
  const inner = (file: Uint8Array) =>
    read(file)
      .dataset.elements.get(sequenceTag)
      ?.items?.map((one) => text(one, tags.PatientID));

  test('an edit that would put one before it which shows nothing is refused: the item would be read as implicit', () => {
    const sequence: Edit = { path: [sequenceTag, 0, 0x00081140], set: { vr: 'SQ', Value: [] } };
    expect(codeOf(() => edited(bytes, [sequence]))).toBe('DICOM_EDIT_INVALID');
    const binary: Edit[] = [
      { path: [sequenceTag, 0, tags.PatientName], remove: true },
      { path: [sequenceTag, 0, 0x0010000f], set: { vr: 'OB', InlineBinary: 'AAAA' } },
    ];
    expect(codeOf(() => edited(bytes, binary))).toBe('DICOM_EDIT_INVALID');
  });

  test('one that shows the same is fine, and so is an item left empty', () => {
    const accession: Edit = { path: [sequenceTag, 0, tags.AccessionNumber], set: { vr: 'SH', Value: ['a1'] } };
    expect(inner(edited(bytes, [accession]))).toEqual(['x1']);
    expect(inner(edited(bytes, [{ path: [sequenceTag, 0, tags.PatientName], remove: true }]))).toEqual(['x1']);
    const both: Edit[] = [tags.PatientName, tags.PatientID].map((tag) => ({
      path: [sequenceTag, 0, tag],
      remove: true,
    }));
    expect(inner(edited(bytes, both))).toEqual([undefined]);
  });

  test('a new item that would be read otherwise than it is written is refused, behind others and in place of one', () => {
    const empty = { '00081140': { vr: 'SQ', Value: [] } };
    for (const index of [0, 1])
      expect(codeOf(() => edited(bytes, [{ path: [sequenceTag, index], item: empty }]))).toBe('DICOM_EDIT_INVALID');
    const named = { '00100020': { vr: 'LO', Value: ['x2'] } };
    expect(inner(edited(bytes, [{ path: [sequenceTag, 1], item: named }]))).toEqual(['x1', 'x2']);
    expect(inner(edited(bytes, [{ path: [sequenceTag, 1], item: {} }]))).toEqual(['x1', undefined]);
  });

  test('a length that grows until it spells a VR is refused where it shows the encoding', () => {
    // As an implicit length, 0x00014f4c is "LO" and a length that is not 0.
    const growing = (bytes: number) =>
      element(
        0x00081140,
        'SQ',
        item(element(tags.PatientID, 'LO', new Uint8Array(bytes), implicitLe), implicitLe),
        implicitLe,
      );
    const file = (bytes: number) =>
      part10(uid.explicit, charset, element(sequenceTag, 'UN', item(growing(bytes), implicitLe)));
    const long = 0x00014f4c - 16;
    expect(read(file(2)).dataset.elements.get(sequenceTag)?.items?.[0]?.explicit).toBe(false);
    const set = (length: number): Edit => ({
      path: [sequenceTag, 0, 0x00081140, 0, tags.PatientID],
      set: { vr: 'LO', Value: ['x'.repeat(length)] },
    });
    expect(codeOf(() => edited(file(2), [set(long)]))).toBe('DICOM_EDIT_INVALID');
    expect(read(edited(file(2), [set(long + 0x100)])).dataset.elements.get(sequenceTag)?.items?.[0]?.explicit).toBe(
      false,
    );
  });
});

describe('a data set that begins', () => {
  const remove = (tag: number): Edit => ({ path: [tag], remove: true });

  test('with what looks like group 0002 would lose its first element to the meta information: refused', () => {
    const stray = element(0x00020010, 'UI', '1.2.3');
    expect(codeOf(() => edited(part10(uid.explicit, charset, stray, id), [remove(tags.SpecificCharacterSet)]))).toBe(
      'DICOM_EDIT_INVALID',
    );
    const first: Edit = { path: [0x02000010], set: { vr: 'LO', Value: ['x'] } };
    const big = part10(uid.bigEndian, element(0x03000010, 'LO', 'x1', explicitBe));
    expect(codeOf(() => edited(big, [first]))).toBe('DICOM_EDIT_INVALID');
    const other: Edit = { path: [0x02010010], set: { vr: 'LO', Value: ['x'] } };
    expect(read(edited(big, [other])).dataset.elements.size).toBe(2);
  });

  test('with pixel data would be read by no one: refused, in the whole file and in its half', () => {
    const bytes = part10(uid.explicit, charset, id, pixels);
    const both = [remove(tags.SpecificCharacterSet), remove(tags.PatientID)];
    expect(codeOf(() => edited(bytes, both))).toBe('DICOM_EDIT_INVALID');
    expect(codeOf(() => half(bytes, both))).toBe('DICOM_EDIT_INVALID');
    expect(half(bytes, [both[0]!])).toEqual(part10(uid.explicit, id));
    const set: Edit = { path: [tags.PixelData], set: { vr: 'OW', InlineBinary: 'AAAA' } };
    expect(codeOf(() => edited(part10(uid.explicit), [set]))).toBe('DICOM_EDIT_INVALID');
  });

  test('with trailing bytes would make elements of them: refused', () => {
    const bytes = concat(part10(uid.implicit, element(tags.PatientID, 'LO', 'x1', implicitLe)), new Uint8Array(16));
    expect(codeOf(() => edited(bytes, [remove(tags.PatientID)]))).toBe('DICOM_EDIT_INVALID');
    expect(edited(part10(uid.explicit, id), [remove(tags.PatientID)])).toEqual(part10(uid.explicit));
  });

  test('with a length that an edit made to spell a VR would be read in another encoding: refused', () => {
    const growing = (bytes: number) =>
      element(
        0x00081140,
        'SQ',
        item(element(tags.PatientID, 'LO', new Uint8Array(bytes), implicitLe), implicitLe),
        implicitLe,
      );
    const set: Edit = {
      path: [0x00081140, 0, tags.PatientID],
      set: { vr: 'LO', Value: ['x'.repeat(0x00014f4c - 16)] },
    };
    expect(codeOf(() => edited(part10(uid.implicit, growing(2)), [set]))).toBe('DICOM_EDIT_INVALID');
  });
});

test('what stands between the kinds of pixel data is edited neither in a whole file nor in its half', () => {
  const bytes = part10(uid.explicit, id, pixels);
  for (let tag = 0x7fe0000a; tag <= 0x7fe0000f; tag++) {
    const set: Edit = { path: [tag], set: { vr: 'LO', Value: ['x'] } };
    expect(codeOf(() => edited(bytes, [set]))).toBe('DICOM_EDIT_INVALID');
    expect(codeOf(() => half(bytes, [set]))).toBe('DICOM_EDIT_INVALID');
  }
  const nested: Edit = { path: [sequenceTag, 0, 0x7fe0000c], set: { vr: 'LO', Value: ['x'] } };
  expect(read(edited(bytes, [nested], { missing: 'create' })).dataset.elements.has(sequenceTag)).toBe(true);
});

test('group 0002 that would be read in another encoding is refused', () => {
  const bare = concat(new Uint8Array(128), Uint8Array.of(0x44, 0x49, 0x43, 0x4d));
  const name = element(0x00020010, 'UI', uid.implicit, implicitLe);
  const bytes = concat(bare, name, element(tags.PatientID, 'LO', 'x1', implicitLe));
  // As an implicit length, 0x4f4c is "LO".
  const long: Edit = { path: [0x00020001], set: { vr: 'UT', Value: ['x'.repeat(0x4f4c)] } };
  expect(codeOf(() => edited(bytes, [long]))).toBe('DICOM_EDIT_INVALID');
  expect(tagBytes(0x00020001)).toEqual(
    edited(bytes, [{ path: [0x00020001], set: { vr: 'UT', Value: ['x'] } }]).subarray(132, 136),
  );
});
