import { type Erasure, type ErasureGround, uid } from '@symbolon/contract';
import { type SignedIn, signedIn } from '../access/index.ts';
import { type ErasureDeps, ErasureError, eraseStudy, isBeingErased, onceOutOfSight } from '../erasure/index.ts';
import {
  firstValue,
  identifies,
  notFound,
  type OpenStudy,
  requireIdentity,
  type StudiesDeps,
  StudiesError,
  seriesIn,
  studiesByUid,
} from '../studies/index.ts';
import type { RetrieveMemory } from './retrieve-memory.ts';
import { type Asked, instanceIn } from './selection.ts';

export type DeleteDeps = StudiesDeps & ErasureDeps & { readonly kept: RetrieveMemory };

/** A study under the UID of the path that has what the path names. */
type Meant = { readonly study: OpenStudy; readonly seriesId?: string; readonly sopInstanceUid?: string };

/**
 * Erases what a path names, and waits a while for a part of a study to be out of sight.
 *
 * @throws StudiesError STUDY_NOT_FOUND, AccessError ACCESS_REFUSED, ErasureError ERASURE_HELD ERASURE_AMBIGUOUS
 */
export async function erasePath(
  deps: DeleteDeps,
  request: Asked,
  ground: ErasureGround,
  signal: AbortSignal,
): Promise<Erasure> {
  const actor = signedIn(request);
  const { study, seriesId, sopInstanceUid } = await theOneMeant(deps, request, actor);
  if (seriesId !== undefined && (await isBeingErased(deps, study.place, { seriesId, sopInstanceUid })))
    throw notFound();
  const only =
    sopInstanceUid !== undefined
      ? { sopInstanceUids: [sopInstanceUid] }
      : seriesId === undefined
        ? undefined
        : { seriesIds: [seriesId] };
  const erasure = await eraseStudy(deps, actor, study.row.id, { dryRun: false, ground, only });
  return onceOutOfSight(deps, actor.accountId, erasure as Erasure, signal);
}

async function theOneMeant(deps: DeleteDeps, request: Asked, actor: SignedIn): Promise<Meant> {
  const studyUid = uid.parse(request.params.study);
  const seriesUid = request.params.series === undefined ? undefined : uid.parse(request.params.series);
  const instanceUid = request.params.instance === undefined ? undefined : uid.parse(request.params.instance);
  const erasable = await reached(deps, actor, 'study.erase', studyUid);
  // What can only be looked at may be what was meant, too.
  const looked = await reached(deps, actor, 'study.view', studyUid);
  const ids = new Set(erasable.map(({ row }) => row.id));
  const meant: Meant[] = [];
  for (const study of [...erasable, ...looked.filter(({ row }) => !ids.has(row.id))]) {
    const found = await within(deps, study, seriesUid, instanceUid);
    if (found) meant.push(found);
  }
  const [only, ...others] = meant;
  if (!meant.some(({ study }) => ids.has(study.row.id)) || only === undefined) throw notFound();
  if (others.length > 0) {
    const error = new ErasureError(
      'ERASURE_AMBIGUOUS',
      `More than one study has this Study Instance UID and what is named. Nothing was erased. Erase the one that is meant on its page, or by POST /api/v1/studies/{id}/erasure: ${meant.map((one) => one.study.row.id).join(', ')}.`,
    );
    const entry = { actor, action: 'study.erase', kind: 'delete', outcome: 'refused' } as const;
    await deps.audit.record(deps.database, [{ ...entry, detail: { why: error.code } }]);
    throw error;
  }
  requireIdentity(actor, only.study.row);
  return only;
}

/** The studies under a UID with which somebody may do this; to be erased, all of it. */
async function reached(
  deps: DeleteDeps,
  actor: SignedIn,
  action: 'study.erase' | 'study.view',
  studyUid: string,
): Promise<OpenStudy[]> {
  const found = await studiesByUid(deps, actor, action, studyUid).catch((error: unknown): OpenStudy[] => {
    if (error instanceof StudiesError) return [];
    throw error;
  });
  return found.filter(({ row, only }) => (action === 'study.erase' ? only === undefined : identifies(actor, row)));
}

/** What of this study is named; undefined where it has no such series, or no such instance in it. */
async function within(
  deps: DeleteDeps,
  study: OpenStudy,
  seriesUid: string | undefined,
  instanceUid: string | undefined,
): Promise<Meant | undefined> {
  if (seriesUid === undefined) return { study };
  const series = (await seriesIn(deps, study)).find(
    ({ cell }) => firstValue(cell.attributes, '0020000E') === seriesUid,
  );
  if (series === undefined) return undefined;
  if (instanceUid === undefined) return { study, seriesId: series.row.id };
  const found = await instanceIn(deps, study, { series: seriesUid, instance: instanceUid }).catch((error: unknown) => {
    if (error instanceof StudiesError) return undefined;
    throw error;
  });
  return found && { study, seriesId: series.row.id, sopInstanceUid: instanceUid };
}
