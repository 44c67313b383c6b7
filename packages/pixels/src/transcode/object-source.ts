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
 * Reads the header of an object and, where it is not explicit VR little endian, writes it in that.
 *
 * Law     a header in explicit VR little endian stays byte for byte, that of a data set deflated whole included.
 *
 * @throws PixelsError PIXELS_MISSING PIXELS_HEADER_INVALID
 * @throws DicomError  those of `parseIdentityHalf`
 */
export function openedObject(source: ObjectSource, options: ParseOptions): OpenedObject {
  const file = parseIdentityHalf(source.identity, { ...options, cuts: source.cuts });
  if (file.deflated) return inflatedObject(file, options);
  const cut = onlyCut(source.cuts);
  const { explicit, littleEndian } = file.dataset;
  if (explicit && littleEndian) return { file, header: file, cut, readPixels: source.readImage };
  const { before, behind } = explicitElements(file.dataset, tags.PixelData);
  const front = [metaOf(file), ...before];
  const header = joined([...front, ...behind]);
  const moved = { at: byteCount(front), bytes: cut.bytes };
  return {
    file,
    header: parseIdentityHalf(header, { ...options, cuts: [moved] }),
    cut: moved,
    readPixels: source.readImage,
  };
}

/** Inflated, it is a file in explicit VR little endian. Source: PS3.5 §A.5. */
function inflatedObject(file: DicomFile, options: ParseOptions): OpenedObject {
  const whole = parseFile(joined([metaOf(file), file.dataset.bytes]), options);
  const { identity, image, cuts } = split(whole);
  const cut = onlyCut(cuts);
  const header = parseIdentityHalf(joined(identity), { ...options, cuts });
  const pixels = image[0] as Uint8Array;
  return { file, header, cut, readPixels: async (start, end) => pixels.subarray(start, end) };
}

function onlyCut(cuts: readonly Cut[]): Cut {
  const [cut, second] = cuts;
  if (cut === undefined) throw new PixelsError('PIXELS_MISSING', 'This object holds no pixel data.');
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
