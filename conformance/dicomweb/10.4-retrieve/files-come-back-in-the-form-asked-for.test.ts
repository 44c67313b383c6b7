import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, exoticFiles, peerTest, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { code, partsOf, type Site, startSite, wado } from '../dicomweb-client.ts';

let site: Site;
let files: SyntheticFile[];
const exotic = exoticFiles(7100);
let root: string;
beforeAll(async () => {
  site = await startSite();
  files = [...ctStudy({ seed: 7000, slices: 6, series: 2, rows: 64, columns: 48 })];
  for (let at = 0; at < files.length; at += 5) await site.store(files.slice(at, at + 5));
  expect((await site.store(exotic)).status).toBe(200);
  root = `/dicomweb/studies/${files[0]!.studyInstanceUid}`;
});
afterAll(() => site.exchange.dispose());

const multipart = 'multipart/related; type="application/dicom"';
const preamble = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, 128);

test.each([
  ['study', 0, 12],
  ['series', 6, 12],
  ['instance', 7, 8],
])('a %s comes as multipart, each part with its length and transfer syntax, byte for byte', async (level, from, to) => {
  const [file] = files.slice(from) as [SyntheticFile];
  const path = { study: root, series: `${root}/series/${file.seriesInstanceUid}`, instance: wado(file) }[
    level
  ] as string;
  for (const accept of [multipart, multipart.replaceAll('"', ''), 'multipart/related', '*/*', undefined]) {
    const answer = await site.get(path, accept === undefined ? {} : { accept });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^multipart\/related; type="application\/dicom"; boundary=/);
    expect(answer.headers['cache-control']).toBe('no-store');
    const parts = partsOf(answer);
    expect(parts).toHaveLength(to - from);
    for (const [at, part] of parts.entries()) {
      expect(part.body.equals(files[from + at]!.bytes)).toBe(true);
      expect(part.headers.get('content-length')).toBe(String(part.body.length));
      expect(part.headers.get('content-type')).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    }
  }
});

test('an instance comes alone where application/dicom is preferred, with its length', async () => {
  for (const accept of [
    'application/dicom',
    'application/dicom; transfer-syntax=*',
    'application/dicom;transfer-syntax="1.2.840.10008.1.2.1"',
    `${multipart};q=0.5, application/dicom`,
    'application/*',
  ]) {
    const answer = await site.get(wado(files[0]!), { accept });
    expect(answer.status, accept).toBe(200);
    expect(answer.headers['content-type']).toBe('application/dicom');
    expect(answer.headers['content-length']).toBe(String(files[0]!.bytes.length));
    expect(answer.body.equals(files[0]!.bytes)).toBe(true);
  }
});

test('a transfer syntax that cannot be made is not acceptable; *, the stored one and a list with it are', async () => {
  const asked = (syntax: string) => site.get(root, { accept: `${multipart}; transfer-syntax=${syntax}` });
  expect((await asked('*')).status).toBe(200);
  expect((await asked('1.2.840.10008.1.2.1')).status).toBe(200);
  for (const syntax of ['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2', '1.2.3', 'jpeg-ls', 'x']) {
    const answer = await asked(syntax);
    expect([answer.status, code(answer)], syntax).toEqual([406, 'NOT_ACCEPTABLE']);
    expect(JSON.parse(answer.body.toString()).detail).toContain('transfer-syntax=*');
  }
  const list = `${multipart}; transfer-syntax=1.2.840.10008.1.2.4.50, ${multipart}; transfer-syntax=1.2.840.10008.1.2.1`;
  for (const part of partsOf(await site.get(root, { accept: list })))
    expect(part.headers.get('content-type')).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
});

test('of a mixed study what is stored so goes untouched, the rest is transcoded, and what cannot be is left out and counted', async () => {
  const mixed = `/dicomweb/studies/${exotic[0]!.studyInstanceUid}`;
  expect(partsOf(await site.get(mixed, { accept: `${multipart}; transfer-syntax=*` }))).toHaveLength(exotic.length);
  const answer = await site.get(mixed, { accept: `${multipart}; transfer-syntax=1.2.840.10008.1.2.1` });
  const parts = partsOf(answer);
  expect(new Set(parts.map(({ headers }) => headers.get('content-type')))).toEqual(
    new Set(['application/dicom; transfer-syntax=1.2.840.10008.1.2.1']),
  );
  const missing = exotic.length - parts.length;
  expect(parts.length).toBeGreaterThan(10);
  if (missing === 0) expect(answer.status).toBe(200);
  else {
    expect(answer.status).toBe(206);
    expect(answer.headers.warning).toMatch(new RegExp(`^299 symbolon "${missing} instances? cannot`));
  }
  const untouched = parts.filter(({ body }) => exotic.some(({ bytes }) => body.equals(bytes)));
  expect(untouched.length).toBeGreaterThan(3);
  expect(untouched.length).toBeLessThan(parts.length);
});

