import type { AuditQuery, AuditRecord } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { csvLine } from '../platform/http/csv-line.ts';
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

function lineOf({ at, who, by, address, action, kind, outcome, study, detail, id }: AuditRecord): string {
  return csvLine([
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
  yield `\ufeff${csvLine(header)}`;
  for (let before: Position | undefined; ; ) {
    const { records, next } = await timelinePage(deps, actor, filterOf(query), { before, size: rowsPerPage });
    yield records.map(lineOf).join('');
    if (next === null) return;
    before = next;
  }
}
