import { expect, test } from 'vitest';
import { LatestWins } from './latest-wins.ts';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

function slow() {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const latest = new LatestWins<number>((item) => {
    begun.push(item);
    return new Promise((resolve) => ends.push(resolve));
  });
  return { begun, ends, latest };
}

test('one at a time, and of what waits only the latest', async () => {
  const { begun, ends, latest } = slow();
  for (const item of [1, 2, 3, 4]) latest.ask(item);
  expect(begun).toEqual([1]);
  ends[0]!();
  await settled();
  expect(begun).toEqual([1, 4]);
  ends[1]!();
  await settled();
  latest.ask(5);
  expect(begun).toEqual([1, 4, 5]);
});

test('what was forgotten is not done', async () => {
  const { begun, ends, latest } = slow();
  latest.ask(1);
  latest.ask(2);
  latest.forget();
  ends[0]!();
  await settled();
  expect(begun).toEqual([1]);
});
