import { allIn, type HeldRole, refuseBeyond, rightsAt, type SignedIn } from '../access/index.ts';

/** Somebody's role in the account; and in the group: the one they have there, null where none, undefined where they are not in it. */
export type Held = { readonly account: HeldRole; readonly inGroup: HeldRole | null | undefined };

/** What somebody who holds that may do in the group’s namespace. */
function reachOfHeld({ account, inGroup }: Held, namespaceId: string, operates: boolean): ReadonlySet<string> {
  const groups =
    inGroup === undefined ? [] : [{ id: namespaceId, kind: 'group' as const, name: '', namespaceId, role: inGroup }];
  return allIn(rightsAt({ role: account, groups, operates }, null, undefined), namespaceId);
}

/**
 * Being in a group gives reach, and so does another role there, and so may leaving it where a role in it denied something.
 *
 * Law  nobody, oneself included, gains something in a group by the doing of somebody who may not do that there themselves
 *
 * @throws AccessError RIGHTS_BEYOND_YOURS  naming what they would gain
 */
export function refuseGains(
  actor: SignedIn,
  namespaceId: string,
  changes: readonly { readonly before: Held; readonly after: Held }[],
): void {
  const { operates } = actor.rights;
  const own = allIn(actor.rights, namespaceId);
  const gained = new Set<string>();
  for (const { before, after } of changes) {
    const had = reachOfHeld(before, namespaceId, operates);
    for (const name of reachOfHeld(after, namespaceId, operates))
      if (!had.has(name) && !own.has(name)) gained.add(name);
  }
  refuseBeyond([...gained]);
}
