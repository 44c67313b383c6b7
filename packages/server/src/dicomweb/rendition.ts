import { isEncapsulated, number, tags } from '@symbolon/dicom';
import {
  type PixelFormat,
  PixelsError,
  pixelFormat,
  type TranscodingTarget,
  transcodeObject,
  transcodingTarget,
  transcodingTargets,
} from '@symbolon/pixels';
import type { StudyReader } from '../access/index.ts';
import { type Receiver, type Room, roomFor } from '../platform/http/taken.ts';
import { inflating } from '../platform/inflate.ts';
import { decodedBytes, maxFrameBytes, transcodingInWorkers } from '../rendering/index.ts';
import { safePreamble } from '../studies/index.ts';
import { DicomWebError } from './errors.ts';
import { whyNot } from './frame-forms.ts';
import { readable } from './frames.ts';
import { headerOf } from './metadata.ts';
import type { Found, RetrieveDeps } from './selection.ts';

/** How one instance goes out. */
export type Rendition = 'stored' | TranscodingTarget;

/**
 * What of the transfer syntaxes that are wanted an instance goes out in: the first that it is stored in, or can be brought into
 * without loss. Undefined where it is none of them.
 *
 * What holds no pixels has none to be compressed: it goes out in Explicit VR Little Endian, whichever compression is wanted.
 */
export async function renditionOf(
  { reader }: RetrieveDeps,
  found: Found,
  wanted: readonly string[],
): Promise<Rendition | undefined> {
  const { transferSyntax } = found.instance;
  if (wanted.length === 0 || wanted[0] === '*' || wanted[0] === transferSyntax) return 'stored';
  let about: About | undefined;
  for (const syntax of wanted) {
    if (syntax === '*' || syntax === transferSyntax) return 'stored';
    const target = /^[\d.]+$/.test(syntax) ? transcodingTarget(syntax) : undefined;
    if (target === undefined) continue;
    about ??= aboutOf(found, await headerOf(reader, found));
    if (about === 'no pixels') return transferSyntax === transcodingTargets.explicit ? 'stored' : 'explicit';
    if (!(about instanceof PixelsError) && whyNot(about.format, about.kind, transferSyntax, target) === undefined)
      return target;
  }
  return undefined;
}

type About = 'no pixels' | PixelsError | { readonly format: PixelFormat; readonly kind: 'integer' | 'float' };

function aboutOf({ instance }: Found, { dataset, pixelElements }: Awaited<ReturnType<typeof headerOf>>): About {
  if (instance.cuts.length === 0 && pixelElements.length === 0) return 'no pixels';
  try {
    const format = pixelFormat(dataset, instance.transferSyntax);
    // Float pixel data says nothing of bits that are stored: PS3.3 Table C.7.6.24-1.
    const isFloat = format.bitsAllocated >= 32 && number(dataset, tags.BitsStored) === undefined;
    return { format, kind: isFloat && !isEncapsulated(instance.transferSyntax) ? 'float' : 'integer' };
  } catch (error) {
    if (error instanceof PixelsError) return error;
    throw error;
  }
}

/** The transfer syntax that a part in such a form says it has. */
export function syntaxOf({ instance }: Found, how: Rendition): string {
  return how === 'stored' ? instance.transferSyntax : transcodingTargets[how];
}

/** A file in another transfer syntax, frame by frame, as it is taken. */
export async function* renditionBytes(
  deps: RetrieveDeps,
  actor: StudyReader,
  { pack, instance }: Found,
  target: TranscodingTarget,
  to: Receiver,
): AsyncGenerator<Uint8Array> {
  const { reader } = deps;
  const readImage = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(end - start);
    let at = 0;
    for await (const piece of reader.imageRange(pack, instance, start, end)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  };
  const identity = await reader.identityHalf(pack, instance);
  const inWorkers = transcodingInWorkers(deps, actor, to.signal);
  let room: Room | undefined;
  const transcode: typeof inWorkers = async (format, frame, into) => {
    room ??= await roomFor(deps.memory.outgoing, decodedBytes({ format }), to);
    return inWorkers(format, frame, into);
  };
  const options = { ...inflating, transcode, maxFrameBytes };
  const made = transcodeObject({ identity, cuts: instance.cuts, readImage }, target, options);
  const pieces = safePreamble(made);
  try {
    for (let next = await readable(() => pieces.next()); !next.done; next = await readable(() => pieces.next()))
      yield* room ? room.sent(next.value) : [next.value];
  } finally {
    room?.release();
  }
}

/** Of all that was selected nothing can be had so. */
export function nothingFits(wanted: readonly string[]): DicomWebError {
  const syntaxes = Object.values(transcodingTargets).join(', ');
  return new DicomWebError(
    'NOT_ACCEPTABLE',
    `None of this can be given out in ${wanted.length === 1 ? 'that transfer syntax' : 'one of those transfer syntaxes'} without loss. There are ${syntaxes}, and as stored: transfer-syntax=*.`,
  );
}
