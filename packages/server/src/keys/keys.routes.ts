import { keysAnswer, paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type SignedIn, signedIn } from '../access/index.ts';
import type { KeyService } from './key-service.ts';
import { keyStatus } from './key-status.ts';
import type { KeyStore } from './key-store.ts';

export type KeysRoutesDeps = {
  readonly service: KeyService;
  readonly store: KeyStore;
  readonly now: () => Date;
  /** Writes the look into the audit; returns when it is durable. */
  readonly recordLook: (actor: SignedIn) => Promise<void>;
};

export function keysRoutes(app: FastifyInstance, deps: KeysRoutesDeps): void {
  app
    .withTypeProvider<ZodTypeProvider>()
    .get(
      paths.keys,
      { config: { action: 'key.view' }, schema: { response: { 200: keysAnswer } } },
      async (request, reply) => {
        const actor = signedIn(request);
        await deps.recordLook(actor);
        reply.header('cache-control', 'no-store');
        return keyStatus(deps, actor.accountId);
      },
    );
}
