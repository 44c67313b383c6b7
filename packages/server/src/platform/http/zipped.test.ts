import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { peerTest } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deflatedLength } from './zip-deflate.ts';
import { centralHeader, dataDescriptor, endOfZip, localHeader } from './zip-headers.ts';
import { type ZipEntry, zipped } from './zipped.ts';

const now = new Date('2026-03-04T05:06:08Z');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sx-zipped-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Bytes that no two places share, in pieces of these lengths over and over. */
const bytesOf = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
async function* inPieces(bytes: Uint8Array, ...lengths: number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] as number;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}
async function* all<T>(of: Iterable<T>): AsyncGenerator<T> {
  yield* of;
}
async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

const lengths = [0, 1, 65_534, 65_535, 65_536, 131_070, 131_071, 500_000];
const files = lengths.map((length, at) => ({ name: `ORDNER/Größe ${at}`, bytes: bytesOf(length) }));
const entriesOf = (...cuts: number[]): AsyncIterable<ZipEntry> =>
  all(files.map(({ name, bytes }) => ({ name, bytes: bytes.length, pieces: inPieces(bytes, ...cuts) })));

const python3 = { command: '/usr/bin/python3', package: 'python3-pydicom' };
/** Each entry as Python's zipfile reads it, which checks its CRC. */
const read = `
import sys, json, hashlib, zipfile
z = zipfile.ZipFile(sys.argv[1])
for i in z.infolist():
    print(json.dumps([i.filename, i.file_size, list(i.date_time), hashlib.sha256(z.read(i)).hexdigest()]))`;

describe('a zip of files of every length', () => {
  peerTest('is read by Python’s zipfile, however the files come', python3, async (python) => {
    for (const cuts of [[1_000_000], [65_535], [1, 70_000], [3, 65_532, 4_096]]) {
      const file = join(folder, 'a.zip');
      await writeFile(file, await joined(zipped(entriesOf(...cuts), now)));
      const { stdout, stderr } = spawnSync(python, ['-c', read, file], { encoding: 'utf8' });
      expect(stderr).toBe('');
      const theirs = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(theirs).toEqual(
        files.map(({ name, bytes }) => [
          name,
          bytes.length,
          [2026, 3, 4, 5, 6, 8],
          createHash('sha256').update(bytes).digest('hex'),
        ]),
      );
    }
  });

  test('is read from its beginning on, by who does not know its end', async () => {
    const zip = await joined(zipped(entriesOf(50_000), now));
    let at = 0;
    for (const { name, bytes } of files) {
      expect([zip.readUInt32LE(at), zip.readUInt16LE(at + 6), zip.readUInt16LE(at + 8)]).toEqual([
        0x04034b50, 0x0808, 8,
      ]);
      const [nameBytes, extraBytes] = [zip.readUInt16LE(at + 26), zip.readUInt16LE(at + 28)];
      expect(zip.toString('utf8', at + 30, at + 30 + nameBytes)).toBe(name);
      at += 30 + nameBytes + extraBytes;
      const { buffer, engine } = inflateRawSync(zip.subarray(at), { info: true }) as unknown as {
        buffer: Buffer;
        engine: { bytesWritten: number };
      };
      expect(buffer.equals(bytes)).toBe(true);
      at += engine.bytesWritten;
      expect(zip.readUInt32LE(at)).toBe(0x08074b50);
      expect([4, 8, 12].map((offset) => zip.readUInt32LE(at + offset))).toEqual([
        crc32(bytes),
        engine.bytesWritten,
        bytes.length,
      ]);
      at += 16;
    }
    expect(zip.readUInt32LE(at)).toBe(0x02014b50);
  });

  peerTest('of 70,000 entries has a list that Python reads whole', python3, async (python) => {
    const many = Array.from({ length: 70_000 }, (_, at) => ({
      name: `E/${at}`,
      bytes: 0,
      pieces: all<Uint8Array>([]),
    }));
    const file = join(folder, 'many.zip');
    await writeFile(file, await joined(zipped(all(many), now)));
    const script = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]).namelist(); print(len(z), z[-1])';
    expect(spawnSync(python, ['-c', script, file], { encoding: 'utf8' }).stdout.trim()).toBe('70000 E/69999');
  });
});

