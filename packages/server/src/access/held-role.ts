import { builtinDecisions, type Decisions, isWithin, type Role } from '@symbolon/contract';

/** A role as it stands in a row: a built-in one has its decisions from the release. */
export type HeldRole = {
  readonly id: string;
  readonly name: string;
  readonly builtin: Role | null;
  readonly decisions: Decisions;
  readonly addresses: readonly string[];
};

/** What a role decides: a built-in one what this release says, any other what its row says. */
export const decisionsOf = ({ builtin, decisions }: Pick<HeldRole, 'builtin' | 'decisions'>): Decisions =>
  builtin === null ? decisions : builtinDecisions[builtin];

/** Whether who comes from there is let in by a list of addresses; an empty one lets everybody in. */
export const admits = (addresses: readonly string[], address: string): boolean =>
  addresses.length === 0 || isWithin(address, addresses);

/**
 * What the role that somebody has in a group decides for who comes from there. From an address that is not in its list it permits
 * nothing; what it denies it still denies, so that nobody has more by coming from elsewhere.
 */
export function decisionsFrom(role: HeldRole | null, address: string): Decisions | null {
  if (role === null) return null;
  const decisions = decisionsOf(role);
  if (admits(role.addresses, address)) return decisions;
  return Object.fromEntries(Object.entries(decisions).filter(([, decision]) => decision === 'deny'));
}
