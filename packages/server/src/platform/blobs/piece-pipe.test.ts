import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PiecePipe } from './piece-pipe.ts';

const mib = 1024 * 1024;

test('pieces come out in the order they went in, until the end', async () => {
  const pipe = new PiecePipe();
  const taken = (async () => {
    const bytes: number[] = [];
    for await (const piece of pipe) bytes.push(...piece);
    return bytes;
  })();
  for (let at = 0; at < 100; at += 2) await pipe.write([Uint8Array.of(at), Uint8Array.of(at + 1)]);
  pipe.end();
  expect(await taken).toEqual(Array.from({ length: 100 }, (_, at) => at));
});

test('a writer waits while a mebibyte waits, and goes on when it was taken', async () => {
  const pipe = new PiecePipe();
  const taker = pipe[Symbol.asyncIterator]();
  await pipe.write([new Uint8Array(mib)]);
  let written = false;
  const writing = pipe.write([new Uint8Array(1)]).then(() => {
    written = true;
  });
  await turn();
  expect(written).toBe(false);
  await taker.next();
  await writing;
  expect(written).toBe(true);
});

test('what failed is thrown to the taker after what was written before', async () => {
  const pipe = new PiecePipe();
  await pipe.write([Uint8Array.of(1)]);
  pipe.fail(new Error('not wanted'));
  const taker = pipe[Symbol.asyncIterator]();
  expect(await taker.next()).toMatchObject({ done: false });
  await expect(taker.next()).rejects.toThrow('not wanted');
});

test('a writer is told, also while it waits, that nobody takes any more', async () => {
  const pipe = new PiecePipe();
  const writing = pipe.write([new Uint8Array(2 * mib)]);
  await pipe[Symbol.asyncIterator]().return?.();
  await expect(writing).rejects.toThrow('nobody takes');
  await expect(pipe.write([Uint8Array.of(1)])).rejects.toThrow('nobody takes');
});
