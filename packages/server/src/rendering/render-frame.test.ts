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
