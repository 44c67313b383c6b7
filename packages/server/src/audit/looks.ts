import { createHash } from 'node:crypto';
import type { SignedIn } from '../access/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { Audit, AuditEntry } from './record.ts';

const windowMs = 10 * 60_000;
const maxKept = 10_000;

/**
 * Records that somebody looked at a list. A page that is open asks again and again; as long as it is answered with the
 * same studies, that is one look every ten minutes. Anything else that is shown, or asked for, is a record at once.
 */
export class Looks {
  readonly #audit: Audit;
  readonly #database: Database;
  readonly #now: () => Date;
  readonly #recorded = new Map<string, number>();

  constructor(audit: Audit, database: Database, now: () => Date) {
    this.#audit = audit;
    this.#database = database;
    this.#now = now;
  }

  /** Returns when the look is durable; only then may the list go out. */
  async record(entry: AuditEntry & { readonly actor: SignedIn }): Promise<void> {
    const { actor, action, study, linkId, shown, detail } = entry;
    const what = JSON.stringify([actor.credentialId, actor.address, action, study?.studyId, linkId, shown, detail]);
    const name = createHash('sha256').update(what).digest('base64');
    const now = this.#now().getTime();
    const last = this.#recorded.get(name);
    if (last !== undefined && now - last < windowMs) return;
    await this.#audit.record(this.#database, [entry]);
    this.#recorded.delete(name);
    this.#recorded.set(name, now);
    for (const [oldest, at] of this.#recorded) {
      if (this.#recorded.size <= maxKept && now - at < windowMs) break;
      this.#recorded.delete(oldest);
    }
  }
}
