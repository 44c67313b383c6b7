import type { DicomFile, Element, ParseOptions } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { PixelHead } from '../parse/element-reader.ts';
import { FragmentWalk } from '../parse/fragment-walk.ts';
import { undefinedLength } from '../parse/numbers.ts';
import { Part10Reader } from '../parse/part10-reader.ts';
import { append, growingSource } from '../parse/source.ts';
import type { Cut } from './split.ts';

const delimiterBytes = 8;
const stepBytes = 16 * 1024;

/** What is left of a file when its image half has gone by. */
export type StreamedSplit = {
  /** Every byte outside the pixel data, in order. */
  readonly identity: Uint8Array;
  /** The last bytes of the image half: nearly always none. */
  readonly image: readonly Uint8Array[];
  readonly cuts: readonly Cut[];
  readonly imageBytes: number;
  /** What `parseIdentityHalf` makes of `identity`; the offsets of its warnings are those of the file. */
  readonly file: DicomFile;
  /** The pixel data elements; their offsets count in the image half. */
  readonly pixelElements: readonly Element[];
};

/** A pixel data element on its way through. Units: bytes of the image half. */
type Passage = {
  readonly head: PixelHead;
  readonly start: number;
  readonly valueStart: number;
  /** Of native pixel data. */
  readonly end: number;
  readonly walk: FragmentWalk | undefined;
};

/**
 * Splits a file as it comes, in chunks of any size, holding its identity half and never its image half.
 *
 * Law     the halves, cuts, elements, warnings and errors are those of `split(parseFile(file))`, whatever the chunks.
 * Cost    memory: the identity half (at most twice, `maxHeaderBytes`) and what `maxElements` allows. Bytes of the image
 *         half are views of the chunk; where its first ones came in an earlier chunk, those are copies.
 */
export class StreamSplitter {
  readonly #source = growingSource();
  readonly #reader: Part10Reader;
  readonly #cuts: Cut[] = [];
  readonly #pixelElements: Element[] = [];
  #imageBytes = 0;
  #passage: Passage | undefined;

  constructor(options: ParseOptions = {}) {
    this.#reader = new Part10Reader(this.#source, options, { stopAtPixels: true });
  }

  /**
   * Takes the next bytes of the file; returns those of them that belong to the image half, in order.
   *
   * @throws DicomError as `parseFile`, as soon as it is certain; and DICOM_HEADER_TOO_LARGE
   */
  feed(chunk: Uint8Array): Uint8Array[] {
    const source = this.#source;
    const image: Uint8Array[] = [];
    const queue = [chunk];
    for (let bytes = queue.shift(); bytes !== undefined; bytes = queue.shift()) {
      let pos = 0;
      while (pos < bytes.length) {
        if (this.#passage !== undefined) {
          pos = this.#pass(this.#passage, bytes, pos, image);
          continue;
        }
        // Little by little: pixel data that begins in this chunk is to be cut out of it, not copied.
        const piece = bytes.subarray(pos, pos + stepBytes);
        append(source, piece);
        pos += piece.length;
        if (source.end < source.wanted || this.#reader.advance() !== 'pixels') {
          if (source.end > this.#reader.budget.maxHeaderBytes)
            throw new DicomError('DICOM_HEADER_TOO_LARGE', 'More bytes outside the pixel data than the budget allows');
          continue;
        }
        const behind = source.end - this.#reader.pixels.start;
        if (behind <= pos) {
          pos -= behind;
          this.#begin();
        } else {
          queue.unshift(this.#begin(), bytes.subarray(pos));
          break;
        }
      }
    }
    return image;
  }

  /** Says that no more bytes come. @throws DicomError as `parseFile` */
  finish(): StreamedSplit {
    const source = this.#source;
    const image: Uint8Array[] = [];
    if (this.#passage !== undefined) throw this.#cutShort(this.#passage);
    // What waited for the end may stand in front of pixel data.
    for (source.final = true; this.#reader.advance() === 'pixels'; source.final = true) {
      source.final = false;
      image.push(...this.feed(this.#begin()));
      if (this.#passage !== undefined) throw this.#cutShort(this.#passage);
    }
    const identity = source.bytes.subarray(0, source.end);
    const file = this.#reader.result(identity);
    const [cuts, pixelElements, imageBytes] = [this.#cuts, this.#pixelElements, this.#imageBytes];
    return { identity, image, cuts, imageBytes, file, pixelElements };
  }

  /** Takes what is pixel data, and what follows it, out of the source. */
  #begin(): Uint8Array {
    const source = this.#source;
    const head = this.#reader.pixels;
    const taken = source.bytes.slice(head.start, source.end);
    const start = this.#imageBytes;
    const valueStart = start + head.valueStart - head.start;
    const shift = head.start + source.taken - start;
    const walk =
      head.length === undefinedLength
        ? new FragmentWalk(valueStart, head.littleEndian, this.#reader.budget, shift)
        : undefined;
    source.end = head.start;
    this.#passage = { head, start, valueStart, end: valueStart + head.length, walk };
    return taken;
  }

  #pass(passage: Passage, bytes: Uint8Array, from: number, image: Uint8Array[]): number {
    const { valueStart, end, walk } = passage;
    const rest = bytes.length - from;
    let to =
      from + Math.min(rest, (walk === undefined ? end : Math.max(valueStart, this.#imageBytes)) - this.#imageBytes);
    if (walk !== undefined && to < bytes.length) to = walk.take(bytes, to, bytes.length);
    if (to > from) image.push(bytes.subarray(from, to));
    this.#imageBytes += to - from;
    if (walk?.done ?? this.#imageBytes === end) this.#complete(passage);
    return to;
  }

  #complete({ head, start, valueStart, walk }: Passage): void {
    const { tag, vr } = head;
    const end = this.#imageBytes;
    const valueEnd = walk === undefined ? end : end - delimiterBytes;
    this.#cuts.push({ at: head.start, bytes: end - start });
    this.#pixelElements.push({
      tag,
      vr,
      start,
      valueStart,
      valueEnd,
      end,
      items: undefined,
      fragments: walk?.fragments,
    });
    this.#reader.passed(tag);
    this.#source.taken += end - start;
    this.#source.wanted = 0;
    this.#passage = undefined;
  }

  #cutShort({ head, walk }: Passage): DicomError {
    if (walk !== undefined) return walk.cutShort();
    const at = head.start + this.#source.taken;
    return new DicomError('DICOM_LENGTH_PAST_END', 'The pixel data claims more bytes than remain', at);
  }
}
