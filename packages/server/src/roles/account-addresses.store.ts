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

/** The accounts that a list keeps people out of. */
export async function accountsWithAddresses(db: Database | Trx): Promise<{ id: string; addresses: string[] }[]> {
  return db.selectFrom('accounts').select(['id', 'addresses']).where('addresses', '<>', []).execute();
}
