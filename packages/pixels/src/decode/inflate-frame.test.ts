import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PixelsError } from '../errors.ts';
import { inflateFrame } from './inflate-frame.ts';

const noise = Uint8Array.from({ length: 5_000 }, (_, at) => ((at * 7919) >> 3) & 0xff);
const deflated = new Uint8Array(deflateRawSync(noise));

test('a frame is inflated, with a byte of padding behind it or without', async () => {
  expect(await inflateFrame(deflated, noise.length)).toEqual(noise);
  expect(await inflateFrame(Uint8Array.from([...deflated, 0]), noise.length)).toEqual(noise);
  const black = new Uint8Array(1_000_000);
  const found = await inflateFrame(new Uint8Array(deflateRawSync(black)), black.length);
  expect(Buffer.compare(found, black)).toBe(0);
});

test('a stream that would give more than the frame is read no further', async () => {
  const bomb = new Uint8Array(deflateRawSync(new Uint8Array(20_000_000)));
  expect(await inflateFrame(bomb, 100)).toHaveLength(100);
});

test('cut anywhere is an error, and never a picture with a black rest', async () => {
  for (let length = 0; length < deflated.length - 1; length += 97)
    await expect(inflateFrame(deflated.subarray(0, length), noise.length)).rejects.toThrow(PixelsError);
});

test('a short stream for a vast frame is refused before memory is taken for it', async () => {
  const before = process.memoryUsage().arrayBuffers;
  await expect(inflateFrame(deflated, 2 ** 30)).rejects.toThrow(PixelsError);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
});

test('bytes of any value are an error, or a frame as long as asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(300), async (bytes, length) => {
      try {
        expect(await inflateFrame(bytes, length)).toHaveLength(length);
      } catch (error) {
        expect(error).toBeInstanceOf(PixelsError);
      }
    }),
    { numRuns: 200 },
  );
});
