import type { AuditRecord } from '@symbolon/contract';

/** Records of one day on the clock of who looks; `day` is its name, as in `Sunday 22 November 2026`. */
export type DayOfRecords = { readonly key: string; readonly day: string; readonly records: readonly AuditRecord[] };

/** Keeps the order that records come in, newest first. */
export function byDay(records: readonly AuditRecord[], timeZone?: string): readonly DayOfRecords[] {
  const zone = timeZone === undefined ? {} : { timeZone };
  const names = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    ...zone,
  });
  const days: { key: string; day: string; records: AuditRecord[] }[] = [];
  for (const record of records) {
    const day = names.format(new Date(record.at)).replace(',', '');
    const last = days.at(-1);
    if (last?.day === day) last.records.push(record);
    else days.push({ key: record.id, day, records: [record] });
  }
  return days;
}

/** The time on the clock of who looks, to the second: what comes first matters here. */
export function timeOf(iso: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const form = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', ...zone });
  return form.format(new Date(iso));
}
