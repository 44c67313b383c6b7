import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  colourStudy,
  ctStudy,
  exoticFiles,
  multiframeStudy,
  type SyntheticFile,
} from '../../../packages/testbed/src/index.ts';
import { code, partsOf, type Site, startSite, wado } from '../dicomweb-client.ts';

const native = '1.2.840.10008.1.2.1';
const jpegLs = '1.2.840.10008.1.2.4.80';
const jpeg2000 = '1.2.840.10008.1.2.4.90';
const htj2k = '1.2.840.10008.1.2.4.201';
const rpcl = '1.2.840.10008.1.2.4.202';
const rle = '1.2.840.10008.1.2.5';

let site: Site;
const [ct] = [...ctStudy({ seed: 7400, slices: 1, rows: 64, columns: 48 })] as [SyntheticFile];
const [cine, enhanced] = [...multiframeStudy({ seed: 7401, frames: 5, rows: 24, columns: 32 })] as [
  SyntheticFile,
  SyntheticFile,
];
const colour = [...colourStudy({ seed: 7402 })];
const exotic = exoticFiles(7403);
beforeAll(async () => {
  site = await startSite();
  expect((await site.store([ct, cine, enhanced, ...colour, ...exotic])).status).toBe(200);
});
afterAll(() => site.exchange.dispose());

const octets = 'multipart/related; type="application/octet-stream"';
const of = (media: string, syntax: string): string => `multipart/related; type="${media}"; transfer-syntax=${syntax}`;
const frames = (file: SyntheticFile, list: string, accept?: string) =>
  site.get(`${wado(file)}/frames/${list}`, accept === undefined ? {} : { accept });
/** The last bytes of a file of the testbed are its pixels. */
const pixels = (file: SyntheticFile, bytes: number): Buffer => Buffer.from(file.bytes).subarray(-bytes);

test('native frames come byte for byte, in the order of the list, each with its length and transfer syntax', async () => {
  const all = pixels(cine, 5 * 24 * 32 * 3);
  for (const accept of [octets, octets.replaceAll('"', ''), '*/*', undefined, 'multipart/related']) {
    const answer = await frames(cine, '5,1,3', accept);
    expect(answer.status, accept).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^multipart\/related; type="application\/octet-stream"; boundary=/);
    const parts = partsOf(answer);
    expect(parts).toHaveLength(3);
    for (const [at, frame] of [4, 0, 2].entries()) {
      const { headers, body } = parts[at]!;
      expect(body.equals(all.subarray(frame * 2304, (frame + 1) * 2304))).toBe(true);
      expect(headers.get('content-type')).toBe(`application/octet-stream; transfer-syntax=${native}`);
      expect(headers.get('content-length')).toBe('2304');
    }
  }
});

test('one frame comes alone where that is preferred, whole or in ranges', async () => {
  const accept = 'application/octet-stream';
  const whole = await frames(ct, '1', accept);
  expect([whole.status, whole.headers['content-type']]).toEqual([200, `${accept}; transfer-syntax=${native}`]);
  expect(whole.headers['accept-ranges']).toBe('bytes');
  expect(whole.body.equals(pixels(ct, 64 * 48 * 2))).toBe(true);
  const piece = await site.get(`${wado(ct)}/frames/1`, { accept, range: 'bytes=100-199' });
  expect([piece.status, piece.headers['content-range']]).toEqual([206, 'bytes 100-199/6144']);
  expect(piece.body.equals(whole.body.subarray(100, 200))).toBe(true);
  // Several frames are several parts.
  expect((await frames(cine, '1,2', accept)).status).toBe(406);
});

test('frames are transcoded without loss on the way out, and say what they are; each decodes to what is stored', async () => {
  const asked = {
    'image/jls': [jpegLs],
    'image/jp2': [jpeg2000],
    'image/jphc': [htj2k, rpcl],
    'image/dicom-rle': [rle],
  };
  for (const [media, syntaxes] of Object.entries(asked)) {
    for (const syntax of syntaxes) {
      const [part] = partsOf(await frames(ct, '1', of(media, syntax)));
      expect(part?.headers.get('content-type')).toBe(`${media}; transfer-syntax=${syntax}`);
      const alone = await frames(ct, '1', `${media}; transfer-syntax=${syntax}`);
      expect([alone.status, alone.headers['content-type']]).toEqual([200, `${media}; transfer-syntax=${syntax}`]);
      expect(alone.body.equals(part!.body)).toBe(true);
      expect(alone.body.length).toBeLessThan(6144);
      // Stored in that form and asked for natively, it is the same picture again.
      const file = await site.get(wado(ct), { accept: `application/dicom; transfer-syntax=${syntax}` });
      expect(file.body.includes(part!.body)).toBe(true);
    }
  }
  const [named] = partsOf(await frames(ct, '1', 'multipart/related; type="image/jphc"'));
  expect(named?.headers.get('content-type')).toBe(`image/jphc; transfer-syntax=${htj2k}`);
});

