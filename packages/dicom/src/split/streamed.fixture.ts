import type { DataSet, Element, ParseOptions } from '../element.ts';
import { DicomError } from '../errors.ts';
import { parseFile, parseIdentityHalf } from '../parse/parse-file.ts';
import { joined } from '../part10.fixture.ts';
import { split } from './split.ts';
import { StreamSplitter } from './stream-splitter.ts';

/** All that a split tells, in a form that can be compared; of a refusal its code and offset. */
export type Outcome = Readonly<Record<string, unknown>>;

function refusal(error: unknown): Outcome {
  if (!(error instanceof DicomError)) throw error;
  return { code: error.code, at: error.at };
}

const bytesText = (parts: readonly Uint8Array[]): string => Buffer.from(joined(parts)).toString('latin1');

/** Every element, item and fragment with its offsets, less `from`. */
function places({ elements }: DataSet): unknown[] {
  return [...elements.values()].map((element) => place(element, 0));
}

function place({ tag, vr, start, valueStart, valueEnd, end, items, fragments }: Element, from: number): unknown[] {
  return [
    tag,
    vr,
    ...[start, valueStart, valueEnd, end].map((at) => at - from),
    items?.map((item) => [item.item, item.explicit, item.littleEndian, ...places(item)]),
    fragments?.map((one) => [one.start - from, one.valueStart - from, one.valueEnd - from]),
  ];
}

/** What `split(parseFile(bytes))` tells. */
export function wholeOutcome(bytes: Uint8Array, options: ParseOptions = {}): Outcome {
  try {
    const file = parseFile(bytes, options);
    const halves = split(file);
    const identity = joined(halves.identity);
    const half = parseIdentityHalf(identity, { ...options, cuts: halves.cuts });
    let imageStart = 0;
    const pixels = (file.deflated ? [] : file.pixelElements).map((element) => {
      const told = place(element, element.start - imageStart);
      imageStart += element.end - element.start;
      return told;
    });
    return {
      identity: bytesText([identity]),
      image: bytesText(halves.image),
      cuts: halves.cuts,
      warnings: file.warnings,
      pixels,
      elements: places(half.dataset),
      meta: places(half.meta),
      facts: [half.transferSyntax, half.datasetStart, half.deflated, half.end],
    };
  } catch (error) {
    return refusal(error);
  }
}

/** What the same bytes tell in chunks; `sizes` are used over and over. */
export function streamedOutcome(bytes: Uint8Array, sizes: readonly number[], options: ParseOptions = {}): Outcome {
  const splitter = new StreamSplitter(options);
  const image: Uint8Array[] = [];
  try {
    let at = 0;
    for (let turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      // A chunk of its own, spoilt after use: nothing may hold on to it.
      const chunk = bytes.slice(at, at + size);
      for (const part of splitter.feed(chunk)) image.push(part.slice());
      chunk.fill(0xaa);
      at += size;
    }
    const { identity, image: last, cuts, file, pixelElements } = splitter.finish();
    image.push(...last);
    return {
      identity: bytesText([identity]),
      image: bytesText(image),
      cuts,
      warnings: file.warnings,
      pixels: pixelElements.map((element) => place(element, 0)),
      elements: file.dataset.bytes === identity || file.deflated ? places(file.dataset) : 'of other bytes',
      meta: file.meta.bytes === identity ? places(file.meta) : 'of other bytes',
      facts: [file.transferSyntax, file.datasetStart, file.deflated, file.end],
    };
  } catch (error) {
    return refusal(error);
  }
}
