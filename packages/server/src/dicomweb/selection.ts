import { createHash } from 'node:crypto';
import { uid } from '@symbolon/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, type Routed, signedIn, whileAllowed } from '../access/index.ts';
import type { RenderingMemory, RenderPool } from '../rendering/index.ts';
import {
  identifies,
  instanceByUid,
  instancesOf,
  type OpenInstance,
  type OpenSeries,
  type Part,
  partByUid,
  type ReadingDeps,
  requireIdentity,
  seriesOfStudies,
  stillWhole,
  studiesByUid,
} from '../studies/index.ts';
import type { Watch } from './send-bytes.ts';

/** What retrieving takes: the pool of workers and what is kept in memory for frames are the viewer's as well. */
export type RetrieveDeps = ReadingDeps & { readonly pool: RenderPool; readonly memory: RenderingMemory };
export type RoutedRetrieve = Routed<RetrieveDeps>;

export type Params = { study: string; series?: string; instance?: string; path?: string; frames?: string };
export type Asked = FastifyRequest<{ Params: Params }>;

/** What a path names: a study, a series or an instance. */
export type Selection = {
  readonly parts: readonly Part[];
  readonly instances: () => AsyncIterable<OpenInstance>;
  readonly one?: OpenInstance;
};

/** @throws StudiesError STUDY_NOT_FOUND, AccessError ACCESS_REFUSED */
export async function select(deps: ReadingDeps, request: Asked): Promise<Selection> {
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

/** The same where the path names an instance. */
export async function selectOne(
  deps: ReadingDeps,
  request: Asked,
): Promise<Selection & { readonly one: OpenInstance }> {
  const selection = await select(deps, request);
  return selection as Selection & { readonly one: OpenInstance };
}

/** Records the reading before the first byte goes out (Law 4). */
export async function recordReading(deps: ReadingDeps, request: Asked, { parts, one }: Selection): Promise<void> {
  const uids = one ? [one.instance.sopInstanceUid] : undefined;
  for (const { study } of parts) await deps.reads.opening(signedIn(request), 'study.view', study.place, uids);
}

/** Ends an answer whose reader may not have it any more. */
export function watching(deps: ReadingDeps, request: Asked, { parts }: Selection): Watch {
  const stillReached = async (now: Actor): Promise<void> => {
    for (const { study } of parts) await stillWhole(deps, signedIn({ actor: now }), 'study.view', study);
  };
  return (pieces) => whileAllowed(request, pieces, stillReached);
}

/** Is aborted when nobody is there any more to be answered. */
export function hangUp(reply: FastifyReply): AbortSignal {
  const hungUp = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) hungUp.abort();
  });
  if (reply.raw.destroyed) hungUp.abort();
  return hungUp.signal;
}

/** A strong entity tag of what is made out of these: told by what the files are, and by nothing of whom they are. */
export function entityTag(...of: readonly string[]): string {
  return `"${createHash('sha256').update(of.join('\n')).digest('base64url').slice(0, 27)}"`;
}
