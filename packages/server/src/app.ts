import { availableParallelism } from 'node:os';
import { paths } from '@symbolon/contract';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { Attempts, guard } from './access/index.ts';
import { Audit, Looks, Reads } from './audit/index.ts';
import { conflictRoutes } from './conflicts/index.ts';
import { commit, GroupCommit, receiptRoutes, storeRoutes } from './intake/index.ts';
import type { Keys } from './keys/index.ts';
import { PackReader, type Stores } from './packs/index.ts';
import { actorOfSession, actorOfToken, peopleRoutes, type SetupSecret } from './people/index.ts';
import { ByteBudget } from './platform/byte-budget.ts';
import { type Database, isDatabaseAway, ping } from './platform/db/database.ts';
import type { BuiltPages } from './platform/http/built-pages.ts';
import { httpApp } from './platform/http/http-app.ts';
import { pages } from './platform/http/pages.ts';
import type { TlsIdentity } from './platform/http/tls.ts';
import { problemOf } from './problems.ts';
import { RenderPool, renderingRoutes } from './rendering/index.ts';
import { actorOfLink, linkRoutes } from './sharing/index.ts';
import { archiveRoutes, originalsRoutes, retrieveRoutes, searchRoutes, worklistRoutes } from './studies/index.ts';
import { timelineRoutes } from './timeline/index.ts';

export type AppDeps = {
  readonly database: Database;
  readonly keys: Keys;
  readonly stores: Stores;
  readonly secret: SetupSecret;
  readonly tls: TlsIdentity;
  readonly publicUrl: string;
  readonly pages: BuiltPages;
  readonly log: FastifyBaseLogger;
  readonly now: () => Date;
};

/** What arrives and is not yet durable, over all connections together. Bytes. */
const intakeBytes = 256 * 1024 * 1024;

/** The event loop seals and opens: one worker beside it keeps two cores busy. */
const renderWorkers = Math.max(1, Math.min(2, availableParallelism() - 1));

/** Wires every domain once, and returns the app with what has to be finished before the database goes. */
export function buildApp(deps: AppDeps): { app: FastifyInstance; finish: () => Promise<void> } {
  const { database, stores, publicUrl, now, log } = deps;
  const { chains, service: keyService } = deps.keys;
  const audit = new Audit(chains, now);
  const reads = new Reads(audit, database, (error) =>
    log.error({ code: (error as { code?: string }).code }, 'the details of readings could not be recorded'),
  );
  const reader = new PackReader(chains, stores, database);
  const groupCommit = new GroupCommit(
    (group) => commit({ database, chains, stores, reader, audit }, group),
    isDatabaseAway,
  );
  const app = httpApp(deps.tls, log, problemOf);

  guard(app, {
    actorOfToken: (token, address) => actorOfToken({ database, now }, token, address),
    actorOfSession: (secret, address) => actorOfSession({ database, now }, secret, address),
    actorOfLink: (credential) => actorOfLink({ database, audit, now }, credential),
    recordRefusal: (actor, action) => audit.record(database, [{ actor, action, kind: 'execute', outcome: 'refused' }]),
  });
  app.get(paths.health, { config: { action: 'exchange.look' } }, async () => ({ status: 'live' }));
  app.get(paths.ready, { config: { action: 'exchange.look' } }, async () => {
    await ping(database);
    await keyService.health();
    return { status: 'ready' };
  });
  pages(app, deps.pages);
  const attempts = new Attempts(database, now);
  const looks = new Looks(audit, database, now);
  peopleRoutes(app, { database, chains, audit, attempts, secret: deps.secret, now });
  linkRoutes(app, { database, chains, reader, publicUrl, audit, looks, attempts, now });
  const budget = new ByteBudget(intakeBytes);
  const { imageBlobs } = stores;
  storeRoutes(app, { budget, imageBlobs, commit: groupCommit, publicUrl, audit, database });
  receiptRoutes(app, { database, chains, reader, keyService, audit, publicUrl, now });
  searchRoutes(app, { database, chains, reader, publicUrl, audit, reads });
  retrieveRoutes(app, { database, chains, reader, publicUrl, audit, reads });
  originalsRoutes(app, { database, chains, reader, publicUrl, audit, reads });
  worklistRoutes(app, { database, chains, reader, publicUrl, looks, reads });
  archiveRoutes(app, { database, chains, reader, publicUrl, audit, reads, now });
  conflictRoutes(app, { database, chains, reader, publicUrl, audit, looks, reads, now });
  timelineRoutes(app, { database, chains, audit });
  const pool = new RenderPool({ workers: renderWorkers });
  renderingRoutes(app, { database, chains, reader, publicUrl, reads, pool });
  return {
    app,
    async finish() {
      await pool.close();
      await groupCommit.idle();
      await reads.flush();
    },
  };
}
