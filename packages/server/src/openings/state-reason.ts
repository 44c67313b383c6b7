import { randomUUID } from 'node:crypto';
import { type OpeningAnswer, openingHours } from '@symbolon/contract';
import type { FastifyBaseLogger } from 'fastify';
import { type Attempts, may, type SignedIn } from '../access/index.ts';
import type { Audit, Looks } from '../audit/index.ts';
import { extentOf, keepStudyKeys, notFound, type StudiesDeps, studyById, thingOf } from '../studies/index.ts';
import { OpeningsError } from './errors.ts';
import { addOpenings } from './opening.store.ts';
import { sealReason } from './opening-cells.ts';

export type OpeningDeps = StudiesDeps & {
  readonly audit: Audit;
  readonly looks: Looks;
  readonly attempts: Attempts;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
  readonly now: () => Date;
};

const hourMs = 3_600_000;

export const endOf = (kind: keyof typeof openingHours, from: Date): Date =>
  new Date(from.getTime() + openingHours[kind] * hourMs);

/**
 * Opens a study for somebody who finds it, and whose role lets them look at it with a reason only.
 *
 * @throws OpeningsError OPENING_NOT_NEEDED  they may look at it as it is
 * @throws StudiesError  STUDY_NOT_FOUND     no reason would open it for them
 */
export async function stateReason(
  deps: OpeningDeps,
  actor: SignedIn,
  studyId: string,
  reason: string,
): Promise<OpeningAnswer> {
  const row = await studyById(deps.database, actor.accountId, studyId);
  // An id is random: whoever has it, and finds studies by exact identifiers only, found it by one.
  if (!row || row.instanceCount === 0 || extentOf(actor, 'study.search', row, { exact: true }) === undefined)
    throw notFound();
  if (extentOf(actor, 'study.view', row) === 'whole')
    throw new OpeningsError('OPENING_NOT_NEEDED', 'The study can be opened without a reason.');
  if (!may(actor, 'study.view', { ...thingOf(row, actor), openings: ['reason'] })) throw notFound();
  const id = randomUUID();
  const openedAt = deps.now();
  const expiresAt = endOf('reason', openedAt);
  const { accountId, userId } = actor;
  await deps.database.transaction().execute(async (trx) => {
    const study = (await keepStudyKeys(trx, accountId, [studyId])).get(row.id);
    if (!study) throw notFound();
    const cell = await sealReason(deps.chains, study, id, reason);
    await addOpenings(trx, [{ id, accountId, userId, studyId, kind: 'reason', cell, openedAt, expiresAt }]);
    await deps.audit.record(trx, [
      {
        actor,
        action: 'reason.state',
        kind: 'execute',
        outcome: 'success',
        study,
        detail: { opening: id, reason, expiresAt: expiresAt.toISOString() },
      },
    ]);
  });
  return { id, studyId, expiresAt: expiresAt.toISOString() };
}
