import type { ExplanationAnswer } from '@symbolon/contract';
import {
  explainPermissions,
  explainStudy,
  holdingOn,
  may,
  rightsAt,
  type SignedIn,
  type Standing,
  scopeOfToken,
  standingOf,
  type Thing,
} from '../access/index.ts';
import { notFound as studyNotFound } from '../studies/index.ts';
import { userNotFound } from './errors.ts';
import { thingOfStudy } from './explained-study.store.ts';
import { type RolesDeps, roleNamedOf } from './roles-deps.ts';

/** Somebody about whom who asks may have this explained: themselves, or anybody of the account. @throws RolesError USER_NOT_FOUND */
async function standingFor({ database }: RolesDeps, actor: SignedIn, userId: string): Promise<Standing> {
  const standing = may(actor, 'user.explain', { accountId: actor.accountId, userId })
    ? await standingOf(database, actor.accountId, userId)
    : undefined;
  if (!standing) throw userNotFound();
  return standing;
}

/** The study that is asked about, for the person whom it is about; only where who asks may open it. */
async function studyFor(
  { database, now }: RolesDeps,
  actor: SignedIn,
  userId: string,
  studyId: string | undefined,
): Promise<Thing | null> {
  if (studyId === undefined) return null;
  const seen = await thingOfStudy(database, actor.accountId, studyId, actor.userId, now());
  if (!seen || !may(actor, 'study.view', seen)) throw studyNotFound();
  return (await thingOfStudy(database, actor.accountId, studyId, userId, now())) ?? null;
}

/**
 * What somebody may do in the account, and why: as if they had signed in from an address that every list lets in, or came by one of
 * their tokens; and of one study that who asks may see, what of it holds there.
 *
 * @throws RolesError USER_NOT_FOUND  nobody of that id, or none of theirs is that token
 * @throws StudiesError STUDY_NOT_FOUND
 */
export async function explain(
  deps: RolesDeps,
  actor: SignedIn,
  userId: string,
  asked: { readonly token?: string | undefined; readonly studyId?: string | undefined },
): Promise<ExplanationAnswer> {
  const { database, audit } = deps;
  const standing = await standingFor(deps, actor, userId);
  const token = asked.token === undefined ? null : await scopeOfToken(database, actor.accountId, asked.token);
  if (token === undefined || (token !== null && token.userId !== userId)) throw userNotFound();
  const rights = rightsAt(standing, token?.scope ?? null, undefined);
  const role = roleNamedOf(standing.role);
  const person: SignedIn = { ...actor, userId, namespaceId: standing.namespaceId ?? userId, role, rights };
  const study = await studyFor(deps, actor, userId, asked.studyId);
  const detail = { user: userId, ...asked };
  await audit.record(database, [{ actor, action: 'user.explain', kind: 'read', outcome: 'success', detail }]);
  return {
    user: { id: userId, name: standing.name, state: standing.state },
    role,
    groups: standing.groups.map((group) => ({
      ...{ id: group.id, kind: group.kind, name: group.name },
      role: group.role && roleNamedOf(group.role),
    })),
    token: token && { id: asked.token as string, label: token.label, scope: token.scope && [...token.scope] },
    permissions: explainPermissions(standing, rights, rightsAt(standing, null, undefined)),
    study: study && {
      id: study.studyId as string,
      holding: [...holdingOn(person, study)],
      unapproved: study.unapproved === true,
      actions: explainStudy(standing, person, study),
    },
  };
}
