import { paths, uid } from '@symbolon/contract';
import type { DicomJson } from '@symbolon/dicom';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import {
  findPatients,
  type MatchPage,
  matchesOfAll,
  matchesOfParts,
  type Part,
  pageByStudyDate,
  pageOf,
  partByUid,
  type SearchLevel,
  seriesOfStudies,
  studiesByUid,
  tagOf,
} from '../studies/index.ts';
import { acceptedBy, attributeForm } from './accept.ts';
import { wantedOf } from './included.ts';
import { queryOf } from './parameters.ts';
import { parseSearch, type SearchRequest } from './query.ts';
import { putPatient } from './search-answer.ts';
import { preparePage } from './search-page.ts';
import { recordSearch, type SearchDeps } from './search-record.ts';
import { sendMatches } from './search-send.ts';

type Params = { study: string; series?: string };

/** Of all studies: a page. Of one: whatever it has, since clients that read a study do not page. */
const across = { usual: 100, most: 1000 };
const within = { usual: 10_000, most: 10_000 };
type Limits = typeof across;

const limitOf = ({ limit }: SearchRequest, { usual, most }: Limits): number => Math.min(limit ?? usual, most);

/** Whether a patient was asked for by their very id. */
const byPatientId = ({ keys }: SearchRequest): boolean =>
  keys.some((key) => tagOf(key) === '00100020' && !/[*?]/.test(key.value));

/** What the client must know of a page beside its matches. */
function warningsOf(
  asked: SearchRequest,
  limits: Limits,
  page: { more: boolean; cut?: { indexed: boolean } | undefined; linked?: boolean },
): string[] {
  const warnings: string[] = [];
  if (asked.counted && asked.place) warnings.push('the total is counted on a request without a cursor');
  else if (asked.counted && page.cut) warnings.push('more would have to be looked at than the total is counted of');
  if (page.cut) {
    const why = page.cut.indexed ? 'narrow the search' : 'add a key that has an index, such as a name, an id or a date';
    const onward = page.linked ? ', or follow the Link' : '';
    warnings.push(`the newest 10000 candidates were looked at; ${why}${onward}`);
  }
  if (page.more && (asked.limit === undefined || asked.limit > limits.most))
    warnings.push('more match than one page has room for; follow the Link');
  // Of very many warnings the first are told: that matches are missing is worth more than that a parameter is not known.
  return [...warnings, ...asked.warnings];
}

