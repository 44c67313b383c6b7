import type { LinkRow } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { linkNotFound } from './errors.ts';
import { linkOfAccount, markRevoked } from './link.store.ts';
import { type LinkDeps, reachedLink, rowWithoutKeys } from './list-links.ts';

/**
 * Ends a link for everybody, those who have it open included: its row is read on each of their requests. It needs no key: who
 * wants to end it must not wait for keys that are away, and then what is sealed is missing from the answer.
 */
export async function revokeLink(deps: LinkDeps, actor: SignedIn, linkId: string): Promise<LinkRow> {
  const { study } = await reachedLink(deps, actor, 'link.revoke', linkId);
  await deps.database.transaction().execute(async (trx) => {
    if (!(await markRevoked(trx, linkId, actor.userId, deps.now()))) return;
    await deps.audit.record(trx, [{ actor, action: 'link.revoke', kind: 'update', outcome: 'success', study, linkId }]);
  });
  const after = await linkOfAccount(deps.database, actor.accountId, linkId);
  if (!after) throw linkNotFound();
  return rowWithoutKeys(deps, actor, after);
}
