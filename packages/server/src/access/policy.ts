import {
  type Action,
  actions,
  behindTheLock,
  type Decisions,
  exchangeWide,
  linkActions,
  type Permission,
  permitsSome,
  type Qualifier,
  signedInActions,
  stepActions,
  visitorActions,
} from '@symbolon/contract';
import type { Actor, SignedIn } from './actor.ts';

/** What an action is done to: something of one account, with what the qualifiers ask of it. An action on nothing yet has no thing. */
export type Thing = {
  readonly accountId: string;
  readonly studyId?: string;
  /** The namespace in which it lives. */
  readonly namespaceId?: string;
  /** The namespaces to which it is granted at the moment. */
  readonly grantedTo?: readonly string[];
  /** Whether it awaits approval. */
  readonly unapproved?: boolean;
  /** How the actor opened it for a while, beside what their role reaches: by either, or by both. */
  readonly openings?: readonly ('reason' | 'emergency')[];
  /** Whether it was found by an exact identifier. */
  readonly exact?: boolean;
  /** Who made it, or whom it is about: theirs it is, too. */
  readonly userId?: string | null;
};

/**
 * The one policy engine: may this actor do this to that? Pure; REST, DICOMweb, links and jobs all ask here.
 *
 * Law     what is not permitted is denied, and a deny wins; a thing of another account is never reached, whatever the role; by
 *         a link nothing is reached but its study; in a session with a step still to do, nothing but what that step takes.
 * Cost    a few look-ups; no I/O.
 */
export function may(actor: Actor, action: Action, thing?: Thing): boolean {
  switch (actor.kind) {
    case 'visitor':
      return visitorActions.includes(action) && thing === undefined;
    case 'link':
      if (!linkActions.includes(action) || (action === 'study.download' && !actor.download)) return false;
      return thing === undefined || (thing.accountId === actor.accountId && thing.studyId === actor.studyId);
    case 'person':
      if (thing !== undefined && thing.accountId !== actor.accountId) return false;
      if (!Object.hasOwn(actions, action)) return false;
      if (actor.steps[0] !== undefined && !goesOn(actor, action))
        return thing === undefined && stepActions[actor.steps[0]].includes(action);
      if (signedInActions.includes(action)) return true;
      if (exchangeWide.has(action) && !actor.rights.operates) return false;
      return thing === undefined ? maySomething(actor, action) : mayReach(actor, action, thing);
  }
}

/** Whether a locked screen is all that is in the way, and this goes on behind it. */
const goesOn = ({ steps: [first, ...others] }: SignedIn, action: Action): boolean =>
  first === 'unlock' && others.length === 0 && behindTheLock.includes(action);

/** Whether who may do that to this may see who it is of, too. Who came by a link may: it was made to show that. */
export function mayIdentify(actor: Actor, action: 'study.search' | 'study.view', thing: Thing): boolean {
  if (actor.kind !== 'person') return actor.kind === 'link';
  return widens(voices(actor, thing), `${action}.identity`);
}

function maySomething({ rights }: SignedIn, action: Action): boolean {
  if (permitsSome(rights.account, action)) return true;
  // A role in a group speaks of what is in that group: with it nobody does what concerns the account as a whole.
  if (!takes(action, 'group') && !takes(action, 'granted')) return false;
  return [...rights.groups.values()].some((some) => permitsSome(some, action));
}

/** One set of decisions that speaks of a thing, with the qualifiers that hold there; of the account, or of a group by its namespace. */
export type Voice = {
  readonly of: string | null;
  readonly decisions: Decisions;
  readonly holding: readonly Qualifier[];
};

/**
 * Who speaks of this thing: the account's role, with every qualifier that holds; and the role in each group in which it
 * lives, or to which it is granted, which speaks of nothing else.
 */
export function voices({ rights, namespaceId: own, userId: me }: SignedIn, thing: Thing): Voice[] {
  const { namespaceId, grantedTo = [], userId, openings = [], exact } = thing;
  const lives = namespaceId !== undefined && rights.groups.has(namespaceId);
  const holding: Qualifier[] = [];
  if (namespaceId === own || (userId !== undefined && userId === me)) holding.push('own');
  if (lives) holding.push('group');
  if (grantedTo.some((to) => to === own || rights.groups.has(to))) holding.push('granted');
  holding.push(...openings);
  if (exact) holding.push('exact');
  const all: Voice[] = [{ of: null, decisions: rights.account, holding }];
  if (lives) all.push({ of: namespaceId, decisions: rights.groups.get(namespaceId) as Decisions, holding: ['group'] });
  for (const to of grantedTo) {
    const decisions = rights.groups.get(to);
    if (decisions !== undefined) all.push({ of: to, decisions, holding: ['granted'] });
  }
  return all;
}

function mayReach(actor: SignedIn, action: Action, thing: Thing): boolean {
  const all = voices(actor, thing);
  let permitted = false;
  for (const { decisions, holding } of all) {
    const says = decisions[action];
    if (says === 'deny') return false;
    if (says === 'permit') permitted = true;
    for (const qualifier of holding) {
      const qualified = decisions[`${action}.${qualifier}` as Permission];
      if (qualified === 'deny') return false;
      if (qualified === 'permit') permitted = true;
    }
  }
  if (!permitted) return false;
  return !thing.unapproved || !takes(action, 'unapproved') || widens(all, `${action}.unapproved` as Permission);
}

export const takes = (action: Action, qualifier: Qualifier): boolean =>
  (actions[action] as readonly Qualifier[]).includes(qualifier);

export const widens = (all: readonly Voice[], permission: Permission): boolean =>
  all.some(({ decisions }) => decisions[permission] === 'permit') &&
  !all.some(({ decisions }) => decisions[permission] === 'deny');
