import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { looksLikeZip, type ZipLimits, zipLimits, zipSources } from './zip.ts';

type Written = {
  readonly name: string;
  readonly data: Buffer;
  readonly flags?: number;
  readonly method?: number;
  readonly sum?: number;
};

/** A zip as PKWARE's APPNOTE 4.3.6 has it, with any lie that a test wants told. */
function zipOf(entries: readonly Written[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, data, flags = 0x800, method = 8, sum = crc32(data) } of entries) {
    const packed = method === 8 ? deflateRawSync(data) : data;
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(flags, 2);
    fixed.writeUInt16LE(method, 4);
    fixed.writeUInt32LE(sum, 10);
    fixed.writeUInt32LE(packed.length, 14);
    fixed.writeUInt32LE(data.length, 18);
    fixed.writeUInt16LE(Buffer.byteLength(name), 22);
    const header = Buffer.concat([Buffer.from('PK\u0003\u0004'), fixed, Buffer.from(name)]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000'), fixed, tail, Buffer.from(name)]));
    local.push(header, packed);
    offset += header.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\u0005\u0006'), end]);
}

const folder = mkdtempSync(join(tmpdir(), 'symbolon-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

function list(bytes: Buffer, limits: ZipLimits = zipLimits) {
  const path = join(folder, 'a.zip');
  writeFileSync(path, bytes);
  return zipSources('a.zip', Buffer.from(path), limits);
}

async function loaded(entries: readonly Written[]): Promise<string[]> {
  const items = await list(zipOf(entries));
  return Promise.all(
    items.map(async (item) => {
      if (!('load' in item)) return item.error.code;
      return item.load().then(
        (bytes) => `${item.label}=${Buffer.from(bytes)}`,
        (error: { code: string }) => error.code,
      );
    }),
  );
}

describe('zips', () => {
  test('entries come out whole, packed or not; their names are labels only, also two of one name', async () => {
    const data = Buffer.from('data');
    expect(
      await loaded([
        { name: '../../etc/passwd', data },
        { name: '/x', data, method: 0 },
        { name: '/x', data },
      ]),
    ).toEqual(['a.zip!/../../etc/passwd=data', 'a.zip!//x=data', 'a.zip!//x#2=data']);
  });

  test('a changed byte in a stored entry is seen by its checksum', async () => {
    expect(await loaded([{ name: 'x', data: Buffer.from('data'), method: 0, sum: 1 }])).toEqual(['ZIP_BROKEN']);
  });

  test('encrypted and strangely packed entries are named, the others come', async () => {
    const data = Buffer.from('data');
    const codes = await loaded([
      { name: 'a', data, flags: 1 },
      { name: 'b', data, method: 14 },
      { name: 'c', data },
    ]);
    expect(codes).toEqual(['ZIP_ENTRY_ENCRYPTED', 'ZIP_ENTRY_UNSUPPORTED', 'a.zip!/c=data']);
  });

  test.each([
    ['entries', { ...zipLimits, entries: 2 }],
    ['the size of one', { ...zipLimits, entryBytes: 3 }],
    ['the size of all', { ...zipLimits, bytes: 10 }],
  ])('more than the limit of %s is refused as a whole', async (_, limits) => {
    const entries = ['a', 'b', 'c'].map((name) => ({ name, data: Buffer.from('data') }));
    await expect(list(zipOf(entries), limits)).rejects.toMatchObject({ code: 'ZIP_LIMIT' });
  });

  test('a bomb is refused by its ratio before it is unpacked', async () => {
    const data = Buffer.alloc(2 ** 24);
    const entries = Array.from({ length: 20 }, (_, at) => ({ name: String(at), data }));
    await expect(list(zipOf(entries))).rejects.toMatchObject({ code: 'ZIP_LIMIT' });
  });

  test('cut short or not a zip: broken', async () => {
    const whole = zipOf([{ name: 'a', data: Buffer.from('data') }]);
    await expect(list(whole.subarray(0, whole.length - 30))).rejects.toMatchObject({ code: 'ZIP_BROKEN' });
    writeFileSync(join(folder, 'b'), 'PKnot');
    expect(await looksLikeZip(Buffer.from(join(folder, 'b')))).toBe(false);
  });
});
