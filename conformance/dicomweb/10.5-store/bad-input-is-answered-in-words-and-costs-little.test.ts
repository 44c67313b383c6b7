import { readFileSync } from 'node:fs';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { ctStudy, type SyntheticFile } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, framed, type Site, startSite, storeAnswer, value, wado } from '../dicomweb-client.ts';

const mebibyte = 1024 * 1024;
let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.exchange.dispose());

const studies = '/dicomweb/studies';
const study = (seed: number, slices: number, size = 32): SyntheticFile[] => [
  ...ctStudy({ seed, slices, rows: size, columns: size }),
];
const multipart = { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' };
const send = (headers: Readonly<Record<string, string>>, body: Uint8Array | Iterable<Uint8Array>): Promise<Answer> =>
  site.send('POST', studies, headers, body);
const told = (answer: Answer): string => {
  const { status, code, detail } = JSON.parse(answer.body.toString()) as {
    status: number;
    code: string;
    detail: string;
  };
  expect(status).toBe(answer.status);
  return `${status} ${code}: ${detail}`;
};
const isHeld = async (file: SyntheticFile): Promise<boolean> =>
  (await site.get(wado(file), { accept: 'application/dicom' })).body.equals(file.bytes);
const memory = (which: 'VmHWM' | 'VmRSS'): number => {
  const status = readFileSync(`/proc/${site.exchange.process.pid}/status`, 'utf8');
  return Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
};
const peak = (): number => memory('VmHWM');

const broken = '400 INTAKE_MULTIPART_BROKEN: The multipart body is broken: ';
const kept = '. What came whole was taken.';

test.each([
  ['another boundary than that of the body', 'other', `${broken}the body ended before its last delimiter${kept}`],
  ['a boundary of 101 characters', 'b'.repeat(101), `${broken}the boundary has more than 100 characters${kept}`],
])('%s', async (_, boundary, words) => {
  const [file] = study(4001, 1) as [SyntheticFile];
  const answer = await send({ 'content-type': `multipart/related; boundary=${boundary}` }, framed([file], 'b'));
  expect(told(answer)).toBe(words);
  expect(await isHeld(file)).toBe(false);
});

test('a boundary of 100 characters is taken: RFC 2046 has 70, and Orthanc writes 73', async () => {
  const [file] = study(4002, 1) as [SyntheticFile];
  const boundary = 'b'.repeat(100);
  const answer = await send({ 'content-type': `multipart/related; boundary=${boundary}` }, framed([file], boundary));
  expect(answer.status).toBe(200);
});

test('a flood of part headers ends the request in words; what came whole before it is held', async () => {
  const [file] = study(4003, 1) as [SyntheticFile];
  const start = framed([file], 'b').subarray(0, -'--b--\r\n'.length);
  const lines = Buffer.from('X-Flood: 1234567890\r\n'.repeat(50_000));
  const answer = await send(multipart, Buffer.concat([start, Buffer.from('--b\r\n'), lines]));
  expect(told(answer)).toBe(`${broken}the headers of a part are longer than 16 KiB${kept}`);
  expect(await isHeld(file)).toBe(true);
});

test('a million parts: the limit is named, what came before it is held, and memory stays bounded', async () => {
  const [file] = study(4004, 1) as [SyntheticFile];
  const start = framed([file], 'b').subarray(0, -'--b--\r\n'.length);
  const parts = Buffer.from('--b\r\n\r\n\r\n'.repeat(10_000));
  const before = peak();
  const body = [start, ...Array.from({ length: 100 }, () => parts)];
  const answer = await send(multipart, body);
  expect(told(answer)).toBe(`${broken}it has more than 100000 parts${kept}`);
  expect(peak() - before).toBeLessThan(320 * mebibyte);
  expect(await isHeld(file)).toBe(true);
}, 120_000);

test('nulls, blanks and line ends behind the last delimiter mean nothing', async () => {
  for (const [at, padding] of [Buffer.alloc(4096), Buffer.from('  \r\n\r\n'), Buffer.alloc(0)].entries()) {
    const [file] = study(4010 + at, 1) as [SyntheticFile];
    const body = Buffer.concat([framed([file], 'b').subarray(0, -2), padding]);
    expect((await send(multipart, body)).status).toBe(200);
    expect(await isHeld(file)).toBe(true);
  }
});

test('a file without preamble, an empty part and one that is no file are each refused by themselves', async () => {
  const [good, bare] = study(4020, 2) as [SyntheticFile, SyntheticFile];
  const bodies = [{ bytes: bare.bytes.subarray(132) }, { bytes: new Uint8Array(0) }, { bytes: Buffer.from('<html/>') }];
  const answer = await send(multipart, framed([...bodies, good], 'b'));
  expect(answer.status).toBe(202);
  const { referenced, failed, others } = storeAnswer(answer);
  expect(referenced.map((item) => value(item, '00081155'))).toEqual([good.sopInstanceUid]);
  expect([...failed, ...others].map((item) => [value(item, '00081197'), value(item, '00091005')])).toEqual(
    Array.from({ length: 3 }, () => [0xc000, expect.stringMatching(/^DICOM_[A-Z_]+( at byte \d+)?: ./)]),
  );
});

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
] as const)('a body in %s is taken, byte for byte what it was', async (coding, compress) => {
  const files = study(4030 + coding.length, 3);
  const answer = await send({ ...multipart, 'content-encoding': coding }, compress(framed(files, 'b')));
  expect(answer.status).toBe(200);
  expect(storeAnswer(answer).referenced).toHaveLength(3);
  for (const file of files) expect(await isHeld(file)).toBe(true);
});

