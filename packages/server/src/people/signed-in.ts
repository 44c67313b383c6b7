import type { SignInStep } from '@symbolon/contract';
import { AddressRefused, admits, decisionsFrom, decisionsOf, rightsOf, type SignedIn } from '../access/index.ts';
import type { CredentialRow } from './credential.store.ts';

/**
 * The actor behind a credential that was found and is not over.
 *
 * @throws AddressRefused  the account, their role or their token cannot be used from there
 */
export function signedInAs(
  row: CredentialRow,
  by: 'token' | 'session',
  address: string,
  steps: readonly SignInStep[] = [],
): SignedIn {
  const { id, userId, accountId, namespaceId, operates, scope, role } = row;
  const groups = row.groups.map((group) => ({
    namespaceId: group.namespaceId,
    decisions: decisionsFrom(group.role, address),
  }));
  const actor: SignedIn = {
    kind: 'person',
    by,
    credentialId: id,
    userId,
    accountId,
    namespaceId,
    role: { id: role.id, name: role.name, builtin: role.builtin },
    rights: rightsOf(decisionsOf(role), groups, { operates, scope }),
    address,
    steps,
  };
  if ([row.accountAddresses, role.addresses, row.addresses].every((list) => admits(list, address))) return actor;
  throw new AddressRefused(actor);
}
