import { allPermissions, beyond, type Decisions, partsOf, permits, type Qualifier } from '@symbolon/contract';
import { beyondOf, type Rights, refuseBeyond, type SignedIn } from '../access/index.ts';

/** Nobody hands out what they do not have, nor acts on somebody who may more than they. @throws AccessError RIGHTS_BEYOND_YOURS */
export function mustBeWithinOwn(actor: SignedIn, wanted: Decisions): void {
  refuseBeyond(beyondOf(actor, wanted));
}

/** The same of all that a token for oneself would carry: in each group it may carry what its maker has there, too. */
export function rightsMustBeWithinOwn({ rights }: SignedIn, wanted: Rights): void {
  refuseBeyond(beyond(rights.account, wanted.account, rights.operates));
  for (const [group, decisions] of wanted.groups) {
    const own = { ...rights.groups.get(group) };
    refuseBeyond(beyond(own, decisions, rights.operates).filter((name) => !permits(rights.account, name)));
  }
}

/** What is one's own of the holder is another's than the maker's: who makes a token for somebody needs to reach all. */
const theirs: ReadonlySet<Qualifier | undefined> = new Set(['own', 'group', 'granted', 'reason', 'emergency']);

/** The same where the token acts for somebody else: what reaches theirs must reach all with its maker. */
export function rightsOfOtherMustBeWithinOwn(actor: SignedIn, wanted: Rights): void {
  for (const decisions of [wanted.account, ...wanted.groups.values()]) {
    const lifted = allPermissions
      .filter((name) => permits(decisions, name))
      .map((name) => partsOf(name))
      .map(({ action, qualifier }) =>
        qualifier === undefined || theirs.has(qualifier) ? action : (`${action}.${qualifier}` as const),
      );
    mustBeWithinOwn(actor, Object.fromEntries(lifted.map((name) => [name, 'permit'])) as Decisions);
  }
}

/** What a role permits of all that may be granted to who has it, as it would have to be permitted to who was granted nothing. */
export function reachedByGrants(decisions: Decisions): Decisions {
  const granted = allPermissions.filter((name) => permits(decisions, name)).map((name) => partsOf(name));
  const reached = granted.filter(({ qualifier }) => qualifier === 'granted');
  return Object.fromEntries(reached.map(({ action }) => [action, 'permit'])) as Decisions;
}
