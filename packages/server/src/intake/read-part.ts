import { createHash, randomUUID } from 'node:crypto';
import { maxObjectBytes } from '@symbolon/contract';
import { DicomError, type StreamedSplit, StreamSplitter } from '@symbolon/dicom';
import { ImageWriter, type StoredImage } from '../packs/index.ts';
import type { BlobStore } from '../platform/blobs/blob-store.ts';
import { type ByteBudget, type Holding, Patience } from '../platform/byte-budget.ts';
import { inflating } from '../platform/inflate.ts';
import { Refusal, tooSlow } from './errors.ts';

export type ReadPartDeps = {
  readonly budget: ByteBudget;
  readonly imageBlobs: Pick<BlobStore, 'put' | 'read' | 'remove'>;
  readonly limits?: PartLimits | undefined;
};

/** Units: bytes. */
export type PartLimits = {
  readonly objectBytes: number;
  /** What a file may hold beside its pixel data; it is in memory whole. */
  readonly identityBytes: number;
  /** So much of an image half waits in memory for its pack; what is larger is written as it comes. */
  readonly heldImageBytes: number;
  /** An image half whose sender was waited for so long is written as it comes, where others wait for memory. Milliseconds. */
  readonly patienceMs?: number;
  /** What cannot be written as it comes is given up after so long. Milliseconds. */
  readonly slowMs?: number;
};

/** What one part was: both halves, or why it is not taken. `release` gives back the memory it holds. */
export type ReadPart = {
  readonly sha256: string;
  readonly release: () => void;
} & (
  | { readonly refusal: Refusal }
  | { readonly split: StreamedSplit; readonly image: readonly Uint8Array[]; readonly stored: StoredImage | undefined }
);

/** Where other readers see another data set in the same bytes, so that an image could be filed under another patient. */
const doubtful = ['DICOM_TRANSFER_SYNTAX_CONTRADICTED', 'DICOM_DELIMITER_STRAY'] as const;

const mebibyte = 1024 * 1024;
const usualLimits: PartLimits = {
  objectBytes: maxObjectBytes,
  identityBytes: 256 * mebibyte,
  heldImageBytes: 32 * mebibyte,
};

const usualPatienceMs = 5000;
/** How long the sender of what is in memory is waited for while others wait for that. Milliseconds. */
export const slowMs = 30_000;
/** Whoever holds less is in nobody's way. Bytes. */
const muchBytes = 1024 * 1024;
/**
 * What an instance takes beside its bytes until it is committed: the room that its header was read in, and what was understood of
 * it. Of files of some hundred bytes it is nearly all. Bytes.
 */
const besideBytes = 32 * 1024;
/** Not worth an object of its own, whoever waits. */
const smallBytes = 256 * 1024;

const sizeText = (bytes: number): string =>
  bytes >= 1024 * mebibyte ? `${bytes / mebibyte / 1024} GiB` : `${bytes / mebibyte} MiB`;

export function refusalOf(error: DicomError, { identityBytes } = usualLimits): Refusal {
  const { code, at, message } = error;
  if (code === 'DICOM_HEADER_TOO_LARGE') {
    const limit = `Beside its pixel data an object may have ${sizeText(identityBytes)} in this version.`;
    return new Refusal('INSTANCE_TOO_LARGE', limit);
  }
  return new Refusal('DICOM_UNREADABLE', `${code}${at === undefined ? '' : ` at byte ${at}`}: ${message}`);
}

/**
 * Reads one part to its end: splits and hashes it as it comes.
 *
 * Law     whatever its size, memory holds its identity half and at most `heldImageBytes` of its image half; above that
 *         the image half is sealed and written while it arrives. So it is where its sender is slow and others wait for
 *         the memory: ten slow lines would hold all of it for as long as they take. What is in memory all the same, as an
 *         identity half is, is given up for them.
 * The rest of what is refused is read and thrown away, and holds nothing that others wait for: the other parts of the
 * request come after it.
 *
 * @throws IntakeError INTAKE_MULTIPART_BROKEN  its sender is too slow, and others wait
 * @throws BlobError  and whatever `body` throws; then nothing is held, and nothing written is left
 */
