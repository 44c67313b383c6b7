import { type DataSet, type DicomFile, isEncapsulated, number } from '@symbolon/dicom';
import type { PackReader } from '../packs/index.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Version } from '../studies/index.ts';

export type PixelDifference = {
  readonly pixels: 'same' | 'different' | 'none' | 'not compared';
  readonly frames: number | null;
  readonly framesDifferent: number | null;
};

/** A version with its header, where that can be read. */
export type Opened = { readonly version: Version; readonly header: DicomFile | undefined };

/** Bytes that one request may yet read to compare pixels. */
export type ReadingBudget = { left: number };
const maxComparedBytes = 1024 * 1024 * 1024;

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && Buffer.compare(a, b) === 0;

/** Compares the pixel data of two versions by their bytes. What it found is kept: packs are never changed. */
export class PixelComparison {
  readonly #known = new BoundedCache<PixelDifference>(1024 * 1024);
  readonly #perRequest: number;

  constructor(bytesPerRequest = maxComparedBytes) {
    this.#perRequest = bytesPerRequest;
  }

  budget(): ReadingBudget {
    return { left: this.#perRequest };
  }

  async compare(reader: PackReader, held: Opened, sent: Opened, budget: ReadingBudget): Promise<PixelDifference> {
    const name = [held, sent].map(({ version }) => `${version.pack.packId}.${version.position}`).join(' ');
    const known = this.#known.get(name);
    if (known) return known;
    const bytes = held.version.instance.imageBytes + sent.version.instance.imageBytes;
    const frames = framesOf(sent.header?.dataset);
    const [a, b] = [held.version.instance, sent.version.instance];
    const lengthsDiffer = a.imageBytes !== b.imageBytes && a.transferSyntax === b.transferSyntax;
    if (!lengthsDiffer && bytes > budget.left) return { pixels: 'not compared', frames, framesDifferent: null };
    if (!lengthsDiffer) budget.left -= bytes;
    const found = lengthsDiffer
      ? { pixels: 'different' as const, frames, framesDifferent: null }
      : await compared(reader, held, sent, frames);
    this.#known.set(name, found, 300);
    return found;
  }
}

/** Null where there is no picture. */
function framesOf(dataset: DataSet | undefined): number | null {
  if (dataset === undefined || number(dataset, 0x00280010) === undefined) return null;
  return Math.max(1, number(dataset, 0x00280008) ?? 1);
}

async function compared(
  reader: PackReader,
  held: Opened,
  sent: Opened,
  frames: number | null,
): Promise<PixelDifference> {
  const [a, b] = [held.version.instance, sent.version.instance];
  if (a.imageBytes === 0 && b.imageBytes === 0) {
    // Data sets deflated whole hold their pixels in the identity half; others have none.
    const [inA, inB] = [pixelsWithin(held.header), pixelsWithin(sent.header)];
    if (inA === undefined || inB === undefined) return { pixels: 'not compared', frames, framesDifferent: null };
    if (inA.length + inB.length === 0) return { pixels: 'none', frames: null, framesDifferent: null };
    return told(sameBytes(inA, inB) ? 0 : null, frames);
  }
  const different = await framesDifferent(reader, held.version, sent.version, nativeFrame(sent, frames));
  // The same picture can be stored in many ways: only where it is stored alike do other bytes mean other pixels.
  if (different !== 0 && a.transferSyntax !== b.transferSyntax)
    return { pixels: 'not compared', frames, framesDifferent: null };
  return told(different, frames);
}

function told(different: number | null, frames: number | null): PixelDifference {
  if (different === 0) return { pixels: 'same', frames, framesDifferent: 0 };
  return { pixels: 'different', frames, framesDifferent: frames === 1 ? 1 : different };
}

function pixelsWithin(header: DicomFile | undefined): Uint8Array | undefined {
  if (header === undefined) return undefined;
  const [element] = header.pixelElements;
  return element ? header.dataset.bytes.subarray(element.start, element.end) : new Uint8Array(0);
}

/** Where frames begin in an image half and how long each is, in bytes; undefined where only decoding would tell. */
type Frames = { readonly at: number; readonly bytes: number; readonly count: number };

function nativeFrame({ version: { instance }, header }: Opened, count: number | null): Frames | undefined {
  if (header === undefined || count === null || count === 1 || isEncapsulated(instance.transferSyntax))
    return undefined;
  const of = (tag: number): number => number(header.dataset, tag) ?? 1;
  const bytes = (of(0x00280010) * of(0x00280011) * of(0x00280002) * of(0x00280100)) / 8;
  const before = instance.imageBytes - count * bytes;
  // The element's own header has 8 or 12 bytes (PS3.5 §7.1), and a value of odd length a byte of padding.
  if (!Number.isInteger(bytes) || before < 8 || before > 13) return undefined;
  return { at: before >= 12 ? 12 : 8, bytes, count };
}

/** How many frames are not the same; null where they are not, and nobody can tell which. Reads on only where it counts. */
async function framesDifferent(
  reader: PackReader,
  held: Version,
  sent: Version,
  frames: Frames | undefined,
): Promise<number | null> {
  const [left, right] = [reader.imageHalf(held.pack, held.instance), reader.imageHalf(sent.pack, sent.instance)];
  const different = new Set<number>();
  let [a, b]: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
  let at = 0;
  try {
    for (;;) {
      if (a.length === 0) a = (await left.next()).value ?? a;
      if (b.length === 0) b = (await right.next()).value ?? b;
      const length = Math.min(a.length, b.length);
      if (length === 0) return a.length === b.length ? different.size : null;
      const same = Buffer.compare(a.subarray(0, length), b.subarray(0, length)) === 0;
      if (!same && frames === undefined) return null;
      if (!same && frames) noteFrames(a.subarray(0, length), b.subarray(0, length), at, frames, different);
      at += length;
      a = a.subarray(length);
      b = b.subarray(length);
    }
  } finally {
    await Promise.all([left.return(undefined), right.return(undefined)]);
  }
}

function noteFrames(a: Uint8Array, b: Uint8Array, at: number, frames: Frames, different: Set<number>): void {
  for (let from = 0; from < a.length; ) {
    const frame = Math.min(frames.count - 1, Math.max(0, Math.floor((at + from - frames.at) / frames.bytes)));
    const end = Math.min(a.length, frame === frames.count - 1 ? a.length : frames.at + (frame + 1) * frames.bytes - at);
    if (!sameBytes(a.subarray(from, end), b.subarray(from, end))) different.add(frame);
    from = end;
  }
}
