import { paths, type ReindexAnswer, reindexAnswer } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { WokenJob } from '../platform/woken-job.ts';
import { beginReindex, restsUntil } from './reindex.ts';
import { indexState, studiesOf } from './search-index.store.ts';

type ReindexRoutesDeps = { readonly database: Database; readonly audit: Audit };

/** What an account is searched by is made anew under new keys: when one may have been seen, or when rows were lost. */
export function reindexRoutes(
  app: FastifyInstance,
  routed: Routed<ReindexRoutesDeps> & { readonly job: Pick<WokenJob, 'wake'> },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const answer = async (database: Database, accountId: string): Promise<ReindexAnswer> => {
    const state = await indexState(database, accountId);
    const { phase, asked, done, damaged, begunAt } = state;
    return {
      phase,
      generation: asked,
      done,
      of: await studiesOf(database, accountId),
      damaged,
      begunAt: begunAt?.toISOString() ?? null,
      restsUntil: restsUntil(state)?.toISOString() ?? null,
    };
  };

  routes.get(
    paths.reindex,
    { config: { action: 'key.view' }, schema: { response: { 200: reindexAnswer } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return answer(ofAccount(routed, request).database, signedIn(request).accountId);
    },
  );
  routes.post(
    paths.reindex,
    { config: { action: 'key.rotate' }, schema: { response: { 202: reindexAnswer } } },
    async (request, reply) => {
      const actor = signedIn(request);
      const { database, audit } = ofAccount(routed, request);
      await database.transaction().execute(async (trx) => {
        await beginReindex(trx, actor.accountId);
        await audit.record(trx, [
          { actor, action: 'key.rotate', kind: 'execute', outcome: 'success', detail: { asked: true, search: true } },
        ]);
      });
      routed.job.wake();
      return reply.status(202).send(await answer(database, actor.accountId));
    },
  );
}
