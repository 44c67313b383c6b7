import { type DataSet, type DicomFile, type Edit, type EditPath, isEncapsulated, tags } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import { pixelFormat } from '../model/pixel-format.ts';
import { formatEdits } from './format-edits.ts';
import { joined } from './object-source.ts';
import type { transcodeFrame } from './transcode-frame.ts';
import { requireOneFrame } from './whole-frame.ts';

/** Values that edits name by BulkDataURI, for the write that applies them. */
export type NestedPixels = { readonly edits: readonly Edit[]; readonly values: ReadonlyMap<string, Uint8Array> };

/**
 * What makes pictures within sequences, such as icons, native, where they are in fragments: fragments are code streams of the
 * object's transfer syntax, and would be taken for those of its new one. Native ones are right in every transfer syntax.
 *
 * Shape   in: the header in explicit VR little endian, and the transfer syntax that the object had.
 * Cost    O(elements), iterative; one picture at a time, all of their native bytes.
 * Source  PS3.5 §A.4, Table A.4-1; PS3.3 §C.7.6.1.1.6 (Icon Image Sequence).
 *
 * @throws PixelsError PIXELS_NOT_REPRESENTABLE  one of them cannot be decoded
 */
export async function nestedPixels(
  { dataset }: DicomFile,
  transferSyntax: string,
  transcode: typeof transcodeFrame,
): Promise<NestedPixels> {
  const edits: Edit[] = [];
  const values = new Map<string, Uint8Array>();
  const work: { ds: DataSet; path: EditPath }[] = [{ ds: dataset, path: [] }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { ds, path } = next;
    for (const { tag, items, fragments } of ds.elements.values()) {
      for (const [at, item] of (items ?? []).entries()) work.push({ ds: item, path: [...path, tag, at] });
      if (fragments === undefined || path.length === 0) continue;
      const uri = String(values.size);
      const streams = fragments.slice(1).filter(({ valueStart, valueEnd }) => valueEnd > valueStart);
      const parts = streams.map(({ valueStart, valueEnd }) => ds.bytes.subarray(valueStart, valueEnd));
      const picture = await nativePicture(ds, tag, parts, transferSyntax, transcode);
      values.set(uri, picture.bytes);
      edits.push({ path: [...path, tag], set: { vr: picture.vr, BulkDataURI: uri } }, ...picture.edits(path));
    }
  }
  return { edits, values };
}

async function nativePicture(
  ds: DataSet,
  tag: number,
  parts: readonly Uint8Array[],
  transferSyntax: string,
  transcode: typeof transcodeFrame,
) {
  if (tag !== tags.PixelData || !isEncapsulated(transferSyntax) || parts.length === 0) throw undecodable('');
  try {
    const format = { ...pixelFormat(ds, transferSyntax), littleEndian: true };
    requireOneFrame(format, parts);
    const frame = { bytes: joined(parts), bitOffset: 0, kind: 'integer', vr: 'OB' } as const;
    const { bytes, format: to } = await transcode(format, frame, 'explicit');
    const even = bytes.length % 2 === 0 ? bytes : joined([bytes, Uint8Array.of(0)]);
    return {
      bytes: even,
      vr: to.bitsAllocated > 8 ? 'OW' : 'OB',
      edits: (path: EditPath) => formatEdits(ds, to, path),
    };
  } catch (error) {
    if (error instanceof PixelsError) throw undecodable(` ${error.message}`);
    throw error;
  }
}

const undecodable = (why: string): PixelsError =>
  new PixelsError(
    'PIXELS_NOT_REPRESENTABLE',
    `Within a sequence stands a compressed picture, such as an icon, that cannot be decoded, and it would be unreadable in another transfer syntax.${why}`,
  );
