/**
 * Memory that many share: whoever would exceed `limit` waits, except the one who has waited longest among those that
 * hold something, so that somebody can always finish. Bound: `limit` and one object.
 */
export class ByteBudget {
  readonly #limit: number;
  readonly #whenShort: () => void;
  readonly #holdings = new Set<Holding>();
  #waiting: (() => void)[] = [];
  #used = 0;

  /** `whenShort` hears that somebody begins to wait, where nobody did. */
  constructor(limit: number, whenShort: () => void = () => {}) {
    this.#limit = limit;
    this.#whenShort = whenShort;
  }

  /** Whether somebody waits for what others hold. */
  get short(): boolean {
    return this.#waiting.length > 0;
  }

  open(): Holding {
    return this.#openWith(0);
  }

  #openWith(held: number): Holding {
    const holding = new Holding(
      (bytes) => this.#take(holding, bytes),
      (bytes) => {
        this.#used += bytes;
      },
      (bytes) => this.#give(bytes),
      (bytes) => {
        this.#holdings.delete(holding);
        this.#give(bytes);
      },
      (bytes) => this.#openWith(bytes),
      held,
    );
    this.#holdings.add(holding);
    return holding;
  }

  async #take(holding: Holding, bytes: number): Promise<void> {
    // Whose holding is released waits no longer: what it takes it gives back at once.
    while (
      this.#used + bytes > this.#limit &&
      this.#holdings.values().next().value !== holding &&
      this.#holdings.has(holding)
    ) {
      const waiting = new Promise<void>((wake) => this.#waiting.push(wake));
      // Of a thousand who wait, each wakes with every byte that is given back.
      if (this.#waiting.length === 1) this.#whenShort();
      await waiting;
    }
    this.#used += bytes;
  }

  #give(bytes: number): void {
    this.#used -= bytes;
    const wakened = this.#waiting;
    this.#waiting = [];
    for (const wake of wakened) wake();
  }
}

/** What one object holds of a budget. */
export class Holding {
  readonly #take: (bytes: number) => Promise<void>;
  readonly #count: (bytes: number) => void;
  readonly #give: (bytes: number) => void;
  readonly #release: (bytes: number) => void;
  readonly #openWith: (bytes: number) => Holding;
  #bytes: number;
  #released = false;

  constructor(
    take: (bytes: number) => Promise<void>,
    count: (bytes: number) => void,
    give: (bytes: number) => void,
    release: (bytes: number) => void,
    openWith: (bytes: number) => Holding,
    bytes: number,
  ) {
    this.#take = take;
    this.#count = count;
    this.#give = give;
    this.#release = release;
    this.#openWith = openWith;
    this.#bytes = bytes;
  }

  /** Waits for its turn; where it is released meanwhile, or was, nothing is held. */
  async take(bytes: number): Promise<void> {
    await this.#take(bytes);
    if (this.#released) this.#give(bytes);
    else this.#bytes += bytes;
  }

  /** Counts a little that it holds already, without a wait: those who take something next wait for it. */
  count(bytes: number): void {
    if (this.#released) return;
    this.#bytes += bytes;
    this.#count(bytes);
  }

  /** What it holds now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Gives part of it back: what is elsewhere by now. */
  give(bytes: number): void {
    if (this.#released || bytes === 0) return;
    this.#bytes -= bytes;
    this.#give(bytes);
  }

  /**
   * Makes part of it another holding's, without a wait: whoever waited here for what it holds already would wait for
   * itself.
   */
  part(bytes: number): Holding {
    if (this.#released) return this.#openWith(0);
    this.#bytes -= bytes;
    return this.#openWith(bytes);
  }

  /** Gives everything back; a second time does nothing. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#release(this.#bytes);
    this.#bytes = 0;
  }
}

/**
 * How long somebody outside may be waited for who keeps something of a budget: as long as it takes while nobody wants it,
 * and for `mostMs` of an unbroken time in which others do.
 */
export class Patience {
  readonly #budget: Pick<ByteBudget, 'short'>;
  readonly #mostMs: number;
  #ms = 0;

  constructor(budget: Pick<ByteBudget, 'short'>, mostMs: number) {
    this.#budget = budget;
    this.#mostMs = mostMs;
  }

  /** Hears how long they were waited for this time; whether that is over. */
  isOver(waitedMs: number, holdsMuch: boolean): boolean {
    this.#ms = holdsMuch && this.#budget.short ? this.#ms + waitedMs : 0;
    return this.#ms > this.#mostMs;
  }
}
