/** Cuts what comes in pieces of any size into pieces of the sizes that are asked for. */
export class Taker {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncGenerator<Uint8Array>) {
    this.#pieces = pieces;
  }

  /** The next bytes, fewer only where they end; a view where one piece holds them all. */
  async take(bytes: number): Promise<Uint8Array> {
    if (this.#left.length === 0) await this.#next();
    if (this.#left.length >= bytes) return this.#cut(bytes);
    const taken = new Uint8Array(bytes);
    let at = 0;
    while (at < bytes && (this.#left.length > 0 || (await this.#next()))) {
      const part = this.#cut(bytes - at);
      taken.set(part, at);
      at += part.length;
    }
    return at === bytes ? taken : taken.subarray(0, at);
  }

  /** The next piece as it came, of at most so many bytes; empty where they end. */
  async some(most: number): Promise<Uint8Array> {
    if (this.#left.length === 0) await this.#next();
    return this.#cut(most);
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined);
  }

  #cut(most: number): Uint8Array {
    const part = this.#left.subarray(0, most);
    this.#left = this.#left.subarray(part.length);
    return part;
  }

  async #next(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done) return false;
    this.#left = next.value;
    return true;
  }
}
