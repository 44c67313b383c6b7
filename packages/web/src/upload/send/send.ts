import { ClientError, type Exchange, me, Patience, type UploadFile, upload, type Waiting } from '@symbolon/client';
import type { EndFacts, SendFacts, SendState, StudyProgress } from '../messages.ts';
import type { LeftBook } from '../scan/left-book.ts';
import type { Item } from '../scan/scan.ts';
import type { WakingClock } from './clock.ts';
import { Halt, haltOf } from './halt.ts';
import { LazyBody } from './lazy-body.ts';
import { Outcomes } from './outcomes.ts';
import { Pace } from './pace.ts';

/** Browsers give six connections to one host: the pages of the app need theirs. */
const connections = 3;
/** Of one request. Units: bytes. */
const batchBytes = 16 << 20;
const maxDelayMs = 10_000;

class Outgoing implements UploadFile {
  readonly item: Item;
  readonly body: LazyBody;
  constructor(item: Item) {
    this.item = item;
    this.body = new LazyBody(item.source, item.sha256);
  }
  get path(): string {
    return this.item.source.path;
  }
  get sha256(): string {
    return this.item.sha256;
  }
  get bytes(): number {
    return this.item.source.bytes;
  }
}

type World = {
  readonly exchange: Exchange;
  readonly clock: WakingClock;
  readonly left: LeftBook;
  /** Told when the state changed; progress is there to be looked at. */
  readonly onState: () => void;
  readonly onEnd: () => void;
};

/** One upload: sends what was chosen, through outages, pauses and signing in again, and keeps its books. */
export class Send {
  readonly outcomes: Outcomes;
  readonly #world: World;
  readonly #files: readonly Outgoing[];
  readonly #ofBytes: number;
  readonly #pace = new Pace();
  readonly #began: number;
  readonly #studies = new Map<number, { images: number; ofImages: number; refused: number }>();
  readonly #changed = new Set<number>();
  #stop = new AbortController();
  #state: SendState = { kind: 'paused' };
  #underWay = 0;
  /** What is known to be held will not travel. */
  #toTravel: number;
  #userId: string | undefined;
  #ended = false;
  #elapsedMs = 0;

  constructor(world: World, items: readonly Item[]) {
    this.#world = world;
    this.outcomes = new Outcomes(world.left);
    this.#files = items.map((item) => new Outgoing(item));
    this.#ofBytes = items.reduce((sum, { source }) => sum + source.bytes, 0);
    this.#toTravel = items.reduce((sum, { source, held }) => sum + (held ? 0 : source.bytes), 0);
    this.#began = world.clock.now();
    for (const { study } of items) {
      const progress = this.#studies.get(study) ?? { images: 0, ofImages: 0, refused: 0 };
      progress.ofImages += 1;
      this.#studies.set(study, progress);
      this.#changed.add(study);
    }
  }

  async go(): Promise<void> {
    if (this.#ended || this.#state.kind === 'sending' || this.#state.kind === 'waiting') return;
    this.#stop = new AbortController();
    this.#become({ kind: 'sending' });
    const { exchange, clock } = this.#world;
    const patience = { giveUpAfterMs: Number.POSITIVE_INFINITY, maxDelayMs, onWait: this.#waiting };
    try {
      await this.#samePerson(new Patience(clock, { ...patience, signal: this.#stop.signal }));
      await upload({ exchange, clock }, this.#unsettled(), {
        connections,
        batchBytes,
        pageBytes: batchBytes,
        patience,
        signal: this.#stop.signal,
        onSent: (bytes) => this.#moved(bytes),
        onOutcome: (file, outcome) => {
          if (file instanceof Outgoing) this.#settle(file, outcome);
        },
      });
      this.finish();
    } catch (error) {
      if (this.#ended) return;
      this.#underWay = 0;
      if (error instanceof ClientError && error.code === 'STOPPED') this.#become({ kind: 'paused' });
      else {
        const { why, code } = haltOf(error);
        this.#become({ kind: 'halted', why, code });
      }
    }
  }

  pause(): void {
    if (this.#state.kind !== 'sending' && this.#state.kind !== 'waiting') return;
    this.#become({ kind: 'pausing' });
    this.#stop.abort();
  }

  /** Ends it here: what has not been sent is not sent. */
  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#elapsedMs = this.#world.clock.now() - this.#began;
    this.#stop.abort();
    this.#world.onEnd();
  }

  facts(): SendFacts {
    const { doneBytes, settled } = this.outcomes;
    const now = this.#world.clock.now();
    if (this.#state.kind === 'sending') this.#pace.sample(now, this.outcomes.takenBytes + this.#underWay);
    return {
      state: this.#state,
      images: settled.size,
      ofImages: this.#files.length,
      doneBytes,
      movedBytes: Math.min(this.#ofBytes, doneBytes + this.#underWay),
      ofBytes: this.#ofBytes,
      bytesPerSecond: this.#pace.bytesPerSecond,
      leftMs: this.#pace.leftMs(this.#toTravel),
    };
  }

  takeChanged(): StudyProgress[] {
    const changed = [...this.#changed].flatMap((key) => {
      const progress = this.#studies.get(key);
      return progress === undefined ? [] : [{ key, ...progress }];
    });
    this.#changed.clear();
    return changed;
  }

  end(): EndFacts {
    const { takenCount, takenBytes, alreadyHeld, refused, settled } = this.outcomes;
    const notSent = this.#files.length - settled.size;
    return { taken: takenCount, takenBytes, alreadyHeld, refused, notSent, elapsedMs: this.#elapsedMs };
  }

  async *#unsettled(): AsyncGenerator<Outgoing> {
    for (const file of this.#files) if (!this.outcomes.settled.has(file.item)) yield file;
  }

  /** Who signs in again in the middle may be somebody else, whose studies these are not to become. */
  async #samePerson(patience: Patience): Promise<void> {
    const { userId } = await patience.persist(() => me(this.#world.exchange, this.#stop.signal));
    this.#userId ??= userId;
    if (userId !== this.#userId) throw new Halt('somebody else', 'ACCESS_REFUSED');
  }

  readonly #waiting = ({ delayMs, sinceMs }: Waiting): void => {
    if (this.#state.kind !== 'sending' && this.#state.kind !== 'waiting') return;
    const now = this.#world.clock.now();
    this.#become({ kind: 'waiting', since: now - sinceMs, retryAt: now + delayMs });
  };

  #moved(bytes: number): void {
    this.#underWay = Math.max(0, this.#underWay + bytes);
    if (bytes > 0 && this.#state.kind === 'waiting') this.#become({ kind: 'sending' });
  }

  #settle({ item, body }: Outgoing, outcome: Parameters<Outcomes['settle']>[1]): void {
    if (this.#ended) return;
    const refused = this.outcomes.settle(item, outcome, body.tried);
    if (!item.held) this.#toTravel -= item.source.bytes;
    const progress = this.#studies.get(item.study);
    if (progress !== undefined) {
      if (refused) progress.refused += 1;
      else progress.images += 1;
    }
    this.#changed.add(item.study);
    if (this.#state.kind === 'waiting') this.#become({ kind: 'sending' });
  }

  #become(state: SendState): void {
    this.#state = state;
    this.#world.onState();
  }
}
