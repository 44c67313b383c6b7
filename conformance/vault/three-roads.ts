import {
  openRange,
  openStream,
  openWhole,
  type Primitives,
  plainSize,
  type StreamKey,
  VaultError,
  type VaultErrorCode,
} from '../../packages/vault/src/index.ts';
import { nodePrimitives } from './node-primitives.ts';

/** What a reader was given before it ended, and why it ended, if not because all was read. */
export type Reading = { released: Buffer; refused?: VaultErrorCode };

type Options = { readonly p?: Primitives; readonly segmentBytes?: number };

/** Opens a stream in memory, by range and from front to back. Anything but a `VaultError` is a bug, and thrown on. */
export async function threeRoads(
  key: StreamKey,
  sealed: Uint8Array,
  { p = nodePrimitives, segmentBytes }: Options = {},
): Promise<{ [road in Road]: Reading }> {
  return {
    whole: await read(wholePieces(p, key, sealed)),
    range: await read(rangePieces(p, key, sealed, segmentBytes)),
    stream: await read(openStream(p, key, chunks(sealed))),
  };
}

type Road = 'whole' | 'range' | 'stream';

export async function read(pieces: AsyncIterable<Uint8Array>): Promise<Reading> {
  const released: Uint8Array[] = [];
  try {
    for await (const piece of pieces) released.push(piece);
    return { released: Buffer.concat(released) };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return { released: Buffer.concat(released), refused: error.code };
  }
}

async function* wholePieces(p: Primitives, key: StreamKey, sealed: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await openWhole(p, key, sealed);
}

async function* rangePieces(
  p: Primitives,
  key: StreamKey,
  sealed: Uint8Array,
  segmentBytes?: number,
): AsyncGenerator<Uint8Array> {
  const source = { sealedBytes: sealed.length, read: (start: number, end: number) => sealed.subarray(start, end) };
  yield* openRange(p, key, source, 0, plainBytes(sealed.length, segmentBytes));
}

// The header of an impossible length is still to be read, and its faults to be named first: hence 0, not a throw.
function plainBytes(sealedBytes: number, segmentBytes?: number): number {
  try {
    return plainSize(sealedBytes, segmentBytes);
  } catch {
    return 0;
  }
}

async function* chunks(sealed: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < sealed.length; at += 10_000) yield sealed.subarray(at, at + 10_000);
}
