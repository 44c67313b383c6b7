import type { DecodedFrame } from '@symbolon/pixels';
import { expect, test } from 'vitest';
import type { FramePicture } from './frame-job.ts';
import { RenderingMemory } from './rendering-memory.ts';
import { shared } from './shared-frame.ts';

const frame = (value: number): DecodedFrame => {
  const words = new Uint16Array(64).fill(value);
  const grey = { samples: 1, space: 'grey', planar: 0, bitsStored: 16, highBit: 15, signed: false } as const;
  return shared({ ...grey, rows: 8, columns: 8, words });
};
const picture = (value: number): FramePicture => ({ bytes: new Uint8Array(100).fill(value), window: null });
const figureOf = (memory: RenderingMemory, name: string, cache: string) =>
  memory.figures().find((one) => one.name === `rendering_cache_${name}` && one.labels?.cache === cache)?.value;

test('of packs that were erased nothing is left: who still holds a frame holds zeros, and a picture that is being sent goes out whole', () => {
  const memory = new RenderingMemory(() => new Date());
  const [gone, made, stays] = [frame(7), picture(7), picture(9)];
  memory.keeping('a').decoded('a 0 1', gone);
  memory.keeping('a').made('a 0 1 []', made);
  memory.keeping('b').made('b 0 1 []', stays);
  memory.forget(['a']);
  expect([memory.decoded('a 0 1'), memory.made('a 0 1 []')]).toEqual([undefined, undefined]);
  expect(gone.words.every((word) => word === 0)).toBe(true);
  expect(made.bytes.every((byte) => byte === 7)).toBe(true);
  expect(memory.made('b 0 1 []')).toBe(stays);
  expect(figureOf(memory, 'bytes', 'frames')).toBe(0);
});

test('what was under way while something was erased is not kept', () => {
  const memory = new RenderingMemory(() => new Date());
  const keeping = memory.keeping('a');
  memory.forget(['a']);
  const late = frame(7);
  keeping.decoded('a 0 1', late);
  keeping.made('a 0 1 []', picture(7));
  expect([memory.decoded('a 0 1'), memory.made('a 0 1 []')]).toEqual([undefined, undefined]);
  expect(late.words.every((word) => word === 0)).toBe(true);
});

test('who asks again whether somebody else made a picture meanwhile is not counted twice', () => {
  const memory = new RenderingMemory(() => new Date());
  const [name, one] = ['a 0 1 []', picture(7)];
  expect([memory.made(name), memory.madeMeanwhile(name)]).toEqual([undefined, undefined]);
  memory.keeping('a').made(name, one);
  expect(memory.madeMeanwhile(name)).toBe(one);
  expect([figureOf(memory, 'hits', 'pictures'), figureOf(memory, 'misses', 'pictures')]).toEqual([0, 1]);
});

test('what nobody asks for goes within two minutes and a half, and figures tell how often it was asked for', () => {
  let now = 0;
  const memory = new RenderingMemory(() => new Date(now));
  memory.keeping('a').decoded('a 0 1', frame(7));
  now += 119_000;
  expect(memory.decoded('a 0 1')).toBeDefined();
  now += 121_000;
  expect(memory.decoded('a 0 1')).toBeUndefined();
  expect([figureOf(memory, 'hits', 'frames'), figureOf(memory, 'misses', 'frames')]).toEqual([1, 1]);
});

test('a frame is shared as it was decoded, and one that is shared is not copied again', () => {
  const one = frame(513);
  expect(one.words.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...one.words]).toEqual(new Array(64).fill(513));
  expect(shared(one)).toBe(one);
});
