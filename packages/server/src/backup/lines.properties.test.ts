import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNames, union, without } from './lines.ts';

const ids = fc.uniqueArray(fc.uuid(), { maxLength: 40 }).map((some) => some.sort());
async function* each<T>(some: readonly T[]): AsyncGenerator<T> {
  yield* some;
}
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const named = (names: readonly string[]) => names.map((name) => ({ name, bytes: 7 }));

test('what is wanted and not there is found, whatever the two lists have in common', async () => {
  await fc.assert(
    fc.asyncProperty(ids, ids, fc.nat(20), async (wanted, other, common) => {
      const there = [...new Set([...other, ...wanted.slice(0, common)])].sort();
      const found = await all(without(each(named(wanted)), each(there)));
      expect(found.map(({ name }) => name)).toEqual(wanted.filter((name) => !there.includes(name)));
    }),
  );
});

test('several lists are one, in order, and each name once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ids, { maxLength: 5 }), async (lists) => {
      const found = await all(union(lists.map((list) => each(named(list)))));
      expect(found.map(({ name }) => name)).toEqual([...new Set(lists.flat())].sort());
    }),
  );
});

test('a list of names comes back from pieces of any size; one that is cut, doubled or out of order is refused', async () => {
  await fc.assert(
    fc.asyncProperty(ids, fc.integer({ min: 1, max: 60 }), async (names, size) => {
      const bytes = Buffer.from(names.map((name, at) => `${name}\t${at}\n`).join(''));
      const pieces = function* (of: Buffer): Generator<Buffer> {
        for (let at = 0; at < of.length; at += size) yield of.subarray(at, at + size);
      };
      expect(await all(readNames(each([...pieces(bytes)])))).toEqual(names.map((name, at) => ({ name, bytes: at })));
      if (names.length === 0) return;
      for (const wrong of [bytes.subarray(0, -1), Buffer.concat([bytes, bytes]), Buffer.from('x\n')])
        await expect(all(readNames(each([...pieces(wrong)])))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    }),
  );
});
