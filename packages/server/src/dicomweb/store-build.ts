import { setImmediate as turn } from 'node:timers/promises';
import { type DicomJson, tags, tagText, writeFilePieces } from '@symbolon/dicom';
import { Refusal } from '../intake/index.ts';
import type { BulkParts, Piece } from './store-bulk.ts';
import { type BulkForm, bulkForm, codeStream, explicitLittleEndian } from './store-media-types.ts';

/** The pixel data of an instance; what lies in its sequences, such as an icon, is plain. */
export const pixelData = '7FE00010';

/** An instance whose metadata came, and by which keys it names its bulk data. */
export type Model = {
  readonly model: DicomJson;
  readonly keys: ReadonlySet<string>;
  readonly pixelKey: string | undefined;
};

/** In what form its first part says that pixel data is; undefined where none is a part. */
export function formBy({ pixelKey }: Model, bulk: BulkParts): BulkForm | undefined {
  const [first] = pixelKey === undefined ? [] : bulk.of(pixelKey);
  return first && bulkForm(first.contentType, encapsulatedFrame(first));
}

/**
 * Whether a part came for each frame that is one. `form`: by the first of them.
 *
 * @throws Refusal  there are more, or others
 */
export function isComplete({ model, keys, pixelKey }: Model, bulk: BulkParts, form: BulkForm | undefined): boolean {
  const pixels = pixelKey === undefined ? [] : bulk.of(pixelKey);
  const [first] = pixels;
  const apart = form && ((form.encapsulated && !form.video) || first?.frame !== undefined);
  const parts = apart ? framesOf(model) : 1;
  if (first && pixels.length < parts) return false;
  for (const key of keys) {
    const pieces = bulk.of(key);
    const most = key === pixelKey ? parts : 1;
    const numbers = pieces.flatMap(({ frame }) => frame ?? []).sort((a, b) => a - b);
    if (pieces.length > most || numbers.some((number, at) => number !== at + 1))
      throw new Refusal('DICOM_UNREADABLE', 'Parts of one Content-Location are more than, or other than, its frames.');
  }
  return true;
}

/** The file of an instance all of which came, in pieces of which bulk data is not copied. @throws DicomError, Refusal */
export function fileOf({ model, keys, pixelKey }: Model, parts: BulkParts, form: BulkForm | undefined): Uint8Array[] {
  const bulk = new Map<string, Uint8Array | readonly Uint8Array[]>();
  for (const key of keys) {
    const frames = parts.of(key).toSorted((a, b) => (a.frame ?? 0) - (b.frame ?? 0));
    const values = frames.map(({ bytes }) => bytes as Uint8Array);
    if (key === pixelKey && form?.encapsulated) bulk.set(key, [new Uint8Array(0), ...frames.map(encapsulatedFrame)]);
    else bulk.set(key, values.length === 1 ? (values[0] as Uint8Array) : Buffer.concat(values));
  }
  const pixels = model[pixelData];
  // PS3.5 §A.4: encapsulated pixel data is OB, whatever it was.
  const written: DicomJson = pixels && form?.encapsulated ? { ...model, [pixelData]: { ...pixels, vr: 'OB' } } : model;
  const transferSyntax = form?.transferSyntax ?? explicitLittleEndian;
  return [...writeFilePieces(written, { transferSyntax, bulkData: (uri) => bulk.get(parts.place(uri).key) })];
}

/** A picture as files are is made what DICOM holds; whatever names a transfer syntax as its own type does is that already. */
const encapsulatedFrame = ({ contentType, bytes }: Piece): Uint8Array =>
  /^\s*image\//i.test(contentType) ? codeStream(bytes as Uint8Array) : (bytes as Uint8Array);

function framesOf(model: DicomJson): number {
  const frames = Number(model[tagText(tags.NumberOfFrames)]?.Value?.[0] ?? 1);
  return Number.isInteger(frames) && frames > 0 ? frames : 1;
}

/** A large file is read in such steps; in between others have their turn. Bytes. */
const stepBytes = 4 * 1024 * 1024;

export async function* inSteps(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += stepBytes) {
      if (at > 0) await turn();
      yield piece.subarray(at, at + stepBytes);
    }
  }
}
