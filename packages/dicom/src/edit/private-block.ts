import type { DataSet } from '../element.ts';
import { DicomError } from '../errors.ts';
import { text } from '../value.ts';
import type { PrivateTag } from './edit.ts';
import type { SetPlan } from './plan.ts';

const firstBlock = 0x10;
const lastBlock = 0xff;

function checked({ group, creator, element }: PrivateTag): void {
  const wrong = (group & 1) === 0 || group < 9 || group > 0xffff || element < 0 || element > 0xff;
  // PS3.5 §7.8.1: groups 0001 to 0007 and FFFF are nobody's; a creator is one LO value.
  if (
    wrong ||
    group === 0xffff ||
    !Number.isInteger(group + element) ||
    !/^[^\\\s]([^\\]{0,62}[^\\\s])?$/.test(creator)
  )
    throw new DicomError('DICOM_EDIT_INVALID', 'A private tag that is none');
}

/** The tag that a creator's element has in a data set, or `undefined` where that creator has no block. */
export function blockOf(ds: DataSet, named: PrivateTag): number | undefined {
  checked(named);
  for (let block = firstBlock; block <= lastBlock; block++)
    if (text(ds, tagIn(named.group, 0, block)) === named.creator) return tagIn(named.group, block, named.element);
  return undefined;
}

/** As `blockOf`; a creator without a block gets the first that neither a creator nor an element uses. */
export function reserveBlock(plan: SetPlan, named: PrivateTag): number {
  const { group, creator, element } = named;
  const known = plan.ds === undefined ? undefined : blockOf(plan.ds, named);
  if (known !== undefined) return known;
  checked(named);
  const used = new Set<number>();
  for (const tag of plan.ds?.elements.keys() ?? []) if (tag >>> 16 === group) used.add(blockIn(tag & 0xffff));
  for (const [tag, edit] of plan.elements) {
    if (tag >>> 16 !== group) continue;
    if (edit.kind === 'set' && tag >>> 8 === group << 8 && edit.attribute.Value?.[0] === creator)
      return tagIn(group, tag & 0xff, element);
    used.add(blockIn(tag & 0xffff));
  }
  for (let block = firstBlock; block <= lastBlock; block++) {
    if (used.has(block)) continue;
    plan.elements.set(tagIn(group, 0, block), { kind: 'set', attribute: { vr: 'LO', Value: [creator] } });
    return tagIn(group, block, element);
  }
  throw new DicomError('DICOM_EDIT_INVALID', 'No private block is left in that group');
}

/** The block that an element of a private group uses: (gggg,00bb) reserves it, (gggg,bbee) belongs to it. */
function blockIn(element: number): number {
  return element > 0xff ? element >>> 8 : element;
}

function tagIn(group: number, high: number, low: number): number {
  return group * 0x10000 + high * 0x100 + low;
}
