import type { RoleNamed, SignInStep } from '@symbolon/contract';
import type { Rights } from './rights.ts';

/** Somebody who proved who they are, by an API token or a browser's session, acting in one account. `address` is where from. */
export type SignedIn = {
  readonly kind: 'person';
  readonly by: 'token' | 'session';
  /** The id of that token or session. */
  readonly credentialId: string;
  readonly userId: string;
  readonly accountId: string;
  readonly namespaceId: string;
  /** Their role in the account. */
  readonly role: RoleNamed;
  readonly rights: Rights;
  readonly address: string;
  /** What is still to be done before the session opens anything; empty of a token. */
  readonly steps: readonly SignInStep[];
  /** Whether who is there was proven a moment ago, as what is dangerous wants it of a session; always of a token. */
  readonly proven: boolean;
  /** Whether `rights` lack every sight of identities until the second password is given; never of a token. */
  readonly identitiesClosed: boolean;
  /** SHA-256 of the session's secret as the request was let in: what changes or ends the session does so while it goes by that one. */
  readonly digest?: Uint8Array;
};
/** Somebody without an account who opened a link: they reach the one study of that link, and nothing else. */
export type LinkVisitor = {
  readonly kind: 'link';
  readonly linkId: string;
  readonly visitId: string;
  readonly accountId: string;
  readonly studyId: string;
  /** Whether the link lets the files be taken, not only looked at. */
  readonly download: boolean;
  readonly address: string;
};
/** Somebody of whom nothing is known. */
export type Visitor = { readonly kind: 'visitor'; readonly address: string };
export type Actor = SignedIn | LinkVisitor | Visitor;
export type StudyReader = SignedIn | LinkVisitor;
