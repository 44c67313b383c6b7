import type { Action, Decision, Decisions, Permission, Qualifier } from '@symbolon/contract';

/**
 * The rules of access once more, as plainly as they can be said and as slowly: from the words of the design, not from the engine.
 * What the engine says has to be the same.
 */
export type Who = {
  readonly decisions: Decisions;
  readonly groups: readonly { readonly namespaceId: string; readonly decisions: Decisions | null }[];
  readonly operates: boolean;
  /** Of the token they came by. */
  readonly scope: readonly string[] | null;
};
export type What = {
  readonly accountId: string;
  readonly namespaceId: string;
  readonly grants: readonly (readonly [namespaceId: string, seriesId: string | null])[];
  readonly unapproved: boolean;
  readonly opened: 'reason' | 'emergency' | undefined;
  /** How somebody else opened it, which is nothing to the actor. */
  readonly othersOpened: 'reason' | 'emergency' | undefined;
  readonly exact: boolean;
  readonly userId: string | undefined;
};
/** The actor of the rules: their account, namespace and id. */
export const me = { accountId: 'own', namespaceId: 'mine', userId: 'me' } as const;

const widening = ['unapproved', 'identity'];
const said = (decisions: Decisions, name: string): Decision | undefined => decisions[name as Permission];

/** "Each permit, deny or unset; deny wins." What is permitted includes what narrows it, and not what widens it. */
export function permitted(decisions: Decisions, permission: string): boolean {
  const [object, verb, qualifier] = permission.split('.');
  const action = `${object}.${verb}`;
  if (said(decisions, action) === 'deny') return false;
  if (said(decisions, permission) === 'deny') return false;
  if (said(decisions, permission) === 'permit') return true;
  return qualifier !== undefined && !widening.includes(qualifier) && said(decisions, action) === 'permit';
}

/** "Nobody hands out what they do not have": a part that one lacks, or, with any part, one that is denied to oneself and not there. */
export function handsOutMore(mine: Decisions, theirs: Decisions, permission: string): boolean {
  if (permitted(theirs, permission)) return !permitted(mine, permission);
  const [object, verb, qualifier] = permission.split('.');
  if (qualifier === undefined || widening.includes(qualifier)) return false;
  if (said(mine, permission) !== 'deny' || said(theirs, permission) === 'deny') return false;
  const parts = Object.keys(theirs).filter((name) => {
    const [of, does, part = ''] = name.split('.');
    return of === object && does === verb && !widening.includes(part);
  });
  return parts.some((name) => permitted(theirs, name));
}

/** A token carries what its scope names of what its holder has; denials always go with it. */
function carried(decisions: Decisions, scope: Who['scope']): Decisions {
  if (scope === null) return decisions;
  const carries: Record<string, Decision> = {};
  for (const name of scope) if (permitted(decisions, name)) carries[name] = 'permit';
  for (const [name, decision] of Object.entries(decisions)) if (decision === 'deny') carries[name] = 'deny';
  return carries as Decisions;
}

type Voice = { readonly decisions: Decisions; readonly where: readonly Qualifier[] };

/** The role in the account speaks of everything; the role in a group of what lives in that group, or is granted to it. */
function voices(who: Who, what: What): Voice[] {
  const mineToo = who.groups.map(({ namespaceId }) => namespaceId);
  const where: Qualifier[] = [];
  if (what.namespaceId === me.namespaceId || what.userId === me.userId) where.push('own');
  if (mineToo.includes(what.namespaceId)) where.push('group');
  if (what.grants.some(([to]) => to === me.namespaceId || mineToo.includes(to))) where.push('granted');
  if (what.opened) where.push(what.opened);
  if (what.exact) where.push('exact');
  const all: Voice[] = [{ decisions: carried(who.decisions, who.scope), where }];
  for (const { namespaceId, decisions } of who.groups) {
    const both: Record<string, Decision> = { ...decisions };
    for (const [name, decision] of Object.entries(who.decisions)) if (decision === 'deny') both[name] = 'deny';
    const says = carried(both as Decisions, who.scope);
    if (namespaceId === what.namespaceId) all.push({ decisions: says, where: ['group'] });
    if (what.grants.some(([to]) => to === namespaceId)) all.push({ decisions: says, where: ['granted'] });
  }
  return all;
}

const anySays = (all: readonly Voice[], decision: Decision, names: (voice: Voice) => readonly string[]): boolean =>
  all.some((voice) => names(voice).some((name) => said(voice.decisions, name) === decision));

/** Whether this may be done to that. `takes`: the qualifiers of the action. */
export function mayDo(who: Who, action: Action, what: What, takes: readonly string[], exchangeWide: boolean): boolean {
  if (what.accountId !== me.accountId) return false;
  if (exchangeWide && !who.operates) return false;
  const all = voices(who, what);
  const names = ({ where }: Voice) => [action, ...where.map((qualifier) => `${action}.${qualifier}`)];
  if (anySays(all, 'deny', names) || !anySays(all, 'permit', names)) return false;
  if (!what.unapproved || !takes.includes('unapproved')) return true;
  const unapproved = () => [`${action}.unapproved`];
  return anySays(all, 'permit', unapproved) && !anySays(all, 'deny', unapproved);
}

/** Of several roles: a deny of any wins, whatever order they stand in. */
export function summed(all: readonly Decisions[], permission: string): Decision | undefined {
  const each = all.map((decisions) => said(decisions, permission));
  return each.includes('deny') ? 'deny' : each.find((one) => one === 'permit');
}

export function maySeeWho(who: Who, action: 'study.view' | 'study.search', what: What): boolean {
  const identity = () => [`${action}.identity`];
  const all = voices(who, what);
  return anySays(all, 'permit', identity) && !anySays(all, 'deny', identity);
}

/** Nothing, everything, or the series that were granted: a grant of some series opens nothing else. */
export function extent(who: Who, action: Action, what: What, takes: readonly string[]): string {
  if (!mayDo(who, action, what, takes, false)) return 'nothing';
  const whole = what.grants.filter(([, seriesId]) => seriesId === null);
  if (whole.length === what.grants.length || mayDo(who, action, { ...what, grants: whole }, takes, false))
    return 'whole';
  const mine = [me.namespaceId, ...who.groups.map(({ namespaceId }) => namespaceId)];
  const series = what.grants.flatMap(([to, seriesId]) => (seriesId !== null && mine.includes(to) ? [seriesId] : []));
  return [...new Set(series)].sort().join();
}
