import { paths } from '@symbolon/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ofAccount, type Routed } from '../access/index.ts';
import { type Receiver, receiverOf } from '../platform/http/taken.ts';
import { RenderingError } from '../rendering/index.ts';
import { type Offer, preferred } from './accept.ts';
import { DicomWebError } from './errors.ts';
import { noSuchFrame } from './frames.ts';
import {
  type Frames,
  framesIfAny,
  holdsVideo,
  type PictureForm,
  picture,
  pictureForms,
  sendPicture,
} from './pictures.ts';
import { refused } from './rendered-query.ts';
import { nothingFits, renditionOf } from './rendition.ts';
import {
  type Asked,
  type Found,
  type Params,
  type RetrieveDeps,
  recordReading,
  selectOne,
  unlessHungUp,
  watching,
} from './selection.ts';
import { sendFile } from './send-file.ts';
import { sendWritten } from './send-written.ts';
import { uriQuery } from './uri-query.ts';
import { ignoredWords, warn } from './warnings.ts';
import { type OutgoingText, outgoingText, type WrittenForm } from './written.ts';

const file = { type: 'application/dicom' } as const satisfies Offer;

/** In what an instance can be had, what is usual first. Source: PS3.18 §9.3, Table 8.7.4-1. */
function offersFor(
  { frames, text }: ShownAs,
  frame: number | undefined,
): readonly (PictureForm | WrittenForm | typeof file)[] {
  if (text) return [...text.written.forms, file];
  if (frames === undefined) return [file];
  return frames.count > 1 && frame === undefined ? [file, ...pictureForms] : [...pictureForms, file];
}

/** What of it can be shown; where that is nothing though it has pixels or is a report, why. It can be had as a file. */
type ShownAs = { readonly frames?: Frames; readonly text?: OutgoingText; readonly why?: unknown };

async function shownOf(deps: RetrieveDeps, one: Found, to: Receiver): Promise<ShownAs> {
  if (holdsVideo(one)) return {};
  try {
    const frames = await framesIfAny(deps, one);
    if (frames) return { frames };
    const text = await outgoingText(deps, one, to);
    return text ? { text } : {};
  } catch (why) {
    if (why instanceof RenderingError || why instanceof DicomWebError) return { why };
    throw why;
  }
}

/** One instance, as a picture, as a text or document, or as a file (PS3.18 §9). */
async function retrieve(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const query = uriQuery(request);
  const selection = await selectOne(deps, request, query.names);
  const { one } = selection;
  await recordReading(deps, request, selection);
  const to = receiverOf(reply);
  const shown = await shownOf(deps, one, to);
  const { frames, text, why } = shown;
  const offers = offersFor(shown, query.frame);
  const form = preferred(query.ranges, offers);
  if (form === undefined) {
    if (why) throw why;
    const types = offers.map(({ type }) => type).join(', ');
    throw new DicomWebError(
      'NOT_ACCEPTABLE',
      `This is served as ${types}. Name one of them in contentType or in Accept.`,
    );
  }
  if ('how' in form) {
    const studyUrl = `${deps.publicUrl}${paths.dicomweb}/studies/${query.names.study}`;
    return sendWritten(deps, request, reply, studyUrl, text as OutgoingText, form, selection);
  }
  // A file is read anew.
  text?.room.release();
  if (!('format' in form)) {
    if (query.look.window)
      throw refused('A file has no window. Leave windowCenter and windowWidth out, or ask for a picture.');
    const wanted = query.transferSyntax === undefined ? [] : [query.transferSyntax];
    const how = await renditionOf(deps, one, wanted);
    if (how === undefined) throw nothingFits(wanted);
    return sendFile(deps, request, reply, one, how, watching(deps, request, selection), to);
  }
  const { count, representative } = frames as Frames;
  if (count === 1 && query.frame !== undefined) throw refused('This image has one frame. Leave frameNumber out.');
  const number = query.frame ?? representative;
  // Not in the path: a frame that there is none of is a parameter that is wrong (§9.4.1.2.1).
  if (number > count) throw refused(noSuchFrame(number, count).message);
  const made = await picture(deps, request, one, { number, of: count }, query, form.format, to);
  warn(reply, ignoredWords(query));
  return sendPicture(request, reply, form.media, made, watching(deps, request, selection));
}

/** WADO-URI: retrieval of single instances by query parameters. */
export function uriRoutes(app: FastifyInstance, routed: Routed<RetrieveDeps>): void {
  app.get<{ Params: Params }>(`${paths.dicomweb}/wado`, { config: { action: 'study.view' } }, (request, reply) =>
    unlessHungUp(reply, retrieve(ofAccount(routed, request), request, reply)),
  );
}
