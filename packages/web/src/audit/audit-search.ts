import { type AuditQuery, auditQuery } from '@symbolon/contract';

/** What the address of the audit page says: which records. Ids in it are random; no name ever stands there. */
export type AuditFilter = Omit<AuditQuery, 'before'>;

const names = ['study', 'user', 'link', 'action', 'kind', 'outcome', 'from', 'to'] as const;

/** Each part of the address by itself: what is mistyped is left out, the rest holds. */
export function filterOf(search: Readonly<Record<string, unknown>>): AuditFilter {
  const filter: Record<string, unknown> = {};
  for (const name of names) {
    const read = auditQuery.shape[name].safeParse(search[name]);
    if (read.success && read.data !== undefined) filter[name] = read.data;
  }
  return filter as AuditFilter;
}

/** The filter with some parts changed; `null` takes a part away. */
export function changed(filter: AuditFilter, changes: Partial<Record<keyof AuditFilter, string | null>>): AuditFilter {
  const kept = { ...filter, ...changes };
  return filterOf(Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== null && value !== '')));
}

export function isFiltered(filter: AuditFilter): boolean {
  return Object.keys(filter).length > 0;
}
