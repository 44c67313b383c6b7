import { paths, type ScrubAnswer, scrubAnswer, scrubFindingsAnswer, scrubFindingsQuery } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { signedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { ScrubJob } from './scrub.job.ts';
import { beginRound, countFindings, findingsOf, findingsPerPage, latestRounds, sizeOfAll } from './scrub.store.ts';

export type ScrubRoutesDeps = {
  readonly database: Database;
  readonly audit: Audit;
  readonly job: ScrubJob;
  readonly everyDays: number | undefined;
  readonly bytesPerSecond: number;
  readonly now: () => Date;
};

export function scrubRoutes(app: FastifyInstance, deps: ScrubRoutesDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const answer = async (): Promise<ScrubAnswer> => {
    const [newest, before] = await latestRounds(deps.database);
    const open = newest?.endedAt === null ? newest : undefined;
    return {
      running: open ?? null,
      last: (open === undefined ? newest : before) ?? null,
      all: await sizeOfAll(deps.database),
      damaged: await countFindings(deps.database),
      everyDays: deps.everyDays ?? null,
      bytesPerSecond: deps.bytesPerSecond,
    };
  };

  routes.get(
    paths.scrub,
    { config: { action: 'storage.view' }, schema: { response: { 200: scrubAnswer } } },
    async (_, reply) => {
      reply.header('cache-control', 'no-store');
      return answer();
    },
  );

  routes.get(
    paths.scrubFindings,
    {
      config: { action: 'storage.view' },
      schema: { querystring: scrubFindingsQuery, response: { 200: scrubFindingsAnswer } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { offset } = request.query;
      const findings = await findingsOf(deps.database, signedIn(request).accountId, offset);
      return { findings, next: findings.length < findingsPerPage ? null : offset + findings.length };
    },
  );

  routes.post(
    paths.scrub,
    { config: { action: 'storage.scrub' }, schema: { response: { 200: scrubAnswer } } },
    async (request) => {
      const actor = signedIn(request);
      await deps.database.transaction().execute(async (trx) => {
        const begun = await beginRound(trx, deps.now());
        await deps.audit.record(trx, [
          { actor, action: 'storage.scrub', kind: 'execute', outcome: 'success', detail: { begun } },
        ]);
      });
      deps.job.wake();
      return answer();
    },
  );
}
