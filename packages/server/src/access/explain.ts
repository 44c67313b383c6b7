import {
  type Action,
  actions,
  allPermissions,
  type Decision,
  type Decisions,
  type ExplainedAction,
  type ExplainedPermission,
  exchangeWide,
  type Permission,
  partsOf,
  permits,
  type Reason,
  sentenceOf,
  signedInActions,
  together,
} from '@symbolon/contract';
import type { SignedIn } from './actor.ts';
import { decisionsOf, type HeldRole } from './held-role.ts';
import { may, type Thing, takes, voices, widens } from './policy.ts';
import type { Rights } from './rights.ts';
import type { Standing } from './standing.store.ts';

type Group = Standing['groups'][number];
type Roles = Pick<Standing, 'role' | 'groups'>;

const named = ({ id, name, builtin }: HeldRole) => ({ id, name, builtin });
const isWidening = (permission: Permission): boolean => /\.(unapproved|identity)$/.test(permission);

/** What a role names that decides of a permission: itself, and its action, whose permit is no permit of what widens it. */
function said(decisions: Decisions, permission: Permission): readonly [Permission, Decision][] {
  const { action } = partsOf(permission);
  const all = [...new Set<Permission>([action, permission])].map((name) => [name, decisions[name]] as const);
  return all.filter(
    (one): one is [Permission, Decision] =>
      one[1] === 'deny' || (one[1] === 'permit' && (one[0] === permission || !isWidening(permission))),
  );
}

const bySigningIn = (permission: Permission): Reason => ({
  from: 'sign-in',
  group: null,
  role: null,
  said: permission,
  says: 'permit',
});

function reasonsOf(role: HeldRole | null, group: Group | null, permission: Permission): Reason[] {
  if (role === null) return [];
  return said(decisionsOf(role), permission).map(([name, says]) => ({
    from: group === null ? 'account' : group.kind,
    group: group && { id: group.id, name: group.name },
    role: named(role),
    said: name,
    says,
  }));
}

/**
 * Permission by permission: whether, where and why. `rights` are those the engine decides by; `whole` are the same without a token's
 * scope.
 *
 * Law  what is permitted here is what `may` permits on things for which the qualifier holds, and no more (a property)
 */
export function explainPermissions(roles: Roles, rights: Rights, whole: Rights): ExplainedPermission[] {
  return allPermissions.map((permission) => {
    const { action } = partsOf(permission);
    const sentence = sentenceOf(permission);
    const nowhere = { groups: [], except: [] };
    if (signedInActions.includes(action)) {
      return { permission, sentence, verdict: 'permitted', ...nowhere, why: [bySigningIn(permission)], hindered: null };
    }
    const why = [
      ...reasonsOf(roles.role, null, permission),
      // A role in a group speaks of what is in it: of what concerns the account as a whole it says nothing.
      ...roles.groups.flatMap((group) => (speaksInGroups(action) ? reasonsOf(group.role, group, permission) : [])),
    ];
    const held = holdingOf(roles.groups, rights, permission);
    if (exchangeWide.has(action) && !rights.operates) {
      const [verdict, hindered] =
        held.verdict === 'permitted' ? (['unset', 'exchange-wide'] as const) : ([held.verdict, null] as const);
      return { permission, sentence, ...nowhere, verdict, why, hindered };
    }
    const without = holdingOf(roles.groups, whole, permission);
    const hindered = isNone(held.verdict) && !isNone(without.verdict) ? 'token' : null;
    return { permission, sentence, ...held, why, hindered };
  });
}

const isNone = (verdict: ExplainedPermission['verdict']): boolean => verdict === 'denied' || verdict === 'unset';
const speaksInGroups = (action: Action): boolean => takes(action, 'group') || takes(action, 'granted');

function holdingOf(
  groups: readonly Group[],
  rights: Rights,
  permission: Permission,
): Pick<ExplainedPermission, 'verdict' | 'groups' | 'except'> {
  const { action } = partsOf(permission);
  const everywhere = permits(rights.account, permission);
  const here = speaksInGroups(action) ? groups : [];
  const holds = (group: Group): boolean =>
    permits(together([rights.account, rights.groups.get(group.namespaceId) ?? {}]), permission);
  const idsWhere = (wanted: boolean): string[] => here.filter((group) => holds(group) === wanted).map(({ id }) => id);
  if (everywhere) return { verdict: 'permitted', groups: [], except: idsWhere(false) };
  const some = idsWhere(true);
  if (some.length > 0) return { verdict: 'some groups', groups: some, except: [] };
  const denies = [rights.account, ...here.map(({ namespaceId }) => rights.groups.get(namespaceId) ?? {})].some(
    (decisions) => decisions[action] === 'deny' || decisions[permission] === 'deny',
  );
  return { verdict: denies ? 'denied' : 'unset', groups: [], except: [] };
}

/** What can be done with a study: what has to do with it and is asked about it. */
const studyActions = (Object.keys(actions) as Action[]).filter(
  (action) => /^(study|grant|link|conflict|hold)\./.test(action) && takes(action, 'own'),
);

/** The same of one study, action by action: the verdict is the engine's, and so are the voices that speak. */
export function explainStudy(roles: Roles, person: SignedIn, study: Thing): ExplainedAction[] {
  const all = voices(person, study);
  return studyActions.map((action) => {
    const approval = study.unapproved === true && takes(action, 'unapproved');
    const unapproved: Permission = `${action}.unapproved` as Permission;
    const why = all.flatMap(({ of, decisions, holding }) => {
      const asked = [action, ...holding.map((one) => `${action}.${one}`), ...(approval ? [unapproved] : [])];
      return (asked as Permission[])
        .filter((name) => decisions[name] !== undefined)
        .flatMap((name) => spokenBy(roles, of, name, decisions[name] as Decision));
    });
    return {
      action,
      permitted: may(person, action, study),
      why: distinct(why),
      approval: approval && !widens(all, unapproved),
    };
  });
}

/** Which role is behind what a voice says: a group's own, or the account's, whose denies are heard in every group. */
function spokenBy({ role, groups }: Roles, of: string | null, permission: Permission, says: Decision): Reason[] {
  const group = groups.find(({ namespaceId }) => namespaceId === of) ?? null;
  const own = group === null ? [] : reasonsOf(group.role, group, permission);
  const all = [...own, ...reasonsOf(role, null, permission)].filter((one) => one.says === says);
  const exactly = all.filter((one) => one.said === permission);
  return (exactly.length > 0 ? exactly : all).slice(0, 1);
}

function distinct(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((one) => [`${one.group?.id} ${one.role?.id} ${one.said} ${one.says}`, one])).values()];
}

/** Which qualifiers hold of a study for somebody, as the engine hears them. */
export function holdingOn(person: SignedIn, study: Thing) {
  return voices(person, study)[0]?.holding ?? [];
}
