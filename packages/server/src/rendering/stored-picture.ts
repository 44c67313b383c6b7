import type { DicomFile } from '@symbolon/dicom';
import {
  type EncodedFrame,
  type FrameTable,
  framePlace,
  frameTable,
  type ImageModel,
  type PixelElement,
  PixelsError,
  pixelElement,
  pixelElementHeaderBytes,
  type ValueReader,
} from '@symbolon/pixels';
import type { PackReader } from '../packs/index.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Erasures } from './erasures.ts';
import { decodedBytes, describe, headerOf, maxFrameBytes } from './image-header.ts';
import type { FoundInstance } from './image-id.ts';
import type { Stored } from './stored-frames.ts';

/** What is known of a picture that is kept: what it is, and where its frames lie. */
export type StoredPicture = {
  readonly model: ImageModel;
  readonly element: PixelElement;
  readonly table: FrameTable;
};

/** Reads pictures out of packs, and keeps what is known of a bounded number of them, without their pixels. */
export class StoredPictures {
  readonly #known = new BoundedCache<StoredPicture>(16 * 1024 * 1024);
  readonly #erasures: Erasures;

  constructor(erasures: Erasures) {
    this.#erasures = erasures;
  }

  /** What is known already. */
  known({ pack, instance }: FoundInstance): StoredPicture | undefined {
    return this.#known.get(`${pack.packId} ${instance.identityAt}`);
  }

  /** @throws PixelsError, DicomError  why it is none */
  async open(reader: PackReader, found: FoundInstance): Promise<StoredPicture> {
    const { pack, instance } = found;
    const name = `${pack.packId} ${instance.identityAt}`;
    const known = this.known(found);
    if (known) return known;
    const still = this.#erasures.since();
    const header = headerOf(await reader.identityHalf(pack, instance), instance);
    const { model } = describe(header, instance);
    const read = readAll(piecesOf(reader, found, header));
    const elementBytes = header.pixelElements[0]
      ? header.pixelElements[0].end - header.pixelElements[0].start
      : (instance.cuts[0]?.bytes ?? 0);
    const head = await read(0, Math.min(pixelElementHeaderBytes, elementBytes));
    const element = pixelElement(head, elementBytes, model.format);
    const valueBytes = element.valueEnd - element.valueStart;
    const { encapsulated } = element;
    const table = await frameTable(model, header.dataset, { encapsulated, valueBytes }, after(read, element));
    const picture = { model, element, table };
    if (still()) this.#known.set(name, picture, roughBytes(picture));
    return picture;
  }

  /**
   * The bytes of one frame, counted from 0, in a buffer of their own; where `share` says so, in one that threads share. `more` hears
   * how many of them are beyond what the frame has once it is decoded, before there is room for any.
   *
   * @throws PixelsError
   */
  async frame(
    reader: PackReader,
    found: FoundInstance,
    picture: StoredPicture,
    frame: number,
    share: boolean,
    more: (bytes: number) => Promise<void> = async () => {},
  ): Promise<EncodedFrame> {
    const { table, element } = picture;
    const header = found.instance.imageBytes === 0 ? await this.#inflated(reader, found) : undefined;
    const pieces = piecesOf(reader, found, header);
    const place = await framePlace(table, frame, after(readAll(pieces), element));
    if (place.bytes > maxFrameBytes)
      throw new PixelsError('PIXELS_TOO_LARGE', 'The frame is larger than can be shown.');
    // A native frame ends in whole words, and is counted for that.
    const beyond = place.bytes - decodedBytes(picture.model);
    if (beyond > 0 && table.kind !== 'native') await more(beyond);
    const bytes = new Uint8Array(share ? new SharedArrayBuffer(place.bytes) : new ArrayBuffer(place.bytes));
    let at = 0;
    for (const { start, end } of place.ranges) {
      for await (const piece of pieces(element.valueStart + start, element.valueStart + end)) {
        bytes.set(piece, at);
        at += piece.length;
      }
    }
    return { bytes, bitOffset: place.bitOffset, kind: element.kind, vr: element.vr };
  }

  /** Gives up what is known of packs that were erased. */
  forget(packIds: ReadonlySet<string>): void {
    this.#known.deleteWhere((name) => packIds.has(name.slice(0, name.indexOf(' '))));
  }

  /** Data sets deflated whole hold their pixels in the identity half. */
  async #inflated(reader: PackReader, { pack, instance }: FoundInstance): Promise<DicomFile> {
    return headerOf(await reader.identityHalf(pack, instance), instance);
  }
}

export type Pieces = (start: number, end: number) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Bytes of the first pixel data element, from its own header on. */
export function piecesOf(reader: PackReader, { pack, instance }: Stored, header: DicomFile | undefined): Pieces {
  const inside = header?.pixelElements[0];
  if (header && inside) {
    const element = header.dataset.bytes.subarray(inside.start, inside.end);
    return (start, end) => [element.subarray(start, end)];
  }
  return (start, end) => reader.imageRange(pack, instance, start, end);
}

/** A range in a buffer of its own. */
export const readAll =
  (pieces: Pieces): ValueReader =>
  async (start, end) => {
    const bytes = new Uint8Array(end - start);
    let at = 0;
    for await (const piece of pieces(start, end)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  };

export const after =
  (read: ValueReader, { valueStart }: PixelElement): ValueReader =>
  (start, end) =>
    read(valueStart + start, valueStart + end);

/** What is known of where frames lie takes so many bytes, about. */
export function tableBytes(table: FrameTable): number {
  if (table.kind === 'native') return 0;
  if (table.kind === 'offsets') return table.starts.length * 16;
  return table.firsts.byteLength + table.starts.byteLength + table.lengths.byteLength;
}

/** What a picture without its pixels takes, about: its tables count, one by one. */
function roughBytes({ model, table }: StoredPicture): number {
  const { distinct, ofFrame } = model.transforms;
  const luts = distinct.reduce(
    (sum, { modalityTable, voiTable, windows }) =>
      sum + 500 + 300 * windows.length + (modalityTable?.entries.byteLength ?? 0) + (voiTable?.entries.byteLength ?? 0),
    0,
  );
  const graphics = (model.planes ?? []).reduce(
    (sum, plane) => sum + 200 + (plane.kind === 'bits' ? plane.bits.byteLength : 0),
    0,
  );
  const { palette, supplement, presentation, shutter, colourProfile } = model;
  const vertices = shutter?.shapes.reduce(
    (sum, one) => sum + 100 + (one.kind === 'polygonal' ? one.vertices.length * 8 : 0),
    0,
  );
  const once =
    3 * ((palette ?? supplement)?.red.length ?? 0) +
    (presentation?.table?.entries.byteLength ?? 0) +
    (colourProfile?.linear.byteLength ?? 0);
  return 2_000 + tableBytes(table) + luts + 8 * (ofFrame?.length ?? 0) + graphics + (vertices ?? 0) + once;
}
