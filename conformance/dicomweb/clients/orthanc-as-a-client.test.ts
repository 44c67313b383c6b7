import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  colourStudy,
  ctStudy,
  freePort,
  multiframeStudy,
  type Orthanc,
  type OrthancAnswer,
  orthancPeer,
  peerIsHere,
  type SyntheticFile,
  startOrthanc,
} from '../../../packages/testbed/src/index.ts';
import { type Site, startSite } from '../dicomweb-client.ts';
import { anotherOrigin } from './another-origin.ts';
import { smallRealFiles } from './small-real-files.ts';

/*
 * Orthanc 1.10 with version 1.7 of its DICOMweb plugin, configured as its users do, and asked through its own REST API to do the
 * rest. What it does in its own way: the boundary of what it stores has 73 characters, where RFC 2046 allows 70; values that JSON
 * has as numbers are empty in what it shows of a search; a job that fails says the status of the answer and nothing of its body.
 */

/** A file that both hold, and how DICOM names it. */
type Held = { readonly name: string; readonly bytes: Buffer; readonly id: string; readonly path: string };

let site: Site;
let orthanc: Orthanc;
/** Files by the study they are of, and Orthanc's id of the study. */
const studies = new Map<string, Held[]>();
const ct = [...ctStudy({ seed: 8100, series: 2, slices: 3, rows: 64, columns: 64 })];
const person = { patientName: 'Šimůnek^Věra', patientId: 'ORTH-7', studyDate: '20210304' };
const cine = [...multiframeStudy({ seed: 8200, frames: 5, rows: 16, columns: 20, person })];
const colour = [...colourStudy({ seed: 8300, images: 2, rows: 12, columns: 15 })];

const text = (answer: OrthancAnswer): string => answer.body.toString('utf8');
const json = <T>(answer: OrthancAnswer): T => JSON.parse(text(answer)) as T;

/** Orthanc, asked for something of the server that it knows as `symbolon`, or by another name. */
const server = (what: string, body: unknown, name = 'symbolon'): Promise<OrthancAnswer> =>
  orthanc.ask('POST', `/dicom-web/servers/${name}/${what}`, { body: Buffer.from(JSON.stringify(body)) });

const ours = (): Record<string, unknown> => ({
  Url: `${site.exchange.url}/dicomweb`,
  HttpHeaders: { Authorization: `Bearer ${site.owner.token}` },
  HasWadoRsUniversalTransferSyntax: true,
});

const trusting = (HttpsCACertificates: string): Record<string, unknown> => ({
  HttpsCACertificates,
  HttpsVerifyPeers: true,
  DicomWeb: { Servers: { symbolon: ours() } },
});

const addServer = (name: string, settings: Record<string, unknown>): Promise<OrthancAnswer> =>
  orthanc.ask('PUT', `/dicom-web/servers/${name}`, { body: Buffer.from(JSON.stringify({ ...ours(), ...settings })) });

type Job = { readonly State: string; readonly ErrorDescription: string; readonly Content: Record<string, string> };
async function job(started: OrthancAnswer): Promise<Job> {
  expect(started.status, text(started)).toBe(200);
  const { ID } = json<{ ID: string }>(started);
  for (;;) {
    const now = json<Job>(await orthanc.ask('GET', `/jobs/${ID}`));
    if (now.State === 'Success' || now.State === 'Failure') return now;
    await pause(50);
  }
}

/** Gives Orthanc a file, which it may refuse, or have under its UID. */
async function give(name: string, bytes: Buffer): Promise<void> {
  const answer = await orthanc.ask('POST', '/instances', { body: bytes });
  const { ID, ParentStudy, Status } = json<{ ID: string; ParentStudy: string; Status?: string }>(answer);
  if (Status !== 'Success') return;
  const tag = async (level: string, of: string): Promise<string> => {
    const found = json<{ MainDicomTags: Record<string, string> }>(await orthanc.ask('GET', `/instances/${ID}${level}`));
    return found.MainDicomTags[of] as string;
  };
  const [study, series] = [await tag('/study', 'StudyInstanceUID'), await tag('/series', 'SeriesInstanceUID')];
  const path = `/studies/${study}/series/${series}/instances/${await tag('', 'SOPInstanceUID')}`;
  studies.set(ParentStudy, [...(studies.get(ParentStudy) ?? []), { name, bytes, id: ID, path }]);
}

