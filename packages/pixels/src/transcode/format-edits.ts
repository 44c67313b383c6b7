import { type DataSet, type Edit, type EditPath, number, tags, text } from '@symbolon/dicom';
import type { PixelFormat } from '../model/pixel-format.ts';

/** What counted the bytes of the old pixel data. */
const counts: readonly number[] = [0x7fe00000, tags.ExtendedOffsetTable, tags.ExtendedOffsetTableLengths];
const defaultPhotometric = { 1: 'MONOCHROME2', 3: 'RGB' } as const;

/** What a data set, at `path`, must say otherwise when its pixels lie as `to` says; see `transcodedHeader`. */
export function formatEdits(
  ds: DataSet,
  { photometric, planar, samples, bitsAllocated }: PixelFormat,
  path: EditPath,
): Edit[] {
  const edits: Edit[] = [];
  const set = (tag: number, vr: string, value: string | number): void => {
    edits.push({ path: [...path, tag], set: { vr, Value: [value] } });
  };
  // Nothing is said where nothing was: then what it defaults to has not changed.
  const colours = text(ds, tags.PhotometricInterpretation);
  if (colours !== photometric && !(colours === undefined && photometric === defaultPhotometric[samples]))
    set(tags.PhotometricInterpretation, 'CS', photometric);
  const layout = number(ds, tags.PlanarConfiguration);
  if (samples === 3 && layout !== undefined && layout !== planar) set(tags.PlanarConfiguration, 'US', planar);
  if (number(ds, tags.BitsAllocated) !== bitsAllocated) set(tags.BitsAllocated, 'US', bitsAllocated);
  for (const tag of counts) if (ds.elements.has(tag)) edits.push({ path: [...path, tag], remove: true });
  return edits;
}
