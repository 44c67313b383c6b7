import { paths, uid } from '@symbolon/contract';
import { lookupTag } from '@symbolon/dicom';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { blindTerms } from '../audit/index.ts';
import type { Attributes } from '../packs/index.ts';
import {
  attributesMatch,
  type FoundStudy,
  findStudies,
  firstValue,
  instanceKeys,
  instancesOf,
  instanceTags,
  type Part,
  partByUid,
  patientTags,
  type ReadingDeps,
  type StudiesDeps,
  seriesKeys,
  seriesOfStudies,
  seriesTags,
  studiesByUid,
  studyKeys,
  studyTags,
} from '../studies/index.ts';
import { acceptedBy, attributeForm } from './accept.ts';
import { DicomWebError } from './errors.ts';
import { parseQuery } from './query.ts';

type Json = Record<string, unknown>;

const some = (vr: string, ...values: readonly unknown[]): Json =>
  values.length === 0 ? { vr } : { vr, Value: values };

/** What is answered only where it has a value: conditional and optional in PS3.18 Tables 10.6.3-3 to -5. */
const onlyWithValue = new Set(
  '00100021 00081030 00080201 0008103E 00080021 00080031 00180015 00400244 00400245 00400275 00280008 00280010 00280011 00280100'.split(
    ' ',
  ),
);

/** A required attribute without a value is answered empty, so that a client can tell "empty" from "not known here". */
function answer(attributes: Attributes, tags: readonly string[], computed: Json): Json {
  const kept = tags
    .filter((tag) => attributes[tag] !== undefined || !onlyWithValue.has(tag))
    .map((tag) => [tag, attributes[tag] ?? { vr: lookupTag(Number.parseInt(tag, 16))?.vr ?? 'UN' }]);
  const all = { ...Object.fromEntries(kept), ...computed };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function studyAnswer(deps: StudiesDeps, { row, cell }: Pick<FoundStudy, 'row' | 'cell'>): Json {
  return answer(cell.attributes, [...patientTags, ...studyTags], {
    '00080005': some('CS', 'ISO_IR 192'),
    '00080056': some('CS', 'ONLINE'),
    '00080061': some('CS', ...row.modalities),
    '00081190': some('UR', `${deps.publicUrl}${paths.dicomweb}/studies/${firstValue(cell.attributes, '0020000D')}`),
    '00201206': some('IS', row.seriesCount),
    '00201208': some('IS', row.instanceCount),
  });
}

function send(reply: FastifyReply, items: readonly Json[], warnings: readonly string[]): FastifyReply {
  if (warnings.length > 0)
    reply.header('warning', [...new Set(warnings)].map((text) => `299 symbolon "${text}"`).join(', '));
  return reply
    .status(200)
    .type('application/dicom+json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(items));
}

const queryOf = (request: FastifyRequest, known: readonly string[]) => {
  if (attributeForm(acceptedBy(request)).form !== 'json')
    throw new DicomWebError('NOT_ACCEPTABLE', 'Search results are served as application/dicom+json in this version.');
  const at = request.url.indexOf('?');
  return parseQuery(new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1)), known);
};

/** Days and kinds of studies name nobody. */
const plainKeys = new Set(['00080020', '00080030', '00080060', '00080061']);

async function recordedKeys(
  { chains }: StudiesDeps,
  accountId: string,
  keys: Awaited<ReturnType<typeof queryOf>>['keys'],
): Promise<Record<string, string>> {
  const all = keys.map(({ tag, value }) => [tag, value] as const);
  const plain = Object.fromEntries(all.filter(([tag]) => plainKeys.has(tag)));
  return {
    ...plain,
    ...(await blindTerms(chains, accountId, Object.fromEntries(all.filter(([tag]) => !plainKeys.has(tag))))),
  };
}

