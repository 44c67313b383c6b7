import { randomUUID } from 'node:crypto';
import type { ChangeRoleRequest, CreateRoleRequest, Decisions, RoleAnswer } from '@symbolon/contract';
import { roleTemplates } from '@symbolon/contract';
import { actorNow, beyondOf, decisionsOf, gainedBy, refuseBeyond, type SignedIn } from '../access/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { RolesError, roleNotFound } from './errors.ts';
import { addRole, isNameTaken, removeRole, roleById, type StoredRole, writeRole } from './role.store.ts';
import { answerOf, changesOf, type RolesDeps, roleNamedOf } from './roles-deps.ts';

async function refuseTakenName(trx: Trx, accountId: string, name: string, but: string | null): Promise<void> {
  if (await isNameTaken(trx, accountId, name, but))
    throw new RolesError('ROLE_NAME_TAKEN', 'Another role of the account has this name.');
}

/** A role that is one's to change: not built in, and nothing in it that one has not. */
async function changeable(trx: Trx, actor: SignedIn, id: string): Promise<StoredRole> {
  const role = await roleById(trx, actor.accountId, id);
  if (!role) throw roleNotFound();
  if (role.builtin !== null)
    throw new RolesError('ROLE_BUILT_IN', 'A built-in role is not changed: clone it, and change the clone.');
  refuseBeyond(beyondOf(actor, role.decisions));
  return role;
}

async function decisionsAsked(trx: Trx, actor: SignedIn, asked: CreateRoleRequest): Promise<Decisions> {
  if (asked.template !== undefined) return roleTemplates[asked.template].decisions;
  if (asked.cloneOf === undefined) return (asked.decisions ?? {}) as Decisions;
  const cloned = await roleById(trx, actor.accountId, asked.cloneOf);
  if (!cloned) throw roleNotFound();
  return decisionsOf(cloned);
}

/**
 * Makes a role: nobody makes one that permits what they have not, whether anybody will have it or not.
 *
 * @throws AccessError RIGHTS_BEYOND_YOURS
 * @throws RolesError ROLE_NAME_TAKEN, ROLE_NOT_FOUND
 */
export function createRole(deps: RolesDeps, asker: SignedIn, asked: CreateRoleRequest): Promise<RoleAnswer> {
  const { database, audit, now } = deps;
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, 'role.create');
    const decisions = await decisionsAsked(trx, actor, asked);
    refuseBeyond(beyondOf(actor, decisions));
    await refuseTakenName(trx, actor.accountId, asked.name, null);
    const id = randomUUID();
    await addRole(trx, actor.accountId, id, { name: asked.name, says: asked.says ?? '', decisions }, now());
    const from = {
      ...(asked.cloneOf && { cloneOf: asked.cloneOf }),
      ...(asked.template && { template: asked.template }),
    };
    const detail = { role: id, name: asked.name, ...from, decisions: changesOf({}, decisions) };
    await audit.record(trx, [{ actor, action: 'role.create', kind: 'create', outcome: 'success', detail }]);
    return answerOf((await roleById(trx, actor.accountId, id)) as StoredRole, actor);
  });
}

/**
 * Changes a role for everybody who has it. One must have all that it permitted, all that it will, and all that it denied and will
 * not any more: somebody's other role may permit that, so far in vain.
 *
 * @throws AccessError RIGHTS_BEYOND_YOURS
 * @throws RolesError ROLE_NOT_FOUND, ROLE_BUILT_IN, ROLE_NAME_TAKEN
 */
export function changeRole(
  deps: RolesDeps,
  asker: SignedIn,
  id: string,
  asked: ChangeRoleRequest,
): Promise<RoleAnswer> {
  const { database, audit, now } = deps;
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, 'role.change');
    const { name, says, decisions } = await changeable(trx, actor, id);
    const after = {
      name: asked.name ?? name,
      says: asked.says ?? says,
      decisions: (asked.decisions ?? decisions) as Decisions,
    };
    refuseBeyond(beyondOf(actor, gainedBy(decisions, after.decisions)));
    await refuseTakenName(trx, actor.accountId, after.name, id);
    await writeRole(trx, id, after, now());
    const detail = {
      role: id,
      name: [name, after.name],
      ...(says !== after.says && { says: [says, after.says] }),
      decisions: changesOf(decisions, after.decisions),
    };
    await audit.record(trx, [{ actor, action: 'role.change', kind: 'update', outcome: 'success', detail }]);
    return answerOf((await roleById(trx, actor.accountId, id)) as StoredRole, actor);
  });
}

/**
 * @throws AccessError RIGHTS_BEYOND_YOURS
 * @throws RolesError ROLE_NOT_FOUND, ROLE_BUILT_IN, ROLE_IN_USE  with how many have it
 */
export function deleteRole({ database, audit }: RolesDeps, asker: SignedIn, id: string) {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, 'role.delete');
    const role = await changeable(trx, actor, id);
    const { people, groups, inGroups } = role;
    if (people + groups + inGroups > 0)
      throw new RolesError(
        'ROLE_IN_USE',
        `People who have it: ${people}; groups whose members have it: ${groups}; members who have it in a group: ${inGroups}.`,
      );
    await removeRole(trx, actor.accountId, id);
    const detail = { role: id, name: role.name, decisions: changesOf(role.decisions, {}) };
    await audit.record(trx, [{ actor, action: 'role.delete', kind: 'delete', outcome: 'success', detail }]);
    return { deleted: roleNamedOf(role) };
  });
}
