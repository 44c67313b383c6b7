/** What a reader throws, and catches, where the bytes that it needs have not come yet. */
export const suspension = new Error('more bytes are needed');

/** The bytes that a reader reads: all of a file, or what has come of it, pixel data taken out. */
export type Source = {
  readonly grows: boolean;
  bytes: Uint8Array;
  /** How many of them there are; more may come until `final`. */
  end: number;
  final: boolean;
  /** How many bytes of the file were taken out before the next one to be read. */
  taken: number;
  /** How many there must be before it is worth reading on. */
  wanted: number;
};

/** All of a file; or, where more might follow, its beginning. */
export function wholeSource(bytes: Uint8Array, final = true): Source {
  return { grows: false, bytes, end: bytes.length, final, taken: 0, wanted: 0 };
}

/** Throws `suspension` unless there are bytes up to `to`, or no more come. */
export function need(source: Source, to: number): void {
  if (to <= source.end || source.final) return;
  source.wanted = to;
  throw suspension;
}

/** Enough for most headers; making and clearing more costs what parsing does. */
const firstBytes = 16 * 1024;

/** A source that grows. Cost: each byte is copied once in, and once more for every doubling. */
export function growingSource(): Source {
  return { grows: true, bytes: new Uint8Array(firstBytes), end: 0, final: false, taken: 0, wanted: 0 };
}

export function append(source: Source, chunk: Uint8Array): void {
  const end = source.end + chunk.length;
  if (end > source.bytes.length) {
    const grown = new Uint8Array(Math.max(end, source.bytes.length * 2));
    grown.set(source.bytes.subarray(0, source.end));
    source.bytes = grown;
  }
  source.bytes.set(chunk, source.end);
  source.end = end;
}
