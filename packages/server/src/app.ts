import { availableParallelism } from 'node:os';
import { paths } from '@symbolon/contract';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { Attempts, guard, type Limit, networkOf } from './access/index.ts';
import { Audit, Looks, Reads, recordCounted, recordPast, Searches } from './audit/index.ts';
import { BackupJob, type BackupJobDeps, backupFigures, backupRoutes } from './backup/index.ts';
import type { CompactionSchedule, ScrubSchedule } from './config.ts';
import { conflictRoutes } from './conflicts/index.ts';
import {
  capabilitiesRoutes,
  deleteRoutes,
  RetrieveMemory,
  retrieveRoutes,
  searchRoutes,
  storeRoutes,
  uriRoutes,
} from './dicomweb/index.ts';
import { erasureJob, erasureRoutes } from './erasure/index.ts';
import { grantRoutes } from './grants/index.ts';
import { groupRoutes } from './groups/index.ts';
import { commit, GroupCommit, receiptRoutes } from './intake/index.ts';
import { KeyCare, KeyChains, type Keys, KeysError, keySchedules, keysRoutes } from './keys/index.ts';
import { MailJob, mailFigures, Outbox, type Postman } from './mail/index.ts';
import { openApiRoute } from './openapi/index.ts';
import { openingFigures, openingRoutes } from './openings/index.ts';
import { PackReader } from './packs/index.ts';
import type { BreachedList } from './passwords/index.ts';
import { actorOfSession, actorOfToken, peopleRoutes, type SetupSecret, writeMail } from './people/index.ts';
import type { BlobPlace } from './platform/blobs/blob-place.ts';
import { BlobError, type ListedBlobStore } from './platform/blobs/blob-store.ts';
import { ByteBudget } from './platform/byte-budget.ts';
import { causesOf } from './platform/causes-of.ts';
import { type Connection, isDatabaseAway, ping } from './platform/db/database.ts';
import type { Databases } from './platform/db/databases.ts';
import type { BuiltPages } from './platform/http/built-pages.ts';
import { trustedProxies } from './platform/http/client-address.ts';
import { httpApp } from './platform/http/http-app.ts';
import { methodsAt } from './platform/http/methods-at.ts';
import { metricsRoute } from './platform/http/metrics.ts';
import { letInOtherOrigins } from './platform/http/other-origins.ts';
import { pages } from './platform/http/pages.ts';
import type { TlsIdentity } from './platform/http/tls.ts';
import { WokenJob } from './platform/woken-job.ts';
import { problemOf } from './problems.ts';
import { RenderingMemory, RenderPool, renderingRoutes } from './rendering/index.ts';
import {
  CompactionJob,
  compactionFigures,
  partUnderWay,
  resealJob,
  resealRoutes,
  rewriteRoutes,
} from './rewrite/index.ts';
import { roleRoutes } from './roles/index.ts';
import { ScrubJob, type ScrubJobDeps, scrubFigures, scrubRoutes, scrubSome } from './scrub/index.ts';
import { actorOfLink, linkRoutes } from './sharing/index.ts';
import {
  DiskWatch,
  ownersOfKeys,
  QuotaGate,
  type Reserve,
  refuseNewData,
  reserving,
  SweepJob,
  storageFigures,
  storageRoutes,
  type WatchedPlace,
} from './storage/index.ts';
import {
  archiveRoutes,
  followSearchIndexes,
  originalsRoutes,
  reindexFigures,
  reindexJob,
  reindexRoutes,
  worklistRoutes,
} from './studies/index.ts';
import { termsRoutes } from './terms/index.ts';
import { timelineRoutes } from './timeline/index.ts';

