import type { ImageModel } from '@symbolon/pixels';
import { expect, test } from 'vitest';
import { ByteBudget } from '../platform/byte-budget.ts';
import type { FoundInstance } from './image-id.ts';
import { type RenderingDeps, renderFound } from './render-frame.ts';
import { RenderPool } from './render-pool.ts';
import { RenderingMemory } from './rendering-memory.ts';

const program = new URL('./stuck.worker.fixture.ts', import.meta.url);
const limit = 1_000_000;

/** Pictures of so many pixels on a side, by their headers; the worker gives back the first byte of the frame. */
function memoryOf(side: (packId: string) => number, frames: ByteBudget): RenderingMemory {
  const format = { transferSyntax: '1.2.840.10008.1.2.1', rows: 0, columns: 0, samples: 1, bitsAllocated: 16 };
  return {
    frames,
    made: () => undefined,
    madeMeanwhile: () => undefined,
    whenMade: () => () => {},
    decoded: () => undefined,
    keeps: () => false,
    keeping: () => ({ made: () => {}, decoded: () => {}, still: () => true }),
    series: { knowsLight: () => false },
    pictures: {
      known: () => undefined,
      open: async (_: unknown, { pack }: FoundInstance) => {
        const edge = side(pack.packId);
        const model = { format: { ...format, rows: edge, columns: edge }, aspect: 1, transforms: { distinct: [{}] } };
        return { model: model as unknown as ImageModel };
      },
      frame: async () => ({ bytes: Uint8Array.of(9), bitOffset: 0, kind: 'integer', vr: 'OW' }),
    },
  } as unknown as RenderingMemory;
}

test('several pictures larger than all may have together hold nobody up, whoever asked for many before', async () => {
  const pool = new RenderPool({ workers: 1, jobMs: 20_000, program });
  try {
    const memory = memoryOf((packId) => (packId === 'vast' ? 2_000 : 10), new ByteBudget(limit));
    const deps = { pool, chains: { study: async () => {} } } as unknown as RenderingDeps;
    const ask = (who: string, packId: string, viewport?: { readonly width: number }, format: 'jpeg' | 'gif' = 'jpeg') =>
      renderFound(
        deps,
        memory,
        { kind: 'person', credentialId: who } as Parameters<typeof renderFound>[2],
        { pack: { packId }, instance: { identityAt: 0 } } as unknown as FoundInstance,
        1,
        { invert: false, overlays: true, format, viewport },
        new AbortController().signal,
      );
    const asked = [
      ...Array.from({ length: 6 }, () => ask('many', 'small')),
      ...Array.from({ length: 3 }, () => ask('vast', 'vast')),
    ];
    expect((await Promise.all(asked)).map(({ bytes }) => bytes[0])).toEqual(Array(9).fill(9));
    // No worker is asked, and no memory, for what will be too large to be shown.
    const refused = { code: 'PIXELS_NOT_RENDERABLE' };
    await expect(ask('long', 'small', { width: 1_000_000 })).rejects.toMatchObject(refused);
    await expect(ask('many colours', 'small', { width: 4_100 }, 'gif')).rejects.toMatchObject(refused);
    for (const [width, format] of [
      [4_096, 'gif'],
      [4_100, 'jpeg'],
    ] as const)
      expect((await ask('fits', 'small', { width }, format)).bytes[0]).toBe(9);
  } finally {
    await pool.close();
  }
}, 30_000);

test('who waits for a picture that another is given has it at the same time, and nobody else waits longer for it', async () => {
  const pool = new RenderPool({ workers: 1, jobMs: 20_000, program });
  try {
    const { pictures } = memoryOf(() => 10, new ByteBudget(limit));
    const memory = Object.assign(new RenderingMemory(() => new Date()), { pictures });
    const deps = { pool, chains: { study: async () => {} } } as unknown as RenderingDeps;
    const done: number[] = [];
    const ask = async (who: string, frame: number, signal = new AbortController().signal) => {
      const actor = { kind: 'person', credentialId: who } as Parameters<typeof renderFound>[2];
      const found = { pack: { packId: 'a' }, instance: { identityAt: 0 } } as unknown as FoundInstance;
      const asked = { invert: false, overlays: true, format: 'jpeg' } as const;
      const { bytes } = await renderFound(deps, memory, actor, found, frame, asked, signal);
      expect(bytes[0]).toBe(9);
      done.push(frame);
    };
    const gone = new AbortController();
    const others = (frame: number) => Array.from({ length: 8 }, (_, at) => ask(`${frame} ${at}`, frame + at));
    const all = [ask('first', 1), ...others(10), ...Array.from({ length: 12 }, (_, at) => ask(`looks on ${at}`, 1))];
    const hungUp = ask('hangs up', 1, gone.signal);
    gone.abort();
    await expect(hungUp).rejects.toMatchObject({ name: 'AbortError' });
    await Promise.all(all);
    // One was made: it is the one of all who asked for it, who came behind the eight.
    expect(done.slice(0, 13)).toEqual(Array(13).fill(1));
    expect(new Set(done.slice(13)).size).toBe(8);
    // Nothing is left of those who waited.
    await ask('later', 1);
  } finally {
    await pool.close();
  }
}, 30_000);

test('a light picture waits for no memory that codecs hold, and keeps none of it from them', async () => {
  const pool = new RenderPool({ workers: 1, program });
  const [rows, columns] = [16, 16];
  const grey = { photometric: 'MONOCHROME2', samples: 1, bitsAllocated: 8, bitsStored: 8, highBit: 7, planar: 0 };
  const format = { transferSyntax: '1.2.840.10008.1.2.1', rows, columns, ...grey };
  const transforms = { distinct: [{ slope: 1, intercept: 0, windows: [], unit: '' }] };
  const model = { format, aspect: 1, transforms } as unknown as ImageModel;
  const frames = new ByteBudget(limit);
  const codec = frames.open();
  await codec.take(limit);
  const read = new Uint8Array(rows * columns);
  let waitedFor = 0;
  const pictures = {
    known: () => ({ model }),
    open: async () => ({ model }),
    frame: async () => {
      // Somebody else who is first in the budget by now is let through, whatever it takes.
      codec.release();
      const next = frames.open();
      await next.take(2 * limit);
      waitedFor += 1;
      next.release();
      return { bytes: read, bitOffset: 0, kind: 'integer', vr: 'OB' };
    },
  };
  const memory = { ...memoryOf(() => 0, frames), pictures } as unknown as RenderingMemory;
  const deps = { pool, chains: { study: async () => {} } } as unknown as RenderingDeps;
  const actor = { kind: 'person', credentialId: 'one' } as Parameters<typeof renderFound>[2];
  const found = { pack: { packId: 'a' }, instance: { identityAt: 0 } } as unknown as FoundInstance;
  const asked = { invert: false, overlays: true, format: 'jpeg' } as const;
  try {
    const { bytes } = await renderFound(deps, memory, actor, found, 1, asked, new AbortController().signal);
    expect([...bytes.subarray(0, 2), waitedFor]).toEqual([0xff, 0xd8, 1]);
  } finally {
    await pool.close();
  }
}, 30_000);
