import { createHash, X509Certificate } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cli, ctStudy, type Exchange, owner, startExchange, writeFolder } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expectNobodyIn } from './run-program.ts';

let exchange: Exchange;
let fingerprint: string;
let roots: string;
let tokenFile: string;
let postmaster: string;
let sent: string[];

const study = [...ctStudy({ seed: 11, slices: 6, rows: 64, columns: 64 })];
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const pidFile = () => readFile(join(exchange.dataDir, 'postgres/cluster/postmaster.pid'), 'utf8');
const startsOf = (output: string) => output.split('Symbolon is starting').slice(1);

async function fetched(folder: string): Promise<string[]> {
  const out = join(exchange.dataDir, '..', folder);
  const result = await cli(
    ['fetch', '--study', study[0]!.studyInstanceUid, '--out', out, '--from', exchange.url, '--token-file', tokenFile],
    { exchange },
  );
  expect(result).toMatchObject({ code: 0 });
  const names = await readdir(out, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map(async (file) => digest(await readFile(file))))).sort();
}

beforeAll(async () => {
  exchange = await startExchange({ firstStart: true });
  fingerprint = new X509Certificate(exchange.ca).fingerprint256;
  roots = await readFile(join(exchange.keysDir, 'roots.json'), 'utf8');
});
afterAll(() => exchange?.dispose());

/** An exchange answers a moment before it has printed everything: waits for the last line of this many starts. */
async function printed(starts: number): Promise<void> {
  const last = 'Ctrl-C stops the exchange.';
  await vi.waitUntil(() => exchange.output().split(last).length > starts, { timeout: 60_000 });
}

test('a first start makes keys, a certificate and a database, and says so while it does', () => {
  const output = exchange.output();
  expect(output).toMatch(/Keys .*\(made now\)/);
  expect(output).toMatch(/Certificate +made now/);
  expect(output).toMatch(/Database +made an empty database cluster/);
  expect(output).toMatch(/Database +PostgreSQL started/);
  expect(output).toMatch(/Tables +made \(001-first-study/);
});

test('a first start prints its address, its fingerprint and the one-time set-up link', async () => {
  await printed(1);
  const secret = (await readFile(join(exchange.dataDir, 'setup-secret'), 'utf8')).trim();
  expect(exchange.output()).toContain(`Symbolon serves ${exchange.url}\n`);
  expect(exchange.output()).toContain(fingerprint);
  expect(exchange.output()).toContain(`${exchange.url}/setup#${secret}\n`);
  // 192 random bits: nobody guesses the link.
  expect(Buffer.from(secret, 'base64url')).toHaveLength(24);
});

test('a second start reuses keys, certificate and data, and offers no set-up link any more', async () => {
  const made = await owner(exchange);
  tokenFile = made.tokenFile;
  const folder = join(exchange.dataDir, '..', 'sent');
  await mkdir(folder);
  await writeFolder(folder, study);
  const result = await cli(
    ['send', folder, '--to', exchange.url, '--token-file', tokenFile, '--receipt', join(folder, '..', 'receipt.json')],
    { exchange },
  );
  // The folder holds what lies on a patient's CD besides images, too: those are named and not taken.
  expect(result).toMatchObject({ code: 3, stdout: expect.stringContaining('6 files') });
  sent = study.map((file) => digest(file.bytes)).sort();

  expect(await exchange.stop()).toBe(0);
  await expectNobodyIn(exchange.dataDir);
  await exchange.restart();
  await printed(2);
  const [, second] = startsOf(exchange.output());
  expect(second).toMatch(/Keys .*\(opened\)/);
  expect(second).toMatch(/Certificate +read/);
  expect(second).toMatch(/PostgreSQL started/);
  expect(second).toMatch(/Tables +up to date/);
  expect(second).toContain(fingerprint);
  expect(second).not.toContain('/setup#');
  expect(second).not.toMatch(/made now|copied|made an empty/);
  expect(await readFile(join(exchange.keysDir, 'roots.json'), 'utf8')).toBe(roots);
  expect(await fetched('back')).toEqual(sent);
  postmaster = await pidFile();
});

test('a start after kill -9 adopts the PostgreSQL that was left running, and everything is there', async () => {
  await exchange.kill9();
  expect(await pidFile()).toBe(postmaster);
  await exchange.restart();
  await printed(3);
  const third = startsOf(exchange.output())[2];
  expect(third).toContain('PostgreSQL was running already; adopted');
  expect(third).toContain(fingerprint);
  expect(await pidFile()).toBe(postmaster);
  expect(await readFile(join(exchange.keysDir, 'roots.json'), 'utf8')).toBe(roots);
  expect(await fetched('back again')).toEqual(sent);
});

test('a PostgreSQL that was adopted is stopped like one that was started', async () => {
  expect(await exchange.stop()).toBe(0);
  await expectNobodyIn(exchange.dataDir);
});
