import { tags } from '../dictionary/tags.ts';
import type { DataSet, Element } from '../element.ts';
import { u32, undefinedLength } from '../parse/numbers.ts';
import { innerEncoding } from './created.ts';
import type { SetPlan } from './plan.ts';

type Delimiter = { readonly tag: number; readonly littleEndian: boolean };

/**
 * The delimiters that an item lacks, before another one can stand behind it. Some writers leave the last ones out: the
 * length of what is around, or the end of the sequence, ends an item all the same, and what is open at its end.
 *
 * `plan`: what becomes of the item. Cost O(depth + elements of the data sets that the plan leads through). Source PS3.5 §7.5.2.
 */
export function itemEnd(item: DataSet, plan: SetPlan | undefined): Uint8Array {
  const own = isOpenItem(item) ? [{ tag: tags.ItemDelimitationItem, littleEndian: item.littleEndian }] : [];
  if (own.length === 0 || (plan !== undefined && addsBehind(plan, item))) return written(own);
  return written([...openIn(item, plan), ...own]);
}

/** Those that the last element of a data set lacks, before another one. */
export function lastElementEnd(ds: DataSet, plan: SetPlan): Uint8Array {
  return written(openIn(ds, plan));
}

/** The innermost first. */
function openIn(from: DataSet, fromPlan: SetPlan | undefined): Delimiter[] {
  const open: Delimiter[] = [];
  for (let ds = from, plan = fromPlan; ; ) {
    const last = lastOf(ds);
    if (last === undefined || !isOpenSequence(ds, last)) break;
    const edit = plan?.elements.get(last.tag);
    if (edit !== undefined && edit.kind !== 'items') break;
    open.push({ tag: tags.SequenceDelimitationItem, littleEndian: innerEncoding(last, ds).littleEndian });
    const item = last.items!.at(-1);
    const index = last.items!.length - 1;
    const inner = edit?.items.get(index);
    if (item === undefined || !isOpenItem(item) || (inner !== undefined && inner.kind !== 'within')) break;
    // Where something is put behind it, it gets its delimiter there.
    if (edit?.items.get(index + 1)?.kind === 'set' || edit?.items.get(index + 1)?.kind === 'within') break;
    open.push({ tag: tags.ItemDelimitationItem, littleEndian: item.littleEndian });
    if (inner !== undefined && addsBehind(inner.plan, item)) break;
    ds = item;
    plan = inner?.plan;
  }
  return open.reverse();
}

/** An item of undefined length that no delimiter of its own ends. */
function isOpenItem({ bytes, littleEndian, item }: DataSet): boolean {
  const { start, valueEnd, end } = item!;
  return end === valueEnd && u32(bytes, start + 4, littleEndian) === undefinedLength;
}

function isOpenSequence({ bytes, littleEndian }: DataSet, { items, valueStart, valueEnd, end }: Element): boolean {
  return items !== undefined && end === valueEnd && u32(bytes, valueStart - 4, littleEndian) === undefinedLength;
}

function lastOf(ds: DataSet): Element | undefined {
  let last: Element | undefined;
  for (const element of ds.elements.values()) last = element;
  return last;
}

/** Whether a plan puts an element behind all others, and what they lack before it. */
function addsBehind(plan: SetPlan, ds: DataSet): boolean {
  let highest = -1;
  for (const tag of ds.elements.keys()) highest = Math.max(highest, tag);
  for (const [tag, edit] of plan.elements) if (tag > highest && edit.kind !== 'remove') return true;
  return false;
}

function written(delimiters: readonly Delimiter[]): Uint8Array {
  const bytes = new Uint8Array(8 * delimiters.length);
  const view = new DataView(bytes.buffer);
  for (const [index, { tag, littleEndian }] of delimiters.entries()) {
    view.setUint16(8 * index, tag >>> 16, littleEndian);
    view.setUint16(8 * index + 2, tag & 0xffff, littleEndian);
  }
  return bytes;
}
