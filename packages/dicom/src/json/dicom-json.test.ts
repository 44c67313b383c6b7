import { describe, expect, test } from 'vitest';
import { parseFile, tags, toDicomJson, toNativeXml } from '../index.ts';
import { concat, element, explicitBe, fragments, item, latin, part10, u16, u32, uid } from '../part10.fixture.ts';

const json = (...elements: Uint8Array[]) =>
  JSON.parse(JSON.stringify(toDicomJson(parseFile(part10(uid.explicit, ...elements)).dataset)));

describe('values', () => {
  test('strings, names, numbers, tags', () => {
    expect(
      json(
        element(tags.ImageType, 'CS', 'ORIGINAL\\PRIMARY'),
        element(tags.PatientName, 'PN', 'Yamada^Tarou=Ideo^Graphic=Pho^Netic'),
        element(tags.InstanceNumber, 'IS', '012'),
        element(0x00280009, 'AT', concat(u16(0x18), u16(0x1063))),
        element(tags.Rows, 'US', u16(512)),
      ),
    ).toEqual({
      '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] },
      '00100010': {
        vr: 'PN',
        Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: 'Ideo^Graphic', Phonetic: 'Pho^Netic' }],
      },
      '00200013': { vr: 'IS', Value: [12] },
      '00280009': { vr: 'AT', Value: ['00181063'] },
      '00280010': { vr: 'US', Value: [512] },
    });
  });

  test.each([
    ['40.5', 40.5],
    ['-1e2', -100],
    ['+.5', 0.5],
    ['1.', 1],
    ['NaN', 'NaN'],
    ['0x10', '0x10'],
    ['1,5', '1,5'],
    ['1e999', '1e999'],
    ['9007199254740991', 9007199254740991],
    ['9999999999999999', '9999999999999999'],
    ['0.1000000000', 0.1],
    ['00012.50', 12.5],
    ['0.12345678901234567', '0.12345678901234567'],
    ['1234567890.12345', 1234567890.12345],
    ['1e-400', '1e-400'],
  ])('the decimal string %s becomes %s', (written, expected) => {
    expect(json(element(tags.WindowCenter, 'DS', written))['00281050'].Value).toEqual([expected]);
  });

  test.each([
    ['2147483647', 2147483647],
    ['2147483648', '2147483648'],
    ['+5', 5],
    ['-0', -0],
    ['1.5', '1.5'],
    ['one', 'one'],
  ])('the integer string %s becomes %s: a string where PS3.5 has no such integer', (written, expected) => {
    const file = parseFile(part10(uid.explicit, element(tags.InstanceNumber, 'IS', written)));
    expect(toDicomJson(file.dataset)['00200013']!.Value).toEqual([expected]);
  });

  test('decimals: string gives IS and DS as they stand', () => {
    const dataset = part10(
      uid.explicit,
      element(tags.InstanceNumber, 'IS', '+007'),
      element(tags.WindowCenter, 'DS', '5.000\\'),
    );
    const found = toDicomJson(parseFile(dataset).dataset, { decimals: 'string' });
    expect([found['00200013'], found['00281050']]).toEqual([
      { vr: 'IS', Value: ['+007'] },
      { vr: 'DS', Value: ['5.000', null] },
    ]);
  });

  test('a name has the component groups that are not empty, and is null where all are', () => {
    const found = json(element(tags.PatientName, 'PN', '=Ideo\\==\\^^^^\\A==P'), element(0x00080090, 'PN', '=='));
    expect(found['00100010'].Value).toEqual([
      { Ideographic: 'Ideo' },
      null,
      { Alphabetic: '^^^^' },
      { Alphabetic: 'A', Phonetic: 'P' },
    ]);
    expect(found['00080090']).toEqual({ vr: 'PN' });
  });

  test('Specific Character Set is told as it is in the file, and text is text', () => {
    const found = json(element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 100'), element(tags.PatientID, 'LO', 'é!'));
    expect(found['00080005']).toEqual({ vr: 'CS', Value: ['ISO_IR 100'] });
    expect(found['00100020'].Value).toEqual(['é!']);
  });

  test('-0 is a number, and -0', () => {
    const zero = new DataView(new ArrayBuffer(8));
    zero.setFloat64(0, -0, true);
    const bytes = part10(
      uid.explicit,
      element(0x00189074, 'FD', new Uint8Array(zero.buffer)),
      element(tags.WindowCenter, 'DS', '-0.00'),
    );
    const found = toDicomJson(parseFile(bytes).dataset);
    expect([found['00189074']!.Value, found['00281050']!.Value]).toEqual([[-0], [-0]]);
  });

  test('private elements stand beside their creators', () => {
    const found = json(
      element(0x00090010, 'LO', 'ACME'),
      element(0x00091001, 'DS', '1.5'),
      element(0x00091002, 'SQ', item(element(0x00091003, 'US', u16(1)))),
    );
    expect(found).toEqual({
      '00090010': { vr: 'LO', Value: ['ACME'] },
      '00091001': { vr: 'DS', Value: [1.5] },
      '00091002': { vr: 'SQ', Value: [{ '00091003': { vr: 'US', Value: [1] } }] },
    });
  });

  test('an empty value is no value, one among many is null', () => {
    const found = json(
      element(tags.PatientID, 'LO', ''),
      element(tags.OtherPatientIDs, 'LO', 'a\\\\c'),
      element(tags.WindowCenter, 'DS', '\\1'),
    );
    expect(found['00100020']).toEqual({ vr: 'LO' });
    expect(found['00101000'].Value).toEqual(['a', null, 'c']);
    expect(found['00281050'].Value).toEqual([null, 1]);
  });

  test('floats that JSON has no number for, integers that a double has none for', () => {
    const floats = new DataView(new ArrayBuffer(12));
    floats.setFloat32(0, Number.NaN, true);
    floats.setFloat32(4, Number.NEGATIVE_INFINITY, true);
    floats.setFloat32(8, 1.5, true);
    const large = new DataView(new ArrayBuffer(16));
    large.setBigInt64(0, -5n, true);
    large.setBigInt64(8, 2n ** 62n, true);
    const found = json(
      element(0x00189074, 'FL', new Uint8Array(floats.buffer)),
      element(0x00720082, 'SV', new Uint8Array(large.buffer)),
    );
    expect(found['00189074'].Value).toEqual(['NaN', '-inf', 1.5]);
    expect(found['00720082'].Value).toEqual([-5, '4611686018427387904']);
  });

  test('sequences nest, empty ones have no value, empty items are empty objects', () => {
    const inner = element(0x00081140, 'SQ', item(element(tags.PatientID, 'LO', 'x')));
    expect(
      json(element(0x00081110, 'SQ', concat(item(inner), item(new Uint8Array(0)))), element(0x00081115, 'SQ', '')),
    ).toEqual({
      '00081110': {
        vr: 'SQ',
        Value: [{ '00081140': { vr: 'SQ', Value: [{ '00100020': { vr: 'LO', Value: ['x'] } }] } }, {}],
      },
      '00081115': { vr: 'SQ' },
    });
  });
});

