import { paths } from '@symbolon/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { joinHalves } from '../packs/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { receiverOf } from '../platform/http/taken.ts';
import { safePreamble } from '../studies/index.ts';
import { acceptedBy, attributeForm, dicomForm, wantsZip } from './accept.ts';
import { archive } from './archive.ts';
import { contentType } from './content-type.ts';
import { metadataXml } from './metadata.ts';
import { encoded, metadataArray } from './metadata-texts.ts';
import { multipart, type OutgoingPart } from './multipart.ts';
import { nothingFits, type Rendition, renditionBytes, renditionOf, syntaxOf } from './rendition.ts';
import { bulkRoutes } from './retrieve-bulk.routes.ts';
import { frameRoutes } from './retrieve-frames.routes.ts';
import { renderedRoutes } from './retrieve-rendered.routes.ts';
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
  studyUrlOf,
  unlessHungUp,
  watching,
} from './selection.ts';
import { sendFile } from './send-file.ts';

const config = { action: 'study.view' } as const;
const study = `${paths.dicomweb}/studies/:study`;
const series = `${study}/series/:series`;
const instance = `${series}/instances/:instance`;

/** How each of the instances goes out, and how many cannot in any form that is wanted. */
async function renditions(
  deps: RetrieveDeps,
  { instances }: Selection,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly of: (found: Found) => Promise<Rendition | undefined>; readonly missing: number }> {
  const of = (found: Found): Promise<Rendition | undefined> => renditionOf(deps, found, wanted);
  if (wanted.length === 0 || wanted[0] === '*') return { of, missing: 0 };
  let [fitting, missing] = [0, 0];
  for await (const found of instances()) {
    signal.throwIfAborted();
    if ((await of(found)) === undefined) missing += 1;
    else fitting += 1;
  }
  if (fitting === 0) throw nothingFits(wanted);
  return { of, missing };
}

async function files(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  if (request.params.instance === undefined && wantsZip(acceptedBy(request))) return archive(deps, request, reply);
  const form = dicomForm(acceptedBy(request), request.params.instance !== undefined);
  const selection = await select(deps, request);
  const to = receiverOf(reply);
  const { of, missing } = await renditions(deps, selection, form.transferSyntaxes, to.signal);
  await recordReading(deps, request, selection);
  const watch = watching(deps, request, selection);
  const actor = signedIn(request);
  const { one } = selection;
  if (!form.multipart && one) return sendFile(deps, request, reply, one, (await of(one)) as Rendition, watch, to);
  const parts = async function* (): AsyncGenerator<OutgoingPart> {
    for await (const found of selection.instances()) {
      const how = await of(found);
      if (how === undefined) continue;
      const { pack, instance: stored } = found;
      yield {
        type: contentType('application/dicom', syntaxOf(found, how)),
        bytes: how === 'stored' ? stored.bytes : undefined,
        pieces: () =>
          how === 'stored'
            ? safePreamble(joinHalves(deps.reader, pack, stored, false))
            : renditionBytes(deps, actor, found, how, to),
      };
    }
  };
  if (missing > 0)
    reply
      .status(206)
      .header(
        'warning',
        `299 symbolon "${missing} ${missing === 1 ? 'instance' : 'instances'} cannot be given out in this transfer syntax, and left out"`,
      );
  const { type, body } = multipart('application/dicom', parts());
  return sendPieces(request, reply, { 'content-type': type }, watch(body));
}

/** Changes with every instance that comes, goes, or is chosen in place of another, and with the form. */
async function metadataTag(selection: Selection, ...of: readonly string[]): Promise<string> {
  const digests: string[] = [];
  for await (const { instance: stored, seriesUid } of selection.instances()) digests.push(seriesUid, stored.sha256);
  return entityTag('metadata 1', ...of, ...digests);
}

async function metadata(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const form = attributeForm(acceptedBy(request));
  const selection = await select(deps, request);
  await recordReading(deps, request, selection);
  const studyUrl = studyUrlOf(deps, request);
  const etag = await metadataTag(selection, form.type, studyUrl);
  reply.headers({ etag, vary: 'accept' });
  if (isNamedIn(request.headers['if-none-match'], etag))
    return reply.status(304).header('cache-control', 'no-store').send();
  const watch = watching(deps, request, selection);
  if (form.form === 'json') {
    const pieces = metadataArray(deps, studyUrl, selection);
    return sendPieces(request, reply, { 'content-type': form.type }, watch(pieces));
  }
  const parts = async function* (): AsyncGenerator<OutgoingPart> {
    for await (const found of selection.instances()) {
      const document = metadataXml(deps.reader, found, instanceUrl(studyUrl, found));
      yield { type: 'application/dicom+xml', pieces: () => encoded(document) };
    }
  };
  if (form.type === 'application/dicom+xml' && selection.one) {
    const document = metadataXml(deps.reader, selection.one, instanceUrl(studyUrl, selection.one));
    return sendPieces(request, reply, { 'content-type': form.type }, watch(encoded(document)));
  }
  const { type, body } = multipart('application/dicom+xml', parts());
  return sendPieces(request, reply, { 'content-type': type }, watch(body));
}

/** Source: RFC 9110 §13.1.2. */
function isNamedIn(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}

/** WADO-RS (PS3.18 §10.4): studies, series and instances as DICOM files, their metadata, their frames and bulk values. */
export function retrieveRoutes(app: FastifyInstance, routed: Routed<RetrieveDeps>): void {
  for (const resource of [study, series, instance]) {
    app.get<{ Params: Params }>(resource, { config }, (request, reply) =>
      unlessHungUp(reply, files(ofAccount(routed, request), request, reply)),
    );
    app.get<{ Params: Params }>(`${resource}/metadata`, { config }, (request, reply) =>
      metadata(ofAccount(routed, request), request, reply),
    );
  }
  frameRoutes(app, routed, instance);
  renderedRoutes(app, routed, [study, series, instance]);
  bulkRoutes(app, routed, { resources: [study, series, instance], instance });
}
