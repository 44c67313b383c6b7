import { setTimeout as pause } from 'node:timers/promises';
import { isVideo, PixelsError, representativeFrame } from '@symbolon/pixels';
import type { FastifyReply } from 'fastify';
import { signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import type { Receiver } from '../platform/http/taken.ts';
import {
  type Outgoing,
  openPicture,
  outgoingPicture,
  type PictureAsked,
  type PictureFormat,
  pictureFormats,
  RenderingError,
  takenOf,
} from '../rendering/index.ts';
import type { MediaRange, Offer } from './accept.ts';
import { preferred } from './accept.ts';
import { captionsOf } from './annotation.ts';
import { DicomWebError } from './errors.ts';
import { type RenderedQuery, refused } from './rendered-query.ts';
import type { Asked, Found, RetrieveDeps } from './selection.ts';
import type { Watch } from './send-bytes.ts';

/** A media type in which pictures are given out, JPEG where a client likes several alike. Source: PS3.18 Table 8.7.4-1. */
export type PictureForm = Offer & { readonly media: string; readonly format: PictureFormat };

export const pictureForms: readonly PictureForm[] = pictureFormats.map((format) => ({
  type: `image/${format}`,
  media: `image/${format}`,
  format,
}));
const inParts: readonly PictureForm[] = pictureForms.map((form) => ({
  ...form,
  type: 'multipart/related',
  of: form.media,
}));

/** @throws DicomWebError NOT_ACCEPTABLE */
export function pictureForm(ranges: readonly MediaRange[], how: 'alone' | 'in parts' | 'either'): PictureForm {
  const form = pictureFormIfAny(ranges, how);
  if (form) return form;
  const types = pictureForms.map(({ media }) => media).join(', ');
  throw new DicomWebError(
    'NOT_ACCEPTABLE',
    how === 'alone'
      ? `Pictures are served as ${types}. Name one of them in Accept.`
      : `Pictures are served as ${types}${how === 'either' ? ', alone or' : ','} in multipart/related with that type. Name one of them in Accept.`,
  );
}

export function pictureFormIfAny(
  ranges: readonly MediaRange[],
  how: 'alone' | 'in parts' | 'either',
): PictureForm | undefined {
  return preferred(ranges, { alone: pictureForms, 'in parts': inParts, either: [...pictureForms, ...inParts] }[how]);
}

/** How many frames of an instance can be shown, and which stands for them, counted from 1. */
export type Frames = { readonly count: number; readonly representative: number };

/** Undefined where it has no picture. @throws RenderingError PIXELS_NOT_RENDERABLE  none can be made */
export async function framesIfAny(deps: RetrieveDeps, found: Found): Promise<Frames | undefined> {
  try {
    const { model, table } = await openPicture(deps, deps.memory, found);
    return { count: table.frames, representative: representativeFrame(model, table.frames) + 1 };
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    if (cause instanceof PixelsError && cause.code === 'PIXELS_MISSING') return undefined;
    throw error;
  }
}

/** @throws DicomWebError NOT_ACCEPTABLE  it has no picture; as `framesIfAny` */
export async function framesOf(deps: RetrieveDeps, found: Found): Promise<Frames> {
  const frames = await framesIfAny(deps, found);
  if (frames === undefined) throw noPicture();
  return frames;
}

export const noPicture = (): DicomWebError =>
  new DicomWebError(
    'NOT_ACCEPTABLE',
    'Nothing of this can be shown as a picture or as a text that is asked for here. Ask for it as application/dicom, without /rendered or /thumbnail.',
  );

export const holdsVideo = ({ instance }: Found): boolean => isVideo(instance.transferSyntax);

/** A picture alone. */
export function sendPicture(
  request: Asked,
  reply: FastifyReply,
  media: string,
  made: Outgoing,
  watch: Watch,
): Promise<FastifyReply> {
  const headers = { 'content-type': media, 'content-length': made.bytes.length };
  return sendPieces(request, reply, headers, watch(takenOf(made)));
}

const waitMs = { first: 20, most: 500, together: 60_000 };

/** Where so many pictures are asked for that none may wait for its turn, who is under way comes again, and is not broken off. */
export async function whenThereIsATurn<T>({ signal }: Pick<Receiver, 'signal'>, make: () => Promise<T>): Promise<T> {
  let [next, waited] = [waitMs.first, 0];
  for (;;) {
    try {
      return await make();
    } catch (error) {
      const isBusy = error instanceof RenderingError && error.code === 'RENDERING_BUSY';
      if (!isBusy || waited >= waitMs.together) throw error;
      await pause(next, undefined, { signal });
      waited += next;
      next = Math.min(2 * next, waitMs.most);
    }
  }
}

/** One frame of an instance as a picture, by the renderer that serves the viewer, too. */
export async function picture(
  deps: RetrieveDeps,
  request: Asked,
  found: Found,
  frame: { readonly number: number; readonly of: number },
  { look, annotation, overlays = true }: Pick<RenderedQuery, 'look' | 'annotation'> & { readonly overlays?: boolean },
  format: PictureFormat,
  to: Receiver,
): Promise<Outgoing> {
  if (format === 'gif' && look.space !== undefined)
    throw refused('A GIF carries no colour profile. Leave iccprofile out, or ask for image/jpeg or image/png.');
  const captions = await captionsOf(deps, found, frame, annotation);
  const asked: PictureAsked = { invert: false, overlays, ...look, format, captions };
  return outgoingPicture(deps, deps.memory, signedIn(request), found, frame.number, asked, to);
}
