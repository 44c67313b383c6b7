import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  cli,
  ctStudy,
  type Exchange,
  exoticFiles,
  type Owner,
  owner,
  peerTest,
  startExchange,
} from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inDatabaseOf } from '../laws/database-of.ts';
import { digestsIn, folderOf, type ReceiptFile, readReceipt, send } from '../laws/folder-of.ts';
import { until } from '../laws/load-of.ts';

// Debian's own Python: another one on the path would not see Debian's packages.
const python = {
  command: '/usr/bin/python3',
  package: 'python3-cryptography python3-zstandard',
  probe: ['-c', 'import cryptography, zstandard'],
};
const vectors = join(import.meta.dirname, '../../docs/formats/vectors');

function run(path: string, program: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  const file = join(import.meta.dirname, 'reader', program);
  // -B: leaves nothing in the checkout.
  return spawnSync(path, ['-B', file, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 120_000 });
}

peerTest('it opens every published vector, and refuses every one that must be refused', python, (path) => {
  const { stdout, stderr } = run(path, 'check_vectors.py', vectors);
  expect(stderr).toBe('');
  const done = JSON.parse(stdout) as Record<string, { opened: number; refused: number }>;
  for (const [name, { opened, refused }] of Object.entries(done)) {
    const published = JSON.parse(readFileSync(join(vectors, name), 'utf8')) as Record<string, unknown>;
    const lists = Object.entries(published).filter(([field, list]) => field !== 'refused' && Array.isArray(list));
    const expected = lists.reduce((sum, [, list]) => sum + (list as unknown[]).length, 0);
    expect(opened, name).toBeGreaterThanOrEqual(Math.max(1, expected));
    expect(refused, name).toBeGreaterThanOrEqual((published.refused as unknown[] | undefined)?.length ?? 0);
  }
  expect(Object.keys(done).length).toBe(9);
});

/** What the reader says of a file, or of a row that it opened. */
type Found =
  | { readonly file: string; readonly version: number; readonly identityIn: 'row' | 'store' }
  | { readonly row: string; readonly uid?: string; readonly tokensAgree?: boolean };
const tables = ['packs', 'pack_tokens', 'studies', 'study_tokens', 'series', 'patients', 'audit_records'] as const;
type Row = Readonly<Record<string, unknown>> & { readonly id: string };
type Rows = Readonly<Record<(typeof tables)[number], readonly Row[]>>;

