import { inflateRawSync } from 'node:zlib';
import { type DataSet, parseFile } from '@symbolon/dicom';
import {
  type DecodedFrame,
  decodeFrame,
  type EncodedFrame,
  framePlace,
  frameTable,
  type ImageModel,
  imageModel,
  type Look,
  PixelsError,
  pictureOfFrame,
  pixelElement,
  type Raster,
  render,
  transformOfFrame,
} from './index.ts';

export type OpenFile = {
  readonly header: DataSet;
  readonly transferSyntax: string;
  readonly model: ImageModel;
  readonly frames: number;
  /** As it is stored, fragments joined. Counted from 0. */
  encoded(at: number): Promise<EncodedFrame>;
  /** Counted from 0. */
  frame(at: number): Promise<DecodedFrame>;
  show(at: number, look?: Look): Promise<Raster>;
};

/** A whole file as the exchange reads it: header, frame table, then the bytes of one frame. */
export async function openFile(bytes: Uint8Array): Promise<OpenFile> {
  const inflateRaw = (deflated: Uint8Array, maxOutputLength: number) => inflateRawSync(deflated, { maxOutputLength });
  const file = parseFile(bytes, { inflateRaw, duplicates: 'accept', bare: 'accept' });
  const model = imageModel(file.dataset, file.transferSyntax);
  const [found] = file.pixelElements;
  if (!found) throw new PixelsError('PIXELS_MISSING', 'none');
  const element = file.dataset.bytes.subarray(found.start, found.end);
  const { valueStart, valueEnd, encapsulated, kind, vr } = pixelElement(element, element.length, model.format);
  const read = async (start: number, end: number) => element.subarray(valueStart + start, valueStart + end);
  const pixels = { encapsulated, valueBytes: valueEnd - valueStart };
  const table = await frameTable(model, file.dataset, pixels, read);
  const encoded = async (at: number) => {
    const { ranges, bitOffset } = await framePlace(table, at, read);
    const parts = await Promise.all(ranges.map(({ start, end }) => read(start, end)));
    const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    return { bytes, bitOffset, kind, vr };
  };
  const frame = async (at: number) => decodeFrame(model.format, await encoded(at));
  return {
    header: file.dataset,
    transferSyntax: file.transferSyntax,
    model,
    frames: table.frames,
    encoded,
    frame,
    show: async (at, look) =>
      render(await frame(at), pictureOfFrame(model, at), transformOfFrame(model.transforms, at), look),
  };
}

/** The stored values of a frame, without what stands in the other bits of its words. */
export function storedValues({ words, bitsStored, highBit, signed }: DecodedFrame): number[] {
  if (words instanceof Float32Array || words instanceof Float64Array) return [...words];
  const [below, range] = [2 ** (highBit + 1 - bitsStored), 2 ** bitsStored];
  return Array.from(words, (word) => {
    const bits = Math.floor(word / below) % range;
    return signed && bits >= range / 2 ? bits - range : bits;
  });
}
