import { RenderingError } from '../rendering/index.ts';
import { firstValue, StudiesError } from '../studies/index.ts';
import { framesUpTo } from './frames.ts';
import type { OutgoingPart } from './multipart.ts';
import { type Outgoing, type PictureForm, picture, taken, whenThereIsATurn } from './pictures.ts';
import type { RenderedQuery } from './rendered-query.ts';
import { type Asked, type Found, instanceUrl, type RetrieveDeps, type Selection, studyUrlOf } from './selection.ts';
import type { Receiver } from './taken.ts';

/** Which frames of which instance. */
export type Shown = { readonly found: Found; readonly frames: Iterable<number>; readonly of: number };

/** Each picture as a part with its address; of one that cannot be made, why. */
export async function* renderedParts(
  deps: RetrieveDeps,
  request: Asked,
  shown: AsyncIterable<Shown>,
  query: RenderedQuery,
  { media, format }: PictureForm,
  to: Receiver,
): AsyncGenerator<OutgoingPart> {
  const studyUrl = studyUrlOf(deps, request);
  let isUnderWay = false;
  for await (const { found, frames, of } of shown) {
    for (const number of frames) {
      const location = `${instanceUrl(studyUrl, found)}/frames/${number}/rendered`;
      let made: Outgoing;
      try {
        const make = () => picture(deps, request, found, { number, of }, query, format, to);
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
      yield { type: media, location, bytes: made.bytes.length, pieces: () => taken(made) };
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export async function* oneShown(found: Found, frames: Iterable<number>, of: number): AsyncGenerator<Shown> {
  yield { found, frames, of };
}

/** All frames of all images that can be shown. */
export async function* shownOf(deps: RetrieveDeps, selection: Selection): AsyncGenerator<Shown> {
  for await (const { study, seriesUid, image } of imagesOf(deps, selection)) {
    if (image.refusal !== null) continue;
    const found = await deps.memory.finder.find(deps, study, image.id).catch(unlessGone);
    if (found) yield { found: { ...found, seriesUid }, frames: framesUpTo(image.frames), of: image.frames };
  }
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof StudiesError)) throw error;
}

/** The images of what was selected, in the order in which they are looked at. */
export async function* imagesOf(deps: RetrieveDeps, { parts }: Selection) {
  for (const { study, series } of parts)
    for (const one of series) {
      const seriesUid = firstValue(one.cell.attributes, '0020000E');
      for (const { image } of await deps.memory.series.underWay(deps, study, one)) yield { study, seriesUid, image };
    }
}