describe('beyond 4 GiB', () => {
  test('an entry says in ZIP64 that its lengths are', () => {
    const entry = { name: Buffer.from('A'), bytes: 2 ** 32, crc: 0, at: 0 };
    const head = localHeader(entry, now);
    expect([head.readUInt16LE(4), head.readUInt32LE(18), head.readUInt32LE(22)]).toEqual([45, 0xffffffff, 0xffffffff]);
    expect(head.readUInt16LE(31 + 9)).toBe(1);
  });

  test('a list that begins there says so behind it', () => {
    const end = endOfZip(3, 2 ** 33, 2 ** 33 + 100);
    expect([end.readUInt32LE(0), end.readBigUInt64LE(40), end.readBigUInt64LE(48)]).toEqual([
      0x06064b50,
      100n,
      2n ** 33n,
    ]);
    expect([end.readUInt32LE(56), end.readBigUInt64LE(64)]).toEqual([0x07064b50, 2n ** 33n + 100n]);
    expect(end.readUInt32LE(76 + 16)).toBe(0xffffffff);
  });
});

peerTest('Python finds an entry beyond 4 GiB, and the lengths of one that is as long', python3, async (python) => {
  const long = { name: Buffer.from('LONG'), bytes: 2 ** 32 + 5, crc: 0x1234, at: 0 };
  const text = Buffer.from('behind it');
  const head = localHeader(long, now);
  const gone = dataDescriptor(long);
  const at = head.length + deflatedLength(long.bytes) + gone.length;
  const [second, crc] = [{ name: Buffer.from('SHORT'), bytes: text.length, at }, crc32(text)];
  const body = await joined(zipped(all([{ name: 'SHORT', bytes: text.length, pieces: all([text]) }]), now));
  // Its local header, its bytes and what is told behind them: all before the list of a zip that has it alone.
  const entry = body.subarray(0, body.indexOf(Buffer.from('PK\u0001\u0002')));
  const start = at + entry.length;
  const list = Buffer.concat([centralHeader(long, now), centralHeader({ ...second, crc }, now)]);
  const path = join(folder, 'sparse.zip');
  // Of the long one nothing is written: the file has a hole there.
  const file = await open(path, 'w');
  await file.write(head, 0, head.length, 0);
  await file.write(
    Buffer.concat([gone, entry, list, endOfZip(2, start, start + list.length)]),
    0,
    null,
    at - gone.length,
  );
  await file.close();
  const script = `
import sys, json, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps([[[i.filename, i.file_size, i.compress_size, i.CRC, i.header_offset] for i in z.infolist()], z.read('SHORT').decode()]))`;
  const { stdout, stderr } = spawnSync(python, ['-c', script, path], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([
    [
      ['LONG', long.bytes, deflatedLength(long.bytes), 0x1234, 0],
      ['SHORT', text.length, deflatedLength(text.length), crc, at],
    ],
    'behind it',
  ]);
});

describe('never ends well', () => {
  const zipOf = (bytes: number, pieces: AsyncIterable<Uint8Array>) =>
    joined(zipped(all([{ name: 'A', bytes, pieces }]), now));
  test.each([
    ['a file that is shorter than it says', 101],
    ['a file that is longer than it says', 99],
    ['an empty file that is not', 0],
  ])('%s', async (_, said) => {
    await expect(zipOf(said, inPieces(bytesOf(100), 30))).rejects.toThrow(/than it says/);
  });

  test('a file that cannot be read to its end', async () => {
    const broken = async function* () {
      yield bytesOf(10);
      throw new Error('damaged');
    };
    await expect(zipOf(20, broken())).rejects.toThrow('damaged');
  });
});

test('who takes no more lets go of the entry, and of all behind it', async () => {
  const closed: string[] = [];
  const entries = async function* (): AsyncGenerator<ZipEntry> {
    try {
      const pieces = async function* () {
        try {
          for (;;) yield bytesOf(10);
        } finally {
          closed.push('file');
        }
      };
      yield { name: 'A', bytes: 1_000_000, pieces: pieces() };
    } finally {
      closed.push('list');
    }
  };
  for await (const piece of zipped(entries(), now)) if (piece.length < 20) break;
  expect(closed).toEqual(['file', 'list']);
});
