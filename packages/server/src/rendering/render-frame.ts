import type { FrameQuery } from '@symbolon/contract';
import { DicomError } from '@symbolon/dicom';
import {
  codecOf,
  type DecodedFrame,
  type ImageModel,
  PixelsError,
  pictureOfFrame,
  transformOfFrame,
  type ValueTransform,
} from '@symbolon/pixels';
import type { StudyReader } from '../access/index.ts';
import type { Reads } from '../audit/index.ts';
import { packsToRead } from '../packs/index.ts';
import type { Holding } from '../platform/byte-budget.ts';
import { notFound, type StudiesDeps } from '../studies/index.ts';
import { RenderingError } from './errors.ts';
import type { Encoding, FrameJob, FramePicture, MadePicture, PictureFormat } from './frame-job.ts';
import { decodedBytes, memoryOf, refusalOf } from './image-header.ts';
import type { FoundInstance } from './image-id.ts';
import { isLight } from './light-frame.ts';
import type { RenderPool } from './render-pool.ts';
import type { RenderingMemory } from './rendering-memory.ts';
import {
  fitted,
  isTooLarge,
  type Part,
  partOf,
  type ShownSize,
  type SourcePart,
  sourcePartOf,
  squareSize,
  within,
} from './shown-size.ts';

export type RenderingDeps = StudiesDeps & { readonly reads: Reads; readonly pool: RenderPool };

export type Asked = Pick<FrameQuery, 'invert' | 'overlays'> & {
  readonly format: PictureFormat;
  readonly window?: { readonly center: number; readonly width: number } | undefined;
  /** By which `window` is applied. */
  readonly function?: VoiFunction | undefined;
  /** In the square pixels of which lists of images speak. */
  readonly region?: Part | undefined;
  /** No edge longer; never enlarged. */
  readonly size?: number | undefined;
  /** A part as DICOMweb names it, in place of `region`. */
  readonly source?: SourcePart | undefined;
  /** As large as fits, in place of `size`. */
  readonly viewport?: Partial<ShownSize> | undefined;
} & { readonly [Key in 'quality' | 'flip' | 'space' | 'captions']?: Encoding[Key] | undefined };
type VoiFunction = ValueTransform['windows'][number]['shape'];

/** The functions by which a window is applied, by their names in DICOMweb. Source: PS3.3 §C.11.2.1.3, PS3.18 §8.3.5.1.4. */
export const voiShapes = { linear: 'LINEAR', 'linear-exact': 'LINEAR_EXACT', sigmoid: 'SIGMOID' } as const;

const usualQuality = 90;

/**
 * One frame of an instance that was found, whose reading is on record; `frame` counts from 1.
 *
 * @throws StudiesError STUDY_NOT_FOUND  no such frame
 * @throws RenderingError PIXELS_NOT_RENDERABLE RENDERING_BUSY
 */
export async function renderFound(
  deps: RenderingDeps,
  memory: RenderingMemory,
  actor: StudyReader,
  found: FoundInstance,
  frame: number,
  asked: Asked,
  signal: AbortSignal,
): Promise<FramePicture> {
  const { pack, instance } = found;
  const keeping = memory.keeping(pack.packId);
  const frameName = `${pack.packId} ${instance.identityAt} ${frame}`;
  const pictureName = `${frameName} ${nameOf(asked)}`;
  // What is in memory is given out for no longer than its key is at hand.
  await deps.chains.study('image', pack);
  const known = memory.made(pictureName);
  if (known) return known;
  let holding: Holding | undefined;
  try {
    const load = async (): Promise<FrameJob | MadePicture> => {
      // Whoever stood in the queue before may have asked for the same.
      const made = memory.madeMeanwhile(pictureName);
      if (made) return { picture: made };
      // Only now: the oldest holding is the one that may exceed the budget, and must not be one that waits for a place itself.
      const held = memory.frames.open();
      holding = held;
      return loadFrame(deps, memory, found, frame, asked, memory.decoded(frameName), (bytes) => held.take(bytes));
    };
    const { picture, decoded } = await orAnother(memory, pictureName, signal, (waiting) =>
      deps.pool.render(load, waiting, whoOf(actor), willBeLight(memory, found, asked)),
    );
    if (decoded) keeping.decoded(frameName, decoded);
    keeping.made(pictureName, picture);
    // What an erasure overwrites, a worker may be rendering: black would go out as a picture.
    if (!keeping.still() && (await packsToRead(deps.database, pack.accountId, [pack.packId])).length === 0)
      throw notFound();
    return picture;
  } catch (error) {
    if (error instanceof PixelsError && error.code === 'PIXELS_FRAME_MISSING') throw notFound();
    if (error instanceof PixelsError || error instanceof DicomError)
      throw new RenderingError('PIXELS_NOT_RENDERABLE', refusalOf(error), { cause: error });
    throw error;
  } finally {
    holding?.release();
  }
}

/** Whether a picture needs no worker, where its header was read before: over DICOMweb it always was. */
function willBeLight({ pictures }: RenderingMemory, found: FoundInstance, asked: Asked): boolean {
  const known = pictures.known(found);
  if (known === undefined) return false;
  const { format, captions } = asked;
  return isLight(known.model, false, { shown: askedOf(known.model, asked).shown, format, captions });
}

