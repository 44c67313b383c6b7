import { paths, type ResealAnswer, resealAnswer } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { signedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { WokenJob } from '../platform/woken-job.ts';
import { resealAll, resealWaiting, spentKeys } from './reseal.store.ts';

export type ResealRoutesDeps = {
  readonly database: Database;
  readonly audit: Audit;
  readonly job: Pick<WokenJob, 'wake'>;
  readonly now: () => Date;
};

/** Everything of an account is sealed anew under new keys: when a key may have been seen, or is too old. */
export function resealRoutes(app: FastifyInstance, { database, audit, job, now }: ResealRoutesDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const answer = async (accountId: string): Promise<ResealAnswer> => ({
    waiting: await resealWaiting(database, accountId),
    spent: await spentKeys(database, accountId),
  });

  routes.get(
    paths.reseal,
    { config: { action: 'key.view' }, schema: { response: { 200: resealAnswer } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return answer(signedIn(request).accountId);
    },
  );
  routes.post(
    paths.reseal,
    { config: { action: 'key.reseal' }, schema: { response: { 202: resealAnswer } } },
    async (request, reply) => {
      const actor = signedIn(request);
      await database.transaction().execute(async (trx) => {
        const studies = await resealAll(trx, actor.accountId, now());
        await audit.record(trx, [
          { actor, action: 'key.reseal', kind: 'execute', outcome: 'success', detail: { asked: true, studies } },
        ]);
      });
      job.wake();
      return reply.status(202).send(await answer(actor.accountId));
    },
  );
}
