import { isPixelTag } from '@symbolon/dicom';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { type Receiver, receiverOf } from '../platform/http/taken.ts';
import { notFound, StudiesError } from '../studies/index.ts';
import { acceptedBy, type MediaRange, preferred } from './accept.ts';
import { contentType } from './content-type.ts';
import { DicomWebError } from './errors.ts';
import { type FrameForm, noForm } from './frame-forms.ts';
import { bulkPathsOf, bulkValueIn, headerOf } from './metadata.ts';
import { multipart, type OutgoingPart } from './multipart.ts';
import { type PixelData, pixelData } from './pixel-parts.ts';
import {
  type Asked,
  entityTag,
  type Found,
  instanceUrl,
  type Params,
  type RetrieveDeps,
  recordReading,
  type Selection,
  select,
  selectOne,
  studyUrlOf,
  unlessHungUp,
  watching,
} from './selection.ts';
import { sendBytes } from './send-bytes.ts';

const octets = 'application/octet-stream';
const valueForms = [{ type: octets }, { type: 'multipart/related', of: octets }] as const;

const urlOf = (deps: RetrieveDeps, request: Asked, found: Found): string =>
  instanceUrl(studyUrlOf(deps, request), found);

/** One value of an instance, by the address that metadata gives. */
async function bulkData(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const path = request.params.path ?? '';
  const selection = await selectOne(deps, request);
  const { one } = selection;
  const header = await headerOf(deps.reader, one);
  const value = bulkValueIn(header, path);
  if (value === undefined && /^7FE000(08|09|10)$/i.test(path) && isPixelTag(Number.parseInt(path, 16)))
    return pixels(deps, request, reply, selection);
  if (value === undefined) throw notFound();
  const isValue = value instanceof Uint8Array;
  const form = preferred(acceptedBy(request), isValue ? valueForms : valueForms.slice(1));
  if (!form)
    throw new DicomWebError(
      'NOT_ACCEPTABLE',
      `This is served as ${octets}${isValue ? ', alone or' : ''} in multipart/related.`,
    );
  await recordReading(deps, request, selection);
  const watch = watching(deps, request, selection);
  if (isValue && form.type === octets) {
    const pieces = async function* (start: number, end: number): AsyncGenerator<Uint8Array> {
      yield value.subarray(start, end);
    };
    const tag = entityTag('bulk', one.instance.sha256, path);
    return sendBytes(request, reply, { 'content-type': octets }, tag, { bytes: value.length, pieces }, watch);
  }
  const location = `${urlOf(deps, request, one)}/bulkdata/${path}`;
  // The first fragment is a table of where the others begin.
  const values = isValue ? [value] : value.slice(1);
  const answer = multipart(octets, partsOf(values.map((bytes) => ({ location, bytes }))));
  return sendPieces(request, reply, { 'content-type': answer.type }, watch(answer.body));
}

async function* partsOf(
  values: Iterable<{ readonly location: string; readonly bytes: Uint8Array }>,
): AsyncGenerator<OutgoingPart> {
  for (const { location, bytes } of values) {
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes;
    };
    yield { type: octets, location, bytes: bytes.length, pieces };
  }
}

/** The pixel data of one instance. */
async function pixels(
  deps: RetrieveDeps,
  request: Asked,
  reply: FastifyReply,
  selection: Selection & { readonly one: Found },
): Promise<FastifyReply> {
  const { one } = selection;
  const ranges = acceptedBy(request);
  const to = receiverOf(reply);
  const url = urlOf(deps, request, one);
  const made = await pixelData(deps, signedIn(request), one, url, ranges, { alone: true, to });
  if ('forms' in made) throw noForm(made.forms);
  await recordReading(deps, request, selection);
  const watch = watching(deps, request, selection);
  const { form } = made;
  if (form.type === 'multipart/related') {
    const answer = multipart(form.media, made.parts());
    return sendPieces(request, reply, { 'content-type': answer.type }, watch(answer.body));
  }
  const headers = { 'content-type': contentType(form.media, form.transferSyntax) };
  const tag = entityTag('pixels', one.instance.sha256, form.transferSyntax);
  const whole = await made.whole();
  if (whole) return sendBytes(request, reply, headers, tag, whole, watch);
  const joined = async function* (): AsyncGenerator<Uint8Array> {
    for await (const { pieces } of made.parts()) yield* pieces();
  };
  return sendPieces(request, reply, headers, watch(joined()));
}

