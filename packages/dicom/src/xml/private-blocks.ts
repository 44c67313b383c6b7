import type { DataSet } from '../element.ts';
import type { DicomJsonAttribute } from '../json/dicom-json.ts';
import { elementTexts } from '../value.ts';

/** A private element without its block: `gggg00ee` and who reserved it (PS3.19 table A.1.5-2). */
export type Blockless = { readonly tag: number; readonly creator: string; readonly attribute: DicomJsonAttribute };

const firstBlock = 0x10;
const lastBlock = 0xff;

function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1;
}

function isCreator(tag: number): boolean {
  const element = tag & 0xffff;
  return isPrivate(tag) && element >= firstBlock && element <= lastBlock;
}

/** Who reserved the block of a private element (PS3.5 §7.8.1); '' for other elements, and where nobody did. */
export function privateCreator(ds: DataSet, tag: number, known: Map<number, string>): string {
  const block = (tag & 0xffff) >>> 8;
  if (!isPrivate(tag) || block < firstBlock) return '';
  const at = ((tag & 0xffff0000) | block) >>> 0;
  let creator = known.get(at);
  if (creator === undefined) {
    const element = ds.elements.get(at);
    creator = element === undefined ? '' : elementTexts(ds, element).join('\\');
    known.set(at, creator);
  }
  return creator;
}

/**
 * Puts private elements into `elements`, each into the block that its creator reserved in this data set, or, where
 * none did, into the first free one, reserved for it.
 *
 * A creator may hold several blocks of a group, and the document does not say which an element came from. Elements
 * ascend by tag: it is the first block in which the element comes behind the one before it. So a document of
 * `nativeXml` comes back in its own blocks or, where two blocks of one creator need not be two, in the first of them:
 * that means the same (PS3.5 §7.8.1), and gives the same document again.
 *
 * @returns the first element for which no block was left
 */
export function assignBlocks(
  elements: Map<number, DicomJsonAttribute>,
  blockless: readonly Blockless[],
): Blockless | undefined {
  if (blockless.length === 0) return undefined;
  const groups = new Map<number, Group>();
  const groupOf = (tag: number): Group => {
    const group = groups.get(tag >>> 16) ?? { creators: new Map(), taken: new Set(), free: firstBlock, last: 0 };
    groups.set(tag >>> 16, group);
    return group;
  };
  for (const [tag, { Value }] of [...elements].sort(([a], [b]) => a - b)) {
    if (!isPrivate(tag)) continue;
    const { creators, taken } = groupOf(tag);
    if (!isCreator(tag)) {
      taken.add((tag & 0xffff) >>> 8);
      continue;
    }
    taken.add(tag & 0xff);
    if (Value !== undefined) blocksOf(creators, Value.join('\\')).bases.push(baseOf(tag, tag & 0xff));
  }

  for (const next of blockless) {
    const group = groupOf(next.tag);
    const own = blocksOf(group.creators, next.creator);
    const low = next.tag & 0xff;
    while (own.current + 1 < own.bases.length && own.bases[own.current]! + low <= group.last) own.current++;
    while (own.current < own.bases.length && elements.has(own.bases[own.current]! + low)) own.current++;
    if (own.current === own.bases.length) {
      while (group.free <= lastBlock && group.taken.has(group.free)) group.free++;
      if (group.free > lastBlock) return next;
      group.taken.add(group.free);
      own.bases.push(baseOf(next.tag, group.free));
      elements.set(((next.tag & 0xffff0000) | group.free) >>> 0, { vr: 'LO', Value: [next.creator] });
    }
    group.last = own.bases[own.current]! + low;
    elements.set(group.last, next.attribute);
  }
  return undefined;
}

/** Tags of the first element of each block of one creator, ascending, and which of them is being filled. */
type Blocks = { readonly bases: number[]; current: number };
/** One private group of a data set; `last` is the tag given last, no block below `free` is free. */
type Group = { readonly creators: Map<string, Blocks>; readonly taken: Set<number>; free: number; last: number };

function blocksOf(creators: Map<string, Blocks>, creator: string): Blocks {
  const blocks = creators.get(creator) ?? { bases: [], current: 0 };
  creators.set(creator, blocks);
  return blocks;
}

function baseOf(tag: number, block: number): number {
  return ((tag & 0xffff0000) | (block << 8)) >>> 0;
}
