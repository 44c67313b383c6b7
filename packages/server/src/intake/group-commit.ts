import type { SignedIn } from '../access/index.ts';
import type { ByteBudget } from '../platform/byte-budget.ts';
import { sharedBy } from '../studies/index.ts';
import { RefusalOfSome } from './errors.ts';
import type { IncomingInstance } from './instance.ts';

export type Outcome =
  | { readonly kind: 'taken'; readonly sha256: string }
  | { readonly kind: 'already held'; readonly sha256: string; readonly heldSha256: string }
  /** `keptAside` now, or before: what was kept aside already is not kept again. */
  | { readonly kind: 'conflict'; readonly sha256: string; readonly keptAside: 'now' | 'before' };

/** An instance that waits for the next commit. */
export type Waiting = { readonly actor: SignedIn; readonly instance: IncomingInstance };

type Promised = Waiting & {
  /** Its account with the instance, study and patient. */
  readonly names: readonly string[];
  /** Those of the study and the patient, which the commit locks in the database. */
  readonly locked: readonly string[];
  readonly done: (outcome: Outcome) => void;
  readonly failed: (error: unknown) => void;
};

/** One commit takes at most this much, so that its memory and its locks stay bounded. Bytes. */
const maxCommitBytes = 256 * 1024 * 1024;
const maxCommitInstances = 4096;
/**
 * Each study and patient is a lock, and of these PostgreSQL has room for some 4,000 for all connections: past them it refuses
 * everybody, with an error that says to try again.
 */
const maxCommitLocks = 1000;

/** A request's instances wait for its end while they are fewer than this, so that a long one is made durable as it comes. */
const maxBatchBytes = 16 * 1024 * 1024;
const maxBatchInstances = 1024;
/** So many of a request may wait for their commit, while the next are read. */
const maxUncommitted = 2 * maxBatchInstances;

/** So many commits at once: while one waits for the disk, the next is sealed. */
const maxRunning = 2;

/**
 * Group commit without a timer: a commit takes whatever waited during the last ones. Under load the groups grow by
 * themselves; a lone sender waits for nothing.
 *
 * Law     an outcome is given out only after `commit` returned, which is when everything is durable.
 *         What is refused of a group leaves the rest of it. Where it fails, each of its series is tried alone, so that one cannot spoil the others.
 *         Of two files under one SOP Instance UID the second waits for the first one's commit: in one group they are
 *         compared, in two at once neither would see the other, since the locks are those of studies (Law 5).
 *         What shares a study, patient or instance is taken in the order in which it came; of a `batch`, in which it was
 *         handed over.
 * Cost    What shares a study or a patient with a running commit waits here, and grows the next group; in the database it
 *         would hold a connection and one of the two places, for the same wait.
 */
export class GroupCommit {
  readonly #commit: (waiting: readonly Waiting[]) => Promise<Outcome[]>;
  readonly #isAway: (error: unknown) => boolean;
  #queue: Promised[] = [];
  #starting = false;
  readonly #running = new Set<Promise<void>>();
  readonly #batches = new Set<Batch>();
  /** The names of what is in a running commit. */
  readonly #inCommit = new Set<string>();

  constructor(commit: (waiting: readonly Waiting[]) => Promise<Outcome[]>, isAway: (error: unknown) => boolean) {
    this.#commit = commit;
    this.#isAway = isAway;
  }

