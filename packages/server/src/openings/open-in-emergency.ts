import { randomUUID } from 'node:crypto';
import type { EmergencyAnswer, EmergencyRequest } from '@symbolon/contract';
import { AccessError, type Limits, may, type SignedIn } from '../access/index.ts';
import { blindTerms } from '../audit/index.ts';
import { keepStudyKeys, studiesByIdentifier, studyLabels, thingOf } from '../studies/index.ts';
import { OpeningsError } from './errors.ts';
import { addOpenings } from './opening.store.ts';
import { sealReason } from './opening-cells.ts';
import { endOf, type OpeningDeps } from './state-reason.ts';

/** One patient has no more; what has, shares an identifier with many by mistake. */
const mostStudies = 200;
const hourMs = 3_600_000;

/** Each try asks whether somebody has been here; more than these in an hour is no emergency. */
const limitsOf = ({ accountId, userId }: SignedIn): Limits => ({
  own: { name: `emergency of ${userId} in ${accountId}`, tries: 30, windowMs: hourMs },
  all: { name: `emergency in ${accountId}`, tries: 300, windowMs: hourMs },
});

/**
 * Opens for the actor, for a short while, whatever study of the account has exactly this identifier. Who reviews is shown it on
 * every page, until they have looked at it.
 *
 * @throws OpeningsError EMERGENCY_NOTHING_FOUND  no study has it, or none that their role could open so
 * @throws AccessError   ACCESS_TOO_MANY_TRIES
 */
export async function openInEmergency(
  deps: OpeningDeps,
  actor: SignedIn,
  { reason, by }: EmergencyRequest,
): Promise<EmergencyAnswer> {
  const { accountId, userId } = actor;
  const asked = { by: Object.keys(by)[0], ...(await blindTerms(deps.chains, accountId, by)) };
  // What was written is kept with a study only: there it goes when the study goes.
  const record = (outcome: 'refused' | 'failure', code: string): Promise<void> =>
    deps.audit.record(deps.database, [
      { actor, action: 'emergency.open', kind: 'execute', outcome, detail: { ...asked, reason: code } },
    ]);
  try {
    await deps.attempts.take(limitsOf(actor));
  } catch (error) {
    if (error instanceof AccessError) await record('refused', error.code);
    throw error;
  }
  const { found, more } = await studiesByIdentifier(deps, accountId, by, mostStudies);
  const reached = found.flatMap((study) => {
    const thing = thingOf(study.row, actor);
    const already = may(actor, 'study.view', { ...thing, openings: [] });
    return already || may(actor, 'study.view', { ...thing, openings: ['emergency'] }) ? [{ ...study, already }] : [];
  });
  if (reached.length === 0) {
    await record('failure', 'EMERGENCY_NOTHING_FOUND');
    throw new OpeningsError('EMERGENCY_NOTHING_FOUND', 'No study has exactly this identifier. Nothing was opened.');
  }
  const openedAt = deps.now();
  const expiresAt = endOf('emergency', openedAt);
  const closed = reached.filter(({ already }) => !already).map(({ place }) => place.studyId);
  const opened = await deps.database.transaction().execute(async (trx) => {
    const there = await keepStudyKeys(trx, accountId, closed);
    const openings = await Promise.all(
      [...there].map(async ([studyId, place]) => {
        const id = randomUUID();
        const cell = await sealReason(deps.chains, place, id, reason);
        return { id, accountId, userId, studyId, kind: 'emergency' as const, cell, openedAt, expiresAt };
      }),
    );
    const opened = new Map(openings.map((opening) => [opening.studyId, opening]));
    await addOpenings(trx, openings);
    await deps.audit.record(
      trx,
      reached.map(({ place: study, already }) => ({
        actor,
        action: 'emergency.open' as const,
        kind: 'execute' as const,
        outcome: 'success' as const,
        study,
        detail: already
          ? { ...asked, reason, openAnyway: true }
          : { ...asked, reason, opening: opened.get(study.studyId)?.id, expiresAt: expiresAt.toISOString() },
      })),
    );
    return opened;
  });
  if (opened.size > 0)
    deps.log.warn({ account: accountId, openings: opened.size }, 'studies were opened in an emergency');
  const shown = reached.filter(({ already, place }) => already || opened.has(place.studyId));
  const labels = await studyLabels(
    deps,
    actor,
    shown.map(({ place }) => place.studyId),
  );
  return {
    studies: shown.map(({ place: { studyId: id }, already }) => ({
      ...{ id, patientName: '', date: null, description: '', ...labels.get(id) },
      expiresAt: already ? null : expiresAt.toISOString(),
    })),
    more,
  };
}
