import type { Decisions, Permission, RoleAnswer, RoleRow, roles } from '@symbolon/contract';
import { beyondOf, decisionsOf, type SignedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { StoredRole } from './role.store.ts';

export type RolesDeps = { readonly database: Database; readonly audit: Audit; readonly now: () => Date };

export const roleNamedOf = ({ id, name, builtin }: Pick<StoredRole, 'id' | 'name' | 'builtin'>) => ({
  id,
  name,
  builtin,
});

const builtinSays: Readonly<Record<(typeof roles)[number], string>> = {
  administrator: 'Everything in the account, but the ways round its reach: opening for a reason, and in an emergency.',
  member: 'Sends studies; sees, shares and takes files of their own, their groups’ and what was granted to them.',
  patient: 'Sees and takes files of their own studies and of what was granted to them.',
  guest: 'Sees what was granted to them, and nothing else. Everybody who is new has it.',
};

export function rowOf({ says, changedAt, people, groups, inGroups, ...role }: StoredRole): RoleRow {
  const named = roleNamedOf(role);
  return {
    ...named,
    says: named.builtin === null ? says : builtinSays[named.builtin],
    people,
    groups,
    inGroups,
    changedAt: changedAt.toISOString(),
  };
}

export function answerOf(role: StoredRole, actor: SignedIn): RoleAnswer {
  const decisions = decisionsOf(role);
  const { secondFactor, withoutFactor } = role;
  const more = { addresses: [...role.addresses], beyondYou: beyondOf(actor, decisions), secondFactor, withoutFactor };
  return { ...rowOf(role), decisions, ...more };
}

/** What changed in decisions: of each permission before → after; null where a role says nothing of it. */
export function changesOf(
  before: Decisions,
  after: Decisions,
): Record<string, readonly [string | null, string | null]> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as Permission[];
  const changed = names.filter((name) => before[name] !== after[name]);
  return Object.fromEntries(changed.map((name) => [name, [before[name] ?? null, after[name] ?? null]]));
}
