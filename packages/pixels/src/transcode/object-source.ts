import {
  type Cut,
  type DicomFile,
  edit,
  type ParseOptions,
  parseFile,
  parseIdentityHalf,
  split,
  tags,
} from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import type { ValueReader } from '../frames/fragments.ts';
import { explicitElements } from './explicit-elements.ts';
import { transcodingTargets } from './targets.ts';

/** One object in its two halves, as `split` makes them: all but its pixel data, and a way to read that. */
export type ObjectSource = {
  readonly identity: Uint8Array;
  readonly cuts: readonly Cut[];
  /** Bytes of the image half, end exclusive; exactly as many as asked for. */
  readonly readImage: ValueReader;
};

/** The same of an object without pixel data. */
export type OpenedHeader = { readonly file: DicomFile; readonly header: DicomFile; readonly cut?: undefined };

/** An object whose header is explicit VR little endian, whatever it was, and whose pixel data is as it was. */
export type OpenedObject = {
  /** What the object says of itself, in its own transfer syntax. */
  readonly file: DicomFile;
  /** The header to be changed, and where in it the pixel data belongs. */
  readonly header: DicomFile;
  readonly cut: Cut;
  readonly readPixels: ValueReader;
};

/**
 * Writes the header of an object, of which `file` is all but the pixel data, in explicit VR little endian where it is not so.
 *
 * Law     a header in explicit VR little endian stays byte for byte, that of a data set deflated whole included.
 *
 * @throws PixelsError PIXELS_HEADER_INVALID  there is more than one kind of pixel data
 * @throws DicomError  those of `parseIdentityHalf`
 */
export function openedObject(
  file: DicomFile,
  { cuts, readImage: readPixels }: ObjectSource,
  options: ParseOptions,
): OpenedObject | OpenedHeader {
  if (file.deflated) return inflatedObject(file, options);
  const cut = onlyCut(cuts);
  const { explicit, littleEndian } = file.dataset;
  if (explicit && littleEndian) return opened(file, file, cut, readPixels);
  const { before, behind } = explicitElements(file.dataset, tags.PixelData);
  const front = [metaOf(file), ...before];
  const header = joined([...front, ...behind]);
  const moved = cut && { at: byteCount(front), bytes: cut.bytes };
  const cutsMoved = moved === undefined ? [] : [moved];
  return opened(file, parseIdentityHalf(header, { ...options, cuts: cutsMoved }), moved, readPixels);
}

/** Inflated, it is a file in explicit VR little endian. Source: PS3.5 §A.5. */
function inflatedObject(file: DicomFile, options: ParseOptions): OpenedObject | OpenedHeader {
  const whole = parseFile(joined([metaOf(file), file.dataset.bytes]), options);
  const { identity, image, cuts } = split(whole);
  const cut = onlyCut(cuts);
  const header = parseIdentityHalf(joined(identity), { ...options, cuts });
  const pixels = image[0] ?? new Uint8Array(0);
  return opened(file, header, cut, async (start, end) => pixels.subarray(start, end));
}

function opened(
  file: DicomFile,
  header: DicomFile,
  cut: Cut | undefined,
  readPixels: ValueReader,
): OpenedObject | OpenedHeader {
  return cut === undefined ? { file, header } : { file, header, cut, readPixels };
}

function onlyCut([cut, second]: readonly Cut[]): Cut | undefined {
  if (second !== undefined)
    throw new PixelsError('PIXELS_HEADER_INVALID', 'The object holds more than one kind of pixel data.');
  return cut;
}

/** All that stands before the data set, naming explicit VR little endian. */
function metaOf(file: DicomFile): Uint8Array {
  const syntax = { vr: 'UI', Value: [transcodingTargets.explicit] };
  const { pieces, bytes } = edit(file, [{ path: [tags.TransferSyntaxUID], set: syntax }]);
  return joined(pieces).subarray(0, bytes - (file.bytes.length - file.datasetStart));
}

const byteCount = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only, second] = pieces;
  if (only !== undefined && second === undefined) return only;
  const whole = new Uint8Array(byteCount(pieces));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
