import type { FastifyReply } from 'fastify';
import { type ByteBudget, Patience } from '../byte-budget.ts';
import { pieceBytes, shortPieces } from './short-pieces.ts';

/** Who takes an answer. */
export type Receiver = {
  /** Aborted where they hang up before its end. */
  readonly signal: AbortSignal;
  /** Calls it when the answer is over, however it ends; returns what takes that back. */
  whenOver(then: () => void): () => void;
  /** Breaks the answer off. */
  cut(): void;
};

export function receiverOf({ raw }: FastifyReply): Receiver {
  const hungUp = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) hungUp.abort();
  });
  if (raw.destroyed) hungUp.abort();
  return {
    signal: hungUp.signal,
    whenOver(then) {
      if (raw.destroyed) then();
      else raw.once('close', then);
      return () => raw.off('close', then);
    },
    cut: () => raw.destroy(),
  };
}

/** More is refused by who makes it. Bytes. */
const mostBytes = 256 * pieceBytes;
/** Who takes a mebibyte a second is never cut off; who takes less, when others wait for so long in a row. */
const slowMs = 30_000;
const lookEachMs = 5_000;

/** Memory for what is made for one receiver, until they took it. */
export type Room = {
  /** Gives it out as it is taken. */
  sent(made: Uint8Array): AsyncGenerator<Uint8Array>;
  /** It came to so many bytes: what was taken beyond them is given back. */
  cameTo(bytes: number): void;
  release(): void;
};

/**
 * Waits until there is room for what is about to be made: all that receivers have not taken yet counts together. It is given back
 * with `release`, or when the answer is over.
 *
 * Law  whoever is slow while others wait is cut off, so that some who do not read keep nobody from being served
 */
export async function roomFor(budget: ByteBudget, bytes: number, to: Receiver): Promise<Room> {
  const holding = budget.open();
  const patience = new Patience(budget, slowMs);
  let [isSending, taken] = [false, 0];
  let looking: NodeJS.Timeout | undefined;
  let stay = (): void => {};
  const release = (): void => {
    clearInterval(looking);
    stay();
    holding.release();
  };
  stay = to.whenOver(release);
  if (bytes > pieceBytes) await holding.take(Math.min(bytes, mostBytes));
  to.signal.throwIfAborted();
  const look = (): void => {
    const isSlow = isSending && taken < (lookEachMs / 1000) * pieceBytes;
    taken = 0;
    if (patience.isOver(lookEachMs, isSlow)) to.cut();
  };
  if (bytes > pieceBytes) looking = setInterval(look, lookEachMs).unref();
  return {
    async *sent(made) {
      isSending = true;
      try {
        for (const piece of shortPieces(made)) {
          yield piece;
          taken += pieceBytes;
        }
      } finally {
        isSending = false;
      }
    },
    cameTo: (made) => holding.give(Math.max(0, holding.bytes - made)),
    release,
  };
}
