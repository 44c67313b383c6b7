import { joined } from '../bytes.ts';
import { VaultError } from '../errors.ts';
import { isLater, type MaybePromise, type Primitives } from '../primitives.ts';
import { type OpenedHeader, readHeader, type StreamKey } from './header.ts';
import {
  leadingBytes,
  plainSize,
  requireSegmentLength,
  segmentCount,
  segmentHolding,
  segmentPlainStart,
  segmentStart,
  streamHeaderBytes,
  tinkHeaderBytes,
} from './layout.ts';
import { SegmentCutter } from './segment-cutter.ts';

/** Where sealed bytes lie. `sealedBytes` comes from the row, not from the store: it is what shows that an end was cut off. */
export type SealedSource = {
  readonly sealedBytes: number;
  /** Exactly the bytes from `start` to `end`, end exclusive. */
  read(start: number, end: number): MaybePromise<Uint8Array>;
  /** Takes back what one `read` gave: it was opened, and nobody looks at it any more. */
  release?(sealed: Uint8Array): void;
};

/** One read asks for so many bytes at most: whole segments, of which the largest has as many. */
const runBytes = 2 ** 20;

/**
 * Opens ranges of one stream. Keeps what its header told, so that a second range costs neither a read nor a derivation.
 *
 * Law     A segment's bytes are released only after its tag verified.
 * Source  docs/formats/sealed-stream.md, "What a reader must do".
 */
export class StreamOpener {
  readonly segmentBytes: number;
  readonly #opened: OpenedHeader;

  private constructor(opened: OpenedHeader) {
    this.segmentBytes = opened.segmentBytes;
    this.#opened = opened;
  }

  /**
   * @param head the first 104 bytes of the stream, or more
   *
   * @throws VaultError VAULT_MAGIC_MISSING VAULT_VERSION_UNKNOWN VAULT_TRUNCATED VAULT_HEADER_WRONG VAULT_KEY_MISMATCH
   */
  static async create(p: Primitives, streamKey: StreamKey, head: Uint8Array): Promise<StreamOpener> {
    return new StreamOpener(await readHeader(p, streamKey, head));
  }

