import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import type { Exchange } from '@symbolon/testbed';
import { checkoutRoot, type NpmPackage, npmPackage } from '@symbolon/testbed';
import { type AnotherOrigin, anotherOrigin } from './another-origin.ts';

/** OHIF as its makers build it. Of it no inference engine is served: nothing asks for one, and it is two thirds of the size. */
const published: NpmPackage = {
  name: '@ohif/app',
  version: '3.13.2',
  integrity: 'sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==',
  leaveOut: ['package/dist/ort'],
};

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** What an administrator copies: the one block of code in the document, with the exchange's address in it. */
async function appConfig(exchangeUrl: string): Promise<string> {
  const document = await readFile(join(checkoutRoot, 'docs/conformance/viewers.md'), 'utf8');
  const [, code] = /```js\n(.*?)```/s.exec(document) ?? [];
  const config = code?.replace('https://images.example.org', exchangeUrl);
  if (config === undefined || config === code) throw new Error('viewers.md has no app-config with an address in it');
  return config;
}

/** The folder of OHIF's build. @throws Error where it cannot be fetched */
export const ohifBuild = (): Promise<string> => npmPackage(published).then((folder) => join(folder, 'dist'));

export async function serveOhif(build: string, exchange: Exchange, port: number): Promise<AnotherOrigin> {
  const config = await appConfig(exchange.url);
  return anotherOrigin(exchange, port, async (asked) => {
    const path = normalize(asked);
    if (path === '/app-config.js') return { type: 'text/javascript', body: config };
    const type = types[extname(path)];
    // Every address of the app itself is its one page, as its own `_redirects` says.
    const name = type === undefined ? '/index.html' : path === '/favicon.ico' ? '/assets/favicon.ico' : path;
    const body = await readFile(join(build, name)).catch(() => undefined);
    // What has a digest in its name never changes, and is loaded and compiled once.
    return body && { type: type ?? 'text/html', body, forever: /\.[0-9a-f]{16}\./.test(name) };
  });
}
