import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { pages as addresses, pathOf } from '@symbolon/contract';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBuiltPages } from './built-pages.ts';
import { methodsAt } from './methods-at.ts';
import { pages } from './pages.ts';

const script = 'console.log("symbolon");'.repeat(50);
let folder: string;
let app: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'symbolon-built-'));
  const assets = join(folder, 'assets');
  await mkdir(join(folder, '.vite'), { recursive: true });
  await mkdir(assets);
  await writeFile(join(folder, 'index.html'), '<!doctype html><meta property="csp-nonce" nonce="{{style-nonce}}">');
  await writeFile(join(folder, '.vite/manifest.json'), '{}');
  await writeFile(join(folder, 'secret.txt'), 'not for anybody');
  await writeFile(join(assets, 'index-abc.js'), script);
  await writeFile(join(assets, 'index-abc.js.br'), brotliCompressSync(script));
  await writeFile(join(assets, 'index-abc.js.gz'), gzipSync(script));
  await writeFile(join(assets, 'mark-abc.svg'), '<svg/>');
  await writeFile(join(assets, 'index-abc.js.map'), '{}');
  app = fastify({ exposeHeadRoutes: false });
  const methods = methodsAt(app);
  pages(app, await readBuiltPages(folder), methods);
  app.delete('/api/v1/things/:thing', async () => 'gone');
  app.put('/api/v1/things/:thing', async () => 'put');
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });
const some = {
  studyId: crypto.randomUUID(),
  linkId: crypto.randomUUID(),
  userId: crypto.randomUUID(),
  groupId: crypto.randomUUID(),
  roleId: crypto.randomUUID(),
};

describe('the web app is served', () => {
  test.each(Object.values(addresses))('%s answers with its page, never from a cache', async (address) => {
    const { statusCode, headers, body } = await get(pathOf(address, some));
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    });
    expect(body).toContain('<!doctype html>');
  });

  test('an address that is none answers 404: with the app to somebody who typed it, with a problem to programs', async () => {
    const typed = await get('/no-such-page', { 'sec-fetch-mode': 'navigate' });
    expect(typed).toMatchObject({ statusCode: 404, body: expect.stringContaining('<!doctype html>') });
    for (const url of ['/no-such-page', '/api/v1/no-such-thing']) {
      const { statusCode, body } = await get(url);
      expect([statusCode, body]).toEqual([404, expect.not.stringContaining('<!doctype html>')]);
    }
    const program = await get('/api/v1/no-such-thing', { 'sec-fetch-mode': 'navigate' });
    expect(program.body).not.toContain('<!doctype html>');
  });

  test('an address at which something is with other methods answers 405, and names them', async () => {
    const asked = async (method: 'GET' | 'OPTIONS' | 'POST' | 'DELETE', url: string) => {
      const { statusCode, headers } = await app.inject({ method, url, headers: { 'sec-fetch-mode': 'navigate' } });
      return [statusCode, headers.allow];
    };
    expect(await asked('POST', '/api/v1/things/7?of=them')).toEqual([405, 'DELETE, PUT']);
    expect(await asked('GET', '/api/v1/things/7')).toEqual([405, 'DELETE, PUT']);
    expect(await asked('DELETE', '/api/v1/things/7')).toEqual([200, undefined]);
    expect(await asked('DELETE', '/sign-in')).toEqual([405, 'GET']);
    expect(await asked('OPTIONS', '/api/v1/things/7')).toEqual([404, undefined]);
    // What has the form of a route is there with its methods; that no such file is does not make it another method's.
    expect(await asked('GET', '/assets/none.js')).toEqual([404, undefined]);
    for (const url of ['/api/v1/things', '/api/v1/things/', '/api/v1/things/7/of', '/api/v1/thingsx7'])
      expect(await asked('POST', url)).toEqual([404, undefined]);
  });

  test('with a policy that lets no inline script, no eval and no other host pass', async () => {
    const policy = String((await get('/')).headers['content-security-policy']);
    const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]));
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    // A worker stands under the policy of its own script; it must reach the exchange.
    expect((await get('/assets/index-abc.js')).headers['content-security-policy']).toContain("connect-src 'self'");
    expect(rules.get('default-src')).toEqual(["'none'"]);
    expect(rules.get('script-src')).toEqual(["'self'"]);
    for (const name of ['form-action', 'base-uri', 'frame-ancestors']) expect(rules.get(name)).toEqual(["'none'"]);
  });

  test('with a word for inline styles that is in the page and the policy, and another each time', async () => {
    const answers = await Promise.all([get('/'), get('/'), get('/sign-in')]);
    const words = answers.map(({ body, headers }) => {
      const word = /nonce="([\w-]{24})"/.exec(body)?.[1] ?? 'none';
      expect(headers['content-security-policy']).toContain(`'nonce-${word}'`);
      return word;
    });
    expect(new Set(words).size).toBe(3);
  });

  test.each([
    '/studies/a/b',
    '/nothing',
    '/index.html',
    '/secret.txt',
    '/.vite/manifest.json',
    '/assets',
    '/assets/',
    '/assets/nothing.js',
    '/assets/index-abc.js.br',
    '/assets/index-abc.js.map',
    '/assets/../secret.txt',
    '/assets/..%2fsecret.txt',
    '/assets/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/%2e%2e%2fsecret.txt',
    '/assets/__proto__',
    '/assets/constructor',
  ])('and there is nothing at %s', async (url) => {
    const { statusCode, body } = await get(url);
    expect(statusCode).toBe(404);
    expect(body).not.toContain('not for anybody');
  });

  test('files keep for a year, since what changes gets another name', async () => {
    const { headers, body } = await get('/assets/index-abc.js');
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body).toBe(script);
    expect((await get('/assets/mark-abc.svg')).headers['content-type']).toBe('image/svg+xml');
  });

  test.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['BR', 'br'],
    ['identity', undefined],
    ['brotli', undefined],
  ])('who accepts %s gets them as %s', async (accepts, encoding) => {
    const { headers, rawPayload } = await get('/assets/index-abc.js', { 'accept-encoding': accepts });
    expect(headers['content-encoding']).toBe(encoding);
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync }[encoding ?? ''];
    expect((unpack?.(rawPayload) ?? rawPayload).toString()).toBe(script);
  });

  test('search engines are asked to stay away', async () => {
    expect((await get('/robots.txt')).body).toBe('User-agent: *\nDisallow: /\n');
  });
});
