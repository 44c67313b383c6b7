import type { StudyReader } from '../access/index.ts';
import { firstValue, type OpenSeries, type OpenStudy, seriesIn } from '../studies/index.ts';
import type { FramePicture } from './frame-job.ts';
import { type Asked, type RenderingDeps, renderFound } from './render-frame.ts';
import type { RenderingMemory } from './rendering-memory.ts';
import type { SeriesImage } from './series-images.ts';

/** Which frame of which image stands for others; `frame` counts from 1. */
type Standing = { readonly imageId: string; readonly frame: number };

/** Kinds of objects that have no picture of the patient. Source: PS3.3 §C.7.3.1.1.1. */
const withoutPictures: ReadonlySet<string> = new Set(
  'AU CFM CTPROTOCOL DOC ECG EEG EMG EOG EPS FID HD KER KO LEN OAM PLAN POS PR REG RESP RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT SMR SR SRF STAIN TEXTUREMAP VA XAPROTOCOL'.split(
    ' ',
  ),
);
/** What a series is called that is there to plan others, or tells of them. */
const beside = /scout|locali[sz]er|topogra|survey|scano|pilot|dose|report|protocol|screen ?(save|capture)|summary/i;
/** Of a study of which so many series have no picture, no more are looked through. */
const mostSeries = 16;

export const thumbnailSize = 192;

/**
 * A small picture of a study, or of one series of it. The reading is on record before a header is opened, and once: which image
 * it came to is added to it. Undefined where there is nothing to show.
 *
 * @throws as `renderFrame`
 */
export async function renderThumbnail(
  deps: RenderingDeps,
  memory: RenderingMemory,
  actor: StudyReader,
  study: OpenStudy,
  series: OpenSeries | undefined,
  signal: AbortSignal,
  look: Partial<Pick<Asked, 'format' | 'viewport'>> = {},
): Promise<FramePicture | undefined> {
  await deps.reads.opening(actor, 'study.view', study.place, []);
  const standing = series
    ? await standingForSeries(deps, memory, study, series)
    : await standingForStudy(deps, memory, study, signal);
  if (!standing) return undefined;
  signal.throwIfAborted();
  const found = await memory.finder.find(deps, study, standing.imageId);
  await deps.reads.alsoOf(actor, 'study.view', study.place, [found.instance.sopInstanceUid]);
  // Graphics over a picture may spell a name, and a thumbnail tells of none (PS3.18 §10.4.1.1.4).
  const asked = { size: thumbnailSize, invert: false, overlays: false, format: 'jpeg', ...look } as const;
  return renderFound(deps, memory, actor, found, standing.frame, asked, signal);
}

/** The middle one of those that are wanted; a series of thousands is not copied for it. */
function middleOf(
  images: readonly SeriesImage[],
  wanted: (one: SeriesImage) => boolean = () => true,
): SeriesImage | undefined {
  const isWanted = (one: SeriesImage) => one.image.refusal === null && wanted(one);
  let left = Math.floor(images.reduce((count, one) => count + Number(isWanted(one)), 0) / 2);
  return images.find((one) => isWanted(one) && left-- === 0);
}

/** Of a series: the middle one of its images that can be shown, for the first is often a corner of the body or black, and of that the frame that its header names, or the middle one. */
async function standingForSeries(
  deps: RenderingDeps,
  memory: RenderingMemory,
  study: OpenStudy,
  series: OpenSeries,
): Promise<Standing | undefined> {
  const image = middleOf(await memory.series.underWay(deps, study, series));
  return image && standingOf(image);
}

/** Of a study: that of the largest of its series that show the patient, and neither plan other series nor tell of them; where there is none, of any that has a picture. */
async function standingForStudy(
  deps: RenderingDeps,
  memory: RenderingMemory,
  study: OpenStudy,
  signal: AbortSignal,
): Promise<Standing | undefined> {
  let any: Standing | undefined;
  const likely = (await seriesIn(deps, study)).sort((a, b) => unlikeliness(a) - unlikeliness(b) || byExtent(a, b));
  for (const series of likely.slice(0, mostSeries)) {
    signal.throwIfAborted();
    const images = await memory.series.underWay(deps, study, series);
    const main = middleOf(images, ({ beside }) => !beside);
    if (main && unlikeliness(series) === 0) return standingOf(main);
    const image = main ?? middleOf(images);
    any ??= image && standingOf(image);
  }
  return any;
}

const standingOf = ({ image, representative }: SeriesImage): Standing => ({ imageId: image.id, frame: representative });

function unlikeliness({ row, cell }: OpenSeries): number {
  if (withoutPictures.has(row.modality)) return 3;
  if (row.modality === 'SEG' || row.modality === 'RTDOSE') return 2;
  return beside.test(firstValue(cell.attributes, '0008103E')) ? 1 : 0;
}

const byExtent = (a: OpenSeries, b: OpenSeries): number =>
  b.row.instanceCount - a.row.instanceCount || a.row.ordinal - b.row.ordinal;
