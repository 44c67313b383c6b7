import { firstValue, type OpenSeries, type OpenStudy, seriesIn } from '../studies/index.ts';
import type { RenderingDeps } from './render-frame.ts';
import type { RenderingMemory } from './rendering-memory.ts';
import type { SeriesImage } from './series-images.ts';

/** Which frame of which image stands for others; `frame` counts from 1. */
export type Standing = { readonly imageId: string; readonly frame: number };

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

const middleOf = <T>(all: readonly T[]): T | undefined => all[Math.floor(all.length / 2)];

/** Of a series: the middle one of its images that can be shown, for the first is often a corner of the body or black, and of that the frame that its header names, or the middle one. */
export async function standingForSeries(
  deps: RenderingDeps,
  memory: RenderingMemory,
  study: OpenStudy,
  series: OpenSeries,
): Promise<Standing | undefined> {
  const image = middleOf(await shownOf(deps, memory, study, series));
  return image && standingOf(image);
}

/** Of a study: that of the largest of its series that show the patient, and neither plan other series nor tell of them; where there is none, of any that has a picture. */
export async function standingForStudy(
  deps: RenderingDeps,
  memory: RenderingMemory,
  study: OpenStudy,
): Promise<Standing | undefined> {
  let any: Standing | undefined;
  const likely = (await seriesIn(deps, study)).sort((a, b) => unlikeliness(a) - unlikeliness(b) || byExtent(a, b));
  for (const series of likely.slice(0, mostSeries)) {
    const images = await shownOf(deps, memory, study, series);
    const main = middleOf(images.filter(({ beside }) => !beside));
    if (main && unlikeliness(series) === 0) return standingOf(main);
    const image = main ?? middleOf(images);
    any ??= image && standingOf(image);
  }
  return any;
}

async function shownOf(
  deps: RenderingDeps,
  memory: RenderingMemory,
  study: OpenStudy,
  series: OpenSeries,
): Promise<SeriesImage[]> {
  return (await memory.series.list(deps, study, series)).filter(({ image }) => image.refusal === null);
}

const standingOf = ({ image, representative }: SeriesImage): Standing => ({ imageId: image.id, frame: representative });

function unlikeliness({ row, cell }: OpenSeries): number {
  if (withoutPictures.has(row.modality)) return 3;
  if (row.modality === 'SEG' || row.modality === 'RTDOSE') return 2;
  return beside.test(firstValue(cell.attributes, '0008103E')) ? 1 : 0;
}

const byExtent = (a: OpenSeries, b: OpenSeries): number =>
  b.row.instanceCount - a.row.instanceCount || a.row.ordinal - b.row.ordinal;
