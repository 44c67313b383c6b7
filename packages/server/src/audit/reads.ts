import type { Action } from '@symbolon/contract';
import type { StudyReader } from '../access/index.ts';
import { KeysError, type StudyPlace } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { Audit, AuditEntry } from './record.ts';

/** One person's reading of one study by one action, since its opening was recorded. */
type Reading = {
  actor: StudyReader;
  action: Action;
  study: StudyPlace;
  times: number;
  /** Of the last read: a detail that is written after a link was revoked must not look like a read after it. */
  at: Date;
  instances: Set<string>;
  whole: boolean;
};

const windowMs = 30_000;
/** Past this many instances a record says "all": it is what a record without detail counts as anyway (Law 4). */
const maxNamed = 2000;
/** While the database is away this many details wait; a lost one counts as all that could be reached. */
const maxUnwritten = 10_000;

/**
 * Records who reads which study: the opening before the first byte goes out, the detail (which instances, how often)
 * within half a minute. Scrolling through a series is two records, not three hundred.
 */
export class Reads {
  readonly #audit: Audit;
  readonly #database: Database;
  readonly #open = new Map<string, Promise<Reading>>();
  readonly #warn: (error: unknown) => void;
  /** Details that the database did not take yet; tried again in the next window. */
  readonly #unwritten: AuditEntry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(audit: Audit, database: Database, warn: (error: unknown) => void) {
    this.#audit = audit;
    this.#database = database;
    this.#warn = warn;
  }

  /** Returns when the opening is durable; only then may a byte of the study go out. `sopInstanceUids` absent: all of it. */
  async opening(
    actor: StudyReader,
    action: Action,
    study: StudyPlace,
    sopInstanceUids?: readonly string[],
  ): Promise<void> {
    const reading = await this.#reading(actor, action, study);
    reading.times += 1;
    named(reading, sopInstanceUids);
  }

  /** Names what a reading that was opened for the same request has come to; it counts as no further one. Durable as an opening. */
  async alsoOf(
    actor: StudyReader,
    action: Action,
    study: StudyPlace,
    sopInstanceUids: readonly string[],
  ): Promise<void> {
    const reading = await this.#reading(actor, action, study);
    // The detail of the opening may have been written in between.
    reading.times ||= 1;
    named(reading, sopInstanceUids);
  }

  async #reading(actor: StudyReader, action: Action, study: StudyPlace): Promise<Reading> {
    const who = actor.kind === 'person' ? actor.credentialId : actor.visitId;
    const name = `${who} ${actor.address} ${action} ${study.studyId}`;
    let opening = this.#open.get(name);
    if (!opening) {
      opening = this.#audit
        .record(this.#database, [{ actor, action, kind: 'read', outcome: 'success', study }])
        .then(() => ({
          actor,
          action,
          study,
          at: this.#audit.now(),
          times: 0,
          instances: new Set<string>(),
          whole: false,
        }));
      this.#open.set(name, opening);
      this.#timer ??= setTimeout(() => void this.flush(), windowMs).unref();
    }
    const reading = await opening.catch((error: unknown) => {
      if (this.#open.get(name) === opening) this.#open.delete(name);
      throw error;
    });
    reading.at = this.#audit.now();
    return reading;
  }

  /** Writes the details of all readings and closes them; the next read of each opens a new record. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const closing = [...this.#open.values()];
    this.#open.clear();
    for (const result of await Promise.allSettled(closing)) {
      if (result.status === 'fulfilled') this.#unwritten.push(detailOf(result.value));
    }
    // One by one: a study whose audit key is gone must not take the others' details with it.
    const entries = this.#unwritten.splice(0);
    const kept: AuditEntry[] = [];
    for (const entry of entries) {
      await this.#audit.record(this.#database, [entry]).catch((error: unknown) => {
        // Of an erased study nothing more can be told than that it was opened, which is on record.
        if (error instanceof KeysError && error.code === 'KEY_MISSING') return;
        this.#warn(error);
        kept.push(entry);
      });
    }
    this.#unwritten.push(...kept.slice(-maxUnwritten));
    if (this.#unwritten.length > 0) this.#timer ??= setTimeout(() => void this.flush(), windowMs).unref();
  }
}

function named(reading: Reading, sopInstanceUids: readonly string[] | undefined): void {
  for (const uid of sopInstanceUids ?? []) reading.instances.add(uid);
  if (sopInstanceUids === undefined || reading.instances.size > maxNamed) reading.whole = true;
}

function detailOf({ actor, action, study, at, times, instances, whole }: Reading): AuditEntry {
  const detail = { times, instances: whole ? 'all' : [...instances] };
  return { actor, action, kind: 'read', outcome: 'success', study, detail, at };
}
