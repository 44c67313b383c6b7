import type { ExplanationAnswer, ReachAnswer } from '@symbolon/contract';
import {
  explainPermissions,
  explainStudy,
  holdingOn,
  may,
  type Reach,
  reachOf,
  rightsAt,
  type SignedIn,
  type Standing,
  scopeOfToken,
  standingOf,
  type Thing,
} from '../access/index.ts';
import { countStudies, reachedStudy, thingOf } from '../studies/index.ts';
import { userNotFound } from './errors.ts';
import { type RolesDeps, roleNamedOf } from './roles-deps.ts';

/** Somebody about whom who asks may have this explained: themselves, or anybody of the account. @throws RolesError USER_NOT_FOUND */
export async function standingFor(
  { database }: Pick<RolesDeps, 'database'>,
  actor: SignedIn,
  userId: string,
): Promise<Standing> {
  const standing = may(actor, 'user.explain', { accountId: actor.accountId, userId })
    ? await standingOf(database, actor.accountId, userId)
    : undefined;
  if (!standing) throw userNotFound();
  return standing;
}

/** The study that is asked about, for the person whom it is about; only where who asks may open it, too. */
async function studyFor(
  { database }: RolesDeps,
  actor: SignedIn,
  person: SignedIn,
  studyId: string | undefined,
): Promise<Thing | null> {
  if (studyId === undefined) return null;
  const { row } = await reachedStudy(database, actor, 'study.view', studyId);
  return thingOf(row, person);
}

/** Somebody as the engine would meet them; as if they came from where every list of addresses lets them in. */
export function personOf(actor: SignedIn, standing: Standing, scope: readonly string[] | null): SignedIn {
  const { userId, namespaceId } = standing;
  const rights = rightsAt(standing, scope, undefined);
  return { ...actor, userId, namespaceId: namespaceId ?? userId, role: roleNamedOf(standing.role), rights };
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
  const person = personOf(actor, standing, token?.scope ?? null);
  const study = await studyFor(deps, actor, person, asked.studyId);
  const detail = { user: userId, ...asked };
  await audit.record(database, [{ actor, action: 'user.explain', kind: 'read', outcome: 'success', detail }]);
  return {
    user: { id: userId, name: standing.name, state: standing.state },
    role: person.role,
    groups: standing.groups.map((group) => ({
      ...{ id: group.id, kind: group.kind, name: group.name },
      role: group.role && roleNamedOf(group.role),
    })),
    token: token && { id: asked.token as string, label: token.label, scope: token.scope && [...token.scope] },
    permissions: explainPermissions(standing, person.rights, rightsAt(standing, null, undefined)),
    study: study && {
      id: study.studyId as string,
      holding: [...holdingOn(person, study)],
      unapproved: study.unapproved === true,
      actions: explainStudy(standing, person, study),
    },
  };
}

/** Counting stops there: one more says that there are more. */
const most = 10_001;

/** What of a reach is reached by living in these namespaces, or by being granted to these. */
function narrowed(reach: Reach, livingIn: readonly string[], grantedTo: readonly string[]): Reach {
  const { permitted } = reach;
  const only = (wanted: readonly string[], some: readonly string[]) =>
    permitted.all ? wanted : wanted.filter((one) => some.includes(one));
  return {
    ...reach,
    permitted: {
      all: false,
      livingIn: only(livingIn, permitted.livingIn),
      grantedTo: only(grantedTo, permitted.grantedTo),
      openings: [],
    },
  };
}

/** How many studies somebody finds by a search, and how they come to them. @throws RolesError USER_NOT_FOUND */
export async function showReach(deps: RolesDeps, actor: SignedIn, userId: string): Promise<ReachAnswer> {
  const { database, audit } = deps;
  const standing = await standingFor(deps, actor, userId);
  const person = personOf(actor, standing, null);
  const { namespaceId, rights } = person;
  const groups = [...rights.groups.keys()];
  const reach = reachOf(person, 'study.search');
  const count = (of: Reach) =>
    countStudies(database, actor.accountId, { all: [], anyOf: [], modalities: [], reach: of }, most);
  const [studies, own, group, granted] = [
    await count(reach),
    await count(narrowed(reach, [namespaceId], [])),
    await count(narrowed(reach, groups, [])),
    await count(narrowed(reach, [], [namespaceId, ...groups])),
  ];
  const detail = { user: userId, reach: studies };
  await audit.record(database, [{ actor, action: 'user.explain', kind: 'read', outcome: 'success', detail }]);
  return { user: { id: userId, name: standing.name }, studies, own, group, granted, all: reach.permitted.all };
}
