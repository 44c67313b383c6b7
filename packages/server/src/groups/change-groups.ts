import { randomUUID } from 'node:crypto';
import type { ChangeGroupRequest, GroupAnswer, GroupKind } from '@symbolon/contract';
import { AccessError, actorNow, type HeldRole, may, proofNeeded, type SignedIn } from '../access/index.ts';
import { endOtherSessions } from '../people/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { roleById, roleNotFound } from '../roles/index.ts';
import { GroupsError, groupNotFound } from './errors.ts';
import { refuseGains } from './gains.ts';
import {
  addGroup,
  type GroupText,
  groupById,
  isNameTaken,
  markDeleted,
  type StoredGroup,
  studiesLivingIn,
  writeGroup,
} from './group.store.ts';
import { holdersOfDefault, rolesOfMembers } from './member.store.ts';
import { answerOf, type GroupsDeps, groupFor } from './show-groups.ts';

/** Of somebody whose role in the account gives them nothing: what a role in a group would give to them, it gives to anybody. */
export const nobody: HeldRole = { id: '', name: '', builtin: null, decisions: {}, addresses: [] };

export async function roleNamed(trx: Trx, accountId: string, id: string | null): Promise<HeldRole | null> {
  if (id === null) return null;
  const role = await roleById(trx, accountId, id);
  if (!role) throw roleNotFound();
  return role;
}

/**
 * A role in a group, or for all of a group, is given as one in the account is: by who may, and proved a moment ago that it is they.
 * The guard cannot ask for the proof: the same roads name a group, or take somebody in who gets no role by it.
 *
 * @throws AccessError ACCESS_REFUSED, ACCESS_PROOF_NEEDED
 */
export function requireAssign(actor: SignedIn): void {
  if (!may(actor, 'role.assign', { accountId: actor.accountId }))
    throw new AccessError('ACCESS_REFUSED', 'Your role does not include role.assign.');
  if (!actor.proven) throw proofNeeded();
}

/** That nothing which arrives has to be approved any more is an approval of all that will. */
function requireApprove(actor: SignedIn, namespaceId: string): void {
  if (!may(actor, 'study.approve', { accountId: actor.accountId, namespaceId }))
    throw new AccessError('ACCESS_REFUSED', 'Your role does not include study.approve there.');
}

async function refuseWrongText(
  trx: Trx,
  accountId: string,
  kind: GroupKind,
  { name, locationId }: GroupText,
  but: string | null,
): Promise<void> {
  if (locationId !== null && (kind === 'location' || !(await groupById(trx, accountId, 'location', locationId))))
    throw groupNotFound();
  if (await isNameTaken(trx, accountId, { kind, name, but }))
    throw new GroupsError('GROUP_NAME_TAKEN', `Another ${kind} of the account has this name.`);
}

/** A default role is given to all who are in the group and have none of their own there, and to whoever comes. */
async function refuseDefaultRole(
  trx: Trx,
  actor: SignedIn,
  { id, namespaceId }: { readonly id: string; readonly namespaceId: string },
  from: HeldRole | null,
  to: HeldRole | null,
): Promise<void> {
  requireAssign(actor);
  const members = (await rolesOfMembers(trx, id)).filter(({ own }) => own === null);
  const changes = [{ account: nobody }, ...members].map(({ account }) => ({
    before: { account, inGroup: from },
    after: { account, inGroup: to },
  }));
  refuseGains(actor, namespaceId, changes);
}

/**
 * Makes a group or location, with a namespace in which studies can live.
 *
 * @throws AccessError RIGHTS_BEYOND_YOURS  its default role is beyond one; ACCESS_PROOF_NEEDED
 * @throws GroupsError GROUP_NAME_TAKEN, GROUP_NOT_FOUND  there is no such location
 * @throws RolesError ROLE_NOT_FOUND
 */
