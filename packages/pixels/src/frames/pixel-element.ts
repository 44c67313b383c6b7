import { isEncapsulated } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import type { PixelFormat } from '../model/pixel-format.ts';

export type SampleKind = 'integer' | 'float' | 'double';

/** The header of a pixel data element. Units: offsets in bytes from the element's first byte. */
export type PixelElement = {
  readonly kind: SampleKind;
  readonly vr: string;
  readonly valueStart: number;
  /** Of fragments, with their delimiter where there is one. */
  readonly valueEnd: number;
  readonly encapsulated: boolean;
};

/** So many bytes hold the header of every pixel data element. */
export const pixelElementHeaderBytes = 12;

const kinds: Readonly<Record<number, SampleKind>> = {
  2145386512: 'integer',
  2145386504: 'float',
  2145386505: 'double',
};
const undefinedLength = 0xffffffff;

/**
 * Reads the header of a pixel data element that is known to be `elementBytes` long altogether.
 *
 * The form shows itself: the letters of every VR that pixel data can have would be an odd length in implicit form.
 * Source  PS3.5 §7.1.2, §7.1.3, §A.4.
 *
 * @throws PixelsError PIXELS_MISSING PIXELS_FRAME_TABLE_INVALID
 */
export function pixelElement(
  head: Uint8Array,
  elementBytes: number,
  { transferSyntax, littleEndian }: PixelFormat,
): PixelElement {
  if (head.length < 8) throw new PixelsError('PIXELS_MISSING', 'This object holds no pixel data.');
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const tag = view.getUint16(0, littleEndian) * 0x10000 + view.getUint16(2, littleEndian);
  const kind = kinds[tag];
  if (kind === undefined) throw new PixelsError('PIXELS_MISSING', 'This object holds no pixel data.');
  const letters = String.fromCharCode(head[4]!, head[5]!);
  const explicit = /^(OB|OW|OF|OD|UN)$/.test(letters);
  const valueStart = explicit ? 12 : 8;
  if (head.length < valueStart) throw new PixelsError('PIXELS_MISSING', 'This object holds no pixel data.');
  const length = view.getUint32(explicit ? 8 : 4, littleEndian);
  const encapsulated = length === undefinedLength;
  if (!encapsulated && valueStart + length !== elementBytes)
    throw new PixelsError('PIXELS_FRAME_TABLE_INVALID', 'The length of the pixel data is not what it says of itself.');
  if (encapsulated !== isEncapsulated(transferSyntax))
    throw new PixelsError(
      'PIXELS_FRAME_TABLE_INVALID',
      encapsulated
        ? 'The pixel data is in fragments, and the transfer syntax allows none.'
        : 'The transfer syntax wants pixel data in fragments, and it is not.',
    );
  return { kind, vr: explicit ? letters : 'OW', valueStart, valueEnd: elementBytes, encapsulated };
}
