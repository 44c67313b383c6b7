import { type Action, linkPermissions, rolePermissions } from '@symbolon/contract';
import type { Actor } from './actor.ts';

/** What an action is done to: something of one account. An action on nothing yet (a search, a list) has no thing. */
export type Thing = { readonly accountId: string; readonly studyId?: string };

/**
 * The one policy engine: may this actor do this to that? Pure; REST, DICOMweb, links and jobs all ask here.
 *
 * Law     what is not permitted is denied; a thing of another account is never reached, whatever the role; by a link
 *         nothing is reached but its study.
 */
export function may(actor: Actor, action: Action, thing?: Thing): boolean {
  switch (actor.kind) {
    case 'visitor':
      return rolePermissions.visitor.includes(action) && thing === undefined;
    case 'link':
      if (!linkPermissions.includes(action) || (action === 'study.download' && !actor.download)) return false;
      return thing === undefined || (thing.accountId === actor.accountId && thing.studyId === actor.studyId);
    case 'person':
      if (!rolePermissions[actor.role].includes(action)) return false;
      return thing === undefined || thing.accountId === actor.accountId;
  }
}
