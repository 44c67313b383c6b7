import { findStudiesAnswer, findStudiesRequest, originalsAnswer, paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, type SignedIn, signedIn, whileAllowed } from '../access/index.ts';
import { blindTerms } from '../audit/index.ts';
import { currentIn, joinHalves, packsOf, packsToRead } from '../packs/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { valuesOf } from './attributes.ts';
import { notFound, StudiesError } from './errors.ts';
import { studiesByUid } from './find-in-study.ts';
import { identifies, placeOf, type ReachedStudy, reachedStudy, requireIdentity } from './open-study.ts';
import type { ReadingDeps } from './search-studies.ts';
import { type StudyRow, seriesOf, studyById } from './study.store.ts';
import { rowWithin } from './study-facts.ts';

const packsPerPage = 20;

async function downloadable(deps: ReadingDeps, actor: SignedIn, studyId: string): Promise<ReachedStudy> {
  const study = await reachedStudy(deps.database, actor, 'study.download', studyId);
  requireIdentity(actor, study.row);
  return study;
}

const isReached = ({ only }: ReachedStudy, seriesId: string): boolean => only === undefined || only.has(seriesId);

const cursorForm = /^\d{1,10}\.\d{1,16}$/;

/**
 * A page of packs, and where the next begins: so many rewrites of the study ago, behind this ordinal. Where the study was
 * rewritten since, the order is another, and the list begins anew: somebody who has a file already is shown it again, and
 * nobody misses one.
 */
async function pageBehind({ database }: ReadingDeps, { accountId, id: studyId, ...study }: StudyRow, cursor?: string) {
  const [since, after] = (cursor?.split('.') ?? []).map(Number);
  const page = (behind: number) => packsOf(database, accountId, { studyId }, { after: behind, limit: packsPerPage });
  let { rewrites } = study;
  let packs = await page(since === rewrites && after !== undefined ? after : -1);
  const now = (await studyById(database, accountId, studyId))?.rewrites;
  if (now !== undefined && now !== rewrites) {
    rewrites = now;
    packs = await page(-1);
  }
  return { packs, next: packs.length < packsPerPage ? null : `${rewrites}.${packs.at(-1)?.ordinal}` };
}

/** The road of `fetch`: the files of a study exactly as they were sent. */
export function originalsRoutes(app: FastifyInstance, routed: Routed<ReadingDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { action: 'study.download' } as const;

  routes.post(
    paths.findStudies,
    { config, schema: { body: findStudiesRequest, response: { 200: findStudiesAnswer } } },
    async (request) => {
      const deps = ofAccount(routed, request);
      const actor = signedIn(request);
      const found = await studiesByUid(deps, actor, 'study.download', request.body.studyInstanceUid).catch(
        (error: unknown) => {
          if (error instanceof StudiesError && error.code === 'STUDY_NOT_FOUND') return [];
          throw error;
        },
      );
      if (found.length === 0) {
        const terms = { studyInstanceUid: request.body.studyInstanceUid };
        const detail = { ...(await blindTerms(deps.chains, actor.accountId, terms)), found: 0 };
        await deps.audit.record(deps.database, [
          { actor, action: 'study.search', kind: 'read', outcome: 'success', detail },
        ]);
        return { studies: [] };
      }
      const shown = found.filter(({ row }) => identifies(actor, row));
      if (shown.length === 0) for (const { row } of found) requireIdentity(actor, row);
      const studies = [];
      for (const { row, place, only } of shown) {
        const { id, seriesCount, instanceCount, bytes } = await rowWithin(deps.database, row, only ?? 'whole');
        await deps.reads.opening(actor, 'study.search', place, []);
        studies.push({ id, seriesCount, instanceCount, bytes });
      }
      return { studies };
    },
  );

  routes.get(
    paths.originals,
    {
      config,
      schema: {
        params: z.object({ studyId: z.uuid() }),
        querystring: z.object({ after: z.string().regex(cursorForm).optional() }),
        response: { 200: originalsAnswer },
      },
    },
    async (request) => {
      const deps = ofAccount(routed, request);
      const actor = signedIn(request);
      const reached = await downloadable(deps, actor, request.params.studyId);
      const study = reached.row;
      await deps.reads.opening(actor, 'study.download', placeOf(study), []);
      const ordinals = new Map((await seriesOf(deps.database, study.id)).map((series) => [series.id, series.ordinal]));
      const { packs, next } = await pageBehind(deps, study, request.query.after);
      const listed = await Promise.all(
        packs
          .filter(({ seriesId }) => isReached(reached, seriesId))
          .map(async (pack) => ({
            id: pack.packId,
            instances: currentIn(pack, await deps.reader.manifest(pack)).map(
              ({ instance: { sha256, bytes, attributes } }) => ({
                sha256,
                bytes,
                seriesNumber: ordinals.get(pack.seriesId) ?? 0,
                instanceNumber: instanceNumber(valuesOf(attributes, '00200013')[0]),
              }),
            ),
          })),
      );
      return { packs: listed, next };
    },
  );

  routes.get(
    paths.packOriginals,
    { config, schema: { params: z.object({ studyId: z.uuid(), packId: z.uuid() }) } },
    async (request, reply) => {
      const deps = ofAccount(routed, request);
      const actor = signedIn(request);
      const reached = await downloadable(deps, actor, request.params.studyId);
      const study = reached.row;
      // A rewrite may have replaced it since it was listed.
      const [pack] = await packsToRead(deps.database, actor.accountId, [request.params.packId]);
      if (pack?.studyId !== study.id || !isReached(reached, pack.seriesId)) throw notFound();
      const instances = currentIn(pack, await deps.reader.manifest(pack)).map(({ instance }) => instance);
      if (instances.length === 0) throw notFound();
      const uids = instances.map(({ sopInstanceUid }) => sopInstanceUid);
      await deps.reads.opening(actor, 'study.download', placeOf(study), uids);
      const files = async function* () {
        for (const instance of instances) yield* joinHalves(deps.reader, pack, instance, true);
      };
      const headers = {
        'content-type': 'application/octet-stream',
        'content-length': instances.reduce((sum, { bytes }) => sum + bytes, 0),
      };
      return sendPieces(
        request,
        reply,
        headers,
        whileAllowed(request, files(), async (now) => {
          const again = await downloadable(deps, signedIn({ actor: now }), study.id);
          if (!isReached(again, pack.seriesId)) throw notFound();
        }),
      );
    },
  );
}

/** Instance Number as an integer, where it is one that a file name can carry. */
function instanceNumber(value: string | undefined): number | null {
  const number = Number(value);
  return value !== undefined && Number.isSafeInteger(number) && number >= 0 && number < 1e9 ? number : null;
}