export type AppDeps = {
  readonly databases: Databases;
  /** For work that needs a connection of its own. */
  readonly connection: Connection;
  readonly keys: Keys;
  readonly stores: { readonly imageBlobs: ListedBlobStore; readonly identityBlobs: ListedBlobStore };
  /** The same stores, with nothing of them in memory. */
  readonly uncachedStores: AppDeps['stores'];
  /** Whether the stores answer. @throws BlobError */
  readonly checkStores: () => Promise<void>;
  /** Folders under which the disk must not fill up, and how much of it stays free. */
  readonly places: readonly WatchedPlace[];
  readonly reserve: Reserve;
  readonly scrub: ScrubSchedule;
  readonly compaction: CompactionSchedule;
  readonly backups: BlobPlace | undefined;
  /** Passwords that nobody may choose, beside the common ones. */
  readonly breached: BreachedList | undefined;
  /** Takes mails; undefined where the exchange sends none. */
  readonly postman: Postman | undefined;
  readonly secret: SetupSecret;
  readonly tls: TlsIdentity;
  readonly publicUrl: string;
  /** Addresses of proxies whose word on where a request comes from is taken. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may use the DICOMweb root. */
  readonly corsOrigins: readonly string[];
  readonly pages: BuiltPages;
  readonly log: FastifyBaseLogger;
  readonly now: () => Date;
};

/** What arrives and is not yet durable, over all connections together. Bytes. */
const intakeBytes = 256 * 1024 * 1024;

/** A sweep looks at so many keys between two questions to the database. */
const keysAtOnce = 2_000;

/** The event loop seals and opens: one worker beside it keeps two cores busy. */
const renderWorkers = Math.max(1, Math.min(2, availableParallelism() - 1));

/** Of those who are not signed in, by network, so many are recorded one by one: whoever asks for what they may not must not fill the audit. */
const refusalsFrom = (address: string): Limit => ({
  name: `refusals from ${networkOf(address)}`,
  tries: 300,
  windowMs: 15 * 60_000,
});
/** Of somebody who has a step to do before anything opens: a page that asks behind a locked screen, or who knows the password alone. */
const refusalsOf = (userId: string): Limit => ({
  name: `refusals of ${userId} before a step`,
  tries: 30,
  windowMs: 15 * 60_000,
});

