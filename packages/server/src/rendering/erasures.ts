/** Counts erasures, so that what was read before one is not kept after it. */
export class Erasures {
  #count = 0;

  /** To be asked before what is read from now on is kept: whether nothing was erased meanwhile. */
  since(): () => boolean {
    const began = this.#count;
    return () => began === this.#count;
  }

  another(): void {
    this.#count += 1;
  }
}
