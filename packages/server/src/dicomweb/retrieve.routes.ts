import { randomBytes } from 'node:crypto';
import { paths, uid } from '@symbolon/contract';
import { stringifyDicomJson } from '@symbolon/dicom';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, ofAccount, type Routed, signedIn, whileAllowed } from '../access/index.ts';
import { joinHalves } from '../packs/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import {
  firstValue,
  identifies,
  instanceByUid,
  instancesOf,
  notFound,
  type OpenInstance,
  type OpenSeries,
  type Part,
  partByUid,
  type ReadingDeps,
  requireIdentity,
  safePreamble,
  seriesOfStudies,
  stillWhole,
  studiesByUid,
} from '../studies/index.ts';
import { acceptedBy, attributeForm, dicomForm } from './accept.ts';
import { DicomWebError } from './errors.ts';
import { bulkValue, metadataOf } from './metadata.ts';

type Params = { study: string; series?: string; instance?: string; path?: string };
type Selection = {
  readonly parts: readonly Part[];
  readonly instances: () => AsyncIterable<OpenInstance>;
  readonly one?: OpenInstance;
};

async function select(deps: ReadingDeps, request: FastifyRequest<{ Params: Params }>): Promise<Selection> {
  const { params } = request;
  const actor = signedIn(request);
  const found = await studiesByUid(deps, actor, 'study.view', uid.parse(params.study));
  const studies = found.filter(({ row }) => identifies(actor, row));
  if (studies.length === 0) for (const { row } of found) requireIdentity(actor, row);
  if (params.series === undefined) {
    const parts = await seriesOfStudies(deps, studies);
    return { parts, instances: () => instancesOf(deps, parts) };
  }
  const part = await partByUid(deps, studies, uid.parse(params.series));
  const parts = [part];
  if (params.instance === undefined) return { parts, instances: () => instancesOf(deps, parts) };
  const one = await instanceByUid(deps, part.study, part.series[0] as OpenSeries, uid.parse(params.instance));
  return {
    parts,
    one,
    instances: async function* () {
      yield one;
    },
  };
}

/** Records the reading before the first byte goes out (Law 4). */
async function recordReading(deps: ReadingDeps, request: FastifyRequest, { parts, one }: Selection): Promise<void> {
  const uids = one ? [one.instance.sopInstanceUid] : undefined;
  for (const { study } of parts) await deps.reads.opening(signedIn(request), 'study.view', study.place, uids);
}

async function* multipart(
  deps: ReadingDeps,
  instances: AsyncIterable<OpenInstance>,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  for await (const { pack, instance } of instances) {
    const type = `application/dicom; transfer-syntax=${instance.transferSyntax}`;
    const pieces = safePreamble(joinHalves(deps.reader, pack, instance, false));
    // Before its head goes out: where the first instance cannot be read, that is still an answer of its own.
    const first = await pieces.next();
    yield Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Length: ${instance.bytes}\r\n\r\n`);
    if (!first.done) yield first.value;
    yield* pieces;
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

async function* metadataArray(
  deps: ReadingDeps,
  studyUrl: string,
  instances: AsyncIterable<OpenInstance>,
): AsyncGenerator<string> {
  let separator = '[';
  for await (const found of instances) {
    const url = `${studyUrl}/series/${firstValue(found.series.cell.attributes, '0020000E')}/instances/${found.instance.sopInstanceUid}`;
    yield separator + stringifyDicomJson(await metadataOf(deps.reader, found, url));
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

/** WADO-RS (PS3.18 §10.4): studies, series and instances as DICOM files, and their metadata; as stored. */
export function retrieveRoutes(app: FastifyInstance, routed: Routed<ReadingDeps>): void {
  const config = { action: 'study.view' } as const;
  const study = `${paths.dicomweb}/studies/:study`;
  const series = `${study}/series/:series`;
  const instance = `${series}/instances/:instance`;

  const files = async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => {
    const deps = ofAccount(routed, request);
    const form = dicomForm(request.headers.accept, request.params.instance !== undefined);
    const selection = await select(deps, request);
    if (form.transferSyntaxes.length > 0) {
      for await (const { instance: stored } of selection.instances()) {
        if (form.transferSyntaxes.includes(stored.transferSyntax)) continue;
        throw new DicomWebError(
          'NOT_ACCEPTABLE',
          `An instance is stored as ${stored.transferSyntax}, and this version does not transcode. Ask for transfer-syntax=*.`,
        );
      }
    }
    await recordReading(deps, request, selection);
    const stillReached = async (now: Actor) => {
      for (const { study } of selection.parts) await stillWhole(deps, signedIn({ actor: now }), 'study.view', study);
    };
    if (!form.multipart && selection.one) {
      const { pack, instance: stored } = selection.one;
      const headers = {
        'content-type': 'application/dicom',
        'content-length': stored.bytes,
        'content-disposition': 'attachment; filename="image.dcm"',
      };
      const pieces = safePreamble(joinHalves(deps.reader, pack, stored, false));
      return sendPieces(request, reply, headers, whileAllowed(request, pieces, stillReached));
    }
    const boundary = randomBytes(16).toString('hex');
    const headers = { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` };
    return sendPieces(
      request,
      reply,
      headers,
      whileAllowed(request, multipart(deps, selection.instances(), boundary), stillReached),
    );
  };

  const metadata = async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => {
    if (attributeForm(acceptedBy(request)).form !== 'json')
      throw new DicomWebError('NOT_ACCEPTABLE', 'Metadata is served as application/dicom+json in this version.');
    const deps = ofAccount(routed, request);
    const selection = await select(deps, request);
    await recordReading(deps, request, selection);
    const studyUrl = `${deps.publicUrl}${paths.dicomweb}/studies/${request.params.study}`;
    const headers = { 'content-type': 'application/dicom+json' };
    return sendPieces(request, reply, headers, metadataArray(deps, studyUrl, selection.instances()));
  };

  for (const resource of [study, series, instance]) {
    app.get<{ Params: Params }>(resource, { config }, files);
    app.get<{ Params: Params }>(`${resource}/metadata`, { config }, metadata);
  }

  app.get<{ Params: Params }>(`${instance}/bulkdata/:path`, { config }, async (request, reply) => {
    const deps = ofAccount(routed, request);
    const selection = await select(deps, request);
    if (!selection.one) throw notFound();
    const value = await bulkValue(deps.reader, selection.one, request.params.path ?? '');
    await recordReading(deps, request, selection);
    return reply.type('application/octet-stream').header('cache-control', 'no-store').send(Buffer.from(value));
  });
}
