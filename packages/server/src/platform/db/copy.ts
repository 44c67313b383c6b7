import type pg from 'pg';

/** What of pg's connection a COPY needs; its types leave these out. */
type Wire = {
  query(text: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(why: string): void;
  readonly stream: NodeJS.ReadWriteStream & { readonly writableNeedDrain: boolean; destroy(): void };
};

/** Bytes of a COPY that wait for their reader before the server is asked to wait. */
const mostWaiting = 1024 * 1024;

/** One COPY statement on a connection, as pg's client drives it. Source: PostgreSQL's protocol, "COPY Operations". */
class Copy {
  rows = 0;
  readonly #text: string;
  readonly #ended = Promise.withResolvers<void>();
  readonly #pump: ((wire: Wire) => Promise<void>) | undefined;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #wake: (() => void) | undefined;
  #over = false;
  #error: unknown;
  #wire: Wire | undefined;
  /** pg's client sets it, and calls nothing of it by itself. */
  callback: unknown = () => {};

  constructor(text: string, pump?: (wire: Wire) => Promise<void>) {
    this.#text = text;
    this.#pump = pump;
    this.#ended.promise.catch(() => {});
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  submit(connection: unknown): void {
    this.#wire = connection as Wire;
    this.#wire.query(this.#text);
  }

  handleCopyInResponse(): void {
    const wire = this.#wire as Wire;
    this.#pump?.(wire).then(
      () => wire.endCopyFrom(),
      (error: unknown) => {
        this.#error = error;
        wire.sendCopyFail('what is copied could not be read');
      },
    );
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // pg uses the memory of its messages again.
    this.#waiting.push(Buffer.from(chunk));
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > mostWaiting) this.#wire?.stream.pause();
    this.#wake?.();
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    if (this.#error === undefined) this.#end();
    else this.#fail(this.#error);
  }

  handleError(error: unknown): void {
    this.#fail(this.#error ?? error);
  }

  #end(): void {
    this.#ended.resolve();
    this.#leave();
  }

  #fail(error: unknown): void {
    this.#error = error;
    this.#ended.reject(error);
    this.#leave();
  }

  /** The end may come with what made the server wait: whoever asks it next waits for its answer. */
  #leave(): void {
    this.#over = true;
    this.#wire?.stream.resume();
    this.#wake?.();
  }

  async *pieces(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const some = this.#waiting.splice(0);
        this.#waitingBytes = 0;
        if (some.length > 0) {
          yield Buffer.concat(some);
          continue;
        }
        if (this.#over) break;
        const woken = Promise.withResolvers<void>();
        this.#wake = woken.resolve;
        this.#wire?.stream.resume();
        if (this.#waiting.length === 0 && !this.#over) await woken.promise;
      }
      await this.#ended.promise;
    } finally {
      // Who reads no further cannot leave the rest on the line.
      if (!this.#over) this.#wire?.stream.destroy();
    }
  }
}

/** The bytes that a `COPY … TO STDOUT` gives, as they come; a reader that is slow slows the server. */
export function copyOut(client: pg.ClientBase, statement: string): { pieces: AsyncGenerator<Buffer>; rows(): number } {
  const copy = new Copy(statement);
  client.query(copy as unknown as pg.Submittable);
  return { pieces: copy.pieces(), rows: () => copy.rows };
}

/** Feeds a `COPY … FROM STDIN`; returns how many rows it made. What `pieces` throws is thrown on, and no row was made. */
export async function copyIn(
  client: pg.ClientBase,
  statement: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
  const copy = new Copy(statement, async (wire) => {
    for await (const piece of pieces) {
      wire.sendCopyFromChunk(piece);
      if (wire.stream.writableNeedDrain) await drained(wire);
    }
  });
  client.query(copy as unknown as pg.Submittable);
  await copy.ended;
  return copy.rows;
}

/** A connection that breaks drains never: its end is an end, too. */
function drained({ stream }: Wire): Promise<void> {
  return new Promise((done) => {
    const over = (): void => {
      stream.off('drain', over).off('close', over);
      done();
    };
    stream.on('drain', over).on('close', over);
  });
}
