import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, exoticFiles } from '../../../packages/testbed/src/index.ts';
import { type Json, type Site, startSite, value } from '../dicomweb-client.ts';

let site: Site;
const names = exoticFiles(4000).filter((file) => file.patientName !== undefined);
const nameOf = new Map<string, string>();

beforeAll(async () => {
  site = await startSite();
  // Each name in a study of its own, as the bytes of its own character set.
  for (const [at, file] of names.entries()) {
    const charset = file.quirk.replace('name in ', '');
    const person = { patientName: { bytes: patientNameBytes(file.bytes), charset }, patientId: `N-${at}` };
    const [own] = ctStudy({ seed: 4100 + at, slices: 1, rows: 16, columns: 16, person });
    const answer = await site.store([own!]);
    expect(answer.status, file.quirk).toBe(200);
    nameOf.set(own!.studyInstanceUid, file.patientName!);
  }
});
afterAll(() => site.exchange.dispose());

/** The value of (0010,0010) in an explicit little-endian file. */
function patientNameBytes(bytes: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(Buffer.from([0x10, 0, 0x10, 0, 0x50, 0x4e]));
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(at + 6, true);
  return bytes.slice(at + 8, at + 8 + length);
}

const search = (key: string): Promise<Json[]> =>
  site.search(`/dicomweb/studies?PatientName=${encodeURIComponent(key)}`);
async function found(key: string): Promise<string[]> {
  return (await search(key)).map((item) => nameOf.get(String(value(item, '0020000D'))) ?? 'unknown').sort();
}

test('every name is found by itself, whole, and by each of its groups', async () => {
  for (const name of nameOf.values()) {
    expect(await found(name), name).toContain(name);
    for (const group of name.split('=').filter(Boolean)) expect(await found(group), group).toContain(name);
  }
});

test('every name is found by its first two signs, by its last, and by one in the middle', async () => {
  for (const name of nameOf.values()) {
    for (const group of name.split('=').filter(Boolean)) {
      const signs = [...group];
      for (const key of [`${signs.slice(0, 2).join('')}*`, `*${signs.at(-1)}`, `*${signs[1]}*`]) {
        if (!/[\^]/.test(key)) expect(await found(key), key).toContain(name);
      }
    }
  }
});

test('Japanese, Korean and Chinese signs find theirs and no others', async () => {
  expect(await found('山田*')).toEqual(['Yamada^Tarou=山田^太郎=やまだ^たろう', 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう']);
  expect(await found('*吉*')).toEqual(['Hong^Gildong=洪^吉洞=홍^길동']);
  expect(await found('홍^길동')).toEqual(['Hong^Gildong=洪^吉洞=홍^길동']);
  expect(await found('*小东')).toHaveLength(3);
  expect(await found('*小東')).toEqual(['Wang^XiaoDong=王^小東=']);
  expect(await found('*國*')).toEqual([]);
});

test('half-width kana are found by full-width ones, Cyrillic and Greek without regard to case', async () => {
  expect(await found('ヤマダ*')).toEqual(['ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう']);
  expect(await found('люкс*')).toEqual(['Люксембург']);
  expect(await found('ΔΙΟΝΥΣΙΟΣ')).toEqual(['Διονυσιος']);
  expect(await found('walesa')).toEqual([]);
  expect(await found('WAŁESA')).toEqual(['Wałęsa']);
});

test('an answer gives the groups of a name apart, in Unicode', async () => {
  const [item] = await search('홍^길동');
  expect(value(item, '00100010')).toEqual({ Alphabetic: 'Hong^Gildong', Ideographic: '洪^吉洞', Phonetic: '홍^길동' });
});
