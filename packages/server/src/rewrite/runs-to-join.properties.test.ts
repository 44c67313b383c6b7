import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxPackBytes, maxPackInstances } from '../packs/index.ts';
import { type Joinable, runsToJoin } from './runs-to-join.ts';

let names = 0;
const pack = (bytes: number, more: Partial<Joinable> = {}): Joinable => {
  names += 1;
  return { packId: `${names}`, state: 'current', sentBy: 'a', bytes, instanceCount: 1, damaged: false, ...more };
};
const mib = 1024 * 1024;
const sizes = (packs: readonly Joinable[]) => runsToJoin(packs).map((run) => run.map(({ bytes }) => bytes / mib));

test('packs of one are joined up to the limits of a pack', () => {
  expect(sizes(Array.from({ length: 500 }, () => pack(mib / 2)))).toEqual(
    [128, 128, 128, 116].map((length) => Array(length).fill(0.5)),
  );
  const many = Array.from({ length: 2000 }, () => pack(1));
  expect(runsToJoin(many).map((run) => run.length)).toEqual([1024, 976]);
});

test.each<[string, Joinable[], number[][]]>([
  ['one pack alone', [pack(mib)], []],
  ['two that exceed the limit together', [pack(40 * mib), pack(30 * mib)], []],
  ['a large one and little beside it', [pack(30 * mib), pack(mib), pack(2 * mib), pack(mib)], [[1, 2, 1]]],
  ['as much again as the large one', [pack(4 * mib), pack(mib), pack(3 * mib)], [[4, 1, 3]]],
  ['what arrived aside between', [pack(mib), pack(mib), pack(mib, { state: 'aside' }), pack(mib)], [[1, 1]]],
  ['what is damaged between', [pack(mib), pack(mib, { damaged: true }), pack(mib), pack(mib)], [[1, 1]]],
  [
    'two senders',
    [pack(mib), pack(mib), pack(mib, { sentBy: 'b' }), pack(mib, { sentBy: 'b' })],
    [
      [1, 1],
      [1, 1],
    ],
  ],
])('%s', (_, packs, expected) => expect(sizes(packs)).toEqual(expected));

const some = fc.record({
  state: fc.constantFrom('current' as const, 'current' as const, 'current' as const, 'aside' as const),
  sentBy: fc.constantFrom('a', 'a', 'a', 'b', null),
  bytes: fc.oneof(fc.nat(2 * mib), fc.nat(2 * maxPackBytes)),
  instanceCount: fc.integer({ min: 1, max: maxPackInstances }),
  damaged: fc.constantFrom(false, false, false, true),
});

test('every run keeps the limits and the order, and each joining at least halves the number of bytes that are written again', () => {
  fc.assert(
    fc.property(fc.array(some, { maxLength: 40 }), (facts) => {
      const packs = facts.map((fact) => pack(fact.bytes, fact));
      const order = new Map(packs.map(({ packId }, at) => [packId, at]));
      let last = -1;
      for (const run of runsToJoin(packs)) {
        expect(run.length).toBeGreaterThan(1);
        const bytes = run.reduce((sum, one) => sum + one.bytes, 0);
        expect(bytes).toBeLessThanOrEqual(maxPackBytes);
        expect(run.reduce((sum, one) => sum + one.instanceCount, 0)).toBeLessThanOrEqual(maxPackInstances);
        expect(Math.max(...run.map((one) => one.bytes)) * 2).toBeLessThanOrEqual(bytes);
        expect(new Set(run.map(({ sentBy }) => sentBy)).size).toBe(1);
        for (const { packId, state, damaged } of run) {
          expect({ state, damaged }).toEqual({ state: 'current', damaged: false });
          const at = order.get(packId) as number;
          if (packId !== run[0]?.packId) expect(at).toBe(last + 1);
          else expect(at).toBeGreaterThan(last);
          last = at;
        }
      }
    }),
  );
});
