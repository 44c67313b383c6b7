import type { DataSet, Element } from '../element.ts';
import { DicomError } from '../errors.ts';
import { u16, u32, undefinedLength } from '../parse/numbers.ts';
import type { SetPlan } from './plan.ts';
import type { Span } from './spans.ts';
import type { Splice } from './splice.ts';

/** A data set or a sequence that edits lead through. */
export type Frame = {
  readonly parent: Frame | undefined;
  readonly depth: number;
  /** Of the element that this is, or is in: whose group length it counts for. */
  readonly group: number;
  /** Where its own length stands; absent where it has none. */
  readonly lengthAt?: number;
  readonly littleEndian: boolean;
  /** Group lengths that were right. */
  readonly groupLengths: readonly { readonly group: number; readonly at: number; readonly length: number }[];
  readonly groupGrowth: Map<number, number>;
  grown: number;
};

/** `lengthAt`: where its length stands, defined or not. */
export function newFrame(
  ds: DataSet,
  lengthAt: number | undefined,
  parent: Frame | undefined,
  group: number,
  groupLengths: Frame['groupLengths'] = [],
): Frame {
  const { bytes, littleEndian } = ds;
  const sized = lengthAt !== undefined && u32(bytes, lengthAt, littleEndian) !== undefinedLength;
  const depth = parent === undefined ? 0 : parent.depth + 1;
  return {
    parent,
    depth,
    group,
    ...(sized ? { lengthAt } : {}),
    littleEndian,
    groupLengths,
    groupGrowth: new Map(),
    grown: 0,
  };
}

export function grow(frame: Frame, group: number, bytes: number): void {
  frame.grown += bytes;
  if (frame.groupLengths.length > 0) frame.groupGrowth.set(group, (frame.groupGrowth.get(group) ?? 0) + bytes);
}

export function mendLengths(frame: Frame, bytes: Uint8Array, splices: Splice[]): void {
  const { lengthAt, littleEndian, depth, parent } = frame;
  for (const { group, at, length } of frame.groupLengths) {
    const now = length + (frame.groupGrowth.get(group) ?? 0);
    if (now !== u32(bytes, at, littleEndian)) splices.push(numberSplice(at, now, littleEndian, depth));
  }
  if (lengthAt !== undefined && frame.grown !== 0)
    splices.push(numberSplice(lengthAt, u32(bytes, lengthAt, littleEndian) + frame.grown, littleEndian, depth));
  if (parent !== undefined) grow(parent, frame.group, frame.grown);
}

/** Group lengths (gggg,0000) that say what follows them in their group; that of group 0002 in any case. */
export function groupLengthsOf(
  ds: DataSet,
  spans: readonly Span[],
  plan: SetPlan,
  always: boolean,
): Frame['groupLengths'] {
  const found: { group: number; at: number; length: number }[] = [];
  for (let index = 0; index < spans.length; index++) {
    const { tag, element } = spans[index]!;
    if ((tag & 0xffff) !== 0 || element === undefined || element.valueEnd - element.valueStart !== 4) continue;
    const edit = plan.elements.get(tag);
    if (edit !== undefined) continue;
    let length = 0;
    for (let next = index + 1; next < spans.length && spans[next]!.tag >>> 16 === tag >>> 16; next++) {
      // Two of one group would each count the rest: that stays linear.
      if ((spans[next]!.tag & 0xffff) === 0) break;
      length += spans[next]!.bytes;
    }
    if (always || length === u32(ds.bytes, element.valueStart, ds.littleEndian))
      found.push({ group: tag >>> 16, at: element.valueStart, length });
  }
  return found;
}

function numberSplice(at: number, value: number, littleEndian: boolean, depth: number): Splice {
  if (value >= undefinedLength) throw new DicomError('DICOM_EDIT_INVALID', 'A length that DICOM cannot say', at);
  const insert = new Uint8Array(4);
  new DataView(insert.buffer).setUint32(0, value, littleEndian);
  return { at, remove: 4, insert, depth };
}

/** Whether 16 bits say how long a sequence is: so do heads with a VR of blanks or `??`, whose items were made out by their tag. */
export function hasShortLength({ bytes, littleEndian, explicit }: DataSet, element: Element): boolean {
  const { start, valueStart, valueEnd } = element;
  if (!explicit || valueStart - start !== 8) return false;
  // Else it is an implicit element gone astray, of 32 bits.
  const length = u32(bytes, start + 4, littleEndian);
  return length !== undefinedLength && length !== valueEnd - valueStart;
}

/** The length in an element's own head: 16 bits in the short explicit form (PS3.5 §7.1.2), else 32. */
export function lengthSplice(ds: DataSet, element: Element, length: number, depth: number): Splice {
  const { start, valueStart } = element;
  const short = ds.explicit && valueStart - start === 8;
  if (!short) return numberSplice(valueStart - 4, length, ds.littleEndian, depth);
  const was = element.valueEnd - valueStart;
  if (length > 0xfffe || u16(ds.bytes, start + 6, ds.littleEndian) !== was)
    throw new DicomError('DICOM_EDIT_CHARSET', 'Text too long for its length in another character set', start);
  const insert = new Uint8Array(2);
  new DataView(insert.buffer).setUint16(0, length, ds.littleEndian);
  return { at: start + 6, remove: 2, insert, depth };
}
