import {
  type FrameQuery,
  type ImagesAnswer,
  imagesAnswer,
  pathOf,
  paths,
  type StudyAnswer,
  studyAnswer,
  studyPaths,
  type VoiWindow,
  type WorklistAnswer,
  type WorklistQuery,
  worklistAnswer,
} from '@symbolon/contract';
import { call, type Exchange, refusal, request } from './exchange.ts';
import { queryText } from './query-text.ts';
import { readAll } from './transport.ts';

/** A study as somebody reaches it: by its id, or by a link that was opened. */
export type StudyRoad = { readonly studyId: string } | { readonly linkId: string };

function base(road: StudyRoad): string {
  return 'studyId' in road ? pathOf(paths.study, road) : pathOf(paths.sharedStudy, road);
}

/** One page of the studies that match. */
export function worklist(
  exchange: Exchange,
  query: Partial<WorklistQuery>,
  signal?: AbortSignal,
): Promise<WorklistAnswer> {
  return call(exchange, { path: paths.worklist, json: query, answer: worklistAnswer, signal });
}

export function study(exchange: Exchange, road: StudyRoad, signal?: AbortSignal): Promise<StudyAnswer> {
  return call(exchange, { path: base(road), answer: studyAnswer, signal });
}

/** One page of a series' images; `after` is the `next` of the page before. */
export function images(
  exchange: Exchange,
  road: StudyRoad,
  seriesId: string,
  after: string | null,
  signal?: AbortSignal,
): Promise<ImagesAnswer> {
  const path = base(road) + pathOf(studyPaths.images, { seriesId }) + queryText({ after: after ?? undefined });
  return call(exchange, { path, answer: imagesAnswer, signal });
}

/** The address of a rendered frame; `frame` counts from 1. */
export function framePath(road: StudyRoad, imageId: string, frame: number, how: Partial<FrameQuery> = {}): string {
  return base(road) + pathOf(studyPaths.frame, { imageId, frame: String(frame) }) + queryText(how);
}

/** More than a rendered frame can be: 8192 × 8192 as a PNG of three samples. */
const maxFrameBytes = 256 * 1024 * 1024;

/** A frame as a JPEG or PNG, and the window with which it was rendered; null for what has none, such as colour. */
export type RenderedFrame = { readonly blob: Blob; readonly window: Omit<VoiWindow, 'name'> | null };

/** The rendered frame at an address that `framePath` made. */
export async function frame(exchange: Exchange, path: string, signal?: AbortSignal): Promise<RenderedFrame> {
  const answer = await request(exchange, path, { method: 'GET', headers: { accept: 'image/*' }, signal });
  if (answer.status < 200 || answer.status > 299) throw await refusal(answer);
  const bytes = await readAll(answer, maxFrameBytes);
  const type = answer.headers.get('content-type') ?? 'image/jpeg';
  return {
    blob: new Blob([bytes as Uint8Array<ArrayBuffer>], { type }),
    window: windowIn(answer.headers.get('symbolon-window')),
  };
}

/** "40 400": centre and width, as the exchange tells them of a frame. */
function windowIn(header: string | null): RenderedFrame['window'] {
  const [center = Number.NaN, width = Number.NaN] = (header ?? '').split(' ').map(Number);
  return Number.isFinite(center) && width > 0 && Number.isFinite(width) ? { center, width } : null;
}

export function thumbnailPath(road: StudyRoad, seriesId: string): string {
  return base(road) + pathOf(studyPaths.thumbnail, { seriesId });
}

/** The address of one small picture of the whole study. */
export function studyThumbnailPath(road: StudyRoad): string {
  return base(road) + studyPaths.studyThumbnail;
}

/** The address of a study's files as one zip. */
export function archivePath(road: StudyRoad): string {
  return base(road) + studyPaths.archive;
}
