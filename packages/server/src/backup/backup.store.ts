import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import type { BackupManifest } from './backup-manifest.ts';
import type { Named } from './lines.ts';
import type { Half } from './make-backup.ts';

const namesPerPage = 2000;

/** The objects of a store that rows name now, by their names; page by page, so that no transaction lasts. */
export async function* walkNames(db: Database, half: Half): AsyncGenerator<Named> {
  const bytes = half === 'images' ? 'image_sealed_bytes' : 'identity_sealed_bytes';
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    let query = db
      .selectFrom('packs')
      .select(['id as name', `${bytes} as bytes`])
      .where('id', '>', after);
    query = half === 'images' ? query.where('image_sealed_bytes', '>', 0) : query.where('identity', 'is', null);
    const page = await query.orderBy('id').limit(namesPerPage).execute();
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < namesPerPage) return;
    after = last.name;
  }
}

/** Whether a pack is still what it was, and not erased or replaced meanwhile. */
export async function isStillNamed(db: Database, packId: string): Promise<boolean> {
  return (await db.selectFrom('packs').select('id').where('id', '=', packId).executeTakeFirst()) !== undefined;
}

/** Whether this database remembers making a backup: a copy of it from before does not. */
export async function isKnownBackup(
  db: Database,
  { id, snapshotXmin }: Pick<BackupManifest, 'id' | 'snapshotXmin'>,
): Promise<boolean> {
  const found = await db
    .selectFrom('backup_runs')
    .select('id')
    .where('id', '=', id)
    .where('state', '=', 'whole')
    .where('snapshot_xmin', '=', snapshotXmin)
    .executeTakeFirst();
  return found !== undefined;
}

export type Policy = {
  readonly everyHours: number | null;
  readonly drillEveryDays: number | null;
  readonly keepLast: number;
  readonly keepDaily: number;
  readonly keepWeekly: number;
  readonly keepMonthly: number;
};

export async function policyOf(db: Database | Trx): Promise<Policy> {
  return db
    .selectFrom('backup_policy')
    .select([
      'every_hours as everyHours',
      'drill_every_days as drillEveryDays',
      'keep_last as keepLast',
      'keep_daily as keepDaily',
      'keep_weekly as keepWeekly',
      'keep_monthly as keepMonthly',
    ])
    .executeTakeFirstOrThrow();
}

export async function setPolicy(trx: Trx, policy: Policy): Promise<void> {
  await trx
    .updateTable('backup_policy')
    .set({
      every_hours: policy.everyHours,
      drill_every_days: policy.drillEveryDays,
      keep_last: policy.keepLast,
      keep_daily: policy.keepDaily,
      keep_weekly: policy.keepWeekly,
      keep_monthly: policy.keepMonthly,
    })
    .execute();
}

