export type Chain = 'identity' | 'image' | 'audit';
export const chains: readonly Chain[] = ['identity', 'image', 'audit'];

/**
 * Which random key: an account's own (for tokens and its own records); what a patient's other keys are wrapped under;
 * what the patient's own cell hangs from; a study's.
 */
export type KeyKind = 'account' | 'patient' | 'patient-cell' | 'study';

/** Whose key it is. `family`: the patient whose key is above it; of a patient's key itself that patient; of an account's the account. */
export type WrapName = {
  readonly chain: Chain;
  readonly kind: KeyKind;
  readonly family: string;
  readonly id: string;
};

/**
 * A wrapped key. `generation` counts the keys of this name, from 1; `under` says which generation of the key above wraps
 * it: of the service's account key for accounts and patients, of the patient's key for the others. `madeAt`: when the key
 * itself was made, not its wrap.
 */
export type Wrap = WrapName & {
  readonly accountId: string;
  readonly generation: number;
  readonly under: number;
  readonly wrapped: Uint8Array;
  readonly madeAt: Date;
};

/** A wrap, and where it hangs from a patient's key that key's wrap, both as of one moment. */
export type Found = { readonly wrap: Wrap; readonly above: Wrap | undefined };

/** A wrap that takes the place of another of the same name, if that one is still there. */
export type Replacement = { readonly was: Wrap; readonly now: Wrap };

/** How many keys there are, and how old. `oldestSince`: the oldest of those that were made after a given moment. */
export type KeyCount = {
  readonly chain: Chain;
  readonly kind: KeyKind;
  readonly count: number;
  readonly oldest: Date;
  readonly newest: Date;
  readonly oldestSince: Date | null;
};

/** What was done with keys, for the audit; `accountId` is null where it concerns all accounts. `id` is a random UUID. */
export type KeyEvent = {
  readonly id: string;
  readonly at: Date;
  readonly what: 'backup' | 'restore' | 'rotation begun' | 'rotation done';
  readonly accountId: string | null;
  readonly detail: Readonly<Record<string, string | number>>;
};

/**
 * That the keys of something were destroyed: of a study, of the halves of one that was sealed anew (`study-data`), of a patient,
 * of what an account held. `id`: of the study, the key, the patient or the account. `family` as in the names of the keys.
 */
export type Tombstone = {
  readonly id: string;
  readonly kind: 'study' | 'study-data' | 'patient' | 'account';
  readonly accountId: string;
  readonly family: string;
  readonly erasureId: string;
  readonly at: Date;
};

/** A patient's key, by which patients are walked: oldest first, then by id. */
export type PatientKey = { readonly family: string; readonly madeAt: Date };

/**
 * Every wrapped key, in a place of its own outside the data: a backup of the data opens with today's keys or not at all,
 * and deleting a row here is what erasure will be. Drivers: SQLite, for one machine; PostgreSQL, for several nodes.
 *
 * Law     What is written is written whole or not at all, and durable when it returns.
 *         No wrap stands under a key that has been replaced: `add` and `replace` refuse it, however they race.
 *
 * @throws KeysError KEYS_UNAVAILABLE  the store cannot be reached now; from every call
 */
export type KeyStore = {
  find(name: WrapName): Promise<Found | undefined>;
  /**
   * Adds keys. A patient's comes before what hangs from it.
   *
   * @throws KeysError KEY_SUPERSEDED  one is wrapped under a key that was replaced meanwhile: wrap anew and try again
   * @throws KeysError KEY_EXISTS      there is one of that name
   * @throws KeysError KEY_MISSING     there is no key for one to hang from
   */
  add(wraps: readonly Wrap[]): Promise<void>;
  /**
   * Puts wraps in place of others, and the events with them; false, and nothing changed, where one of the others is no longer
   * there as it was, or where something would be left under a key that is replaced.
   */
  replace(replacements: readonly Replacement[], events?: readonly KeyEvent[]): Promise<boolean>;
  /**
   * Deletes keys, and overwrites where they stood; tombstones with them, in one write. There is one of each id: that of a whole
   * study takes the place of that of its halves' first keys, which have its id. Returns how many keys there were.
   */
  remove(names: readonly WrapName[], tombstones?: readonly Tombstone[]): Promise<number>;
  /** Tombstones by their ids, from behind `after` on. */
  tombstones(after: string, limit: number): Promise<Tombstone[]>;
  /** When the keys were copied, from a moment on. */
  backupsSince(since: Date): Promise<Date[]>;
  /** A patient's keys and all that hang from them, of all chains, as of one moment; also an account's own. */
  family(family: string): Promise<Wrap[]>;
  /** Patients of an account whose key was made before a moment. */
  patients(accountId: string, madeBefore: Date, after: PatientKey | undefined, limit: number): Promise<PatientKey[]>;
  /** The accounts that have keys. */
  accounts(): Promise<string[]>;
  /** Of one account, or of all. */
  census(accountId: string | undefined, since: Date): Promise<KeyCount[]>;
  /**
   * Every wrap, page by page, while others write. A family stands whole on its page, as of one moment; families may be of
   * different moments.
   */
  pages(wrapsPerPage: number): AsyncIterable<Wrap[]>;
  addEvent(event: KeyEvent): Promise<void>;
  /** Events that are not in the audit yet, oldest first. */
  unauditedEvents(limit: number): Promise<KeyEvent[]>;
  markAudited(ids: readonly string[]): Promise<void>;
  /** The newest event of each kind, by `what`, account and `detail.of`. */
  latestEvents(): Promise<KeyEvent[]>;
  /** Puts these wraps in place of all that are there, or, unless `replacing`, into an empty store. */
  load(wraps: AsyncIterable<readonly Wrap[]>, events: readonly KeyEvent[], replacing: boolean): Promise<void>;
  /** Does the work while no other process does work of that name; undefined where one does. */
  alone<T>(name: string, work: () => Promise<T>): Promise<{ readonly done: T } | undefined>;
  /** Where the store is a server of its own: what names it, whatever address it is reached by. */
  server?(): Promise<string | undefined>;
  /** Writes and takes it back. */
  health(): Promise<void>;
  close(): Promise<void>;
};
