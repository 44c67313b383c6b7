import type { QuotaRequest } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { StorageError } from './errors.ts';
import { accountClosed, accountState, lockLimitedUsage, setLimits, type Usage, usageOf } from './usage.store.ts';

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

function amount(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

const spaceNeeded =
  'Nothing of this was stored. An administrator can raise the limit; trying again before that changes nothing.';

/**
 * What stands against so much more, in words; undefined where nothing does. Called in the transaction that will add it,
 * before anything of it is written: from then on nobody else adds to the account, so that no two exceed it together.
 */
export async function overQuota(trx: Trx, accountId: string, sizes: readonly number[]): Promise<string | undefined> {
  if (sizes.length === 0) return undefined;
  const usage = await lockLimitedUsage(trx, accountId);
  return usage && exceeded(usage, { instances: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) });
}

/** Pure. */
export function exceeded(
  { instances, bytes, maxInstances, maxBytes }: Usage,
  more: { readonly instances: number; readonly bytes: number },
): string | undefined {
  if (maxInstances !== null && instances + more.instances > maxInstances) {
    return `The account may hold ${maxInstances} instances, and holds ${instances}. ${spaceNeeded}`;
  }
  if (maxBytes !== null && bytes + more.bytes > maxBytes) {
    return `The account may hold ${amount(maxBytes)}, and holds ${amount(bytes)}. ${spaceNeeded}`;
  }
  return undefined;
}

/** @throws StorageError ACCOUNT_CLOSED */
async function requireOpenAccount(db: Database | Trx, accountId: string): Promise<void> {
  if (await accountClosed(db, accountId))
    throw new StorageError('ACCOUNT_CLOSED', 'Everything that this account held was erased. It takes nothing new.');
}

/** @throws StorageError ACCOUNT_NOT_FOUND */
async function requireAccount(db: Database | Trx, accountId: string): Promise<void> {
  if ((await accountState(db, accountId)) === undefined)
    throw new StorageError('ACCOUNT_NOT_FOUND', 'There is no such account.');
}

/** What an account of the exchange holds and may hold, for who operates it. @throws StorageError ACCOUNT_NOT_FOUND */
export async function showUsage(deps: QuotaDeps, actor: SignedIn, accountId: string): Promise<Usage> {
  await requireAccount(deps.database, accountId);
  const entry = { actor, action: 'account.list', kind: 'read', outcome: 'success' } as const;
  await deps.audit.record(deps.database, [{ ...entry, detail: { account: accountId } }]);
  return usageOf(deps.database, accountId);
}

/** How long what was asked holds: a sender's next request must not cost a question each. Milliseconds. */
const askedForMs = 1_000;
const mostAsked = 1_000;

/** Turns whole requests away while an account is at its limit, before their bodies are read. */
export class QuotaGate {
  readonly #database: Database;
  readonly #asked = new Map<string, { readonly at: number; readonly why: string | undefined }>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws StorageError QUOTA_EXCEEDED  not even one byte more would fit */
  async require(accountId: string): Promise<void> {
    let asked = this.#asked.get(accountId);
    if (asked === undefined || performance.now() - asked.at > askedForMs) {
      const usage = await usageOf(this.#database, accountId);
      asked = { at: performance.now(), why: exceeded(usage, { instances: 1, bytes: 1 }) };
      if (this.#asked.size >= mostAsked) this.#asked.clear();
      this.#asked.set(accountId, asked);
    }
    if (asked.why === undefined) return;
    await requireOpenAccount(this.#database, accountId);
    throw new StorageError('QUOTA_EXCEEDED', asked.why);
  }

  forget(accountId: string): void {
    this.#asked.delete(accountId);
  }
}

type QuotaDeps = { readonly database: Database; readonly audit: Audit; readonly quotaGate: QuotaGate };

/**
 * Sets how much an account may hold: the actor's, or for who operates the exchange another. Less than it holds is allowed:
 * nothing is removed, and nothing more taken.
 */
export async function setQuota(
  deps: QuotaDeps,
  actor: SignedIn,
  limits: QuotaRequest,
  accountId = actor.accountId,
): Promise<Usage> {
  await deps.database.transaction().execute(async (trx) => {
    await requireAccount(trx, accountId);
    await requireOpenAccount(trx, accountId);
    const { maxInstances, maxBytes } = await setLimits(trx, accountId, limits);
    const detail = { before: { maxInstances, maxBytes }, after: limits };
    const entry = { actor, action: 'quota.set', kind: 'update', outcome: 'success' } as const;
    if (accountId === actor.accountId) await deps.audit.record(trx, [{ ...entry, detail }]);
    // In that account it is known, too, and not who of the other one did it.
    else
      await deps.audit.record(trx, [
        { ...entry, detail: { account: accountId, ...detail } },
        { ...entry, accountId, detail },
      ]);
  });
  deps.quotaGate.forget(accountId);
  return usageOf(deps.database, accountId);
}
