import { readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { ctStudy, onFolders } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Site, startSite } from '../dicomweb-client.ts';

const mebibyte = 1024 * 1024;
let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.exchange.dispose());

async function dial(): Promise<TLSSocket> {
  const { hostname, port } = new URL(site.exchange.url);
  const socket = connect({ host: hostname, port: Number(port), ca: site.exchange.ca });
  await new Promise<void>((done, failed) => socket.once('secureConnect', done).once('error', failed));
  return socket;
}

const headOf = (path: string, headers: Readonly<Record<string, string>>): string => {
  const lines = { host: 'x', connection: 'close', authorization: `Bearer ${site.owner.token}`, ...headers };
  return `POST ${path} HTTP/1.1\r\n${Object.entries(lines)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
};

type Problem = { status: number; code: string; detail: string };

/** Sends all of a request, and only then reads: what most programs do that know nothing of early answers. */
async function deaf(path: string, headers: Readonly<Record<string, string>>, body: readonly Uint8Array[]) {
  const socket = await dial();
  socket.pause();
  const length = body.reduce((sum, { length }) => sum + length, 0);
  socket.write(headOf(path, { 'content-length': String(length), ...headers }));
  for (const piece of body)
    await new Promise<void>((sent, failed) => socket.write(piece, (error) => (error ? failed(error) : sent())));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
  await new Promise<void>((done, failed) => socket.once('close', done).once('error', failed));
  const answer = Buffer.concat(chunks).toString();
  const end = answer.indexOf('\r\n\r\n');
  const problem = JSON.parse(answer.slice(end + 4)) as Problem;
  expect(answer.startsWith(`HTTP/1.1 ${problem.status} `), answer).toBe(true);
  return `${problem.status} ${problem.code}`;
}

const studies = '/dicomweb/studies';
const much = Array.from({ length: 64 }, () => Buffer.alloc(mebibyte, 'not a file'));
const multipart = { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' };

test.each<[string, string, Readonly<Record<string, string>>, string | undefined, string]>([
  [
    'what is of another type',
    studies,
    { 'content-type': 'video/mp4' },
    undefined,
    '415 INTAKE_CONTENT_TYPE_UNSUPPORTED',
  ],
  ['whoever shows no token', studies, { ...multipart, authorization: '' }, undefined, '401 ACCESS_SIGN_IN_NEEDED'],
  ['what has no boundary', studies, { 'content-type': 'multipart/related' }, undefined, '400 INTAKE_MULTIPART_BROKEN'],
  ['a part whose headers do not end', studies, multipart, '--b\r\n', '400 INTAKE_MULTIPART_BROKEN'],
  ['an address with a wrong UID', `${studies}/none`, multipart, undefined, '400 REQUEST_INVALID'],
  ['an address at which nothing is', '/dicomweb/nothing', multipart, undefined, '404 NOT_FOUND'],
  ['an address that cannot be decoded', '/dicomweb/%', multipart, undefined, '400 REQUEST_INVALID'],
  [
    'another route than this',
    '/api/receipts',
    { 'content-type': 'application/json' },
    undefined,
    '413 REQUEST_TOO_LARGE',
  ],
])(
  '64 MiB that are refused from their beginning on are refused in words: %s',
  async (_, path, headers, first, told) => {
    expect(await deaf(path, headers, [Buffer.from(first ?? ''), ...much])).toBe(told);
  },
);

onFolders(() => {
  test('a store that goes away in the middle of an object is told to a sender who reads only after the end', async () => {
    await site.store([...ctStudy({ seed: 70, slices: 1, rows: 16, columns: 16 })]);
    const [large] = [...ctStudy({ seed: 71, slices: 1, rows: 6000, columns: 6000 })];
    const incoming = join(site.exchange.dataDir, 'images/incoming');
    await rename(incoming, `${incoming}.away`);
    await writeFile(incoming, 'a file where a folder must be');
    try {
      expect(await deaf(studies, { 'content-type': 'application/dicom' }, [large!.bytes])).toBe(
        '503 BLOBS_UNAVAILABLE',
      );
    } finally {
      await rm(incoming);
      await rename(`${incoming}.away`, incoming);
    }
    expect((await site.send('POST', studies, { 'content-type': 'application/dicom' }, large!.bytes)).status).toBe(200);
  });
});

test('whoever never stops is cut off, and costs no memory', async () => {
  const peak = (): number => {
    const status = readFileSync(`/proc/${site.exchange.process.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  };
  const before = peak();
  const socket = await dial();
  let sent = 0;
  let open = true;
  socket.on('error', () => {});
  socket.resume();
  socket.write(headOf(studies, { 'content-type': 'video/mp4', 'transfer-encoding': 'chunked' }));
  const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(mebibyte), Buffer.from('\r\n')]);
  while (open && sent < 2048) {
    open = await new Promise<boolean>((done) => socket.write(chunk, (error) => done(!error)));
    sent += 1;
  }
  expect(open).toBe(false);
  expect(sent).toBeLessThan(1024);
  expect(peak() - before).toBeLessThan(64 * mebibyte);
});
