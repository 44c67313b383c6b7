import { isPixelTag, tags } from '../dictionary/tags.ts';
import type { DataSet, DicomFile } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { DicomJson, DicomJsonAttribute } from '../json/dicom-json.ts';
import type { Edit, EditOptions, EditPath } from './edit.ts';
import { blockOf, reserveBlock } from './private-block.ts';

/** What is to become of one data set: of those elements that edits name or lead through. */
export type SetPlan = {
  /** Absent where it is to be made. */
  readonly ds: DataSet | undefined;
  readonly elements: Map<number, ElementPlan>;
};

/** Exactly one of them. */
export type ElementPlan =
  | { readonly kind: 'set'; readonly attribute: DicomJsonAttribute }
  | { readonly kind: 'remove' }
  /** New value bytes behind the head as it stands. */
  | { readonly kind: 'value'; readonly bytes: Uint8Array }
  | { readonly kind: 'items'; readonly items: Map<number, ItemPlan> };

export type ItemPlan =
  | { readonly kind: 'set'; readonly item: DicomJson }
  | { readonly kind: 'remove' }
  | { readonly kind: 'within'; readonly plan: SetPlan };

export type FilePlan = { readonly meta: SetPlan; readonly dataset: SetPlan };

export function planOf(file: DicomFile, edits: readonly Edit[], options: EditOptions): FilePlan {
  const plan: FilePlan = { meta: newPlan(file.meta), dataset: newPlan(file.dataset) };
  for (const edit of edits) {
    const first = edit.path[0];
    const inMeta = typeof first === 'number' && first >>> 16 === 2;
    if (inMeta && file.meta.elements.size === 0)
      throw new DicomError('DICOM_EDIT_PATH_MISSING', 'The file has no group 0002');
    add(inMeta ? plan.meta : plan.dataset, edit, options);
  }
  return plan;
}

export function newPlan(ds: DataSet | undefined): SetPlan {
  return { ds, elements: new Map() };
}

function add(root: SetPlan, edit: Edit, options: EditOptions): void {
  const { path } = edit;
  if (path.length === 0 || ('set' in edit && path.length % 2 === 0) || ('item' in edit && path.length % 2 === 1))
    throw new DicomError('DICOM_EDIT_INVALID', 'A path that does not end where its edit needs it to');
  if (typeof path[0] === 'number') refuseUntouchable(path[0], options);
  // Before anything is planned on the way there: a removal must not leave anything behind.
  if ('remove' in edit && !exists(root, path)) return;
  let plan = root;
  for (let step = 0; ; step += 2) {
    const tag = tagAt(plan, path, step);
    if (step === path.length - 1) {
      if (plan.elements.has(tag)) throw conflict();
      plan.elements.set(tag, 'set' in edit ? { kind: 'set', attribute: edit.set } : { kind: 'remove' });
      return;
    }
    const element = itemsPlan(plan, tag, options);
    const index = indexAt(path, step + 1);
    const items = plan.ds?.elements.get(tag)?.items ?? [];
    if (step + 1 === path.length - 1) {
      if (element.items.has(index)) throw conflict();
      element.items.set(index, 'item' in edit ? { kind: 'set', item: edit.item } : { kind: 'remove' });
      return;
    }
    const item = element.items.get(index) ?? { kind: 'within', plan: newPlan(items[index]) };
    if (item.kind !== 'within') throw conflict();
    if (index >= items.length && options.missing !== 'create')
      throw new DicomError('DICOM_EDIT_PATH_MISSING', 'No such item', plan.ds?.elements.get(tag)?.start);
    element.items.set(index, item);
    plan = item.plan;
  }
}

/** The plan for the items of a sequence, begun where there is none. */
function itemsPlan(plan: SetPlan, tag: number, options: EditOptions): ElementPlan & { kind: 'items' } {
  const known = plan.elements.get(tag);
  if (known !== undefined) {
    if (known.kind !== 'items') throw conflict();
    return known;
  }
  const source = plan.ds?.elements.get(tag);
  if (source !== undefined ? source.items === undefined : options.missing !== 'create')
    throw new DicomError('DICOM_EDIT_PATH_MISSING', 'No such sequence', source?.start ?? plan.ds?.item?.start);
  const begun = { kind: 'items' as const, items: new Map<number, ItemPlan>() };
  plan.elements.set(tag, begun);
  return begun;
}

function exists(root: SetPlan, path: EditPath): boolean {
  let ds = root.ds;
  for (let step = 0; ds !== undefined; step += 2) {
    const named = path[step];
    const tag = typeof named === 'object' ? blockOf(ds, named) : tagAt(root, path, step);
    const element = tag === undefined ? undefined : ds.elements.get(tag);
    if (element === undefined || step === path.length - 1) return element !== undefined;
    ds = element.items?.[indexAt(path, step + 1)];
    if (step + 1 === path.length - 1) return ds !== undefined;
  }
  return false;
}

function tagAt(plan: SetPlan, path: EditPath, step: number): number {
  const named = path[step]!;
  const tag = typeof named === 'object' ? reserveBlock(plan, named) : named;
  // Group FFFE is what items and delimiters are made of; group 0002 is not part of a data set.
  const wrong = !Number.isInteger(tag) || tag < 0 || tag > 0xffffffff || tag >>> 16 === 0xfffe;
  if (wrong || (step > 0 && tag >>> 16 === 2))
    throw new DicomError('DICOM_EDIT_INVALID', 'A path with a tag that is none');
  return tag;
}

function indexAt(path: EditPath, step: number): number {
  const index = path[step];
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0) return index;
  throw new DicomError('DICOM_EDIT_INVALID', 'A path with an item index that is none');
}

function refuseUntouchable(tag: number, { cuts }: EditOptions): void {
  if (tag === tags.FileMetaInformationGroupLength)
    throw new DicomError('DICOM_EDIT_INVALID', '(0002,0000) follows from the elements after it');
  if (tag < tags.FloatPixelData || tag > tags.PixelData) return;
  if (!isPixelTag(tag))
    // In an identity half nothing tells before which kind of pixel data they stand.
    throw new DicomError('DICOM_EDIT_INVALID', 'Elements between the kinds of pixel data are not edited');
  if (cuts !== undefined)
    throw new DicomError('DICOM_EDIT_INVALID', 'An identity half holds no pixel data, before and after');
}

function conflict(): DicomError {
  return new DicomError('DICOM_EDIT_INVALID', 'Two edits of one place, or one inside what another replaces');
}
