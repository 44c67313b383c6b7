import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, onFolders, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { code, framed, partsOf, type Site, startSite, value, wado } from '../dicomweb-client.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.exchange.dispose());

const study = (seed: number, slices: number, size = 64): SyntheticFile[] => [
  ...ctStudy({ seed, slices, rows: size, columns: size }),
];

async function heldOf(files: readonly SyntheticFile[]): Promise<SyntheticFile[]> {
  const held: SyntheticFile[] = [];
  for (const file of files) {
    const answer = await site.get(wado(file), { accept: 'application/dicom' });
    if (answer.status !== 200) continue;
    expect(answer.body.equals(file.bytes)).toBe(true);
    held.push(file);
  }
  return held;
}

/** Sends a part of a body and then breaks the connection, or ends the request there. */
function breakOff(contentType: string, sent: Uint8Array, headers: Record<string, string> = {}): Promise<void> {
  return new Promise((done) => {
    const asked = site.open('POST', '/dicomweb/studies', { 'content-type': contentType, ...headers }, (answer) =>
      answer.resume(),
    );
    asked.on('error', () => done());
    asked.on('close', () => done());
    asked.write(sent, () => setTimeout(() => asked.destroy(), 150));
  });
}

test('a body cut short leaves whole instances only, and what is sent again is taken', async () => {
  const files = study(9000, 4);
  const whole = framed(files, 'b');
  const third = whole.indexOf(Buffer.from(files[2]!.bytes.subarray(2000, 2100)));
  for (const end of [third, 40, whole.length - 5]) {
    await breakOff('multipart/related; boundary=b', whole.subarray(0, end));
    await breakOff('multipart/related; boundary=b', whole.subarray(0, end), { 'content-length': String(whole.length) });
  }
  await breakOff('application/dicom', files[3]!.bytes.subarray(0, 4000));
  const held = await heldOf(files);
  expect(held.every((file) => files.includes(file))).toBe(true);
  const answer = await site.store(files);
  expect(answer.status).toBe(200);
  expect(await heldOf(files)).toEqual(files);
  const [found] = await site.search(`/dicomweb/studies?StudyInstanceUID=${files[0]!.studyInstanceUid}`);
  expect(value(found, '00201208')).toBe(4);
});

test('a single object cut short is not taken', async () => {
  const [file] = study(9001, 1) as [SyntheticFile];
  await breakOff('application/dicom', file.bytes.subarray(0, -10), { 'content-length': String(file.bytes.length) });
  await breakOff('application/dicom', file.bytes.subarray(0, -10));
  expect(await heldOf([file])).toEqual([]);
});

test('a multipart body that ends before its last delimiter is refused; what came whole is kept', async () => {
  const files = study(9002, 2);
  const answer = await site.send(
    'POST',
    '/dicomweb/studies',
    { 'content-type': 'multipart/related; boundary=b' },
    framed(files, 'b').subarray(0, -200),
  );
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'INTAKE_MULTIPART_BROKEN' });
  expect(await heldOf(files)).toEqual([files[0]]);
});

test('a sender who hangs up is no failure of ours in the log', async () => {
  expect(site.exchange.output()).not.toMatch(/DATABASE_UNAVAILABLE|INTERNAL_ERROR/);
});

test('a client that hangs up in the middle of a download harms nothing', async () => {
  const files = study(9003, 12, 512);
  await site.store(files);
  const path = `/dicomweb/studies/${files[0]!.studyInstanceUid}`;
  for (let at = 0; at < 8; at += 1) {
    await new Promise<void>((done) => {
      const asked = site.open('GET', path, {}, (answer) => {
        answer.once('data', () => asked.destroy());
        answer.on('error', () => {});
      });
      asked.on('error', () => {});
      asked.on('close', done);
      asked.end();
    });
  }
  const parts = partsOf(await site.get(path));
  expect(parts.map((part, at) => part.body.equals(files[at]!.bytes))).toEqual(files.map(() => true));
  await pause(100);
  expect(site.exchange.output()).not.toMatch(/DATABASE_UNAVAILABLE|INTERNAL_ERROR/);
});

test('clients that hang up in the middle of pictures leave nothing behind: those who stay are served, and no place is lost', async () => {
  const files = study(9005, 20, 256);
  await site.store(files);
  const path = `/dicomweb/studies/${files[0]!.studyInstanceUid}`;
  const hangUp = (of: string, once: 'at once' | 'at the first bytes'): Promise<void> =>
    new Promise((done) => {
      const asked = site.open('GET', of, {}, (answer) => {
        answer.once('data', () => asked.destroy());
        answer.on('error', () => {});
      });
      asked.on('error', () => {});
      asked.on('close', done);
      asked.end(() => {
        if (once === 'at once') setTimeout(() => asked.destroy(), 5);
      });
    });
  // More than there are places in the queue of one sign-in.
  for (let round = 0; round < 3; round += 1)
    await Promise.all(
      files.flatMap((file, at) => [
        hangUp(`${path}/rendered?quality=${1 + at}`, 'at the first bytes'),
        hangUp(`${wado(file)}/rendered?quality=${50 + at}`, 'at once'),
        hangUp(`${path}/thumbnail?viewport=${20 + at},20`, 'at once'),
      ]),
    );
  const parts = partsOf(await site.get(`${path}/rendered`));
  expect(parts.map(({ headers }) => headers.get('content-type'))).toEqual(files.map(() => 'image/jpeg'));
  expect((await site.get(`${path}/thumbnail`)).status).toBe(200);
  expect(site.exchange.output()).not.toMatch(/DATABASE_UNAVAILABLE|INTERNAL_ERROR/);
});

onFolders(() => {
  test('an image half that was touched never comes as a whole answer', async () => {
    const files = study(9004, 4, 512);
    await site.store(files);
    const [pack] = await site.sql<{ id: string }>(`select packs.id from packs order by ordinal desc limit 1`);
    const folder = join(site.exchange.dataDir, 'images', pack!.id.slice(0, 2));
    expect(await readdir(folder)).toContain(pack!.id);
    const blob = join(folder, pack!.id);
    const bytes = await readFile(blob);
    // In the last image: the first three are whole, and headers have long gone out when the damage is met.
    bytes[bytes.length - 1000]! ^= 1;
    await writeFile(blob, bytes);
    const path = `/dicomweb/studies/${files[0]!.studyInstanceUid}`;
    await expect(site.get(path)).rejects.toThrow();
    // What is short is read whole before any of it goes out: then there is still an answer to say so.
    const alone = await site.get(wado(files[3]!), { accept: 'application/dicom' });
    expect([alone.status, code(alone)]).toEqual([500, 'SEALED_DATA_DAMAGED']);
    const unharmed = await site.get(wado(files[0]!), { accept: 'application/dicom' });
    expect(unharmed.body.equals(files[0]!.bytes)).toBe(true);
    // What it writes into its log comes by another way than its answers.
    await expect.poll(() => site.exchange.output()).toMatch(/"level":50.*PACK_DAMAGED/);
  });
});