  /** As `openRange`, without reading the header. */
  range(source: SealedSource, start: number, end: number): AsyncGenerator<Uint8Array, void> {
    return openSegments(() => this.#opened, source, start, end);
  }
}

/**
 * Opens the plaintext from `start` to `end`, end exclusive.
 *
 * Shape   out: pieces in order, none empty, each at most a segment.
 * Law     The pieces joined are that part of what was sealed. An empty range opens the segment in which it lies.
 * Cost    One read of 104 bytes, then one for each MiB of whole segments; memory of one such read.
 *
 * @throws VaultError VAULT_RANGE_OUTSIDE  not within the plaintext
 * @throws VaultError VAULT_TAG_MISMATCH VAULT_TRUNCATED VAULT_TRAILING_BYTES VAULT_LENGTH_WRONG  and as `StreamOpener.create`
 */
export function openRange(
  p: Primitives,
  streamKey: StreamKey,
  source: SealedSource,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void> {
  const open = async () => {
    const head = await readExactly(source, 0, Math.min(streamHeaderBytes, source.sealedBytes));
    return readHeader(p, streamKey, head);
  };
  return openSegments(open, source, start, end);
}

// One generator, not three that delegate: each `yield*` costs a microsecond or two on every segment.
async function* openSegments(
  open: () => MaybePromise<OpenedHeader>,
  source: SealedSource,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void> {
  const { segmentBytes, cipher } = await open();
  const segments = segmentCount(source.sealedBytes, segmentBytes);
  requireRange(start, end, plainSize(source.sealedBytes, segmentBytes));
  const first = Math.min(segmentHolding(start, segmentBytes), segments - 1);
  const beyond = end > start ? segmentHolding(end - 1, segmentBytes) + 1 : first + 1;
  let run: Uint8Array = new Uint8Array(0);
  let runStart = 0;
  for (let index = first; index < beyond; index++) {
    const at = segmentStart(index, segmentBytes);
    if (at >= runStart + run.length) {
      const runBeyond = Math.min(index + runBytes / segmentBytes, beyond);
      runStart = at;
      run = await readExactly(source, at, Math.min(segmentStart(runBeyond, segmentBytes), source.sealedBytes));
    }
    const sealed = run.subarray(at - runStart, segmentStart(index + 1, segmentBytes) - runStart);
    const opening = cipher.open(index, index === segments - 1, sealed, at);
    const plain = isLater(opening) ? await opening : opening;
    const plainStart = segmentPlainStart(index, segmentBytes);
    const from = Math.max(0, start - plainStart);
    const to = Math.min(plain.length, end - plainStart);
    // Before its last segment goes out: whoever takes that one need not come again.
    const isRunsLast = index + 1 === beyond || segmentStart(index + 1, segmentBytes) >= runStart + run.length;
    if (isRunsLast) source.release?.(run);
    if (from < to) yield to - from === plain.length ? plain : plain.subarray(from, to);
  }
}

/** Opens a whole stream in memory: all of it or nothing. Throws as `openRange` does. */
export async function openWhole(p: Primitives, streamKey: StreamKey, sealed: Uint8Array): Promise<Uint8Array> {
  const opener = await StreamOpener.create(p, streamKey, sealed);
  const source = { sealedBytes: sealed.length, read: (start: number, end: number) => sealed.subarray(start, end) };
  const plain = new Uint8Array(plainSize(sealed.length, opener.segmentBytes));
  let at = 0;
  for await (const piece of opener.range(source, 0, plain.length)) {
    plain.set(piece, at);
    at += piece.length;
  }
  return plain;
}

/**
 * Opens a stream from front to back, from chunks of any size.
 *
 * Law     Ends without throwing only after the segment with the last-segment flag verified and no byte followed it.
 * Cost    Holds back one segment at most.
 *
 * @throws VaultError as `openRange` does
 */
export async function* openStream(
  p: Primitives,
  streamKey: StreamKey,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let head: Uint8Array = new Uint8Array(0);
  let opened: OpenedHeader | undefined;
  let cutter = new SegmentCutter(0, 0);
  let index = 0;
  let at = streamHeaderBytes;
  for await (const chunk of chunks) {
    let segmentsIn = chunk;
    if (opened === undefined) {
      const missing = streamHeaderBytes - head.length;
      head = joined(head, chunk.subarray(0, missing));
      if (head.length < streamHeaderBytes) continue;
      opened = await readHeader(p, streamKey, head);
      cutter = new SegmentCutter(opened.segmentBytes - tinkHeaderBytes, opened.segmentBytes);
      segmentsIn = chunk.subarray(missing);
    }
    for (const sealed of cutter.push(segmentsIn)) {
      const opening = opened.cipher.open(index, false, sealed, at);
      const plain = isLater(opening) ? await opening : opening;
      index += 1;
      at = leadingBytes + index * opened.segmentBytes;
      yield plain;
    }
  }
  opened ??= await readHeader(p, streamKey, head);
  const sealed = cutter.rest();
  requireSegmentLength(index, sealed.length, at + sealed.length);
  const plain = await opened.cipher.open(index, true, sealed, at);
  if (plain.length > 0) yield plain;
}

function requireRange(start: number, end: number, plainBytes: number): void {
  const integers = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (integers && 0 <= start && start <= end && end <= plainBytes) return;
  throw new VaultError('VAULT_RANGE_OUTSIDE', `bytes ${start} to ${end} of ${plainBytes}`);
}

async function readExactly(source: SealedSource, start: number, end: number): Promise<Uint8Array> {
  const bytes = await source.read(start, end);
  if (bytes.length === end - start) return bytes;
  const code = bytes.length < end - start ? 'VAULT_TRUNCATED' : 'VAULT_LENGTH_WRONG';
  throw new VaultError(code, `asked for ${end - start} sealed bytes, read ${bytes.length}`, { at: start });
}
