import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, onFolders, peerTest, type SyntheticFile } from '../../packages/testbed/src/index.ts';
import { openedLink, startWebSite, type WebSite } from './web-site.ts';

/** Python's own zipfile needs no package beside it. */
const python3 = { command: '/usr/bin/python3', package: 'python3-pydicom' };

let site: WebSite;
let folder: string;
beforeAll(async () => {
  site = await startWebSite();
  folder = await mkdtemp(join(tmpdir(), 'sx-zip-'));
});
afterAll(async () => {
  await site.exchange.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function sent(seed: number, files: readonly { bytes: Uint8Array }[]): Promise<string> {
  for (let at = 0; at < files.length; at += 100)
    expect((await site.store(files.slice(at, at + 100))).status, `seed ${seed}`).toBe(200);
  return (await site.worklist()).studies[0]!.id;
}

/** What another program finds in the zip: python3's zipfile, which checks every CRC. */
async function unzipped(python: string, bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const file = join(folder, 'study.zip');
  const into = join(folder, 'files');
  await rm(into, { recursive: true, force: true });
  await writeFile(file, bytes);
  const script = `import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
# In deflate's form, and not compressed: five bytes for each block of 64 KiB.
assert all(i.compress_type == 8 and 5 <= i.compress_size - i.file_size <= 5 + i.file_size / 13000 for i in z.infolist())
z.extractall(sys.argv[2])`;
  execFileSync(python, ['-c', script, file, into]);
  const entries = await readdir(into, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const files = paths.sort().map(async (path) => [relative(into, path), await readFile(path)] as const);
  return new Map(await Promise.all(files));
}

peerTest(
  'holds every file as it was sent, under names made of numbers, and says where it is from',
  python3,
  async (python) => {
    const files = [...ctStudy({ seed: 5400, series: 2, slices: 3, rows: 32, columns: 32 })];
    const studyId = await sent(5400, files);
    const answer = await site.get(`/api/v1/studies/${studyId}/archive`);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="study.zip"',
      'cache-control': 'no-store',
    });
    const inside = await unzipped(python, answer.body);
    expect([...inside.keys()]).toEqual([
      'DICOMDIR',
      'README.TXT',
      ...[1, 2].flatMap((series) => [1, 2, 3].map((image) => `ST000001/SE00000${series}/IM00000${image}`)),
    ]);
    const readme = inside.get('README.TXT')!.toString();
    expect(readme).toContain(site.exchange.url);
    expect(readme).not.toMatch(/Müller|PID-|\d+\.\d+\.\d+\.\d+\.\d+/);
    const images = [...inside].filter(([name]) => name.includes('/IM')).map(([, bytes]) => bytes.toString('hex'));
    expect(images).toEqual(files.map(({ bytes }) => Buffer.from(bytes).toString('hex')));
  },
);

peerTest('a preamble that could be a program leaves zeroed; a TIFF one leaves as it came', python3, async (python) => {
  const files = [...ctStudy({ seed: 5410, slices: 2, rows: 16, columns: 16 })].map(({ bytes }) => Buffer.from(bytes));
  files[0]!.write('MZ this could be a program', 0);
  files[1]!.write('49492a00', 0, 'hex');
  const studyId = await sent(
    5410,
    files.map((bytes) => ({ bytes })),
  );
  const inside = await unzipped(python, (await site.get(`/api/v1/studies/${studyId}/archive`)).body);
  const zeroed = Buffer.concat([Buffer.alloc(128), files[0]!.subarray(128)]);
  expect(inside.get('ST000001/SE000001/IM000001')?.equals(zeroed)).toBe(true);
  expect(inside.get('ST000001/SE000001/IM000002')?.equals(files[1]!)).toBe(true);
});

peerTest('by a link it is given where the link says so, and refused where it does not', python3, async (python) => {
  const files = [...ctStudy({ seed: 5420, slices: 1, rows: 16, columns: 16 })];
  const studyId = await sent(5420, files);
  const may = await openedLink(site, studyId, true);
  const taken = await site.get(`/api/v1/shared/${may.linkId}/study/archive`, may.headers);
  expect(taken.status).toBe(200);
  expect((await unzipped(python, taken.body)).get('ST000001/SE000001/IM000001')?.equals(files[0]!.bytes)).toBe(true);
  const mayNot = await openedLink(site, studyId, false);
  const refused = await site.get(`/api/v1/shared/${mayNot.linkId}/study/archive`, mayNot.headers);
  expect(refused.status).toBe(403);
  expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 'ACCESS_REFUSED' });
});

