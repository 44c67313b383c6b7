import { builtinDecisions, type Decisions } from '@symbolon/contract';
import { rightsOf, type SignedIn } from '../access/index.ts';
import type { CredentialRow, RoleRow } from './credential.store.ts';

/** What a role decides: a built-in one what this release says, any other what its row says. */
export const decisionsOf = ({ builtin, decisions }: Pick<RoleRow, 'builtin' | 'decisions'>): Decisions =>
  builtin === null ? decisions : builtinDecisions[builtin];

/** The actor behind a credential that was found and is not over. */
export function signedInAs(row: CredentialRow, by: 'token' | 'session', address: string): SignedIn {
  const { id, userId, accountId, namespaceId, operates, scope, role } = row;
  const groups = row.groups.map((group) => ({
    namespaceId: group.namespaceId,
    decisions: group.role && decisionsOf(group.role),
  }));
  return {
    kind: 'person',
    by,
    credentialId: id,
    userId,
    accountId,
    namespaceId,
    role: { id: role.id, name: role.name, builtin: role.builtin },
    rights: rightsOf(decisionsOf(role), groups, { operates, scope }),
    address,
  };
}
