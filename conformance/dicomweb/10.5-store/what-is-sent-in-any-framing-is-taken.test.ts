import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { code, framed, type Site, startSite, storeAnswer, value, wado } from '../dicomweb-client.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.exchange.dispose());

let seed = 1000;
const study = (slices: number): SyntheticFile[] => {
  seed += 1;
  return [...ctStudy({ seed, slices, rows: 64, columns: 48 })];
};

const contentTypes: readonly [type: string, boundary: string][] = [
  ['multipart/related; type="application/dicom"; boundary=plain', 'plain'],
  ['multipart/related; type=application/dicom; boundary=plain', 'plain'],
  ['multipart/related;type="application/dicom";boundary="quoted boundary"', 'quoted boundary'],
  ['Multipart/Related; BOUNDARY=last; type="application/dicom"', 'last'],
  ['multipart/related; boundary="----=_Part_1.2:3"; type="application/dicom"; start="<a@b>"', '----=_Part_1.2:3'],
  ['multipart/related; boundary=no-type', 'no-type'],
];

test.each(contentTypes)('a request of type %s is taken', async (contentType, boundary) => {
  const files = study(2);
  const answer = await site.send('POST', '/dicomweb/studies', { 'content-type': contentType }, framed(files, boundary));
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/dicom\+json/);
  const { referenced, failed, others } = storeAnswer(answer);
  expect(referenced.map((item) => value(item, '00081155'))).toEqual(files.map((file) => file.sopInstanceUid));
  expect([failed, others]).toEqual([[], []]);
});

test('the answer names study, instance and address of each, in the order sent', async () => {
  const files = study(3);
  const answer = await site.store(files);
  const [first] = files as [SyntheticFile];
  const root = `${site.exchange.url}/dicomweb/studies/${first.studyInstanceUid}`;
  const body = JSON.parse(answer.body.toString()) as Record<string, { vr: string; Value: unknown[] }>;
  expect(body['00081190']).toEqual({ vr: 'UR', Value: [root] });
  const { referenced } = storeAnswer(answer);
  for (const [at, file] of files.entries()) {
    expect(referenced[at]?.['00081150']).toEqual({ vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] });
    expect(value(referenced[at], '00081190')).toBe(`${site.exchange.url}${wado(file)}`);
    expect(value(referenced[at], '00090010')).toBe('SYMBOLON 1');
    expect(value(referenced[at], '00091003')).toBe('TAKEN');
  }
});

test('a single part of type application/dicom is taken', async () => {
  const [file] = study(1) as [SyntheticFile];
  const answer = await site.send('POST', '/dicomweb/studies', { 'content-type': 'application/dicom' }, file.bytes);
  expect(answer.status).toBe(200);
  expect(value(storeAnswer(answer).referenced[0], '00081155')).toBe(file.sopInstanceUid);
});

test('parts without headers, with other headers, a preamble and an epilogue are taken', async () => {
  const [a, b] = study(2) as [SyntheticFile, SyntheticFile];
  const body = Buffer.concat([
    Buffer.from('This is a multipart message; whoever reads this line is old.\r\n--x \t\r\n\r\n'),
    a.bytes,
    Buffer.from(
      '\r\n--x\r\ncontent-TYPE:application/dicom;transfer-syntax=1.2.840.10008.1.2.1\r\nContent-ID: <2>\r\n\r\n',
    ),
    b.bytes,
    Buffer.from('\r\n--x--\r\nand an epilogue'),
  ]);
  const answer = await site.send(
    'POST',
    '/dicomweb/studies',
    { 'content-type': 'multipart/related; boundary=x' },
    body,
  );
  expect(answer.status).toBe(200);
  expect(storeAnswer(answer).referenced).toHaveLength(2);
});

test('chunks of any size are taken, cut within the delimiters too', async () => {
  for (const size of [1, 3, 61, 4099]) {
    const files = [...ctStudy({ seed: 1900 + size, slices: size === 1 ? 1 : 3, rows: 16, columns: 16 })];
    const whole = framed(files, 'delimiter');
    const chunks = function* () {
      for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
    };
    const answer = await site.send(
      'POST',
      '/dicomweb/studies',
      { 'content-type': 'multipart/related; boundary=delimiter' },
      chunks(),
    );
    expect(answer.status, `chunks of ${size}`).toBe(200);
    expect(storeAnswer(answer).referenced).toHaveLength(files.length);
  }
});

test('pixel data that looks like a delimiter stays whole', async () => {
  const pixels = new Uint8Array(64 * 48 * 2).fill(13);
  pixels.set(Buffer.from('\r\n--almost\r\n--almos'), 100);
  const [file] = ctStudy({
    seed: 1950,
    slices: 1,
    rows: 64,
    columns: 48,
    extra: () => [['7FE0,0010 OW PixelData', pixels]],
  });
  const answer = await site.send(
    'POST',
    '/dicomweb/studies',
    { 'content-type': 'multipart/related; boundary=almost-it' },
    framed([file!], 'almost-it'),
  );
  expect(answer.status).toBe(200);
  const back = await site.get(wado(file!), { accept: 'application/dicom' });
  expect(Buffer.compare(back.body, file!.bytes)).toBe(0);
});

test('a study in the path takes its own instances', async () => {
  const files = study(2);
  const answer = await site.store(files, `/dicomweb/studies/${files[0]!.studyInstanceUid}`);
  expect(answer.status).toBe(200);
});

test.each([
  ['no boundary', 'multipart/related; type="application/dicom"', 'x', 400, 'INTAKE_MULTIPART_BROKEN'],
  ['an empty multipart body', 'multipart/related; boundary=x', '', 400, 'INTAKE_MULTIPART_BROKEN'],
  ['a closing delimiter alone', 'multipart/related; boundary=x', '--x--\r\n', 400, 'INTAKE_EMPTY'],
  ['another content type', 'application/json', '{}', 415, 'INTAKE_CONTENT_TYPE_UNSUPPORTED'],
  ['metadata of no instance', 'application/dicom+json', '[]', 400, 'INTAKE_EMPTY'],
  [
    'pictures alone',
    'multipart/related; type="image/jpeg"; boundary=x',
    '--x--',
    415,
    'INTAKE_CONTENT_TYPE_UNSUPPORTED',
  ],
  ['a form', 'multipart/form-data; boundary=x', '--x--', 415, 'INTAKE_CONTENT_TYPE_UNSUPPORTED'],
])('%s is refused', async (_, contentType, body, status, expected) => {
  const answer = await site.send('POST', '/dicomweb/studies', { 'content-type': contentType }, Buffer.from(body));
  expect([answer.status, code(answer)]).toEqual([status, expected]);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  if (status === 415)
    expect(answer.body.toString()).toContain('Send application/dicom, application/dicom+json or application/dicom+xml');
});

test('a request without content type and body is refused', async () => {
  const answer = await site.send('POST', '/dicomweb/studies', { 'content-length': '0' });
  expect([answer.status, code(answer)]).toEqual([415, 'INTAKE_CONTENT_TYPE_UNSUPPORTED']);
});

test('a study in the path that is no UID is refused, and nothing is kept', async () => {
  const [file] = study(1) as [SyntheticFile];
  const answer = await site.store([file], '/dicomweb/studies/..%2F..%2Fetc');
  expect([answer.status, code(answer)]).toEqual([400, 'REQUEST_INVALID']);
  expect(await site.search(`/dicomweb/studies?StudyInstanceUID=${file.studyInstanceUid}`)).toEqual([]);
});
