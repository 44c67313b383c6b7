import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import {
  type DicomFile,
  edit,
  type MediaRecord,
  mediaFiles,
  parseFile,
  readMediaDirectory,
  relativePath,
  tags,
  text,
} from '@symbolon/dicom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cli,
  ctStudy,
  exoticFiles,
  onFolders,
  peerTest,
  type SyntheticFile,
} from '../../../packages/testbed/src/index.ts';
import { zipItems } from '../../../packages/web/src/upload/scan/zip.ts';
import { addPerson } from '../../access/people-by-rows.ts';
import { code, partsOf, type Site, startSite, storeAnswer, wado } from '../dicomweb-client.ts';

const drill = process.env.SYMBOLON_DRILL === '1';

/** Objects of every kind in one study: deflated, reports, a document, a waveform, names in many character sets. */
const exotic = exoticFiles(7300);
const { studyInstanceUid } = exotic[0]!;
const other = { patientName: 'Another^Patient', patientId: 'OTHER-7310' };
const [misidentified] = ctStudy({ seed: 7310, slices: 1, rows: 16, columns: 16, studyInstanceUid, person: other });
const raw = exotic.find(({ quirk }) => quirk === 'raw data')!;

/** The raw data of the study under another SOP Instance UID, with these elements in place of its own. */
function bent(uid: string, ...elements: [tag: number, vr: string, value: string][]): Uint8Array {
  const all: typeof elements = [[tags.SOPInstanceUID, 'UI', uid], ...elements];
  const edits = all.map(([tag, vr, value]) => ({ path: [tag], set: { vr, Value: [value] } }));
  return Buffer.concat(edit(parseFile(raw.bytes), edits).pieces);
}
const extra: readonly Uint8Array[] = [
  bent('1.2.826.7300.1', [tags.SOPClassUID, 'UI', '1.2.826.7300.9']),
  bent('1.2.826.7300.2', [tags.SeriesInstanceUID, 'UI', '1.2.826.7300.3'], [tags.SeriesNumber, 'IS', '']),
  bent('1.2.826.7300.4', [tags.AccessionNumber, 'UT', 'X'.repeat(100_000)], [tags.InstanceNumber, 'IS', '']),
];
const all = [...exotic.map(({ bytes }) => bytes), misidentified!.bytes, ...extra];

const headerOf = (bytes: Uint8Array): DicomFile =>
  parseFile(bytes, { inflateRaw: (deflated) => inflateRawSync(deflated) });
const instanceIn = (bytes: Uint8Array): string => text(headerOf(bytes).dataset, tags.SOPInstanceUID) as string;
const dcmtk = { command: 'dcmdump', package: 'dcmtk' };
const dicom3tools = { command: 'dciodvfy', package: 'dicom3tools' };

