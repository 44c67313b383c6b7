import { randomUUID } from 'node:crypto';
import { builtinDecisions, type Decisions, type Role } from '@symbolon/contract';
import type { SignedIn } from './actor.ts';
import { rightsOf } from './rights.ts';

/** Somebody with a built-in role, or with these decisions, for tests. */
export function personWith(
  role: Role | Decisions,
  {
    groups = [],
    ...others
  }: Partial<SignedIn> & { groups?: { namespaceId: string; decisions: Decisions | null }[] } = {},
): SignedIn {
  const builtin = typeof role === 'string' ? role : null;
  const decisions = typeof role === 'string' ? builtinDecisions[role] : role;
  return {
    kind: 'person',
    by: 'token',
    credentialId: randomUUID(),
    userId: randomUUID(),
    accountId: randomUUID(),
    namespaceId: randomUUID(),
    role: { id: randomUUID(), name: builtin ?? 'Own', builtin },
    rights: rightsOf(decisions, groups, { operates: true, scope: null }),
    address: '192.0.2.1',
    steps: [],
    proven: true,
    identitiesClosed: false,
    ...others,
  };
}
