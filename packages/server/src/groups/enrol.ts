import type { GroupAnswer, GroupKind } from '@symbolon/contract';
import { actorNow, type SignedIn, standingOf } from '../access/index.ts';
import { endOtherSessions } from '../people/index.ts';
import { userNotFound } from '../roles/index.ts';
import { requireAssign, roleNamed } from './change-groups.ts';
import { groupNotFound } from './errors.ts';
import { refuseGains } from './gains.ts';
import { putMember, removeMember, roleInGroup } from './member.store.ts';
import { answerOf, type GroupsDeps, groupFor } from './show-groups.ts';

/**
 * Puts somebody into a group, or gives who is in it another role there.
 *
 * @throws AccessError ACCESS_REFUSED  one may not assign roles, and a role of their own is given or taken; ACCESS_PROOF_NEEDED; RIGHTS_BEYOND_YOURS
 * @throws GroupsError GROUP_NOT_FOUND
 * @throws RolesError USER_NOT_FOUND, ROLE_NOT_FOUND
 */
export function enrol(
  { database, audit, now }: GroupsDeps,
  asker: SignedIn,
  { kind, groupId, userId, roleId }: { kind: GroupKind; groupId: string; userId: string; roleId: string | null },
): Promise<GroupAnswer> {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, `${kind}.enrol`);
    const { accountId } = actor;
    const group = await groupFor(trx, actor, `${kind}.enrol`, groupId);
    const standing = await standingOf(trx, accountId, userId);
    if (!standing || standing.state === 'suspended') throw userNotFound();
    const had = await roleInGroup(trx, groupId, userId);
    if (roleId !== null || (had ?? null) !== null) requireAssign(actor);
    const standard = await roleNamed(trx, accountId, group.defaultRole?.id ?? null);
    const own = await roleNamed(trx, accountId, roleId);
    const before = had === undefined ? undefined : ((await roleNamed(trx, accountId, had)) ?? standard);
    refuseGains(actor, group.namespaceId, [
      {
        before: { account: standing.role, inGroup: before },
        after: { account: standing.role, inGroup: own ?? standard },
      },
    ]);
    await putMember(trx, { groupId, userId, accountId, roleId }, now());
    const after = own ?? standard;
    // Who comes into a group has more than before, and goes on; whose role there becomes another signs in anew.
    if (before !== undefined && before?.id !== after?.id) await endOtherSessions(trx, actor, [userId]);
    const detail = { [kind]: groupId, user: userId, in: [had !== undefined, true], role: [had ?? null, roleId] };
    await audit.record(trx, [{ actor, action: `${kind}.enrol`, kind: 'update', outcome: 'success', detail }]);
    return answerOf(trx, accountId, kind, groupId);
  });
}

/**
 * Takes somebody out of a group.
 *
 * @throws AccessError RIGHTS_BEYOND_YOURS  a role there denied them something that one has not oneself
 * @throws GroupsError GROUP_NOT_FOUND  there is none, or they are not in it
 */
export function expel(
  { database, audit }: GroupsDeps,
  asker: SignedIn,
  { kind, groupId, userId }: { kind: GroupKind; groupId: string; userId: string },
): Promise<GroupAnswer> {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, `${kind}.enrol`);
    const { accountId } = actor;
    const group = await groupFor(trx, actor, `${kind}.enrol`, groupId);
    const had = await roleInGroup(trx, groupId, userId);
    if (had === undefined) throw groupNotFound();
    const standing = await standingOf(trx, accountId, userId);
    if (standing) {
      const inGroup = await roleNamed(trx, accountId, had ?? group.defaultRole?.id ?? null);
      const { role: account } = standing;
      refuseGains(actor, group.namespaceId, [{ before: { account, inGroup }, after: { account, inGroup: undefined } }]);
    }
    await removeMember(trx, groupId, userId);
    const detail = { [kind]: groupId, user: userId, in: [true, false], role: [had, null] };
    await audit.record(trx, [{ actor, action: `${kind}.enrol`, kind: 'update', outcome: 'success', detail }]);
    return answerOf(trx, accountId, kind, groupId);
  });
}
