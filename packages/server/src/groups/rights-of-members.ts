import { type Rights, rightsAt } from '../access/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { nobody, roleNamed } from './change-groups.ts';
import { groupById } from './group.store.ts';
import { rolesOfMembers } from './member.store.ts';

type Group = {
  readonly accountId: string;
  readonly kind: 'group' | 'location';
  readonly id: string;
  readonly namespaceId: string;
};

/** What its members hold with regard to a group, one for each pair of roles; and what anybody would hold who comes into it. */
export async function rightsOfMembers(
  trx: Trx,
  { accountId, kind, id, namespaceId }: Group,
  operates: boolean,
): Promise<Rights[]> {
  const group = await groupById(trx, accountId, kind, id);
  const standard = await roleNamed(trx, accountId, group?.defaultRole?.id ?? null);
  const held = [...(await rolesOfMembers(trx, id)), { account: nobody, own: null }];
  return held.map(({ account, own }) => {
    const inGroup = { id, kind, name: '', namespaceId, role: own ?? standard };
    return rightsAt({ role: account, groups: [inGroup], operates }, null, undefined);
  });
}
