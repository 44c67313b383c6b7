import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const full = () => new Error('full');

/** Work that ends when it is told to. */
function works() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((end) => ends.push(() => end(name)));
  };
  return { begun, ends, work };
}

test('so many run at once, and of those who wait each in turn is next', async () => {
  const turns = new Turns({ atOnce: 2, maxWaiting: 10, maxWaitingOfOne: 10 });
  const { begun, ends, work } = works();
  const names = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1'];
  const all = names.map((name) => turns.run(name.charAt(0), work(name), full));
  expect(begun).toEqual(['a1', 'a2']);
  for (let at = 0; at < names.length; at += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(at);
    ends[at]?.();
    await all[names.indexOf(begun[at] as string)];
  }
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4']);
});

test('who finds too many waiting, or too many of their own, is turned away without being run', async () => {
  const turns = new Turns({ atOnce: 1, maxWaiting: 3, maxWaitingOfOne: 2 });
  const { begun, ends, work } = works();
  const run = (name: string) => turns.run(name.charAt(0), work(name), full);
  const all = [run('a1'), run('a2'), run('a3')];
  await expect(run('a4')).rejects.toThrow('full');
  all.push(run('b1'));
  await expect(run('c1')).rejects.toThrow('full');
  for (let at = 0; at < 4; at += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(at);
    ends[at]?.();
  }
  await Promise.all(all);
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  // There is room again.
  const last = run('c2');
  ends[4]?.();
  expect(await last).toBe('c2');
});

test('what fails leaves its place to the next', async () => {
  const turns = new Turns({ atOnce: 1, maxWaiting: 3, maxWaitingOfOne: 3 });
  const failed = turns.run('a', () => Promise.reject(new Error('wrong')), full);
  const next = turns.run('a', async () => 'done', full);
  await expect(failed).rejects.toThrow('wrong');
  expect(await next).toBe('done');
});
