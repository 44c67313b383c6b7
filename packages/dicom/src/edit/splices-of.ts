import type { DataSet, Element } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { Cut } from '../split/split.ts';
import { type WriteElementOptions, writeElement } from '../write/write-data-set.ts';
import { termsIn } from './charset.ts';
import { created, createdSet, innerEncoding, itemBytes } from './created.ts';
import { refuseOtherItem, refuseOtherNewItem } from './first-element.ts';
import { type Frame, groupLengthsOf, grow, hasShortLength, lengthSplice, mendLengths, newFrame } from './lengths.ts';
import { itemEnd, lastElementEnd } from './open-end.ts';
import type { ElementPlan, ItemPlan, SetPlan } from './plan.ts';
import { type Span, spansOf } from './spans.ts';
import { inOrder, type Splice } from './splice.ts';

export type Bounds = {
  readonly from: number;
  readonly to: number;
  readonly cuts?: readonly Cut[];
  /** Group 0002, whose length is put right even where it was wrong. */
  readonly meta?: boolean;
};

/** What a plan comes to in bytes, in order, lengths of what encloses it included. */
export function splicesOf(root: SetPlan, bounds: Bounds, write: WriteElementOptions): Splice[] {
  const splices: Splice[] = [];
  for (const cut of bounds.cuts ?? []) if (root.elements.size === 0) splices.push(cutSplice(cut));
  if (root.elements.size === 0) return splices;
  const frames: Frame[] = [];
  const untypedItems: { ds: DataSet; depth: number }[] = [];
  const work: { plan: SetPlan; ds: DataSet; frame: Frame; spans: readonly Span[]; terms: readonly string[] }[] = [];

  function splice(frame: Frame, group: number, at: number, remove: number, insert: Uint8Array): void {
    if (remove === 0 && insert.length === 0) return;
    splices.push({ at, remove, insert, depth: frame.depth });
    grow(frame, group, insert.length - remove);
  }

  function openSet(
    plan: SetPlan,
    ds: DataSet,
    around: Frame | undefined,
    spans: readonly Span[],
    terms: readonly string[],
  ): void {
    const lengthAt = ds.item === undefined ? undefined : ds.item.start + 4;
    const frame = newFrame(
      ds,
      lengthAt,
      around,
      around?.group ?? 0,
      groupLengthsOf(ds, spans, plan, around === undefined && bounds.meta === true),
    );
    frames.push(frame);
    work.push({ plan, ds, frame, spans, terms: termsIn(plan, terms) });
  }

  function editItems(
    items: ReadonlyMap<number, ItemPlan>,
    element: Element,
    ds: DataSet,
    around: Frame,
    terms: readonly string[],
  ): void {
    if (hasShortLength(ds, element))
      throw new DicomError('DICOM_EDIT_INVALID', 'A sequence under a VR that is none', element.start);
    // The head has the byte order of its own data set, even where the items of a UN have another.
    const frame = newFrame(ds, element.valueStart - 4, around, element.tag >>> 16);
    frames.push(frame);
    const held = element.items ?? [];
    const inner = { ...(held[0] ?? innerEncoding(element, ds)), bytes: ds.bytes };
    for (const [index, plan] of [...items].sort(([a], [b]) => a - b)) {
      const place = held[index]?.item;
      if (plan.kind === 'within' && place !== undefined) {
        const { valueStart, valueEnd } = place;
        if (element.vr === 'UN') untypedItems.push({ ds: held[index]!, depth: frame.depth + 1 });
        openSet(plan.plan, held[index]!, frame, spansOf(held[index]!, valueStart, valueEnd), terms);
      } else if (plan.kind === 'remove') {
        if (place !== undefined) splice(frame, 0, place.start, place.end - place.start, nothing);
      } else {
        const json = plan.kind === 'set' ? plan.item : createdSet(plan.plan);
        const encoding = held[index] ?? inner;
        const bytes = itemBytes(json, encoding, terms, write);
        if (element.vr === 'UN') refuseOtherNewItem(bytes, encoding);
        if (place !== undefined) splice(frame, 0, place.start, place.end - place.start, bytes);
        else if (index === nextIndex(items, index, held.length)) {
          const at = held.at(-1)?.item?.end ?? element.valueStart;
          if (index === held.length) endLastItem(held, items.get(index - 1), frame);
          splice(frame, 0, at, 0, bytes);
        } else throw new DicomError('DICOM_EDIT_PATH_MISSING', 'An item behind one that does not exist', element.start);
      }
    }
  }

  /** Before an item behind it; one that is replaced or taken away needs no end. */
  function endLastItem(held: readonly DataSet[], edit: ItemPlan | undefined, frame: Frame): void {
    const last = held.at(-1);
    if (last === undefined || edit?.kind === 'set' || edit?.kind === 'remove') return;
    splice(frame, 0, last.item!.end, 0, itemEnd(last, edit?.plan));
  }

  function editSet(plan: SetPlan, ds: DataSet, frame: Frame, spans: readonly Span[], terms: readonly string[]): void {
    const added = [...plan.elements].filter(([tag, edit]) => !ds.elements.has(tag) && edit.kind !== 'remove');
    added.sort(([a], [b]) => a - b);
    let nextAdded = 0;
    const encode = (tag: number, edit: ElementPlan): Uint8Array => {
      const attribute = edit.kind === 'set' ? edit.attribute : created(edit);
      return writeElement(tag, attribute, { explicit: ds.explicit, littleEndian: ds.littleEndian }, terms, write);
    };
    const add = (below: number, at: number): void => {
      for (let next = added[nextAdded]; next !== undefined && next[0] < below; next = added[++nextAdded])
        splice(frame, next[0] >>> 16, at, 0, encode(...next));
    };
    let end = ds.item?.valueStart ?? bounds.from;
    for (const { tag, start, end: spanEnd, element, cut } of spans) {
      add(tag, start);
      end = spanEnd;
      if (cut !== undefined) splices.push(cutSplice(cut));
      const edit = cut === undefined ? plan.elements.get(tag) : undefined;
      if (edit === undefined) continue;
      // A repeat: what becomes of the first is what becomes of the element.
      if (element === undefined || edit.kind === 'remove') splice(frame, tag >>> 16, start, spanEnd - start, nothing);
      else if (edit.kind === 'set') splice(frame, tag >>> 16, start, spanEnd - start, encode(tag, edit));
      else if (edit.kind === 'items') editItems(edit.items, element, ds, frame, terms);
      else {
        splices.push(lengthSplice(ds, element, edit.bytes.length, frame.depth));
        splice(frame, tag >>> 16, element.valueStart, element.valueEnd - element.valueStart, edit.bytes);
      }
    }
    // Of the element that lacks it, whose group length counts it.
    const last = spans.at(-1);
    if (added[nextAdded] !== undefined && last?.element !== undefined)
      splice(frame, last.tag >>> 16, end, 0, lastElementEnd(ds, plan));
    add(Number.POSITIVE_INFINITY, end);
  }

  const ds = root.ds!;
  openSet(root, ds, undefined, spansOf(ds, bounds.from, bounds.to, bounds.cuts), []);
  for (let next = work.pop(); next !== undefined; next = work.pop())
    editSet(next.plan, next.ds, next.frame, next.spans, next.terms);
  // Inner before outer: a frame is opened after the one around it.
  for (const frame of frames.reverse()) mendLengths(frame, ds.bytes, splices);
  const ordered = inOrder(splices);
  for (const { ds: item, depth } of untypedItems) refuseOtherItem(item, depth, ordered);
  return ordered;
}

const nothing = new Uint8Array(0);

function cutSplice(cut: Cut): Splice {
  return { at: cut.at, remove: 0, insert: nothing, depth: 0, cut };
}

/** The index that a new item must have: behind those that are there, and behind new ones before it. */
function nextIndex(items: ReadonlyMap<number, ItemPlan>, index: number, held: number): number {
  return index === held || (index > held && items.has(index - 1)) ? index : held;
}
