import { decodeFrame, type EncodedFrame, type PixelFormat } from '@symbolon/pixels';
import { afterAll, expect, test } from 'vitest';
import type { SignedIn } from '../access/index.ts';
import { RenderPool } from './render-pool.ts';
import { RenderingMemory } from './rendering-memory.ts';
import { transcodedInWorker, transcodingInWorkers } from './transcode-in-worker.ts';

const pool = new RenderPool({ workers: 1 });
afterAll(() => pool.close());
const memory = new RenderingMemory(() => new Date());
const actor = { kind: 'person', credentialId: 'one' } as SignedIn;
const transcode = transcodingInWorkers({ pool, memory }, actor, new AbortController().signal);

const format = {
  transferSyntax: '1.2.840.10008.1.2.1',
  littleEndian: true,
  rows: 32,
  columns: 48,
  samples: 1,
  photometric: 'MONOCHROME2',
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  signed: false,
  planar: 0,
} as const satisfies PixelFormat;
const words = Uint16Array.from({ length: 32 * 48 }, (_, at) => (at * 37) % 4096);
const frame = (bytes = new Uint8Array(words.slice().buffer)): EncodedFrame => ({
  bytes,
  bitOffset: 0,
  kind: 'integer',
  vr: 'OW',
});

test.each(['jpeg-ls', 'jpeg-2000', 'htj2k', 'htj2k-rpcl', 'rle'] as const)(
  'a frame comes out of a worker as %s, and decodes to what it was',
  async (target) => {
    const { bytes, format: to } = await transcode(format, frame(), target);
    const again = await decodeFrame(to, { bytes, bitOffset: 0, kind: 'integer', vr: 'OB' });
    expect([...again.words]).toEqual([...words]);
    // And natively again, by the same road.
    const native = await transcode(to, { bytes: bytes.slice(), bitOffset: 0, kind: 'integer', vr: 'OB' }, 'explicit');
    expect(native.bytes).toEqual(new Uint8Array(words.buffer));
  },
);

test('a stream that is none is refused in words, and the next frame is made', async () => {
  const broken = { ...format, transferSyntax: '1.2.840.10008.1.2.4.90' } as const;
  const made = transcode(broken, frame(new Uint8Array(500).fill(7)), 'explicit');
  await expect(made).rejects.toMatchObject({ code: 'PIXELS_NOT_RENDERABLE' });
  expect((await transcode(format, frame(), 'rle')).bytes.length).toBeGreaterThan(64);
});

test('a frame that is larger than all may take is refused before anything is asked of a worker', async () => {
  const vast = { ...format, rows: 20_000, columns: 20_000 } as const;
  await expect(transcode(vast, frame(), 'rle')).rejects.toMatchObject({ code: 'PIXELS_TOO_LARGE' });
});

test('a frame is read when it is its turn, and one that is larger than all may take never is', async () => {
  const signal = new AbortController().signal;
  const own = new RenderPool({ workers: 1 });
  const later = transcodedInWorker({ pool: own, memory }, actor, signal);
  let reads = 0;
  let go = (): void => {};
  const turn = new Promise<void>((next) => {
    go = next;
  });
  const read = async (): Promise<EncodedFrame> => {
    reads += 1;
    await turn;
    return frame();
  };
  await expect(later(format, { storedBytes: 2 ** 31, read }, 'rle')).rejects.toMatchObject({
    code: 'PIXELS_TOO_LARGE',
  });
  expect(reads).toBe(0);
  const made = Array.from({ length: 10 }, () => later(format, { storedBytes: words.byteLength, read }, 'rle'));
  await new Promise((next) => setImmediate(next));
  // For one worker two frames are in memory.
  expect(reads).toBe(2);
  go();
  await Promise.all(made);
  expect(reads).toBe(10);
  await own.close();
});

test('what only lies in a part of some memory is copied to a worker: the rest stays its owner’s', async () => {
  const whole = new Uint8Array(words.byteLength + 10);
  whole.set(new Uint8Array(words.buffer), 10);
  await transcode(format, frame(whole.subarray(10)), 'rle');
  expect(whole.byteLength).toBe(words.byteLength + 10);
});
