import type { ConflictsAnswer } from '@symbolon/contract';
import { may, type SignedIn } from '../access/index.ts';
import { asideStudies } from '../packs/index.ts';
import { namesOf } from '../people/index.ts';
import { studiesByIds, studyLabels, thingOf } from '../studies/index.ts';
import type { ConflictDeps } from './conflict-deps.ts';

const pageSize = 25;

/** A page of the studies of which something was kept aside, the newest first; who sees which is on record before it goes out. */
export async function listConflicts(
  deps: ConflictDeps,
  actor: SignedIn,
  state: 'open' | 'decided',
  before: number | undefined,
): Promise<ConflictsAnswer> {
  const { accountId } = actor;
  const found = await asideStudies(deps.database, accountId, state, { before, limit: pageSize + 1 });
  const first = found.slice(0, pageSize);
  const rows = await studiesByIds(
    deps.database,
    accountId,
    first.map(({ studyId }) => studyId),
  );
  const visible = new Set(rows.filter((row) => may(actor, 'conflict.read', thingOf(row, actor))).map(({ id }) => id));
  const page = first.filter(({ studyId }) => visible.has(studyId));
  await deps.looks.record({
    actor,
    action: 'conflict.read',
    kind: 'read',
    outcome: 'success',
    shown: page.map(({ studyId }) => studyId),
    detail: { state, studies: page.length },
  });
  const names = await namesOf(deps.database, accountId, [...new Set(page.flatMap(({ sentBy }) => sentBy))]);
  const labels = await studyLabels(
    deps,
    actor,
    page.map(({ studyId }) => studyId),
  );
  const conflicts = page.map(({ studyId, open, decided, sentBy, firstAt, lastAt }) => ({
    study: { id: studyId, patientName: '', date: null, description: '', ...labels.get(studyId) },
    open,
    decided,
    sentBy: sentBy.map((id) => names.get(id) ?? id),
    firstSentAt: firstAt.toISOString(),
    lastSentAt: lastAt.toISOString(),
  }));
  return { conflicts, next: found.length > pageSize ? String(found[pageSize - 1]?.last) : null };
}
