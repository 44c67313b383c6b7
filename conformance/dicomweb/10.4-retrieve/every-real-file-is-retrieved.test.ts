import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peerTest, type RealFile, realFiles } from '../../../packages/testbed/src/index.ts';
import {
  type Answer,
  type Attribute,
  type Json,
  partsOf,
  type Site,
  startSite,
  storeAnswer,
  value,
} from '../dicomweb-client.ts';

/** Where each file that was accepted is to be had. */
type Held = { readonly file: RealFile; readonly bytes: Buffer; readonly path: string };

let site: Site;
const held: Held[] = [];
beforeAll(async () => {
  site = await startSite();
  const seen = new Set<string>();
  const batch: { file: RealFile; bytes: Buffer }[] = [];
  const flush = async (): Promise<void> => {
    const files = batch.splice(0);
    const { referenced } = storeAnswer(await site.store(files));
    for (const item of referenced) {
      // Of each item the digest of the file as sent tells which it is.
      const digest = String(value(item, '00091001'));
      const sent = files.find(({ bytes }) => createHash('sha256').update(bytes).digest('hex') === digest);
      const isFirst = value(item, '00091003') === 'TAKEN';
      if (sent && isFirst && !seen.has(digest))
        held.push({ ...sent, path: new URL(String(value(item, '00081190'))).pathname });
      seen.add(digest);
    }
  };
  let bytes = 0;
  for (const file of realFiles()) {
    const content = readFileSync(file.path);
    batch.push({ file, bytes: content });
    bytes += content.length;
    if (batch.length >= 60 || bytes > 20_000_000) {
      await flush();
      bytes = 0;
    }
  }
  await flush();
}, 120_000);
afterAll(() => {
  agent?.destroy();
  return site.exchange.dispose();
});

/** On connections that stay: of thousands of requests most of the time would be their beginnings. */
let agent: Agent | undefined;
function get(path: string, accept = '*/*'): Promise<Answer> {
  agent ??= new Agent({ keepAlive: true, maxSockets: 6, ca: site.exchange.ca });
  const headers = { authorization: `Bearer ${site.owner.token}`, accept };
  return new Promise((done, failed) => {
    const asked = request(`${site.exchange.url}${path}`, { agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', failed);
      answer.on('end', () =>
        done({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', failed).end();
  });
}

const mildPreamble = (bytes: Buffer): boolean =>
  bytes.subarray(0, 128).every((byte) => byte === 0) ||
  /^(49492a00|4d4d002a|49492b00|4d4d002b)/.test(bytes.toString('hex', 0, 4));

/** As many at once as a viewer asks for. */
async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
    }),
  );
}

test('every file that was accepted comes back byte for byte with transfer-syntax=*, its preamble apart', async () => {
  expect(held.length).toBeGreaterThan(50);
  await each(held, async ({ file, bytes, path }) => {
    const answer = await get(path, 'application/dicom; transfer-syntax=*');
    expect(answer.status, file.name).toBe(200);
    expect(answer.body.subarray(128).equals(bytes.subarray(128)), file.name).toBe(true);
    const wanted = mildPreamble(bytes) ? bytes.subarray(0, 128) : Buffer.alloc(128);
    expect(answer.body.subarray(0, 128).equals(wanted), file.name).toBe(true);
  });
}, 120_000);

const pydicom = {
  command: '/usr/bin/python3',
  package: 'python3 python3-pydicom python3-numpy python3-gdcm',
  probe: ['-c', 'import pydicom, numpy, gdcm'],
};
const reader = join(import.meta.dirname, 'read_with_pydicom.py');
type Theirs = { readonly json: Json | null; readonly frames: readonly string[] | null };
let theirs: readonly Theirs[] | undefined;
/** What pydicom makes of all of them, asked once. */
function readByPydicom(python: string): readonly Theirs[] {
  theirs ??= spawnSync(python, [reader], {
    input: held.map(({ file }) => file.path).join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  })
    .stdout.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Theirs);
  return theirs;
}

/** Why a value of ours may differ from theirs, and both be right, or theirs wrong. In docs/conformance/dicomweb.md, too. */
const causes = {
  'empty values': (ours: Attribute, their: Attribute) => same(filled(ours), filled(their)),
  'spaces around text': (ours: Attribute, their: Attribute) => same(trimmed(ours), trimmed(their)),
  'VR of values of which the dictionary allows several': (ours: Attribute, their: Attribute) =>
    ours.vr !== their.vr && [ours.vr, their.vr].every((vr) => ['OB', 'OW', 'US', 'SS'].includes(vr)),
  'VR of the dictionary in place of UN': (ours: Attribute, their: Attribute) => ours.vr !== 'UN' && their.vr === 'UN',
  'UN that pydicom’s dictionary of private elements knows': (ours: Attribute) => ours.vr === 'UN',
  'text in a character set that pydicom does not read': (ours: Attribute, their: Attribute) =>
    ours.vr === their.vr && /[^\x20-\x7e]/.test(JSON.stringify([ours.Value, their.Value])),
} as const;
type Cause = keyof typeof causes;

