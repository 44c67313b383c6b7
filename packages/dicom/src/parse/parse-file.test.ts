import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DicomError, looksLikePart10, numbers, parseFile, tags, text, texts } from '../index.ts';
import {
  codeOf,
  concat,
  delimitedItem,
  delimitedSequence,
  element,
  explicitBe,
  fragments,
  image,
  implicitLe,
  item,
  latin,
  part10,
  tagBytes,
  u16,
  u32,
  uid,
} from '../part10.fixture.ts';

const inflateRaw = (bytes: Uint8Array, maxBytes: number): Uint8Array =>
  new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes }));
const name = element(tags.PatientName, 'PN', 'Doe^Jane');

describe('what is read', () => {
  test('explicit little endian, with offsets that point into the file', () => {
    const bytes = part10(uid.explicit, name, element(tags.Rows, 'US', u16(512)));
    const file = parseFile(bytes);
    const found = file.dataset.elements.get(tags.PatientName)!;
    expect(bytes.subarray(found.valueStart, found.valueEnd)).toEqual(latin('Doe^Jane'));
    expect(bytes.subarray(found.start, found.end)).toEqual(name);
    expect(text(file.dataset, tags.PatientName)).toBe('Doe^Jane');
    expect(numbers(file.dataset, tags.Rows)).toEqual([512]);
    expect(file.warnings).toEqual([]);
  });

  test('implicit little endian takes VRs from the dictionary, sequences included', () => {
    const inner = element(tags.ReferencedSOPInstanceUID, 'UI', '1.2.3', implicitLe);
    const file = parseFile(
      part10(
        uid.implicit,
        element(tags.ReferencedSOPSequence, 'SQ', item(inner), implicitLe),
        element(tags.PatientName, 'PN', 'Doe^Jane', implicitLe),
        element(0x00280106, 'US', u16(65535), implicitLe),
        element(0x60023000, 'OW', u16(7), implicitLe),
      ),
    );
    const sequence = file.dataset.elements.get(tags.ReferencedSOPSequence)!;
    expect(text(sequence.items![0]!, tags.ReferencedSOPInstanceUID)).toBe('1.2.3');
    expect(file.dataset.elements.get(0x00280106)!.vr).toBe('US');
    expect(file.dataset.elements.get(0x60023000)!.vr).toBe('OW');
  });

  test('implicit values that may be signed follow Pixel Representation', () => {
    const signed = element(tags.PixelRepresentation, 'US', u16(1), implicitLe);
    const file = parseFile(part10(uid.implicit, signed, element(0x00280106, 'SS', u16(0xffff), implicitLe)));
    expect(numbers(file.dataset, 0x00280106)).toEqual([-1]);
  });

  test('explicit big endian', () => {
    const file = parseFile(
      part10(
        uid.bigEndian,
        element(tags.PatientName, 'PN', 'Doe^Jane', explicitBe),
        delimitedSequence(
          tags.ReferencedSOPSequence,
          'SQ',
          delimitedItem(element(tags.Rows, 'US', u16(3, explicitBe), explicitBe), explicitBe),
          explicitBe,
        ),
      ),
    );
    expect(text(file.dataset, tags.PatientName)).toBe('Doe^Jane');
    expect(numbers(file.dataset.elements.get(tags.ReferencedSOPSequence)!.items![0]!, tags.Rows)).toEqual([3]);
  });

  test('a deflated data set, its offsets counting in the inflated bytes', () => {
    const file = parseFile(part10(uid.deflated, new Uint8Array(deflateRawSync(name))), { inflateRaw });
    expect(file.deflated).toBe(true);
    expect(file.dataset.elements.get(tags.PatientName)!.start).toBe(0);
    expect(text(file.dataset, tags.PatientName)).toBe('Doe^Jane');
  });

  test('sequences and items, of defined and undefined length, inside each other', () => {
    const deep = delimitedSequence(0x00400275, 'SQ', delimitedItem(element(0x00400007, 'LO', 'deep')));
    const file = parseFile(part10(uid.explicit, element(0x00081140, 'SQ', item(deep)), name));
    const outer = file.dataset.elements.get(0x00081140)!;
    const inner = outer.items![0]!.elements.get(0x00400275)!;
    expect(text(inner.items![0]!, 0x00400007)).toBe('deep');
    expect(text(file.dataset, tags.PatientName)).toBe('Doe^Jane');
  });

  test('encapsulated pixel data as fragments, a delimiter inside one notwithstanding', () => {
    const trap = concat(tagBytes(tags.SequenceDelimitationItem), u32(0));
    const bytes = image(
      uid.jpeg,
      fragments(tags.PixelData, [new Uint8Array(0), trap, latin('zz')]),
      element(0xfffcfffc, 'OB', u16(0)),
    );
    const file = parseFile(bytes);
    const found = file.pixelElements[0]!.fragments!;
    expect(found.map(({ valueStart, valueEnd }) => valueEnd - valueStart)).toEqual([0, 8, 2]);
    expect(file.dataset.elements.has(tags.DataSetTrailingPadding)).toBe(true);
  });

  test('UN of undefined length as an implicit sequence, in big endian files too', () => {
    const inner = element(tags.PatientID, 'LO', 'abc ', implicitLe);
    const untyped = concat(
      element(0x00091010, 'UN', item(inner), explicitBe, 0xffffffff),
      tagBytes(0xfffee0dd),
      u32(0),
    );
    const file = parseFile(part10(uid.bigEndian, untyped));
    expect(text(file.dataset.elements.get(0x00091010)!.items![0]!, tags.PatientID)).toBe('abc');
  });

  test('UN of defined length that the dictionary knows as a sequence, and rubbish under that name', () => {
    const inner = item(element(tags.ReferencedSOPInstanceUID, 'UI', '1.2.3', implicitLe));
    const good = parseFile(part10(uid.explicit, element(tags.ReferencedSOPSequence, 'UN', inner), name));
    expect(good.dataset.elements.get(tags.ReferencedSOPSequence)!.items).toHaveLength(1);
    const rubbish = concat(tagBytes(tags.Item), u32(99), latin('no item here'));
    const bad = parseFile(part10(uid.explicit, element(tags.ReferencedSOPSequence, 'UN', rubbish), name));
    expect(bad.dataset.elements.get(tags.ReferencedSOPSequence)!.items).toBeUndefined();
    expect(bad.warnings.map(({ code }) => code)).toEqual(['DICOM_SEQUENCE_UNREADABLE']);
    expect(text(bad.dataset, tags.PatientName)).toBe('Doe^Jane');
  });

  test('VRs of the future, and blanks where a VR should be', () => {
    const future = concat(tagBytes(0x00091001), latin('ZZ'), u16(0), u32(4), latin('abcd'));
    const blank = concat(tagBytes(0x00091002), latin('  '), u16(2), latin('ab'));
    const file = parseFile(part10(uid.explicit, future, blank, name));
    expect([...file.dataset.elements.values()].map(({ vr }) => vr)).toEqual(['ZZ', 'UN', 'PN']);
    expect(text(file.dataset, tags.PatientName)).toBe('Doe^Jane');
  });
});

