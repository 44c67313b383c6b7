import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataSet } from '../element.ts';
import { toDicomJson } from '../json/dicom-json.ts';
import { parseFile } from '../parse/parse-file.ts';
import { type Attributes, env, file, listening } from './dcmtk.fixture.ts';
import { matchesDataSet } from './matches-data-set.ts';

/** The same questions put to DCMTK's archive, dcmqrscp, about the same files: where its answers differ, the table says why. */

const tools = ['/usr/bin/dcmqrscp', '/usr/bin/storescu', '/usr/bin/findscu'] as const;
const [dcmqrscp, storescu, findscu] = tools;
const mustRun = process.env.CI === 'true';

/** One study each, named by its letter; its Study Instance UID ends in its place. */
const studies: Readonly<Record<string, Attributes>> = {
  a: {
    PatientName: 'Smith^John',
    StudyDate: '20200101',
    StudyTime: '101500',
    AccessionNumber: 'A1',
    StudyDescription: 'Head',
  },
  b: {
    PatientName: 'SMITH^JANE',
    StudyDate: '20200131',
    StudyTime: '235959.5',
    AccessionNumber: 'a1',
    StudyDescription: 'HEAD',
  },
  c: {
    PatientName: 'Smith',
    StudyDate: '20200201',
    StudyTime: '10',
    AccessionNumber: 'A10',
    StudyDescription: 'Head*Neck',
  },
  d: {
    PatientName: 'Müller^Jörg',
    StudyDate: '20191231',
    StudyTime: '1016',
    AccessionNumber: 'B?2',
    StudyDescription: '',
  },
  e: {
    PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    StudyDate: '20200115',
    StudyTime: '000000',
    AccessionNumber: 'B12',
  },
  f: { PatientName: 'Smithers^John^^Dr', StudyDate: '', StudyTime: '', AccessionNumber: '', StudyDescription: 'Neck' },
  g: { PatientName: 'O.Brien^Ann Mary', StudyDate: '19991231', StudyTime: '101559.999999', AccessionNumber: 'A.1' },
  h: {
    PatientName: 'Петров^Семён',
    StudyDate: '20210101',
    StudyTime: '120000',
    AccessionNumber: '0001',
    StudyDescription: 'Ärm',
  },
};
const names = Object.keys(studies);

/** What DCMTK 3.6.7 does otherwise. */
const literal =
  'names are compared as they are written: case, accents, groups and carets count (PS3.4 §C.2.2.2.1.1 leaves it open)';
const bytes = 'a question mark stands for one byte, and Ä has two in UTF-8';
const blanks = 'blanks around the hyphen make the range no range';

/** A question, who answers it, and where DCMTK differs, whom it finds and why. */
const table: readonly [asked: Attributes, found: string, dcmtk?: string, why?: string][] = [
  // Universal
  [{}, 'abcdefgh'],
  [{ PatientName: '' }, 'abcdefgh'],
  [{ PatientName: '*' }, 'abcdefgh'],
  [{ StudyDescription: '*' }, 'abcdefgh'],
  [{ AccessionNumber: '**' }, 'abcdefgh'],
  // Single value
  [{ AccessionNumber: 'A1' }, 'a'],
  [{ AccessionNumber: 'a1' }, 'b'],
  [{ AccessionNumber: 'A1 ' }, 'a'],
  [{ AccessionNumber: '1' }, ''],
  [{ AccessionNumber: '0001' }, 'h'],
  [{ StudyDescription: 'Head' }, 'a'],
  [{ StudyDescription: 'Ärm' }, 'h'],
  [{ StudyDescription: 'Arm' }, ''],
  // Wildcards
  [{ AccessionNumber: 'A*' }, 'acg'],
  [{ AccessionNumber: 'A?' }, 'a'],
  [{ AccessionNumber: 'B??' }, 'de'],
  [{ AccessionNumber: '*1' }, 'abgh'],
  [{ AccessionNumber: 'A.1' }, 'g'],
  [{ AccessionNumber: '?' }, ''],
  [{ StudyDescription: 'H*' }, 'abc'],
  [{ StudyDescription: '?rm' }, 'h', '', bytes],
  [{ StudyDescription: '*e*k' }, 'cf'],
  // UIDs
  [{ StudyInstanceUID: '1.2.826.0.1.3680043.9.1' }, 'a'],
  [{ StudyInstanceUID: '1.2.826.0.1.3680043.9.1\\1.2.826.0.1.3680043.9.8' }, 'ah'],
  [{ StudyInstanceUID: '1.2.826.0.1.3680043.9' }, ''],
  // Dates
  [{ StudyDate: '20200101' }, 'a'],
  [{ StudyDate: '20200101-20200131' }, 'abe'],
  [{ StudyDate: '20200131-' }, 'bch'],
  [{ StudyDate: '-20191231' }, 'dg'],
  [{ StudyDate: '20200201-20200101' }, ''],
  [{ StudyDate: '2020.01.01' }, 'a'],
  [{ StudyDate: '20200101 - 20200131' }, 'abe', '', blanks],
  // Times
  [{ StudyTime: '101500' }, 'a'],
  [{ StudyTime: '1015-1016' }, 'adg'],
  [{ StudyTime: '2359-' }, 'b'],
  [{ StudyTime: '-0000' }, 'e'],
  [{ StudyTime: '10:15:00' }, 'a'],
  [{ StudyTime: '2200-0200' }, ''],
  // Names
  [{ PatientName: 'Smith^John' }, 'a'],
  [{ PatientName: 'Smith' }, 'c'],
  [{ PatientName: 'smith^john' }, 'a', '', literal],
  [{ PatientName: 'Smith*' }, 'abcf', 'acf', literal],
  [{ PatientName: '*John*' }, 'af'],
  [{ PatientName: 'SMITH^*' }, 'abc', 'b', literal],
  [{ PatientName: 'Smith^J???' }, 'ab', 'a', literal],
  [{ PatientName: 'Smith^John^^' }, 'a', '', literal],
  [{ PatientName: 'Müller^Jörg' }, 'd'],
  [{ PatientName: 'MULLER*' }, 'd', '', literal],
  [{ PatientName: '山田*' }, 'e', '', literal],
  [{ PatientName: '=山田^太郎' }, 'e', '', literal],
  [{ PatientName: 'Yamada*=山田*' }, 'e'],
  [{ PatientName: 'yamada*=山田*' }, 'e', '', literal],
  [{ PatientName: 'ПЕТРОВ^*' }, 'h', '', literal],
  // Several keys
  [{ PatientName: 'S*', StudyDate: '20200101-20200131', StudyTime: '10-11' }, 'a'],
];

