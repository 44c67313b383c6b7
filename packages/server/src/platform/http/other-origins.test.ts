import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import { letInOtherOrigins } from './other-origins.ts';

const viewer = 'https://viewer.example.org';
const apps: FastifyInstance[] = [];
afterAll(() => Promise.all(apps.map((app) => app.close())));

/** A root that nobody enters without a token, and a door beside it. */
function exchange(origins: readonly string[]): FastifyInstance {
  const app = fastify();
  apps.push(app);
  letInOtherOrigins(app, '/dicomweb', origins);
  app.addHook('onRequest', async ({ headers, is404 }, reply) => {
    if (!is404 && headers.authorization === undefined) return reply.status(401).send('sign in');
  });
  app.get('/dicomweb/studies', async (_, reply) => reply.header('vary', 'accept').send('[]'));
  app.post('/dicomweb/studies', async () => 'stored');
  app.options('/dicomweb/studies/:study', async () => 'what it can do');
  app.delete('/dicomweb/studies/:study', async () => 'gone');
  app.get('/dicomwebs', async () => 'no part of the root');
  app.get('/api/v1/me', async () => 'me');
  return app;
}

type Headers = Record<string, string | number | string[] | undefined>;
const aboutOrigins = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));

const asking = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' };

describe('a page of an origin that is let in', () => {
  test('is told that it may ask, and with what, before it shows a token', async () => {
    const answer = await exchange([viewer]).inject({
      method: 'OPTIONS',
      url: '/dicomweb/studies?limit=1',
      headers: { origin: viewer, ...asking },
    });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(aboutOrigins(answer.headers)).toEqual({
      'access-control-allow-origin': viewer,
      'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
      'access-control-allow-headers': expect.stringContaining('Authorization'),
      'access-control-max-age': '7200',
    });
    expect(answer.headers.vary).toBe('origin');
  });

  test('reads answers, refusals and what is not there, with the headers that DICOMweb needs', async () => {
    const app = exchange(['https://other.example.org', viewer]);
    const authorization = 'Bearer x';
    for (const [url, headers, status] of [
      ['/dicomweb/studies', { authorization }, 200],
      ['/dicomweb/studies', {}, 401],
      ['/dicomweb/nothing', { authorization }, 404],
    ] as const) {
      const answer = await app.inject({ url, headers: { origin: viewer, ...headers } });
      expect([url, answer.statusCode, aboutOrigins(answer.headers)]).toEqual([
        url,
        status,
        {
          'access-control-allow-origin': viewer,
          'access-control-expose-headers': expect.stringMatching(/Content-Location.*ETag.*Link.*Warning/),
        },
      ]);
      expect(answer.headers.vary).toBe(status === 200 ? 'accept, origin' : 'origin');
    }
  });

  test('is told nothing of any other address', async () => {
    const app = exchange([viewer]);
    for (const url of ['/api/v1/me', '/dicomwebs', '/dicomweb', '/'])
      for (const method of ['OPTIONS', 'GET'] as const) {
        const answer = await app.inject({ method, url, headers: { origin: viewer, ...asking } });
        expect([url, aboutOrigins(answer.headers), answer.headers.vary]).toEqual([url, {}, undefined]);
      }
  });
});

test.each([
  'https://viewer.example.org:8443',
  'http://viewer.example.org',
  'https://viewer.example.org.evil.example',
  'https://evil.example',
  'null',
])('a page of %s is told nothing', async (origin) => {
  const app = exchange([viewer]);
  for (const method of ['OPTIONS', 'GET', 'POST'] as const) {
    const answer = await app.inject({ method, url: '/dicomweb/studies', headers: { origin, ...asking } });
    expect([method, aboutOrigins(answer.headers)]).toEqual([method, {}]);
    expect(answer.headers.vary).toBe('origin');
  }
});

test('where no origin is let in, no answer says anything of origins', async () => {
  const app = exchange([]);
  for (const method of ['OPTIONS', 'GET'] as const) {
    const answer = await app.inject({ method, url: '/dicomweb/studies', headers: { origin: viewer, ...asking } });
    expect([aboutOrigins(answer.headers), answer.headers.vary]).toEqual([{}, undefined]);
  }
});

test('a page that is not let in is told nothing where a route takes OPTIONS, and who asks that route itself is answered', async () => {
  const url = '/dicomweb/studies/1.2';
  for (const origins of [[], [viewer]]) {
    const app = exchange(origins);
    const headers = { origin: 'https://evil.example', ...asking };
    const answer = await app.inject({ method: 'OPTIONS', url, headers: { ...headers, authorization: 'Bearer x' } });
    expect([answer.statusCode, aboutOrigins(answer.headers), answer.headers.allow]).toEqual([404, {}, undefined]);
    const asked = await app.inject({ method: 'OPTIONS', url, headers: { authorization: 'Bearer x' } });
    expect([asked.statusCode, asked.body]).toEqual([200, 'what it can do']);
  }
  const headers = { origin: viewer, authorization: 'Bearer x' };
  const app = exchange([viewer]);
  const preflight = await app.inject({ method: 'OPTIONS', url, headers: { ...headers, ...asking } });
  expect([preflight.statusCode, preflight.body]).toEqual([204, '']);
  for (const [method, body] of [
    ['OPTIONS', 'what it can do'],
    ['DELETE', 'gone'],
  ] as const) {
    const answer = await app.inject({ method, url, headers });
    expect([answer.body, answer.headers['access-control-allow-origin']]).toEqual([body, viewer]);
  }
});

test('an OPTIONS that no browser asked is answered by the routes', async () => {
  const answer = await exchange([viewer]).inject({
    method: 'OPTIONS',
    url: '/dicomweb/studies',
    headers: { origin: viewer },
  });
  expect(answer.statusCode).toBe(404);
});
