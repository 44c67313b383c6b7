import { DicomError, parseIdentityHalf } from '@symbolon/dicom';
import {
  frameBits,
  framesWithin,
  imageModel,
  PixelsError,
  pixelElement,
  type SampleGrid,
  sampleGrid,
} from '@symbolon/pixels';
import type { ManifestInstance } from '../packs/index.ts';
import { inflating } from '../platform/inflate.ts';

/** A chunk opens into as much at most where it need not be more: what one range costs, and for how long it holds up others. */
const mostBytes = 256 * 1024;
/** Frames smaller than that share a chunk: a segment of the sealed stream is as long. */
const leastBytes = 64 * 1024;

const anyBytes: SampleGrid = { wordBytes: 1, bigEndian: false, across: 0, row: 0 };

/** Into which pieces an image half is cut, in order, and how samples lie in it. Units: bytes. */
export type ImageCut = { readonly grid: SampleGrid; readonly native: boolean; readonly sizes: () => Generator<number> };

/**
 * Where to cut an image half so that a frame can be read without the others: native frames one by one, large ones in stripes
 * of whole rows, small ones some together. Whatever no header explains is cut anywhere.
 *
 * @param head  its first bytes
 */
export function cutImage(instance: ManifestInstance, identityHalf: Uint8Array, head: Uint8Array): ImageCut {
  const { imageBytes } = instance;
  const anywhere = { grid: anyBytes, native: false, sizes: () => evenly(imageBytes, mostBytes) };
  if (instance.cuts.length !== 1) return anywhere;
  try {
    const { dataset } = parseIdentityHalf(identityHalf, { ...inflating, cuts: instance.cuts });
    const model = imageModel(dataset, instance.transferSyntax);
    const element = pixelElement(head, imageBytes, model.format);
    const grid = sampleGrid(model.format, element);
    if (grid === undefined) return anywhere;
    const frame = frameBits(model.format) / 8;
    const frames = framesWithin(model, element.valueEnd - element.valueStart, false);
    const row = grid.row > 0 ? grid.row * grid.wordBytes : model.format.columns * grid.wordBytes;
    return { grid, native: true, sizes: () => natively(imageBytes, element.valueStart, frame, frames, row) };
  } catch (error) {
    if (error instanceof DicomError || error instanceof PixelsError) return anywhere;
    throw error;
  }
}

/** The element's own header apart: whoever looks for a frame reads it first. Then the frames, and what is behind them. */
function* natively(all: number, header: number, frame: number, frames: number, row: number): Generator<number> {
  yield header;
  if (frame > mostBytes) {
    const stripe = Math.max(1, Math.floor(mostBytes / row)) * row;
    for (let at = 0; at < frames; at++) yield* evenly(frame, stripe);
  } else {
    yield* evenly(frame * frames, frame * Math.max(1, Math.floor(leastBytes / frame)));
  }
  yield* evenly(all - header - frame * frames, mostBytes);
}

function* evenly(all: number, size: number): Generator<number> {
  for (let left = all; left > 0; left -= size) yield Math.min(left, size);
}