  add(waiting: Waiting): Promise<Outcome> {
    return new Promise((done, failed) => this.#take([{ ...waiting, ...namesOf(waiting), done, failed }]));
  }

  /** For what one request sends; to be ended. `memory` is what its instances are held in. */
  batch(memory: Pick<ByteBudget, 'short'>): Batch {
    const batch = new Batch(
      memory,
      (promised) => this.#take(promised),
      () => this.#batches.delete(batch),
    );
    this.#batches.add(batch);
    return batch;
  }

  /** Takes what batches hold. */
  handOver(): void {
    for (const batch of this.#batches) batch.handOver();
  }

  #take(promised: readonly Promised[]): void {
    this.#queue.push(...promised);
    if (this.#queue.length > 0) this.#start();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#starting || this.#running.size > 0 || this.#queue.length > 0) {
      await Promise.race([...this.#running, new Promise((next) => setImmediate(next))]);
    }
  }

  /** Lets what has arrived in this turn of the event loop join the group. */
  #start(): void {
    if (this.#starting || this.#running.size >= maxRunning) return;
    this.#starting = true;
    setImmediate(() => {
      this.#starting = false;
      const group = this.#takeGroup();
      if (group.length === 0) return;
      const names = new Set(group.flatMap((promised) => promised.names));
      for (const name of names) this.#inCommit.add(name);
      const run = this.#commitGroup(group).finally(() => {
        for (const name of names) this.#inCommit.delete(name);
        this.#running.delete(run);
        if (this.#queue.length > 0) this.#start();
      });
      this.#running.add(run);
      if (this.#queue.length > 0) this.#start();
    });
  }

  #takeGroup(): Promised[] {
    let bytes = 0;
    const taken: Promised[] = [];
    const left: Promised[] = [];
    /** Who waits for two commits that end by turns would wait for ever if others took those names again in between. */
    const leftNames = new Set<string>();
    const locks = new Set<string>();
    for (const promised of this.#queue) {
      const more = promised.locked.filter((name) => !locks.has(name));
      const full =
        taken.length > 0 &&
        (bytes + promised.instance.bytes > maxCommitBytes ||
          taken.length >= maxCommitInstances ||
          locks.size + more.length > maxCommitLocks);
      if (full || promised.names.some((name) => this.#inCommit.has(name) || leftNames.has(name))) {
        left.push(promised);
        for (const name of promised.names) leftNames.add(name);
      } else {
        taken.push(promised);
        bytes += promised.instance.bytes;
        for (const name of more) locks.add(name);
      }
    }
    this.#queue = left;
    return taken;
  }

  async #commitGroup(group: readonly Promised[]): Promise<void> {
    try {
      const outcomes = await this.#commit(group);
      group.forEach((promised, at) => {
        promised.done(outcomes[at] as Outcome);
      });
    } catch (error) {
      if (error instanceof RefusalOfSome) {
        const taken = group.filter(({ instance }) => !error.instances.has(instance));
        for (const promised of group) if (error.instances.has(promised.instance)) promised.failed(error);
        // Of those who are told so there is one at least: this ends.
        if (taken.length > 0) await this.#commitGroup(taken);
        return;
      }
      const alone = Map.groupBy(group, ({ actor, instance }) =>
        [actor.accountId, instance.studyInstanceUid, instance.seriesInstanceUid].join(' '),
      );
      if (alone.size === 1 || this.#isAway(error)) {
        for (const promised of group) promised.failed(error);
        return;
      }
      for (const series of alone.values()) await this.#commitGroup(series);
    }
  }
}

/**
 * What one request sends, which hears of none of it before its end. Committed as they came, twenty slices were two or three commits, of which
 * each has its twenty statements and syncs; and three packs.
 *
 * Law     whoever has it ends it with the request, however that ends. What it holds is handed over where others wait for memory: by
 *         `GroupCommit.handOver` as they begin to, and as it is added while they do.
 */
export class Batch {
  readonly #memory: Pick<ByteBudget, 'short'>;
  readonly #take: (promised: readonly Promised[]) => void;
  readonly #whenEnded: () => void;
  #held: Promised[] = [];
  #bytes = 0;
  #uncommitted = 0;
  #wake = (): void => {};
  #ended = false;

  constructor(memory: Pick<ByteBudget, 'short'>, take: (promised: readonly Promised[]) => void, ended: () => void) {
    this.#memory = memory;
    this.#take = take;
    this.#whenEnded = ended;
  }

  add(waiting: Waiting): Promise<Outcome> {
    const outcome = new Promise<Outcome>((done, failed) => {
      this.#held.push({ ...waiting, ...namesOf(waiting), done, failed });
      this.#bytes += waiting.instance.bytes;
      const many = this.#bytes >= maxBatchBytes || this.#held.length >= maxBatchInstances;
      // What no pack names is swept once it is a day old, and a sender may take longer than that over the rest.
      const stored = waiting.instance.storedImage !== undefined;
      if (this.#ended || many || stored || this.#memory.short) this.handOver();
    });
    this.#uncommitted += 1;
    const settled = (): void => {
      this.#uncommitted -= 1;
      this.#wake();
    };
    void outcome.then(settled, settled);
    return outcome;
  }

  /**
   * Resolves when few enough wait for their commit. Whoever makes files of what is in memory already waits for no memory, and of
   * 32 MiB of metadata come more instances than there is memory for.
   */
  async room(): Promise<void> {
    while (this.#uncommitted >= maxUncommitted) {
      this.handOver();
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** To the next commit. */
  handOver(): void {
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    this.#bytes = 0;
    this.#take(held);
  }

  /** No more comes; what does nevertheless waits for nothing. */
  end(): void {
    this.#ended = true;
    this.#whenEnded();
    this.handOver();
  }
}

function namesOf({ actor, instance }: Waiting): Pick<Promised, 'names' | 'locked'> {
  const named = (what: string, name: string): string => `${actor.accountId} ${what} ${name}`;
  const locked = sharedBy(instance).map(([what, name]) => named(what, name));
  return { names: [named('sopUid', instance.sopInstanceUid), ...locked], locked };
}