let site: Site;
let folder: string;
const path = `/dicomweb/studies/${studyInstanceUid}`;
const ct = [...ctStudy({ seed: 7320, slices: 3, series: 2, rows: 16, columns: 16 })];
const ctPath = `/dicomweb/studies/${ct[0]!.studyInstanceUid}`;
beforeAll(async () => {
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), 'sx-zip-'));
  // With a warning: group 0002 of what was bent is that of the original.
  const { referenced, failed, others } = storeAnswer(await site.store(all.map((bytes) => ({ bytes }))));
  expect([referenced.length, failed, others]).toEqual([all.length, [], []]);
  expect((await site.store(ct)).status).toBe(200);
});
afterAll(async () => {
  await site.exchange.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** What is in a zip whose entries are stored or deflated, by its list at the end. */
async function unzipped(bytes: Uint8Array, name: string): Promise<string> {
  const zip = join(folder, `${name}.zip`);
  await writeFile(zip, bytes);
  const into = join(folder, name);
  await mkdir(into);
  const { status, stdout, stderr } = spawnSync('unzip', ['-q', zip, '-d', into], { encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
  return into;
}

const namesIn = async (into: string): Promise<string[]> =>
  (await readdir(into, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(into.length + 1))
    .sort();

describe('a zip is given to whoever asks for one by its name', () => {
  const zip = 'application/zip';
  test.each([
    ['by Accept', '', { accept: zip }],
    ['by Accept, rather than anything', '', { accept: `${zip}, */*;q=0.1` }],
    ['by the parameter, whatever Accept says', `?accept=${zip}`, { accept: 'text/html, */*;q=0.8' }],
    ['as stored', '', { accept: `${zip}; transfer-syntax=*` }],
  ])('%s', async (_, query, headers) => {
    const answer = await site.get(ctPath + query, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': zip,
      'content-disposition': 'attachment; filename="study.zip"',
      'cache-control': 'no-store',
    });
    expect(answer.body.subarray(0, 2).toString()).toBe('PK');
    expect(answer.body.includes('ST000001/SE000002/IM000003')).toBe(true);
  });

  test.each(['*/*', '', 'application/*, */*;q=0.5', 'multipart/related; type="application/dicom", application/zip'])(
    'and parts to whoever takes them as well: %s',
    async (accept) => {
      const answer = await site.get(ctPath, accept === '' ? {} : { accept });
      expect(partsOf(answer)).toHaveLength(ct.length);
    },
  );

  test('of a series: its files alone', async () => {
    const answer = await site.get(`${ctPath}/series/${ct[3]!.seriesInstanceUid}`, { accept: zip });
    const into = await unzipped(answer.body, 'series');
    const files = [1, 2, 3].map((number) => `ST000001/SE000001/IM00000${number}`);
    expect(await namesIn(into)).toEqual(['DICOMDIR', 'README.TXT', ...files]);
    for (const [at, name] of files.entries())
      expect((await readFile(join(into, name))).equals(ct[3 + at]!.bytes)).toBe(true);
  });

  test('not of an instance, nor in a transfer syntax of the client’s: the answer says what there is', async () => {
    for (const [of, accept] of [
      [wado(ct[0]!), zip],
      [ctPath, `${zip}; transfer-syntax=1.2.840.10008.1.2.4.80`],
    ] as const) {
      const answer = await site.get(of, { accept });
      expect([answer.status, code(answer)]).toEqual([406, 'NOT_ACCEPTABLE']);
    }
    expect((await site.get(ctPath, { accept: 'image/png' })).body.toString()).toContain('application/zip');
    expect((await site.get('/dicomweb/studies/1.2.3', { accept: zip })).status).toBe(404);
  });

  test('of a file that calls its transfer syntax a line of a header: with its DICOMDIR, and no part has that line', async () => {
    const study = '1.2.826.7400';
    const forged = Buffer.from(bent(`${study}.1`, [tags.StudyInstanceUID, 'UI', study]));
    const at = forged.indexOf('1.2.840.10008.1.2.1\0', 'latin1');
    expect(at).toBeLessThan(400);
    forged.write('1.2.3\r\nX-Forged: yes', at, 'latin1');
    expect(storeAnswer(await site.store([{ bytes: forged }])).referenced).toHaveLength(1);
    const parts = partsOf(await site.get(`/dicomweb/studies/${study}`));
    expect(parts.map(({ body, headers }) => [body.equals(forged), headers.get('content-type')])).toEqual([
      [true, 'application/dicom'],
    ]);
    expect(parts[0]!.headers.has('x-forged')).toBe(false);
    const answer = await site.get(`/dicomweb/studies/${study}`, { accept: zip });
    expect(await namesIn(await unzipped(answer.body, 'forged'))).toContain('DICOMDIR');
  });

  test('and to nobody who may look and not download; that is on record', async () => {
    const decisions = { 'study.search': 'permit', 'study.view': 'permit', 'study.view.identity': 'permit' } as const;
    const looks = await addPerson(site.exchange, { name: 'Looks Only', role: decisions });
    const authorization = `Bearer ${looks.token}`;
    expect((await site.get(ctPath, { authorization })).status).toBe(200);
    const refused = await site.get(ctPath, { authorization, accept: zip });
    expect([refused.status, code(refused)]).toEqual([403, 'ACCESS_REFUSED']);
    const [row] = await site.sql<{ action: string; outcome: string }>(
      'select action, outcome from audit_records where user_id = $1 order by at desc, ctid desc limit 1',
      [looks.userId],
    );
    expect(row).toEqual({ action: 'study.download', outcome: 'refused' });
  });
});

describe('of a study of every kind of objects and of two patients', () => {
  let into: string;
  let directory: ReturnType<typeof readMediaDirectory>;
  let records: MediaRecord[];
  const headers = new Map<string, DicomFile>();
  beforeAll(async () => {
    const answer = await site.get(path, { accept: 'application/zip' });
    expect(answer.status).toBe(200);
    into = await unzipped(answer.body, 'exotic');
    directory = readMediaDirectory(parseFile(await readFile(join(into, 'DICOMDIR'))));
    records = [...mediaFiles(directory.records)];
    for (const bytes of all) headers.set(instanceIn(bytes), headerOf(bytes));
  });

  test('every file is there as it was sent, and has one record', async () => {
    expect([directory.warnings, directory.orphans, directory.fileSetId]).toEqual([[], [], 'SYMBOLON']);
    const paths = records.map(({ fileId }) => relativePath(fileId) as string);
    expect([...paths, 'DICOMDIR', 'README.TXT'].sort()).toEqual(await namesIn(into));
    expect(records).toHaveLength(all.length);
    for (const record of records) {
      const bytes = await readFile(join(into, relativePath(record.fileId) as string));
      const sent = all.find((one) => instanceIn(one) === record.sopInstanceUid)!;
      expect(bytes.subarray(128).equals(sent.subarray(128)), record.type).toBe(true);
      expect(record.transferSyntaxUid).toBe(headers.get(instanceIn(sent))!.transferSyntax);
    }
  });

  test('each patient whom a header names has a record, and the files of nobody else below it', () => {
    // Two files name nobody's ID, and two names.
    const who = ({ dataset }: Pick<DicomFile, 'dataset'>) =>
      text(dataset, tags.PatientID) ?? `without an ID: ${text(dataset, tags.PatientName)}`;
    const named = new Set([...headers.values()].map(who));
    expect(named.size).toBeGreaterThan(2);
    expect(directory.records.map(who).toSorted()).toEqual([...named].toSorted());
    for (const record of records) {
      const header = headers.get(record.sopInstanceUid!)!.dataset;
      const [series, study, patient] = [record.parent!, record.parent!.parent!, record.parent!.parent!.parent!];
      expect(text(series.dataset, tags.SeriesInstanceUID)).toBe(text(header, tags.SeriesInstanceUID));
      expect(text(study.dataset, tags.StudyInstanceUID)).toBe(studyInstanceUid);
      expect(text(patient.dataset, tags.PatientID)).toBe(text(header, tags.PatientID));
    }
  });

  test('an object of a class that nobody knows is listed, and a value that is too long is not', () => {
    const of = (uid: string) => records.find(({ sopInstanceUid }) => sopInstanceUid === uid)!;
    expect([of('1.2.826.7300.1').type, of('1.2.826.7300.1').sopClassUid]).toEqual(['PRIVATE', '1.2.826.7300.9']);
    expect(Number(text(of('1.2.826.7300.2').parent!.dataset, tags.SeriesNumber))).toBeGreaterThan(0);
    const types = new Set(records.map(({ type }) => type));
    for (const type of ['IMAGE', 'ENCAP DOC', 'WAVEFORM', 'SR DOCUMENT', 'KEY OBJECT DOC', 'RAW DATA'])
      expect(types, type).toContain(type);
  });

  peerTest('dcmdump reads its DICOMDIR without a complaint, and finds each file by its name', dcmtk, (dcmdump) => {
    const dump = spawnSync(dcmdump, [join(into, 'DICOMDIR')], { encoding: 'latin1' });
    expect(dump.stderr).toBe('');
    expect(dump.stdout.match(/\(0004,1500\)/g)).toHaveLength(all.length);
    const files = records.map(({ fileId }) => relativePath(fileId) as string);
    const { status } = spawnSync(dcmdump, ['-q', '+P', '0008,0018', ...files], { cwd: into, encoding: 'latin1' });
    expect(status).toBe(0);
  });

  peerTest('dciodvfy takes it for a Basic Directory', dicom3tools, (dciodvfy) => {
    const { stdout, stderr } = spawnSync(dciodvfy, [join(into, 'DICOMDIR')], { encoding: 'latin1' });
    const lines = `${stdout}${stderr}`.trim().split('\n');
    expect(lines[0]).toBe('BasicDirectory');
    // Of files that have none.
    const unknown = 'Empty attribute (no value) Type 1 Required Element=<PatientID> Module=<PatientDirectoryRecord>';
    expect(lines.slice(1).filter((line) => line !== `Error - ${unknown}`)).toEqual([]);
  });

  test('the web app’s upload reads every file out of the zip as it is in the folder', async () => {
    const items = await zipItems('a.zip', new Blob([await readFile(`${into}.zip`)]));
    const names: string[] = [];
    for (const item of items) {
      if ('error' in item) throw new Error(`${item.path} is not read`);
      const name = item.path.replace('a.zip!/', '');
      names.push(name);
      expect((await readFile(join(into, name))).equals(await item.whole()), name).toBe(true);
    }
    expect(names.sort()).toEqual(await namesIn(into));
  });

  test('`symbolon send` of the folder and of the zip itself finds every file, and all of them held', async () => {
    for (const what of [into, `${into}.zip`]) {
      const { code: status, stdout } = await cli(
        ['send', what, '--to', site.exchange.url, '--token-file', site.owner.tokenFile],
        { exchange: site.exchange, cwd: folder },
      );
      expect(stdout).toContain(`Already held  ${all.length} files`);
      expect(stdout).toContain('Left out      1 DICOMDIR');
      // What speaks of the medium is no image, and nobody meant it as one.
      expect(stdout).toContain('Left out      1 README.TXT');
      expect(stdout).not.toContain('Not taken');
      expect(status).toBe(0);
    }
  });
});

/** Resident memory of the exchange. Units: bytes. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${site.exchange.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** What of its image store the exchange has open. */
async function openImages(): Promise<string[]> {
  const descriptors = `/proc/${site.exchange.process.pid}/fd`;
  const links = await Promise.all(
    (await readdir(descriptors)).map((name) => readlink(join(descriptors, name)).catch(() => '')),
  );
  return links.filter((link) => link.startsWith(join(site.exchange.dataDir, 'images')));
}

/** Takes an answer piece by piece; `took` may make it wait, and hang up by returning false. */
function taking(of: string, took: (bytes: number) => Promise<boolean> | boolean): Promise<Buffer[] | undefined> {
  return new Promise((done) => {
    const asked = site.open('GET', of, { accept: 'application/zip' }, async (answer) => {
      const last: Buffer[] = [];
      try {
        for await (const chunk of answer) {
          // The end of it holds the DICOMDIR and the list of entries.
          last.push(chunk as Buffer);
          if (!(await took((chunk as Buffer).length))) break;
        }
        done(answer.complete ? last : undefined);
      } catch {
        done(undefined);
      }
      asked.destroy();
    });
    asked.on('error', () => done(undefined));
    asked.end();
  });
}

const many = drill ? 10_000 : 2_000;
describe(`of ${many} images`, () => {
  let manyPath: string;
  let sentBytes = 0;
  beforeAll(async () => {
    const batch: SyntheticFile[] = [];
    for (const file of ctStudy({ seed: 7330, slices: many, rows: 32, columns: 32 })) {
      manyPath = `/dicomweb/studies/${file.studyInstanceUid}`;
      sentBytes += file.bytes.length;
      batch.push(file);
      if (batch.length === 250) expect((await site.store(batch.splice(0))).status).toBe(200);
    }
    // What is made once for the first of them.
    await taking(manyPath, () => true);
  }, 300_000);

  test('it goes out within 120 MB to a slow reader, and every image is in its DICOMDIR', async () => {
    const before = await residentBytes();
    let [most, taken, looked] = [before, 0, 0];
    const pieces = await taking(manyPath, async (bytes) => {
      taken += bytes;
      if (taken - looked > sentBytes / 40) {
        looked = taken;
        most = Math.max(most, await residentBytes());
      }
      return true;
    });
    most = Math.max(most, await residentBytes());
    expect(taken).toBeGreaterThan(sentBytes);
    // Of 10,000 images records and names are 6 MB; the rest is what a heap takes before it is cleared, however many there are.
    expect(most - before).toBeLessThan(120_000_000);
    const into = await unzipped(Buffer.concat(pieces!), 'many');
    const { records, warnings } = readMediaDirectory(parseFile(await readFile(join(into, 'DICOMDIR'))));
    expect([warnings, [...mediaFiles(records)].length]).toEqual([[], many]);
  }, 120_000);

  onFolders(() => {
    test('whoever hangs up in the middle leaves nothing open, and nothing in the log', async () => {
      for (let time = 0; time < 5; time += 1) {
        let taken = 0;
        const hungUpAt = (sentBytes / 13) * (time + 1);
        expect(
          await taking(manyPath, (bytes) => {
            taken += bytes;
            return taken < hungUpAt;
          }),
        ).toBeUndefined();
      }
      await expect.poll(openImages).toEqual([]);
      expect(site.exchange.output()).not.toMatch(/broken off|INTERNAL_ERROR/);
      expect((await site.get(`${ctPath}`, { accept: 'application/zip' })).status).toBe(200);
    }, 120_000);
  });
});