/** What of the pixel data of one instance goes out among that of others; undefined where it has none. */
async function pixelsAmong(
  deps: RetrieveDeps,
  request: Asked,
  found: Found,
  ranges: readonly MediaRange[],
  to: Receiver,
): Promise<PixelData | { readonly forms: readonly FrameForm[] } | undefined> {
  try {
    return await pixelData(deps, signedIn(request), found, urlOf(deps, request, found), ranges, {
      alone: false,
      to,
    });
  } catch (error) {
    if (error instanceof StudiesError) return undefined;
    if (error instanceof DicomWebError) return { forms: [] };
    throw error;
  }
}

/** The pixel data, or all bulk values, of every instance of a study or series, or of one. */
async function many(deps: RetrieveDeps, request: Asked, reply: FastifyReply, values: boolean): Promise<FastifyReply> {
  const selection = await select(deps, request);
  if (!values && selection.one) return pixels(deps, request, reply, selection as Selection & { readonly one: Found });
  const ranges = acceptedBy(request);
  const to = receiverOf(reply);
  let media: string | undefined;
  let forms: readonly FrameForm[] = [];
  let [there, pictures, missing] = [0, 0, 0];
  for await (const found of selection.instances()) {
    to.signal.throwIfAborted();
    if (values && bulkPathsOf(await headerOf(deps.reader, found)).length > 0) {
      there += 1;
      media ??= octets;
    }
    const made = await pixelsAmong(deps, request, found, ranges, to);
    if (made === undefined) continue;
    if ('forms' in made) {
      missing += 1;
      forms = made.forms;
      continue;
    }
    there += 1;
    pictures += 1;
    media = media === undefined || media === made.form.media ? made.form.media : octets;
  }
  if (there === 0 && missing === 0) throw notFound();
  if (there === 0) throw noForm(forms);
  if (pictures === 0 && !preferred(ranges, valueForms.slice(1)))
    throw new DicomWebError('NOT_ACCEPTABLE', `This is served as ${octets} in multipart/related.`);
  await recordReading(deps, request, selection);
  const watch = watching(deps, request, selection);
  if (missing > 0)
    reply
      .status(206)
      .header(
        'warning',
        `299 symbolon "the pixel data of ${missing} instances cannot be given out in this form, and is left out"`,
      );
  const parts = async function* (): AsyncGenerator<OutgoingPart> {
    for await (const found of selection.instances()) {
      if (values) {
        const header = await headerOf(deps.reader, found);
        const url = urlOf(deps, request, found);
        for (const path of bulkPathsOf(header)) {
          const value = bulkValueIn(header, path);
          const all = value instanceof Uint8Array ? [value] : (value ?? []).slice(1);
          yield* partsOf(all.map((bytes) => ({ location: `${url}/bulkdata/${path}`, bytes })));
        }
      }
      const made = await pixelsAmong(deps, request, found, ranges, to);
      if (made && !('forms' in made)) yield* made.parts();
    }
  };
  const answer = multipart(media ?? octets, parts());
  return sendPieces(request, reply, { 'content-type': answer.type }, watch(answer.body));
}

export function bulkRoutes(
  app: FastifyInstance,
  routed: Routed<RetrieveDeps>,
  { resources, instance }: { readonly resources: readonly string[]; readonly instance: string },
): void {
  const config = { action: 'study.view' } as const;
  for (const resource of resources) {
    for (const values of [false, true])
      app.get<{ Params: Params }>(`${resource}/${values ? 'bulkdata' : 'pixeldata'}`, { config }, (request, reply) =>
        unlessHungUp(reply, many(ofAccount(routed, request), request, reply, values)),
      );
  }
  app.get<{ Params: Params }>(`${instance}/bulkdata/:path`, { config }, (request, reply) =>
    unlessHungUp(reply, bulkData(ofAccount(routed, request), request, reply)),
  );
}
