import { describe, expect, test } from 'vitest';
import { DicomError, type DicomWarningCode, parseFile, tags } from '../index.ts';
import {
  concat,
  delimitedItem,
  element,
  implicitLe,
  item,
  latin,
  part10,
  tagBytes,
  u16,
  u32,
  uid,
} from '../part10.fixture.ts';

const name = element(tags.PatientName, 'PN', 'Doe^Jane');
const pixels = element(tags.PixelData, 'OW', u32(7));
const undefinedLength = 0xffffffff;
const dataSetStart = part10(uid.explicit).length;

/** One file for every doubt, and the offset of what is doubtful in it. */
const doubts: Readonly<Record<DicomWarningCode, readonly [make: () => Uint8Array, at: number]>> = {
  DICOM_BARE: [() => concat(element(tags.SOPClassUID, 'UI', '1.2'), name), 0],
  DICOM_META_LENGTH_WRONG: [() => part10(uid.explicit, name).with(140, 99), 132],
  DICOM_META_LENGTH_MISSING: [
    () => concat(new Uint8Array(128), latin('DICM'), element(0x00020010, 'UI', uid.explicit), name),
    132,
  ],
  DICOM_META_IMPLICIT: [
    () => concat(new Uint8Array(128), latin('DICM'), element(0x00020010, 'UI', uid.explicit, implicitLe), name),
    132,
  ],
  DICOM_META_CONTRADICTED: [
    () =>
      concat(
        new Uint8Array(128),
        latin('DICM'),
        element(tags.MediaStorageSOPInstanceUID, 'UI', '1.2.3'),
        element(0x00020010, 'UI', uid.explicit),
        element(tags.SOPInstanceUID, 'UI', '1.2.4'),
      ),
    132,
  ],
  DICOM_TRANSFER_SYNTAX_UNKNOWN: [() => part10('1.2.3.4', name), 132],
  DICOM_TRANSFER_SYNTAX_CONTRADICTED: [() => part10(uid.implicit, name), part10(uid.implicit).length],
  DICOM_VR_UNKNOWN: [() => part10(uid.explicit, element(0x00091001, '??', 'ab'), name), dataSetStart],
  DICOM_ODD_LENGTH: [() => part10(uid.explicit, element(tags.PatientName, 'PN', Uint8Array.of(65))), dataSetStart],
  DICOM_OUT_OF_ORDER: [() => part10(uid.explicit, element(tags.Rows, 'US', u16(1)), name), dataSetStart + 10],
  DICOM_DUPLICATE_ELEMENT: [() => part10(uid.explicit, name, name), dataSetStart + name.length],
  DICOM_DELIMITER_STRAY: [
    () => part10(uid.explicit, name, tagBytes(tags.ItemDelimitationItem), u32(0), pixels),
    dataSetStart + name.length,
  ],
  DICOM_DELIMITER_MISSING: [
    () =>
      part10(
        uid.explicit,
        element(0x00081140, 'SQ', item(name, undefined, undefinedLength), undefined, undefinedLength),
        tagBytes(tags.SequenceDelimitationItem),
        u32(0),
        name,
      ),
    dataSetStart + 20 + name.length,
  ],
  DICOM_DELIMITER_LENGTH: [
    () => part10(uid.explicit, element(0x00081140, 'SQ', delimitedItem(name).with(-4, 9)), name),
    dataSetStart + 20 + name.length,
  ],
  DICOM_SEQUENCE_UNREADABLE: [
    () => part10(uid.explicit, element(0x00081140, 'UN', concat(tagBytes(tags.Item), u32(99), u32(0))), name),
    dataSetStart,
  ],
  DICOM_TRAILING_BYTES: [
    () => part10(uid.explicit, name, pixels, latin('</html>, and so on')),
    dataSetStart + name.length + pixels.length,
  ],
};

describe.each(Object.entries(doubts))('%s', (code, [make, at]) => {
  test('is accepted with a warning that says where', () => {
    expect(parseFile(make(), { bare: 'accept' }).warnings).toContainEqual({ code, at });
  });

  test('is an error with the same offset where the caller refuses it', () => {
    const refuse = [code as DicomWarningCode];
    let caught: unknown;
    try {
      parseFile(make(), { bare: 'accept', refuse });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(DicomError);
    expect(caught).toMatchObject({ code, at });
  });
});

test('a file without any doubt has no warning', () => {
  expect(parseFile(part10(uid.explicit, name, pixels)).warnings).toEqual([]);
});