/** Whether backups were made in a place: an empty folder there is then a disk that is not mounted. */
export async function wasUsed(db: Database, place: string): Promise<boolean> {
  const found = await db
    .selectFrom('backup_runs')
    .select('id')
    .where('place', '=', place)
    .where('state', '=', 'whole')
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/**
 * Whether part of a study was erased since: what stays of that is under other keys now, and an earlier backup has it under those
 * that were destroyed.
 */
export async function isOutdated(db: Database, since: Date): Promise<boolean> {
  const found = await db
    .selectFrom('erasures')
    .select('id')
    .where('kind', 'in', ['series', 'instances'])
    .where('keys_destroyed_at', '>=', since)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** In whose audit it is written what was done with all of it. */
export async function allAccounts(db: Database | Trx): Promise<string[]> {
  return (await db.selectFrom('accounts').select('id').execute()).map(({ id }) => id);
}

/** Begins a run; one that is said to run and whose node is gone has failed, in the same transaction. Called by whoever has the lock. */
export async function beginRun(db: Trx, id: string, place: string, at: Date): Promise<void> {
  await db
    .updateTable('backup_runs')
    .set({ state: 'failed', code: 'BACKUP_STOPPED', ended_at: at })
    .where('state', '=', 'running')
    .execute();
  const { rows } = await sql<{ bytes: number }>`select coalesce(sum(bytes), 0)::float8 as bytes from usage`.execute(db);
  await db
    .insertInto('backup_runs')
    .values({
      id,
      place,
      started_at: at,
      ended_at: null,
      state: 'running',
      phase: 'copying objects',
      code: null,
      bytes_in_all: Math.round(rows[0]?.bytes ?? 0),
      snapshot_xmin: null,
    })
    .execute();
}

export async function tellRun(
  db: Database,
  id: string,
  { phase, objects, bytes }: { readonly phase: string; readonly objects: number; readonly bytes: number },
): Promise<void> {
  await db
    .updateTable('backup_runs')
    .set({ phase, objects_done: objects, bytes_done: bytes })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
}

export async function endRun(
  db: Database | Trx,
  id: string,
  end: { readonly at: Date } & (
    | { readonly code: string }
    | {
        readonly objects: number;
        readonly bytes: number;
        readonly tableBytes: number;
        readonly snapshotXmin: string;
        readonly missing: number;
      }
  ),
): Promise<void> {
  const set =
    'code' in end
      ? ({ state: 'failed', code: end.code } as const)
      : ({
          state: 'whole',
          code: null,
          objects_done: end.objects,
          bytes_done: end.bytes,
          table_bytes: end.tableBytes,
          snapshot_xmin: end.snapshotXmin,
          missing: end.missing,
        } as const);
  await db
    .updateTable('backup_runs')
    .set({ ...set, ended_at: end.at })
    .where('id', '=', id)
    .execute();
}

/** Backups that are there no more; a base that is gone is none. */
export async function forgetRuns(db: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('backup_runs')
    .set({ removed: true })
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .execute();
}

const runsShown = 100;

export async function latestRuns(db: Database, limit = runsShown) {
  return db.selectFrom('backup_runs').selectAll().orderBy('started_at', 'desc').limit(limit).execute();
}

export async function lastRun(db: Database, state: 'whole' | 'failed' | 'running') {
  return db
    .selectFrom('backup_runs')
    .selectAll()
    .where('state', '=', state)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Begins a drill, as `beginRun` does a run. */
export async function beginDrill(db: Trx, id: string, at: Date): Promise<void> {
  await db
    .updateTable('backup_drills')
    .set({ result: 'failed', code: 'BACKUP_STOPPED', ended_at: at })
    .where('result', '=', 'running')
    .execute();
  await db
    .insertInto('backup_drills')
    .values({ id, backup_id: null, started_at: at, ended_at: null, result: 'running', code: null })
    .execute();
}

export type DrillEnd = {
  readonly at: Date;
  readonly backupId: string | null;
  readonly result: 'good' | 'bad' | 'failed';
  readonly loaded: boolean;
  readonly code: string | null;
  readonly packs: number;
  readonly instances: number;
  readonly bytes: number;
  readonly lost: number;
  readonly erased: number;
};

export async function endDrill(db: Database | Trx, id: string, { at, backupId, ...rest }: DrillEnd): Promise<void> {
  await db
    .updateTable('backup_drills')
    .set({ ...rest, ended_at: at, backup_id: backupId })
    .where('id', '=', id)
    .execute();
}

export async function latestDrills(db: Database, limit: number) {
  return db.selectFrom('backup_drills').selectAll().orderBy('started_at', 'desc').limit(limit).execute();
}

/** The newest restore about whose tokens, links, people and grants nobody has decided yet. */
export async function heldRestore(db: Database | Trx) {
  return db
    .selectFrom('restores')
    .selectAll()
    .where('released_at', 'is', null)
    .orderBy('restored_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/**
 * Lets held tokens, links and grants open again and people in again; or ends the former for good, and leaves people suspended, to be let
 * in one by one.
 */
export async function releaseHeld(trx: Trx, what: 'release' | 'end', by: string, at: Date): Promise<void> {
  if (what === 'end') {
    await sql`update api_tokens set expires_at = held_at where held_at is not null`.execute(trx);
    await sql`update links set revoked_at = ${at}, revoked_by = ${by} where held_at is not null`.execute(trx);
  }
  if (what === 'release') {
    await sql`update memberships set state = 'active' where held_at is not null and state = 'suspended'`.execute(trx);
    await sql`update grants set revoked_at = null where held_at is not null and revoked_by is null
      and not exists (select from namespaces n join memberships m on m.user_id = n.user_id and m.account_id = n.account_id
        where n.id = grants.namespace_id and m.state = 'removed')`.execute(trx);
  }
  await trx.updateTable('memberships').set({ held_at: null }).where('held_at', 'is not', null).execute();
  await trx.updateTable('grants').set({ held_at: null }).where('held_at', 'is not', null).execute();
  await trx.updateTable('api_tokens').set({ held_at: null }).where('held_at', 'is not', null).execute();
  await trx.updateTable('links').set({ held_at: null }).where('held_at', 'is not', null).execute();
  await trx
    .updateTable('restores')
    .set({ released_at: at, released_by: by })
    .where('released_at', 'is', null)
    .execute();
}
