import { randomUUID } from 'node:crypto';
import type { Action } from '@symbolon/contract';
import { context, sealCell } from '@symbolon/vault';
import type { Actor } from '../access/index.ts';
import { derive, type KeyChains, nodePrimitives, type StudyPlace } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { addAuditRecords } from './audit.store.ts';

export type AuditKind = 'create' | 'read' | 'update' | 'delete' | 'execute';
export type AuditOutcome = 'success' | 'refused' | 'failure';

/** One thing that happened. `detail` may hold identity: it is sealed under the audit chain, of the study where there is one. */
export type AuditEntry = {
  readonly actor: Actor;
  /** For actions by a visitor that concern an account, such as signing in. */
  readonly accountId?: string;
  readonly userId?: string;
  readonly action: Action | 'instance.keep-aside';
  readonly kind: AuditKind;
  readonly outcome: AuditOutcome;
  readonly study?: StudyPlace;
  readonly detail?: unknown;
};

/** The one audit path: every record of every domain is written here, in the transaction of what it records. */
export class Audit {
  readonly #chains: KeyChains;
  readonly #now: () => Date;

  constructor(chains: KeyChains, now: () => Date) {
    this.#chains = chains;
    this.#now = now;
  }

  async record(trx: Trx | Database, entries: readonly AuditEntry[]): Promise<void> {
    const at = this.#now();
    const rows = await Promise.all(
      entries.map(async (entry) => {
        const id = randomUUID();
        const signedIn = entry.actor.kind === 'token' ? entry.actor : undefined;
        const accountId = signedIn?.accountId ?? entry.accountId ?? null;
        return {
          id,
          at,
          account_id: accountId,
          user_id: signedIn?.userId ?? entry.userId ?? null,
          token_id: signedIn?.tokenId ?? null,
          address: entry.actor.address,
          action: entry.action,
          kind: entry.kind,
          outcome: entry.outcome,
          study_id: entry.study?.studyId ?? null,
          detail: await this.#seal(id, accountId, entry),
        };
      }),
    );
    await addAuditRecords(trx, rows);
  }

  async #seal(id: string, accountId: string | null, entry: AuditEntry): Promise<Buffer | null> {
    if (entry.detail === undefined || accountId === null) return null;
    const { study } = entry;
    const key = study ? await this.#chains.study('audit', study) : await this.#chains.account('audit', accountId);
    const plain = new TextEncoder().encode(JSON.stringify(entry.detail));
    const where = context('audit', accountId, study?.studyId ?? '', id);
    return Buffer.from(await sealCell(nodePrimitives, await derive(key, 'audit-detail'), plain, where));
  }
}
