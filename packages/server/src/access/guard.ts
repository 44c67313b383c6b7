import { type Action, permissions } from '@symbolon/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor, SignedIn } from './actor.ts';
import { AccessError } from './errors.ts';
import { may } from './policy.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request to this route does. A route without one does not start. */
    action?: Action;
  }
  interface FastifyRequest {
    actor: Actor;
  }
}

export type GuardDeps = {
  /** The actor behind a bearer token, or undefined. */
  readonly actorOfToken: (token: string, address: string) => Promise<SignedIn | undefined>;
  /** Records that somebody was turned away. */
  readonly recordRefusal: (actor: Actor, action: Action) => Promise<void>;
};

function bearer(request: FastifyRequest): string | undefined {
  const found = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '');
  return found?.[1];
}

/** Stands before every route: finds out who asks, and asks the policy engine whether they may. */
export function guard(app: FastifyInstance, deps: GuardDeps): void {
  app.decorateRequest('actor');
  app.addHook('onRoute', (route) => {
    const action = route.config?.action;
    if (action === undefined || !(action in permissions)) {
      throw new Error(`the route ${route.method} ${route.url} declares no action`);
    }
  });
  app.addHook('onRequest', async (request) => {
    const visitor: Actor = { kind: 'visitor', address: request.ip };
    const action = request.routeOptions.config.action as Action;
    const token = bearer(request);
    request.actor = visitor;
    if (request.is404) return;
    if (request.headers.authorization !== undefined) {
      const actor = token === undefined ? undefined : await deps.actorOfToken(token, request.ip);
      if (!actor) {
        await deps.recordRefusal(visitor, action);
        throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'The token is not known, or no longer valid.');
      }
      request.actor = actor;
    }
    if (may(request.actor, action)) return;
    await deps.recordRefusal(request.actor, action);
    if (request.actor.kind === 'visitor')
      throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'This needs an API token (Authorization: Bearer …).');
    throw new AccessError('ACCESS_REFUSED', `Your role does not include ${action}.`);
  });
}

/** The signed-in actor of a request that the guard let through. */
export function signedIn(request: FastifyRequest): SignedIn {
  if (request.actor.kind !== 'token') throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'This needs an API token.');
  return request.actor;
}
