import type { WorklistQuery, worklistSorts } from '@symbolon/contract';

export type Sort = (typeof worklistSorts)[number];
export type Order = 'asc' | 'desc';

/** What somebody looks for, as they typed it. */
export type Filters = {
  readonly name: string;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly modality: string;
  /** Only what awaits approval. */
  readonly awaiting: boolean;
};

export type Search = Filters & { readonly sort: Sort; readonly order: Order; readonly page: number };

const pageSize = 25;
export const noFilters: Filters = { name: '', id: '', from: '', to: '', modality: '', awaiting: false };
export const firstSearch: Search = { ...noFilters, sort: 'arrived', order: 'desc', page: 1 };

export const modalities = ['CT', 'MR', 'US', 'CR', 'DX', 'MG', 'NM', 'PT', 'XA', 'RF', 'OT'] as const;

/** Whatever is looked for anew is looked at from its first page. */
export function withFilters(search: Search, changes: Partial<Filters>): Search {
  return { ...search, ...changes, page: 1 };
}

export function sameFilters(one: Filters, other: Filters): boolean {
  return (Object.keys(noFilters) as (keyof Filters)[]).every((field) => one[field] === other[field]);
}

/** A click on the head of a column: turns the order round, or takes the one that people want first of that column. */
export function sortedBy(search: Search, sort: Sort): Search {
  const first = sort === 'name' ? 'asc' : 'desc';
  const order = search.sort === sort ? (search.order === 'asc' ? 'desc' : 'asc') : first;
  return { ...search, sort, order, page: 1 };
}

export function typedModality(text: string): string {
  return text
    .trim()
    .toUpperCase()
    .replace(/[^A-Z0-9_ ]/g, '')
    .slice(0, 16);
}

/** What the exchange is asked; a field that is empty is not asked about. */
export function queryOf({ name, id, from, to, modality, awaiting, sort, order, page }: Search): Partial<WorklistQuery> {
  const given = { name: name.trim(), id: id.trim(), from, to, modality: typedModality(modality) };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
    ...(awaiting && { awaiting }),
    sort,
    order,
    page,
    size: pageSize,
  };
}

/** Every filter in force, in words. */
export function filtersInWords(
  { name, id, from, to, modality, awaiting }: Filters,
  day: (day: string) => string,
): string[] {
  const words: string[] = [];
  if (name.trim() !== '') words.push(`name “${name.trim()}”`);
  if (id.trim() !== '') words.push(`ID “${id.trim()}”`);
  if (from !== '' && from === to) words.push(`study date ${day(from)}`);
  else if (from !== '' && to !== '') words.push(`study date ${day(from)} to ${day(to)}`);
  else if (from !== '') words.push(`study date from ${day(from)}`);
  else if (to !== '') words.push(`study date up to ${day(to)}`);
  if (typedModality(modality) !== '') words.push(`modality ${typedModality(modality)}`);
  if (awaiting) words.push('what awaits approval');
  return words;
}

/** The day of who looks, as the wire has it. `ago` in days. */
export function dayBefore(now: Date, ago: number): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

export type Quick = 'any' | 'today' | 'week' | 'month';
const daysBack: Readonly<Record<Exclude<Quick, 'any'>, number>> = { today: 0, week: 6, month: 29 };

/** The days of a quick choice: today alone, or the last 7 or 30 days with today. */
export function quickDays(quick: Quick, now: Date): Pick<Filters, 'from' | 'to'> {
  if (quick === 'any') return { from: '', to: '' };
  return { from: dayBefore(now, daysBack[quick]), to: dayBefore(now, 0) };
}

export function quickOf({ from, to }: Filters, now: Date): Quick | undefined {
  return (['any', 'today', 'week', 'month'] as const).find((quick) => {
    const days = quickDays(quick, now);
    return days.from === from && days.to === to;
  });
}

/** "1–25 of 312"; "of many" where the exchange stopped counting. */
export function rangeInWords(page: number, shown: number, total: number | null, count: (n: number) => string): string {
  if (shown === 0) return total === null ? '' : `0 of ${count(total)}`;
  const first = (page - 1) * pageSize + 1;
  const last = first + shown - 1;
  return `${count(first)}–${count(last)} of ${total === null ? 'many' : count(total)}`;
}

export function isLastPage(page: number, shown: number, total: number | null): boolean {
  return total === null ? shown < pageSize : page * pageSize >= total;
}
