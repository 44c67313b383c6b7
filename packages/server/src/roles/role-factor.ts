import type { RoleAnswer } from '@symbolon/contract';
import { actorNow, beyondOf, decisionsOf, refuseBeyond, type SignedIn } from '../access/index.ts';
import { roleNotFound } from './errors.ts';
import { roleById, type StoredRole, writeRoleFactor } from './role.store.ts';
import { answerOf, type RolesDeps } from './roles-deps.ts';

/**
 * Whether who has a role in the account needs a second factor; of a built-in one, too. Who has none is led to set one up at their next
 * request; tokens go on.
 *
 * @throws AccessError RIGHTS_BEYOND_YOURS  it is a role with more than one has
 * @throws RolesError ROLE_NOT_FOUND
 */
export function setRoleFactor(
  { database, audit, now }: RolesDeps,
  asker: SignedIn,
  id: string,
  required: boolean,
): Promise<RoleAnswer> {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, 'role.change');
    const role = await roleById(trx, actor.accountId, id);
    if (!role) throw roleNotFound();
    refuseBeyond(beyondOf(actor, decisionsOf(role)));
    await writeRoleFactor(trx, id, required, now());
    const detail = { role: id, secondFactor: [role.secondFactor, required] };
    await audit.record(trx, [{ actor, action: 'role.change', kind: 'update', outcome: 'success', detail }]);
    return answerOf((await roleById(trx, actor.accountId, id)) as StoredRole, actor);
  });
}