test('another coding, one that is not what it says, one cut short and a bomb are refused in words', async () => {
  const files = study(4040, 3, 64);
  const whole = gzipSync(framed(files, 'b'));
  const other = await send({ ...multipart, 'content-encoding': 'br' }, brotliCompressSync(framed(files, 'b')));
  expect(told(other)).toMatch(/^415 INTAKE_CONTENT_TYPE_UNSUPPORTED: Of content codings gzip and deflate are taken/);
  expect(other.headers['accept-encoding']).toBe('gzip, deflate');
  const encoded = { ...multipart, 'content-encoding': 'gzip' };
  const wrong = '400 INTAKE_MULTIPART_BROKEN: The body is not what its Content-Encoding says, or ends too early';
  expect(told(await send(encoded, framed(files, 'b')))).toMatch(wrong);
  expect(await isHeld(files[0]!)).toBe(false);
  expect(told(await send(encoded, whole.subarray(0, -100)))).toMatch(wrong);
  expect(await isHeld(files[0]!)).toBe(true);
  const before = peak();
  const bomb = gzipSync(Buffer.concat([Buffer.from('--b\r\n\r\n'), Buffer.alloc(160 * mebibyte)]));
  expect(told(await send(encoded, bomb))).toMatch(/^413 REQUEST_TOO_LARGE: The body inflates to more than 100 times/);
  expect(peak() - before).toBeLessThan(128 * mebibyte);
}, 60_000);

test('fifty senders that announce 4 GB and hang up in the middle leave nothing behind that others wait for', async () => {
  const [large, after] = [...study(4050, 1, 2500), ...study(4051, 1)] as [SyntheticFile, SyntheticFile];
  const [before, resident] = [peak(), memory('VmRSS')];
  const hangUp = (): Promise<void> =>
    new Promise((done) => {
      const headers = { 'content-type': 'application/dicom', 'content-length': String(4 * 1024 * mebibyte) };
      const asked = site.open('POST', studies, headers, (answer) => answer.resume());
      asked.on('error', () => done()).on('close', () => done());
      // Ten megabytes each: together twice what all may hold.
      asked.write(large.bytes.subarray(0, -1000), () => asked.destroy());
      setTimeout(() => asked.destroy(), 2000).unref();
    });
  await Promise.all(Array.from({ length: 50 }, hangUp));
  expect((await site.store([after])).status).toBe(200);
  // And as many at once as have to wait for each other.
  const answers = await Promise.all(Array.from({ length: 26 }, () => site.store([large])));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(peak() - before).toBeLessThan(512 * mebibyte);
  // And the machine has it again.
  await expect.poll(() => memory('VmRSS') - resident).toBeLessThan(256 * mebibyte);
}, 60_000);
