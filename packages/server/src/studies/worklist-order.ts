import type { StudyRow as ShownStudy, WorklistQuery } from '@symbolon/contract';

/** Names of all scripts in one list: the order of Unicode's root collation, case and accents last. */
const collator = new Intl.Collator('en', { usage: 'sort' });

const plain = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a study is sorted by; undefined where it says nothing of it. */
function keyOf({ date, time, patient, arrivedAt }: ShownStudy, sort: WorklistQuery['sort']): string | undefined {
  if (sort === 'arrived') return arrivedAt;
  if (sort === 'name') return patient.name === '' ? undefined : patient.name;
  return date === null ? undefined : `${date} ${time ?? ''}`;
}

/**
 * Sorts in place. Studies without what is sorted by come last in either order; equals stay as they came, the newest
 * arrival first.
 */
export function inOrder(studies: ShownStudy[], { sort, order }: Pick<WorklistQuery, 'sort' | 'order'>): ShownStudy[] {
  const compare = sort === 'name' ? collator.compare : plain;
  const direction = order === 'asc' ? 1 : -1;
  const keys = new Map(studies.map((study) => [study, keyOf(study, sort)]));
  return studies.sort((a, b) => {
    const [left, right] = [keys.get(a), keys.get(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return direction * compare(left, right);
  });
}
