import { createHash } from 'node:crypto';
import { paths, uid } from '@symbolon/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, signedIn, whileAllowed } from '../access/index.ts';
import { currentIn, packsWithTokens, type StoredPack } from '../packs/index.ts';
import type { RenderingMemory, RenderPool } from '../rendering/index.ts';
import {
  type ArchiveDeps,
  firstValue,
  identifies,
  instancesOf,
  notFound,
  type OpenInstance,
  type OpenStudy,
  type Part,
  partByUid,
  requireIdentity,
  SearchTokens,
  type StudiesDeps,
  seriesIn,
  seriesOfStudies,
  stillWhole,
  studiesByUid,
} from '../studies/index.ts';
import type { RetrieveMemory } from './retrieve-memory.ts';
import type { Watch } from './send-bytes.ts';

/** What retrieving takes: the pool of workers and what is kept in memory for frames are the viewer's as well. */
export type RetrieveDeps = ArchiveDeps & {
  readonly pool: RenderPool;
  readonly memory: RenderingMemory;
  readonly kept: RetrieveMemory;
};

export type Params = { study: string; series?: string; instance?: string; path?: string; frames?: string };
export type Asked = FastifyRequest<{ Params: Params }>;

/** Where an instance lies, and in which series. */
export type Found = Omit<OpenInstance, 'series'> & { readonly seriesUid: string };

/** What is done to what a path names: it is looked at, or taken away as an archive. */
export type Doing = 'study.view' | 'study.download';

/** What a path names: a study, a series or an instance. */
export type Selection = {
  readonly doing: Doing;
  readonly parts: readonly Part[];
  readonly instances: () => AsyncIterable<Found>;
  readonly one?: Found;
};

/** By the path, or by whatever else names it. @throws StudiesError STUDY_NOT_FOUND, AccessError ACCESS_REFUSED */
export async function select(
  deps: RetrieveDeps,
  request: Asked,
  { names = request.params, doing = 'study.view' }: { readonly names?: Params; readonly doing?: Doing } = {},
): Promise<Selection> {
  const study = uid.parse(names.study);
  const series = names.series === undefined ? undefined : uid.parse(names.series);
  const instance = names.instance === undefined ? undefined : uid.parse(names.instance);
  const { accountId } = signedIn(request);
  const reached = reachedStudies(deps, request, study, doing);
  if (series === undefined) {
    const parts = await seriesOfStudies(deps, await reached);
    return { doing, parts, instances: () => found(deps, parts) };
  }
  if (instance === undefined) {
    const parts = [await partByUid(deps, await reached, series)];
    return { doing, parts, instances: () => found(deps, parts) };
  }
  // Asked of the account at once with the study: whether it is of that is seen when both are here.
  const [studies, packs] = await Promise.all([reached, packsWith(deps, accountId, instance)]);
  const [only, second] = studies;
  // Of a series that several studies under this UID have, the nearest one's.
  const of = only && !second ? only : (await partByUid(deps, studies, series)).study;
  const one = await instanceAmong(deps, of, packs, { series, instance });
  return selectionOf(doing, { study: of, series: [] }, one);
}

async function* found(deps: RetrieveDeps, parts: readonly Part[]): AsyncGenerator<Found> {
  for await (const { pack, instance, series } of instancesOf(deps, parts))
    yield { pack, instance, seriesUid: firstValue(series.cell.attributes, '0020000E') };
}

const selectionOf = (doing: Doing, part: Part, one: Found): Selection => ({
  doing,
  parts: [part],
  one,
  instances: async function* () {
    yield one;
  },
});

async function reachedStudies(
  deps: RetrieveDeps,
  request: Asked,
  studyUid: string,
  doing: Doing,
): Promise<OpenStudy[]> {
  const actor = signedIn(request);
  const found = await studiesByUid(deps, actor, doing, studyUid);
  const studies = found.filter(({ row }) => identifies(actor, row));
  if (studies.length === 0) for (const { row } of found) requireIdentity(actor, row);
  return studies;
}

