import { expect, test } from 'vitest';
import { Cine, speedOf } from './cine.ts';

const always = (): boolean => true;

function run(cine: Cine, until: number, range: readonly [number, number], ready = always): number[] {
  const seen: number[] = [range[0]];
  for (let now = 0; now <= until; now += 16) {
    const next = cine.next(now, seen.at(-1)!, range, ready);
    if (next !== seen.at(-1)) seen.push(next);
  }
  return seen;
}

test('ten frames a second are ten a second, and behind the last comes the first', () => {
  const cine = new Cine();
  cine.fps = 10;
  cine.play(0);
  expect(run(cine, 1010, [5, 9])).toEqual([5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7]);
});

test('a frame that is not there yet is waited for, and the run does not hurry afterwards', () => {
  const cine = new Cine();
  cine.fps = 10;
  cine.play(0);
  let there = false;
  expect(cine.next(100, 0, [0, 4], () => there)).toBe(0);
  expect(cine.next(900, 0, [0, 4], () => there)).toBe(0);
  there = true;
  expect(cine.next(1000, 0, [0, 4], () => there)).toBe(1);
  expect(cine.next(1016, 1, [0, 4], () => there)).toBe(1);
  expect(cine.next(1100, 1, [0, 4], () => there)).toBe(2);
});

test('paused, or with one frame alone, it stays where it is', () => {
  const cine = new Cine();
  expect(run(cine, 500, [0, 4])).toEqual([0]);
  cine.play(0);
  expect(run(cine, 500, [3, 4])).toEqual([3]);
  cine.pause();
  expect(cine.next(1000, 0, [0, 4], always)).toBe(0);
});

test('the speed is the one that the image says, in whole frames a second that a screen can show', () => {
  expect([33.3, 40, 66.7, 1, 5000, null].map(speedOf)).toEqual([30, 25, 15, 60, 1, 15]);
});