const forgetAll = async (): Promise<void> => {
  for (const id of json<string[]>(await orthanc.ask('GET', '/studies'))) await orthanc.ask('DELETE', `/studies/${id}`);
};

/** What Orthanc holds, file by file, beside what it was given. */
async function isThere(files: readonly Held[]): Promise<void> {
  const there = json<string[]>(await orthanc.ask('GET', '/instances'));
  expect(there.toSorted()).toEqual(files.map(({ id }) => id).toSorted());
  for (const { id, bytes, name } of files)
    expect((await orthanc.ask('GET', `/instances/${id}/file`)).body.equals(bytes), name).toBe(true);
}

const all = (): Held[] => [...studies.values()].flat();
const of = (files: readonly SyntheticFile[]): Held[] =>
  all().filter(({ path }) => files.some(({ sopInstanceUid }) => path.endsWith(`/${sopInstanceUid}`)));
const orthancsStudy = (files: readonly SyntheticFile[]): string =>
  [...studies].find(([, held]) => held.includes(of(files)[0] as Held))![0];

describe.skipIf(!peerIsHere(orthancPeer))(`Orthanc as a client (${orthancPeer.package})`, () => {
  beforeAll(async () => {
    site = await startSite();
    orthanc = await startOrthanc(trusting(join(site.exchange.dataDir, 'tls/certificate.pem')));
    for (const { name, bytes } of [...ct, ...cine, ...colour]) await give(name, Buffer.from(bytes));
    for (const { name, bytes } of smallRealFiles(700_000)) await give(name, bytes);
  });
  afterAll(async () => {
    await orthanc?.dispose();
    await site?.exchange.dispose();
  });

  test('Orthanc sends studies of every kind to us, at once and as a job, and each file is held byte for byte', async () => {
    expect(all().length).toBeGreaterThan(12);
    const alone = orthancsStudy(ct);
    const sent = await server('stow', { Resources: [alone] });
    expect(json(sent)).toMatchObject({ InstancesCount: '6' });
    const rest = [...studies.keys()].filter((id) => id !== alone);
    const done = await job(await server('stow', { Resources: rest, Synchronous: false }));
    expect(done).toMatchObject({ State: 'Success', Content: { InstancesCount: String(all().length - 6) } });
    for (const { path, bytes, name } of all()) {
      const answer = await site.get(`/dicomweb${path}`, { accept: 'application/dicom; transfer-syntax=*' });
      expect(answer.status, name).toBe(200);
      expect(answer.body.equals(bytes), name).toBe(true);
    }
  });

  test('what Orthanc sends again, whole and without chunks, is held already', async () => {
    await addServer('whole', { ChunkedTransfers: '0' });
    const again = await server('stow', { Resources: [...studies.keys()] }, 'whole');
    expect(json(again)).toMatchObject({ InstancesCount: String(all().length) });
  });

  test('Orthanc is told that a file of other bytes under a UID that is held was not taken', async () => {
    const [file] = of(colour) as [Held];
    const other = Buffer.from(file.bytes);
    other[other.length - 1] = (other[other.length - 1] as number) ^ 1;
    await orthanc.ask('DELETE', `/instances/${file.id}`);
    expect((await orthanc.ask('POST', '/instances', { body: other })).status).toBe(200);
    const failed = await job(await server('stow', { Resources: [file.id], Synchronous: false }));
    expect(failed.State).toBe('Failure');
    const both = await job(await server('stow', { Resources: [orthancsStudy(colour)], Synchronous: false }));
    expect(both.State).toBe('Failure');
    const { body } = await site.get(`/dicomweb${file.path}`, { accept: 'application/dicom; transfer-syntax=*' });
    expect(body.equals(file.bytes)).toBe(true);
  });

  test('Orthanc finds studies by name, by days and page by page, and what is in them', async () => {
    type Found = Record<string, { readonly Value?: string }>;
    const found = async (Uri: string, Arguments: Record<string, string>): Promise<Found[]> => {
      const answer = await server('qido', { Uri, Arguments });
      expect(answer.status, text(answer)).toBe(200);
      return json<Found[]>(answer);
    };
    const uids = (items: readonly Found[]): (string | undefined)[] => items.map((item) => item['0020000D']?.Value);
    const [{ studyInstanceUid }] = cine as [SyntheticFile];
    for (const key of [
      { PatientName: 'Šimů*' },
      { '00100010': 'SIMUNEK*' },
      { PatientID: 'ORTH-7' },
      { PatientID: 'ORTH-?', StudyDate: '20210301-20210331' },
      { StudyInstanceUID: studyInstanceUid, includefield: 'all' },
    ] as Record<string, string>[]) {
      const items = await found('/studies', key);
      expect(uids(items), JSON.stringify(key)).toEqual([studyInstanceUid]);
      expect(items[0]?.['00100010']?.Value).toBe(person.patientName);
    }
    expect(await found('/studies', { PatientID: 'ORTH-?', StudyDate: '20220101-' })).toEqual([]);
    const pages: (string | undefined)[] = [];
    for (let offset = 0; ; offset += 3) {
      const page = uids(await found('/studies', { limit: '3', offset: String(offset) }));
      pages.push(...page);
      if (page.length < 3) break;
    }
    expect(pages).toHaveLength(studies.size);
    expect(new Set(pages).size).toBe(studies.size);
    const of = `/studies/${ct[0]!.studyInstanceUid}`;
    expect(await found(`${of}/series`, { Modality: 'CT' })).toHaveLength(2);
    expect(await found(`${of}/instances`, {})).toHaveLength(6);
    expect(await found(`${of}/series/${ct[0]!.seriesInstanceUid}/instances`, { InstanceNumber: '2' })).toHaveLength(1);
  });

  test('Orthanc retrieves an instance, a series, studies, byte for byte what was once its own', async () => {
    const [file] = ct as [SyntheticFile];
    const { studyInstanceUid: Study, seriesInstanceUid: Series, sopInstanceUid: Instance } = file;
    const series = ct.filter(({ seriesInstanceUid }) => seriesInstanceUid === Series);
    await forgetAll();
    const retrieve = (Resources: unknown[]) => server('retrieve', { Resources });
    expect(json(await retrieve([{ Study, Series, Instance }]))).toMatchObject({ ReceivedInstancesCount: '1' });
    await isThere(of([file]));
    expect(json(await retrieve([{ Study, Series }]))).toMatchObject({ ReceivedInstancesCount: '3' });
    await isThere(of(series));
    const others = all().map(({ path }) => ({ Study: path.split('/')[2] }));
    const wanted = [...new Map(others.map((one) => [one.Study, one])).values()];
    const done = await job(await server('retrieve', { Resources: wanted, Synchronous: false }));
    expect(done).toMatchObject({ State: 'Success', Content: { ReceivedInstancesCount: String(all().length) } });
    await isThere(all());
  });

  test('an Orthanc that does not know transfer-syntax=* gets the same files', async () => {
    await forgetAll();
    await addServer('older', { HasWadoRsUniversalTransferSyntax: false });
    const Resources = [{ Study: cine[0]!.studyInstanceUid }, { Study: ct[0]!.studyInstanceUid }];
    expect((await server('retrieve', { Resources }, 'older')).status).toBe(200);
    await isThere([...of(cine), ...of(ct)]);
  });

  test('what we transcode for Orthanc is to Orthanc the same image', async () => {
    await forgetAll();
    const [file] = of(ct.slice(0, 1)) as [Held];
    const pixels = async (): Promise<Buffer> => {
      const answer = await orthanc.ask('GET', `/instances/${file.id}/numpy`);
      expect(answer.status).toBe(200);
      return answer.body;
    };
    await orthanc.ask('POST', '/instances', { body: file.bytes });
    const original = await pixels();
    // What Debian's Orthanc decodes.
    for (const uid of ['1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.5', '1.2.840.10008.1.2.1']) {
      await forgetAll();
      const Accept = `multipart/related; type="application/dicom"; transfer-syntax=${uid}`;
      const done = await job(await server('wado', { Uri: file.path.slice(1), HttpHeaders: { Accept } }));
      expect(done.State, uid).toBe('Success');
      const syntax = await orthanc.ask('GET', `/instances/${file.id}/metadata/TransferSyntax`);
      expect(text(syntax)).toBe(uid);
      expect((await pixels()).equals(original), uid).toBe(true);
    }
  });

  test('Orthanc hands on metadata, bulk data, frames and pictures as we answer them', async () => {
    const [file] = of(ct.slice(0, 1)) as [Held];
    const asked: readonly (readonly [below: string, accept: string, query?: Record<string, string>])[] = [
      ['/metadata', 'application/dicom+json'],
      ['/frames/1', 'application/octet-stream'],
      ['/bulkdata/7FE00010', 'application/octet-stream'],
      ['/rendered', 'image/jpeg'],
      ['/frames/1/rendered', 'image/png', { viewport: '32,32', window: '40,400,linear' }],
      ['/thumbnail', 'image/png'],
    ];
    for (const [below, accept, query = {}] of asked) {
      const Uri = `${file.path.slice(1)}${below}`;
      const theirs = await server('get', { Uri, Arguments: query, HttpHeaders: { Accept: accept } });
      const straight = await site.get(`/dicomweb/${Uri}?${new URLSearchParams(query)}`, { accept });
      expect([theirs.status, straight.status], below).toEqual([200, 200]);
      expect(theirs.body.equals(straight.body), below).toBe(true);
    }
  });

  test('without a token, or for what is not there, Orthanc is refused', async () => {
    const [{ studyInstanceUid }] = ct as [SyntheticFile];
    await addServer('nobody', { HttpHeaders: {} });
    await addServer('stranger', { HttpHeaders: { Authorization: 'Bearer symbolon_none' } });
    for (const name of ['nobody', 'stranger']) {
      expect((await server('qido', { Uri: '/studies' }, name)).status, name).toBe(401);
      const failed = await server('retrieve', { Resources: [{ Study: studyInstanceUid }] }, name);
      expect(failed.status).toBeGreaterThanOrEqual(400);
    }
    const absent = await server('retrieve', { Resources: [{ Study: '1.2.3.4.5' }] });
    expect(absent.status).toBeGreaterThanOrEqual(400);
  });

  test('an Orthanc that trusts others than our certificate sends us nothing, no token either', async () => {
    const tokens: unknown[] = [];
    // Somebody with the exchange's certificate, who tells what reached them.
    const witness = await anotherOrigin(site.exchange, await freePort(), async (_, asked) => {
      tokens.push(asked.headers.authorization);
      return { type: 'application/dicom+json', body: '[]' };
    });
    const there = { ...ours(), Url: `${witness.url}/dicomweb` };
    const distrusts = { ...trusting('/etc/ssl/certs/ca-certificates.crt'), DicomWeb: { Servers: { witness: there } } };
    const other = await startOrthanc(distrusts);
    try {
      const asked = { body: Buffer.from('{"Uri":"/studies"}') };
      const answer = await other.ask('POST', '/dicom-web/servers/witness/qido', asked);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(text(answer)).toMatch(/network|SSL|certificate|internal/i);
      expect(tokens).toEqual([]);
      // One that trusts it does send it.
      await addServer('witness', there);
      await server('qido', { Uri: '/studies' }, 'witness');
      expect(tokens).toEqual([`Bearer ${site.owner.token}`]);
    } finally {
      await other.dispose();
      witness.close();
    }
  });
});
