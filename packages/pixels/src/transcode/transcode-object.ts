import { edit, isEncapsulated, type ParseOptions, parseIdentityHalf, tags } from '@symbolon/dicom';
import type { EncodedFrame } from '../decode/decode.ts';
import { PixelsError } from '../errors.ts';
import type { ValueReader } from '../frames/fragments.ts';
import { type FrameTable, frameBits, frameTable } from '../frames/frame-table.ts';
import { type PixelElement, pixelElement, pixelElementHeaderBytes, type SampleKind } from '../frames/pixel-element.ts';
import { type ImageModel, imageModel } from '../model/image-model.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { BitJoiner } from './bit-joiner.ts';
import { bareHead, head } from './explicit-elements.ts';
import { isLossyStream } from './lossy-stream.ts';
import { nestedPixels } from './nested-pixels.ts';
import { joined, type ObjectSource, type OpenedHeader, openedObject } from './object-source.ts';
import { targetFormat } from './target-format.ts';
import { type TranscodingTarget, transcodingTargets } from './targets.ts';
import { withoutTiff } from './tiff-preamble.ts';
import { type TranscodedFrame, transcodeFrame } from './transcode-frame.ts';
import { transcodedHeader } from './transcoded-header.ts';
import { type FramePieces, framePieces } from './whole-frame.ts';

export type TranscodingOptions = ParseOptions & {
  /**
   * The Basic Offset Table of more than one frame, which counts bytes that are not there yet when it is written. `empty`
   * (default): for a receiver that cannot go back. `later`: room is left, and what belongs there is returned at the end.
   */
  offsetTable?: 'empty' | 'later';
  /** By what each frame is transcoded, `transcodeFrame` itself by default: compiled codecs may be wanted in another thread. */
  transcode?: typeof transcodeFrame;
  /** A frame that is stored in more bytes is not read, but PIXELS_TOO_LARGE. */
  maxFrameBytes?: number;
};

/** Bytes that belong at an offset of what was written. */
export type LateBytes = { readonly at: number; readonly bytes: Uint8Array };

const undefinedLength = 0xffffffff;
const copyBytes = 1 << 20;
/** Of a table of 32 bits. Code streams are rarely longer than their pixels, and never twice as long. */
const maxTableBytes = 2 ** 31;
/** Frames that a reader reads a table of, this one as well; its room is memory. */
const maxTabled = 1_000_000;
const pixelTags: Readonly<Record<SampleKind, number>> = {
  integer: tags.PixelData,
  float: tags.FloatPixelData,
  double: tags.DoubleFloatPixelData,
};
const wideVr: Readonly<Record<SampleKind, string>> = { integer: 'OW', float: 'OF', double: 'OD' };

/**
 * Brings one object into another transfer syntax without loss, frame by frame.
 *
 * Shape   out: the bytes of a Part 10 file, in order. One that is in that syntax already comes as it is, whatever it holds; one
 *         without pixel data becomes Explicit VR Little Endian, and nothing else.
 * Law     each frame was decoded again and compared before it is given out; of the header what `transcodedHeader` names
 *         changes. Whoever throws away what was given out before an error never keeps a file that is not whole.
 * Cost    memory: the header, twice, and some frames; of a data set deflated whole all of it.
 * Source  PS3.5 §A.2, §A.4, PS3.10 §7.1.
 *
 * @throws PixelsError those of `transcodeFrame`, `frameTable`, `imageModel`
 * @throws PixelsError PIXELS_MISSING         no pixel data, and a target that compresses it
 * @throws PixelsError PIXELS_HEADER_INVALID  two kinds of pixel data, or there are more or fewer pixels than the header counts: some would be lost
 * @throws PixelsError PIXELS_TOO_LARGE       native pixel data of 4 GiB, or a frame beyond `maxFrameBytes`
 * @throws DicomError  those of `parseFile`, `edit`
 */
export async function* transcodeObject(
  source: ObjectSource,
  target: TranscodingTarget,
  { offsetTable = 'empty', transcode = transcodeFrame, maxFrameBytes, ...parsing }: TranscodingOptions = {},
): AsyncGenerator<Uint8Array, LateBytes | undefined> {
  const file = parseIdentityHalf(source.identity, { ...parsing, cuts: source.cuts });
  const { transferSyntax, dataset } = file;
  if (transferSyntax === transcodingTargets[target]) {
    yield* asItIs(source);
    return undefined;
  }
  const object = openedObject(file, source, parsing);
  if (object.cut === undefined) {
    yield await headerAlone(object, target, transcode);
    return undefined;
  }
  const model = imageModel(dataset, transferSyntax);
  const start = await object.readPixels(0, Math.min(pixelElementHeaderBytes, object.cut.bytes));
  const pixels = pixelElement(start, object.cut.bytes, model.format);
  const to = targetFormat(model.format, pixels.kind, target);
  const read: ValueReader = (from, end) => object.readPixels(pixels.valueStart + from, pixels.valueStart + end);
  const valueBytes = pixels.valueEnd - pixels.valueStart;
  const table = await frameTable(model, dataset, { encapsulated: pixels.encapsulated, valueBytes }, read);
  requireAll(table, model, valueBytes);
  const first = await framePieces(table, 0, read, model.format, maxFrameBytes);
  const lossy = pixels.encapsulated && isLossyStream(transferSyntax, joined(first.parts));
  const nested = await nestedPixels(object.header, transferSyntax, transcode);
  const { before, behind } = transcodedHeader(object, to, { nested, lossy });
  yield withoutTiff(before);
  const frames = transcodedFrames({ table, first, read, maxFrameBytes }, model, pixels, (frame) =>
    transcode(model.format, frame, target),
  );
  const later = isEncapsulated(to.transferSyntax)
    ? yield* fragmentsOf(frames, table.frames, offsetTable === 'later' && roomFor(table.frames, to), before.length)
    : yield* nativeOf(frames, table.frames, to, pixels);
  yield behind;
  return later;
}

