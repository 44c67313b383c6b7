import { type DataSet, type DicomFile, number, tags, text } from '@symbolon/dicom';
import {
  type FrameTable,
  frameBits,
  framePlace,
  frameTable,
  type PixelElement,
  type PixelFormat,
  PixelsError,
  pixelElement,
  pixelElementHeaderBytes,
  pixelFormat,
} from '@symbolon/pixels';
import type { ManifestInstance, PackReader, PackRow } from '../packs/index.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Erasures } from './erasures.ts';
import { headerOf } from './image-header.ts';
import { after, piecesOf, readAll, tableBytes } from './stored-picture.ts';

/** Where an instance lies. */
export type Stored = { readonly pack: PackRow; readonly instance: ManifestInstance };

/** Where the frames of an instance lie, whether or not a picture can be made of them. */
export type StoredFrames = {
  readonly transferSyntax: string;
  readonly littleEndian: boolean;
  readonly element: PixelElement;
  readonly table: FrameTable;
  /** How the samples lie; where that cannot be told, or is nothing that could be decoded, why. */
  readonly format: PixelFormat | PixelsError;
};

/** The bytes of a frame as they are stored, and the bit at which it begins. Each reading of `pieces` reads them anew. */
type StoredFrame = {
  readonly bytes: number;
  readonly bitOffset: number;
  pieces(start: number, end: number): AsyncGenerator<Uint8Array>;
};

const entryBytes = 1_000;

/** Finds frames in packs, and keeps where those of a bounded number of instances lie, without their pixels. */
export class FrameFinder {
  readonly #known = new BoundedCache<StoredFrames>(16 * 1024 * 1024);
  readonly #erasures: Erasures;
  /** What was inflated for one frame of many serves the next, unless memory was wanted meanwhile. */
  readonly #inflated = new WeakMap<StoredFrames, WeakRef<DicomFile>>();

  constructor(erasures: Erasures) {
    this.#erasures = erasures;
  }

  /**
   * Cost    the first time of an instance: its header, and its table of frames.
   *
   * @throws PixelsError, DicomError  it has none
   */
  async open(reader: PackReader, { pack, instance }: Stored): Promise<StoredFrames> {
    const name = `${pack.packId} ${instance.identityAt}`;
    const known = this.#known.get(name);
    if (known) return known;
    const still = this.#erasures.since();
    const { transferSyntax, cuts } = instance;
    const header = headerOf(await reader.identityHalf(pack, instance), instance);
    const format = formatOf(header.dataset, transferSyntax);
    const layout = format instanceof PixelsError ? layoutOf(header.dataset, transferSyntax) : format;
    const [inside] = header.pixelElements;
    const elementBytes = inside ? inside.end - inside.start : (cuts[0]?.bytes ?? 0);
    const read = readAll(piecesOf(reader, { pack, instance }, header));
    const head = await read(0, Math.min(pixelElementHeaderBytes, elementBytes));
    const element = pixelElement(head, elementBytes, layout);
    const { encapsulated, valueStart, valueEnd } = element;
    if (!encapsulated && !(frameBits(layout) > 0))
      throw new PixelsError('PIXELS_HEADER_INVALID', 'The header does not say how large a frame is.');
    const frames = Math.max(1, Math.floor(number(header.dataset, tags.NumberOfFrames) ?? 1));
    const pixels = { encapsulated, valueBytes: valueEnd - valueStart };
    const table = await frameTable({ format: layout, frames }, header.dataset, pixels, after(read, element));
    const found = { transferSyntax, littleEndian: header.dataset.littleEndian, element, table, format };
    if (still()) this.#known.set(name, found, entryBytes + tableBytes(table));
    return found;
  }

  /** One frame, counted from 0. @throws PixelsError PIXELS_FRAME_MISSING PIXELS_FRAME_TABLE_INVALID */
  async frame(reader: PackReader, stored: Stored, frames: StoredFrames, frame: number): Promise<StoredFrame> {
    const pieces = await this.#pieces(reader, stored, frames);
    const { valueStart } = frames.element;
    const { ranges, bytes, bitOffset } = await framePlace(frames.table, frame, after(readAll(pieces), frames.element));
    return {
      bytes,
      bitOffset,
      pieces: async function* (start, end) {
        let at = 0;
        for (const range of ranges) {
          const from = Math.max(start - at, 0);
          const to = Math.min(end - at, range.end - range.start);
          if (from < to) yield* pieces(valueStart + range.start + from, valueStart + range.start + to);
          at += range.end - range.start;
        }
      },
    };
  }

  /** A range of the pixel data's value: of frames in fragments with what parts them. */
  async *value(
    reader: PackReader,
    stored: Stored,
    frames: StoredFrames,
    start: number,
    end: number,
  ): AsyncGenerator<Uint8Array> {
    const { valueStart } = frames.element;
    yield* (await this.#pieces(reader, stored, frames))(valueStart + start, valueStart + end);
  }

  /** Gives up what is known of packs that were erased. */
  forget(packIds: ReadonlySet<string>): void {
    this.#known.deleteWhere((name) => packIds.has(name.slice(0, name.indexOf(' '))));
  }

  /** Data sets deflated whole hold their pixels in the identity half. */
  async #pieces(
    reader: PackReader,
    { pack, instance }: Stored,
    frames: StoredFrames,
  ): Promise<ReturnType<typeof piecesOf>> {
    if (instance.imageBytes !== 0) return piecesOf(reader, { pack, instance }, undefined);
    let header = this.#inflated.get(frames)?.deref();
    if (header === undefined) {
      header = headerOf(await reader.identityHalf(pack, instance), instance);
      this.#inflated.set(frames, new WeakRef(header));
    }
    return piecesOf(reader, { pack, instance }, header);
  }
}

function formatOf(ds: DataSet, transferSyntax: string): PixelFormat | PixelsError {
  try {
    return pixelFormat(ds, transferSyntax);
  } catch (error) {
    if (error instanceof PixelsError) return error;
    throw error;
  }
}

/** What frames need to be found, of a picture that nobody here can decode. */
function layoutOf(ds: DataSet, transferSyntax: string): PixelFormat {
  const of = (tag: number): number => number(ds, tag) ?? 0;
  return {
    transferSyntax,
    littleEndian: ds.littleEndian,
    rows: of(tags.Rows),
    columns: of(tags.Columns),
    samples: of(tags.SamplesPerPixel) || 1,
    photometric: text(ds, tags.PhotometricInterpretation) ?? '',
    bitsAllocated: of(tags.BitsAllocated),
  } as PixelFormat;
}
