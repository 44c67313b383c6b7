import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApp } from '../../packages/server/src/app.ts';
import { openKeys } from '../../packages/server/src/keys/index.ts';
import { SetupSecret } from '../../packages/server/src/people/index.ts';
import { fileBlobs } from '../../packages/server/src/platform/blobs/file-blobs.ts';
import { openDatabase } from '../../packages/server/src/platform/db/database.ts';
import { localTlsIdentity } from '../../packages/server/src/platform/http/tls.ts';

type Route = { readonly method: string | string[]; readonly url: string };
type Announced = { readonly fastify: { addHook(name: 'onRoute', hear: (route: Route) => void): void } };

const say = (): void => {};
const levels = { fatal: say, error: say, warn: say, info: say, debug: say, trace: say, silent: say };
const silent = { ...levels, level: 'silent', child: () => silent } as Parameters<typeof buildApp>[0]['log'];

/**
 * Every route of the exchange as `GET /healthz`, told by itself as it is wired: fastify announces each application that is
 * made, and the application each of its routes. No database is asked, and nothing listens.
 */
export async function routesOfTheApp(): Promise<string[]> {
  const folder = await mkdtemp('/tmp/sx-routes-');
  const now = () => new Date();
  const keys = await openKeys(join(folder, 'keys'), now);
  const { database, close } = openDatabase({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' }, () => {});
  const stores = { imageBlobs: fileBlobs(join(folder, 'i')), identityBlobs: fileBlobs(join(folder, 'd')) };
  const routes: string[] = [];
  const hear = (message: unknown): void => {
    (message as Announced).fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) routes.push(`${one} ${url}`);
    });
  };
  subscribe('fastify.initialization', hear);
  try {
    const { app, finish } = buildApp({
      databases: { every: database, of: () => database },
      connection: { connectionString: 'postgresql://nobody@127.0.0.1:1/none' },
      keys,
      stores,
      uncachedStores: stores,
      checkStores: async () => {},
      places: [],
      reserve: { bytes: 0, share: 0 },
      scrub: { everyDays: undefined, bytesPerSecond: 1 },
      compaction: { byItself: false, bytesPerSecond: 1, compression: true },
      backups: undefined,
      breached: undefined,
      postman: undefined,
      secret: new SetupSecret(folder),
      tls: await localTlsIdentity(folder, now()),
      publicUrl: 'https://localhost:8443',
      trustedProxies: [],
      corsOrigins: [],
      pages: { html: '', assets: new Map() },
      log: silent,
      now,
    });
    await app.ready();
    await app.close();
    await finish();
    return [...new Set(routes)].sort();
  } finally {
    unsubscribe('fastify.initialization', hear);
    await close();
    await keys.close();
    await rm(folder, { recursive: true, force: true });
  }
}
