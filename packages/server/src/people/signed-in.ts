import type { SignInStep } from '@symbolon/contract';
import {
  AddressRefused,
  admits,
  decisionsFrom,
  decisionsOf,
  rightsOf,
  type SignedIn,
  withoutIdentities,
} from '../access/index.ts';
import type { CredentialRow } from './credential.store.ts';

/** What is true of a session alone: its steps, whether who is there was proven a moment ago, whether identities are closed in it, and its secret. */
type Sitting = {
  readonly steps: readonly SignInStep[];
  readonly proven: boolean;
  readonly closed: boolean;
  readonly digest?: Uint8Array;
};

/**
 * The actor behind a credential that was found and is not over.
 *
 * @throws AddressRefused  the account, their role or their token cannot be used from there
 */
export function signedInAs(
  row: CredentialRow,
  by: 'token' | 'session',
  address: string,
  { steps, proven, closed, digest }: Sitting = { steps: [], proven: true, closed: false },
): SignedIn {
  const { id, userId, accountId, namespaceId, operates, scope, role } = row;
  const groups = row.groups.map((group) => ({
    namespaceId: group.namespaceId,
    decisions: decisionsFrom(group.role, address),
  }));
  const rights = rightsOf(decisionsOf(role), groups, { operates, scope });
  const narrowed = closed ? withoutIdentities(rights) : undefined;
  const actor: SignedIn = {
    kind: 'person',
    by,
    credentialId: id,
    userId,
    accountId,
    namespaceId,
    role: { id: role.id, name: role.name, builtin: role.builtin },
    rights: narrowed ?? rights,
    address,
    steps,
    proven,
    identitiesClosed: narrowed !== undefined,
    ...(digest && { digest }),
  };
  if ([row.accountAddresses, role.addresses, row.addresses].every((list) => admits(list, address))) return actor;
  throw new AddressRefused(actor);
}
