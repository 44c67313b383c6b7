import type { Action, Decision, Permission } from '@symbolon/contract';
import type { SignedIn } from './actor.ts';
import { takes } from './policy.ts';

/** Some of an account's studies, as the database can be asked for them: a union of its parts. */
export type Part = {
  /** Every one. */
  readonly all: boolean;
  /** Those that live in these namespaces. */
  readonly livingIn: readonly string[];
  /** Those that are granted to these. */
  readonly grantedTo: readonly string[];
  /** Those that this user opened, so. */
  readonly openings: readonly ('reason' | 'emergency')[];
};

/** What an actor reaches with an action: what is permitted and not denied. What awaits approval is reached where `unapproved` says so. */
export type Reach = {
  readonly userId: string;
  readonly permitted: Part;
  readonly denied: Part;
  readonly unapproved: { readonly permitted: Part; readonly denied: Part };
};

/**
 * What `may(actor, action, study)` says of every study at once, for a search. `exact`: by an exact identifier; `mine`: of what hangs
 * on a study and the actor made.
 *
 * Law  a study is in the reach exactly where `may` says yes of it (a property holds the two together)
 */
export function reachOf(actor: SignedIn, action: Action, { exact = false, mine = false } = {}): Reach {
  const { rights, namespaceId, userId } = actor;
  const groups = [...rights.groups.keys()];
  const says = (decision: Decision, permission: string): boolean =>
    rights.account[permission as Permission] === decision;
  const groupsThatSay = (decision: Decision, permission: string): string[] =>
    groups.filter((id) => rights.groups.get(id)?.[permission as Permission] === decision);
  const part = (decision: Decision): Part => ({
    all:
      says(decision, action) ||
      (exact && says(decision, `${action}.exact`)) ||
      (mine && says(decision, `${action}.own`)),
    livingIn: [
      ...(says(decision, `${action}.own`) ? [namespaceId] : []),
      ...(says(decision, `${action}.group`) ? groups : []),
      ...groupsThatSay(decision, action),
      ...groupsThatSay(decision, `${action}.group`),
    ],
    grantedTo: [
      ...(says(decision, `${action}.granted`) ? [namespaceId, ...groups] : []),
      ...groupsThatSay(decision, action),
      ...groupsThatSay(decision, `${action}.granted`),
    ],
    openings: (['reason', 'emergency'] as const).filter((kind) => says(decision, `${action}.${kind}`)),
  });
  const widening = (decision: Decision): Part => {
    const permission = `${action}.unapproved`;
    const some = groupsThatSay(decision, permission);
    return { all: says(decision, permission), livingIn: some, grantedTo: some, openings: [] };
  };
  // Of an action that does not speak of it, what awaits approval is as any other.
  const always: Part = { all: true, livingIn: [], grantedTo: [], openings: [] };
  return {
    userId,
    permitted: part('permit'),
    denied: part('deny'),
    unapproved: { permitted: takes(action, 'unapproved') ? widening('permit') : always, denied: widening('deny') },
  };
}