describe('an exchange that is stopped', () => {
  let exchange: Exchange;
  let root: string;
  let receipt: ReceiptFile;
  let rows: Rows;

  beforeAll(async () => {
    exchange = await startExchange({ env: { SYMBOLON_COMPRESSION: 'on' } });
    const me = await owner(exchange);
    root = join(dirname(exchange.dataDir), 'reader');
    await mkdir(root);
    // One file whose image half is written while it arrives, and one whose identity half is too large for a row.
    const large = ctStudy({ seed: 51, slices: 1, rows: 4200, columns: 4200 });
    const files = [...ctStudy({ seed: 52, slices: 8, series: 2, rows: 256, columns: 256 }), ...exoticFiles(53)];
    const text = [...ctStudy({ seed: 54, slices: 1, rows: 64, columns: 64, extra: () => [noise] })];
    for (const [at, some] of [[...large], files, text].entries()) await folderOf(join(root, 'cd', String(at)), some);
    // Of a series that is there before, the pixels are compressed; what comes after lies as it came.
    expect((await send(exchange, me, join(root, 'cd', '1'), join(root, 'first.json'))).code).toBe(0);
    await compacted(me);
    const sent = await send(exchange, me, join(root, 'cd'), join(root, 'receipt.json'));
    expect(sent.code, sent.stderr).toBe(0);
    receipt = await readReceipt(join(root, 'receipt.json'));
    rows = await inDatabaseOf(exchange, async (database) => {
      const read = tables.map(async (table) => [table, await database.selectFrom(table).selectAll().execute()]);
      return Object.fromEntries(await Promise.all(read)) as Rows;
    });
    await exchange.stop();
  }, 180_000);
  afterAll(() => exchange?.dispose());

  /** Compresses what is held, and removes what that replaced as if a day had gone by. */
  async function compacted(me: Owner): Promise<void> {
    const compact = ['compact', '--now', '--wait', '--to', exchange.url, '--token-file', me.tokenFile];
    expect(await cli(compact, { exchange, timeoutMs: 120_000 })).toMatchObject({ code: 0 });
    await inDatabaseOf(exchange, (database) =>
      sql`update replaced_packs set replaced_at = replaced_at - interval '2 days'`.execute(database),
    );
    await cli(compact, { exchange });
    const left = () =>
      inDatabaseOf(exchange, (database) => database.selectFrom('replaced_packs').select('id').execute());
    await until(async () => (await left()).length === 0, 'what was replaced is removed');
  }

  /** Runs the reader over these rows and folders. */
  async function readBy(path: string, { these = rows, keys = exchange.keysDir, images = folder('images') } = {}) {
    const [rowsFile, out] = [join(root, 'rows.json'), join(root, 'out')];
    await rm(out, { recursive: true, force: true });
    await mkdir(out);
    await writeFile(rowsFile, jsonOf(these));
    const { status, stdout, stderr } = run(path, 'read_exchange.py', rowsFile, keys, images, folder('identity'), out);
    const found = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Found]));
    return { status, stderr: stderr.trim(), found, out };
  }
  const folder = (name: string): string => join(exchange.dataDir, name);

  peerTest('every file comes back byte for byte from rows, keys and blobs', python, async (path) => {
    const { status, stderr, found, out } = await readBy(path);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const taken = receipt.contents.taken.map(({ sha256 }) => sha256).sort();
    expect(taken.length).toBeGreaterThan(40);
    expect(await digestsIn(out)).toEqual(taken);
    const files = found.filter((one) => 'file' in one);
    expect(files.map(({ file }) => file).sort()).toEqual(taken);
    // All versions of a pack, and both places for an identity half, are among them.
    expect(new Set(files.map(({ version }) => version))).toEqual(new Set([1, 2, 3]));
    expect(new Set(files.map(({ identityIn }) => identityIn))).toEqual(new Set(['row', 'store']));
    // Every row was opened, and carries the tokens of what is in it and no others.
    const opened = found.filter((one) => 'row' in one);
    for (const table of ['packs', 'studies', 'series', 'patients'] as const) {
      expect(opened.filter(({ row }) => row === table).length, table).toBe(rows[table].length);
    }
    expect(opened.filter(({ row }) => row === 'audit_records').length).toBeGreaterThan(0);
    expect(opened.filter(({ tokensAgree }) => tokensAgree === false)).toEqual([]);
    expect(opened.filter(({ tokensAgree }) => tokensAgree).length).toBe(rows.packs.length + rows.studies.length);
  });

  peerTest('rows that changed places, and objects that were touched, are refused', python, async (path) => {
    const [one, other] = rows.packs.filter(({ version }) => version === 1) as [Row, Row];
    const swapped = { ...one, manifest: other.manifest };
    const damaged = { status: 1, stderr: 'PACK_DAMAGED', found: [] };
    expect(await readBy(path, { these: { ...rows, packs: [swapped] } })).toMatchObject(damaged);
    const named = { ...one, series_id: other.series_id };
    expect(await readBy(path, { these: { ...rows, packs: [named] } })).toMatchObject(damaged);

    const images = join(root, 'touched');
    await cp(folder('images'), images, { recursive: true });
    const pack = rows.packs.find(({ image_sealed_bytes }) => Number(image_sealed_bytes) > 0) as Row;
    const object = join(images, pack.id.slice(0, 2), pack.id);
    const bytes = await readFile(object);
    bytes[200]! ^= 1;
    await writeFile(object, bytes);
    expect(await readBy(path, { these: { ...rows, packs: [pack] }, images })).toMatchObject(damaged);
  });

  peerTest('with another root key nothing opens', python, async (path) => {
    const keys = join(root, 'other-keys');
    await cp(exchange.keysDir, keys, { recursive: true });
    const roots = await readFile(join(keys, 'roots.json'), 'utf8');
    const other = roots.replaceAll(/[0-9a-f]{64}/g, (key) => [...key].reverse().join(''));
    expect(other).not.toBe(roots);
    await writeFile(join(keys, 'roots.json'), other);
    expect(await readBy(path, { keys })).toMatchObject({ status: 1, stderr: 'VAULT_TAG_MISMATCH', found: [] });
  });

  test('nothing is beside the objects in their folders', async () => {
    for (const name of ['images', 'identity']) {
      const entries = await readdir(folder(name), { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
      const ids = new Set(rows.packs.map(({ id }) => id));
      expect(files.filter((file) => !ids.has(file))).toEqual([]);
    }
  });
});

/** Two megabytes that do not compress, in the identity half. */
const noise = ['0042,0011 OB EncapsulatedDocument', Buffer.from(noiseBytes(2_000_000))] as const;

function noiseBytes(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Rows as the reader wants them: bytes in base64, and integers beyond 2^53 as text. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, name, plain: unknown) {
    const given = this[name];
    if (given instanceof Uint8Array) return Buffer.from(given).toString('base64');
    return typeof given === 'bigint' ? given.toString() : plain;
  });
}
