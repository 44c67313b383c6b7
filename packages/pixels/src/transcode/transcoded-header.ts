import { type Edit, edit, tags, text } from '@symbolon/dicom';
import type { PixelFormat } from '../model/pixel-format.ts';
import { formatEdits } from './format-edits.ts';
import type { NestedPixels } from './nested-pixels.ts';
import { joined, type OpenedObject } from './object-source.ts';

/**
 * The header of a transcoded object, cut where its pixel data belongs.
 *
 * What changes, where it is not so already (the preamble apart, see `withoutTiff`):
 *   (0002,0010) Transfer Syntax UID            the target's; (0002,0000) counts its bytes
 *   (0028,0004) Photometric Interpretation     of samples in or out of a colour transform, or of chroma written for each pixel
 *   (0028,0006) Planar Configuration           0 within a code stream, where three samples have one
 *   (0028,0100) Bits Allocated                 16, of words of 12 bits
 *   (0028,2110) Lossy Image Compression        01, where the code stream was made with loss and only it and its transfer syntax said so
 *   (7FE0,0000) Group Length                   away: it counts the old pixel data
 *   (7FE0,0001) (7FE0,0002) Extended Offset Table and its Lengths: away, since they count the old fragments
 *   pictures within sequences                  native, where they were in fragments, and their elements so as well
 *
 * Law     every other byte stays. Lossy Image Compression says of an image that it was once compressed with loss, and goes on
 *         saying so. The SOP Instance UID stays: the picture is the same.
 * Source  PS3.5 §8.2, §A.4; PS3.3 §C.7.6.3.1, §C.7.6.1.1.5 (a new UID is for a lossy compression; 01 once, 01 for ever).
 *
 * @throws DicomError those of `edit`
 */
export function transcodedHeader(
  { header, cut }: OpenedObject,
  to: PixelFormat,
  { nested, lossy }: { readonly nested: NestedPixels; readonly lossy: boolean },
): { readonly before: Uint8Array; readonly behind: Uint8Array } {
  const { dataset, meta } = header;
  const { transferSyntax } = to;
  const edits: Edit[] = [...nested.edits, ...formatEdits(dataset, to, [])];
  if (lossy && text(dataset, tags.LossyImageCompression) !== '01')
    edits.push({ path: [tags.LossyImageCompression], set: { vr: 'CS', Value: ['01'] } });
  if (text(meta, tags.TransferSyntaxUID) !== transferSyntax)
    edits.push({ path: [tags.TransferSyntaxUID], set: { vr: 'UI', Value: [transferSyntax] } });
  const write = { bulkData: (uri: string) => nested.values.get(uri) };
  const edited = edit(header, edits, { cuts: [cut], write });
  const at = edited.cuts[0]?.at ?? 0;
  const whole = joined(edited.pieces);
  return { before: whole.subarray(0, at), behind: whole.subarray(at) };
}