export async function readPart(
  deps: ReadPartDeps,
  accountId: string,
  body: AsyncIterable<Uint8Array>,
  held?: Holding,
): Promise<ReadPart> {
  const limits = deps.limits ?? usualLimits;
  const holding = held ?? deps.budget.open();
  const release = (): void => holding.release();
  const digest = createHash('sha256');
  const splitter = new StreamSplitter({ ...inflating, refuse: doubtful, maxHeaderBytes: limits.identityBytes });
  let image: Uint8Array[] = [];
  let imageBytes = 0;
  let writer: ImageWriter | undefined;
  let refusal: Refusal | undefined;
  let bytes = 0;
  let waitedMs = 0;
  let ready = performance.now();
  const patience = new Patience(deps.budget, limits.slowMs ?? slowMs);

  const keep = async (pieces: readonly Uint8Array[]): Promise<void> => {
    for (const piece of pieces) {
      if (writer !== undefined) {
        await writer.push(piece);
        continue;
      }
      image.push(held === undefined ? own(piece) : piece);
      imageBytes += piece.length;
      const inTheWay =
        imageBytes > smallBytes && waitedMs > (limits.patienceMs ?? usualPatienceMs) && deps.budget.short;
      if (imageBytes <= limits.heldImageBytes && !inTheWay) continue;
      writer = await ImageWriter.start(deps.imageBlobs, accountId, randomUUID());
      for (const kept of image) await writer.push(kept);
      image = [];
      // What came with a holding is in memory whole until it is read to its end, whatever went by.
      if (held === undefined) holding.give(imageBytes);
    }
  };
  const refuse = async (why: Refusal): Promise<void> => {
    refusal = why;
    image = [];
    holding.release();
    await writer?.abort();
    writer = undefined;
  };

  try {
    for await (const chunk of body) {
      const waited = performance.now() - ready;
      waitedMs += waited;
      bytes += chunk.length;
      digest.update(chunk);
      if (refusal !== undefined) continue;
      if (bytes > limits.objectBytes) {
        const limit = `An object may have ${sizeText(limits.objectBytes)} in this version.`;
        await refuse(new Refusal('INSTANCE_TOO_LARGE', limit));
        continue;
      }
      if (held === undefined) {
        if (patience.isOver(waited, holding.bytes > muchBytes)) throw tooSlow();
        await holding.take(chunk.length);
      }
      try {
        const pieces = splitter.feed(chunk);
        const streams = writer !== undefined;
        await keep(pieces);
        // What went by is not held; what stays is the identity half.
        if (streams && held === undefined) holding.give(pieces.reduce((sum, piece) => sum + piece.length, 0));
      } catch (error) {
        if (!(error instanceof DicomError)) throw error;
        await refuse(refusalOf(error, limits));
      }
      ready = performance.now();
    }
    if (refusal === undefined) {
      try {
        const split = splitter.finish();
        await keep(split.image);
        const stored = await writer?.finish();
        holding.count(besideBytes);
        return { sha256: digest.digest('hex'), release, split, image, stored };
      } catch (error) {
        if (!(error instanceof DicomError)) throw error;
        await refuse(refusalOf(error, limits));
      }
    }
    return { sha256: digest.digest('hex'), release, refusal: refusal as unknown as Refusal };
  } catch (error) {
    holding.release();
    await writer?.abort();
    throw error;
  }
}

/** A small piece of what arrived at once keeps all of that in memory, as the parts beside it that were refused. */
const own = (piece: Uint8Array): Uint8Array =>
  piece.length * 2 < piece.buffer.byteLength ? new Uint8Array(piece) : piece;
