import type { OpeningRow, OpeningsAnswer, OpeningsStatus, openingsQuery, ReviewRequest } from '@symbolon/contract';
import type { z } from 'zod';
import { may, type SignedIn } from '../access/index.ts';
import { namesOf } from '../people/index.ts';
import { mayName, placeOf, placeOfStudy, studiesByIds, studyLabels } from '../studies/index.ts';
import { OpeningsError } from './errors.ts';
import {
  countUnreviewed,
  lockOpening,
  markReviewed,
  type OpeningRecord,
  openingsOf,
  type Seen,
} from './opening.store.ts';
import { reasonOrNone } from './opening-cells.ts';
import type { OpeningDeps } from './state-reason.ts';

const perPage = 50;

/** Whose openings the actor may see: what the engine says of one of their own, and of one of somebody else. */
function seenBy(actor: SignedIn): Seen {
  const { accountId, userId } = actor;
  return {
    userId,
    mine: may(actor, 'emergency.view', { accountId, userId }),
    others: may(actor, 'emergency.view', { accountId }),
  };
}

/** What was opened for a reason or in an emergency, by whom and why. */
export async function listOpenings(
  deps: OpeningDeps,
  actor: SignedIn,
  { show, kind, offset }: z.output<typeof openingsQuery>,
): Promise<OpeningsAnswer> {
  const page = { offset, limit: perPage + 1, now: deps.now() };
  const rows = await openingsOf(deps.database, actor.accountId, seenBy(actor), { show, kind }, page);
  const shown = rows.slice(0, perPage);
  await deps.looks.record({
    actor,
    action: 'emergency.view',
    kind: 'read',
    outcome: 'success',
    shown: [...new Set(shown.map(({ studyId }) => studyId))].sort(),
  });
  return { openings: await shownOpenings(deps, actor, shown), next: rows.length > perPage ? offset + perPage : null };
}

/** How many emergencies wait to be looked at. Nothing of them is shown, so nothing is recorded. */
export async function statusOfOpenings(deps: OpeningDeps, actor: SignedIn): Promise<OpeningsStatus> {
  return { unreviewed: await countUnreviewed(deps.database, actor.accountId, seenBy(actor)) };
}

/**
 * Says that somebody looked at an opening and, with `end`, that it is over for the very next request.
 *
 * @throws OpeningsError OPENING_NOT_FOUND
 * @throws OpeningsError OPENING_OF_ONESELF  nobody reviews what they opened
 */
export async function reviewOpening(
  deps: OpeningDeps,
  actor: SignedIn,
  id: string,
  { end }: Required<ReviewRequest>,
): Promise<OpeningRow> {
  const row = await deps.database.transaction().execute(async (trx) => {
    const before = await lockOpening(trx, actor.accountId, id);
    if (!before) throw new OpeningsError('OPENING_NOT_FOUND', 'There is no such opening.');
    if (before.userId === actor.userId)
      throw new OpeningsError('OPENING_OF_ONESELF', 'Somebody else has to review what one opened oneself.');
    const now = deps.now();
    const ends = end && before.endedAt === null && before.expiresAt > now;
    if (before.reviewedAt !== null && !ends) return before;
    const after = {
      ...before,
      reviewedBy: before.reviewedBy ?? actor.userId,
      reviewedAt: before.reviewedAt ?? now,
      endedAt: ends ? now : before.endedAt,
    };
    await markReviewed(trx, after);
    const study = await placeOfStudy(trx, actor.accountId, before.studyId);
    await deps.audit.record(trx, [
      {
        actor,
        action: 'emergency.review',
        kind: 'update',
        outcome: 'success',
        ...(study && { study }),
        detail: {
          opening: id,
          of: before.userId,
          kind: before.kind,
          reviewedBefore: before.reviewedAt !== null,
          ended: ends,
        },
      },
    ]);
    return after;
  });
  const [shown] = await shownOpenings(deps, actor, [row]);
  return shown as OpeningRow;
}

async function shownOpenings(
  deps: OpeningDeps,
  actor: SignedIn,
  rows: readonly OpeningRecord[],
): Promise<OpeningRow[]> {
  const people = rows.flatMap(({ userId, reviewedBy }) => (reviewedBy === null ? [userId] : [userId, reviewedBy]));
  const names = await namesOf(deps.database, actor.accountId, people);
  const labels = await studyLabels(
    deps,
    actor,
    rows.map(({ studyId }) => studyId),
  );
  const studies = await studiesByIds(deps.database, actor.accountId, [...new Set(rows.map(({ studyId }) => studyId))]);
  const byId = new Map(studies.map((study) => [study.id, study]));
  const shown: OpeningRow[] = [];
  for (const row of rows) {
    const { id, kind, userId, studyId, openedAt, expiresAt, endedAt, reviewedBy, reviewedAt } = row;
    const study = byId.get(studyId);
    // A reason may name somebody. Who wrote it knows it.
    const tells = study !== undefined && (userId === actor.userId || mayName(actor, study));
    shown.push({
      id,
      kind,
      who: { id: userId, name: names.get(userId) ?? userId },
      study: { id: studyId, patientName: '', date: null, description: '', ...labels.get(studyId) },
      reason: tells ? await reasonOrNone(deps.chains, { ...placeOf(study), keyId: row.keyId }, id, row.cell) : '',
      openedAt: openedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
      reviewedBy: reviewedBy === null ? null : (names.get(reviewedBy) ?? reviewedBy),
      reviewedAt: reviewedAt?.toISOString() ?? null,
    });
  }
  return shown;
}
