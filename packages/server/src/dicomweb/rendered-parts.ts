import type { Receiver } from '../platform/http/taken.ts';
import { inflatedOfRequest, type Outgoing, RenderingError, stretches, takenOf } from '../rendering/index.ts';
import { firstValue, type OpenStudy, StudiesError } from '../studies/index.ts';
import type { MediaRange } from './accept.ts';
import { DicomWebError } from './errors.ts';
import { framesUpTo } from './frames.ts';
import type { OutgoingPart } from './multipart.ts';
import { type PictureForm, picture, pictureFormIfAny, whenThereIsATurn } from './pictures.ts';
import type { RenderedQuery } from './rendered-query.ts';
import { type Asked, type Found, instanceUrl, type RetrieveDeps, type Selection, studyUrlOf } from './selection.ts';
import { outgoingText, untilTaken, writtenForm, writtenForms, writtenIn, writtenPart } from './written.ts';

/** Which frames of which instance are shown in what form; or a part as it is. */
export type Shown =
  | {
      readonly found: Found;
      readonly frames: Iterable<number>;
      readonly of: number;
      readonly form: PictureForm;
    }
  | OutgoingPart;

/** How a study or a series is shown: its pictures and what is written in it, each if it is wanted. */
export type ManyForms = {
  readonly picture: PictureForm | undefined;
  readonly hasTexts: boolean;
  readonly ranges: readonly MediaRange[];
};

export function manyForms(ranges: readonly MediaRange[]): ManyForms {
  const picture = pictureFormIfAny(ranges, 'in parts');
  return { picture, hasTexts: writtenForm(ranges, writtenForms, 'in parts') !== undefined, ranges };
}

/** Each picture as a part with its address; of one that cannot be made, why. */
export async function* renderedParts(
  deps: RetrieveDeps,
  request: Asked,
  shown: AsyncIterable<Shown>,
  query: RenderedQuery,
  to: Receiver,
): AsyncGenerator<OutgoingPart> {
  const studyUrl = studyUrlOf(deps, request);
  let isUnderWay = false;
  for await (const one of shown) {
    if (!('found' in one)) {
      isUnderWay = true;
      yield one;
      continue;
    }
    const { found, frames, of, form } = one;
    for (const number of frames) {
      const location = `${instanceUrl(studyUrl, found)}/frames/${number}/rendered`;
      let made: Outgoing;
      try {
        const make = () => picture(deps, request, found, { number, of }, query, form.format, to);
        made = await (isUnderWay ? whenThereIsATurn(to, make) : make());
      } catch (error) {
        // Erased since, or another was chosen in its place.
        if (error instanceof StudiesError) continue;
        if (!(error instanceof RenderingError) || error.code !== 'PIXELS_NOT_RENDERABLE') throw error;
        const problem = { type: 'about:blank', title: 'The image cannot be shown', status: 422, detail: error.message };
        const why = Buffer.from(JSON.stringify({ ...problem, code: error.code }));
        isUnderWay = true;
        yield { type: 'application/problem+json', location, bytes: why.length, pieces: () => once(why) };
        continue;
      }
      isUnderWay = true;
      yield { type: form.media, location, bytes: made.bytes.length, pieces: () => takenOf(made) };
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export async function* oneShown(
  found: Found,
  frames: Iterable<number>,
  of: number,
  form: PictureForm,
): AsyncGenerator<Shown> {
  yield { found, frames, of, form };
}

/** For so long others wait while it is looked for what can be shown. Milliseconds. */
const stretchMs = 8;

/** What of something is shown, what of it is not, and the media type of what comes first. */
export type Counted = { readonly shown: number; readonly left: number; readonly first: string | undefined };

/** @throws an abort  the receiver hung up */
export async function countShown(
  deps: RetrieveDeps,
  selection: Selection,
  forms: ManyForms,
  { signal }: Receiver,
): Promise<Counted> {
  let [shown, left] = [0, 0];
  const inflating = { left: inflatedOfRequest };
  const pause = stretches(stretchMs);
  // No header is read where no text is wanted.
  const mediaOfText = async (which: Parameters<typeof textAmong>[1]): Promise<string | undefined> => {
    if (!forms.hasTexts) return undefined;
    const written = await textAmong(deps, which, (found) => writtenIn(deps, found, inflating));
    return written && writtenForm(forms.ranges, written.forms, 'in parts')?.media;
  };
  let first: string | undefined;
  for await (const { study, seriesUid, image } of imagesOf(deps, selection)) {
    // Who hung up is only heard of when others had their turn.
    await pause();
    signal.throwIfAborted();
    const media = image.refusal === null ? forms.picture?.media : await mediaOfText({ study, seriesUid, id: image.id });
    first ??= media;
    if (media === undefined) left += 1;
    else shown += 1;
  }
  return { shown, left, first };
}

/** All frames of all images that can be shown, and all that is written. */
export async function* shownOf(
  deps: RetrieveDeps,
  request: Asked,
  selection: Selection,
  forms: ManyForms,
  to: Receiver,
): AsyncGenerator<Shown> {
  const studyUrl = studyUrlOf(deps, request);
  // As it was counted, instance by instance.
  const inflating = { left: inflatedOfRequest };
  const pause = stretches(stretchMs);
  for await (const { study, seriesUid, image } of imagesOf(deps, selection)) {
    await pause();
    if (image.refusal !== null) {
      const read = (found: Found) => outgoingText(deps, found, to, inflating);
      const text = forms.hasTexts ? await textAmong(deps, { study, seriesUid, id: image.id }, read) : undefined;
      const form = text && writtenForm(forms.ranges, text.written.forms, 'in parts');
      if (text && form) {
        const part = writtenPart(deps, studyUrl, text.written, form);
        yield { ...part, pieces: () => untilTaken(text.room, part.pieces()) };
      } else text?.room.release();
      continue;
    }
    if (forms.picture === undefined) continue;
    const found = await deps.memory.finder.find(deps, study, image.id).catch(unlessGone);
    if (!found) continue;
    const { frames } = image;
    yield { found: { ...found, seriesUid }, frames: framesUpTo(frames), of: frames, form: forms.picture };
  }
}

/** What is written in an instance that is no picture, if it is still there and can be read. */
async function textAmong<T>(
  deps: RetrieveDeps,
  { study, seriesUid, id }: { readonly study: OpenStudy; readonly seriesUid: string; readonly id: string },
  read: (found: Found) => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await deps.memory.finder.find(deps, study, id).catch(unlessGone);
  return found && (await read({ ...found, seriesUid }).catch(unlessRefused));
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof StudiesError || error instanceof DicomWebError)) throw error;
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof StudiesError)) throw error;
}

/** The images of what was selected, in the order in which they are looked at. */
async function* imagesOf(deps: RetrieveDeps, { parts }: Selection) {
  for (const { study, series } of parts)
    for (const one of series) {
      const seriesUid = firstValue(one.cell.attributes, '0020000E');
      for (const { image } of await deps.memory.series.underWay(deps, study, one)) yield { study, seriesUid, image };
    }
}
