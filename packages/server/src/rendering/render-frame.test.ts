import type { ImageModel } from '@symbolon/pixels';
import { expect, test } from 'vitest';
import { ByteBudget } from '../platform/byte-budget.ts';
import type { FoundInstance } from './image-id.ts';
import { type RenderingDeps, renderFound } from './render-frame.ts';
import { RenderPool } from './render-pool.ts';
import type { RenderingMemory } from './rendering-memory.ts';

const program = new URL('./stuck.worker.fixture.ts', import.meta.url);
const limit = 1_000_000;

/** Pictures of so many pixels on a side, by their headers; the worker gives back the first byte of the frame. */
function memoryOf(side: (packId: string) => number, frames: ByteBudget): RenderingMemory {
  const format = { transferSyntax: '1.2.840.10008.1.2.1', rows: 0, columns: 0, samples: 1, bitsAllocated: 16 };
  return {
    frames,
    made: () => undefined,
    madeMeanwhile: () => undefined,
    decoded: () => undefined,
    keeps: () => false,
    keeping: () => ({ made: () => {}, decoded: () => {}, still: () => true }),
    pictures: {
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
    const ask = (who: string, packId: string, viewport?: { readonly width: number }) =>
      renderFound(
        deps,
        memory,
        { kind: 'person', credentialId: who } as Parameters<typeof renderFound>[2],
        { pack: { packId }, instance: { identityAt: 0 } } as unknown as FoundInstance,
        1,
        { invert: false, overlays: true, format: 'jpeg', viewport },
        new AbortController().signal,
      );
    const asked = [
      ...Array.from({ length: 6 }, () => ask('many', 'small')),
      ...Array.from({ length: 3 }, () => ask('vast', 'vast')),
    ];
    expect((await Promise.all(asked)).map(({ bytes }) => bytes[0])).toEqual(Array(9).fill(9));
    // No worker is asked, and no memory, for what will be too large to be shown.
    await expect(ask('long', 'small', { width: 1_000_000 })).rejects.toMatchObject({ code: 'PIXELS_NOT_RENDERABLE' });
  } finally {
    await pool.close();
  }
}, 30_000);
