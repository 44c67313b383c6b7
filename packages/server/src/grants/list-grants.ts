import type { GranteesAnswer, GrantRow, RevokedAnswer } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { Audit, Looks } from '../audit/index.ts';
import { KeysError } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import { placeReached } from '../studies/index.ts';
import { GrantsError } from './errors.ts';
import { endGrant, type GrantRecord, grantOf, grantsInForce, lockGrantsOf } from './grant.store.ts';
import { searchGrantees } from './grantee.store.ts';

export type GrantDeps = {
  readonly database: Database;
  readonly audit: Audit;
  readonly looks: Looks;
  readonly now: () => Date;
};

/** Past that many, one types more of the name. */
const mostFound = 20;

export function shownGrant(record: GrantRecord): GrantRow {
  const { id, toKind, toId, toName, seriesId, grantedBy, createdAt, expiresAt, revokedAt } = record;
  return {
    id,
    to: { kind: toKind, id: toId, name: toName },
    seriesId,
    grantedBy,
    grantedAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}

/** To whom a study is granted at the moment. */
export async function listGrants(deps: GrantDeps, actor: SignedIn, studyId: string): Promise<GrantRow[]> {
  const study = await placeReached(deps.database, actor, 'grant.list', studyId);
  const grants = await grantsInForce(deps.database, study, deps.now());
  await deps.looks.record({ actor, action: 'grant.list', kind: 'read', outcome: 'success', study });
  return grants.map(shownGrant);
}

/**
 * Ends a grant for the very next request of whom it was to, and with it what they had given on by it alone. Revoked twice it
 * says the same. Needs no key.
 *
 * @throws GrantsError GRANT_NOT_FOUND  there is none of this study
 */
export async function revokeGrant(
  deps: GrantDeps,
  actor: SignedIn,
  studyId: string,
  grantId: string,
): Promise<RevokedAnswer> {
  const study = await placeReached(deps.database, actor, 'grant.revoke', studyId);
  return deps.database.transaction().execute(async (trx) => {
    await lockGrantsOf(trx, actor.accountId, studyId);
    const before = await grantOf(trx, study, grantId);
    if (!before) throw new GrantsError('GRANT_NOT_FOUND', 'There is no such grant of this study.');
    const ended = await endGrant(trx, grantId, { userId: actor.userId, at: deps.now() });
    const detail = {
      grants: ended,
      to: before.toName,
      toKind: before.toKind,
      toId: before.toId,
      series: before.seriesId === null ? 'all' : [before.seriesId],
    };
    if (ended.length > 0) {
      const entry = { actor, action: 'grant.revoke', kind: 'update', outcome: 'success', study } as const;
      // Whoever wants to end it must not wait for keys that are away: then the record says that, and not to whom.
      await deps.audit.record(trx, [{ ...entry, detail }]).catch((error: unknown) => {
        if (!(error instanceof KeysError) || error.code !== 'KEYS_UNAVAILABLE') throw error;
        return deps.audit.record(trx, [entry]);
      });
    }
    const after = (await grantOf(trx, study, grantId)) as GrantRecord;
    return { grant: shownGrant(after), givenOn: ended.filter((id) => id !== grantId).length };
  });
}

/** Who could be granted something: names only, of the actor's own account. */
export async function findGrantees(deps: GrantDeps, actor: SignedIn, part: string): Promise<GranteesAnswer> {
  const found = await searchGrantees(deps.database, actor, part, mostFound + 1);
  await deps.looks.record({ actor, action: 'grant.create', kind: 'read', outcome: 'success' });
  return { found: found.slice(0, mostFound), more: found.length > mostFound };
}
