import { randomUUID } from 'node:crypto';
import type { Action } from '@symbolon/contract';
import type { Actor } from '../access/index.ts';
import type { KeyChains, StudyPlace } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { addAuditRecords } from './audit.store.ts';
import { sealDetail } from './sealed-detail.ts';

export type AuditKind = 'create' | 'read' | 'update' | 'delete' | 'execute';
export type AuditOutcome = 'success' | 'refused' | 'failure';

/** The exchange itself, at what it does by the clock. */
export type Itself = { readonly kind: 'exchange'; readonly address: null };

/** One thing that happened. `detail` may hold identity: it is sealed under the audit chain, of the study where there is one. */
export type AuditEntry = {
  /** Where another record names it; otherwise a new one. */
  readonly id?: string;
  readonly actor: Actor | Itself;
  /** For actions by a visitor that concern an account, such as signing in. */
  readonly accountId?: string;
  readonly userId?: string;
  /** The link that it concerns: one that was made, revoked or opened. */
  readonly linkId?: string;
  readonly action: Action | 'instance.keep-aside' | 'key.backup' | 'key.restore' | 'backup.restore';
  readonly kind: AuditKind;
  readonly outcome: AuditOutcome;
  readonly study?: StudyPlace;
  /** The studies that a list gave out, and with them whose they are. */
  readonly shown?: readonly string[];
  readonly detail?: unknown;
  /** When it happened, where that is told later; otherwise now. */
  readonly at?: Date;
};

/** The one audit path: every record of every domain is written here, in the transaction of what it records. */
export class Audit {
  readonly #chains: KeyChains;
  readonly #now: () => Date;

  constructor(chains: KeyChains, now: () => Date) {
    this.#chains = chains;
    this.#now = now;
  }

  now(): Date {
    return this.#now();
  }

  async record(trx: Trx | Database, entries: readonly AuditEntry[]): Promise<void> {
    const now = this.#now();
    const rows = await Promise.all(
      entries.map(async (entry) => {
        const { id = randomUUID() } = entry;
        const { actor } = entry;
        const person = actor.kind === 'person' ? actor : undefined;
        const visitor = actor.kind === 'link' ? actor : undefined;
        // What is said of it goes before who did it: a link belongs to its own account, whoever opens it.
        const accountId = entry.accountId ?? person?.accountId ?? visitor?.accountId ?? null;
        return {
          id,
          at: entry.at ?? now,
          account_id: accountId,
          user_id: entry.userId ?? (accountId === person?.accountId ? person?.userId : undefined) ?? null,
          token_id: person?.by === 'token' ? person.credentialId : null,
          session_id: person?.by === 'session' ? person.credentialId : null,
          link_id: visitor?.linkId ?? entry.linkId ?? null,
          address: actor.address,
          action: entry.action,
          kind: entry.kind,
          outcome: entry.outcome,
          // Who came by a link is in its study whatever they ask; what is sealed says itself under which key.
          study_id: entry.study?.studyId ?? (entry.detail === undefined ? visitor?.studyId : undefined) ?? null,
          shown: entry.shown === undefined || entry.shown.length === 0 ? null : [...entry.shown],
          detail:
            entry.detail === undefined || accountId === null
              ? null
              : await sealDetail(this.#chains, { id, accountId, study: entry.study }, entry.detail),
        };
      }),
    );
    await addAuditRecords(trx, rows);
  }
}