async function packsWith(
  { database, chains }: Pick<RetrieveDeps, 'database' | 'chains'>,
  accountId: string,
  sopInstanceUid: string,
): Promise<StoredPack[]> {
  const tokens = await SearchTokens.of(chains, accountId);
  return packsWithTokens(database, accountId, [tokens.token('sopUid', sopInstanceUid)]);
}

/**
 * One instance of a study: its token nominated the packs, the opened manifest decides. Of which series a pack is, is asked once.
 *
 * @throws StudiesError STUDY_NOT_FOUND
 */
async function instanceAmong(
  deps: StudiesDeps & Pick<RetrieveDeps, 'kept'>,
  study: OpenStudy,
  packs: readonly StoredPack[],
  wanted: { readonly series: string; readonly instance: string },
): Promise<Found> {
  for (const pack of packs) {
    if (pack.studyId !== study.row.id || (study.only && !study.only.has(pack.seriesId))) continue;
    const keeping = deps.kept.keeping(pack.packId);
    const current = currentIn(pack, await deps.reader.manifest(pack));
    const found = current.find(({ instance }) => instance.sopInstanceUid === wanted.instance);
    if (!found) continue;
    let seriesUid = deps.kept.seriesUid(pack.packId);
    if (seriesUid === undefined) {
      const series = (await seriesIn(deps, study)).find(({ row }) => row.id === pack.seriesId);
      if (!series) continue;
      seriesUid = firstValue(series.cell.attributes, '0020000E');
      keeping.seriesUid(seriesUid);
    }
    if (seriesUid !== wanted.series) continue;
    return { pack, instance: found.instance, seriesUid };
  }
  throw notFound();
}

/** The same of a study that was found before. @throws StudiesError STUDY_NOT_FOUND */
export async function instanceIn(
  deps: StudiesDeps & Pick<RetrieveDeps, 'kept'>,
  study: OpenStudy,
  wanted: { readonly series: string; readonly instance: string },
): Promise<Found> {
  return instanceAmong(deps, study, await packsWith(deps, study.place.accountId, wanted.instance), wanted);
}

/** The same where the path names an instance. */
export async function selectOne(
  deps: RetrieveDeps,
  request: Asked,
  names: Params = request.params,
): Promise<Selection & { readonly one: Found }> {
  const selection = await select(deps, request, { names });
  return selection as Selection & { readonly one: Found };
}

/** Records the reading before the first byte goes out (Law 4). */
export async function recordReading(
  deps: RetrieveDeps,
  request: Asked,
  { doing, parts, one }: Selection,
): Promise<void> {
  const uids = one ? [one.instance.sopInstanceUid] : undefined;
  for (const { study } of parts) await deps.reads.opening(signedIn(request), doing, study.place, uids);
}

/** Ends an answer whose reader may not have it any more. */
export function watching(deps: RetrieveDeps, request: Asked, { doing, parts }: Selection): Watch {
  const stillReached = async (now: Actor): Promise<void> => {
    for (const { study } of parts) await stillWhole(deps, signedIn({ actor: now }), doing, study);
  };
  return (pieces) => whileAllowed(request, pieces, stillReached);
}

/** Ends quietly what nobody is there any more to be told of. */
export async function unlessHungUp(reply: FastifyReply, work: Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work;
  } catch (error) {
    if (reply.raw.destroyed && (error as { name?: unknown }).name === 'AbortError') return reply.hijack();
    throw error;
  }
}

/** A strong entity tag of what is made out of these: told by what the files are, and by nothing of whom they are. */
export function entityTag(...of: readonly string[]): string {
  return `"${createHash('sha256').update(of.join('\n')).digest('base64url').slice(0, 27)}"`;
}

/** Where a study is found. */
export const studyUrlOf = (deps: RetrieveDeps, request: Asked): string =>
  `${deps.publicUrl}${paths.dicomweb}/studies/${request.params.study}`;

/** Where an instance is found. */
export const instanceUrl = (studyUrl: string, { seriesUid, instance }: Found): string =>
  `${studyUrl}/series/${seriesUid}/instances/${instance.sopInstanceUid}`;
