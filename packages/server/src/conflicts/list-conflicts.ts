import type { ConflictsAnswer } from '@symbolon/contract';
import { reachOf, type SignedIn } from '../access/index.ts';
import { asideStudies } from '../packs/index.ts';
import { namesOf } from '../people/index.ts';
import { reached, studyLabels } from '../studies/index.ts';
import type { ConflictDeps } from './conflict-deps.ts';

const pageSize = 25;

/** A page of the studies of which something was kept aside, the newest first; who sees which is on record before it goes out. */
export async function listConflicts(
  deps: ConflictDeps,
  actor: SignedIn,
  state: 'open' | 'decided',
  before: number | undefined,
): Promise<ConflictsAnswer> {
  const window = { before, limit: pageSize + 1 };
  // So that a page, and whether there is another, tells nothing of what others have.
  const reach = reached(reachOf(actor, 'conflict.read'));
  const found = await asideStudies(deps.database, actor.accountId, state, window, reach);
  const page = found.slice(0, pageSize);
  await deps.looks.record({
    actor,
    action: 'conflict.read',
    kind: 'read',
    outcome: 'success',
    shown: page.map(({ studyId }) => studyId),
    detail: { state, studies: page.length },
  });
  const names = await namesOf(deps.database, actor.accountId, [...new Set(page.flatMap(({ sentBy }) => sentBy))]);
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
  return { conflicts, next: found.length > pageSize ? String(page.at(-1)?.last) : null };
}
