import type { SignedIn } from '../access/index.ts';
import type { IncomingInstance } from './instance.ts';

export type Outcome =
  | { readonly kind: 'taken'; readonly sha256: string }
  | { readonly kind: 'already held'; readonly sha256: string; readonly heldSha256: string }
  /** `keptAside` now, or before: what was kept aside already is not kept again. */
  | { readonly kind: 'conflict'; readonly sha256: string; readonly keptAside: 'now' | 'before' };

/** An instance that waits for the next commit. */
export type Waiting = { readonly actor: SignedIn; readonly instance: IncomingInstance };

type Promised = Waiting & { readonly done: (outcome: Outcome) => void; readonly failed: (error: unknown) => void };

/** One commit takes at most this much, so that its memory and its locks stay bounded. Bytes. */
const maxCommitBytes = 256 * 1024 * 1024;
const maxCommitInstances = 4096;

/**
 * Group commit without a timer: a commit takes whatever waited during the last one. Under load the groups grow by
 * themselves; a lone sender waits for nothing.
 *
 * Law     an outcome is given out only after `commit` returned, which is when everything is durable.
 *         Where a group fails, each of its series is tried alone, so that one cannot spoil the others.
 */
export class GroupCommit {
  readonly #commit: (waiting: readonly Waiting[]) => Promise<Outcome[]>;
  readonly #isAway: (error: unknown) => boolean;
  #queue: Promised[] = [];
  #running: Promise<void> | undefined;

  constructor(commit: (waiting: readonly Waiting[]) => Promise<Outcome[]>, isAway: (error: unknown) => boolean) {
    this.#commit = commit;
    this.#isAway = isAway;
  }

  add(waiting: Waiting): Promise<Outcome> {
    return new Promise((done, failed) => {
      this.#queue.push({ ...waiting, done, failed });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // Lets what has arrived in this turn of the event loop join the first group.
    await new Promise((next) => setImmediate(next));
    while (this.#queue.length > 0) await this.#commitGroup(this.#takeGroup());
    // In the same breath as the look at the queue: what is added a moment later must start the next run.
    this.#running = undefined;
  }

  #takeGroup(): Promised[] {
    let bytes = 0;
    let count = 0;
    for (const { instance } of this.#queue) {
      if (count > 0 && (bytes + instance.bytes > maxCommitBytes || count >= maxCommitInstances)) break;
      bytes += instance.bytes;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #commitGroup(group: readonly Promised[]): Promise<void> {
    try {
      const outcomes = await this.#commit(group);
      group.forEach((promised, at) => {
        promised.done(outcomes[at] as Outcome);
      });
    } catch (error) {
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
