import { type Environment, withKeysAndDatabase } from './from-shell.ts';
import { type AddressLists, addressLists, clearAddressLists } from './roles/index.ts';

/** The accounts that a list of addresses keeps anybody out of: theirs, or one of a role. Asked on the machine of the exchange. */
export function addressesOfAccounts(env: Environment): Promise<AddressLists[]> {
  return withKeysAndDatabase(env, (database) => addressLists(database));
}

/**
 * Takes the lists of an account and of its roles away, or of every account: the way back for who is locked out. Recorded as done
 * by the exchange itself. Returns the lists that were.
 */
export function clearAddresses(env: Environment, accountId: string | undefined): Promise<AddressLists[]> {
  return withKeysAndDatabase(env, (database, audit) =>
    database.transaction().execute(async (trx) => {
      const lists = (await addressLists(trx)).filter(({ id }) => accountId === undefined || id === accountId);
      for (const { id, addresses, roles } of lists) {
        await clearAddressLists(trx, id);
        await audit.record(trx, [
          {
            actor: { kind: 'exchange', address: null },
            accountId: id,
            action: 'address.set',
            kind: 'update',
            outcome: 'success',
            detail: {
              of: 'account and roles',
              by: 'shell',
              addresses: [addresses, []],
              roles: roles.map((role) => role.id),
            },
          },
        ]);
      }
      return lists;
    }),
  );
}
