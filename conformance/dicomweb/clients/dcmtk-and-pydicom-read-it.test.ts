import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect } from 'vitest';
import { colourStudy, ctStudy, exoticFiles, multiframeStudy, peerTest } from '../../../packages/testbed/src/index.ts';
import { type Site, startSite, storeAnswer } from '../dicomweb-client.ts';
import { smallRealFiles } from './small-real-files.ts';

/** Every transfer syntax that files are given out in beside their own. */
const syntaxes = {
  'Explicit VR Little Endian': '1.2.840.10008.1.2.1',
  'JPEG-LS Lossless': '1.2.840.10008.1.2.4.80',
  'JPEG 2000 Lossless': '1.2.840.10008.1.2.4.90',
  'HTJ2K Lossless': '1.2.840.10008.1.2.4.201',
  'HTJ2K Lossless RPCL': '1.2.840.10008.1.2.4.202',
  'RLE Lossless': '1.2.840.10008.1.2.5',
} as const;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Served = { readonly name: string; readonly syntax: string; readonly stored: string; readonly path: string };

let site: Site;
let folder: string;
const served: Served[] = [];
const [firstCt, secondCt] = ctStudy({ seed: 8400, slices: 2, rows: 64, columns: 48 });
const [cine, enhanced] = multiframeStudy({ seed: 8401, frames: 3, rows: 24, columns: 33 });
const [byPixel, byPlane] = colourStudy({ seed: 8402, images: 2, rows: 21, columns: 31 });
/** With the bytes of pixels that each ends with. */
const made = [
  { name: 'CT 1', bytes: firstCt!.bytes, pixelBytes: 64 * 48 * 2 },
  { name: 'CT 2', bytes: secondCt!.bytes, pixelBytes: 64 * 48 * 2 },
  { name: 'cine', bytes: cine!.bytes, pixelBytes: 3 * 24 * 33 * 3 },
  { name: 'enhanced', bytes: enhanced!.bytes, pixelBytes: 3 * 24 * 33 * 2 },
  { name: 'colour by pixel', bytes: byPixel!.bytes, pixelBytes: 21 * 31 * 3 + 1 },
  { name: 'colour by plane', bytes: byPlane!.bytes, pixelBytes: 0 },
];

/** What of exotic files bears on how they are written anew. */
const unusual =
  /big endian|deflated|undefined lengths, implicit|odd-length|extended offset|RLE colour|fragments, empty|icon|overlay|PDF/;

/** Of a file, each form in which it can be had. */
async function retrieve(name: string, path: string, bytes: Uint8Array): Promise<void> {
  const own = sha256(bytes).slice(0, 16);
  const stored = join(folder, `${own}-stored.dcm`);
  await writeFile(stored, bytes);
  for (const syntax of Object.values(syntaxes)) {
    const { status, body } = await get(path, `application/dicom; transfer-syntax=${syntax}`);
    if (status === 406) continue;
    expect(status, `${name} as ${syntax}`).toBe(200);
    const file = join(folder, `${own}-${syntax}.dcm`);
    await writeFile(file, body);
    served.push({ name, syntax, stored, path: file });
  }
}

/** On connections that stay: of hundreds of requests most of the time would be their beginnings. */
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
function get(path: string, accept: string): Promise<{ readonly status: number; readonly body: Buffer }> {
  const headers = { authorization: `Bearer ${site.owner.token}`, accept };
  return new Promise((done, failed) => {
    const asked = request(`${site.exchange.url}${path}`, { agent, headers, ca: site.exchange.ca }, (answer) => {
      buffer(answer).then((body) => done({ status: answer.statusCode ?? 0, body }), failed);
    });
    asked.on('error', failed).end();
  });
}

beforeAll(async () => {
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), 'sx-served-'));
  const exotic = exoticFiles(8403).filter(({ quirk, unknownToDcmtk }) => unusual.test(quirk) && !unknownToDcmtk);
  const files: { name: string; bytes: Uint8Array }[] = [...made, ...exotic, ...smallRealFiles(160_000)];
  const { referenced } = storeAnswer(await site.store(files));
  const left = referenced.flatMap((item) => {
    const file = files.find(({ bytes }) => sha256(bytes) === item['00091001']?.Value?.[0]);
    return file ? [{ ...file, path: new URL(String(item['00081190']?.Value?.[0])).pathname }] : [];
  });
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one; one = left.shift()) await retrieve(one.name, one.path, one.bytes);
  };
  await Promise.all([work(), work(), work(), work()]);
});
afterAll(async () => {
  agent.destroy();
  await rm(folder, { recursive: true, force: true });
  await site.exchange.dispose();
});

