import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tags } from '../dictionary/tags.ts';
import type { DicomJson } from '../json/dicom-json.ts';
import { toDicomJson } from '../json/dicom-json.ts';
import { parseFile } from '../parse/parse-file.ts';
import { codeOf, uid } from '../part10.fixture.ts';
import { number, text } from '../value.ts';
import { writeFile, writeFilePieces } from './write-file.ts';

const json: DicomJson = {
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
  '00080018': { vr: 'UI', Value: ['1.2.3'] },
  '00100020': { vr: 'LO', Value: ['x'] },
};

describe('PS3.10 §7.1', () => {
  test('a preamble of zeros, "DICM", and a group 0002 that is whole and of the right length', () => {
    const bytes = writeFile(json, { implementationVersionName: 'TEST', sourceApplicationEntityTitle: 'AE' });
    expect(bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    const file = parseFile(bytes);
    expect(file.warnings).toEqual([]);
    const length = file.meta.elements.get(tags.FileMetaInformationGroupLength)!;
    expect(length.end + number(file.meta, length.tag)!).toBe(file.datasetStart);
    expect([...file.meta.elements.keys()]).toEqual([
      0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013, 0x00020016,
    ]);
    expect(text(file.meta, tags.MediaStorageSOPClassUID)).toBe('1.2.840.10008.5.1.4.1.1.7');
    expect(text(file.meta, tags.MediaStorageSOPInstanceUID)).toBe('1.2.3');
    expect(file.transferSyntax).toBe(uid.explicit);
    expect(toDicomJson(file.dataset)).toEqual(json);
  });

  test('the implementation is the caller’s, or Symbolon’s', () => {
    const told = (options: object) => text(parseFile(writeFile(json, options)).meta, tags.ImplementationClassUID);
    expect(told({ implementationClassUid: '1.2.3.4' })).toBe('1.2.3.4');
    expect(told({})).toMatch(/^2\.25\.\d+$/);
  });

  test('without SOP Class or Instance UID it is DICOM_UID_MISSING, unless they are handed in', () => {
    expect(codeOf(() => writeFile({}))).toBe('DICOM_UID_MISSING');
    const file = parseFile(writeFile({}, { mediaStorageSopClassUid: '1.2', mediaStorageSopInstanceUid: '1.3' }));
    expect(text(file.meta, tags.MediaStorageSOPInstanceUID)).toBe('1.3');
  });
});

test('in pieces it is the same file, its lengths set, and a long value is the array that was handed in', () => {
  const pixels = new Uint8Array(10_000).fill(7);
  const items = Array.from({ length: 3 }, () => ({ '0040A160': { vr: 'UT', Value: ['y'.repeat(5000)] } }));
  const model: DicomJson = {
    ...json,
    '00081140': { vr: 'SQ', Value: [...items, { '00081140': { vr: 'SQ', Value: items } }] },
    '7FE00010': { vr: 'OW', BulkDataURI: 'x' },
  };
  for (const transferSyntax of [uid.explicit, uid.implicit, uid.bigEndian]) {
    const options = { transferSyntax, bulkData: () => pixels };
    const pieces = writeFilePieces(model, options);
    expect(Buffer.concat(pieces).equals(writeFile(model, options))).toBe(true);
    // Its words are turned round in big endian.
    expect(pieces.includes(pixels)).toBe(transferSyntax !== uid.bigEndian);
    expect(toDicomJson(parseFile(Buffer.concat(pieces)).dataset)['00081140']).toEqual(model['00081140']);
  }
});

test('PS3.5 §A.5: a data set that is deflated whole', () => {
  const inflateRaw = (bytes: Uint8Array, maxBytes: number) =>
    new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes }));
  const deflateRaw = (bytes: Uint8Array) => new Uint8Array(deflateRawSync(bytes));
  const bytes = writeFile(json, { transferSyntax: uid.deflated, deflateRaw });
  expect(bytes.length % 2).toBe(0);
  const file = parseFile(bytes, { inflateRaw });
  expect([file.deflated, toDicomJson(file.dataset)]).toEqual([true, json]);
  expect(codeOf(() => writeFile(json, { transferSyntax: uid.deflated }))).toBe('DICOM_DEFLATE_UNAVAILABLE');
});
