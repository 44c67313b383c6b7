import { deflateRawSync } from 'node:zlib';
import { writeFile } from '@symbolon/dicom';
import { expect, test } from 'vitest';
import type { PackReader } from '../packs/index.ts';
import { Erasures } from './erasures.ts';
import { FrameFinder, type Stored } from './stored-frames.ts';

const us = (value: number) => ({ vr: 'US', Value: [value] });
const deflated = '1.2.840.10008.1.2.1.99';

test('a data set that is deflated whole is inflated once for frames that are read one after another', async () => {
  const pixels = Uint8Array.from({ length: 10 * 16 }, (_, at) => at);
  const identity = writeFile(
    {
      '00080016': { vr: 'UI', Value: ['1.2'] },
      '00080018': { vr: 'UI', Value: ['1.3'] },
      '00280002': us(1),
      '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
      '00280008': { vr: 'IS', Value: ['10'] },
      '00280010': us(4),
      '00280011': us(4),
      '00280100': us(8),
      '00280101': us(8),
      '00280102': us(7),
      '00280103': us(0),
      '7FE00010': { vr: 'OB', BulkDataURI: 'pixels' },
    },
    {
      transferSyntax: deflated,
      bulkData: () => pixels,
      deflateRaw: (bytes) => new Uint8Array(deflateRawSync(bytes)),
    },
  );
  let opened = 0;
  const reader = {
    identityHalf: async () => {
      opened += 1;
      return identity;
    },
  } as unknown as PackReader;
  const instance = { identityAt: 0, imageBytes: 0, cuts: [], transferSyntax: deflated };
  const stored = { pack: { packId: 'one' }, instance } as unknown as Stored;
  const finder = new FrameFinder(new Erasures());
  const frames = await finder.open(reader, stored);
  const before = opened;
  for (let frame = 0; frame < 10; frame += 1) {
    const place = await finder.frame(reader, stored, frames, frame);
    const pieces: Uint8Array[] = [];
    for await (const piece of place.pieces(0, place.bytes)) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(pixels.subarray(16 * frame, 16 * frame + 16))).toBe(true);
  }
  expect(opened - before).toBe(1);
});