/** Wires every domain once, and returns the app with what has to be finished before the database goes. */
export function buildApp(deps: AppDeps): { app: FastifyInstance; finish: () => Promise<void> } {
  const { databases, publicUrl, now, log } = deps;
  // The exchange's own work sees every account; a request's goes by `databases` of its own.
  const database = databases.every;
  const watch = new DiskWatch({
    places: deps.places,
    reserve: deps.reserve,
    changed: ({ name, state, freeBytes, reserveBytes }) =>
      log[state === 'ok' ? 'info' : state === 'full' ? 'error' : 'warn'](
        { place: name, state, freeBytes, reserveBytes },
        'the room for data has changed',
      ),
  });
  watch.start();
  const stores = {
    imageBlobs: reserving(deps.stores.imageBlobs, watch),
    identityBlobs: reserving(deps.stores.identityBlobs, watch),
  };
  const { chains, service: keyService } = deps.keys;
  followSearchIndexes(chains, database);
  const audit = new Audit(chains, now);
  const attempts = new Attempts(database, now);
  const reads = new Reads(audit, database, (error) =>
    log.error({ code: (error as { code?: string }).code }, 'the details of readings could not be recorded'),
  );
  const searches = new Searches(audit, database, (error) =>
    log.error({ code: (error as { code?: string }).code }, 'searches could not be recorded one by one'),
  );
  const reader = new PackReader(chains, stores, database);
  const groupCommit = new GroupCommit(
    (group) => commit({ database, chains, stores, reader, audit }, group),
    (error) =>
      isDatabaseAway(error) ||
      (error instanceof KeysError && error.code === 'KEYS_UNAVAILABLE') ||
      (error instanceof BlobError && error.code === 'BLOB_WRITE_FAILED'),
  );
  const app = httpApp(deps.tls, log, problemOf, trustedProxies(deps.trustedProxies));
  const methods = methodsAt(app);

  letInOtherOrigins(app, paths.dicomweb, deps.corsOrigins);
  guard(app, {
    actorOfToken: (token, address) => actorOfToken({ database, now }, token, address),
    actorOfSession: (secret, address, byItself) => actorOfSession({ database, now }, { secret }, address, byItself),
    actorOfSessionId: (id, address) => actorOfSession({ database, now }, { id }, address),
    actorOfLink: (credential) => actorOfLink({ database, audit, now }, credential),
    recordRefusal: async (actor, action) => {
      const entry = { actor, action, kind: 'execute', outcome: 'refused' } as const;
      const waits = actor.kind === 'person' && actor.steps.length > 0;
      const { kind, address } = actor;
      const limit = waits ? refusalsOf(actor.userId) : kind === 'visitor' ? refusalsFrom(address) : undefined;
      const past = limit && (await attempts.count(limit));
      const about = waits ? { accountId: actor.accountId, userId: actor.userId } : {};
      await (past ? recordPast(audit, database, past, { ...entry, ...about }) : audit.record(database, [entry]));
    },
  });
  openApiRoute(app, publicUrl);
  const quotaGate = new QuotaGate(database);
  refuseNewData(app, { watch, quotaGate });
  app.get(paths.health, { config: { action: 'exchange.look' } }, async () => ({ status: 'live' }));
  app.get(paths.ready, { config: { action: 'exchange.look' } }, async () => {
    await ping(database);
    await deps.keys.health();
    await deps.checkStores();
    // Full or not, it serves what it holds: whoever balances the load must not take it out.
    return { status: 'ready', storage: await watch.state() };
  });
  pages(app, deps.pages, methods);
  const looks = new Looks(audit, database, now);
  const mail = new Outbox(deps.postman !== undefined, now);
  const people = { database, databases, chains, keyService, audit, looks, attempts, mail, breached: deps.breached };
  peopleRoutes(app, { ...people, secret: deps.secret, publicUrl, now });
  roleRoutes(app, { databases, chains, audit, looks, now });
  groupRoutes(app, { databases, audit, now });
  linkRoutes(app, { databases, chains, reader, publicUrl, audit, looks, attempts, now });
  grantRoutes(app, { databases, audit, looks, now });
  openingRoutes(app, { databases, chains, reader, publicUrl, audit, looks, attempts, log, now });
  const budget = new ByteBudget(intakeBytes, () => groupCommit.handOver());
  const { imageBlobs } = stores;
  capabilitiesRoutes(app, { publicUrl, methodsAt: methods });
  storeRoutes(app, { budget, imageBlobs, commit: groupCommit, publicUrl, audit, database });
  receiptRoutes(app, { databases, chains, reader, keyService, audit, publicUrl, now });
  searchRoutes(app, { databases, chains, reader, publicUrl, audit, reads, searches });
  originalsRoutes(app, { databases, chains, reader, publicUrl, audit, reads });
  worklistRoutes(app, { databases, chains, reader, publicUrl, looks, reads });
  archiveRoutes(app, { databases, chains, reader, publicUrl, audit, reads, now });
  conflictRoutes(app, { databases, chains, reader, publicUrl, audit, looks, reads, now });
  timelineRoutes(app, { databases, chains, audit });
  const counting = new WokenJob({
    database,
    lock: 'counted refusals',
    work: () => database.transaction().execute((trx) => recordCounted(audit, trx, { before: now() })),
    failed: (error) => log.error({ problem: causesOf(error) }, 'refused tries that were counted could not be recorded'),
  });
  counting.wake();
  termsRoutes(app, { databases, audit, looks, now });
  const keyDeps = { service: keyService, store: deps.keys.store, now };
  const keyCare = new KeyCare({
    ...keyDeps,
    schedules: () => keySchedules(database),
    record: (accountId, { what, at, detail, id }) =>
      audit.record(database, [
        {
          actor: { kind: 'exchange', address: null },
          accountId,
          action: what === 'backup' ? 'key.backup' : what === 'restore' ? 'key.restore' : 'key.rotate',
          kind: 'execute',
          outcome: 'success',
          at,
          detail: { event: id, what, ...detail },
        },
      ]),
    failed: (error) => log.error({ problem: causesOf(error) }, 'the care of keys failed'),
  });
  keyCare.start();
  keysRoutes(app, {
    ...keyDeps,
    database,
    care: keyCare,
    recordLook: (actor) => audit.record(database, [{ actor, action: 'key.view', kind: 'read', outcome: 'success' }]),
    recordAsked: (actor) =>
      audit.record(database, [
        { actor, action: 'key.rotate', kind: 'execute', outcome: 'success', detail: { of: 'patients', asked: true } },
      ]),
    recordSchedule: (trx, actor, detail) =>
      audit.record(trx, [{ actor, action: 'key.schedule', kind: 'update', outcome: 'success', detail }]),
  });
  const keyOwners = () => ownersOfKeys(deps.keys.store.pages(keysAtOnce));
  const sweepDeps = {
    database,
    keyOwners,
    stores: { images: stores.imageBlobs, identity: stores.identityBlobs },
    audit,
    now,
  };
  const sweepJob = new SweepJob({
    ...sweepDeps,
    done: (found) => log.info({ found }, 'swept'),
    failed: (error) => log.error({ problem: causesOf(error) }, 'the sweep failed'),
  });
  sweepJob.start();
  storageRoutes(app, { ...sweepDeps, watch, quotaGate, sweepJob });
  const scrubDeps: ScrubJobDeps = {
    ...deps.scrub,
    database,
    freshChains: () => new KeyChains(keyService, deps.keys.store, now),
    stores: deps.uncachedStores,
    audit,
    now,
    alarm: (found) => log.error({ found }, 'ALARM: what is held is not what was sent'),
    failed: (error) => log.error({ problem: causesOf(error) }, 'the scrub waits: it could not go on'),
  };
  const scrubJob = new ScrubJob(scrubDeps);
  scrubJob.start();
  scrubRoutes(app, { database, audit, job: scrubJob, now, ...deps.scrub });
  // What is read once in the background must not drive out of memory what people read; what is removed goes from there, too.
  const rewriteStores = {
    imageBlobs: { ...stores.imageBlobs, read: deps.uncachedStores.imageBlobs.read },
    identityBlobs: { ...stores.identityBlobs, read: deps.uncachedStores.identityBlobs.read },
  };
  const rendering = new RenderingMemory(now);
  const kept = new RetrieveMemory(now);
  const erasing = erasureJob({
    database,
    chains,
    keyService,
    keyStore: deps.keys.store,
    stores: rewriteStores,
    reader,
    forget: (packIds) => {
      rendering.forget(packIds);
      kept.forget(packIds);
    },
    audit,
    publicUrl,
    now,
    paced: async () => {},
    requireRoom: () => watch.requireAmple(),
    failed: (error, erasure) =>
      log.error({ erasure, problem: causesOf(error) }, 'an erasure waits: it could not go on'),
  });
  erasing.wake();
  const erasureDeps = {
    databases,
    chains,
    reader,
    audit,
    now,
    closed: (accountId: string) => quotaGate.forget(accountId),
    wake: () => erasing.wake(),
  };
  erasureRoutes(app, erasureDeps);
  deleteRoutes(app, { ...erasureDeps, publicUrl, kept });
  const compactionJob = new CompactionJob({
    ...deps.compaction,
    database,
    chains,
    stores: rewriteStores,
    reader,
    audit,
    now,
    scrubSome: (packs) => scrubSome(scrubDeps, packs),
    requireRoom: () => watch.requireAmple(),
    left: (series, error) => log.error({ series, problem: causesOf(error) }, 'packs of a series could not be joined'),
    failed: (error) => log.error({ problem: causesOf(error) }, 'compaction waits: it could not go on'),
  });
  compactionJob.start();
  const resealing = resealJob({
    database,
    chains,
    keyStore: deps.keys.store,
    stores: rewriteStores,
    reader,
    audit,
    now,
    bytesPerSecond: deps.compaction.bytesPerSecond,
    isErased: partUnderWay,
    requireRoom: () => watch.requireAmple(),
    left: (study, error) => log.error({ study, problem: causesOf(error) }, 'a study could not be sealed anew'),
    unreadable: (study, ids) => log.error({ study, ids }, 'notes of links or reasons of openings do not open'),
    failed: (error) => log.error({ problem: causesOf(error) }, 'what is to be sealed anew waits: it could not go on'),
  });
  resealing.wake();
  resealRoutes(app, { database, audit, job: resealing, now });
  const reindexing = reindexJob({
    database,
    chains,
    reader,
    audit,
    left: (study, error) =>
      log.error({ study, problem: causesOf(error) }, 'something of a study could not be indexed anew'),
    failed: (error) => log.error({ problem: causesOf(error) }, 'what is to be indexed anew waits: it could not go on'),
  });
  reindexing.wake();
  reindexRoutes(app, { databases, audit, job: reindexing });
  rewriteRoutes(app, { database, audit, job: compactionJob, ...deps.compaction });
  const backupDeps: BackupJobDeps = {
    database,
    connection: deps.connection,
    keys: keyService,
    freshChains: () => new KeyChains(keyService, deps.keys.store, now),
    stores: { images: deps.uncachedStores.imageBlobs, identity: deps.uncachedStores.identityBlobs },
    where: deps.backups,
    audit,
    now,
    alarm: (found) => log.error({ found }, 'ALARM: a backup would not bring everything back'),
    done: (found) => log.info({ found }, 'a backup was made'),
    failed: (error) => log.error({ problem: causesOf(error) }, 'a backup, or the trial of one, could not be made'),
  };
  const backupJob = new BackupJob(backupDeps);
  backupJob.start();
  backupRoutes(app, {
    database,
    audit,
    job: backupJob,
    where: deps.backups,
    keyService,
    keyStore: deps.keys.store,
    now,
  });
  const mailJob =
    deps.postman &&
    new MailJob({
      database,
      postman: deps.postman,
      write: (trx, row) => writeMail({ publicUrl, audit, now }, trx, row),
      now,
      givenUp: (given) => log.error({ mail: given }, 'a mail could not be sent and is given up'),
      putOff: (put) => log.warn({ mail: put }, 'a mail could not be sent and is tried again'),
      failed: (error) => log.error({ problem: causesOf(error) }, 'mails wait: they could not be looked at'),
    });
  mail.told = () => mailJob?.wake();
  mailJob?.wake();
  metricsRoute(app, async () => [
    ...(await backupFigures(database, now())),
    ...(await storageFigures(watch)),
    ...(await scrubFigures(database)),
    ...(await compactionFigures(database)),
    ...(await openingFigures(database)),
    ...(await reindexFigures(database)),
    ...(await mailFigures(database)),
    ...rendering.figures(),
    ...kept.figures(),
  ]);
  const pool = new RenderPool({ workers: renderWorkers });
  renderingRoutes(app, { databases, chains, reader, publicUrl, reads, pool }, rendering);
  const retrieving = { databases, chains, reader, publicUrl, audit, reads, now, pool, memory: rendering, kept };
  retrieveRoutes(app, retrieving);
  uriRoutes(app, retrieving);
  return {
    app,
    async finish() {
      watch.stop();
      await sweepJob.stop();
      await scrubJob.stop();
      await compactionJob.stop();
      await erasing.stop();
      await resealing.stop();
      await reindexing.stop();
      await backupJob.stop();
      await mailJob?.stop();
      await keyCare.stop();
      await counting.stop();
      await pool.close();
      await groupCommit.idle();
      await reads.flush();
      await searches.flush();
    },
  };
}
