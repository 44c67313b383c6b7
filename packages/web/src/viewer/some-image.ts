import type { Image } from '@symbolon/contract';

/** An image of a CT as the exchange lists it; tests change what they are about. */
export function someImage(id: string, changes: Partial<Image> = {}): Image {
  return {
    id,
    number: 1,
    frames: 1,
    rows: 512,
    columns: 512,
    colour: false,
    windows: [{ name: '', center: 40, width: 400 }],
    unit: 'HU',
    spacing: [0.5, 0.5],
    frameMs: null,
    lossy: false,
    refusal: null,
    ...changes,
  };
}
