import type { AuditQuery, AuditRecord } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { Position } from './timeline.store.ts';
import { filterOf, type TimelineDeps, timelinePage } from './timeline.ts';

const header = [
  'at',
  'who',
  'who (kind)',
  'by',
  'address',
  'action',
  'kind',
  'outcome',
  'study',
  'patient',
  'study date',
  'detail',
  'user id',
  'link id',
  'record id',
];

/**
 * One cell (RFC 4180), quoted. A spreadsheet takes what begins with one of these signs for a formula, and a patient's
 * name may be one: an apostrophe before it makes it text.
 */
function csvCell(value: string): string {
  const inert = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return `"${inert.replaceAll('"', '""')}"`;
}

const line = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function lineOf({ at, who, by, address, action, kind, outcome, study, detail, id }: AuditRecord): string {
  return line([
    at,
    who.name,
    who.kind,
    by ?? '',
    address,
    action,
    kind,
    outcome,
    study?.id ?? '',
    study?.patientName ?? '',
    study?.date ?? '',
    detail === null || detail === undefined ? '' : JSON.stringify(detail),
    who.userId ?? '',
    who.linkId ?? '',
    id,
  ]);
}

const rowsPerPage = 200;

/** All records that match as CSV, page by page as the receiver takes them; the mark at the start says UTF-8 to Excel. */
export async function* timelineCsv(deps: TimelineDeps, actor: SignedIn, query: AuditQuery): AsyncGenerator<string> {
  yield `\ufeff${line(header)}`;
  for (let before: Position | undefined; ; ) {
    const { records, next } = await timelinePage(deps, actor, filterOf(query), { before, size: rowsPerPage });
    yield records.map(lineOf).join('');
    if (next === null) return;
    before = next;
  }
}
