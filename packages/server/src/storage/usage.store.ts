import type { Database, Trx } from '../platform/db/database.ts';

/** What an account holds and may hold. Units: bytes as sent. */
export type Usage = {
  readonly instances: number;
  readonly bytes: number;
  readonly maxInstances: number | null;
  readonly maxBytes: number | null;
};

const nothing: Usage = { instances: 0, bytes: 0, maxInstances: null, maxBytes: null };
const columns = ['instances', 'bytes', 'max_instances as maxInstances', 'max_bytes as maxBytes'] as const;

export async function usageOf(db: Database | Trx, accountId: string): Promise<Usage> {
  const row = await db.selectFrom('usage').select(columns).where('account_id', '=', accountId).executeTakeFirst();
  return row ?? nothing;
}

/** Whether an account was erased: it may hold nothing then, for ever. */
export async function accountClosed(db: Database | Trx, accountId: string): Promise<boolean> {
  return (await accountState(db, accountId)) === 'closed';
}

export async function accountState(db: Database | Trx, accountId: string): Promise<'open' | 'closed' | undefined> {
  const row = await db.selectFrom('accounts').select('closed_at').where('id', '=', accountId).executeTakeFirst();
  return row && (row.closed_at === null ? 'open' : 'closed');
}

/**
 * The usage of an account with a limit, and nobody else may add to it until the transaction ends; of one without, nothing.
 * The lock comes before the packs are written: two commits that each fit cannot together exceed it.
 */
export async function lockLimitedUsage(trx: Trx, accountId: string): Promise<Usage | undefined> {
  return trx
    .selectFrom('usage')
    .select(columns)
    .where('account_id', '=', accountId)
    .where((where) => where.or([where('max_instances', 'is not', null), where('max_bytes', 'is not', null)]))
    .forUpdate()
    .executeTakeFirst();
}

/** Sets both limits; gives what was before. */
export async function setLimits(
  trx: Trx,
  accountId: string,
  limits: Pick<Usage, 'maxInstances' | 'maxBytes'>,
): Promise<Usage> {
  await trx
    .insertInto('usage')
    .values({ account_id: accountId, max_instances: null, max_bytes: null })
    .onConflict((conflict) => conflict.column('account_id').doNothing())
    .execute();
  const before = await trx
    .selectFrom('usage')
    .select(columns)
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('usage')
    .set({ max_instances: limits.maxInstances, max_bytes: limits.maxBytes })
    .where('account_id', '=', accountId)
    .execute();
  return before;
}
