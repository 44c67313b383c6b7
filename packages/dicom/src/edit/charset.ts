import { tags } from '../dictionary/tags.ts';
import { charsetGoverned, singleValued } from '../dictionary/vr.ts';
import type { DataSet, DicomFile, Element } from '../element.ts';
import { DicomError } from '../errors.ts';
import { charsetOf, decodeValues } from '../text/charset.ts';
import { effectiveVr, texts } from '../value.ts';
import { newPlan, type SetPlan } from './plan.ts';

const utf8 = ['ISO_IR 192'];

/** The Specific Character Set in force in a data set once its plan is done. `inherited`: around it. */
export function termsIn({ ds, elements }: SetPlan, inherited: readonly string[]): readonly string[] {
  const edit = elements.get(tags.SpecificCharacterSet);
  if (edit?.kind === 'set')
    return (edit.attribute.Value ?? []).map((value) => (typeof value === 'string' ? value : ''));
  if (edit !== undefined || ds?.elements.has(tags.SpecificCharacterSet) !== true) return inherited;
  return texts(ds, tags.SpecificCharacterSet);
}

/** As the file is. */
function declaredTerms(ds: DataSet): readonly string[] {
  let from: DataSet | undefined = ds;
  while (from !== undefined && !from.elements.has(tags.SpecificCharacterSet)) from = from.parent;
  return from === undefined ? [] : texts(from, tags.SpecificCharacterSet);
}

type Visit = { readonly ds: DataSet; readonly plan: SetPlan | undefined; readonly terms: readonly string[] };

/**
 * An edit of (0008,0005) speaks of one element and changes what others say.
 * @throws DicomError DICOM_EDIT_CHARSET  text that no edit names would read otherwise than before
 */
export function refuseChangedMeaning(root: SetPlan): void {
  const work: Visit[] = root.ds === undefined ? [] : [{ ds: root.ds, plan: root, terms: termsIn(root, []) }];
  if (!editsCharset(root)) return;
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { ds, plan, terms } = next;
    const before = declaredTerms(ds);
    const changed = before.join('\\') !== terms.join('\\');
    for (const element of ds.elements.values()) {
      const edit = plan?.elements.get(element.tag);
      if (edit !== undefined && edit.kind !== 'items') continue;
      for (const [index, item] of (element.items ?? []).entries()) {
        const inner = edit?.kind === 'items' ? edit.items.get(index) : undefined;
        if (inner !== undefined && inner.kind !== 'within') continue;
        const within = inner?.plan ?? newPlan(item);
        work.push({ ds: item, plan: inner?.plan, terms: termsIn(within, terms) });
      }
      if (!changed || !isForeign(ds, element)) continue;
      if (decoded(ds, element, before) !== decoded(ds, element, terms))
        throw new DicomError(
          'DICOM_EDIT_CHARSET',
          'Other text would read otherwise in that character set',
          element.start,
        );
    }
  }
}

/** Whether (0008,0005) is edited anywhere: hardly ever, and then all text is looked at. */
function editsCharset(root: SetPlan): boolean {
  const work = [root];
  for (let plan = work.pop(); plan !== undefined; plan = work.pop()) {
    if (plan.elements.has(tags.SpecificCharacterSet)) return true;
    for (const edit of plan.elements.values())
      if (edit.kind === 'items')
        for (const item of edit.items.values()) if (item.kind === 'within') work.push(item.plan);
  }
  return false;
}

/**
 * Plans all text of a data set, and of the items in it, into ISO_IR 192; heads stay as they are.
 * @throws DicomError DICOM_EDIT_CHARSET  text that its declared character set cannot read, or another one asked for
 */
export function recodeAsUtf8(file: DicomFile, root: SetPlan): void {
  const asked = root.elements.get(tags.SpecificCharacterSet);
  if (asked !== undefined && termsIn(root, [])[0] !== utf8[0])
    throw new DicomError('DICOM_EDIT_CHARSET', 'Another character set is asked for than would be needed');
  root.elements.set(tags.SpecificCharacterSet, { kind: 'set', attribute: { vr: 'CS', Value: utf8 } });
  const work: Level[] = [{ ds: file.dataset, plan: root, around: undefined, tag: 0, index: 0 }];
  for (let level = work.pop(); level !== undefined; level = work.pop()) {
    const { ds, plan } = level;
    const terms = declaredTerms(ds);
    for (const element of ds.elements.values()) {
      const { tag } = element;
      const edit = plan?.elements.get(tag);
      if (edit !== undefined && edit.kind !== 'items') continue;
      if (tag === tags.SpecificCharacterSet) {
        planned(level).elements.set(tag, { kind: 'set', attribute: { vr: 'CS', Value: utf8 } });
      } else if (isForeign(ds, element)) {
        planned(level).elements.set(tag, { kind: 'value', bytes: utf8Bytes(ds, element, terms) });
      }
      for (const [index, item] of (element.items ?? []).entries()) {
        const inner = edit?.kind === 'items' ? edit.items.get(index) : undefined;
        if (inner === undefined || inner.kind === 'within')
          work.push({ ds: item, plan: inner?.plan, around: level, tag, index });
      }
    }
  }
}

/** A data set and where it stands; its plan is made when there is something to plan. */
type Level = {
  readonly ds: DataSet;
  plan: SetPlan | undefined;
  readonly around: Level | undefined;
  readonly tag: number;
  readonly index: number;
};

function planned(level: Level): SetPlan {
  const unplanned: Level[] = [];
  let from = level;
  for (; from.plan === undefined; from = from.around!) unplanned.push(from);
  let { plan } = from;
  for (const inner of unplanned.reverse()) {
    plan = planWithin(plan, inner.tag, inner.index, inner.ds);
    inner.plan = plan;
  }
  return plan;
}

function planWithin(around: SetPlan, tag: number, index: number, item: DataSet): SetPlan {
  let edit = around.elements.get(tag);
  if (edit?.kind !== 'items') {
    edit = { kind: 'items', items: new Map() };
    around.elements.set(tag, edit);
  }
  const known = edit.items.get(index);
  if (known?.kind === 'within') return known.plan;
  const plan = newPlan(item);
  edit.items.set(index, { kind: 'within', plan });
  return plan;
}

/** Whether an element is text that the character set decides about, and not ASCII. */
function isForeign(ds: DataSet, element: Element): boolean {
  if (element.items !== undefined || element.fragments !== undefined) return false;
  if (!charsetGoverned.has(effectiveVr(ds, element))) return false;
  for (let at = element.valueStart; at < element.valueEnd; at++)
    if (ds.bytes[at]! > 0x7e || ds.bytes[at] === 0x1b) return true;
  return false;
}

function decoded(ds: DataSet, element: Element, terms: readonly string[]): string {
  const vr = effectiveVr(ds, element);
  const { valueStart, valueEnd } = element;
  return decodeValues(ds.bytes, valueStart, valueEnd, charsetOf(terms), !singleValued.has(vr), vr === 'PN').join('\\');
}

function utf8Bytes(ds: DataSet, element: Element, terms: readonly string[]): Uint8Array {
  const text = decoded(ds, element, terms);
  if (text.includes('\ufffd'))
    throw new DicomError('DICOM_EDIT_CHARSET', 'Text that its character set cannot read', element.start);
  const bytes = new TextEncoder().encode(text);
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1).fill(0x20);
  padded.set(bytes);
  return padded;
}
