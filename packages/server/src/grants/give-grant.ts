import { randomUUID } from 'node:crypto';
import type { GrantRequest, GrantRow } from '@symbolon/contract';
import { may, rightsAt, type SignedIn, standingOf, type Thing } from '../access/index.ts';
import { rightsOfMembers } from '../groups/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { notFound, placeOf, reachedStudy, thingOf } from '../studies/index.ts';
import { GrantsError } from './errors.ts';
import { givenBy, type Holder, notTheirs } from './given-by.ts';
import { addGrants, type GrantRecord, grantsInForce, lockGrantsOf, renewGrant, seriesAmong } from './grant.store.ts';
import { type FoundGrantee, granteeOf } from './grantee.store.ts';
import { type GrantDeps, shownGrant } from './list-grants.ts';

/**
 * Grants a study, or series of it, to somebody of the account or to a group. Granted a second time it says anew until when.
 *
 * Law  nobody grants what they do not reach themselves for looking at it, nor for longer; nor anything by which somebody could do
 *      with it what they cannot, or see who it is of where they see a pseudonym; nor to themselves, who could then keep what
 *      they reach by a group alone
 *
 * @throws GrantsError GRANTEE_NOT_FOUND, GRANT_BEYOND_OWN, GRANT_TO_ONESELF, REQUEST_INVALID
 */
export async function giveGrant(
  deps: GrantDeps,
  actor: SignedIn,
  studyId: string,
  input: GrantRequest,
): Promise<GrantRow[]> {
  const { row } = await reachedStudy(deps.database, actor, 'grant.create', studyId);
  const [place, thing] = [placeOf(row), thingOf(row, actor)];
  const { accountId, userId: grantedBy } = actor;
  const now = deps.now();
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  if (expiresAt !== null && expiresAt <= now)
    throw new GrantsError('REQUEST_INVALID', 'A grant ends later than now, or not by itself.');
  if ('userId' in input.to && input.to.userId === actor.userId)
    throw new GrantsError('GRANT_TO_ONESELF', 'Nobody grants anything to themselves.');
  const to = await granteeOf(deps.database, accountId, input.to);
  if (!to) throw new GrantsError('GRANTEE_NOT_FOUND', 'There is no such person or group in the account.');
  const wanted = input.seriesIds === null ? [null] : [...new Set(input.seriesIds)];
  return deps.database.transaction().execute(async (trx) => {
    if (!(await lockGrantsOf(trx, accountId, studyId))) throw notFound();
    if (input.seriesIds !== null && (await seriesAmong(trx, studyId, input.seriesIds)).length < wanted.length)
      throw notFound();
    const there = await grantsInForce(trx, place, now);
    const gives = givenBy(await holdersOf(trx, actor, to), thing, to.namespaceId);
    const given = wanted.map((seriesId) => {
      const via = reachedBy(actor, thing, there, { seriesId, expiresAt, gives });
      const before = there.find(
        (one) => one.namespaceId === to.namespaceId && one.seriesId === seriesId && one.via === via,
      );
      return { id: before?.id ?? randomUUID(), seriesId, via, before };
    });
    const about = { accountId, studyId, namespaceId: to.namespaceId, grantedBy, createdAt: now, expiresAt };
    await addGrants(
      trx,
      given.flatMap(({ before, ...one }) => (before === undefined ? [{ ...about, ...one }] : [])),
    );
    for (const { before } of given) if (before) await renewGrant(trx, before.id, { expiresAt, grantedBy });
    const renewed = given.flatMap(({ before }) => before ?? []);
    await deps.audit.record(trx, [
      {
        actor,
        action: 'grant.create',
        kind: renewed.length === given.length ? 'update' : 'create',
        outcome: 'success',
        study: place,
        detail: {
          grants: given.map(({ id }) => id),
          to: to.name,
          toKind: to.kind,
          toId: to.id,
          series: input.seriesIds ?? 'all',
          expiresAt: input.expiresAt,
          ...(renewed.length > 0 && { before: renewed.map((one) => one.expiresAt?.toISOString() ?? null) }),
        },
      },
    ]);
    const all = await grantsInForce(trx, place, now);
    return given.map(({ id }) => shownGrant(all.find((one) => one.id === id) as GrantRecord));
  });
}

/** Whom a grant to somebody, or to a group, gives something. */
async function holdersOf(trx: Trx, { accountId, rights }: SignedIn, to: FoundGrantee): Promise<Holder[]> {
  const { kind, id, namespaceId } = to;
  if (kind === 'group' || kind === 'location') {
    const members = await rightsOfMembers(trx, { accountId, kind, id, namespaceId }, rights.operates);
    return members.map((one) => ({ namespaceId: 'of a member', rights: one }));
  }
  const standing = await standingOf(trx, accountId, id);
  return standing ? [{ namespaceId, rights: rightsAt(standing, null, undefined) }] : [];
}

type Wanted = {
  readonly seriesId: string | null;
  readonly expiresAt: Date | null;
  /** What whoever it is granted to could do by it. */
  readonly gives: readonly ReadonlySet<string>[];
};

/**
 * By which grant alone the actor reaches this, and may do what they would give; null where they do without any. What one opened for a reason
 * or in an emergency one may look at, and not hand on.
 *
 * @throws GrantsError GRANT_BEYOND_OWN
 */
function reachedBy(
  actor: SignedIn,
  thing: Thing,
  grants: readonly GrantRecord[],
  { seriesId, expiresAt, gives }: Wanted,
): string | null {
  const through = (grantedTo: readonly string[]): boolean =>
    may(actor, 'study.view', { ...thing, grantedTo, openings: [] });
  const beyond = (): GrantsError =>
    new GrantsError('GRANT_BEYOND_OWN', 'One grants only what one reaches oneself, and for no longer than that lasts.');
  const all = [...new Set(grants.map(({ namespaceId }) => namespaceId))];
  // Something that is denied where it is granted stays denied.
  if (!through(all)) throw beyond();
  const missing = notTheirs(actor, thing, gives, all);
  if (missing.length > 0)
    throw new GrantsError('GRANT_BEYOND_OWN', `By it they could do what you cannot: ${missing.join(', ')}.`);
  const does = (grantedTo: readonly string[]): boolean =>
    through(grantedTo) && notTheirs(actor, thing, gives, grantedTo).length === 0;
  if (does([])) return null;
  const lasts = ({ expiresAt: until }: GrantRecord): boolean =>
    until === null || (expiresAt !== null && expiresAt <= until);
  const by = grants.find(
    (one) => (one.seriesId === null || one.seriesId === seriesId) && lasts(one) && does([one.namespaceId]),
  );
  if (by === undefined) throw beyond();
  return by.id;
}
