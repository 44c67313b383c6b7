import { randomUUID } from 'node:crypto';
import { VaultError } from '@symbolon/vault';
import type { SignedIn } from '../access/index.ts';
import { KeysError } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { Audit, AuditEntry } from './record.ts';

/** One search: what was asked for, as a log keeps it, and which studies that showed. */
export type Searched = { readonly detail: object; readonly shown: readonly string[] };

/** What one person searches by one credential from one address, since its opening was recorded. */
type Window = {
  readonly openingId: string;
  readonly actor: SignedIn;
  readonly openedAt: Date;
  readonly opened: Promise<void>;
  readonly searches: AuditEntry[];
};

/** How many searches, and how many studies they showed together. */
type Amount = { readonly searches: number; readonly shown: number };
const none: Amount = { searches: 0, shown: 0 };

const windowMs = 30_000;
/** Past so many searches that wait to be written, or studies that they showed, they are written at once. */
const early: Amount = { searches: 200, shown: 10_000 };
/** Past so many, as where the database takes none, whoever searches waits until they are written, and is refused where they cannot be. */
const most: Amount = { searches: 1000, shown: 50_000 };

/**
 * Records searches as readings are recorded: that somebody began to search before the first answer goes out, so that the next ones do
 * not wait for the disk; and within half a minute each search by a record of its own, with the time of the search.
 *
 * Law     each record names its opening, and those of one opening are written by one statement: after a crash all of them are there or
 *         none. An opening that none names counts as all that they could reach in the half minute after it (Law 4).
 */
export class Searches {
  readonly #audit: Audit;
  readonly #database: Database;
  readonly #warn: (error: unknown) => void;
  readonly #open = new Map<string, Window>();
  /** Of windows that are closed, what the database did not take yet; tried again with the next. */
  readonly #unwritten: (readonly AuditEntry[])[] = [];
  /** What stood in the way of the last of it. */
  #obstacle: unknown;
  /** In open windows, and in all that is not written. */
  #inOpen: Amount = none;
  #waiting: Amount = none;
  #writing = Promise.resolve();
  /** The writing that was asked for and has not begun. */
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(audit: Audit, database: Database, warn: (error: unknown) => void) {
    this.#audit = audit;
    this.#database = database;
    this.#warn = warn;
  }

  /**
   * Returns when the opening is durable; only then may anything of the answer go out.
   *
   * @throws what kept the opening from being recorded, or the searches that had to be written before: the database or the keys are
   *         away, and whoever asks is told so
   */
  async record(actor: SignedIn, searched: Searched): Promise<void> {
    // Many may have waited for the same writing: once it is done some of them fill what it made room for.
    while (reaches(this.#waiting, most)) {
      await this.flush();
      if (this.#unwritten.length > 0 && reaches(this.#waiting, most)) throw this.#obstacle;
    }
    const window = this.#windowOf(actor);
    // Before it waits: a window that is closed meanwhile takes it along.
    const search = this.#add(window, searched);
    if (reaches(this.#inOpen, early)) void this.flush();
    await window.opened;
    search.at = this.#timeBehind(window);
  }

  /**
   * Writes all searches and closes their windows; the next search of each opens a new one. All who ask while the last writing is
   * under way share the next: one for each would close windows as soon as they are opened.
   */
  flush(): Promise<void> {
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      return this.#write();
    });
    this.#writing = this.#next;
    return this.#next;
  }

  #windowOf(actor: SignedIn): Window {
    // A session may go on in another account.
    const name = `${actor.credentialId} ${actor.accountId} ${actor.address}`;
    const open = this.#open.get(name);
    const openedAt = this.#audit.now();
    if (open && openedAt.getTime() - open.openedAt.getTime() < windowMs) return open;
    // It waits to be closed behind others that the database takes its time for. It speaks of its half minute, and of no more.
    if (open) {
      this.#open.delete(name);
      this.#open.set(`${name} ${open.openingId}`, open);
    }
    const openingId = randomUUID();
    const opened = this.#audit.record(this.#database, [{ ...searchOf(actor), id: openingId, at: openedAt }]);
    const window: Window = { openingId, actor, openedAt, opened, searches: [] };
    this.#open.set(name, window);
    opened.catch(() => {
      // Nothing of it was answered.
      if (this.#open.get(name) !== window) return;
      this.#open.delete(name);
      this.#inOpen = minus(this.#inOpen, window.searches);
      this.#waiting = minus(this.#waiting, window.searches);
    });
    this.#wakeLater();
    return window;
  }

  /** Of the very millisecond of its opening a search would be told before it as often as behind it. */
  #timeBehind({ openedAt }: Window): Date {
    const now = this.#audit.now();
    return now.getTime() === openedAt.getTime() ? new Date(now.getTime() + 1) : now;
  }

  #add({ actor, openingId, searches }: Window, { detail, shown }: Searched): { at: Date } {
    const search = { ...searchOf(actor), at: this.#audit.now(), shown, detail: { ...detail, opening: openingId } };
    searches.push(search);
    this.#inOpen = plus(this.#inOpen, search);
    this.#waiting = plus(this.#waiting, search);
    return search;
  }

  #wakeLater(): void {
    this.#timer ??= setTimeout(() => void this.flush(), windowMs).unref();
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const closing = [...this.#open.values()];
    this.#open.clear();
    this.#inOpen = none;
    const gone = (searches: readonly AuditEntry[]): void => {
      this.#waiting = minus(this.#waiting, searches);
    };
    const written = this.#unwritten.splice(0);
    for (const { opened, searches } of closing)
      await opened.then(
        () => written.push(searches),
        () => gone(searches),
      );
    // One by one: an account whose audit key is gone must not take the others' searches with it.
    for (const searches of written)
      await this.#audit.record(this.#database, searches).then(
        () => gone(searches),
        (error: unknown) => {
          // Of an erased account nothing more can be told than that somebody searched, which is on record.
          const erased = error instanceof KeysError && error.code === 'KEY_MISSING';
          if (!erased) this.#warn(error);
          // Nor under a key that does not open: what waited for it until it does would at last have everybody wait.
          const never = error instanceof VaultError || (error instanceof KeysError && error.code === 'KEY_DESTROYED');
          if (erased || never) return gone(searches);
          this.#obstacle = error;
          this.#unwritten.push(searches);
        },
      );
    if (this.#unwritten.length > 0) this.#wakeLater();
  }
}

const reaches = (some: Amount, limit: Amount): boolean => some.searches >= limit.searches || some.shown >= limit.shown;
const plus = ({ searches, shown }: Amount, search: { readonly shown: readonly string[] }): Amount => ({
  searches: searches + 1,
  shown: shown + search.shown.length,
});
const minus = ({ searches, shown }: Amount, some: readonly AuditEntry[]): Amount => ({
  searches: searches - some.length,
  shown: some.reduce((left, search) => left - (search.shown?.length ?? 0), shown),
});

const searchOf = (actor: SignedIn) => ({ actor, action: 'study.search', kind: 'read', outcome: 'success' }) as const;