describe('oddities that are accepted and named', () => {
  const warned = (bytes: Uint8Array): string[] => parseFile(bytes).warnings.map(({ code }) => code);
  const pixels = element(tags.PixelData, 'OW', u32(7));

  test.each([
    [
      'a wrong group length',
      () => {
        const b = part10(uid.explicit, name);
        b[140] = 99;
        return b;
      },
      'DICOM_META_LENGTH_WRONG',
    ],
    [
      'no group length',
      () => concat(new Uint8Array(128), latin('DICM'), element(0x00020010, 'UI', uid.explicit), name),
      'DICOM_META_LENGTH_MISSING',
    ],
    [
      'an odd length',
      () => part10(uid.explicit, element(tags.PatientName, 'PN', Uint8Array.of(65)), name.slice(0, 0)),
      'DICOM_ODD_LENGTH',
    ],
    ['zero padding', () => part10(uid.explicit, name, new Uint8Array(77)), 'DICOM_TRAILING_BYTES'],
    ['a newline after the pixels', () => part10(uid.explicit, name, pixels, Uint8Array.of(10)), 'DICOM_TRAILING_BYTES'],
    [
      'rubbish after the pixels',
      () => part10(uid.explicit, name, pixels, latin('</html>, and so on and so on')),
      'DICOM_TRAILING_BYTES',
    ],
    ['elements out of order', () => part10(uid.explicit, element(tags.Rows, 'US', u16(1)), name), 'DICOM_OUT_OF_ORDER'],
    ['a private transfer syntax', () => part10('1.2.3.4', name), 'DICOM_TRANSFER_SYNTAX_UNKNOWN'],
    [
      'implicit data called explicit',
      () => part10(uid.explicit, element(tags.PatientName, 'PN', 'A', implicitLe)),
      'DICOM_TRANSFER_SYNTAX_CONTRADICTED',
    ],
    ['explicit data called implicit', () => part10(uid.implicit, name), 'DICOM_TRANSFER_SYNTAX_CONTRADICTED'],
  ] as const)('%s', (_what, make, code) => {
    expect(warned(make())).toContain(code);
  });

  test('the same element twice, when byte for byte the same', () => {
    expect(warned(part10(uid.explicit, name, name))).toContain('DICOM_DUPLICATE_ELEMENT');
  });
});

