import { createHash } from 'node:crypto';
import type { Difference } from '@symbolon/contract';
import { type DataSet, type Element, isPixelTag, lookupTag, tagText, texts } from '@symbolon/dicom';
import { lineForPeople } from '../studies/index.ts';

export type ElementDifferences = {
  readonly differences: readonly Difference[];
  /** How many there are beyond those that are listed. */
  readonly more: number;
};

/** So many are listed of one instance; and so long is a value shown. Characters. */
const maxListed = 100;
const maxShown = 200;
/** VRs whose values are bytes or long rows of numbers (PS3.5 §6.2). */
const opaque = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

type Level = { readonly held: DataSet; readonly sent: DataSet; readonly path: string; readonly sameEncoding: boolean };

const isPrivate = (tag: number): boolean => ((tag >>> 16) & 1) === 1;
const bytesOf = ({ bytes }: DataSet, { valueStart, valueEnd }: Element): Uint8Array =>
  bytes.subarray(valueStart, valueEnd);
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && Buffer.compare(a, b) === 0;

/**
 * What two data sets do not say alike, element by element, the upper levels first. Items are compared in their order.
 * Group lengths and pixel data are left out: the one follows from the rest, the other is compared by its bytes.
 *
 * Cost    iterative; every value is compared as bytes, and decoded only where those differ and it is still listed, or
 *         where the two are encoded in different ways.
 */
export function elementDifferences(held: DataSet, sent: DataSet): ElementDifferences {
  const found: Difference[] = [];
  let count = 0;
  const levels: (Level | undefined)[] = [{ held, sent, path: '', sameEncoding: encodedAlike(held, sent, true) }];
  for (let at = 0; at < levels.length; at += 1) {
    const level = levels[at] as Level;
    // What was looked at is let go: a header can have a million items.
    levels[at] = undefined;
    for (const tag of new Set([...level.held.elements.keys(), ...level.sent.elements.keys()])) {
      if ((tag & 0xffff) === 0 || (level.path === '' && isPixelTag(tag))) continue;
      const [a, b] = [level.held.elements.get(tag), level.sent.elements.get(tag)];
      if (a?.items && b?.items && !isPrivate(tag)) {
        for (let item = 0; item < Math.min(a.items.length, b.items.length); item += 1) {
          const pair = { held: a.items[item] as DataSet, sent: b.items[item] as DataSet };
          if (level.sameEncoding && sameBytes(bytesOfItem(pair.held), bytesOfItem(pair.sent))) continue;
          const path = `${level.path}${tagText(tag)}.${item + 1}.`;
          levels.push({ ...pair, path, sameEncoding: encodedAlike(pair.held, pair.sent, level.sameEncoding) });
        }
        if (a.items.length === b.items.length) continue;
      } else if (a && b && alike(level, a, b)) continue;
      count += 1;
      if (found.length < maxListed) found.push(differenceOf(level, tag, a, b));
    }
  }
  // By the code of the path, which is the order of the tags.
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { differences: found, more: count - found.length };
}

function bytesOfItem({ bytes, item }: DataSet): Uint8Array {
  return item === undefined ? bytes : bytes.subarray(item.valueStart, item.valueEnd);
}

/** Whether equal bytes mean equal values. A character set of its own counts for an item and for all within. */
function encodedAlike(held: DataSet, sent: DataSet, before: boolean): boolean {
  const charset = 0x00080005;
  return (
    before && held.littleEndian === sent.littleEndian && texts(held, charset).join() === texts(sent, charset).join()
  );
}

function alike({ held, sent, sameEncoding }: Level, a: Element, b: Element): boolean {
  if (sameEncoding && sameBytes(bytesOf(held, a), bytesOf(sent, b))) return true;
  if (isPrivate(a.tag) || isOpaque(held, a) || isOpaque(sent, b)) return sameBytes(bytesOf(held, a), bytesOf(sent, b));
  if (a.items || b.items) return false;
  const [left, right] = [texts(held, a.tag), texts(sent, b.tag)];
  return left.length === right.length && left.every((value, at) => value === right[at]);
}

/** UN of a tag that the dictionary knows is read as what that says. */
const isOpaque = (ds: DataSet, { tag, vr }: Element): boolean =>
  opaque.has(vr) && (vr !== 'UN' || texts(ds, tag).length === 0);

function differenceOf({ held, sent, path }: Level, tag: number, a?: Element, b?: Element): Difference {
  return {
    path: path + tagText(tag),
    name: isPrivate(tag) ? 'Private element' : (lookupTag(tag)?.name ?? 'Unknown element'),
    vr: (a ?? b)?.vr ?? '',
    held: a ? shownValue(held, a) : null,
    sent: b ? shownValue(sent, b) : null,
  };
}

/** A value as one line for people; what is private or binary by its length and digest. */
function shownValue(ds: DataSet, element: Element): string {
  if (element.items && !isPrivate(element.tag))
    return element.items.length === 1 ? '1 item' : `${element.items.length} items`;
  if (isPrivate(element.tag) || isOpaque(ds, element)) {
    const bytes = bytesOf(ds, element);
    if (bytes.length === 0) return '';
    return `${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  const text = texts(ds, element.tag).join('\\');
  if (text.length <= maxShown) return lineForPeople(text);
  // By code points: half of a pair is no character.
  const beginning = [...text.slice(0, 2 * maxShown)].slice(0, maxShown).join('');
  return `${lineForPeople(beginning)}… (${text.length} characters in all)`;
}
