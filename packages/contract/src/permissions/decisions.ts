import {
  type Action,
  actions,
  allPermissions,
  exchangeWide,
  type Permission,
  partsOf,
  type Qualifier,
} from './actions.ts';

/** What a role says of a permission; of what it does not name it says nothing. */
export type Decision = 'permit' | 'deny';
export type Decisions = Readonly<Partial<Record<Permission, Decision>>>;

/** These widen their action; the others narrow it. */
const widening: ReadonlySet<Qualifier> = new Set<Qualifier>(['unapproved', 'identity']);

/**
 * Whether who holds these decisions may do that, wherever the qualifier's condition holds. A deny wins, of the action as of
 * the qualified; an action that is permitted includes what narrows it.
 *
 * Law  permits(d, 'a.b') and q narrows ⇒ permits(d, 'a.b.q') unless d denies 'a.b.q'
 */
export function permits(decisions: Decisions, permission: Permission): boolean {
  const { action, qualifier } = partsOf(permission);
  if (decisions[action] === 'deny' || decisions[permission] === 'deny') return false;
  if (decisions[permission] === 'permit') return true;
  return qualifier !== undefined && !widening.has(qualifier) && decisions[action] === 'permit';
}

/** Whether there is anything at all that who holds these decisions may do it to. */
export function permitsSome(decisions: Decisions, action: Action): boolean {
  if (decisions[action] === 'deny') return false;
  if (decisions[action] === 'permit') return true;
  return narrowings(action).some((permission) => decisions[permission] === 'permit');
}

/** An action with each qualifier that narrows it. */
export const narrowings = (action: Action): Permission[] =>
  actions[action].filter((one) => !widening.has(one)).map((one) => `${action}.${one}` as Permission);

/** Of several roles: a deny of any wins. Costs a pass over the decisions; the engine does it once per sign-in. */
export function together(all: readonly Decisions[]): Decisions {
  const sum: Partial<Record<Permission, Decision>> = {};
  for (const decisions of all) {
    for (const [name, decision] of Object.entries(decisions) as [Permission, Decision][])
      if (sum[name] !== 'deny') sum[name] = decision;
  }
  return sum;
}

/**
 * The permissions that `wanted` gives and `own` does not: empty where who holds `own` may hand `wanted` out. `operates`:
 * whether theirs is the account that operates the exchange; elsewhere what concerns the whole exchange is nobody's.
 *
 * Law  where several qualifiers hold at once, too, `wanted` reaches nothing that `own` does not: a deny that `own` has on a part is
 *      missing in whatever `wanted` permits of the action, since what is one's group's may be granted as well
 */
export function beyond(own: Decisions, wanted: Decisions, operates: boolean): Permission[] {
  return allPermissions.filter((permission) => {
    const { action, qualifier } = partsOf(permission);
    if (!operates && exchangeWide.has(action)) return false;
    if (permits(wanted, permission)) return !permits(own, permission);
    const denies = own[permission] === 'deny' && wanted[permission] !== 'deny';
    return denies && qualifier !== undefined && !widening.has(qualifier) && permitsSome(wanted, action);
  });
}
