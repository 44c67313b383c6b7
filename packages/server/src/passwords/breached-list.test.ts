import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BreachedList } from './breached-list.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase();
const words = Array.from({ length: 20_000 }, (_, at) => `leaked ${at}`);
const lines = words.map((word, at) => `${sha1(word)}:${(at * 7919) % 100_003}`).sort();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'symbolon-breached-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function listOf(text: string): Promise<BreachedList> {
  const path = join(folder, sha1(text));
  await writeFile(path, text);
  return BreachedList.open(path);
}

describe('a list of leaked passwords', () => {
  test.each([
    ['as Windows ends lines', lines.join('\r\n')],
    ['as others do, with an end behind the last', `${lines.join('\n')}\n`],
    ['in small digits', lines.join('\n').toLowerCase()],
  ])('finds each that is in it and none that is not, %s', async (_, text) => {
    const list = await listOf(text);
    try {
      for (const [at, word] of words.entries()) {
        if (at % 37 === 0) expect(await list.has(word)).toBe(true);
        if (at % 37 === 0) expect(await list.has(`${word} not`)).toBe(false);
      }
      for (const { hash } of [lines[0]!, lines.at(-1)!].map((line) => ({ hash: line.slice(0, 40) })))
        expect(await list.has(words.find((word) => sha1(word) === hash)!)).toBe(true);
    } finally {
      await list.close();
    }
  });

  test('may be as short as a line, and as uneven as one likes', async () => {
    for (const some of [lines.slice(0, 1), lines.slice(-1), lines.slice(0, 500), lines.filter((line) => line > 'F')]) {
      const list = await listOf(some.join('\r\n'));
      const inIt = new Set(some.map((line) => line.slice(0, 40)));
      for (const word of words.slice(0, 400)) expect(await list.has(word)).toBe(inIt.has(sha1(word)));
      for (const word of words.filter((one) => inIt.has(sha1(one))).slice(0, 50))
        expect(await list.has(word)).toBe(true);
      await list.close();
    }
  });

  test.each([
    ['nothing', ''],
    ['no hashes', 'password\nqwertz\n'.repeat(2000)],
    ['hashes of NTLM', lines.map((line) => line.slice(8)).join('\n')],
    ['the order of the counts', lines.toReversed().join('\n')],
  ])('that holds %s is refused when it is opened', async (_, text) => {
    await expect(listOf(text)).rejects.toThrow('is not a list of SHA-1 hashes');
  });

  test('that is not there, or a folder, is refused when it is opened', async () => {
    await expect(BreachedList.open(join(folder, 'none'))).rejects.toThrow('ENOENT');
    await expect(BreachedList.open(folder)).rejects.toThrow();
  });
});