peerTest(
  'DCMTK takes every file for DICOM, and reads it to its end',
  { command: 'dcmdump', package: 'dcmtk' },
  (dcmdump) => {
    expect(new Set(served.map(({ syntax }) => syntax)).size).toBe(Object.keys(syntaxes).length);
    const all = served.map(({ path }) => path);
    const tested = spawnSync('dcmftest', all, { encoding: 'utf8' });
    expect(tested.stdout.split('\n').filter((line) => line.startsWith('no:'))).toEqual([]);
    // A file that cannot be read is said on the way, and the others are read all the same.
    const dumped = spawnSync(dcmdump, ['-q', '+P', '0002,0003', '+P', '7fe0,0010', ...all], { encoding: 'utf8' });
    expect(dumped.stdout.match(/\(0002,0003\) UI \[/g)).toHaveLength(all.length);
    expect([dumped.status, dumped.stderr]).toEqual([0, '']);
  },
);

peerTest(
  'DCMTK decodes JPEG-LS and RLE to the pixels that were stored',
  { command: 'dcmdjpls', package: 'dcmtk' },
  async () => {
    const decoders: Readonly<Record<string, string>> = {
      [syntaxes['JPEG-LS Lossless']]: 'dcmdjpls',
      [syntaxes['RLE Lossless']]: 'dcmdrle',
    };
    let decoded = 0;
    for (const { name, syntax, path } of served) {
      const decoder = decoders[syntax];
      const { bytes, pixelBytes } = made.find((one) => one.name === name) ?? {};
      // What was stored by plane comes out of the decoders by pixel.
      if (decoder === undefined || bytes === undefined || !pixelBytes) continue;
      const plain = `${path}.plain`;
      const { status, stderr } = spawnSync(decoder, [path, plain], { encoding: 'utf8' });
      expect([status, stderr], `${name} by ${decoder}`).toEqual([0, '']);
      const pixels = (await readFile(plain)).subarray(-pixelBytes);
      expect(pixels.equals(bytes.subarray(-pixelBytes)), `${name} by ${decoder}`).toBe(true);
      decoded += 1;
    }
    expect(decoded).toBe(10);
  },
);

const pydicom = {
  command: '/usr/bin/python3',
  package: 'python3 python3-pydicom python3-numpy python3-gdcm',
  probe: ['-c', 'import pydicom, numpy, gdcm'],
};
/** How pixels are written: photometric interpretation, planes, offset tables; and the lengths of groups. */
const described = /^(00280004|00280006|7FE0000[12]|....0000)$/;
/** Stored with loss, in JPEG of twelve bits: how a decoder rounds is its own. */
const lossy = new Set(['test_files/JPEG-lossy.dcm']);

type Read = {
  readonly syntax: string;
  readonly uid: string;
  readonly changed: readonly string[];
  readonly stored: readonly [readonly number[] | null, string];
  readonly served: readonly [readonly number[] | null, string];
};

peerTest('pydicom and GDCM see in every file what they see in the one that was stored', pydicom, (python) => {
  const input = served.map(({ stored, path }) => JSON.stringify({ stored, served: path })).join('\n');
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const { stdout } = spawnSync(python, [join(import.meta.dirname, 'read_what_is_served.py')], options);
  const all = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Read);
  expect(all).toHaveLength(served.length);
  const pictures = new Map<string, Set<string>>();
  let compared = 0;
  for (const [at, { syntax, changed, stored, served: shown }] of all.entries()) {
    const { name, syntax: wanted, stored: original } = served[at] as Served;
    const which = `${name} as ${wanted}`;
    // What holds no pixels, or is stored in it, comes in Explicit VR Little Endian or as it is.
    if (shown[0] !== null) expect(syntax, which).toBe(wanted);
    const others = changed.filter((tag) => !described.test(tag) && !(tag === '00880200' && name.includes('icon')));
    expect(others, which).toEqual([]);
    if (shown[0] === null) {
      expect(stored[0], `${which}: ${shown[1]}`).toBeNull();
      continue;
    }
    pictures.set(original, (pictures.get(original) ?? new Set()).add(JSON.stringify(shown)));
    if (stored[0] === null || lossy.has(name)) continue;
    compared += 1;
    expect(shown, which).toEqual(stored);
  }
  // Also of what pydicom cannot decode as it is stored: whichever the form, it is one picture.
  for (const [original, seen] of pictures) expect([original, seen.size]).toEqual([original, 1]);
  expect(compared).toBeGreaterThan(80);
});

peerTest('a script of nothing but Python stores, finds and retrieves', pydicom, async (python) => {
  const own = join(folder, 'own');
  await mkdir(own);
  const person = { patientName: 'Urllib^Ada', patientId: 'URL-1' };
  for (const { name, bytes } of ctStudy({ seed: 8410, slices: 3, rows: 32, columns: 32, person }))
    await writeFile(join(own, name.replaceAll('/', '-')), bytes);
  const { exchange, owner } = site;
  const args = [
    join(import.meta.dirname, 'use_with_urllib.py'),
    `${exchange.url}/dicomweb`,
    join(exchange.dataDir, 'tls/certificate.pem'),
    own,
  ];
  const { stdout, stderr } = spawnSync(python, args, { encoding: 'utf8', env: { ...process.env, TOKEN: owner.token } });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    status: 200,
    stored: 3,
    found: [expect.stringMatching(/^2\.25\./)],
    described: 3,
    same: true,
    picture: [200, 'image/png'],
    absent: [404, 404],
  });
});
