import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  browserTest,
  ctStudy,
  exoticFiles,
  expectQuiet,
  freePort,
  multiframeStudy,
  openBrowser,
  type SyntheticFile,
  type TestBrowser,
  type Visitor,
} from '@symbolon/testbed';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Json, type Site, startSite, value } from '../dicomweb-client.ts';
import { type AnotherOrigin, anotherOrigin } from './another-origin.ts';

const seed = 31;
const person = { patientName: 'Gómez^José', patientId: 'DWC-1' };
const slices = [...ctStudy({ seed, slices: 3, rows: 64, columns: 48, person })];
const [cine] = [...multiframeStudy({ seed, frames: 5, rows: 24, columns: 32 })] as [SyntheticFile];
const document = exoticFiles(seed).find(({ quirk }) => quirk === 'encapsulated PDF')!;
const sent = [...slices, cine, document];
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What came back, of bytes their digest and length and whether they are a picture; of anything else itself. */
type Came = { readonly sha256: string; readonly bytes: number; readonly starts: string };

let site: Site;
let page: AnotherOrigin;
let browser: TestBrowser;
let visitor: Visitor;
beforeAll(async () => {
  const port = await freePort();
  site = await startSite({ env: { SYMBOLON_CORS_ORIGINS: `https://localhost:${port}` } });
  const library = join(dirname(createRequire(import.meta.url).resolve('dicomweb-client')), 'dicomweb-client.es.js');
  page = await anotherOrigin(site.exchange, port, async (path) => {
    if (path === '/') return { type: 'text/html', body: html(`${site.exchange.url}/dicomweb`, site.owner.token) };
    if (path === '/dicomweb-client.js') return { type: 'text/javascript', body: await readFile(library) };
    if (path === '/favicon.ico') return { type: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' };
    const file = sent[Number(/^\/sent\/(\d+)$/.exec(path)?.[1])];
    return file && { type: 'application/dicom', body: file.bytes };
  });
  browser = await openBrowser({ trust: [site.exchange.ca] });
  visitor = await browser.visit(`${page.url}/`, { alsoAt: [site.exchange.url] });
  await visitor.page.waitForFunction(() => 'ask' in globalThis);
});
afterAll(async () => {
  await browser?.close();
  page?.close();
  await site.exchange.dispose();
});

/** A page that has the library as it was published, and a client of it. */
const html = (root: string, token: string): string => `<!doctype html><title>client</title><script type="module">
  import { api } from '/dicomweb-client.js';
  const headers = { Authorization: ${JSON.stringify(`Bearer ${token}`)} };
  const made = (more) => new api.DICOMwebClient({ url: ${JSON.stringify(root)}, headers, verbose: false, ...more });
  const clients = { usual: made({}), alone: made({ singlepart: 'bulkdata' }), uri: made({ wadoURLPrefix: 'wado' }) };
  const told = async (what) => {
    if (Array.isArray(what)) return Promise.all(what.map(told));
    if (!(what instanceof ArrayBuffer)) return what;
    const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return { sha256: hex(await crypto.subtle.digest('SHA-256', what)), bytes: what.byteLength, starts: hex(what.slice(0, 8)) };
  };
  globalThis.ask = async (method, options, which = 'usual') => {
    try {
      return await told(await clients[which][method](options));
    } catch (error) {
      return { error: error.message, status: error.status, response: error.response };
    }
  };
</script>`;

/**
 * What the client's method of this name gives in the page. `alone`: where it asks for one value without multipart; `uri`: where
 * WADO-URI is.
 */
async function ask<T>(method: string, options: object = {}, which: 'usual' | 'alone' | 'uri' = 'usual'): Promise<T> {
  const answer = await visitor.page.evaluate(
    (asked) => (globalThis as unknown as { ask(...all: unknown[]): Promise<unknown> }).ask(...asked),
    [method, options, which] as const,
  );
  return answer as T;
}

const at = (file: SyntheticFile) => ({
  studyInstanceUID: file.studyInstanceUid,
  seriesInstanceUID: file.seriesInstanceUid,
  sopInstanceUID: file.sopInstanceUid,
});
const studyOf = ({ studyInstanceUid: studyInstanceUID }: SyntheticFile) => ({ studyInstanceUID });
const seriesOf = (file: SyntheticFile) => ({ ...studyOf(file), seriesInstanceUID: file.seriesInstanceUid });
const same = (all: readonly Uint8Array[]) => all.map((bytes) => expect.objectContaining({ sha256: digest(bytes) }));
const jpeg = expect.objectContaining({ starts: expect.stringMatching(/^ffd8ff/) });
const png = expect.objectContaining({ starts: '89504e470d0a1a0a' });
/** Of a native object in Explicit VR Little Endian the last element. */
const pixels = (file: SyntheticFile, bytes: number): Uint8Array => file.bytes.subarray(file.bytes.length - bytes);

browserTest('it stores files', async () => {
  const answer = await visitor.page.evaluate(async (count) => {
    const fetched = Array.from({ length: count }, async (_, nth) => (await fetch(`/sent/${nth}`)).arrayBuffer());
    const { ask } = globalThis as unknown as { ask(...all: unknown[]): Promise<unknown> };
    return ask('storeInstances', { datasets: await Promise.all(fetched) });
  }, sent.length);
  const told = (typeof answer === 'string' ? JSON.parse(answer) : answer) as Json;
  expect(told['00081198']).toBeUndefined();
  expect(told['00081199']?.Value).toHaveLength(sent.length);
});

browserTest('it searches for studies, series and instances', async () => {
  const studies = await ask<Json[]>('searchForStudies', { queryParams: { PatientName: 'gomez*', limit: 5 } });
  expect(studies.map((one) => value(one, '0020000D'))).toEqual([slices[0]!.studyInstanceUid]);
  const series = await ask<Json[]>('searchForSeries', { ...studyOf(cine), queryParams: { Modality: 'US' } });
  expect(series.map((one) => value(one, '0020000E'))).toEqual([cine.seriesInstanceUid]);
  const all = await ask<Json[]>('searchForInstances', seriesOf(slices[0]!));
  expect(all.map((one) => value(one, '00080018')).toSorted()).toEqual(
    slices.map((one) => one.sopInstanceUid).toSorted(),
  );
  expect(await ask('searchForStudies', { queryParams: { PatientID: 'nobody' } })).toEqual([]);
});

browserTest('it retrieves studies, series and instances as they were sent', async () => {
  const study = await ask<Came[]>('retrieveStudy', studyOf(slices[0]!));
  expect(study).toHaveLength(slices.length);
  expect(study).toEqual(expect.arrayContaining(same(slices.map(({ bytes }) => bytes))));
  expect(await ask('retrieveSeries', seriesOf(slices[0]!))).toEqual(
    expect.arrayContaining(same(slices.map(({ bytes }) => bytes))),
  );
  for (const file of sent) expect([await ask('retrieveInstance', at(file))]).toEqual(same([file.bytes]));
});

browserTest('it retrieves metadata of every level', async () => {
  const uids = (all: readonly Json[]) => all.map((one) => value(one, '00080018')).toSorted();
  const wanted = slices.map((one) => one.sopInstanceUid).toSorted();
  expect(uids(await ask('retrieveStudyMetadata', studyOf(slices[0]!)))).toEqual(wanted);
  expect(uids(await ask('retrieveSeriesMetadata', seriesOf(slices[0]!)))).toEqual(wanted);
  const [one] = await ask<Json[]>('retrieveInstanceMetadata', at(slices[1]!));
  expect(value(one, '00080018')).toBe(slices[1]!.sopInstanceUid);
  expect(value(one, '00100010')).toEqual({ Alphabetic: 'Gómez^José' });
});

browserTest('it retrieves frames, native and in every compression that it knows by name', async () => {
  const frame = 24 * 32 * 3;
  const all = pixels(cine, 5 * frame);
  const frames = await ask<Came[]>('retrieveInstanceFrames', { ...at(cine), frameNumbers: [1, 4] });
  expect(frames.map(({ sha256 }) => sha256)).toEqual(
    [0, 3].map((nth) => digest(all.subarray(nth * frame, (nth + 1) * frame))),
  );
  const starts = { 'image/jls': 'ffd8', 'image/x-jls': 'ffd8', 'image/jp2': 'ff4f', 'image/x-dicom-rle': '03000000' };
  for (const [mediaType, first] of Object.entries(starts)) {
    const mediaTypes = [{ mediaType }];
    const got = await ask<Came[]>('retrieveInstanceFrames', { ...at(cine), frameNumbers: [2, 3], mediaTypes });
    expect([mediaType, got]).toEqual([
      mediaType,
      [0, 1].map(() => expect.objectContaining({ starts: expect.stringMatching(`^${first}`) })),
    ]);
  }
  // As a viewer asks that takes whatever is stored.
  const any = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.201'];
  const media = ['application/octet-stream', 'image/x-jls', 'image/jhc'];
  const mediaTypes = any.map((transferSyntaxUID, nth) => ({ mediaType: media[nth], transferSyntaxUID }));
  const [stored] = await ask<Came[]>('retrieveInstanceFrames', { ...at(cine), frameNumbers: [1], mediaTypes });
  expect(stored?.sha256).toBe(digest(all.subarray(0, frame)));
});

browserTest('it retrieves bulk data by the address that metadata has, whole and a part', async () => {
  const [one] = await ask<Json[]>('retrieveInstanceMetadata', at(cine));
  const BulkDataURI = one!['7FE00010']!.BulkDataURI!;
  const all = pixels(cine, 5 * 24 * 32 * 3);
  expect(await ask('retrieveBulkData', { BulkDataURI })).toEqual(same([all]));
  const headers = { Accept: 'application/octet-stream', Range: 'bytes=100-299' };
  expect(await ask('retrieveBulkData', { BulkDataURI }, 'alone')).toEqual(same([all]));
  const part = await ask<Came[]>('retrieveBulkData', { BulkDataURI, headers }, 'alone');
  expect(part).toEqual([expect.objectContaining({ bytes: 200, sha256: digest(all.subarray(100, 300)) })]);
});

browserTest('it retrieves pictures of instances and frames, and thumbnails', async () => {
  const jpegs = { mediaTypes: [{ mediaType: 'image/jpeg' }] };
  const pngs = { mediaTypes: [{ mediaType: 'image/png' }] };
  const one = { ...at(cine), frameNumbers: [2] };
  const queryParams = { viewport: '16,16' };
  const flat = (answer: unknown): unknown[] => [answer].flat();
  expect(flat(await ask('retrieveInstanceRendered', at(slices[0]!)))).toEqual([jpeg]);
  expect(flat(await ask('retrieveInstanceRendered', { ...at(slices[0]!), ...pngs }))).toEqual([png]);
  expect(flat(await ask('retrieveInstanceRendered', { ...at(slices[0]!), ...jpegs, queryParams }))).toEqual([jpeg]);
  expect(flat(await ask('retrieveInstanceFramesRendered', { ...one, ...pngs }))).toEqual([png]);
  expect(flat(await ask('retrieveInstanceFramesRendered', { ...one, ...jpegs, queryParams }))).toEqual([jpeg]);
  expect(flat(await ask('retrieveInstanceThumbnail', at(cine)))).toEqual([jpeg]);
  expect(flat(await ask('retrieveInstanceFramesThumbnail', { ...one, ...jpegs }))).toEqual([jpeg]);
});

browserTest('it builds addresses of WADO-URI that give files and pictures', async () => {
  const picture = await ask<string>('buildInstanceWadoURIUrl', { ...at(slices[0]!), contentType: 'image/png' }, 'uri');
  const file = await ask<string>('buildInstanceWadoURIUrl', at(slices[0]!), 'uri');
  const get = (url: string) => site.get(url.replace(site.exchange.url, ''));
  expect((await get(picture)).headers['content-type']).toBe('image/png');
  expect(digest((await get(file)).body)).toBe(digest(slices[0]!.bytes));
});

browserTest('it is told what is wrong, in words', async () => {
  const nothing = await ask<{ status: number; response: unknown }>('retrieveStudyMetadata', {
    studyInstanceUID: '2.25.1',
  });
  const problem = typeof nothing.response === 'string' ? JSON.parse(nothing.response) : nothing.response;
  expect([nothing.status, problem.code]).toEqual([404, 'STUDY_NOT_FOUND']);
  visitor.watch.expect(/404 \(Not Found\)/);
});

afterAll(() => expectQuiet(visitor.watch));
