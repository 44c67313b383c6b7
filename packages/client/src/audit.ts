import { type AuditAnswer, type AuditQuery, auditAnswer, paths } from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';
import { queryText } from './query-text.ts';

/** One page of records, newest first. */
export function auditRecords(exchange: Exchange, query: AuditQuery, signal?: AbortSignal): Promise<AuditAnswer> {
  return call(exchange, { path: paths.audit + queryText(query), answer: auditAnswer, signal });
}

/** The address of the same records, all of them, as a CSV file. */
export function auditCsvPath(query: Omit<AuditQuery, 'before'>): string {
  return paths.auditCsv + queryText(query);
}
