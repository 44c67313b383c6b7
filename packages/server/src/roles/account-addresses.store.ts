import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

export async function accountAddresses(db: Database | Trx, accountId: string): Promise<string[]> {
  const row = await db.selectFrom('accounts').select('addresses').where('id', '=', accountId).executeTakeFirst();
  return row?.addresses ?? [];
}

export async function writeAccountAddresses(trx: Trx, accountId: string, addresses: readonly string[]): Promise<void> {
  await trx
    .updateTable('accounts')
    .set({ addresses: [...addresses] })
    .where('id', '=', accountId)
    .execute();
}

/** An account's list of addresses, and those of its roles that have one. */
export type AddressLists = {
  readonly id: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly roles: readonly { readonly id: string; readonly name: string; readonly addresses: readonly string[] }[];
};

/** Of the accounts that have any. */
export async function addressLists(db: Database | Trx): Promise<AddressLists[]> {
  const { rows } = await sql<AddressLists>`
    select id, name, addresses, roles from (
      select a.id, a.name, a.addresses, coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name,
          'addresses', r.addresses) order by lower(r.name)) from roles r
        where r.account_id = a.id and r.addresses <> '{}'), '[]') as roles
      from accounts a) lists
    where addresses <> '{}' or json_array_length(roles) > 0 order by lower(name), id`.execute(db);
  return rows;
}

export async function clearAddressLists(trx: Trx, accountId: string): Promise<void> {
  await writeAccountAddresses(trx, accountId, []);
  await trx.updateTable('roles').set({ addresses: [] }).where('account_id', '=', accountId).execute();
}