/** Makes a picture, unless somebody else is given the same one while this one waits for its turn: who looks on waits no longer. */
async function orAnother(
  memory: RenderingMemory,
  name: string,
  signal: AbortSignal,
  make: (waiting: AbortSignal) => Promise<MadePicture>,
): Promise<MadePicture> {
  const waiting = new AbortController();
  const hangUp = (): void => waiting.abort(signal.reason);
  if (signal.aborted) hangUp();
  signal.addEventListener('abort', hangUp);
  let given: FramePicture | undefined;
  const stop = memory.whenMade(name, (picture) => {
    given = picture;
    waiting.abort();
  });
  try {
    return await make(waiting.signal);
  } catch (error) {
    if (given === undefined || signal.aborted) throw error;
    return { picture: given };
  } finally {
    stop();
    signal.removeEventListener('abort', hangUp);
  }
}

/** All by which two pictures of one frame differ. */
const nameOf = ({
  window,
  function: shape,
  invert,
  overlays,
  region,
  size,
  format,
  quality = usualQuality,
  source,
  viewport,
  flip,
  space,
  captions,
}: Asked): string =>
  JSON.stringify([
    window && [window.center, window.width, shape],
    invert,
    overlays,
    region && [region.left, region.top, region.width, region.height],
    size,
    format,
    format === 'jpeg' && quality,
    source && [source.unit, source.left, source.top, source.width, source.height],
    viewport && [viewport.width, viewport.height],
    flip && [flip.across, flip.down],
    space,
    captions && [captions.top, captions.bottom],
  ]);

/** Whose requests share a place in the queue: those of one sign-in, or of one visit by a link. */
export const whoOf = (actor: StudyReader): string => (actor.kind === 'person' ? actor.credentialId : actor.visitId);

/** Which part of a picture is wanted, where it is not all, and in what size. @throws RenderingError REQUEST_INVALID */
function askedOf(
  model: ImageModel,
  { source, region, viewport, size }: Pick<Asked, 'source' | 'region' | 'viewport' | 'size'>,
): { readonly part: ReturnType<typeof partOf> | undefined; readonly shown: ShownSize } {
  const part = source ? sourcePartOf(model, source) : region && partOf(model, region);
  const natural = part?.shown ?? squareSize(model);
  return { part, shown: viewport ? fitted(natural, viewport) : within(natural, size) };
}

/** The palette of a GIF is looked for among all its pixels: one of more takes more time and memory than a picture may. */
const maxGifPixels = 4096 * 4096;

/** Why no picture is made in this size, for people. */
function refusedAs(shown: ShownSize, format: PictureFormat): string | undefined {
  if (isTooLarge(shown)) return 'The picture is larger than can be shown.';
  return format === 'gif' && shown.width * shown.height > maxGifPixels
    ? 'A GIF of so many pixels is not made. Ask for a smaller one, or for image/jpeg or image/png.'
    : undefined;
}

/** So many bytes a picture has at most, about. @throws RenderingError REQUEST_INVALID */
export function madeBytesOf(model: ImageModel, asked: Asked): number {
  const { shown } = askedOf(model, asked);
  return refusedAs(shown, asked.format) ? 0 : shown.width * shown.height * (model.colour || model.supplement ? 3 : 1);
}

async function loadFrame(
  { reader }: RenderingDeps,
  memory: RenderingMemory,
  found: FoundInstance,
  frame: number,
  asked: Asked,
  decoded: DecodedFrame | undefined,
  take: (bytes: number) => Promise<void>,
): Promise<FrameJob> {
  const { window, function: shape, invert, overlays, format, quality = usualQuality, flip, space, captions } = asked;
  const picture = await memory.pictures.open(reader, found);
  const { model } = picture;
  const { part, shown } = askedOf(model, asked);
  // Of a long thin picture, what fills a box on one side may be a million times as long on the other: nobody waits for that.
  const refusal = refusedAs(shown, format);
  if (refusal !== undefined) throw new PixelsError('PIXELS_TOO_LARGE', refusal);
  await take(memoryOf(model, shown, { format, captions }));
  const transform = transformOfFrame(model.transforms, frame - 1);
  const keep = memory.keeps(decodedBytes(model));
  const encoding = { shown, format, quality, flip, space, captions };
  const light = isLight(model, decoded !== undefined, encoding);
  // What is not compressed is shown out of the very memory into which it is read.
  const share = keep && !light && codecOf(model.format.transferSyntax) === 'native';
  const encoded = () => memory.pictures.frame(reader, found, picture, frame - 1, share);
  return {
    source: decoded ? { kind: 'decoded', frame: decoded } : { kind: 'encoded', frame: await encoded() },
    keep,
    isLight: light,
    picture: pictureOfFrame(model, frame - 1),
    transform: window && shape ? { ...transform, windows: [{ name: '', ...window, shape }] } : transform,
    look: { window: shape ? undefined : window, invert, overlays, region: part?.region },
    encoding,
  };
}
