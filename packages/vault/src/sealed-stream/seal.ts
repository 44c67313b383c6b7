import { VaultError } from '../errors.ts';
import type { MaybePromise, Primitives } from '../primitives.ts';
import { type OpenedHeader, type StreamKey, writeHeader } from './header.ts';
import { firstPlainBytes, laterPlainBytes, requireSegmentCount, streamSegmentBytes } from './layout.ts';
import { cutWhole, SegmentCutter } from './segment-cutter.ts';

/** `segmentBytes`: a power of two from 64 KiB, the default, to 1 MiB; one byte from the middle costs a segment to read. */
export type SealOptions = { readonly segmentBytes?: number };

/**
 * Seals a stream from front to back, in pieces of any size.
 *
 * Shape   `header` is the first piece of the sealed stream; what `push` and `finish` answer follows, in order.
 * Law     The pieces joined are a sealed stream of what was pushed. One call at a time: each is awaited before the next.
 *         After a failure the sealer is of no use, since a segment's nonce is never used twice.
 * Cost    Holds back one segment at most. A whole segment inside one pushed piece is sealed in place; the rest is copied.
 * Source  docs/formats/sealed-stream.md.
 *
 * @throws VaultError VAULT_LENGTH_WRONG  key, key id or segment size; or more than 2³¹ − 1 segments
 * @throws VaultError VAULT_OUT_OF_TURN   a call during another, after `finish`, or after a failure
 */
export class StreamSealer {
  readonly header: Uint8Array;
  readonly #sealed: OpenedHeader;
  readonly #cutter: SegmentCutter;
  #segments = 0;
  #state: 'ready' | 'busy' | 'closed' = 'ready';

  private constructor(sealed: OpenedHeader) {
    this.header = sealed.header;
    this.#sealed = sealed;
    this.#cutter = new SegmentCutter(firstPlainBytes(sealed.segmentBytes), laterPlainBytes(sealed.segmentBytes));
  }

  static async create(p: Primitives, streamKey: StreamKey, options: SealOptions = {}): Promise<StreamSealer> {
    return new StreamSealer(await writeHeader(p, streamKey, options.segmentBytes ?? streamSegmentBytes));
  }

  /** `plain` may be reused once the promise is fulfilled. */
  async push(plain: Uint8Array): Promise<Uint8Array[]> {
    this.#begin();
    const pieces: Uint8Array[] = [];
    for (const segment of this.#cutter.push(plain)) {
      const sealing = this.#seal(segment, false, pieces);
      if (sealing !== undefined) await sealing;
    }
    this.#state = 'ready';
    return pieces;
  }

  async finish(): Promise<Uint8Array[]> {
    this.#begin();
    const pieces: Uint8Array[] = [];
    await this.#seal(this.#cutter.rest(), true, pieces);
    this.#state = 'closed';
    return pieces;
  }

  // A failure leaves 'busy', and so every later call is refused.
  #begin(): void {
    if (this.#state !== 'ready') throw new VaultError('VAULT_OUT_OF_TURN', `the sealer is ${this.#state}`);
    this.#state = 'busy';
  }

  #seal(plain: Uint8Array, last: boolean, pieces: Uint8Array[]): MaybePromise<void> {
    const index = this.#segments++;
    requireSegmentCount(this.#segments);
    return this.#sealed.cipher.seal(index, last, [plain], pieces);
  }
}

/**
 * Seals what is all there, in as many pieces as it may be.
 *
 * Shape   out: the header, then the segments, each in one piece or, with `sealDetached`, in several.
 * Law     As if pushed to a `StreamSealer`.
 * Cost    With `sealDetached` nothing is copied but what lies in many small pieces; without, what spans two.
 *
 * @throws VaultError VAULT_LENGTH_WRONG  key, key id or segment size; or more than 2³¹ − 1 segments
 */
export async function sealWhole(
  p: Primitives,
  streamKey: StreamKey,
  plain: readonly Uint8Array[],
  options: SealOptions = {},
): Promise<Uint8Array[]> {
  const { header, segmentBytes, cipher } = await writeHeader(p, streamKey, options.segmentBytes ?? streamSegmentBytes);
  const pieces = [header];
  let index = 0;
  for (const segment of cutWhole(plain, firstPlainBytes(segmentBytes), laterPlainBytes(segmentBytes))) {
    requireSegmentCount(index + 1);
    const sealing = cipher.seal(index++, segment.last, segment.plain, pieces);
    if (sealing !== undefined) await sealing;
  }
  return pieces;
}
