import { type AuditAnswer, type AuditQuery, type AuditRecord, problemCodes } from '@symbolon/contract';
import { z } from 'zod';
import { may, mayIdentify, type SignedIn } from '../access/index.ts';
import { type Audit, openDetail } from '../audit/index.ts';
import type { KeyChains } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import { mayName, type StudyLabel, studiesByIds, studyLabels, thingOf } from '../studies/index.ts';
import { type Position, type RecordFilter, type RecordRow, recordsOf } from './timeline.store.ts';

export type TimelineDeps = { readonly database: Database; readonly chains: KeyChains; readonly audit: Audit };

const dayMs = 86_400_000;

export function filterOf({ from, to, before: _, ...others }: AuditQuery): RecordFilter {
  return {
    ...others,
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(new Date(to).getTime() + dayMs) }),
  };
}

const position = z.tuple([z.iso.datetime(), z.uuid()]);

const cursorOf = ({ at, id }: Position): string =>
  Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url');

/** @throws ZodError  it is none that this exchange gave out */
function positionOf(cursor: string): Position {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [at, id] = position.parse(text.startsWith('[') ? safelyParsed(text) : undefined);
  return { at: new Date(at), id };
}

function safelyParsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whoDid({ userId, userName, linkId, sharerName, address }: RecordRow): AuditRecord['who'] {
  if (userId !== null) return { kind: 'person', name: userName ?? userId, userId, linkId };
  if (linkId !== null) return { kind: 'link', name: `link of ${sharerName ?? linkId}`, userId: null, linkId };
  // Whoever asks comes from somewhere.
  const kind = address === null ? 'exchange' : 'visitor';
  return { kind, name: '', userId: null, linkId: null };
}

function provenBy({ tokenId, sessionId, userId, linkId, outcome }: RecordRow): AuditRecord['by'] {
  if (tokenId !== null) return 'token';
  if (sessionId !== null) return 'session';
  return userId === null && linkId !== null && outcome === 'success' ? 'link' : null;
}

/** What a detail lists one by one where people want to know how many. */
const listed = new Set(['instances', 'heldAlready', 'refused', 'studies', 'objects', 'replaced']);

function countsInstead(detail: unknown): unknown {
  if (detail === null || typeof detail !== 'object' || Array.isArray(detail)) return detail;
  const entries = Object.entries(detail).map(([name, value]) =>
    listed.has(name) && Array.isArray(value) ? [name, value.length] : [name, value],
  );
  return Object.fromEntries(entries);
}

/** What people typed, and not the exchange: it may name somebody. A code in its place is the exchange's own. */
const typed = new Set(['reason', 'note']);
const ownCodes: ReadonlySet<unknown> = new Set(problemCodes);

function withoutWords(detail: unknown): unknown {
  if (detail === null || typeof detail !== 'object' || Array.isArray(detail)) return detail;
  return Object.fromEntries(Object.entries(detail).filter(([name, value]) => !typed.has(name) || ownCodes.has(value)));
}

async function shownRecord(
  deps: TimelineDeps,
  { accountId }: SignedIn,
  row: RecordRow,
  { study, words }: { readonly study: AuditRecord['study']; readonly words: boolean },
): Promise<AuditRecord> {
  const { id, at, address, action, studyId, patientId, keyId, detail } = row;
  const place =
    studyId === null || patientId === null || keyId === null ? undefined : { accountId, patientId, studyId, keyId };
  const opened = countsInstead(await openDetail(deps.chains, { id, accountId, study: place, detail }));
  return {
    id,
    at: at.toISOString(),
    who: whoDid(row),
    by: provenBy(row),
    address: address ?? '',
    action,
    kind: row.kind as AuditRecord['kind'],
    outcome: row.outcome as AuditRecord['outcome'],
    study,
    detail: words ? opened : withoutWords(opened),
  };
}

/** Who may see only what they did themselves asks for nothing else. */
const mineOnly = (actor: SignedIn, filter: RecordFilter): RecordFilter =>
  may(actor, 'audit.view', { accountId: actor.accountId }) ? filter : { ...filter, user: actor.userId };

/** A page of records, opened; `next` is the position behind it, where there is more. */
export async function timelinePage(
  deps: TimelineDeps,
  actor: SignedIn,
  filter: RecordFilter,
  page: { readonly before: Position | undefined; readonly size: number },
): Promise<{ readonly records: AuditRecord[]; readonly next: Position | null }> {
  const { accountId } = actor;
  const asked = mineOnly(actor, filter);
  const rows = await recordsOf(deps.database, accountId, asked, { before: page.before, limit: page.size + 1 });
  const kept = rows.slice(0, page.size);
  // A list that showed the study is in that study's timeline under its name.
  const about = (row: RecordRow): string => row.studyId ?? filter.study ?? '';
  const ids = [...new Set(kept.map(about).filter((studyId) => studyId !== ''))];
  const studies = await studiesByIds(deps.database, accountId, ids);
  const visible = studies.filter((row) => may(actor, 'study.view', thingOf(row, actor))).map(({ id }) => id);
  const labels = await studyLabels(deps, actor, visible);
  const records: AuditRecord[] = [];
  const named = new Set(studies.filter((row) => mayName(actor, row)).map(({ id }) => id));
  const everybody = mayIdentify(actor, 'study.view', { accountId });
  for (const row of kept) {
    const words = row.studyId === null ? everybody : named.has(row.studyId);
    records.push(await shownRecord(deps, actor, row, { study: labelOf(labels, about(row)), words }));
  }
  return { records, next: rows.length > page.size ? (kept.at(-1) ?? null) : null };
}

function labelOf(labels: ReadonlyMap<string, StudyLabel>, id: string): AuditRecord['study'] {
  const label = labels.get(id);
  return label ? { id, patientName: label.patientName, date: label.date } : null;
}

/** Whoever reads the audit is in it, before they see any of it. */
export async function recordLook(
  deps: TimelineDeps,
  actor: SignedIn,
  query: AuditQuery,
  as: 'page' | 'csv',
): Promise<void> {
  await deps.audit.record(deps.database, [
    { actor, action: 'audit.view', kind: 'read', outcome: 'success', detail: { as, ...query } },
  ]);
}

const pageSize = 50;

/** What happened in the asker's account, newest first. */
export async function timeline(deps: TimelineDeps, actor: SignedIn, query: AuditQuery): Promise<AuditAnswer> {
  const before = query.before === undefined ? undefined : positionOf(query.before);
  await recordLook(deps, actor, query, 'page');
  const { records, next } = await timelinePage(deps, actor, filterOf(query), { before, size: pageSize });
  return { records, next: next && cursorOf(next) };
}