/** QIDO-RS (PS3.18 §10.6): studies, series and instances, of all studies or of one; and patients. */
export function searchRoutes(app: FastifyInstance, routed: Routed<SearchDeps>): void {
  const config = { action: 'study.search' } as const;
  const studies = `${paths.dicomweb}/studies`;

  const asked = (request: FastifyRequest, level: SearchLevel | 'patient') => ({
    form: attributeForm(acceptedBy(request)),
    query: parseSearch(queryOf(request.url), level),
  });

  /** Where the next page is: by its place, which nothing moves, where there is one. */
  const sendPage = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { form, query }: ReturnType<typeof asked>,
    level: SearchLevel,
    limits: Limits,
    page: MatchPage & { readonly warnings?: readonly string[] },
  ): Promise<FastifyReply> => {
    const deps = ofAccount(routed, request);
    const { study, series } = request.params as Partial<Params>;
    const shape = { study: study === undefined, series: series === undefined, instance: true };
    const wanted = wantedOf(query.include, level);
    const { items, warnings } = await preparePage(deps, request, page.found, {
      shape,
      wanted,
      exact: byPatientId(query),
    });
    const more = (page.next !== undefined || page.nextOffset !== undefined) && !page.cut;
    const told = warningsOf(query, limits, { more, cut: page.cut, linked: true });
    return sendMatches(request, reply, form, deps.publicUrl, {
      count: page.found.length,
      items,
      warnings: [...(page.warnings ?? []), ...told, ...warnings, ...wanted.warnings],
      next: page.next,
      nextOffset: page.nextOffset,
      ...(query.place === undefined && { total: page.total }),
    });
  };

  /** By study date places move as studies arrive, so that the next page is by offset. */
  const byDate = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { form, query }: ReturnType<typeof asked>,
    ascending: boolean,
  ): Promise<FastifyReply> => {
    const deps = ofAccount(routed, request);
    const actor = signedIn(request);
    const limit = limitOf(query, across);
    const { found, warnings } = await pageByStudyDate(deps, actor, query, { limit, offset: query.offset, ascending });
    const more = limit > 0 && found.length === limit;
    const told = [
      ...warnings,
      ...(query.counted ? ['the total is counted where studies come in the usual order'] : []),
    ];
    await recordSearch(
      deps,
      actor,
      query,
      found.map(({ study }) => study.row.id),
    );
    const next = more ? { nextOffset: query.offset + limit } : {};
    return sendPage(request, reply, { form, query }, 'study', across, { found, ...next, warnings: told });
  };

  const ofAll = (level: SearchLevel) => async (request: FastifyRequest, reply: FastifyReply) => {
    const deps = ofAccount(routed, request);
    const actor = signedIn(request);
    const { form, query } = asked(request, level);
    if (query.order && level === 'study') return byDate(request, reply, { form, query }, query.order.ascending);
    const limit = limitOf(query, across);
    const place = query.place ?? { given: 0 };
    const counted = query.counted && query.place === undefined;
    // Nobody looks at what is passed over where nothing is asked of it.
    const skip = query.keys.length === 0 && level === 'study' && !counted && place.given === 0 ? query.offset : 0;
    const walk = { keys: query.keys, how: query.how, from: place.study, likely: limit + 1, skip };
    const page = await pageOf(matchesOfAll(deps, actor, walk, level), {
      limit,
      offset: query.offset - skip,
      place,
      counted,
    });
    await recordSearch(
      deps,
      actor,
      query,
      page.found.map(({ study }) => study.row.id),
    );
    return sendPage(request, reply, { form, query }, level, across, page);
  };

  /** What somebody finds under a UID: all of it, or one series; on record before any of it goes out. */
  const partsFor = async (request: FastifyRequest, { study, series }: Params): Promise<readonly Part[]> => {
    const deps = ofAccount(routed, request);
    const actor = signedIn(request);
    const found = await studiesByUid(deps, actor, 'study.search', uid.parse(study));
    const parts =
      series === undefined ? await seriesOfStudies(deps, found) : [await partByUid(deps, found, uid.parse(series))];
    for (const part of parts) await deps.reads.opening(actor, 'study.search', part.study.place, []);
    return parts;
  };

  const ofStudy =
    (level: 'series' | 'instance') => async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => {
      const deps = ofAccount(routed, request);
      const { form, query } = asked(request, level);
      const parts = await partsFor(request, request.params);
      const { given } = query.place ?? { given: 0 };
      const page = await pageOf(matchesOfParts(deps, parts, query, level), {
        limit: limitOf(query, within),
        offset: query.offset,
        place: { given },
        counted: query.counted && query.place === undefined,
      });
      // Places in one study are counted, since what arrives there comes last.
      const counted = page.next && { given: page.next.given };
      return sendPage(request, reply, { form, query }, level, within, { ...page, ...(counted && { next: counted }) });
    };

  app.get(studies, { config }, ofAll('study'));
  app.get(`${paths.dicomweb}/series`, { config }, ofAll('series'));
  app.get(`${paths.dicomweb}/instances`, { config }, ofAll('instance'));
  app.get<{ Params: Params }>(`${studies}/:study/series`, { config }, ofStudy('series'));
  app.get<{ Params: Params }>(`${studies}/:study/instances`, { config }, ofStudy('instance'));
  app.get<{ Params: Params }>(`${studies}/:study/series/:series/instances`, { config }, ofStudy('instance'));

  app.get(`${paths.dicomweb}/patients`, { config }, async (request, reply) => {
    const deps = ofAccount(routed, request);
    const actor = signedIn(request);
    const { form, query } = asked(request, 'patient');
    const wanted = wantedOf(query.include, 'patient');
    const limit = limitOf(query, across);
    const walk = { keys: query.keys, how: query.how, likely: limit + 1 };
    const page = await findPatients(deps, actor, walk, {
      limit,
      offset: query.offset,
      counted: query.counted,
      exact: byPatientId(query),
    });
    await recordSearch(
      deps,
      actor,
      query,
      page.found.map(({ study }) => study.row.id),
    );
    const items = page.found.map(({ study, counts }) => {
      const item: DicomJson = Object.create(null);
      putPatient(item, study.cell.attributes, counts);
      return item;
    });
    return sendMatches(request, reply, form, deps.publicUrl, {
      count: items.length,
      items: (async function* () {
        yield* items;
      })(),
      warnings: [...warningsOf(query, across, page), ...wanted.warnings],
      total: page.total,
      ...(page.more && { nextOffset: query.offset + limit }),
    });
  });
}
