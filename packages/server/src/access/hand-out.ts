import {
  type Action,
  actions,
  allPermissions,
  beyond,
  type Decisions,
  type Permission,
  partsOf,
  permits,
  type Qualifier,
  together,
} from '@symbolon/contract';
import type { SignedIn } from './actor.ts';
import { AccessError } from './errors.ts';
import { may, mayIdentify, type Thing } from './policy.ts';
import type { Rights } from './rights.ts';

/** What somebody may hand out in the whole account: what their role permits, without what is denied to them in any group. */
function handable({ account, groups }: Rights): Decisions {
  const denied = [...groups.values()].map((decisions) =>
    Object.fromEntries(Object.entries(decisions).filter(([, decision]) => decision === 'deny')),
  );
  return together([account, ...denied]);
}

/** The permissions that these decisions give and who asks has not: empty where they may hand them out. */
export function beyondOf({ rights }: Pick<SignedIn, 'rights'>, wanted: Decisions): Permission[] {
  return beyond(handable(rights), wanted, rights.operates);
}

/**
 * What somebody gains whose decisions become `after`: all that these permit, and all that `before` denied and they do not. Another
 * role of theirs may permit that, so far in vain.
 */
export function gainedBy(before: Decisions, after: Decisions): Decisions {
  const freed = (Object.keys(before) as Permission[])
    .filter((name) => before[name] === 'deny' && after[name] !== 'deny')
    .flatMap((name) => [
      name,
      ...((actions as Readonly<Record<string, readonly string[]>>)[name] ?? []).map((one) => `${name}.${one}`),
    ]);
  return { ...Object.fromEntries(freed.map((name) => [name, 'permit'])), ...after };
}

/** A token for oneself: what it would carry and one has not. In each group it may carry what its maker has in the account, too. */
export function tokenBeyondOf({ rights }: Pick<SignedIn, 'rights'>, wanted: Rights): Permission[] {
  const inGroups = [...wanted.groups].flatMap(([group, decisions]) =>
    beyond({ ...rights.groups.get(group) }, decisions, rights.operates).filter(
      (name) => !permits(rights.account, name),
    ),
  );
  // What is denied to its maker in a group is denied to the token there.
  return [...beyond(rights.account, wanted.account, rights.operates), ...inGroups];
}

/** What is one's own of the holder is another's than the maker's: who makes a token for somebody needs to reach all. */
const theirs: ReadonlySet<Qualifier | undefined> = new Set(['own', 'group', 'granted', 'reason', 'emergency']);

/** A token that acts for somebody else: what reaches theirs must reach all with its maker. */
export function othersTokenBeyondOf(actor: Pick<SignedIn, 'rights'>, wanted: Rights): Permission[] {
  return [wanted.account, ...wanted.groups.values()].flatMap((decisions) => {
    const lifted = permitted(decisions).map(({ action, qualifier }) =>
      qualifier === undefined || theirs.has(qualifier) ? action : (`${action}.${qualifier}` as Permission),
    );
    return beyondOf(actor, Object.fromEntries(lifted.map((name) => [name, 'permit'])));
  });
}

/** What a role permits of all that may be granted to who has it, as it would have to be permitted to who was granted nothing. */
export function reachedByGrants(decisions: Decisions): Decisions {
  const reached = permitted(decisions).filter(({ qualifier }) => qualifier === 'granted');
  return Object.fromEntries(reached.map(({ action }) => [action, 'permit']));
}

const permitted = (decisions: Decisions) => allPermissions.filter((name) => permits(decisions, name)).map(partsOf);

const mostNamed = 12;

/** @throws AccessError RIGHTS_BEYOND_YOURS  naming what is beyond, where anything is */
export function refuseBeyond(beyond: readonly string[]): void {
  const names = [...new Set(beyond)];
  if (names.length === 0) return;
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  throw new AccessError(
    'RIGHTS_BEYOND_YOURS',
    `You do not have ${names.slice(0, mostNamed).join(', ')}${more}, so you cannot hand it out, nor change who has it.`,
  );
}

const everyAction = Object.keys(actions) as Action[];
const elsewhere = 'elsewhere';

/** What may lie in a namespace, or be granted to it, as far as the qualifiers of decisions ask. */
function thingsIn(namespaceId: string): ReadonlyMap<string, Thing> {
  const accountId = 'this';
  const living: Thing = { accountId, namespaceId };
  const granted: Thing = { accountId, namespaceId: elsewhere, grantedTo: [namespaceId] };
  return new Map<string, Thing>([
    ['', living],
    [' of what is granted', granted],
    [' of what awaits approval', { ...living, unapproved: true }],
    [' of what is granted and awaits approval', { ...granted, unapproved: true }],
    [' by an exact identifier', { ...living, exact: true }],
    [' of what was opened for a reason', { ...living, openings: ['reason'] }],
    [' of what was opened in an emergency', { ...living, openings: ['emergency'] }],
    [' of what was opened in both ways', { ...living, openings: ['reason', 'emergency'] }],
  ]);
}

const ofStudies = everyAction.filter((action) => /^(study|conflict|grant|link|hold)\./.test(action));

/** All that somebody with these rights may do with a study, asked of the one policy engine; `identity` where they are shown it. */
export function allOnStudy(
  { namespaceId, rights }: Pick<SignedIn, 'namespaceId' | 'rights'>,
  study: Thing,
): ReadonlySet<string> {
  const person = {
    kind: 'person',
    userId: 'them',
    accountId: study.accountId,
    namespaceId,
    rights,
    steps: [] as const,
  } as Partial<SignedIn> as SignedIn;
  const all = new Set<string>(ofStudies.filter((action) => may(person, action, study)));
  for (const action of ['study.search', 'study.view'] as const)
    if (all.has(action) && mayIdentify(person, action, study)) all.add(`${action}.identity`);
  return all;
}

/** All that somebody with these rights may do in the namespace of a group, asked of the one policy engine. */
export function allIn(rights: Rights, namespaceId: string): ReadonlySet<string> {
  const person = {
    kind: 'person',
    userId: 'them',
    accountId: 'this',
    namespaceId: 'theirs',
    rights,
    steps: [] as const,
  } as Partial<SignedIn> as SignedIn;
  const all = new Set<string>();
  for (const [situation, thing] of thingsIn(namespaceId)) {
    for (const action of everyAction) if (may(person, action, thing)) all.add(`${action}${situation}`);
    for (const action of ['study.search', 'study.view'] as const)
      if (mayIdentify(person, action, thing)) all.add(`${action}.identity${situation}`);
  }
  return all;
}