describe('what is left out, inline, or elsewhere', () => {
  test('group 0002 and group lengths never come', () => {
    const file = parseFile(part10(uid.explicit, element(0x00080000, 'UL', u32(0))));
    expect(Object.keys(toDicomJson(file.dataset))).toEqual([]);
    expect(Object.keys(toDicomJson(file.meta))).toEqual([]);
  });

  test('omit counts at every depth', () => {
    const file = parseFile(part10(uid.explicit, element(0x00081140, 'SQ', item(element(tags.PatientID, 'LO', 'x')))));
    expect(JSON.stringify(toDicomJson(file.dataset, { omit: (tag) => tag === tags.PatientID }))).not.toContain(
      '00100020',
    );
  });

  test('pick counts for the data set itself: what is picked comes whole, in JSON and in XML', () => {
    const { dataset } = parseFile(
      part10(
        uid.explicit,
        element(tags.PatientID, 'LO', 'outside'),
        element(0x00081140, 'SQ', item(element(tags.PatientID, 'LO', 'inside'))),
      ),
      { duplicates: 'accept' },
    );
    const pick = (tag: number): boolean => tag === 0x00081140;
    for (const told of [JSON.stringify(toDicomJson(dataset, { pick })), toNativeXml(dataset, { pick })]) {
      expect(told).toContain('inside');
      expect(told).not.toContain('outside');
    }
  });

  test('binary values are base64 up to the limit and addresses above it, named by their path', () => {
    const file = parseFile(
      part10(
        uid.jpeg,
        element(0x00091001, 'OB', latin('abcd')),
        element(0x00880200, 'SQ', item(element(tags.PixelData, 'OW', u32(1)))),
        element(tags.EncapsulatedDocument, 'OB', new Uint8Array(2000)),
        fragments(tags.PixelData, [u32(0)]),
      ),
      { duplicates: 'accept' },
    );
    const paths: (readonly number[])[] = [];
    const found = toDicomJson(file.dataset, {
      bulkDataUri: (path) => {
        paths.push(path);
        return `bulk/${path.length}`;
      },
    });
    expect(found['00091001']).toEqual({ vr: 'OB', InlineBinary: 'YWJjZA==' });
    expect(found['00420011']).toEqual({ vr: 'OB', BulkDataURI: 'bulk/1' });
    expect(found['7FE00010']).toEqual({ vr: 'OB', BulkDataURI: 'bulk/1' });
    expect(paths).toContainEqual([0x00880200, 0, tags.PixelData]);
    expect(toDicomJson(file.dataset)['7FE00010']).toEqual({ vr: 'OB' });
  });

  test('words of big endian files are turned', () => {
    const file = parseFile(part10(uid.bigEndian, element(0x00281201, 'OW', u16(1, explicitBe), explicitBe)));
    expect(toDicomJson(file.dataset)['00281201']!.InlineBinary).toBe(btoa('\u0001\u0000'));
  });

  test('UN of a big endian file is little endian already', () => {
    const file = parseFile(part10(uid.bigEndian, element(0x00281201, 'UN', u16(1), explicitBe)));
    expect(toDicomJson(file.dataset)['00281201']).toEqual({ vr: 'OW', InlineBinary: btoa('\u0001\u0000') });
  });

  test('turning them leaves the file alone, Node buffers included', () => {
    const bytes = Buffer.from(part10(uid.bigEndian, element(0x00281201, 'OW', u16(1, explicitBe), explicitBe)));
    const before = bytes.toString('hex');
    toDicomJson(parseFile(bytes).dataset);
    expect(bytes.toString('hex')).toBe(before);
  });

  test('UN: known to the dictionary as what it is, unknown as bytes', () => {
    const found = json(
      element(0x00091001, 'UN', 'ab'),
      element(tags.PatientID, 'UN', 'xy'),
      element(0x00090010, 'UN', 'ACME'),
    );
    expect(found['00091001']).toEqual({ vr: 'UN', InlineBinary: 'YWI=' });
    expect(found['00090010']).toEqual({ vr: 'LO', Value: ['ACME'] });
    expect(found['00100020']).toEqual({ vr: 'LO', Value: ['xy'] });
  });

  test('objects have no prototype', () => {
    expect(Object.getPrototypeOf(toDicomJson(parseFile(part10(uid.explicit)).dataset))).toBeNull();
  });
});
