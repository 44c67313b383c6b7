import type { QuotaRequest } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { StorageError } from './errors.ts';
import { accountClosed, lockLimitedUsage, setLimits, type Usage, usageOf } from './usage.store.ts';

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

/** Sets how much the actor's account may hold. Less than it holds is allowed: nothing is removed, and nothing more taken. */
export async function setQuota(
  deps: { readonly database: Database; readonly audit: Audit; readonly quotaGate: QuotaGate },
  actor: SignedIn,
  limits: QuotaRequest,
): Promise<Usage> {
  const { accountId } = actor;
  await deps.database.transaction().execute(async (trx) => {
    await requireOpenAccount(trx, accountId);
    const { maxInstances, maxBytes } = await setLimits(trx, accountId, limits);
    const detail = { before: { maxInstances, maxBytes }, after: limits };
    await deps.audit.record(trx, [{ actor, action: 'quota.set', kind: 'update', outcome: 'success', detail }]);
  });
  deps.quotaGate.forget(accountId);
  return usageOf(deps.database, accountId);
}
