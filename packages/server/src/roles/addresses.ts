import type { AddressesAnswer, RoleAnswer } from '@symbolon/contract';
import { actorNow, admits, beyondOf, decisionsOf, refuseBeyond, type SignedIn } from '../access/index.ts';
import { accountAddresses, writeAccountAddresses } from './account-addresses.store.ts';
import { RolesError, roleNotFound } from './errors.ts';
import { roleById, type StoredRole, writeRoleAddresses } from './role.store.ts';
import { answerOf, type RolesDeps } from './roles-deps.ts';

function refuseLockOut({ address }: SignedIn, addresses: readonly string[]): void {
  if (admits(addresses, address)) return;
  throw new RolesError('ADDRESSES_WITHOUT_YOU', `You come from ${address}, which is not in the list.`);
}

export async function showAddresses({ database, audit }: RolesDeps, actor: SignedIn): Promise<AddressesAnswer> {
  await audit.record(database, [{ actor, action: 'address.view', kind: 'read', outcome: 'success' }]);
  return { addresses: await accountAddresses(database, actor.accountId), yours: actor.address };
}

/** From where the account can be used, everybody's sessions and tokens included. @throws RolesError ADDRESSES_WITHOUT_YOU */
export function setAddresses(
  { database, audit }: RolesDeps,
  asker: SignedIn,
  addresses: readonly string[],
): Promise<AddressesAnswer> {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, 'address.set');
    refuseLockOut(actor, addresses);
    const before = await accountAddresses(trx, actor.accountId);
    await writeAccountAddresses(trx, actor.accountId, addresses);
    const detail = { of: 'account', addresses: [before, addresses] };
    await audit.record(trx, [{ actor, action: 'address.set', kind: 'update', outcome: 'success', detail }]);
    return { addresses: [...addresses], yours: actor.address };
  });
}

/**
 * From where those who have a role can use it; a built-in one, too. Of a role in a group: from elsewhere it permits nothing there.
 *
 * @throws AccessError RIGHTS_BEYOND_YOURS  it is a role with more than one has
 * @throws RolesError ROLE_NOT_FOUND, ADDRESSES_WITHOUT_YOU  it is one’s own role
 */
export function setRoleAddresses(
  { database, audit, now }: RolesDeps,
  asker: SignedIn,
  id: string,
  addresses: readonly string[],
): Promise<RoleAnswer> {
  return database.transaction().execute(async (trx) => {
    const actor = await actorNow(trx, asker, 'address.set');
    const role = await roleById(trx, actor.accountId, id);
    if (!role) throw roleNotFound();
    refuseBeyond(beyondOf(actor, decisionsOf(role)));
    if (actor.role.id === id) refuseLockOut(actor, addresses);
    await writeRoleAddresses(trx, id, addresses, now());
    const detail = { of: 'role', role: id, addresses: [role.addresses, addresses] };
    await audit.record(trx, [{ actor, action: 'address.set', kind: 'update', outcome: 'success', detail }]);
    return answerOf((await roleById(trx, actor.accountId, id)) as StoredRole, actor);
  });
}
