import type { ConflictsAnswer } from '@symbolon/contract';
import { may, type SignedIn } from '../access/index.ts';
import { asideStudies } from '../packs/index.ts';
import { namesOf } from '../people/index.ts';
import { studiesByIds, studyLabels, thingOf } from '../studies/index.ts';
import type { ConflictDeps } from './conflict-deps.ts';

const pageSize = 25;
const step = 200;

/**
 * What is kept aside of studies that somebody reaches, one more than a page; so that a page, and whether there is another,
 * tells nothing of what others have.
 *
 * Cost    what is kept aside in the account, read in steps, where little of it is reached
 */
async function reachedAside(
  deps: ConflictDeps,
  actor: SignedIn,
  state: 'open' | 'decided',
  from: number | undefined,
): Promise<Awaited<ReturnType<typeof asideStudies>>> {
  const reached: Awaited<ReturnType<typeof asideStudies>> = [];
  for (let before = from; ; ) {
    const found = await asideStudies(deps.database, actor.accountId, state, { before, limit: step });
    const ids = found.map(({ studyId }) => studyId);
    const rows = await studiesByIds(deps.database, actor.accountId, ids);
    const visible = new Set(rows.filter((row) => may(actor, 'conflict.read', thingOf(row, actor))).map(({ id }) => id));
    reached.push(...found.filter(({ studyId }) => visible.has(studyId)));
    if (found.length < step || reached.length > pageSize) return reached.slice(0, pageSize + 1);
    before = found.at(-1)?.last;
  }
}

/** A page of the studies of which something was kept aside, the newest first; who sees which is on record before it goes out. */
export async function listConflicts(
  deps: ConflictDeps,
  actor: SignedIn,
  state: 'open' | 'decided',
  before: number | undefined,
): Promise<ConflictsAnswer> {
  const found = await reachedAside(deps, actor, state, before);
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
