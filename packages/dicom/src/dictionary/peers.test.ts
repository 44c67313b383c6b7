import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type DictionaryEntry, lookupTag } from './dictionary.ts';
import { tagText } from './tags.ts';
import { lookupUid } from './uids.ts';

const mustRun = process.env.CI === 'true';

/**
 * Rows that later editions changed: a peer of an older edition (pydicom 2.3.1 has 2022a, DCMTK 3.6.7 has 2022b) may differ in
 * just this. Peers of 2024c and 2025e were compared by hand, see generate/additions.ts.
 */
const changed: Readonly<Record<string, Partial<DictionaryEntry>>> = {
  '00089007': { vm: '4-5' },
  '00102160': { retired: true },
  '00380004': { retired: true },
  '00701807': { retired: true },
  '00701808': { retired: true },
  '213000A0': { retired: false },
  '213000C0': { retired: false },
  '30040010': { retired: true },
  '30060085': { retired: true },
  '30060088': { retired: true },
  '3008002B': { retired: true },
  '30100090': { retired: true },
};

type Row = Omit<DictionaryEntry, 'name'>;

function ours(tag: number, row: Row): Row | undefined {
  const entry = lookupTag(tag);
  if (entry === undefined) return undefined;
  const { keyword, vr, vm, retired } = entry;
  const known = changed[tagText(tag)];
  const told = { keyword, vr, vm, retired };
  // The change is there, and nothing else is taken from the peer.
  if (known !== undefined) {
    expect(told).toMatchObject(known);
    for (const key of Object.keys(known) as (keyof Row)[]) Object.assign(told, { [key]: row[key] });
  }
  return told;
}

const python = '/usr/bin/python3';
const pydicom = '/usr/lib/python3/dist-packages/pydicom';

describe.skipIf(!(existsSync(python) && existsSync(pydicom)) && !mustRun)('pydicom', () => {
  const ask = (expression: string): unknown =>
    JSON.parse(
      execFileSync(
        '/bin/sh',
        ['-c', 'ulimit -v 4000000; ulimit -t 60; exec "$0" -c "$1"', python, `import json\n${expression}`],
        {
          encoding: 'utf8',
          timeout: 60_000,
          maxBuffer: 16 << 20,
        },
      ),
    );
  type PydicomRow = [vr: string, vm: string, name: string, retired: string, keyword: string];
  const rowOf = ([vr, vm, , retired, keyword]: PydicomRow): Row => ({
    keyword,
    vr: vr === 'NONE' ? '' : vr.replaceAll(' or ', '/'),
    vm,
    retired: retired === 'Retired',
  });

  test('agrees on VR, VM, keyword and retirement of every element that has a keyword', () => {
    const table = ask('from pydicom._dicom_dict import DicomDictionary as d\nprint(json.dumps(list(d.items())))') as [
      number,
      PydicomRow,
    ][];
    expect(table.length).toBeGreaterThan(4_900);
    const empty: string[] = [];
    for (const [tag, row] of table) {
      if (row[4] === '') empty.push(tagText(tag));
      else expect(ours(tag, rowOf(row)), tagText(tag)).toEqual(rowOf(row));
    }
    // Retired so thoroughly that name and keyword are gone: nothing is left to say of them.
    expect(empty).toEqual(['00080202', '00180061', '00189445', '00280020', '04000315', '300A0782']);
    for (const tag of empty) expect(lookupTag(Number.parseInt(tag, 16))).toBeUndefined();
  });

  test('agrees on every repeating group and element', () => {
    const table = ask(
      'from pydicom._dicom_dict import RepeatersDictionary as d\nprint(json.dumps(list(d.items())))',
    ) as [string, PydicomRow][];
    expect(table.length).toBeGreaterThan(80);
    for (const [mask, row] of table) {
      // Not 0: (0028,0400) is Transform Label, which comes before (0028,04x0).
      for (const text of [mask.replace(/^(..)xx/, '$102'), mask.replace(/^(..)xx/, '$1FE')]) {
        for (const digit of ['1', 'F']) {
          const tag = Number.parseInt(text.replaceAll('x', digit), 16);
          expect(ours(tag, rowOf(row)), tagText(tag)).toEqual(rowOf(row));
        }
      }
    }
  });

  test('agrees on name, kind, keyword and retirement of every UID that has a keyword', () => {
    const table = ask('from pydicom._uid_dict import UID_dictionary as d\nprint(json.dumps(list(d.items())))') as [
      string,
      [name: string, kind: string, info: string, retired: string, keyword: string],
    ][];
    expect(table.length).toBeGreaterThan(440);
    /** Table A-1 of 2022b and later: three kinds are one, and one keyword is new. */
    const later: Readonly<Record<string, object>> = {
      '1.2.840.10008.5.1.1.17': { kind: 'Well-known SOP Instance' },
      '1.2.840.10008.5.1.1.17.376': { kind: 'Well-known SOP Instance' },
      '1.2.840.10008.5.1.1.25': { kind: 'Well-known SOP Instance', keyword: 'PrintQueueInstance' },
    };
    const empty: string[] = [];
    for (const [uid, [name, kind, , retired, keyword]] of table) {
      if (keyword === '') empty.push(uid);
      else expect(lookupUid(uid), uid).toEqual({ name, kind, keyword, retired: retired === 'Retired', ...later[uid] });
    }
    expect(empty).toEqual(['1.2.840.10008.5.1.4.1.1.12.77', '1.2.840.10008.5.1.4.1.1.40']);
    for (const uid of empty) expect(lookupUid(uid)).toBeUndefined();
  });
});

const dcmtk = readdirSync('/usr/share')
  .filter((name) => /^(lib)?dcmtk/.test(name))
  .map((name) => join('/usr/share', name, 'dicom.dic'))
  .find((file) => existsSync(file));

describe.skipIf(dcmtk === undefined && !mustRun)('DCMTK', () => {
  /** DCMTK's own letters for what is decided elsewhere: by Pixel Representation, by the transfer syntax, as an offset. */
  const vrs: Readonly<Record<string, string>> = {
    xs: 'US/SS',
    ox: 'OB/OW',
    px: 'OB/OW',
    lt: 'US/SS/OW',
    up: 'UL',
    na: '',
  };
  /** DCMTK has one letter for OW with either of US and SS; PS3.6 has `US or OW` here. */
  const explained: Readonly<Record<string, string>> = { '00283006': 'US/OW' };

  test('agrees on VR, VM, keyword and retirement of every element of its dictionary', () => {
    const row =
      /^\(([0-9a-f]{4})(?:-([0-9a-f]{4}))?,([0-9a-f]{4})(?:-([0-9a-f]{4}))?\)\t(\w+)\t(\w+)\t([\w-]+)\tDICOM(\S*)/i;
    let compared = 0;
    for (const line of readFileSync(dcmtk!, 'utf8').split('\n')) {
      const found = row.exec(line);
      if (found === null) continue;
      const [, group, lastGroup = group, element, lastElement = element, vr, keyword, vm, kind] = found as string[];
      // Ranges end in FF and mean even numbers: the last group is one less.
      const last = (Number.parseInt(lastGroup!, 16) & 0xfffe).toString(16).padStart(4, '0') + lastElement;
      for (const text of new Set([group! + element, last])) {
        const tag = Number.parseInt(text, 16);
        const theirs: Row = {
          keyword: keyword!.replace(/^RETIRED_/, ''),
          vr: explained[tagText(tag)] ?? vrs[vr!] ?? vr!,
          vm: vm!,
          retired: kind === '/retired',
        };
        expect(ours(tag, theirs), line).toEqual(theirs);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(5_000);
  });
});