/** Resident memory of the exchange. Units: bytes. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${site.exchange.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** Reads what the exchange sends as slowly as it wants; `took` hears of every piece. */
function taking(path: string, took: (bytes: number) => void, hangUpAfter = Number.POSITIVE_INFINITY) {
  return new Promise<'whole' | 'broken'>((done) => {
    let all = 0;
    const asked = site.open('GET', path, {}, (answer) => {
      answer.on('data', (chunk: Buffer) => {
        all += chunk.length;
        took(chunk.length);
        if (all > hangUpAfter) asked.destroy();
      });
      answer.on('error', () => done('broken'));
      answer.on('close', () => done(answer.complete ? 'whole' : 'broken'));
    });
    asked.on('error', () => done('broken'));
    asked.end();
  });
}

test('six hundred files of 300 MB go out in flat memory, and again after somebody hung up ten times', async () => {
  const files = ctStudy({ seed: 5430, slices: 600, rows: 512, columns: 512 });
  const batch: SyntheticFile[] = [];
  let sentBytes = 0;
  for (const file of files) {
    batch.push(file);
    sentBytes += file.bytes.length;
    if (batch.length === 50) expect((await site.store(batch.splice(0))).status).toBe(200);
  }
  const studyId = (await site.worklist()).studies[0]!.id;
  const path = `/api/v1/studies/${studyId}/archive`;
  await taking(path, () => {}, 20_000_000);
  const before = await residentBytes();
  let most = before;
  let taken = 0;
  let looked = 0;
  const looking: Promise<unknown>[] = [];
  expect(
    await taking(path, (bytes) => {
      taken += bytes;
      if (taken - looked < 10_000_000) return;
      looked = taken;
      looking.push(
        residentBytes().then((now) => {
          most = Math.max(most, now);
        }),
      );
    }),
  ).toBe('whole');
  await Promise.all(looking);
  expect(taken).toBeGreaterThan(sentBytes);
  for (let time = 0; time < 10; time += 1) expect(await taking(path, () => {}, 3_000_000)).toBe('broken');
  most = Math.max(most, await residentBytes());
  expect(looking.length).toBeGreaterThan(20);
  expect(most - before).toBeLessThan(120_000_000);
  expect((await site.worklist()).studies[0]!.id).toBe(studyId);
}, 180_000);

onFolders(() => {
  test('damage in the middle breaks the connection: no receiver gets a zip that ends', async () => {
    // Far longer than what is read before any of it goes out.
    const files = [...ctStudy({ seed: 5440, slices: 40, rows: 512, columns: 512 })];
    const studyId = await sent(5440, files);
    const [last] = await site.sql<{ id: string }>(
      'select id from packs where study_id = $1 order by ordinal desc limit 1',
      [studyId],
    );
    const blobs = join(site.exchange.dataDir, 'images');
    const stored = await readdir(blobs, { recursive: true });
    const object = stored.find((name) => name.includes(last!.id));
    const file = join(blobs, object!);
    const whole = await readFile(file);
    await truncate(file, Math.floor((await stat(file)).size / 2));
    try {
      expect(await taking(`/api/v1/studies/${studyId}/archive`, () => {})).toBe('broken');
    } finally {
      await writeFile(file, whole);
    }
    expect(await taking(`/api/v1/studies/${studyId}/archive`, () => {})).toBe('whole');
  });
});
