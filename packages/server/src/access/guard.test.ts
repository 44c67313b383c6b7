import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { personWith } from './actor.testing.ts';
import type { LinkVisitor, SignedIn } from './actor.ts';
import { linkCookieOf, sessionCookieOf } from './cookies.ts';
import { AccessError } from './errors.ts';
import { type GuardDeps, guard, signedIn } from './guard.ts';

const member: SignedIn = personWith({}, { userId: 'u', accountId: 'a', namespaceId: 'n', address: '127.0.0.1' });

const byLink: LinkVisitor = {
  kind: 'link',
  linkId: 'l',
  visitId: 'v',
  accountId: 'a',
  studyId: 's',
  download: false,
  address: '127.0.0.1',
};
const secret = 'S'.repeat(43);
const revoked = 'R'.repeat(43);

function guarded(sitting: SignedIn = { ...member, by: 'session' }): {
  app: FastifyInstance;
  refusals: string[];
  become: (now: SignedIn) => void;
  renew: () => void;
} {
  let now = sitting;
  let renewed = false;
  const refusals: string[] = [];
  const deps: GuardDeps = {
    actorOfToken: async (token) => (token === 'good' ? member : undefined),
    actorOfSession: async (given) => (given === secret && !renewed ? now : undefined),
    actorOfSessionId: async (id) => (id === sitting.credentialId ? now : undefined),
    actorOfLink: async ({ linkId, secret: given }) => {
      if (given === revoked) throw new AccessError('ACCESS_REFUSED', 'revoked');
      return given === secret && linkId === 'l' ? byLink : undefined;
    },
    recordRefusal: async (actor, action) => void refusals.push(`${actor.kind} ${action}`),
  };
  const app = fastify();
  guard(app, deps);
  app.setErrorHandler((error: { code?: string }, _, reply) => reply.status(400).send(error.code));
  app.get('/open', { config: { action: 'exchange.look' } }, async ({ actor }) => actor.kind);
  app.post('/open', { config: { action: 'exchange.look' } }, async ({ actor }) => actor.kind);
  app.get('/me', { config: { action: 'profile.view' } }, async (request) => signedIn(request).userId);
  app.post('/me', { config: { action: 'profile.view' } }, async (request) => signedIn(request).userId);
  app.get('/shared/:linkId', { config: { action: 'study.view', by: 'link' } }, async ({ actor }) => actor.kind);
  app.get('/shared/:linkId/files', { config: { action: 'study.download', by: 'link' } }, async () => 'files');
  for (const method of ['GET', 'POST'] as const)
    app.route({ method, url: '/holds', config: { action: 'hold.release' }, handler: async () => 'holds' });
  app.get('/studies', { config: { action: 'study.search' } }, async () => 'studies');
  const become = (then: SignedIn): void => {
    now = then;
  };
  const renew = (): void => {
    renewed = true;
  };
  return { app, refusals, become, renew };
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
    expect(refusals).toEqual(['person study.search']);
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

  const cookie = (of: string) => of.slice(0, of.indexOf(';'));
  const session = { cookie: cookie(sessionCookieOf(secret)), host: 'x.example' };
  const link = { cookie: cookie(linkCookieOf('l', secret)), host: 'x.example' };

  test('lets in who has a session, and takes one that is none for a visitor', async () => {
    const { app } = guarded();
    expect((await app.inject({ url: '/me', headers: session })).body).toBe('u');
    const over = { cookie: cookie(sessionCookieOf('X'.repeat(43))) };
    expect((await app.inject({ url: '/open', headers: over })).body).toBe('visitor');
    expect((await app.inject({ url: '/me', headers: over })).body).toBe('ACCESS_SIGN_IN_NEEDED');
  });

  test.each([
    ['GET', { 'sec-fetch-site': 'cross-site' }],
    ['GET', { 'sec-fetch-site': 'same-site' }],
    ['POST', { 'sec-fetch-site': 'none' }],
    ['POST', { 'sec-fetch-site': 'same-site', origin: 'https://x.example' }],
    ['POST', { origin: 'https://evil.example' }],
    ['POST', { origin: 'null' }],
    ['POST', {}],
  ] as const)('refuses a %s with a session that another page made: %j', async (method, headers) => {
    const { app } = guarded();
    expect((await app.inject({ url: '/me', method, headers: { ...session, ...headers } })).body).toBe(
      'ACCESS_CROSS_SITE',
    );
  });

  test('what another page made with a session is recorded where it is refused, and a visitor where anybody may', async () => {
    const { app, refusals } = guarded();
    const headers = { ...session, 'sec-fetch-site': 'same-site' };
    expect((await app.inject({ url: '/open', headers })).body).toBe('visitor');
    expect(refusals).toEqual([]);
    await app.inject({ url: '/me', headers });
    expect(refusals).toEqual(['visitor profile.view']);
  });

  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ])(
    'refuses another page what anybody may do, and records it; a program says nothing of pages: %j',
    async (headers) => {
      const { app, refusals } = guarded();
      expect((await app.inject({ url: '/open', method: 'POST', headers })).body).toBe('ACCESS_CROSS_SITE');
      expect(refusals).toEqual(['visitor exchange.look']);
      expect((await app.inject({ url: '/open', headers })).body).toBe('visitor');
      expect((await app.inject({ url: '/open', method: 'POST' })).body).toBe('visitor');
      expect((await app.inject({ url: '/me', method: 'POST', headers: { ...headers, ...bearer('good') } })).body).toBe(
        'u',
      );
    },
  );

  test.each([
    ['GET', { 'sec-fetch-site': 'same-origin' }],
    ['GET', { 'sec-fetch-site': 'none' }],
    ['POST', { 'sec-fetch-site': 'same-origin' }],
    ['POST', { origin: 'https://x.example' }],
  ] as const)('lets a %s of its own page through: %j', async (method, headers) => {
    const { app } = guarded();
    expect((await app.inject({ url: '/me', method, headers: { ...session, ...headers } })).body).toBe('u');
  });

  test('lets who came by a link to that link alone, as far as the link goes', async () => {
    const { app, refusals } = guarded();
    expect((await app.inject({ url: '/shared/l', headers: link })).body).toBe('link');
    expect((await app.inject({ url: '/shared/other', headers: link })).body).toBe('ACCESS_SIGN_IN_NEEDED');
    expect((await app.inject({ url: '/shared/l/files', headers: link })).body).toBe('ACCESS_REFUSED');
    expect(refusals).toEqual(['visitor study.view', 'link study.download']);
  });

  test('wants a proof of a moment ago for what is dangerous, of a session that lets one do it; for a look never', async () => {
    const owner = personWith('administrator', { by: 'session', proven: false });
    const { app, refusals } = guarded(owner);
    const ask = (method: 'GET' | 'POST') =>
      app.inject({ url: '/holds', method, headers: { ...session, 'sec-fetch-site': 'same-origin' } });
    expect([(await ask('POST')).body, (await ask('GET')).body]).toEqual(['ACCESS_PROOF_NEEDED', 'holds']);
    expect(refusals).toEqual([]);
    const { app: proven } = guarded({ ...owner, proven: true });
    const headers = { ...session, 'sec-fetch-site': 'same-origin' };
    expect((await proven.inject({ url: '/holds', method: 'POST', headers })).body).toBe('holds');
  });

  test('a long answer goes on behind a locked screen and while terms wait, and not where less is proven', async () => {
    const asker = { ...member, by: 'session' } as const;
    for (const [steps, body] of [
      [['unlock'], 'on'],
      [['unlock', 'accept-terms'], 'on'],
      [['second-factor'], 'ACCESS_SIGN_IN_UNFINISHED'],
    ] as const) {
      const { app, become } = guarded(asker);
      app.get('/long', { config: { action: 'profile.view' } }, async (request) => {
        become({ ...asker, steps });
        await request.stillMay();
        return 'on';
      });
      expect((await app.inject({ url: '/long', headers: session })).body).toBe(body);
    }
  });

  test('a long answer goes on where the session does, under whichever secret, and no further', async () => {
    const asker: SignedIn = { ...member, by: 'session' };
    const { app, become, renew } = guarded(asker);
    app.get('/long', { config: { action: 'profile.view' } }, async (request) => {
      renew();
      await request.stillMay();
      become({ ...asker, steps: ['second-factor'] });
      return request.stillMay().then(
        () => 'on',
        (error: AccessError) => error.code,
      );
    });
    expect((await app.inject({ url: '/long', headers: session })).body).toBe('ACCESS_SIGN_IN_UNFINISHED');
    // Another request with the former secret is nobody's.
    expect((await app.inject({ url: '/me', headers: session })).body).toBe('ACCESS_SIGN_IN_NEEDED');
  });

  test('a session opens no road of links, and a link no road of people', async () => {
    const { app } = guarded();
    expect((await app.inject({ url: '/shared/l', headers: session })).body).toBe('ACCESS_SIGN_IN_NEEDED');
    expect((await app.inject({ url: '/me', headers: link })).body).toBe('ACCESS_SIGN_IN_NEEDED');
  });

  test('a link that is over says so itself', async () => {
    const { app } = guarded();
    const headers = { cookie: cookie(linkCookieOf('l', revoked)) };
    expect((await app.inject({ url: '/shared/l', headers })).body).toBe('ACCESS_REFUSED');
  });

  test('gives cookies that no script reads, no plain connection carries and no other site sends', () => {
    expect(sessionCookieOf(secret)).toBe(
      `__Host-symbolon-session=${secret}; Path=/; Secure; HttpOnly; SameSite=Strict`,
    );
    expect(linkCookieOf('l', secret)).toBe(
      `__Secure-symbolon-link=${secret}; Path=/api/v1/shared/l/study; Secure; HttpOnly; SameSite=Strict`,
    );
  });
});
