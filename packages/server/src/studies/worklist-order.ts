import type { WorklistQuery } from '@symbolon/contract';
import type { FoundStudy } from './candidates.ts';
import { inDateOrder } from './date-order.ts';
import { shown } from './display.ts';

/** Names of all scripts in one list: the order of Unicode's root collation, case and accents last. */
const collator = new Intl.Collator('en', { usage: 'sort' });

/**
 * Sorts in place, what comes by arrival, the newest first. Studies without what is sorted by come last in either order; equals
 * stay as they came.
 */
export function inOrder(studies: FoundStudy[], { sort, order }: Pick<WorklistQuery, 'sort' | 'order'>): FoundStudy[] {
  const ascending = order === 'asc';
  if (sort === 'date') return inDateOrder(studies, ({ cell }) => cell.attributes, ascending);
  const direction = ascending ? 1 : -1;
  if (sort === 'arrived')
    return studies.sort((a, b) => direction * (a.row.arrivedAt.getTime() - b.row.arrivedAt.getTime()));
  const names = new Map(studies.map((study) => [study, shown.name(study.cell.attributes, '00100010')]));
  return studies.sort((a, b) => {
    const [left = '', right = ''] = [names.get(a), names.get(b)];
    if (left === '' || right === '') return Number(left === '') - Number(right === '');
    return direction * collator.compare(left, right);
  });
}