/** QIDO-RS (PS3.18 §10.6): studies, the series of a study, the instances of a study or series; DICOM JSON. */
export function searchRoutes(app: FastifyInstance, routed: Routed<ReadingDeps>): void {
  const config = { action: 'study.search' } as const;
  const studies = `${paths.dicomweb}/studies`;

  app.get(studies, { config }, async (request, reply) => {
    const deps = ofAccount(routed, request);
    const actor = signedIn(request);
    const query = queryOf(request, studyKeys);
    const { found, warnings } = await findStudies(deps, actor, query);
    const shown = found.map(({ row }) => row.id);
    const detail = {
      keys: await recordedKeys(deps, actor.accountId, query.keys),
      offset: query.offset,
      studies: shown.length,
    };
    await deps.audit.record(deps.database, [
      { actor, action: 'study.search', kind: 'read', outcome: 'success', shown, detail },
    ]);
    return send(
      reply,
      found.map((study) => studyAnswer(deps, study)),
      warnings,
    );
  });

  /** What somebody finds under a UID: all of it, or one series; on record before any of it goes out. */
  const partsFor = async (request: FastifyRequest, { study, series }: { study: string; series?: string }) => {
    const deps = ofAccount(routed, request);
    const actor = signedIn(request);
    const found = await studiesByUid(deps, actor, 'study.search', uid.parse(study));
    const parts: readonly Part[] =
      series === undefined ? await seriesOfStudies(deps, found) : [await partByUid(deps, found, uid.parse(series))];
    for (const part of parts) await deps.reads.opening(actor, 'study.search', part.study.place, []);
    return parts;
  };

  app.get<{ Params: { study: string } }>(`${studies}/:study/series`, { config }, async (request, reply) => {
    const deps = ofAccount(routed, request);
    const query = queryOf(request, seriesKeys);
    const all = (await partsFor(request, request.params)).flatMap(({ series }) => series);
    const found = all.filter(({ cell }) => attributesMatch(cell.attributes, query));
    const items = found.slice(query.offset, query.offset + query.limit).map(({ row, cell }) =>
      answer(cell.attributes, seriesTags, {
        '00080005': some('CS', 'ISO_IR 192'),
        '00081190': some(
          'UR',
          `${deps.publicUrl}${studies}/${request.params.study}/series/${firstValue(cell.attributes, '0020000E')}`,
        ),
        '0020000D': some('UI', request.params.study),
        '00201209': some('IS', row.instanceCount),
      }),
    );
    return send(reply, items, query.warnings);
  });

  const instances = async (
    request: FastifyRequest<{ Params: { study: string; series?: string } }>,
    reply: FastifyReply,
  ) => {
    const deps = ofAccount(routed, request);
    const query = queryOf(request, instanceKeys);
    const parts = await partsFor(request, request.params);
    const items: Json[] = [];
    let skipped = 0;
    for await (const { instance, series } of query.limit === 0 ? [] : instancesOf(deps, parts)) {
      if (!attributesMatch(instance.attributes, query)) continue;
      if (skipped < query.offset) {
        skipped += 1;
        continue;
      }
      const seriesUid = firstValue(series.cell.attributes, '0020000E');
      items.push(
        answer(instance.attributes, instanceTags, {
          '00080005': some('CS', 'ISO_IR 192'),
          '00080056': some('CS', 'ONLINE'),
          '00081190': some(
            'UR',
            `${deps.publicUrl}${studies}/${request.params.study}/series/${seriesUid}/instances/${instance.sopInstanceUid}`,
          ),
          '0020000D': some('UI', request.params.study),
          '0020000E': some('UI', seriesUid),
          '00083002': some('UI', instance.transferSyntax),
        }),
      );
      if (items.length >= query.limit) break;
    }
    return send(reply, items, query.warnings);
  };
  app.get<{ Params: { study: string } }>(`${studies}/:study/instances`, { config }, instances);
  app.get<{ Params: { study: string; series: string } }>(
    `${studies}/:study/series/:series/instances`,
    { config },
    instances,
  );
}
