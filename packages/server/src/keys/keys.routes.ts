import {
  type KeyRotationAnswer,
  keyRotationAnswer,
  keyScheduleAnswer,
  keyScheduleRequest,
  keysAnswer,
  keysBackupAnswer,
  paths,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type SignedIn, signedIn } from '../access/index.ts';
import type { Database } from '../platform/db/database.ts';
import { keyScheduleOf } from './key-schedules.store.ts';
import type { KeyService } from './key-service.ts';
import { backupStatus, keyStatus, patientsRotatedAt } from './key-status.ts';
import type { KeyStore } from './key-store.ts';
import type { KeyCare } from './rotation.job.ts';
import { type RecordSchedule, setKeySchedule } from './set-key-schedule.ts';

export type KeysRoutesDeps = {
  readonly database: Database;
  readonly service: KeyService;
  readonly store: KeyStore;
  readonly care: KeyCare;
  readonly now: () => Date;
  /** Write into the audit; return when it is durable. */
  readonly recordLook: (actor: SignedIn) => Promise<void>;
  readonly recordAsked: (actor: SignedIn) => Promise<void>;
  readonly recordSchedule: RecordSchedule;
};

export function keysRoutes(app: FastifyInstance, deps: KeysRoutesDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url?.startsWith(paths.keys)) reply.header('cache-control', 'no-store');
  });

  routes.get(
    paths.keys,
    { config: { action: 'key.view' }, schema: { response: { 200: keysAnswer } } },
    async (request) => {
      const actor = signedIn(request);
      await deps.recordLook(actor);
      return keyStatus(deps, actor.accountId);
    },
  );

  // Asked by every page of an administrator, and names no key: a record of each would bury what people did.
  routes.get(
    paths.keysBackup,
    { config: { action: 'key.view' }, schema: { response: { 200: keysBackupAnswer } } },
    async (request) => backupStatus(deps, signedIn(request).accountId),
  );

  routes.get(
    paths.keySchedule,
    { config: { action: 'key.view' }, schema: { response: { 200: keyScheduleAnswer } } },
    async (request) => keyScheduleOf(deps.database, signedIn(request).accountId),
  );

  routes.put(
    paths.keySchedule,
    { config: { action: 'key.schedule' }, schema: { body: keyScheduleRequest, response: { 200: keyScheduleAnswer } } },
    async (request) => {
      const schedule = await setKeySchedule(deps, signedIn(request), request.body.patientDays);
      deps.care.look();
      return schedule;
    },
  );

  const rotation = async (accountId: string): Promise<KeyRotationAnswer> => {
    const running = deps.care.progress(accountId);
    const doneAt = await patientsRotatedAt(deps.store, accountId);
    return { running: running ? { ...running, begunAt: running.begunAt.toISOString() } : null, doneAt };
  };

  routes.get(
    paths.keyRotation,
    { config: { action: 'key.view' }, schema: { response: { 200: keyRotationAnswer } } },
    async (request) => rotation(signedIn(request).accountId),
  );

  routes.post(
    paths.keyRotation,
    { config: { action: 'key.rotate' }, schema: { response: { 202: keyRotationAnswer } } },
    async (request, reply) => {
      const actor = signedIn(request);
      await deps.care.rotateNow(actor.accountId, () => deps.recordAsked(actor));
      reply.code(202);
      return rotation(actor.accountId);
    },
  );
}
