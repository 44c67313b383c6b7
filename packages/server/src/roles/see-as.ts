import { type Action, actions, type SightAnswer } from '@symbolon/contract';
import { may, type SignedIn } from '../access/index.ts';
import type { Looks } from '../audit/index.ts';
import type { KeyChains } from '../keys/index.ts';
import { studiesSeenBy } from '../studies/index.ts';
import { personOf, standingFor } from './explain-person.ts';
import type { RolesDeps } from './roles-deps.ts';

export type SeeAsDeps = RolesDeps & { readonly chains: KeyChains; readonly looks: Looks };

const every = Object.keys(actions) as Action[];

/**
 * The exchange as somebody sees it: what pages offer them, and the studies that they find first. It is looked at and no more, and
 * shows no study, no series and no name that who looks does not reach themselves. Which studies were shown is recorded.
 *
 * @throws RolesError USER_NOT_FOUND
 */
export async function seeAs(deps: SeeAsDeps, actor: SignedIn, userId: string): Promise<SightAnswer> {
  const standing = await standingFor(deps, actor, userId);
  const person = personOf(actor, standing, null);
  const { studies, hidden, total } = await studiesSeenBy(deps, actor, person);
  await deps.looks.record({
    ...{ actor, action: 'user.explain', kind: 'read', outcome: 'success' },
    shown: studies.map(({ id }) => id),
    detail: { user: userId, studies: studies.length },
  });
  return {
    user: { id: userId, name: standing.name, state: standing.state },
    offers: every.filter((action) => may(person, action)),
    studies: [...studies],
    hidden,
    total,
  };
}
