import { type Edit, edit, number, tags, text } from '@symbolon/dicom';
import type { PixelFormat } from '../model/pixel-format.ts';
import { joined, type OpenedObject } from './object-source.ts';

/**
 * The header of a transcoded object, cut where its pixel data belongs.
 *
 * What changes, where it is not so already:
 *   (0002,0010) Transfer Syntax UID            the target's; (0002,0000) counts its bytes
 *   (0028,0004) Photometric Interpretation     of samples in or out of a colour transform, or of chroma written for each pixel
 *   (0028,0006) Planar Configuration           0 within a code stream, where three samples have one
 *   (0028,0100) Bits Allocated                 16, of words of 12 bits
 *   (7FE0,0001) (7FE0,0002) Extended Offset Table and its Lengths: away, since they count the old fragments
 *
 * Law     every other byte stays. Lossy Image Compression says of an image that it was once compressed with loss, and goes on
 *         saying so. The SOP Instance UID stays: the picture is the same.
 * Source  PS3.5 §8.2, §A.4; PS3.3 §C.7.6.3.1, §C.7.6.1.1.5 (a new UID is for a lossy compression).
 *
 * @throws DicomError those of `edit`
 */
export function transcodedHeader(
  { header, cut }: OpenedObject,
  { transferSyntax, photometric, planar, samples, bitsAllocated }: PixelFormat,
): { readonly before: Uint8Array; readonly behind: Uint8Array } {
  const { dataset, meta } = header;
  const edits: Edit[] = [];
  const set = (tag: number, vr: string, value: string | number): void => {
    edits.push({ path: [tag], set: { vr, Value: [value] } });
  };
  if (text(meta, tags.TransferSyntaxUID) !== transferSyntax) set(tags.TransferSyntaxUID, 'UI', transferSyntax);
  // Nothing is said where nothing was: then what it defaults to has not changed.
  const colours = text(dataset, tags.PhotometricInterpretation);
  if (colours !== photometric && !(colours === undefined && photometric === defaultPhotometric[samples]))
    set(tags.PhotometricInterpretation, 'CS', photometric);
  const layout = number(dataset, tags.PlanarConfiguration);
  if (samples === 3 && layout !== undefined && layout !== planar) set(tags.PlanarConfiguration, 'US', planar);
  if (number(dataset, tags.BitsAllocated) !== bitsAllocated) set(tags.BitsAllocated, 'US', bitsAllocated);
  for (const tag of [tags.ExtendedOffsetTable, tags.ExtendedOffsetTableLengths])
    if (dataset.elements.has(tag)) edits.push({ path: [tag], remove: true });
  const edited = edit(header, edits, { cuts: [cut] });
  const at = edited.cuts[0]?.at ?? 0;
  const whole = joined(edited.pieces);
  return { before: whole.subarray(0, at), behind: whole.subarray(at) };
}

const defaultPhotometric = { 1: 'MONOCHROME2', 3: 'RGB' } as const;
