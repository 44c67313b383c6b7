/** How fast it goes, and how long it will take. Units: bytes, milliseconds. */
const halfLifeMs = 6000;
/** Before that much time has been seen, a rate is a guess. */
const seenMs = 1500;
/** A pause or an outage tells nothing of the rate. */
const longestGapMs = 3000;

export class Pace {
  #at: number | undefined;
  #moved = 0;
  #seenMs = 0;
  #weight = 0;
  #rate = 0;

  /** `moved`: bytes that went over the network so far. A number that shrinks (a request that broke) counts as no motion. */
  sample(now: number, moved: number): void {
    const elapsed = this.#at === undefined ? 0 : now - this.#at;
    if (this.#at === undefined || elapsed > longestGapMs) {
      this.#at = now;
      this.#moved = moved;
      return;
    }
    if (elapsed < 100) return;
    const keep = 0.5 ** (elapsed / halfLifeMs);
    // Weights sum to less than one at first: dividing by their sum keeps the first seconds honest.
    this.#rate = this.#rate * keep + (Math.max(0, moved - this.#moved) / elapsed) * (1 - keep);
    this.#weight = this.#weight * keep + (1 - keep);
    this.#seenMs += elapsed;
    this.#at = now;
    this.#moved = moved;
  }

  get bytesPerSecond(): number | undefined {
    return this.#seenMs < seenMs ? undefined : (this.#rate / this.#weight) * 1000;
  }

  /** `left`: bytes that nobody acknowledged yet. */
  leftMs(left: number): number | undefined {
    const rate = this.bytesPerSecond;
    return rate === undefined || rate < 1 ? undefined : (left / rate) * 1000;
  }
}
