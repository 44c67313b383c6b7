import { describe, expect, test } from 'vitest';
import { merge, parseFile, split, tags, text } from '../index.ts';
import {
  codeOf,
  concat,
  element,
  explicitBe,
  implicitLe,
  joined,
  latin,
  part10,
  type Syntax,
  u32,
  uid,
} from '../part10.fixture.ts';

const image = (syntax?: Syntax): Uint8Array =>
  concat(
    element(tags.SOPClassUID, 'UI', '1.2', syntax),
    element(tags.PatientName, 'PN', 'Doe^Jane', syntax),
    element(tags.PixelData, 'OW', u32(7), syntax),
  );
const meta = part10(uid.explicit).subarray(132);

describe('without preamble or group 0002, where the caller accepts that', () => {
  test.each([
    ['a data set, explicit little endian', image(), uid.explicit],
    ['a data set, implicit little endian', image(implicitLe), uid.implicit],
    ['a data set, explicit big endian', image(explicitBe), uid.bigEndian],
    ['"DICM" and no preamble', concat(latin('DICM'), meta, image()), uid.explicit],
    ['group 0002 and nothing before it', concat(meta, image()), uid.explicit],
    ['preamble and "DICM", no group 0002', concat(new Uint8Array(128), latin('DICM'), image(implicitLe)), uid.implicit],
    [
      'group 0002 that names no transfer syntax',
      concat(new Uint8Array(128), latin('DICM'), element(0x00020002, 'UI', '1.2'), image(explicitBe)),
      uid.bigEndian,
    ],
  ])('%s', (_what, bytes, transferSyntax) => {
    const file = parseFile(bytes, { bare: 'accept' });
    expect(text(file.dataset, tags.PatientName)).toBe('Doe^Jane');
    expect(file.transferSyntax).toBe(transferSyntax);
    expect(file.warnings.map(({ code }) => code)).toContain('DICOM_BARE');
    const halves = split(file);
    expect(halves.cuts).toHaveLength(1);
    expect(joined(merge(joined(halves.identity), joined(halves.image), halves.cuts))).toEqual(bytes);
    expect(codeOf(() => parseFile(bytes))).toMatch(/^DICOM_(PREAMBLE_MISSING|META_MISSING|TRANSFER_SYNTAX_MISSING)$/);
  });
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['a text', latin('Dear colleague, please find enclosed')],
  ['zeros', new Uint8Array(500)],
  ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1)],
  ['a group that no image begins with', element(0x00400100, 'LO', 'x')],
  ['a message’s command', element(0x00000002, 'UI', '1.2', implicitLe)],
])('%s is no data set, accepted or not', (_what, bytes) => {
  for (const bare of ['accept', 'refuse'] as const)
    expect(codeOf(() => parseFile(bytes, { bare }))).toBe('DICOM_PREAMBLE_MISSING');
});
