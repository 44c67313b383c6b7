import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import type { SignedIn } from './actor.ts';
import { type GuardDeps, guard, signedIn } from './guard.ts';

const member: SignedIn = {
  kind: 'token',
  tokenId: 't',
  userId: 'u',
  accountId: 'a',
  namespaceId: 'n',
  role: 'guest',
  address: '127.0.0.1',
};

function guarded(): { app: FastifyInstance; refusals: string[] } {
  const refusals: string[] = [];
  const deps: GuardDeps = {
    actorOfToken: async (token) => (token === 'good' ? member : undefined),
    recordRefusal: async (actor, action) => void refusals.push(`${actor.kind} ${action}`),
  };
  const app = fastify();
  guard(app, deps);
  app.setErrorHandler((error: { code?: string }, _, reply) => reply.status(400).send(error.code));
  app.get('/open', { config: { action: 'exchange.look' } }, async ({ actor }) => actor.kind);
  app.get('/me', { config: { action: 'profile.view' } }, async (request) => signedIn(request).userId);
  app.get('/studies', { config: { action: 'study.search' } }, async () => 'studies');
  return { app, refusals };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('the guard', () => {
  test.each([
    ['no action', undefined],
    ['an action that is in no table', 'study.nonsense'],
  ])('does not let a route with %s start', async (_, action) => {
    const { app } = guarded();
    expect(() => app.get('/x', { config: { action: action as never } }, async () => '')).toThrow('declares no action');
    expect(() => app.get('/y', async () => '')).toThrow('the route GET /y declares no action');
  });

  test('lets a visitor to what needs no sign-in, and to nothing else', async () => {
    const { app, refusals } = guarded();
    expect((await app.inject('/open')).body).toBe('visitor');
    expect((await app.inject('/me')).body).toBe('ACCESS_SIGN_IN_NEEDED');
    expect(refusals).toEqual(['visitor profile.view']);
  });

  test('lets in who has a good token, as far as the role goes', async () => {
    const { app, refusals } = guarded();
    expect((await app.inject({ url: '/me', headers: bearer('good') })).body).toBe('u');
    expect((await app.inject({ url: '/studies', headers: bearer('good') })).body).toBe('ACCESS_REFUSED');
    expect(refusals).toEqual(['token study.search']);
  });

  test.each([bearer('bad'), { authorization: 'Basic Z29vZA==' }, { authorization: 'Bearer' }, bearer('good good')])(
    'refuses %j even where no sign-in is needed, and records it',
    async (headers) => {
      const { app, refusals } = guarded();
      expect((await app.inject({ url: '/open', headers })).body).toBe('ACCESS_SIGN_IN_NEEDED');
      expect(refusals).toEqual(['visitor exchange.look']);
    },
  );

  test('an address that does not exist is not found, with whatever token', async () => {
    const { app, refusals } = guarded();
    expect((await app.inject({ url: '/nowhere', headers: bearer('bad') })).statusCode).toBe(404);
    expect(refusals).toEqual([]);
  });
});
