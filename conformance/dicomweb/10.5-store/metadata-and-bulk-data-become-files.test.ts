import { createHash } from 'node:crypto';
import { ctStudy, multiframeStudy, type SyntheticFile } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type DicomJson,
  parseFile,
  stringifyDicomJson,
  toDicomJson,
  toNativeXml,
} from '../../../packages/dicom/src/index.ts';
import { encodeWith, testSamples } from '../../../packages/pixels/src/encoders.fixture.ts';
import { type Answer, code, type Site, startSite, storeAnswer, value, wado } from '../dicomweb-client.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.exchange.dispose());

const studies = '/dicomweb/studies';
const small = { rows: 32, columns: 48 };
const study = (seed: number, slices: number): SyntheticFile[] => [...ctStudy({ seed, slices, ...small })];
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Part = { readonly head: Readonly<Record<string, string>>; readonly body: string | Uint8Array };

function framedParts(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ head, body }) => [
    `--b\r\n${Object.entries(head)
      .map(([name, text]) => `${name}: ${text}\r\n`)
      .join('')}\r\n`,
    body,
    '\r\n',
  ]);
  return Buffer.concat([...pieces, '--b--\r\n'].map((piece) => Buffer.from(piece as string)));
}

const typeOf = (form: 'json' | 'xml'): string => `multipart/related; type="application/dicom+${form}"; boundary=b`;
const send = (form: 'json' | 'xml', parts: readonly Part[], path = studies, accept?: string): Promise<Answer> =>
  site.send('POST', path, { 'content-type': typeOf(form), ...(accept && { accept }) }, framedParts(parts));

const jsonOf = (file: SyntheticFile, uri: string): DicomJson =>
  toDicomJson(parseFile(file.bytes).dataset, { bulkDataUri: () => uri, inlineLimitBytes: 1e9, decimals: 'string' });
const pixelsOf = (file: SyntheticFile): Uint8Array => {
  const { pixelElements } = parseFile(file.bytes);
  return file.bytes.subarray(pixelElements[0]!.valueStart, pixelElements[0]!.end);
};
const metadata = (...models: readonly DicomJson[]): Part => ({
  head: { 'Content-Type': 'application/dicom+json' },
  body: `[${models.map(stringifyDicomJson).join(',')}]`,
});
const bulk = (location: string, body: Uint8Array, type = 'application/octet-stream'): Part => ({
  head: { 'Content-Type': type, 'Content-Location': location },
  body,
});

async function fileOf(file: SyntheticFile): Promise<Buffer> {
  const answer = await site.get(wado(file), { accept: 'application/dicom; transfer-syntax=*' });
  expect(answer.status, answer.body.toString()).toBe(200);
  return answer.body;
}

/** Of a file that was made, what was sent: every value of the data set, bulk data included. */
function sameAs(made: Buffer, sent: SyntheticFile): void {
  const inline = { inlineLimitBytes: 1e9, decimals: 'string' } as const;
  expect(toDicomJson(parseFile(made).dataset, inline)).toEqual(toDicomJson(parseFile(sent.bytes).dataset, inline));
  const { pixelElements, transferSyntax } = parseFile(made);
  expect(transferSyntax).toBe('1.2.840.10008.1.2.1');
  expect(made.subarray(pixelElements[0]!.valueStart, pixelElements[0]!.end).equals(pixelsOf(sent))).toBe(true);
}

const reasons = (answer: Answer): unknown[] => {
  const { failed, others } = storeAnswer(answer);
  return [...failed, ...others].map((item) => `${value(item, '00091004')} ${value(item, '00091005')}`);
};

