/**
 * Cuts a flow of bytes into segments: the first of one size, all later ones of another, the last what remains.
 *
 * Shape   in: pieces of any size. out: views, each good until the next is asked for.
 * Law     A full segment is held back until a byte follows it, since only then it is known not to be the last.
 * Cost    Whole segments inside one piece are not copied; what is held back is, so that a caller may reuse the piece.
 */
export class SegmentCutter {
  readonly #laterBytes: number;
  #segmentBytes: number;
  #kept = new Uint8Array(0);
  #keptBytes = 0;

  constructor(firstBytes: number, laterBytes: number) {
    this.#segmentBytes = firstBytes;
    this.#laterBytes = laterBytes;
  }

  *push(piece: Uint8Array): Generator<Uint8Array, void> {
    let at = 0;
    if (this.#keptBytes > 0) {
      at = Math.min(this.#segmentBytes - this.#keptBytes, piece.length);
      this.#keep(piece.subarray(0, at));
      if (at === piece.length) return;
      const whole = this.rest();
      this.#keptBytes = 0;
      this.#segmentBytes = this.#laterBytes;
      yield whole;
    }
    while (piece.length - at > this.#segmentBytes) {
      const whole = piece.subarray(at, at + this.#segmentBytes);
      at += this.#segmentBytes;
      this.#segmentBytes = this.#laterBytes;
      yield whole;
    }
    this.#keep(piece.subarray(at));
  }

  /** What no later byte followed: the last segment, which may be empty. */
  rest(): Uint8Array {
    return this.#kept.subarray(0, this.#keptBytes);
  }

  #keep(bytes: Uint8Array): void {
    const keptBytes = this.#keptBytes + bytes.length;
    if (keptBytes > this.#kept.length) {
      // Doubled, so that many small pieces cost linear time; bounded, so that one small object does not cost a segment.
      const grown = new Uint8Array(Math.min(this.#segmentBytes, Math.max(keptBytes, 2 * this.#kept.length)));
      grown.set(this.rest());
      this.#kept = grown;
    }
    this.#kept.set(bytes, this.#keptBytes);
    this.#keptBytes = keptBytes;
  }
}

/** Cuts bytes whose end is known, each segment in as many pieces as it lies in; nothing is copied. */
export function* cutWhole(
  pieces: readonly Uint8Array[],
  firstBytes: number,
  laterBytes: number,
): Generator<{ plain: readonly Uint8Array[]; last: boolean }, void> {
  let remaining = pieces.reduce((bytes, piece) => bytes + piece.length, 0);
  let segmentBytes = firstBytes;
  let index = 0;
  let at = 0;
  do {
    let missing = Math.min(segmentBytes, remaining);
    remaining -= missing;
    const parts: Uint8Array[] = [];
    while (missing > 0) {
      const part = pieces[index]!.subarray(at, at + missing);
      if (part.length > 0) parts.push(part);
      missing -= part.length;
      at += part.length;
      if (at === pieces[index]!.length) {
        index += 1;
        at = 0;
      }
    }
    yield { plain: parts, last: remaining === 0 };
    segmentBytes = laterBytes;
  } while (remaining > 0);
}
