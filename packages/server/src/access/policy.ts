import { type Action, rolePermissions } from '@symbolon/contract';
import type { Actor } from './actor.ts';

/** What an action is done to: something of one account. An action on nothing yet (a search, a list) has no thing. */
export type Thing = { readonly accountId: string };

/**
 * The one policy engine: may this actor do this to that? Pure; REST, DICOMweb and jobs all ask here.
 *
 * Law     what is not permitted is denied; a thing of another account is never reached, whatever the role.
 */
export function may(actor: Actor, action: Action, thing?: Thing): boolean {
  const role = actor.kind === 'visitor' ? 'visitor' : actor.role;
  if (!rolePermissions[role].includes(action)) return false;
  if (thing === undefined) return true;
  return actor.kind === 'token' && actor.accountId === thing.accountId;
}
