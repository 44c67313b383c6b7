import { allPermissions, beyond, type Decisions, partsOf, permits, type Qualifier } from '@symbolon/contract';
import { AccessError, type Rights, type SignedIn } from '../access/index.ts';

/** Whether these decisions give nothing that the actor's own, as they stand now, do not. */
export function isWithinOwn({ rights }: SignedIn, wanted: Decisions): boolean {
  return beyond(rights.account, wanted, rights.operates).length === 0;
}

/**
 * Nobody hands out what they do not have, nor acts on somebody who may more than they.
 *
 * @throws AccessError ACCESS_BEYOND_OWN  with the first permission that is missing
 */
export function mustBeWithinOwn(actor: SignedIn, wanted: Decisions): void {
  refuse(beyond(actor.rights.account, wanted, actor.rights.operates));
}

/** The same of all that a token would carry: in each group it may carry what its maker has there, too. */
export function rightsMustBeWithinOwn({ rights }: SignedIn, wanted: Rights): void {
  refuse(beyond(rights.account, wanted.account, rights.operates));
  for (const [group, decisions] of wanted.groups) {
    const own = { ...rights.groups.get(group) };
    refuse(beyond(own, decisions, rights.operates).filter((name) => !permits(rights.account, name)));
  }
}

/** Here what is one's own is another's than the maker's: who makes a token for somebody needs to reach all. */
const theirs: ReadonlySet<Qualifier | undefined> = new Set(['own', 'group', 'granted', 'reason', 'emergency']);

/** The same where the token acts for somebody else: what reaches theirs must reach all with its maker. */
export function rightsOfOtherMustBeWithinOwn({ rights }: SignedIn, wanted: Rights): void {
  for (const decisions of [wanted.account, ...wanted.groups.values()]) {
    const lifted = allPermissions
      .filter((name) => permits(decisions, name))
      .map((name) => partsOf(name))
      .map(({ action, qualifier }) =>
        qualifier === undefined || theirs.has(qualifier) ? action : (`${action}.${qualifier}` as const),
      );
    const all = Object.fromEntries(lifted.map((name) => [name, 'permit'])) as Decisions;
    refuse(beyond(rights.account, all, rights.operates));
  }
}

function refuse([first, ...more]: readonly string[]): void {
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  throw new AccessError('ACCESS_BEYOND_OWN', `You do not have ${first}${others} yourself.`);
}