test('compressed frames come as they are stored where viewers ask for any, and decoded where they ask for bytes', async () => {
  const compressed = [...colour, ...exotic].filter((file) => file.bytes.includes(0xfe) && isCompressed(file));
  expect(compressed.length).toBeGreaterThan(0);
  for (const file of compressed) {
    const stored = await frames(file, '1', 'multipart/related; type=application/octet-stream; transfer-syntax=*');
    expect(stored.status, file.name).toBe(200);
    const [part] = partsOf(stored);
    const [, media, syntax] = /^(\S+); transfer-syntax=([\d.]+)$/.exec(part!.headers.get('content-type')!)!;
    expect(media, file.name).toMatch(/^(image|video)\//);
    expect(stored.headers['content-type']).toContain(`type="${media}"`);
    // A frame may be in several fragments: its beginning and its end stand in the file all the same.
    for (const end of [part!.body.subarray(0, 16), part!.body.subarray(-16)])
      expect(Buffer.from(file.bytes).includes(end), file.name).toBe(true);
    expect(Buffer.from(file.bytes).includes(`${syntax}`), file.name).toBe(true);
    const decoded = await frames(file, '1', octets);
    if (media!.startsWith('video/')) expect(decoded.status).toBe(406);
    else
      expect(partsOf(decoded)[0]?.headers.get('content-type')).toBe(
        `application/octet-stream; transfer-syntax=${native}`,
      );
  }
});

const isCompressed = (file: SyntheticFile): boolean =>
  /1\.2\.840\.10008\.1\.2\.(4\.\d+|5)\0?/.test(Buffer.from(file.bytes.subarray(128, 600)).toString('latin1'));

test('a list that is none is a bad request, and a frame that is not there is not found', async () => {
  for (const list of ['0', '1,,2', '1-3', ',1', '1,', 'x', '-1', '1.5', '%20', '1;2', '01', '9999999999']) {
    const answer = await frames(cine, list);
    expect([answer.status, code(answer)], list).toEqual([400, 'REQUEST_INVALID']);
    expect(JSON.parse(answer.body.toString()).detail).toContain('1,2,5');
  }
  for (const list of ['6', '1,2,3,4,5,6', '999999999']) {
    const answer = await frames(cine, list);
    expect([answer.status, code(answer)], list).toEqual([404, 'FRAME_NOT_FOUND']);
    expect(JSON.parse(answer.body.toString()).detail).toContain(
      `no frame ${list.split(',').at(-1)}: the instance has 5`,
    );
  }
  // Of an object without pixels there is none.
  const report = exotic.find(({ quirk }) => quirk === 'ECG waveform')!;
  expect((await frames(report, '1')).status).toBe(404);
  const many = Array.from({ length: 300 }, (_, at) => (at % 5) + 1).join(',');
  expect(partsOf(await frames(cine, many))).toHaveLength(300);
  // As many as no head of a request can hold.
  const [long] = await Promise.allSettled([frames(cine, Array.from({ length: 100_000 }, () => 1).join(','))]);
  if (long.status === 'fulfilled') expect(long.value.status).toBe(431);
});

test('where no form fits, the answer names those there are', async () => {
  for (const accept of [
    'image/png',
    'multipart/related; type="video/mp4"',
    'text/html',
    `${octets};q=0`,
    'image/jls;q=0',
  ]) {
    const answer = await frames(ct, '1', accept);
    expect([answer.status, code(answer)], accept).toEqual([406, 'NOT_ACCEPTABLE']);
    expect(JSON.parse(answer.body.toString()).detail).toContain(`image/jphc; transfer-syntax=${htj2k}`);
  }
});

test('what is wanted may stand in the address, and is read before the header', async () => {
  const accept = encodeURIComponent('image/jls');
  const answer = await site.get(`${wado(ct)}/frames/1?accept=${accept}`, { accept: 'text/html' });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, `image/jls; transfer-syntax=${jpegLs}`]);
});