test('instances in one array, bulk data in any order and under any form of address, become files with every value', async () => {
  const files = study(3001, 4);
  const root = `${site.exchange.url}/dicomweb`;
  const named = ['bulk/0', `${root}/bulk/1`, 'cid:2@x', 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'];
  const answer = await send('json', [
    metadata(...files.map((file, at) => jsonOf(file, named[at]!))),
    bulk(named[3]!, pixelsOf(files[3]!)),
    { head: { 'Content-ID': '<2@x>' }, body: pixelsOf(files[2]!) },
    bulk('bulk/1', pixelsOf(files[1]!)),
    bulk(`${root}/bulk/0`, pixelsOf(files[0]!)),
  ]);
  expect([answer.status, reasons(answer)]).toEqual([200, []]);
  expect(storeAnswer(answer).referenced.map((item) => value(item, '00081155'))).toEqual(
    files.toReversed().map(({ sopInstanceUid }) => sopInstanceUid),
  );
  for (const file of files) sameAs(await fileOf(file), file);
});

test('what was made is one file: its SHA-256 is told, and sent again, cut otherwise, it is held already', async () => {
  const [file] = study(3002, 1) as [SyntheticFile];
  const first = await send('json', [metadata(jsonOf(file, 'a')), bulk('a', pixelsOf(file))]);
  const told = value(storeAnswer(first).referenced[0], '00091001');
  expect(told).toBe(sha256(await fileOf(file)));
  const again = await send('json', [bulk('other/address', pixelsOf(file)), metadata(jsonOf(file, 'other/address'))]);
  const { referenced } = storeAnswer(again);
  expect([value(referenced[0], '00091003'), value(referenced[0], '00091001')]).toEqual(['ALREADY_HELD', told]);
});

test('XML is one instance a part, its bulk data between or behind, and its answer is XML where it is asked for', async () => {
  const files = study(3003, 2);
  const xml = (file: SyntheticFile, uri: string): Part => ({
    head: { 'Content-Type': 'application/dicom+xml' },
    body: toNativeXml(parseFile(file.bytes).dataset, { bulkDataUri: () => uri, inlineLimitBytes: 1e9 }),
  });
  const [one, two] = files as [SyntheticFile, SyntheticFile];
  const parts = [xml(one, 'p/1'), bulk('p/1', pixelsOf(one)), xml(two, 'p/2'), bulk('p/2', pixelsOf(two))];
  const answer = await send('xml', parts, `${studies}/${one.studyInstanceUid}`, 'application/dicom+xml');
  expect(answer.status, answer.body.toString()).toBe(200);
  expect(answer.headers['content-type']).toBe('application/dicom+xml');
  const { fromNativeXml } = await import('../../../packages/dicom/src/index.ts');
  const told = fromNativeXml(answer.body);
  const items = told['00081199']?.Value as DicomJson[];
  expect(items.map((item) => item['00081155']?.Value?.[0])).toEqual(files.map((file) => file.sopInstanceUid));
  for (const file of files) sameAs(await fileOf(file), file);
});

test('metadata alone is taken, in a part or as the body, with bulk data inline', async () => {
  for (const [at, file] of study(3004, 2).entries()) {
    const model = jsonOf(file, '');
    model['7FE00010'] = { vr: 'OW', InlineBinary: Buffer.from(pixelsOf(file)).toString('base64') };
    const answer =
      at === 0
        ? await send('json', [{ ...metadata(model), head: { 'Content-Type': 'application/json' } }])
        : await site.send(
            'POST',
            studies,
            { 'content-type': 'application/dicom+json' },
            Buffer.from(stringifyDicomJson(model)),
          );
    expect([answer.status, reasons(answer)]).toEqual([200, []]);
    sameAs(await fileOf(file), file);
  }
});

test('compressed frames are kept as they are, in the transfer syntax that the Content-Type names, or the stream, or the type', async () => {
  const grid = { width: 48, height: 32, bitsPerSample: 8, componentCount: 1, isSigned: false };
  const samples = testSamples(grid);
  const baseline = await encodeWith('jpeg', grid, samples, { setProgressive: [false] });
  const progressive = await encodeWith('jpeg', grid, samples, { setProgressive: [true] });
  const ls = await encodeWith('jpeg-ls', grid, samples);
  const lossyLs = await encodeWith('jpeg-ls', grid, samples, { setNearLossless: [3] });
  const j2k = await encodeWith('jpeg-2000', grid, samples);
  const cases: readonly [type: string, frame: Uint8Array, transferSyntax: string][] = [
    ['image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50', baseline, '4.50'],
    ['image/jpeg', baseline, '4.50'],
    ['image/jpeg', progressive, '4.55'],
    ['image/jls', ls, '4.80'],
    ['image/jls', lossyLs, '4.81'],
    ['image/jp2', j2k, '4.90'],
    ['image/jp2; transfer-syntax="1.2.840.10008.1.2.4.91"', j2k, '4.91'],
    ['image/dicom-rle', new Uint8Array(80), '5'],
    ['application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.201', j2k, '4.201'],
  ];
  const files = study(3005, cases.length);
  for (const [at, [type, frame, transferSyntax]] of cases.entries()) {
    const file = files[at]!;
    const answer = await send('json', [metadata(jsonOf(file, 'x')), bulk('x', frame, type)]);
    expect([answer.status, reasons(answer)], type).toEqual([200, []]);
    const made = parseFile(await fileOf(file));
    expect(made.transferSyntax, type).toBe(`1.2.840.10008.1.2.${transferSyntax}`);
    const [table, ...frames] = made.pixelElements[0]!.fragments!;
    const bytes = await fileOf(file);
    expect(table!.valueEnd - table!.valueStart).toBe(0);
    expect(frames).toHaveLength(1);
    const kept = bytes.subarray(frames[0]!.valueStart, frames[0]!.valueEnd);
    expect(kept.subarray(0, frame.length).equals(frame), type).toBe(true);
    expect(kept.length - frame.length).toBe(frame.length % 2);
  }
});

test('each frame of several is a part, under one address or numbered, in any order', async () => {
  const frames = 3;
  const bytes = Array.from({ length: frames }, (_, at) => new Uint8Array(100 + 2 * at).fill(at + 1));
  for (const [seed, places] of [
    [3006, ['p', 'p', 'p']],
    [3007, ['p/frames/1', 'p/frames/2', 'p/frames/3']],
  ] as const) {
    const [file] = [...multiframeStudy({ seed, frames, ...small })] as [SyntheticFile];
    const parts = bytes.map((frame, at) => bulk(places[at]!, frame, 'image/dicom-rle'));
    const sent = places[0] === 'p' ? parts : parts.toReversed();
    const answer = await send('json', [metadata(jsonOf(file, 'p')), ...sent]);
    expect([answer.status, reasons(answer)]).toEqual([200, []]);
    const made = await fileOf(file);
    const [, ...kept] = parseFile(made).pixelElements[0]!.fragments!;
    expect(kept.map(({ valueStart, valueEnd }) => [...made.subarray(valueStart, valueEnd)])).toEqual(
      bytes.map((frame) => [...frame]),
    );
  }
});

test('what cannot become a file is named with the reason, and those around it are held', async () => {
  const [good, torn, wrong, twice, bare, big] = study(3008, 6) as SyntheticFile[];
  const invalid = { ...jsonOf(wrong!, 'w'), '00280010': { vr: 'US', Value: ['Muster'] } } as DicomJson;
  const { '00080018': _, ...nameless } = jsonOf(bare!, 'n');
  const answer = await send('json', [
    metadata(jsonOf(good!, 'g'), jsonOf(torn!, 'missing'), invalid, jsonOf(twice!, 'g'), nameless, jsonOf(big!, 'e')),
    bulk('g', pixelsOf(good!)),
    bulk('n', pixelsOf(bare!)),
    bulk('e', pixelsOf(big!), 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.2'),
    bulk('nobody', pixelsOf(good!)),
    { head: { 'Content-Type': 'text/plain' }, body: 'Dear colleague' },
    { head: { 'Content-Type': 'application/dicom' }, body: good!.bytes },
  ]);
  expect(answer.status).toBe(202);
  const { referenced, failed, others } = storeAnswer(answer);
  expect(referenced.map((item) => value(item, '00081155'))).toEqual([good!.sopInstanceUid]);
  const told = (item: (typeof failed)[number]) => [value(item, '00081155'), value(item, '00091005')];
  expect(failed.map(told)).toEqual([
    [twice!.sopInstanceUid, 'Two elements name one part of bulk data. Send one for each.'],
    [big!.sopInstanceUid, 'Bulk data is little endian (PS3.18 §10.5.2); send its pixel data so.'],
    [torn!.sopInstanceUid, expect.stringMatching(/^DICOM_BULK_DATA_MISSING/)],
  ]);
  expect(others.map((item) => value(item, '00091005'))).toEqual([
    expect.stringMatching(/^DICOM_JSON_INVALID: 00280010/),
    expect.stringMatching(/^DICOM_UID_MISSING: 00080018/),
    'The part is neither metadata nor, for want of a Content-Location, bulk data.',
    'A request holds files, or metadata and bulk data. Send the file in another.',
    'No metadata names this part of bulk data, or another part has its Content-Location.',
  ]);
  expect(others.map((item) => value(item, '00091004'))).toContain('DICOM_UID_INVALID');
  expect(answer.body.toString()).not.toMatch(/Muster|Dear/);
  sameAs(await fileOf(good!), good!);
});

test('another study than the one in the path is refused, as of a file', async () => {
  const [file] = study(3009, 1) as [SyntheticFile];
  const answer = await send('json', [metadata(jsonOf(file, 'x')), bulk('x', pixelsOf(file))], `${studies}/1.2.3`);
  expect(answer.status).toBe(409);
  expect(value(storeAnswer(answer).failed[0], '00081197')).toBe(0xa900);
});

test('metadata that is none, or too much of it, is refused as a whole, in words', async () => {
  const none = await send('json', [{ head: {}, body: '{"Patient": ' }]);
  expect([none.status, reasons(none)]).toEqual([409, ['DICOM_UNREADABLE The metadata is no JSON in UTF-8.']]);
  const xml = await send('xml', [{ head: {}, body: '<!DOCTYPE a [<!ENTITY b "c">]><a/>' }]);
  expect([xml.status, reasons(xml)]).toEqual([409, [expect.stringMatching(/^DICOM_UNREADABLE DICOM_XML_DTD_REFUSED/)]]);
  const empty = await site.send('POST', studies, { 'content-type': 'application/dicom+json' }, Buffer.from('[]'));
  expect([empty.status, code(empty)]).toEqual([400, 'INTAKE_EMPTY']);
  for (const body of [' '.repeat(33 * 1024 * 1024), `[${'{},'.repeat(100_000)}{}]`]) {
    const much = await site.send('POST', studies, { 'content-type': 'application/dicom+json' }, Buffer.from(body));
    expect([much.status, code(much)]).toEqual([413, 'REQUEST_TOO_LARGE']);
  }
});

test.each([
  ['', 200, 'json'],
  ['*/*', 200, 'json'],
  ['application/json', 200, 'json'],
  ['application/dicom+xml, application/dicom+json;q=0.5', 200, 'xml'],
  ['text/html, application/*;q=0.1', 200, 'json'],
  ['text/html', 406, ''],
  ['application/dicom+json;q=0', 406, ''],
])('Accept: %s is answered %i %s, and 406 before anything is taken', async (accept, status, form) => {
  const seed = 3010 + accept.length;
  const [file] = study(seed, 1) as [SyntheticFile];
  const headers = { 'content-type': 'application/dicom', ...(accept && { accept }) };
  const answer = await site.send('POST', studies, headers, file.bytes);
  expect(answer.status).toBe(status);
  if (status === 406) expect(code(answer)).toBe('NOT_ACCEPTABLE');
  else expect(answer.headers['content-type']).toMatch(`application/dicom+${form}`);
  expect((await site.get(wado(file))).status).toBe(status === 406 ? 404 : 200);
});

test('the parameter accept of the address goes before the header, as everywhere', async () => {
  const [file] = study(3090, 1) as [SyntheticFile];
  const headers = { 'content-type': 'application/dicom', accept: 'text/html' };
  const answer = await site.send('POST', `${studies}?accept=application/dicom%2Bxml`, headers, file.bytes);
  expect([answer.status, answer.headers['content-type']]).toEqual([
    200,
    expect.stringMatching('application/dicom\\+xml'),
  ]);
});