export function createGroup(
  { database, audit, now }: GroupsDeps,
  asker: SignedIn,
  kind: GroupKind,
  asked: GroupText,
): Promise<GroupAnswer> {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, `${kind}.create`);
    const { accountId } = actor;
    await refuseWrongText(trx, accountId, kind, asked, null);
    const role = await roleNamed(trx, accountId, asked.defaultRoleId);
    const [id, namespaceId] = [randomUUID(), randomUUID()];
    if (role !== null) await refuseDefaultRole(trx, actor, { id, namespaceId }, null, role);
    await addGroup(trx, { accountId, kind, id, namespaceId, at: now() }, asked);
    const detail = { [kind]: id, ...asked };
    await audit.record(trx, [{ actor, action: `${kind}.create`, kind: 'create', outcome: 'success', detail }]);
    return answerOf(trx, accountId, kind, id);
  });
}

/** @throws as `createGroup`; GROUP_NOT_FOUND also where there is no such group, or one may not; ACCESS_REFUSED  one may not approve what arrives in it */
export function changeGroup(
  { database, audit }: GroupsDeps,
  asker: SignedIn,
  kind: GroupKind,
  id: string,
  asked: ChangeGroupRequest,
): Promise<GroupAnswer> {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, `${kind}.change`);
    const { accountId } = actor;
    const group = await groupFor(trx, actor, `${kind}.change`, id);
    const before = textOf(group);
    const after: GroupText = {
      name: asked.name ?? before.name,
      locationId: asked.locationId === undefined ? before.locationId : asked.locationId,
      defaultRoleId: asked.defaultRoleId === undefined ? before.defaultRoleId : asked.defaultRoleId,
      mustApprove: asked.mustApprove ?? before.mustApprove,
    };
    await refuseWrongText(trx, accountId, kind, after, id);
    if (before.mustApprove && !after.mustApprove) requireApprove(actor, group.namespaceId);
    if (after.defaultRoleId !== before.defaultRoleId) {
      const [from, to] = [before.defaultRoleId, after.defaultRoleId];
      await refuseDefaultRole(
        trx,
        actor,
        group,
        await roleNamed(trx, accountId, from),
        await roleNamed(trx, accountId, to),
      );
    }
    await writeGroup(trx, id, after);
    if (after.defaultRoleId !== before.defaultRoleId)
      await endOtherSessions(trx, actor, await holdersOfDefault(trx, id));
    const detail = { [kind]: id, before, after };
    await audit.record(trx, [{ actor, action: `${kind}.change`, kind: 'update', outcome: 'success', detail }]);
    return answerOf(trx, accountId, kind, id);
  });
}

const textOf = ({ name, location, defaultRole, mustApprove }: StoredGroup): GroupText => ({
  name,
  locationId: location?.id ?? null,
  defaultRoleId: defaultRole?.id ?? null,
  mustApprove,
});

/**
 * @throws GroupsError GROUP_NOT_FOUND, GROUP_HOLDS_STUDIES  with how many live in it
 * @throws AccessError RIGHTS_BEYOND_YOURS  a role in it denied something to somebody that one has not oneself
 */
export function deleteGroup({ database, audit, now }: GroupsDeps, asker: SignedIn, kind: GroupKind, id: string) {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, `${kind}.delete`);
    const group = await groupFor(trx, actor, `${kind}.delete`, id);
    const studies = await studiesLivingIn(trx, group.namespaceId);
    if (studies > 0)
      throw new GroupsError('GROUP_HOLDS_STUDIES', `Studies that live in it: ${studies}. They would be nobody's.`);
    const standard = await roleNamed(trx, actor.accountId, group.defaultRole?.id ?? null);
    const leaving = (await rolesOfMembers(trx, id)).map(({ account, own }) => ({
      before: { account, inGroup: own ?? standard },
      after: { account, inGroup: undefined },
    }));
    refuseGains(actor, group.namespaceId, leaving);
    await markDeleted(trx, id, now());
    const detail = { [kind]: id, name: group.name, members: group.members };
    await audit.record(trx, [{ actor, action: `${kind}.delete`, kind: 'delete', outcome: 'success', detail }]);
    return { deleted: { id, name: group.name } };
  });
}
