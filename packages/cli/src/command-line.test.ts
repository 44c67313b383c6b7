import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ctStudy, peerTest } from '@symbolon/testbed';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScriptedServer } from './scripted-server.ts';

const bin = fileURLToPath(new URL('../bin/symbolon.mjs', import.meta.url));
const slices = [...ctStudy({ seed: 7, slices: 45, rows: 64, columns: 64 })].map((file) => file.bytes);
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

type Run = { readonly code: number; readonly out: string; readonly err: string };

let folder: string;
let server: ScriptedServer;
let url: string;

function symbolon(...args: string[]): Promise<Run> {
  const env = { ...process.env, SYMBOLON_DATA: join(folder, 'data') };
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd: folder, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const send = (...args: string[]) =>
  symbolon('send', '--to', url, '--token-file', 'token.txt', '--receipt', 'receipt.json', ...args);

function receipt() {
  return JSON.parse(readFileSync(join(folder, 'receipt.json'), 'utf8'));
}

function putSlices(name: string, files: readonly Uint8Array[] = slices): void {
  mkdirSync(join(folder, name, 'deep', 'er'), { recursive: true });
  for (const [at, bytes] of files.entries())
    writeFileSync(join(folder, name, at % 2 ? 'deep/er' : '', `IM ${at}`), bytes);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-cli-'));
  writeFileSync(join(folder, 'token.txt'), 'a-token\n');
  server = new ScriptedServer();
  await server.listen();
  url = `http://127.0.0.1:${server.port}`;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('send', () => {
  test('a folder ends with a receipt that verifies, and a second run sends nothing', async () => {
    putSlices('study');
    const first = await send('study');
    expect(first).toMatchObject({ code: 0 });
    expect(first.out).toContain('45 files');
    expect(server.exchange.files.size).toBe(45);
    expect(statSync(join(folder, 'receipt.json')).mode & 0o777).toBe(0o600);
    const second = await send('study');
    expect(second.out).toMatch(/Already held +45 files/);
    expect([...server.exchange.arrivals.values()].every((times) => times === 1)).toBe(true);

    const fingerprint = digest(await server.exchange.spki());
    const verified = await symbolon(
      'receipt',
      'verify',
      'receipt.json',
      '--fingerprint',
      fingerprint,
      '--files',
      'study',
    );
    expect(verified).toMatchObject({ code: 0 });
    writeFileSync(join(folder, 'study', 'IM 0'), 'changed');
    rmSync(join(folder, 'study', 'IM 2'));
    const changed = await symbolon(
      'receipt',
      'verify',
      'receipt.json',
      '--fingerprint',
      fingerprint,
      '--files',
      'study',
    );
    expect(changed.code).toBe(5);
    expect(changed.err).toContain('RECEIPT_FILE_CHANGED: IM 0');
    expect(changed.err).toContain('RECEIPT_FILE_MISSING: IM 2');
    const unnamed = await symbolon('receipt', 'verify', 'receipt.json');
    expect(unnamed).toMatchObject({ code: 1 });
    const other = await symbolon('receipt', 'verify', 'receipt.json', '--fingerprint', '0'.repeat(64));
    expect(other).toMatchObject({ code: 5 });
    expect(other.err).toContain('RECEIPT_OTHER_SIGNER');
  });

  test('what is not DICOM is named with its reason, and the rest goes through', async () => {
    putSlices('study', slices.slice(0, 3));
    const at = (name: string) => join(folder, 'study', name);
    writeFileSync(at('notes.txt'), 'not an image');
    writeFileSync(at('empty'), '');
    writeFileSync(at('cut'), (slices[5] as Uint8Array).subarray(0, 5000));
    writeFileSync(at('.DS_Store'), 'bookkeeping');
    writeFileSync(at('evil\u001b[2J\u202e.txt'), 'x');
    writeFileSync(Buffer.concat([Buffer.from(at('M')), Buffer.from([0xfc, 0x6c])]), slices[6] as Uint8Array);
    symlinkSync('/etc', at('link'));
    const { code, out } = await send('study');
    expect(code).toBe(3);
    expect(out).not.toMatch(/[\u001b\u202e]/);
    expect(out).toContain('1 hidden file');
    expect(out).toContain('1 symbolic link');
    const { contents } = receipt();
    expect(contents.taken).toHaveLength(4);
    expect(contents.taken.map((file: { path: string }) => file.path)).toContain('M\\xFCl');
    const refused = Object.fromEntries(
      contents.refused.map((file: { path: string; code: string }) => [file.path, file.code]),
    );
    expect(refused).toMatchObject({
      'notes.txt': 'NOT_DICOM',
      empty: 'NOT_DICOM',
      cut: expect.stringMatching(/^DICOM_/),
    });
    const fingerprint = digest(await server.exchange.spki());
    const verified = await symbolon(
      'receipt',
      'verify',
      'receipt.json',
      '--fingerprint',
      fingerprint,
      '--files',
      'study',
    );
    expect(verified).toMatchObject({ code: 0 });
  });

  test('connections cut in the middle of a body, a bad gateway and a busy exchange only cost time', async () => {
    putSlices('study');
    server.cutUploadsAt.push(0, 30_000);
    server.exchange.faults.push(
      { kind: 'answer', status: 503, code: 'DATABASE_UNAVAILABLE', retryAfterSeconds: 1 },
      { kind: 'break', taken: true },
    );
    server.badGateways = 1;
    const { code, err } = await send('study');
    expect(code).toBe(0);
    expect(err).toContain('trying again in');
    expect(server.exchange.files.size).toBe(45);
    expect([...server.exchange.arrivals.values()].every((times) => times === 1)).toBe(true);
  });

  test('an exchange that stays away: exit code 4, and what to do', async () => {
    putSlices('study');
    await server.close();
    const { code, err } = await send('study', '--give-up-after', '1s');
    expect(code).toBe(4);
    expect(err).toContain('run the same command again');
    await server.listen();
  });

  test('without sign-in: exit code 2, no stack trace', async () => {
    putSlices('study');
    server.exchange.answer = async () => ({ status: 401, headers: {}, body: new Uint8Array() });
    const { code, err } = await send('study');
    expect(code).toBe(2);
    expect(err).not.toContain(' at ');
  });

  test('a large file is streamed', async () => {
    const large = Buffer.concat([slices[0] as Uint8Array, Buffer.alloc(40 << 20)]);
    writeFileSync(join(folder, 'large'), large);
    const { code } = await send('large', '--connections', '1');
    expect(code).toBe(0);
    expect([...server.exchange.files.keys()]).toEqual([digest(large)]);
  });

  const python = { command: '/usr/bin/python3', package: 'python3' };
  peerTest('a zip is read entry by entry, whatever its entries are called', python, async (path) => {
    putSlices('study', slices.slice(0, 4));
    execFileSync(
      path,
      [
        '-c',
        "import zipfile,os\nz=zipfile.ZipFile('s.zip','w',zipfile.ZIP_DEFLATED)\nfor r,_,f in os.walk('study'):\n  for n in f: z.write(os.path.join(r,n), '../../'+n)\nz.writestr('notes.txt','hello')",
      ],
      { cwd: folder },
    );
    const { code } = await send('s.zip');
    expect(code).toBe(3);
    const { contents } = receipt();
    expect(contents.taken.map((file: { path: string }) => file.path).sort()).toEqual(
      [0, 1, 2, 3].map((n) => `s.zip!/../../IM ${n}`),
    );
    const fingerprint = digest(await server.exchange.spki());
    const verified = await symbolon('receipt', 'verify', 'receipt.json', '--fingerprint', fingerprint, '--files', '.');
    expect(verified).toMatchObject({ code: 0 });
  });
});

describe('fetch', () => {
  const fetch = () => symbolon('fetch', '--study', '1.2.3', '--out', 'out', '--from', url, '--token-file', 'token.txt');

  beforeEach(() => {
    server.shelf = slices.slice(0, 10).map((bytes, at) => ({
      bytes,
      original: { sha256: digest(bytes), bytes: bytes.length, seriesNumber: 1, instanceNumber: at === 9 ? null : at },
    }));
  });
  const files = () => readdirSync(join(folder, 'out', 'series-0001')).sort();

  test('brings every file back, and a second run fetches nothing', async () => {
    expect(await fetch()).toMatchObject({ code: 0 });
    const came = files().map((name) => digest(readFileSync(join(folder, 'out', 'series-0001', name))));
    expect(came.sort()).toEqual(server.shelf.map((file) => file.original.sha256).sort());
    expect(files()[0]).toBe(`000000-${server.shelf[0]?.original.sha256.slice(0, 12)}.dcm`);
    expect(readdirSync(join(folder, 'out'))).toEqual(['series-0001']);
    const { out } = await fetch();
    expect(out).toMatch(/There already +10 files/);
    expect(server.packRequests).toBe(1);
  });

  test('a connection that breaks in the middle is taken up again', async () => {
    server.cutPacksAt.push(50_000);
    expect(await fetch()).toMatchObject({ code: 0 });
    expect(files()).toHaveLength(10);
  });

  test('a damaged file is said loudly, is not left under its name, and the others are', async () => {
    const bad = (slices[3] as Uint8Array).slice();
    bad[900] = (bad[900] as number) ^ 1;
    server.shelf = server.shelf.map((file, at) => (at === 3 ? { ...file, bytes: bad } : file));
    const { code, out, err } = await fetch();
    expect(code).toBe(5);
    expect(err).toContain('DAMAGED');
    expect(out).toContain('DAMAGED');
    expect(files()).toHaveLength(9);
    expect(files().some((name) => name.startsWith('000003'))).toBe(false);
  });

  test('a file in the way that is another one is replaced only by the right one', async () => {
    await fetch();
    const name = join(folder, 'out', 'series-0001', files()[0] as string);
    writeFileSync(name, 'other');
    expect(await fetch()).toMatchObject({ code: 0 });
    expect(digest(readFileSync(name))).toBe(server.shelf[0]?.original.sha256);
  });
});

describe('setup', () => {
  test('a token file that exists is never overwritten, and no account is made', async () => {
    writeFileSync(join(folder, 'password.txt'), 'a good password\n');
    writeFileSync(join(folder, 'secret.txt'), 'secret\n');
    const args = ['--to', url, '--account', 'Clinic', '--email', 'a@example.org', '--password-file', 'password.txt'];
    const { code, err } = await symbolon('setup', ...args, '--secret-file', 'secret.txt', '--token-out', 'token.txt');
    expect(code).toBe(1);
    expect(err).toContain('never overwritten');
    expect(server.exchange.asked).toEqual([]);
    const refused = await symbolon('setup', ...args, '--secret-file', 'secret.txt', '--token-out', 'new.txt');
    expect(refused.code).toBe(2);
    expect(readdirSync(folder)).not.toContain('new.txt');
  });

  test('plain http to another machine is refused', async () => {
    const { code, err } = await symbolon(
      'send',
      'x',
      '--to',
      'http://exchange.example.org',
      '--token-file',
      'token.txt',
    );
    expect(code).toBe(1);
    expect(err).toContain('https');
  });
});
