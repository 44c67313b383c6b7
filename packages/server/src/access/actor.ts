import type { Role } from '@symbolon/contract';

/** Who asks: somebody with a token, acting for one user in one account, or a visitor. `address` is where from. */
export type SignedIn = {
  readonly kind: 'token';
  readonly tokenId: string;
  readonly userId: string;
  readonly accountId: string;
  readonly namespaceId: string;
  readonly role: Role;
  readonly address: string;
};
export type Visitor = { readonly kind: 'visitor'; readonly address: string };
export type Actor = SignedIn | Visitor;
