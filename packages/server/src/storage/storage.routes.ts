import {
  paths,
  quotaRequest,
  type StorageAnswer,
  storageAnswer,
  sweepAnswer,
  sweepRequest,
  usageAnswer,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { signedIn } from '../access/index.ts';
import type { DiskWatch } from './disk-watch.ts';
import { type QuotaGate, setQuota, showUsage } from './quota.ts';
import type { SweepJob } from './sweep.job.ts';
import { type SweepDeps, sweep } from './sweep.ts';
import { usageOf } from './usage.store.ts';

export type StorageDeps = SweepDeps & {
  readonly watch: DiskWatch;
  readonly quotaGate: QuotaGate;
  readonly sweepJob: SweepJob;
};

/** Actions that bring data, and what stands against them before a byte of it is read. To be hooked in behind the guard. */
export function refuseNewData(app: FastifyInstance, deps: Pick<StorageDeps, 'watch' | 'quotaGate'>): void {
  app.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.action !== 'instance.store') return;
    await deps.watch.require();
    await deps.quotaGate.require(signedIn(request).accountId);
  });
}

export function storageRoutes(app: FastifyInstance, deps: StorageDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    paths.usage,
    { config: { action: 'usage.view' }, schema: { response: { 200: usageAnswer } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return usageOf(deps.database, signedIn(request).accountId);
    },
  );

  routes.put(
    paths.quota,
    { config: { action: 'quota.set' }, schema: { body: quotaRequest, response: { 200: usageAnswer } } },
    async (request) => setQuota(deps, signedIn(request), request.body),
  );

  const accountParams = z.object({ accountId: z.uuid() });
  routes.get(
    paths.accountUsage,
    { config: { action: 'account.list' }, schema: { params: accountParams, response: { 200: usageAnswer } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return showUsage(deps, signedIn(request), request.params.accountId);
    },
  );
  routes.put(
    paths.accountQuota,
    {
      config: { action: 'quota.set' },
      schema: { params: accountParams, body: quotaRequest, response: { 200: usageAnswer } },
    },
    async (request) => setQuota(deps, signedIn(request), request.body, request.params.accountId),
  );

  routes.get(
    paths.storage,
    { config: { action: 'storage.view' }, schema: { response: { 200: storageAnswer } } },
    async (_, reply): Promise<StorageAnswer> => {
      reply.header('cache-control', 'no-store');
      const places = [...(await deps.watch.places())];
      return { state: await deps.watch.state(), places, lastSweep: deps.sweepJob.last };
    },
  );

  routes.post(
    paths.sweeps,
    { config: { action: 'storage.sweep' }, schema: { body: sweepRequest, response: { 200: sweepAnswer } } },
    async (request) => {
      const found = await sweep(deps, signedIn(request), request.body);
      const whole = request.body.after === null && found.next === null;
      if (whole && !found.dryRun) deps.sweepJob.swept(found);
      return found;
    },
  );
}
