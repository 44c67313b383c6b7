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

/** Sequence matching (PS3.4 §C.2.2.2.6, §K.2.2) as DCMTK's worklist server does it, on the same work. */

const tools = ['/usr/bin/wlmscpfs', '/usr/bin/findscu'] as const;
const [wlmscpfs, findscu] = tools;
const mustRun = process.env.CI === 'true';

type Step = Readonly<Record<'date' | 'time' | 'modality' | 'station', string>>;

const step = ({ date, time, modality, station }: Partial<Step>): Attributes => ({
  Modality: modality ?? '',
  ScheduledStationAETitle: station ?? '',
  ScheduledProcedureStepStartDate: date ?? '',
  ScheduledProcedureStepStartTime: time ?? '',
  ScheduledProcedureStepID: '',
});

const work: Readonly<Record<string, { name: string; step: Step }>> = {
  a: { name: 'Smith^John', step: { date: '20240101', time: '080000', modality: 'CT', station: 'CT1' } },
  b: { name: 'Smith^Jane', step: { date: '20240102', time: '093000', modality: 'CT', station: 'CT2' } },
  c: { name: 'Jones^Ann', step: { date: '20240102', time: '140000', modality: 'MR', station: 'MR1' } },
};
const names = Object.keys(work);

const table: readonly [name: string, steps: readonly Partial<Step>[], found: string][] = [
  ['', [{}], 'abc'],
  ['', [], 'abc'],
  ['', [{ modality: 'CT' }], 'ab'],
  ['', [{ modality: 'CT', date: '20240102' }], 'b'],
  ['', [{ modality: 'MR', date: '20240101' }], ''],
  ['', [{ date: '20240102-' }], 'bc'],
  ['', [{ date: '20240101-20240102', time: '0800-0930' }], 'ab'],
  ['', [{ station: 'CT1' }], 'a'],
  ['Smith*', [{ date: '-20240101' }], 'a'],
  ['Jones*', [{ modality: 'CT' }], ''],
];

const question = (name: string, steps: readonly Partial<Step>[]): Uint8Array =>
  file({ PatientName: name, PatientID: '', ScheduledProcedureStepSequence: steps.map(step) });

describe.skipIf(!tools.every(existsSync) && !mustRun)(
  'against wlmscpfs (Debian package dcmtk; skipped where it is not)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'worklist-'));
    const dataSets: DataSet[] = [];
    const answers: string[] = [];
    let server: ChildProcess | undefined;

    beforeAll(async () => {
      mkdirSync(join(folder, 'PEER'));
      writeFileSync(join(folder, 'PEER', 'lockfile'), '');
      for (const [name, { name: patient, step: planned }] of Object.entries(work)) {
        const bytes = file({
          PatientName: patient,
          PatientID: name,
          ScheduledProcedureStepSequence: [{ ...step(planned), ScheduledProcedureStepID: name }],
        });
        dataSets.push(parseFile(bytes).dataset);
        writeFileSync(join(folder, 'PEER', `${name}.wl`), bytes);
      }
      const questions = table.map(([name, steps], at) => {
        const path = join(folder, `${at}.query`);
        writeFileSync(path, question(name, steps));
        return path;
      });
      const port = await freePort();
      const limited = ['-c', 'ulimit -v 2000000; exec "$0" "$@"'];
      server = spawn('/bin/sh', [...limited, wlmscpfs, '-dfr', '-dfp', folder, String(port)], { stdio: 'ignore', env });
      await listening(port);
      const said = execFileSync(
        '/bin/sh',
        ['-c', 'exec "$0" "$@" 2>&1', findscu, '-v', '-W', '-aec', 'PEER', '127.0.0.1', String(port), ...questions],
        { timeout: 20_000, env, encoding: 'utf8' },
      );
      for (const part of said.split('Sending Find Request').slice(1)) {
        const responses = part.split('Find Response:').slice(1).join('');
        const ids = [...responses.matchAll(/\(0010,0020\) LO \[(\w)/g)].map(([, id]) => id!);
        answers.push(ids.sort().join(''));
      }
    });

    afterAll(() => {
      server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    test.each(table.map((row, at) => [JSON.stringify(row.slice(0, 2)), at] as const))('%s', (_, at) => {
      const [name, steps, found] = table[at]!;
      const asked = toDicomJson(parseFile(question(name, steps)).dataset);
      const ours = names.filter((__, index) => matchesDataSet(dataSets[index]!, asked)).join('');
      expect(ours).toBe(found);
      expect(answers[at]).toBe(found);
    });
  },
);