/** Files of which one of the two readers makes something else altogether, and why. */
const otherwise: Readonly<Record<string, string>> = {
  'fo-dicom/GH179A.dcm':
    'an element whose VR is two spaces: pydicom takes what follows for its value, DCMTK and the exchange do not',
  'test_files/J2K_pixelrep_mismatch.dcm':
    'header and code stream contradict each other about the sign; pydicom believes the code stream',
  'dicom-test-files/WG04/JLSL/MR1_JLSL':
    'GDCM makes other values than DCMTK and the exchange, which have those of the uncompressed original',
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const isFilled = (one: unknown): boolean =>
  one !== null &&
  one !== '' &&
  !(typeof one === 'object' && Object.values(one as object).every((group) => group === ''));
const filled = ({ Value }: Attribute): unknown[] => (Value ?? []).filter(isFilled);
const trimmed = (of: Attribute): unknown[] =>
  filled(of).map((one) =>
    typeof one === 'object'
      ? Object.fromEntries(Object.entries(one as object).map(([group, text]) => [group, String(text).trim()]))
      : typeof one === 'string'
        ? one.trim()
        : one,
  );

/** What differs between two data sets, by where; sequences item by item. */
function differences(ours: Json, their: Json): { tag: string; cause: Cause | undefined }[] {
  const found: { tag: string; cause: Cause | undefined }[] = [];
  const work = [{ ours, their }];
  for (let next = work.pop(); next; next = work.pop()) {
    for (const tag of new Set([...Object.keys(next.ours), ...Object.keys(next.their)])) {
      // Group lengths, which DICOM JSON leaves out, and what the exchange adds.
      if (tag.endsWith('0000') || tag === '00083002') continue;
      const [a, b] = [next.ours[tag], next.their[tag]];
      if (a?.vr === 'SQ' && b?.vr === 'SQ' && a.Value?.length === b.Value?.length) {
        for (const [at, item] of (a.Value ?? []).entries())
          work.push({ ours: (item ?? {}) as Json, their: (b.Value?.[at] ?? {}) as Json });
        continue;
      }
      if (same(a, b)) continue;
      const cause = a && b && (Object.keys(causes) as Cause[]).find((name) => causes[name](a, b));
      found.push({ tag, cause });
    }
  }
  return found;
}

peerTest(
  'metadata of every file is what pydicom makes of it, value by value, but for what has a cause',
  pydicom,
  async (python) => {
    const all = readByPydicom(python);
    const counted = new Map<Cause, number>();
    const unexplained: string[] = [];
    let [compared, equal] = [0, 0];
    await each([...held.entries()], async ([at, { file, path }]) => {
      const their = all[at]?.json;
      const answer = await site.get(`${path}/metadata`);
      expect(answer.status, file.name).toBe(200);
      const [ours] = JSON.parse(answer.body.toString()) as [Json];
      if (!their || file.name in otherwise) return;
      compared += 1;
      const found = differences(ours, their);
      if (found.length === 0) equal += 1;
      for (const { tag, cause } of found) {
        if (cause) counted.set(cause, (counted.get(cause) ?? 0) + 1);
        else
          unexplained.push(
            `${file.name} ${tag} ${JSON.stringify(ours[tag])?.slice(0, 120)} ${JSON.stringify(their[tag])?.slice(0, 120)}`,
          );
      }
    });
    expect(unexplained).toEqual([]);
    expect(compared).toBeGreaterThan(40);
    expect(equal).toBeGreaterThan(0);
  },
  120_000,
);

peerTest(
  'frames of every file, decoded, are what the decoders of pydicom and GDCM make of them',
  pydicom,
  async (python) => {
    const all = readByPydicom(python);
    const counted = { compared: 0, frames: 0, refused: 0 };
    const different: string[] = [];
    await each([...held.entries()], async ([at, { file, path }]) => {
      const their = all[at]?.frames;
      if (!their || file.name in otherwise) return;
      const list = their
        .map((_, frame) => frame + 1)
        .slice(0, 3)
        .join(',');
      const answer = await get(`${path}/frames/${list}`, 'multipart/related; type="application/octet-stream"');
      if (answer.status !== 200) {
        counted.refused += 1;
        different.push(`${file.name} ${answer.status} ${answer.body.toString().slice(0, 300)}`);
        return;
      }
      counted.compared += 1;
      for (const [frame, { body }] of partsOf(answer).entries()) {
        counted.frames += 1;
        const digest = createHash('sha256').update(body).digest('hex');
        if (digest !== their[frame]) different.push(`${file.name} frame ${frame + 1}`);
      }
    });
    expect(different).toEqual([]);
    expect(counted.frames).toBeGreaterThan(40);
  },
  120_000,
);

type FileSet = {
  readonly files: number;
  readonly types: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly fileSet: number | string;
};

peerTest(
  'the DICOMDIR of every study’s zip tells of each file what its own header does, as pydicom reads both',
  pydicom,
  async (python) => {
    const studies = [...new Set(held.map(({ path }) => path.split('/series/')[0]!))];
    const folder = await mkdtemp(join(tmpdir(), 'sx-zips-'));
    try {
      await each([...studies.entries()], async ([at, path]) => {
        const answer = await get(path, 'application/zip');
        expect([answer.status, answer.headers['content-type']], path).toEqual([200, 'application/zip']);
        await writeFile(join(folder, `${at}.zip`), answer.body);
      });
      const read = spawnSync(python, [join(import.meta.dirname, 'read_file_sets.py')], {
        input: studies.map((_, at) => join(folder, `${at}.zip`)).join('\n'),
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      expect(read.stderr).toBe('');
      const sets = read.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as FileSet);
      // Two files of one series that say different things of it: its record says what the first does.
      const explained = ["SERIES Modality: ['CT'] is ['SR']"];
      const problems = sets.flatMap((set) => set.problems);
      expect(problems.filter((problem) => !explained.includes(problem))).toEqual([]);
      // pydicom 2.3 knows no records of annotations: of such a set it takes nothing.
      const counted = sets.map(({ files, types, fileSet }) => ('ANNOTATION' in types ? files : fileSet));
      expect(counted).toEqual(sets.map(({ files }) => files));
      expect(sets.reduce((sum, { files }) => sum + files, 0)).toBe(held.length);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
