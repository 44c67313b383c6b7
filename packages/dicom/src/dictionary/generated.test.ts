import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readPydicom } from '../../generate/pydicom.ts';
import { elementsModule, obsoleteAdditions, uidsModule } from '../../generate/tables.ts';

const pydicom = '/usr/lib/python3/dist-packages/pydicom';
const generated = (file: string): string => readFileSync(join(import.meta.dirname, 'generated', file), 'utf8');
const usedEdition = /PS3\.6 (\d{4}[a-z])/.exec(generated('elements.ts'))?.[1];
const tables = existsSync(pydicom) ? readPydicom(pydicom) : undefined;

// Another edition of the package is another table: where CI has one, it is time to generate anew.
describe.skipIf(tables?.edition !== usedEdition && process.env.CI !== 'true')('the generated tables', () => {
  test('are what the generator makes of the installed package, byte for byte', () => {
    expect(elementsModule(tables!)).toBe(generated('elements.ts'));
    expect(uidsModule(tables!)).toBe(generated('uids.ts'));
  });

  test('no addition is in the package already', () => {
    expect(obsoleteAdditions(tables!)).toEqual([]);
  });

  test('no row of the package is lost', () => {
    const elements = new Set(
      generated('elements.ts')
        .match(/^(?:export const \w+ = `)?[0-9A-Fx]{8}(?=\|)/gm)!
        .map((at) => at.slice(-8)),
    );
    expect(tables!.elements.filter(({ tag }) => !elements.has(tag))).toEqual([]);
    expect(tables!.elements.length).toBeGreaterThan(4_900);
    expect(tables!.uids.length).toBeGreaterThan(440);
  });
});

describe('a package that says something else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-pydicom-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (version: string, elements: string, uids: string): unknown => {
    writeFileSync(join(folder, '_version.py'), version);
    writeFileSync(join(folder, '_dicom_dict.py'), `DicomDictionary = {\n${elements}\n}\n`);
    writeFileSync(join(folder, '_uid_dict.py'), `UID_dictionary = {\n${uids}\n}\n`);
    return readPydicom(folder);
  };
  const version = `__dicom_version__: str = "2030a"\n`;
  const element = `    0x00100010: ('PN', '1', "Patient's Name", '', 'PatientName'),`;
  const uid = `    '1.2.840.10008.1.1': ('Verification SOP Class', 'SOP Class', '', '', 'Verification'),  # noqa`;

  test('is read, edition and all', () => {
    expect(read(version, element, uid)).toEqual({
      edition: '2030a',
      elements: [
        { tag: '00100010', vr: 'PN', vm: '1', name: "Patient's Name", keyword: 'PatientName', retired: false },
      ],
      uids: [
        {
          uid: '1.2.840.10008.1.1',
          kind: 'SOP Class',
          name: 'Verification SOP Class',
          keyword: 'Verification',
          retired: false,
        },
      ],
    });
  });

  test('stops the generator where a row has another shape, or the edition is not told', () => {
    expect(() => read(version, `${element}\n    0x00100020: ('LO', '1'),`, uid)).toThrow('Not a row');
    expect(() => read(version, element, uid.replace('Verification', 'Verific\\\\x61tion'))).toThrow('Not a row');
    expect(() => read('', element, uid)).toThrow('edition');
  });

  test('stops the generator where a name holds what the table is written with', () => {
    const odd = { edition: '2030a', elements: [], uids: [] };
    const row = { tag: '00100010', vr: 'PN', vm: '1', keyword: 'PatientName', retired: false };
    expect(() => elementsModule({ ...odd, elements: [{ ...row, name: 'a|b' }] })).toThrow('cannot carry');
    expect(() => elementsModule({ ...odd, elements: [{ ...row, name: 'a`b' }] })).toThrow('cannot carry');
    expect(() => elementsModule({ ...odd, elements: [{ ...row, name: 'a$' + '{b}' }] })).toThrow('cannot carry');
    const elsewhere = { uid: '1.2.3', kind: 'SOP Class', name: 'A', keyword: 'A', retired: false };
    expect(() => uidsModule({ ...odd, uids: [elsewhere] })).toThrow('root');
  });
});