const studyUid = (at: number): string => `1.2.826.0.1.3680043.9.${at + 1}`;

const query = (asked: Attributes): Uint8Array => file({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '', ...asked });

describe.skipIf(!tools.every(existsSync) && !mustRun)(
  'against dcmqrscp (Debian package dcmtk; skipped where it is not)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'matching-'));
    const dataSets: DataSet[] = [];
    const answers: string[] = [];
    let archive: ChildProcess | undefined;

    beforeAll(async () => {
      const port = await freePort();
      mkdirSync(join(folder, 'held'));
      const config = [
        `NetworkTCPPort = ${port}`,
        'MaxPDUSize = 16384',
        'MaxAssociations = 4',
        'HostTable BEGIN',
        'HostTable END',
        'VendorTable BEGIN',
        'VendorTable END',
        'AETable BEGIN',
        `PEER ${join(folder, 'held')} RW (100, 10mb) ANY`,
        'AETable END',
      ];
      writeFileSync(join(folder, 'dcmqrscp.cfg'), `${config.join('\n')}\n`);
      const paths = names.map((name, at) => {
        const attributes = {
          SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
          SOPInstanceUID: `${studyUid(at)}.1.1`,
          SeriesInstanceUID: `${studyUid(at)}.1`,
          StudyInstanceUID: studyUid(at),
          PatientID: name,
          Modality: 'OT',
          ...studies[name],
        };
        const bytes = file(attributes);
        dataSets.push(parseFile(bytes).dataset);
        const path = join(folder, `${name}.dcm`);
        writeFileSync(path, bytes);
        return path;
      });
      const questions = table.map(([asked], at) => {
        const path = join(folder, `${at}.query`);
        writeFileSync(path, query(asked));
        return path;
      });

      archive = spawn(
        '/bin/sh',
        ['-c', 'ulimit -v 2000000; exec "$0" "$@"', dcmqrscp, '-c', join(folder, 'dcmqrscp.cfg'), String(port)],
        {
          stdio: 'ignore',
          env,
        },
      );
      await listening(port);
      const at = ['-aec', 'PEER', '127.0.0.1', String(port)];
      execFileSync(storescu, [...at, ...paths], { timeout: 20_000, stdio: 'pipe', env });
      const said = execFileSync('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', findscu, '-v', '-S', ...at, ...questions], {
        timeout: 20_000,
        env,
        encoding: 'utf8',
        maxBuffer: 64 << 20,
      });
      for (const part of said.split('Sending Find Request').slice(1)) {
        const responses = part.split('Find Response:').slice(1).join('');
        const uids = [...responses.matchAll(/\(0020,000d\) UI \[([\d.]+)/g)].map(([, found]) => found!);
        answers.push(names.filter((_, index) => uids.includes(studyUid(index))).join(''));
      }
    });

    afterAll(() => {
      archive?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    test('it answered every question', () => {
      expect(answers.length).toBe(table.length);
    });

    test.each(table.map(([asked, ...rest], at) => [JSON.stringify(asked), at, ...rest] as const))(
      '%s',
      (_, at, found, dcmtk, why) => {
        const asked = toDicomJson(parseFile(query(table[at]![0])).dataset);
        const ours = names.filter((_, index) => matchesDataSet(dataSets[index]!, asked)).join('');
        expect(ours).toBe(found);
        expect(answers[at], why).toBe(dcmtk ?? found);
      },
    );
  },
);
