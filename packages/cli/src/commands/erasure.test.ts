import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Erasure,
  type ErasureStatement,
  erasureStates,
  erasureText,
  type Hold,
  signedErasureBytes,
  studyDigestBytes,
} from '@symbolon/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/symbolon.mjs', import.meta.url));
const id = '6f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11';
const uid = '1.2.3';
const salt = Buffer.alloc(16, 7).toString('base64');
const at = (minute: number): string => `2026-11-22T10:0${minute}:00.000Z`;
const keys = generateKeyPairSync('ed25519');
const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
const fingerprint = createHash('sha256').update(spki).digest('hex');
const amounts = { patients: 1, studies: 1, series: 2, instances: 40, bytes: 21_000_000 };

const hold: Hold = {
  id,
  of: 'patient',
  studyId: id,
  reason: 'Court case',
  placedBy: 'Eva',
  placedAt: at(0),
  releasedBy: null,
  releasedAt: null,
};

const erasureAt = (state: Erasure['state']): Erasure => ({
  ...amounts,
  id,
  kind: 'study',
  ground: 'other',
  state,
  askedBy: 'Eva',
  askedAt: at(1),
  outOfSightAt: null,
  keysDestroyedAt: null,
  objectsRemovedAt: null,
  certifiedAt: state === 'certified' ? at(5) : null,
  finalAt: state === 'certified' ? '2026-12-20T10:00:00.000Z' : null,
  failure: null,
});

function certificate(): string {
  const statement: ErasureStatement = {
    format: 'symbolon-erasure/1',
    exchange: 'https://exchange.example.org',
    accountId: id,
    erasureId: id,
    kind: 'study',
    ground: 'other',
    askedAt: at(1),
    outOfSightAt: at(2),
    keysDestroyedAt: at(3),
    objectsRemovedAt: at(4),
    keysAboveDestroyedAt: at(5),
    subjects: [
      {
        kind: 'study',
        id,
        studyInstanceUid: { salt, sha256: createHash('sha256').update(studyDigestBytes(salt, uid)).digest('hex') },
      },
    ],
    erased: { ...amounts, packs: 2 },
    keyBackups: [{ madeAt: '2026-11-20T10:00:00.000Z', endsAt: '2026-12-20T10:00:00.000Z' }],
    final: '2026-12-20T10:00:00.000Z',
  };
  const signature = sign(null, signedErasureBytes(statement), keys.privateKey).toString('base64');
  return erasureText({ statement, publicKey: spki.toString('base64'), signature });
}

/** Under which this exchange has two studies. */
const uidOfTwo = '1.2.2';
const otherId = '0d6f6b0e-0000-4000-8000-000000000002';

type Run = { readonly code: number; readonly out: string; readonly err: string };

let folder: string;
let server: Server;
let asked: { readonly line: string; readonly body: Record<string, unknown> | undefined }[];
let holdsInForce: Hold[];

/** An exchange of which only erasing is there: it goes two states further with each look. */
async function answer(request: IncomingMessage): Promise<readonly [number, unknown]> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
  const path = (request.url ?? '').split('?')[0] ?? '';
  asked.push({ line: `${request.method} ${path}`, body });
  if (path.endsWith('/studies/find')) {
    const study = { id, seriesCount: 2, instanceCount: 40, bytes: 21_000_000 };
    const twice = body?.studyInstanceUid === uidOfTwo;
    return [200, { studies: twice ? [study, { ...study, id: otherId, instanceCount: 7 }] : [study] }];
  }
  if (path.endsWith('/certificate')) return [200, certificate()];
  if (path.endsWith('/release')) return [200, { ...hold, releasedAt: at(2), releasedBy: 'Eva' }];
  if (path.endsWith('/holds')) return body === undefined ? [200, { holds: holdsInForce, next: null }] : [201, hold];
  if (body?.dryRun === true) return [200, { kind: 'study', ...amounts, links: 1, left: 0, holds: holdsInForce }];
  if (path.endsWith('/erasure')) return [202, erasureAt('asked')];
  const looks = asked.filter(({ line }) => line === `GET /api/v1/erasures/${id}`).length;
  return [200, erasureAt(erasureStates[2 * looks] ?? 'certified')];
}

function symbolon(...args: string[]): Promise<Run> {
  const env = { ...process.env, SYMBOLON_DATA: join(folder, 'data') };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...args], { cwd: folder, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
    child.stdin?.end();
  });
}

