import { tags, tagText } from '../dictionary/tags.ts';
import type { DataSet, Element } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { DicomJson, DicomJsonAttribute } from '../json/dicom-json.ts';
import { type WriteElementOptions, writeElement } from '../write/write-data-set.ts';
import type { ElementPlan, ItemPlan, SetPlan } from './plan.ts';

/** A sequence that does not exist yet, from the edits below it. */
export function created(edit: ElementPlan): DicomJsonAttribute {
  const root: DicomJsonAttribute = { vr: 'SQ', Value: [] };
  const work: { edit: ElementPlan; into: DicomJsonAttribute }[] = [{ edit, into: root }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if (next.edit.kind !== 'items') continue;
    const items = [...next.edit.items].sort(([a], [b]) => a - b);
    for (const [at, [index, item]] of items.entries()) {
      if (index !== at) throw new DicomError('DICOM_EDIT_PATH_MISSING', 'An item behind one that does not exist');
      if (item.kind === 'remove') continue;
      const json: DicomJson = item.kind === 'set' ? item.item : Object.create(null);
      next.into.Value!.push(json);
      if (item.kind !== 'within') continue;
      for (const [tag, element] of item.plan.elements) {
        const attribute: DicomJsonAttribute = element.kind === 'set' ? element.attribute : { vr: 'SQ', Value: [] };
        json[tagText(tag)] = attribute;
        if (element.kind === 'items') work.push({ edit: element, into: attribute });
      }
    }
  }
  return root;
}

export function createdSet(plan: SetPlan): DicomJson {
  const items = new Map<number, ItemPlan>([[0, { kind: 'within', plan }]]);
  return created({ kind: 'items', items }).Value![0] as DicomJson;
}

/** Of the items of a sequence that has none yet (PS3.5 §6.2.2: a UN holds implicit VR little endian). */
export function innerEncoding({ vr }: Element, ds: DataSet): { explicit: boolean; littleEndian: boolean } {
  const untyped = vr === 'UN' && ds.explicit;
  return { explicit: ds.explicit && !untyped, littleEndian: ds.littleEndian || untyped };
}

/** One item, cut out of a sequence written for it. */
export function itemBytes(
  item: DicomJson,
  { explicit, littleEndian }: { readonly explicit: boolean; readonly littleEndian: boolean },
  terms: readonly string[],
  write: WriteElementOptions,
): Uint8Array {
  const attribute = { vr: 'SQ', Value: [item] };
  const sequence = writeElement(tags.ReferencedSOPSequence, attribute, { explicit, littleEndian }, terms, write);
  const delimiter = write.lengths === 'undefined' ? 8 : 0;
  return sequence.subarray(explicit ? 12 : 8, sequence.length - delimiter);
}
