import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, exoticFiles, peerTest, realFiles, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { code, type Json, partsOf, type Site, startSite, storeAnswer, value, wado } from '../dicomweb-client.ts';

let site: Site;
const exotic = exoticFiles(7300);
const files = [...ctStudy({ seed: 7200, slices: 3, series: 2, rows: 16, columns: 16 })];
beforeAll(async () => {
  site = await startSite();
  await site.store([...exotic, ...files]);
});
afterAll(() => site.exchange.dispose());

const root = `/dicomweb/studies/${files[0]!.studyInstanceUid}`;
const ofQuirk = (quirk: string): SyntheticFile => exotic.find((file) => file.quirk === quirk)!;
async function metadata(file: SyntheticFile): Promise<Json> {
  const [only] = (await site.search(`${wado(file)}/metadata`)) as [Json];
  return only;
}

test('metadata of study, series and instance: one data set each, no pixel data, no group 2', async () => {
  const uids = async (path: string): Promise<unknown[]> =>
    (await site.search(`${path}/metadata`)).map((item) => value(item, '00080018'));
  const all = files.map((file) => file.sopInstanceUid);
  expect(await uids(root)).toEqual(all);
  expect(await uids(`${root}/series/${files[3]!.seriesInstanceUid}`)).toEqual(all.slice(3));
  expect(await uids(wado(files[4]!))).toEqual([all[4]]);
  const whole = await metadata(files[0]!);
  const at = `${site.exchange.url}${wado(files[0]!)}/bulkdata/7FE00010`;
  expect(whole['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: at });
  const pixels = await site.get(new URL(at).pathname, { accept: 'application/octet-stream' });
  expect([pixels.status, pixels.headers['content-type']]).toEqual([
    200,
    'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1',
  ]);
  expect(pixels.body.equals(Buffer.from(files[0]!.bytes).subarray(-512))).toBe(true);
  expect(Object.keys(whole).filter((tag) => tag.startsWith('0002'))).toEqual([]);
  expect(value(whole, '00083002')).toBe('1.2.840.10008.1.2.1');
  expect(whole['00280010']).toEqual({ vr: 'US', Value: [16] });
  expect(whole['00081032']?.vr).toBe('SQ');
});

test('metadata comes as JSON, or as XML with one document a part, as the same attributes', async () => {
  const answer = await site.get(`${root}/metadata`, { accept: 'application/dicom+json' });
  expect(answer.headers['content-type']).toMatch(/^application\/dicom\+json/);
  expect(answer.headers['cache-control']).toBe('no-store');
  const refused = await site.get(`${root}/metadata`, { accept: 'text/html' });
  expect([refused.status, code(refused)]).toEqual([406, 'NOT_ACCEPTABLE']);
  for (const accept of [
    'multipart/related; type="application/dicom+xml"',
    'multipart/related; type=application/dicom+xml',
  ]) {
    const xml = await site.get(`${root}/metadata`, { accept });
    expect(xml.headers['content-type']).toMatch(/^multipart\/related; type="application\/dicom\+xml"; boundary=/);
    const parts = partsOf(xml);
    expect(parts).toHaveLength(files.length);
    for (const [at, { headers, body }] of parts.entries()) {
      expect(headers.get('content-type')).toBe('application/dicom+xml');
      const document = body.toString();
      const item = await metadata(files[at]!);
      const tags = [...document.matchAll(/^|<DicomAttribute tag="([0-9A-F]{8})"/g)]
        .map(([, tag]) => tag)
        .filter(Boolean);
      // Private ones name their creator, and stand without their block.
      const standard = Object.keys(item).filter((tag) => Number.parseInt(tag.slice(0, 4), 16) % 2 === 0);
      for (const tag of standard) expect(tags, tag).toContain(tag);
      // At the top level they ascend, what was added included.
      const top = standard.toSorted();
      expect(top.filter((tag) => tags.includes(tag)).map((tag) => tags.indexOf(tag))).toEqual(
        top.map((tag) => tags.indexOf(tag)).sort((a, b) => a - b),
      );
      expect(document).toContain('keyword="AvailableTransferSyntaxUID"><Value number="1">1.2.840.10008.1.2.1</Value>');
      expect(document).toContain(`<BulkData uri="${item['7FE00010']?.BulkDataURI}">`);
      expect(document).toMatch(/^<\?xml[^>]*>\s*<NativeDicomModel [^>]*>.*<\/NativeDicomModel>$/s);
      expect(document.match(/<NativeDicomModel/g)).toHaveLength(1);
    }
  }
  const one = await site.get(`${wado(files[0]!)}/metadata`, { accept: 'application/dicom+xml' });
  expect([one.status, one.headers['content-type']]).toEqual([200, 'application/dicom+xml']);
});

test('metadata that is known already answers 304, until an instance comes, and only to who may see it', async () => {
  const series = `${root}/series/${files[0]!.seriesInstanceUid}/metadata`;
  const first = await site.get(series);
  const tag = String(first.headers.etag);
  expect(tag).toMatch(/^"[\w-]{27}"$/);
  const again = (etag: string, headers = {}) => site.get(series, { 'if-none-match': etag, ...headers });
  for (const etag of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const known = await again(etag);
    expect([known.status, known.body.length, known.headers.etag], etag).toEqual([304, 0, tag]);
  }
  expect((await again('"other"')).status).toBe(200);
  // Another form has another tag; nobody learns by a tag what is not theirs.
  expect((await again(tag, { accept: 'multipart/related; type="application/dicom+xml"' })).status).toBe(200);
  expect((await again(tag, { authorization: 'Bearer wrong' })).status).toBe(401);
  const [more] = [...ctStudy({ seed: 7200, slices: 4, series: 2, rows: 16, columns: 16 })].slice(3);
  expect(more!.seriesInstanceUid).toBe(files[0]!.seriesInstanceUid);
  await site.store([more!]);
  const changed = await again(tag);
  expect(changed.status).toBe(200);
  expect(changed.headers.etag).not.toBe(tag);
  expect(JSON.parse(changed.body.toString())).toHaveLength(4);
});

test('a large value is an address, which gives its bytes', async () => {
  for (const [quirk, path] of [
    ['raw data', ['00291001']],
    ['private tags without creator', []],
    ['ECG waveform', ['54000100', '54001010']],
  ] as const) {
    let at: Json | undefined = await metadata(ofQuirk(quirk));
    for (const tag of path.slice(0, -1)) at = value(at, tag) as Json;
    const last = path.at(-1);
    if (last === undefined) continue;
    const uri = String(at?.[last]?.BulkDataURI);
    expect(uri.startsWith(`${site.exchange.url}${wado(ofQuirk(quirk))}/bulkdata/`)).toBe(true);
    const bulk = await site.get(new URL(uri).pathname);
    expect([bulk.status, bulk.headers['content-type']]).toEqual([200, 'application/octet-stream']);
    expect(bulk.body.length).toBeGreaterThan(1024);
    expect(Buffer.from(ofQuirk(quirk).bytes).includes(bulk.body), quirk).toBe(true);
  }
});

test('a value comes in ranges, alone or as a part', async () => {
  const path = `${wado(ofQuirk('raw data'))}/bulkdata/00291001`;
  const whole = await site.get(path);
  const ranged = await site.get(path, { range: 'bytes=-7' });
  expect([ranged.status, ranged.body.toString('hex')]).toEqual([206, whole.body.subarray(-7).toString('hex')]);
  expect((await site.get(path, { range: 'bytes=99999999-' })).status).toBe(416);
  const [part] = partsOf(await site.get(path, { accept: 'multipart/related; type="application/octet-stream"' }));
  expect(part!.body.equals(whole.body)).toBe(true);
  expect(part!.headers.get('content-location')).toBe(`${site.exchange.url}${path}`);
  const refused = await site.get(path, { accept: 'image/png' });
  expect([refused.status, code(refused)]).toEqual([406, 'NOT_ACCEPTABLE']);
});

test('the pixel data of an instance, a series and a study comes with the address of each part', async () => {
  const series = `${root}/series/${files[3]!.seriesInstanceUid}`;
  const all = files.slice(3).map((file) => file.sopInstanceUid);
  for (const [path, uids] of [
    [wado(files[3]!), all.slice(0, 1)],
    [series, all],
  ] as const) {
    const parts = partsOf(await site.get(`${path}/pixeldata`));
    expect(parts.map(({ headers }) => headers.get('content-location'))).toEqual(
      uids.map((uid) => `${site.exchange.url}${series}/instances/${uid}/pixeldata`),
    );
    for (const [at, { body }] of parts.entries())
      expect(body.equals(Buffer.from(files[3 + at]!.bytes).subarray(-512))).toBe(true);
  }
  expect(partsOf(await site.get(`${root}/pixeldata`)).length).toBeGreaterThanOrEqual(6);
  const stored = partsOf(
    await site.get(`/dicomweb/studies/${exotic[0]!.studyInstanceUid}/pixeldata`, { accept: '*/*; transfer-syntax=*' }),
  );
  expect(stored.some(({ headers }) => headers.get('content-type')?.startsWith('image/'))).toBe(true);
  expect(stored.some(({ headers }) => /\/frames\/2$/.test(headers.get('content-location') ?? ''))).toBe(true);
});

test('all bulk values of a study come as parts, each at the address that metadata gives', async () => {
  const study = `/dicomweb/studies/${exotic[0]!.studyInstanceUid}`;
  const parts = partsOf(await site.get(`${study}/bulkdata`, { accept: '*/*; transfer-syntax=*' }));
  const addresses = new Set(parts.map(({ headers }) => headers.get('content-location')));
  for (const item of await site.search(`${study}/metadata`)) {
    const { BulkDataURI: uri } = item['00291001'] ?? {};
    if (uri !== undefined) expect(addresses).toContain(uri);
  }
  const waveform = `${wado(ofQuirk('ECG waveform'))}/bulkdata`;
  expect((await site.get(waveform)).status).toBe(200);
  for (const path of [waveform, `${study}/bulkdata`]) {
    const refused = await site.get(path, { accept: 'text/html' });
    expect([refused.status, code(refused)]).toEqual([406, 'NOT_ACCEPTABLE']);
  }
});

test('bulk data of a big-endian file comes in little endian', async () => {
  const [little] = ctStudy({ seed: 7201, slices: 1, rows: 16, columns: 16, extra: () => lookupTable });
  const [big] = ctStudy({
    seed: 7202,
    slices: 1,
    rows: 16,
    columns: 16,
    extra: () => lookupTable,
    syntax: explicitBig,
  });
  await site.store([little!, big!]);
  const [a, b] = await Promise.all([little!, big!].map((file) => site.get(`${wado(file)}/bulkdata/00281201`)));
  expect(a!.body.readUInt16LE(2)).toBe(257);
  expect(b!.body.equals(a!.body)).toBe(true);
});

const lookupTable = [
  ['0028,1201 OW RedPaletteColorLookupTableData', new Uint8Array(new Uint16Array(1024).map((_, n) => n * 257).buffer)],
] as const;
const explicitBig = {
  uid: '1.2.840.10008.1.2.2',
  explicit: true,
  bigEndian: true,
  deflated: false,
};

test('no bulk path leads out of the header, to a sequence, or to nothing', async () => {
  for (const path of [
    '7FE00010',
    '54000100',
    '54000100.1',
    '54000100.2.54001010',
    '54000100.0.54001010',
    'x',
    '..',
    '%2e%2e',
  ]) {
    const answer = await site.get(`${wado(ofQuirk('ECG waveform'))}/bulkdata/${path}`);
    expect(answer.status, path).toBe(404);
  }
});

const pydicom = { command: '/usr/bin/python3', package: 'python3 python3-pydicom', probe: ['-c', 'import pydicom'] };

/** The DICOM JSON model of each file as pydicom writes it; a file it cannot write is null. */
const script = `
import json, sys, warnings
from io import BytesIO
import pydicom
warnings.simplefilter('ignore')
for line in sys.stdin:
    try:
        ds = pydicom.dcmread(line.rstrip('\\n'))
        ds.walk(lambda d, e: None)
        for tag in (0x7FE00010, 0x7FE00008, 0x7FE00009):
            if tag in ds: del ds[tag]
        print(json.dumps(ds.to_json_dict(1 << 40, lambda e: 'never')))
    except Exception as e:
        print('null')
`;

/** Where two writers may differ and both be right. */
function tidy(item: Json): Json {
  const tidied: Json = {};
  for (const [tag, { vr, Value, InlineBinary }] of Object.entries(item)) {
    if (tag.endsWith('0000') || tag === '00083002' || InlineBinary !== undefined || ['UN', 'OB', 'OW'].includes(vr))
      continue;
    // Numbers as decimal strings keep the writing of whoever wrote them; empty values are null or absent.
    const values = (Value ?? []).map((one) => {
      if (vr === 'SQ') return tidy((one ?? {}) as Json);
      if (vr === 'PN') {
        const groups = Object.entries((one ?? {}) as object).filter(([, text]) => text !== '');
        return Object.fromEntries(groups);
      }
      if (vr === 'DS' || vr === 'IS') return one === null ? null : Number(one);
      return typeof one === 'string' ? one.trim() || null : one;
    });
    const empty =
      values.length === 0 ||
      (values.length === 1 && (values[0] === null || values[0] === '' || JSON.stringify(values[0]) === '{}'));
    tidied[tag] = empty && vr !== 'SQ' ? { vr } : { vr, Value: values };
  }
  return tidied;
}

peerTest('metadata of files that nobody here wrote is what pydicom makes of them', pydicom, async (python) => {
  const wanted =
    /(CT_small|MR_small|ExplVR_BigEnd|rtplan|rtdose|JPEG2000|SC_rgb|nested_priv_SQ|reportsi|chrH3[12]|chrRuss|chrX1|test-SR|color-pl|liver)\.dcm$/;
  const real = realFiles().filter((file) => file.source === 'pydicom' && wanted.test(file.name));
  expect(real.length).toBeGreaterThan(5);
  const theirs = spawnSync(python, ['-c', script], {
    input: real.map((file) => file.path).join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const lines = theirs.stdout.trim().split('\n');
  let compared = 0;
  for (const [at, file] of real.entries()) {
    const expected = JSON.parse(lines[at] ?? 'null') as Json | null;
    const stored = storeAnswer(await site.store([{ bytes: readFileSync(file.path) }]));
    const url = stored.referenced[0] && value(stored.referenced[0], '00081190');
    if (expected === null || url === undefined) continue;
    const [ours] = await site.search(`${new URL(String(url)).pathname}/metadata`);
    expect(tidy(ours!), file.name).toEqual(tidy(expected));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(5);
});
