import { Agent, request } from 'node:https';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, multiframeStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { type Answer, code, partsOf, type Site, startSite, wado } from '../dicomweb-client.ts';

let site: Site;
const slices = [...ctStudy({ seed: 8800, slices: 6, rows: 256, columns: 256 })];
const [ct] = slices as [SyntheticFile];
const [cine] = [...multiframeStudy({ seed: 8801, frames: 40, rows: 400, columns: 400 })] as [SyntheticFile];
beforeAll(async () => {
  site = await startSite();
  expect((await site.store([...slices, cine])).status).toBe(200);
});
afterAll(() => site.exchange.dispose());

const detail = (answer: Answer): string => (JSON.parse(answer.body.toString()) as { detail: string }).detail;

test('a wrong UID, list, value or address answers with the right status and a problem that says what to change', async () => {
  const study = `/dicomweb/studies/${ct.studyInstanceUid}`;
  for (const [path, status] of [
    [`/dicomweb/studies/x/pixeldata`, 400],
    [`${study}/series/x/metadata`, 400],
    [`${study}/series/1.2.3/bulkdata`, 404],
    [`${study}/series/${ct.seriesInstanceUid}/instances/1..2/frames/1`, 400],
    [`${study}/series/${ct.seriesInstanceUid}/instances/1.2.3/frames/1`, 404],
    [`${study}/series/1.2.3/instances/${ct.sopInstanceUid}/frames/1`, 404],
    [`${wado(ct)}/frames/1-3`, 400],
    [`${wado(ct)}/frames/2`, 404],
    [`${wado(ct)}/bulkdata/00100010.1`, 404],
    [`${wado(ct)}/bulkdata/${'00081140.1.'.repeat(900)}00081155`, 404],
    [`${wado(ct)}/nothing`, 404],
  ] as const) {
    const answer = await site.get(path);
    expect([answer.status, answer.headers['content-type']], path.slice(0, 300)).toEqual([
      status,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
    expect(detail(answer).length).toBeGreaterThan(10);
    // No UID of the request comes back in the words of an answer.
    expect(answer.body.includes(ct.sopInstanceUid)).toBe(false);
  }
  const beyond = await site.get(`${wado(ct)}/frames/1,7`);
  expect([code(beyond), detail(beyond)]).toEqual(['FRAME_NOT_FOUND', 'There is no frame 7: the instance has 1 frame.']);
});

test('HEAD is no method of these resources, and the answer says which is', async () => {
  for (const path of [wado(ct), `${wado(ct)}/frames/1`, `${wado(ct)}/metadata`]) {
    const answer = await site.send('HEAD', path);
    expect([answer.status, answer.headers.allow]).toEqual([
      405,
      path === wado(ct) ? 'DELETE, GET, OPTIONS' : 'GET, OPTIONS',
    ]);
  }
});

test('an Accept header of 50 kB is read in bounded time, and one that no head holds answers 431', async () => {
  const names = Array.from({ length: 1900 }, (_, at) => `x-none/type-${at};q=0.1`).join(',');
  expect(names.length).toBeGreaterThan(35_000);
  const behind = await site.get(`${wado(ct)}/frames/1`, { accept: `${names}${',x/y'.repeat(3000)}, image/jls` });
  // What stands behind the first hundred is not read.
  expect([behind.status, code(behind)]).toEqual([406, 'NOT_ACCEPTABLE']);
  const before = await site.get(`${wado(ct)}/frames/1`, { accept: `image/jls, ${names}` });
  expect(before.status).toBe(200);
  for (const flood of ['"'.repeat(50_000), ';q=1'.repeat(12_000), ','.repeat(50_000)])
    expect((await site.get(`${wado(ct)}/frames/1`, { accept: `image/x${flood}` })).status).toBe(406);
  const [tooLong] = await Promise.allSettled([site.get(wado(ct), { accept: 'a'.repeat(70_000) })]);
  if (tooLong.status === 'fulfilled') expect(tooLong.value.status).toBe(431);
});

test('requests that come one behind the other on one connection are answered in their order', async () => {
  const { hostname, port } = new URL(site.exchange.url);
  const paths = ['1', '7', '2', '3'].map((frame) => `${wado(cine)}/frames/${frame}`);
  const text = paths
    .map(
      (path, at) =>
        `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\naccept: application/octet-stream\r\nauthorization: Bearer ${site.owner.token}\r\n${at === paths.length - 1 ? 'connection: close\r\n' : ''}\r\n`,
    )
    .join('');
  const answer = await new Promise<Buffer>((done, failed) => {
    const socket = connect({ host: hostname, port: Number(port), ca: site.exchange.ca, servername: 'localhost' });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', failed);
    socket.on('close', () => done(Buffer.concat(chunks)));
    socket.write(text);
  });
  const bytes = 400 * 400 * 3;
  const all = Buffer.from(cine.bytes).subarray(-40 * bytes);
  const places = [0, 6, 1, 2].map((frame) => answer.indexOf(all.subarray(frame * bytes, frame * bytes + 4096)));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

/** Asks, takes the first bytes and hangs up, or goes on reading nothing until `release`. */
function halfRead(path: string, accept: string): { readonly begun: Promise<void>; release(): void } {
  const agent = new Agent({ ca: site.exchange.ca });
  const asked = request(`${site.exchange.url}${path}`, {
    agent,
    headers: { authorization: `Bearer ${site.owner.token}`, accept },
  });
  const begun = new Promise<void>((done, failed) => {
    asked.on('response', (answer) => {
      answer.on('error', () => {});
      answer.once('data', () => {
        answer.pause();
        done();
      });
    });
    asked.on('error', failed);
  });
  asked.end();
  return {
    begun,
    release: () => {
      asked.on('error', () => {});
      asked.destroy();
      agent.destroy();
    },
  };
}

test('slow receivers and clients that hang up while frames are transcoded keep no place: others are served', async () => {
  const series = `/dicomweb/studies/${cine.studyInstanceUid}/series/${cine.seriesInstanceUid}`;
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.80';
  const octets = 'multipart/related; type="image/jls"';
  const frames = `${wado(cine)}/frames/${Array.from({ length: 40 }, (_, at) => at + 1)}`;
  // More than the pool has places, and more than one sign-in may have wait in it.
  const slow = Array.from({ length: 6 }, (_, at) => (at % 2 ? halfRead(series, accept) : halfRead(frames, octets)));
  try {
    await Promise.all(slow.map(({ begun }) => begun));
    const other = await site.get(`${wado(ct)}/frames/1`, { accept: 'image/jphc' });
    expect(other.status).toBe(200);
  } finally {
    for (const { release } of slow) release();
  }
  // As often as the pool would need to be empty of places that were never given back.
  for (let at = 0; at < 12; at += 1) {
    const left = halfRead(frames, octets);
    await left.begun;
    left.release();
  }
  // And some who are gone before there is anything to be told.
  for (let at = 0; at < 12; at += 1) {
    const asked = site.open('GET', `${wado(cine)}/frames/${at + 1}`, { accept: 'image/jphc' }, () => {});
    asked.on('error', () => {});
    await new Promise<void>((sent) => asked.end(() => setImmediate(sent)));
    asked.destroy();
  }
  const after = await Promise.all(
    slices.map((file) => site.get(`${wado(file)}/frames/1`, { accept: 'multipart/related; type="image/jls"' })),
  );
  expect(after.map(({ status }) => status)).toEqual(slices.map(() => 200));
  for (const answer of after) expect(partsOf(answer)).toHaveLength(1);
  expect(site.exchange.output()).not.toMatch(/INTERNAL_ERROR/);
});
