type Waiting = { readonly go: () => void; readonly giveUp: (error: unknown) => void };

/** Those who wait for their turn: of many, each in turn gets one, however many places one of them has taken. */
export class FairQueue {
  /** In the order in which it is their turn; nobody without a place. */
  readonly #lines = new Map<string, Waiting[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  placesOf(who: string): number {
    return this.#lines.get(who)?.length ?? 0;
  }

  /** Resolves when it is one's turn; who hangs up leaves the queue. */
  wait(who: string, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#remove(who, waiting);
        reject(signal?.reason);
      };
      const waiting: Waiting = {
        go: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
        giveUp: (error) => {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      const line = this.#lines.get(who) ?? [];
      line.push(waiting);
      this.#lines.set(who, line);
      this.#length += 1;
    });
  }

  /** Lets the next one go; whose turn it was comes last now. False where nobody waits. */
  next(): boolean {
    const [first] = this.#lines;
    if (!first) return false;
    const [who, line] = first;
    const waiting = line[0] as Waiting;
    this.#remove(who, waiting);
    if (this.#lines.delete(who)) this.#lines.set(who, line);
    waiting.go();
    return true;
  }

  /** Turns everybody away. */
  clear(error: unknown): void {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    this.#length = 0;
    for (const { giveUp } of lines.flat()) giveUp(error);
  }

  #remove(who: string, waiting: Waiting): void {
    const line = this.#lines.get(who);
    const at = line?.indexOf(waiting) ?? -1;
    if (!line || at < 0) return;
    line.splice(at, 1);
    this.#length -= 1;
    if (line.length === 0) this.#lines.delete(who);
  }
}