test.each([
  'image/jpeg',
  'application/dicom+xml',
  'multipart/related; type="image/jp2"',
  'text/html;q=0.9',
  `${multipart};q=0`,
])('Accept: %s answers 406', async (accept) => {
  for (const path of [root, wado(files[0]!)]) {
    const answer = await site.get(path, { accept });
    expect([answer.status, code(answer)]).toEqual([406, 'NOT_ACCEPTABLE']);
  }
});

test('a file alone comes in ranges, and what was transcoded does not', async () => {
  const [file] = files as [SyntheticFile];
  const asked = (range: string, headers = {}) =>
    site.get(wado(file), { accept: 'application/dicom', range, ...headers });
  const all = Buffer.from(file.bytes);
  const size = all.length;
  const whole = await site.get(wado(file), { accept: 'application/dicom' });
  expect(whole.headers['accept-ranges']).toBe('bytes');
  for (const [range, from, to] of [
    ['bytes=0-131', 0, 132],
    ['bytes=100-', 100, size],
    ['bytes=-500', size - 500, size],
    [`bytes=${size - 6200}-${size - 6000}`, size - 6200, size - 5999],
  ] as const) {
    const answer = await asked(range);
    expect([answer.status, answer.headers['content-range']]).toEqual([206, `bytes ${from}-${to - 1}/${size}`]);
    expect(answer.headers['content-length']).toBe(String(to - from));
    expect(answer.body.equals(all.subarray(from, to))).toBe(true);
    expect(answer.headers.etag).toBe(whole.headers.etag);
  }
  const several = await asked('bytes=0-9,-10');
  const text = several.body.toString('latin1');
  expect([several.status, several.headers['content-type']]).toEqual([
    206,
    expect.stringMatching(/^multipart\/byteranges; /),
  ]);
  expect(text).toContain(`Content-Range: bytes 0-9/${size}`);
  expect(text).toContain(`Content-Range: bytes ${size - 10}-${size - 1}/${size}`);
  const past = await asked(`bytes=${size}-`);
  expect([past.status, past.headers['content-range']]).toEqual([416, `bytes */${size}`]);
  for (const range of ['bytes=5-1', 'lines=1-2', 'bytes=x'])
    expect((await asked(range)).body.equals(all), range).toBe(true);
  expect((await asked('bytes=0-9', { 'if-range': whole.headers.etag })).status).toBe(206);
  expect((await asked('bytes=0-9', { 'if-range': '"another"' })).status).toBe(200);
  const accept = 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.80';
  const made = await site.get(wado(file), { accept, range: 'bytes=0-9' });
  expect([made.status, made.headers['content-type'], made.headers['accept-ranges']]).toEqual([200, accept, undefined]);
});

test('a study is not served as one file', async () => {
  expect((await site.get(root, { accept: 'application/dicom' })).status).toBe(406);
});

test('every exotic file comes back byte for byte, but for a preamble that is a program', async () => {
  const parts = partsOf(await site.get(`/dicomweb/studies/${exotic[0]!.studyInstanceUid}`));
  for (const file of exotic) {
    const { body } = await site.get(wado(file), { accept: 'application/dicom' });
    expect(body.subarray(128).equals(file.bytes.subarray(128)), file.quirk).toBe(true);
    const hostile = file.quirk === 'preamble that is a shell script';
    expect(Buffer.compare(preamble(body), hostile ? Buffer.alloc(128) : preamble(file.bytes)), file.quirk).toBe(0);
    expect(
      parts.some((part) => part.body.equals(body)),
      file.quirk,
    ).toBe(true);
  }
});

test('the road of originals gives the hostile preamble back as it came', async () => {
  const file = exotic.find(({ quirk }) => quirk === 'preamble that is a shell script')!;
  const found = await site.send(
    'POST',
    '/api/v1/studies/find',
    { 'content-type': 'application/json' },
    Buffer.from(JSON.stringify({ studyInstanceUid: file.studyInstanceUid })),
  );
  const { id } = JSON.parse(found.body.toString()).studies[0];
  const listed = JSON.parse((await site.get(`/api/v1/studies/${id}/originals`)).body.toString());
  const bodies: Buffer[] = [];
  for (const pack of listed.packs) bodies.push((await site.get(`/api/v1/studies/${id}/originals/${pack.id}`)).body);
  expect(bodies.some((body) => body.includes(Buffer.from(file.bytes)))).toBe(true);
});

peerTest('what is served opens in another program', { command: 'dcmdump', package: 'dcmtk' }, async (dcmdump) => {
  const folder = await mkdtemp(join(tmpdir(), 'sx-wado-'));
  try {
    const known = exotic.filter((file) => file.unknownToDcmtk === undefined);
    for (const file of [files[0]!, ...known]) {
      const { body } = await site.get(wado(file), { accept: 'application/dicom' });
      const path = join(folder, 'served.dcm');
      await writeFile(path, body);
      const { status, stdout } = spawnSync(dcmdump, ['+P', '0008,0018', path], { encoding: 'utf8' });
      expect(status, file.name).toBe(0);
      expect(stdout).toContain(file.sopInstanceUid);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
