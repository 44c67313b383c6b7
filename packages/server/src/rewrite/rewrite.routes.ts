import { type CompactionAnswer, compactionAnswer, paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { signedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { CompactionJob } from './compaction.job.ts';
import { compactionState, lookAtAllNow } from './compaction.store.ts';
import { compressionState } from './compression.store.ts';

export type RewriteRoutesDeps = {
  readonly database: Database;
  readonly audit: Audit;
  readonly job: CompactionJob;
  readonly byItself: boolean;
  readonly compression: boolean;
  readonly bytesPerSecond: number;
};

export function rewriteRoutes(app: FastifyInstance, deps: RewriteRoutesDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { byItself, compression, bytesPerSecond } = deps;
  const answer = async (): Promise<CompactionAnswer> => {
    const { lastAt, ...joining } = await compactionState(deps.database);
    const compressing = await compressionState(deps.database);
    const waits = compression ? {} : { toCompress: 0, toCompressBytes: 0 };
    const times = { lastAt: lastAt?.toISOString() ?? null, failedAt: deps.job.failedAt?.toISOString() ?? null };
    return { ...joining, ...compressing, ...waits, ...times, byItself, compression, bytesPerSecond };
  };

  routes.get(
    paths.compaction,
    { config: { action: 'storage.view' }, schema: { response: { 200: compactionAnswer } } },
    async (_, reply) => {
      reply.header('cache-control', 'no-store');
      return answer();
    },
  );

  routes.post(
    paths.compaction,
    { config: { action: 'storage.rewrite' }, schema: { response: { 200: compactionAnswer } } },
    async (request) => {
      const actor = signedIn(request);
      await deps.database.transaction().execute(async (trx) => {
        const series = await lookAtAllNow(trx);
        await deps.audit.record(trx, [
          { actor, action: 'storage.rewrite', kind: 'execute', outcome: 'success', detail: { asked: true, series } },
        ]);
      });
      deps.job.wake();
      return answer();
    },
  );
}
