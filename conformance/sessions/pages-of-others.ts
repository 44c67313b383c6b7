import { randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import type { Exchange } from '@symbolon/testbed';
import { beforeAll, expect, test } from 'vitest';
import { type Answer, ask, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { routesOfTheApp } from '../laws/routes-of-the-app.ts';

type Here = {
  readonly exchange: Exchange;
  /** Of the owner's session. */
  readonly cookie: string;
  readonly email: string;
  readonly password: string;
};

/** What a browser says of a page that is not of this exchange. Before 2023 it says its origin alone, with what changes something. */
const elsewhere = [
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'same-site', origin: 'https://localhost:1' },
  { origin: 'https://evil.example', referer: 'https://evil.example/' },
  { origin: 'null' },
] as const;

/** What a page may send anywhere without asking the other side first. Source: Fetch §2.2.2, CORS-safelisted request-headers. */
const unasked = [
  'text/plain',
  'text/plain; charset=application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
] as const;

type Route = { readonly method: string; readonly path: string };

/** Runs over many with some at once, and gives what came of each in their order. */
async function each<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) results[at] = await run(all[at] as T);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return results;
}

const crossOriginHeaders = ({ headers }: Answer): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

const codeOf = ({ headers, json }: Answer): string | undefined =>
  headers['content-type']?.startsWith('application/problem+json') ? (json() as { code: string }).code : undefined;

/** All roads, as the app itself tells them, asked in the browser of who is signed in by a page of somebody else. */
export function pagesOfOthers(here: () => Here): void {
  let routes: Route[] = [];
  beforeAll(async () => {
    routes = (await routesOfTheApp())
      .map((route) => route.split(' ') as [string, string])
      .map(([method, path]) => ({ method, path: path.replace(/:\w+/g, () => randomUUID()).replace('*', 'x') }));
    expect(routes.filter(({ method }) => method !== 'GET').length).toBeGreaterThan(50);
  });

  /** Asks for all of them with what a browser would send along, and sees that nobody was signed in or out by it. */
  async function told<R>(some: readonly Route[], look: (route: Route, by: Question) => Promise<R>): Promise<R[]> {
    const { exchange, cookie } = here();
    const agent = new Agent({ keepAlive: true, ca: exchange.ca });
    const sessions = () =>
      inDatabaseOf(exchange, (database) => database.selectFrom('sessions').select('digest').orderBy('id').execute());
    const before = await sessions();
    const headers = { cookie: `${cookie}; __Secure-symbolon-link=${'L'.repeat(43)}` };
    const found = await each(some, (route) => look(route, { method: route.method, agent, headers }));
    expect(await sessions()).toEqual(before);
    agent.destroy();
    return found;
  }

  test('changes nothing on any road, not even what anybody may do', async () => {
    const changing = routes.filter(({ method }) => method !== 'GET');
    const found = await told(changing, async ({ method, path }, by) => {
      const answers = await each(elsewhere, (headers) => {
        const body = /^P/.test(method) ? { json: {} } : {};
        return ask(here().exchange, path, { ...by, ...body, headers: { ...by.headers, ...headers } });
      });
      return answers.map((answer) => [
        method,
        path,
        answer.status,
        codeOf(answer),
        answer.headers['set-cookie'],
        ...crossOriginHeaders(answer),
      ]);
    });
    const wanted = changing.map(({ method, path }) =>
      elsewhere.map(() => [method, path, 403, 'ACCESS_CROSS_SITE', undefined]),
    );
    expect(found).toEqual(wanted);
  });

  test('sees what anybody sees, and nothing else', async () => {
    const looking = routes.filter(({ method }) => method === 'GET');
    let closed = 0;
    await told(looking, async ({ path }, by) => {
      const { headers: _, ...visitor } = by;
      const alone = await ask(here().exchange, path, visitor);
      const open = codeOf(alone) !== 'ACCESS_SIGN_IN_NEEDED';
      if (!open) closed += 1;
      for (const headers of elsewhere.slice(0, 2)) {
        const answer = await ask(here().exchange, path, { ...by, headers: { ...by.headers, ...headers } });
        const wanted = open ? [path, alone.status, codeOf(alone)] : [path, 403, 'ACCESS_CROSS_SITE'];
        expect([path, answer.status, codeOf(answer), ...crossOriginHeaders(answer)]).toEqual(wanted);
        expect([path, answer.headers['set-cookie']]).toEqual([path, undefined]);
      }
    });
    expect(closed).toBeGreaterThan(30);
  });

  test('is told nothing when its browser asks whether it may ask', async () => {
    await told(routes, async ({ method, path }, by) => {
      const headers = {
        origin: 'https://evil.example',
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type, authorization',
      };
      const answer = await ask(here().exchange, path, { ...by, method: 'OPTIONS', headers });
      expect([path, answer.status, ...crossOriginHeaders(answer)]).toEqual([path, 404]);
    });
  });

  test('cannot sign anybody in with a form, even where the browser does not say whose page it is', async () => {
    const { email, password } = here();
    const json = JSON.stringify({ email, password, label: 'x', secret: 'x', accountName: 'x' });
    const form = new URLSearchParams({ email, password, label: 'x', secret: 'x' }).toString();
    const posts = routes.filter(({ method }) => method === 'POST');
    const agent = new Agent({ keepAlive: true, ca: here().exchange.ca });
    await each(posts, async ({ path }) => {
      for (const type of unasked) {
        const body = type.startsWith('text') ? json : form;
        const answer = await ask(here().exchange, path, {
          method: 'POST',
          body,
          headers: { 'content-type': type },
          agent,
        });
        expect([path, type, answer.status >= 400, answer.headers['set-cookie']]).toEqual([path, type, true, undefined]);
      }
    });
    agent.destroy();
  });
}