const to = (...args: string[]) =>
  symbolon(...args, '--to', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--token-file', 'token.txt');
const erased = () => asked.filter(({ body }) => body?.ground !== undefined);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-erasure-'));
  writeFileSync(join(folder, 'token.txt'), 'a-token\n');
  [asked, holdsInForce] = [[], []];
  server = createServer((request, response) => {
    void answer(request).then(([status, value]) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(typeof value === 'string' ? value : JSON.stringify(value)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

test('without a terminal nothing is erased unasked, and a dry run says what would go', async () => {
  const dry = await to('erasure', 'study', '--study', uid, '--dry-run');
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.out).toContain('1 patient, 1 study, 2 series, 40 instances, 21.0 MB');
  expect(dry.out).toContain('1 link to it would end');
  const unasked = await to('erasure', 'study', '--study', uid);
  expect(unasked).toMatchObject({ code: 1 });
  expect(unasked.err).toContain('--yes');
  expect(erased()).toEqual([]);
});

test('a held study: exit code 2, who holds it and why, and nothing is asked to be erased', async () => {
  holdsInForce = [hold];
  const held = await to('erasure', 'patient', '--study', uid, '--yes');
  expect(held).toMatchObject({ code: 2 });
  expect(held.out).toContain('holds all studies of the patient, placed by Eva');
  expect(held.err).toContain('symbolon hold release');
  expect(erased()).toEqual([]);
});

test('a certificate is waited for, never written over another file, and verifies offline', async () => {
  const args = ['erasure', 'study', '--study', uid, '--ground', 'retention-ended', '--yes', '--certificate', 'c.json'];
  const done = await to(...args);
  expect(done).toMatchObject({ code: 0 });
  expect(erased()).toEqual([
    { line: `POST /api/v1/studies/${id}/erasure`, body: { ground: 'retention-ended', instances: 40 } },
  ]);
  expect(readFileSync(join(folder, 'c.json'), 'utf8')).toBe(certificate());
  const again = await to(...args);
  expect(again).toMatchObject({ code: 1 });
  expect(erased()).toHaveLength(1);

  const verify = (...more: string[]) =>
    symbolon('erasure', 'verify', 'c.json', '--fingerprint', fingerprint, '--study', uid, ...more);
  const genuine = await verify();
  expect(genuine).toMatchObject({ code: 0 });
  expect(genuine.out).toContain('It is about that study.');
  const other = await verify('--study', '1.2.4');
  expect(other).toMatchObject({ code: 5 });
  expect(other.err).toContain('CERTIFICATE_OTHER_STUDY');
  writeFileSync(join(folder, 'c.json'), certificate().replace('"instances": 40', '"instances": 41'));
  expect((await verify()).err).toContain('CERTIFICATE_SIGNATURE_WRONG');
  expect((await symbolon('erasure', 'verify', 'c.json')).code).toBe(1);
});

test('of several studies under one UID none is erased; each is named by its id, and erased by it', async () => {
  const two = await to('erasure', 'study', '--study', uidOfTwo, '--yes');
  expect(two).toMatchObject({ code: 1 });
  expect(two.err).toContain(`${id} (series: 2, images: 40), ${otherId} (series: 2, images: 7)`);
  expect(erased()).toEqual([]);
  await to('erasure', 'study', '--study', otherId, '--ground', 'retention-ended', '--yes');
  expect(erased().map(({ line }) => line)).toEqual([`POST /api/v1/studies/${otherId}/erasure`]);
});

test('only what is named of a study is asked for', async () => {
  const named = ['--series', '1.2.3.4', '--instance', '1.2.8', '--instance', '1.2.9'];
  await to('erasure', 'study', '--study', uid, ...named, '--yes');
  const only = { seriesInstanceUids: ['1.2.3.4'], sopInstanceUids: ['1.2.8', '1.2.9'] };
  expect(asked.filter(({ line }) => line.endsWith('/erasure')).map(({ body }) => body?.only)).toEqual([only, only]);
});

test('holds are placed, listed and released', async () => {
  const placed = await to('hold', 'place', '--patient-of', uid, '--reason', 'Court case');
  expect(placed).toMatchObject({ code: 0 });
  expect(asked.at(-1)?.body).toEqual({ of: 'patient', studyId: id, reason: 'Court case' });
  expect((await to('hold', 'place', '--account', '--study', uid, '--reason', 'x')).code).toBe(1);
  holdsInForce = [hold, { ...hold, reason: 'Old', releasedAt: at(1), releasedBy: 'Eva' }];
  const { out } = await to('hold', 'list');
  expect(out).toContain('Court case');
  expect(out).not.toContain('Old');
  expect((await to('hold', 'list', '--all')).out).toContain('released by Eva 2026-11-22 10:01: Old');
  expect((await to('hold', 'release', id)).out).toContain('Released');
});
