/**
 * Memory that many share: whoever would exceed `limit` waits, except the one who has waited longest among those that
 * hold something, so that somebody can always finish. Bound: `limit` and one object.
 */
export class ByteBudget {
  readonly #limit: number;
  readonly #holdings = new Set<Holding>();
  #waiting: (() => void)[] = [];
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  open(): Holding {
    const holding = new Holding(
      (bytes) => this.#take(holding, bytes),
      (bytes) => this.#give(bytes),
      (bytes) => {
        this.#holdings.delete(holding);
        this.#give(bytes);
      },
    );
    this.#holdings.add(holding);
    return holding;
  }

  async #take(holding: Holding, bytes: number): Promise<void> {
    while (this.#used + bytes > this.#limit && this.#holdings.values().next().value !== holding) {
      await new Promise<void>((wake) => this.#waiting.push(wake));
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
  readonly #give: (bytes: number) => void;
  readonly #release: (bytes: number) => void;
  #bytes = 0;
  #released = false;

  constructor(take: (bytes: number) => Promise<void>, give: (bytes: number) => void, release: (bytes: number) => void) {
    this.#take = take;
    this.#give = give;
    this.#release = release;
  }

  async take(bytes: number): Promise<void> {
    await this.#take(bytes);
    this.#bytes += bytes;
  }

  /** Gives part of it back: what is elsewhere by now. */
  give(bytes: number): void {
    if (this.#released || bytes === 0) return;
    this.#bytes -= bytes;
    this.#give(bytes);
  }

  /** Gives everything back; a second time does nothing. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#release(this.#bytes);
    this.#bytes = 0;
  }
}
