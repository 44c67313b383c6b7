import type { ApprovalAnswer } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { namesOf } from '../people/index.ts';
import { notFound, placeReached } from '../studies/index.ts';
import { type Approval, lockApproval, setApproval } from './approval.store.ts';
import type { GrantDeps } from './list-grants.ts';

/**
 * Approves a study that awaits it, or takes an approval back that was given. What awaits none, and never did, is left as it
 * is; done twice it says the same.
 */
export async function decideApproval(
  deps: GrantDeps,
  actor: SignedIn,
  studyId: string,
  approve: boolean,
): Promise<ApprovalAnswer> {
  const study = await placeReached(deps.database, actor, 'study.approve', studyId);
  const approval = await deps.database.transaction().execute(async (trx) => {
    const before = await lockApproval(trx, actor.accountId, studyId);
    if (!before) throw notFound();
    const changes = approve ? before.unapproved : before.approvedAt !== null;
    if (!changes) return before;
    const after: Approval = approve
      ? { unapproved: false, approvedBy: actor.userId, approvedAt: deps.now() }
      : { unapproved: true, approvedBy: null, approvedAt: null };
    await setApproval(trx, studyId, after);
    await deps.audit.record(trx, [
      {
        actor,
        action: 'study.approve',
        kind: 'update',
        outcome: 'success',
        study,
        detail: { approved: approve, before: before.unapproved ? 'awaiting approval' : 'approved' },
      },
    ]);
    return after;
  });
  const { unapproved, approvedBy, approvedAt } = approval;
  const names = await namesOf(deps.database, actor.accountId, approvedBy === null ? [] : [approvedBy]);
  return {
    unapproved,
    approvedBy: approvedBy === null ? null : (names.get(approvedBy) ?? approvedBy),
    approvedAt: approvedAt?.toISOString() ?? null,
  };
}