describe('what is refused', () => {
  test.each([
    ['no preamble', () => concat(latin('DICM'), new Uint8Array(200)), 'DICOM_PREAMBLE_MISSING'],
    ['no group 0002', () => concat(new Uint8Array(128), latin('DICM'), name), 'DICOM_META_MISSING'],
    [
      'no transfer syntax',
      () => concat(new Uint8Array(128), latin('DICM'), element(0x00020002, 'UI', '1.2'), name),
      'DICOM_TRANSFER_SYNTAX_MISSING',
    ],
    [
      'native pixel data cut short',
      () => part10(uid.explicit, name, element(tags.PixelData, 'OW', u32(7), undefined, 8)),
      'DICOM_LENGTH_PAST_END',
    ],
    [
      'encapsulated pixel data without its delimiter',
      () => image(uid.jpeg, fragments(tags.PixelData, [u32(1)]).slice(0, -8)),
      'DICOM_TRUNCATED',
    ],
    [
      'a second pixel data element cut short',
      () =>
        image(uid.explicit, element(tags.PixelData, 'OW', u32(7)), element(tags.PixelData, 'OW', u32(7), undefined, 8)),
      'DICOM_LENGTH_PAST_END',
    ],
    [
      'pixel data before anything that says what it is',
      () => part10(uid.explicit, element(tags.PixelData, 'OW', u32(7)), name),
      'DICOM_PIXELS_FIRST',
    ],
    [
      'a sequence, with an identity in it, where pixel data should be',
      () => image(uid.explicit, element(tags.PixelData, 'SQ', item(name))),
      'DICOM_PIXEL_VR_INVALID',
    ],
    [
      'an unknown VR whose element could end in two places',
      () => part10(uid.explicit, concat(tagBytes(0x00091001), latin('ZZ'), u16(12), u32(4), latin('abcdefgh')), name),
      'DICOM_VR_AMBIGUOUS',
    ],
    [
      'another patient behind the pixels, its length past the end',
      () =>
        part10(
          uid.explicit,
          name,
          element(tags.PixelData, 'OW', u32(7)),
          element(tags.PatientName, 'PN', 'Roe', undefined, 90),
        ),
      'DICOM_LENGTH_PAST_END',
    ],
    [
      'two patients in one file',
      () => part10(uid.explicit, name, element(tags.PatientName, 'PN', 'Roe^John')),
      'DICOM_DUPLICATE_ELEMENT',
    ],
    [
      'an item longer than its sequence',
      () => part10(uid.explicit, element(0x00081140, 'SQ', item(name, undefined, 400)), name),
      'DICOM_LENGTH_PAST_END',
    ],
    [
      'a sequence without items',
      () => part10(uid.explicit, element(0x00081140, 'SQ', name), name),
      'DICOM_ITEM_EXPECTED',
    ],
    [
      'text of undefined length',
      () => part10(uid.explicit, element(0x00080120, 'UR', 'http://localhost', undefined, 0xffffffff)),
      'DICOM_LENGTH_UNDEFINED',
    ],
    [
      'deflated, without an inflater',
      () => part10(uid.deflated, new Uint8Array(deflateRawSync(name))),
      'DICOM_INFLATE_UNAVAILABLE',
    ],
  ] as const)('%s', (_what, make, code) => {
    expect(codeOf(() => parseFile(make()))).toBe(code);
  });

  test('a deflated bomb, at its budget', () => {
    const bomb = part10(uid.deflated, new Uint8Array(deflateRawSync(new Uint8Array(10_000_000))));
    expect(codeOf(() => parseFile(bomb, { inflateRaw, maxInflatedBytes: 1_000_000 }))).toBe('DICOM_INFLATED_TOO_LARGE');
    expect(codeOf(() => parseFile(part10(uid.deflated, latin('nonsense')), { inflateRaw }))).toBe(
      'DICOM_INFLATE_FAILED',
    );
  });

  test('odd lengths, where the caller says so', () => {
    const bytes = part10(uid.explicit, element(tags.PatientName, 'PN', Uint8Array.of(65)));
    expect(codeOf(() => parseFile(bytes, { refuse: ['DICOM_ODD_LENGTH'] }))).toBe('DICOM_ODD_LENGTH');
  });

  test('an error names its offset and nothing of the patient', () => {
    const bytes = part10(uid.explicit, element(tags.PatientName, 'PN', 'Doe^Jane', undefined, 90));
    const error = (() => {
      try {
        parseFile(bytes);
      } catch (caught) {
        return caught as DicomError;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(DicomError);
    expect(error!.at).toBe(bytes.length - name.length);
    expect(error!.message).not.toContain('Doe');
  });

  test('every cut of a file without tail is refused or sees a whole prefix of its elements', () => {
    const bytes = part10(
      uid.jpeg,
      name,
      element(0x00081140, 'SQ', item(name)),
      fragments(tags.PixelData, [u32(0), u32(1)]),
    );
    const whole = [...parseFile(bytes).dataset.elements.values()];
    for (let length = 0; length < bytes.length; length++) {
      let seen: number[] = [];
      try {
        seen = [...parseFile(bytes.subarray(0, length)).dataset.elements.values()].map(({ end }) => end);
      } catch (error) {
        expect(error).toBeInstanceOf(DicomError);
      }
      expect(seen).toEqual(whole.slice(0, seen.length).map(({ end }) => end));
    }
  });
});

test('looksLikePart10 asks for "DICM" at 128 and nothing else', () => {
  expect(looksLikePart10(part10(uid.explicit))).toBe(true);
  expect(looksLikePart10(latin('DICM'))).toBe(false);
  expect(texts(parseFile(part10(uid.explicit)).meta, tags.TransferSyntaxUID)).toEqual([uid.explicit]);
});