/** A report or a document: its header is all of it. */
async function headerAlone(
  { file, header }: OpenedHeader,
  target: TranscodingTarget,
  transcode: typeof transcodeFrame,
): Promise<Uint8Array> {
  if (target !== 'explicit')
    throw new PixelsError(
      'PIXELS_MISSING',
      'This object holds no pixel data that could be compressed; it can be written as Explicit VR Little Endian.',
    );
  const syntax = { vr: 'UI', Value: [transcodingTargets.explicit] };
  const { edits, values } = await nestedPixels(header, file.transferSyntax, transcode);
  const write = { bulkData: (uri: string) => values.get(uri) };
  const { pieces } = edit(header, [...edits, { path: [tags.TransferSyntaxUID], set: syntax }], { write });
  return withoutTiff(joined(pieces));
}

async function* asItIs({ identity, cuts, readImage }: ObjectSource): AsyncGenerator<Uint8Array> {
  let [from, used] = [0, 0];
  for (const { at, bytes } of cuts) {
    yield identity.subarray(from, at);
    for (const end = used + bytes; used < end; ) {
      const stop = Math.min(used + copyBytes, end);
      yield await readImage(used, stop);
      used = stop;
    }
    from = at;
  }
  yield identity.subarray(from);
}

function requireAll(table: FrameTable, { frames, format }: ImageModel, valueBytes: number): void {
  if (table.frames !== frames)
    throw new PixelsError(
      'PIXELS_HEADER_INVALID',
      `The header counts ${frames} frames, and there are ${table.frames}.`,
    );
  if (table.kind !== 'native') return;
  const used = Math.ceil((frames * frameBits(format)) / 8);
  // One byte may make the length even.
  if (valueBytes > used + 1)
    throw new PixelsError(
      'PIXELS_HEADER_INVALID',
      `Behind the pixels that the header counts stand ${valueBytes - used} bytes more, which would be lost.`,
    );
}

async function* transcodedFrames(
  {
    table,
    first,
    read,
    maxFrameBytes,
  }: { table: FrameTable; first: FramePieces; read: ValueReader; maxFrameBytes: number | undefined },
  { format }: ImageModel,
  { kind, vr }: PixelElement,
  transcode: (frame: EncodedFrame) => Promise<TranscodedFrame>,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < table.frames; at++) {
    const { parts, bitOffset } = at === 0 ? first : await framePieces(table, at, read, format, maxFrameBytes);
    const { bytes } = await transcode({ bytes: joined(parts), bitOffset, kind, vr });
    yield bytes;
  }
}

async function* nativeOf(
  frames: AsyncIterable<Uint8Array>,
  count: number,
  to: PixelFormat,
  { kind }: PixelElement,
): AsyncGenerator<Uint8Array, undefined> {
  const bits = frameBits(to);
  const length = Math.ceil((bits * count) / 16) * 2;
  if (length >= undefinedLength)
    throw new PixelsError('PIXELS_TOO_LARGE', 'The picture is too large to be written without compression.');
  yield head(pixelTags[kind], to.bitsAllocated > 8 ? wideVr[kind] : 'OB', length);
  const joiner = new BitJoiner(bits);
  let written = 0;
  for await (const frame of frames) {
    const bytes = joiner.take(frame);
    written += bytes.length;
    yield bytes;
  }
  const rest = joiner.rest();
  yield rest;
  if (length < written + rest.length)
    throw new PixelsError('PIXELS_TRANSCODING_FAILED', 'The frames came out longer than the header counts them.');
  yield new Uint8Array(length - written - rest.length);
  return undefined;
}

/** Whether a table of so many frames is worth its room, and can count the bytes before them. */
export const roomFor = (frames: number, to: PixelFormat): boolean =>
  frames <= maxTabled && (frames * frameBits(to)) / 8 < maxTableBytes;

/** One fragment a frame. `start`: of the pixel data element. */
async function* fragmentsOf(
  frames: AsyncIterable<Uint8Array>,
  count: number,
  leavesRoom: boolean,
  start: number,
): AsyncGenerator<Uint8Array, LateBytes | undefined> {
  const hasTable = leavesRoom || count === 1;
  const bytes = new Uint8Array(hasTable ? 4 * count : 0);
  const table = new DataView(bytes.buffer);
  const front = joined([head(tags.PixelData, 'OB', undefinedLength), bareHead(tags.Item, bytes.length)]);
  yield front;
  yield bytes.slice();
  let [frame, offset] = [0, 0];
  for await (const stream of frames) {
    if (hasTable) {
      if (offset > undefinedLength)
        throw new PixelsError('PIXELS_TRANSCODING_FAILED', 'The table of frames cannot count so many bytes.');
      table.setUint32(4 * frame++, offset, true);
    }
    const odd = stream.length % 2;
    yield bareHead(tags.Item, stream.length + odd);
    yield stream;
    if (odd === 1) yield Uint8Array.of(0);
    offset += 8 + stream.length + odd;
  }
  yield bareHead(tags.SequenceDelimitationItem, 0);
  return leavesRoom && count > 1 ? { at: start + front.length, bytes } : undefined;
}
