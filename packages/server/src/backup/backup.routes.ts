import {
  type BackupsAnswer,
  type BackupsStatusAnswer,
  type BackupWarning,
  backupPolicy,
  backupsAnswer,
  backupsStatusAnswer,
  paths,
  releaseRequest,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { signedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { backupKeyName, type Keys, KeysError } from '../keys/index.ts';
import { type BlobPlace, placeName } from '../platform/blobs/blob-place.ts';
import type { Database } from '../platform/db/database.ts';
import type { BackupJob } from './backup.job.ts';
import { heldRestore, lastRun, latestDrills, latestRuns, policyOf, releaseHeld, setPolicy } from './backup.store.ts';
import { BackupError } from './errors.ts';

export type BackupRoutesDeps = {
  readonly database: Database;
  readonly audit: Audit;
  readonly job: BackupJob;
  readonly where: BlobPlace | undefined;
  readonly keyService: Keys['service'];
  readonly keyStore: Keys['store'];
  readonly now: () => Date;
};

const hourMs = 3_600_000;
/** One that is late by so much is overdue: a backup takes its time, and a failed one is tried again. */
const lateHours = 2;
const drillsShown = 20;

export function backupRoutes(app: FastifyInstance, deps: BackupRoutesDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { database, audit, job, where } = deps;
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url?.startsWith(paths.backups)) reply.header('cache-control', 'no-store');
  });

  /** A backup whose keys are in no backup of the keys opens on this machine only. */
  const keyIsCopied = (): Promise<boolean> =>
    whetherCopied().catch((error: unknown) => {
      // The keys are away: that is told elsewhere, and what else is known of the backups is told here.
      if (error instanceof KeysError && error.code === 'KEYS_UNAVAILABLE') return true;
      throw error;
    });
  const whetherCopied = async (): Promise<boolean> => {
    const copied = (await deps.keyStore.latestEvents())
      .filter(({ what }) => what === 'backup')
      .reduce((newest, { at }) => Math.max(newest, at.getTime()), 0);
    const [first] = await deps.keyService.versions(backupKeyName);
    return first !== undefined && first.madeAt.getTime() <= copied;
  };

  const status = async (): Promise<BackupsStatusAnswer> => {
    const [whole, policy, [drill], held] = await Promise.all([
      lastRun(database, 'whole'),
      policyOf(database),
      latestDrills(database, 1),
      heldRestore(database),
    ]);
    const warning = async (): Promise<BackupWarning | null> => {
      if (where === undefined) return null;
      if (whole === undefined) return policy.everyHours === null ? null : 'never';
      const late = (hours: number): boolean => deps.now().getTime() - whole.started_at.getTime() > hours * hourMs;
      if (policy.everyHours !== null && late(policy.everyHours + lateHours)) return 'overdue';
      if (whole.missing > 0) return 'incomplete';
      if (drill?.result === 'bad') return 'drill failed';
      return (await keyIsCopied()) ? null : 'keys are in no backup';
    };
    return {
      place: where === undefined ? null : placeName(where),
      warning: await warning(),
      lastAt: whole?.started_at.toISOString() ?? null,
      held:
        held === undefined
          ? null
          : {
              backup: held.backup_id,
              madeAt: held.made_at.toISOString(),
              restoredAt: held.restored_at.toISOString(),
              tokens: held.tokens_held,
              links: held.links_held,
              people: held.people_held,
              grants: held.grants_held,
            },
    };
  };

  const answer = async (): Promise<BackupsAnswer> => {
    const [so, policy, runs, drills] = await Promise.all([
      status(),
      policyOf(database),
      latestRuns(database),
      latestDrills(database, drillsShown),
    ]);
    return {
      ...so,
      policy,
      waiting: { backup: job.wished('backup'), drill: job.wished('drill') },
      runs: runs.map((run) => ({
        id: run.id,
        startedAt: run.started_at.toISOString(),
        endedAt: run.ended_at?.toISOString() ?? null,
        state: run.removed ? 'removed' : run.state,
        phase: run.phase,
        code: run.code,
        objects: run.objects_done,
        bytes: run.bytes_done,
        bytesInAll: run.bytes_in_all,
        tableBytes: run.table_bytes,
        missing: run.missing,
      })),
      drills: drills.map((drill) => ({
        id: drill.id,
        backup: drill.backup_id,
        startedAt: drill.started_at.toISOString(),
        endedAt: drill.ended_at?.toISOString() ?? null,
        result: drill.result,
        loaded: drill.loaded,
        code: drill.code,
        packs: drill.packs,
        instances: drill.instances,
        bytes: drill.bytes,
        lost: drill.lost,
        erased: drill.erased,
      })),
    };
  };

  const mustHavePlace = (): void => {
    if (where === undefined)
      throw new BackupError('BACKUP_NO_PLACE', 'No place for backups is set: SYMBOLON_BACKUPS says where they go.');
  };

  routes.get(
    paths.backups,
    { config: { action: 'backup.view' }, schema: { response: { 200: backupsAnswer } } },
    async () => answer(),
  );

  routes.get(
    paths.backupsStatus,
    { config: { action: 'backup.view' }, schema: { response: { 200: backupsStatusAnswer } } },
    async () => status(),
  );

  for (const [path, what] of [
    [paths.backups, 'backup'],
    [paths.backupDrills, 'drill'],
  ] as const) {
    const action = what === 'backup' ? 'backup.make' : 'backup.drill';
    routes.post(path, { config: { action }, schema: { response: { 200: backupsAnswer } } }, async (request) => {
      mustHavePlace();
      const entry = { action, kind: 'execute', outcome: 'success', detail: { asked: true } } as const;
      await audit.record(database, [{ actor: signedIn(request), ...entry }]);
      job.wish(what);
      return answer();
    });
  }

  routes.put(
    paths.backupPolicy,
    { config: { action: 'backup.schedule' }, schema: { body: backupPolicy, response: { 200: backupPolicy } } },
    async (request) => {
      const after = request.body;
      await database.transaction().execute(async (trx) => {
        const before = await policyOf(trx);
        await setPolicy(trx, after);
        const entry = { action: 'backup.schedule', kind: 'update', outcome: 'success' } as const;
        await audit.record(trx, [{ actor: signedIn(request), ...entry, detail: { before, after } }]);
      });
      return after;
    },
  );

  routes.post(
    paths.restoredHeld,
    { config: { action: 'backup.release' }, schema: { body: releaseRequest, response: { 200: backupsStatusAnswer } } },
    async (request) => {
      const actor = signedIn(request);
      const { what } = request.body;
      await database.transaction().execute(async (trx) => {
        const held = await heldRestore(trx);
        if (held === undefined)
          throw new BackupError('RESTORE_NOTHING_HELD', 'Nothing of a restore is held: somebody has decided already.');
        await releaseHeld(trx, what, actor.userId, deps.now());
        const {
          backup_id: backup,
          tokens_held: tokens,
          links_held: links,
          people_held: people,
          grants_held: grants,
        } = held;
        const detail = { what, backup, tokens, links, people, grants };
        await audit.record(trx, [{ actor, action: 'backup.release', kind: 'update', outcome: 'success', detail }]);
      });
      return status();
    },
  );
}
