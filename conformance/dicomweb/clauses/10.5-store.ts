import { expect } from 'vitest';
import { ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { type Answer, framed, type Json, storeAnswer, value } from '../dicomweb-client.ts';
import { type Clause, check } from './check.ts';
import { asIs, bodies, dataSetOf, found, instanceOf, store, studyOf } from './sent.ts';

/** Files that nobody has sent yet. */
const fresh = (slices = 1): SyntheticFile[] => [
  ...ctStudy({ seed: Math.floor(Math.random() * 2 ** 31), slices, rows: 8, columns: 8 }),
];
const broken = { bytes: Buffer.from('this is no DICOM file, and never was one') };
const multipart = (type: string) => `multipart/related; type="${type}"; boundary=b`;

function part(headers: readonly string[], body: Uint8Array | string): Buffer {
  return Buffer.concat([Buffer.from(`--b\r\n${headers.join('\r\n')}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]);
}
const end = Buffer.from('--b--\r\n');
const pixels = Buffer.from(Array.from({ length: 64 }, (_, at) => at));

/** A small secondary capture in attributes, its pixels at `pixels.raw`. */
function attributes(uid: string): Json {
  const of = (vr: string, ...values: unknown[]) => ({ vr, Value: values });
  return {
    '00080005': of('CS', 'ISO_IR 192'),
    '00080016': of('UI', '1.2.840.10008.5.1.4.1.1.7'),
    '00080018': of('UI', `${uid}.3`),
    '00080020': of('DA', '20200202'),
    '00080060': of('CS', 'OT'),
    '00100010': of('PN', { Alphabetic: 'Ngata^Aroha' }),
    '00100020': of('LO', 'CLAUSE-10-5'),
    '0020000D': of('UI', `${uid}.1`),
    '0020000E': of('UI', `${uid}.2`),
    '00280002': of('US', 1),
    '00280004': of('CS', 'MONOCHROME2'),
    '00280010': of('US', 8),
    '00280011': of('US', 8),
    '00280100': of('US', 8),
    '00280101': of('US', 8),
    '00280102': of('US', 7),
    '00280103': of('US', 0),
    '7FE00010': { vr: 'OB', BulkDataURI: 'pixels.raw' },
  };
}
const freshUid = (): string => `2.25.${Math.floor(Math.random() * 2 ** 48)}${Math.floor(Math.random() * 2 ** 48)}`;

function nativeXml(set: Json): string {
  const elements = Object.entries(set).map(([tag, { vr, Value = [], BulkDataURI }]) => {
    const values = Value.map((one, at) =>
      vr === 'PN'
        ? `<PersonName number="1"><Alphabetic><FamilyName>Ngata</FamilyName><GivenName>Aroha</GivenName></Alphabetic></PersonName>`
        : `<Value number="${at + 1}">${one}</Value>`,
    );
    const inside = BulkDataURI === undefined ? values.join('') : `<BulkData uri="${BulkDataURI}"/>`;
    return `<DicomAttribute tag="${tag}" vr="${vr}">${inside}</DicomAttribute>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?><NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM">${elements.join('')}</NativeDicomModel>`;
}

const expectPixels = (file: Uint8Array): void => expect(dataSetOf(file).subarray(-64).equals(pixels)).toBe(true);

const reasonOf = (answer: Answer): unknown => value(storeAnswer(answer).failed[0], '00081197');

export const storing: Clause = {
  clause: '10.5',
  title: 'Store (STOW-RS)',
  checks: [
    check('what is taken is named with its class, its UID and its address: 200', async (root) => {
      const [file] = fresh();
      const answer = await store(root, [file!]);
      expect(answer.status).toBe(200);
      const [item] = storeAnswer(answer).referenced;
      expect(value(item, '00081155')).toBe(file!.sopInstanceUid);
      expect(value(item, '00081150')).toMatch(/^1\.2\.840\.10008\.5\.1\.4\.1\.1/);
      expect(value(item, '00081190')).toMatch(new RegExp(`${file!.sopInstanceUid}`));
    }),
    check('the Retrieve URL of what is taken leads to it', async (root) => {
      const [file] = fresh();
      const [item] = storeAnswer(await store(root, [file!])).referenced;
      const [got] = await bodies(root, value(item, '00081190') as string, asIs);
      expect(dataSetOf(got!).equals(dataSetOf(file!.bytes))).toBe(true);
    }),
    check('several instances are taken in one request', async (root) => {
      const files = fresh(4);
      expect(storeAnswer(await store(root, files)).referenced).toHaveLength(4);
      expect(await found(root, `${studyOf(files[0]!)}/instances`)).toHaveLength(4);
    }),
    check('the same again is 200', async (root, { ct }) => {
      expect((await store(root, [ct[0]!])).status).toBe(200);
    }),
    check('instances are taken at the resource of their study', async (root) => {
      const [file] = fresh();
      expect((await store(root, [file!], studyOf(file!))).status).toBe(200);
    }),
    check('an instance of another study than the path’s is not taken: 409, and a reason', async (root, { ct }) => {
      const [file] = fresh();
      const answer = await store(root, [file!], studyOf(ct[0]!));
      expect(answer.status).toBe(409);
      expect(reasonOf(answer)).toBeTypeOf('number');
      expect((await root.ask(`${instanceOf(file!)}/metadata`, 'application/dicom+json')).status).toBe(404);
    }),
    check('one that cannot be read spoils no other: 202', async (root) => {
      const [file] = fresh();
      const answer = await store(root, [broken, file!]);
      expect(answer.status).toBe(202);
      expect(storeAnswer(answer).referenced).toHaveLength(1);
      expect(await found(root, `${instanceOf(file!)}/metadata`)).toHaveLength(1);
    }),
    check('none that can be read is 409 (or 400)', async (root) => {
      expect([400, 409]).toContain((await store(root, [broken])).status);
    }),
    check('a file alone as application/dicom, without parts', async (root) => {
      const [file] = fresh();
      const answer = await root.send(
        'POST',
        '/studies',
        { 'content-type': 'application/dicom', accept: 'application/dicom+json' },
        file!.bytes,
      );
      expect(answer.status).toBe(200);
      expect(await found(root, `${instanceOf(file!)}/metadata`)).toHaveLength(1);
    }),
    check('attributes in DICOM JSON with bulk data beside them', async (root) => {
      const uid = freshUid();
      const body = Buffer.concat([
        part(['Content-Type: application/dicom+json'], JSON.stringify([attributes(uid)])),
        part(['Content-Type: application/octet-stream', 'Content-Location: pixels.raw'], pixels),
        end,
      ]);
      const answer = await root.send(
        'POST',
        '/studies',
        { 'content-type': multipart('application/dicom+json'), accept: 'application/dicom+json' },
        body,
      );
      expect(answer.status).toBe(200);
      const [file] = await bodies(root, `/studies/${uid}.1`, asIs);
      expectPixels(file!);
    }),
    check('attributes in Native DICOM Model XML with bulk data beside them', async (root) => {
      const uid = freshUid();
      const body = Buffer.concat([
        part(['Content-Type: application/dicom+xml'], nativeXml(attributes(uid))),
        part(['Content-Type: application/octet-stream', 'Content-Location: pixels.raw'], pixels),
        end,
      ]);
      const answer = await root.send(
        'POST',
        '/studies',
        { 'content-type': multipart('application/dicom+xml'), accept: 'application/dicom+json' },
        body,
      );
      expect(answer.status).toBe(200);
      const [file] = await bodies(root, `/studies/${uid}.1`, asIs);
      expectPixels(file!);
    }),
    check('the answer is DICOM JSON for who takes that', async (root) => {
      const answer = await store(root, fresh());
      expect(answer.headers['content-type']).toMatch(/^application\/(dicom\+)?json/);
    }),
    check('the answer is Native DICOM Model XML for who takes that', async (root) => {
      const answer = await store(root, fresh(), '/studies', 'application/dicom+xml');
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/dicom\+xml/);
      expect(answer.body.toString('utf8')).toContain('<NativeDicomModel');
    }),
    check('a body of another type is 415 (or 400)', async (root) => {
      const answer = await root.send('POST', '/studies', { 'content-type': 'text/plain' }, Buffer.from('hello'));
      expect([400, 415]).toContain(answer.status);
    }),
    check('a body without its boundary is 400 (or 415)', async (root) => {
      const [file] = fresh();
      const answer = await root.send(
        'POST',
        '/studies',
        { 'content-type': 'multipart/related; type="application/dicom"' },
        framed([file!], 'b'),
      );
      expect([400, 415]).toContain(answer.status);
    }),
    check('a body that ends before its last part is 400, and no failure of the server', async (root) => {
      const [file] = fresh();
      const whole = framed([file!], 'b');
      const answer = await root.send(
        'POST',
        '/studies',
        { 'content-type': multipart('application/dicom') },
        whole.subarray(0, whole.length - 200),
      );
      expect([400, 409]).toContain(answer.status);
    }),
  ],
};
