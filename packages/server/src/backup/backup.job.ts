import { randomUUID } from 'node:crypto';
import type { Audit, AuditEntry } from '../audit/index.ts';
import { type BlobPlace, placeName } from '../platform/blobs/blob-place.ts';
import { BlobError } from '../platform/blobs/blob-store.ts';
import { aloneWith } from '../platform/db/alone.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import {
  allAccounts,
  beginDrill,
  beginRun,
  endDrill,
  endRun,
  forgetRuns,
  isOutdated,
  lastRun,
  latestDrills,
  policyOf,
  tellRun,
  wasUsed,
} from './backup.store.ts';
import { type BackupPlace, openBackupPlace } from './backup-place.ts';
import { type DrillDeps, drillRestore } from './drill.ts';
import { BackupError } from './errors.ts';
import { type BackupDeps, makeBackup, type Progress } from './make-backup.ts';
import { prune } from './prune.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How often it is looked whether one is due; one that failed is tried again then. */
const lookEveryMs = 10 * minuteMs;
const firstAfterMs = 2 * minuteMs;
const soonMs = 1_000;
const toldEveryMs = 1_000;

export type BackupJobDeps = Omit<BackupDeps, 'place'> &
  Omit<DrillDeps, 'place'> & {
    readonly where: BlobPlace | undefined;
    readonly audit: Audit;
    /** A person has to look: a copy that is missing, a drill that went wrong. */
    readonly alarm: (found: object) => void;
    readonly done: (found: object) => void;
    readonly failed: (error: unknown) => void;
  };

type Wish = 'backup' | 'drill';

/** Makes backups by the clock and when somebody asks, removes what the policy no longer keeps, and tries restores. */
export class BackupJob {
  readonly #deps: BackupJobDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  readonly #wishes = new Set<Wish>();

  constructor(deps: BackupJobDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#deps.where !== undefined) this.#wait(firstAfterMs);
  }

  /** Ends with the objects that are being copied; the next backup finds them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Somebody asked. Returns at once; `GET` tells how far it is. */
  wish(what: Wish): void {
    if (this.#stopped) return;
    this.#wishes.add(what);
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#go();
  }

  /** What is asked for and not begun. */
  wished(what: Wish): boolean {
    return this.#wishes.has(what);
  }

  /** What is due, and what was asked for. Never throws. */
  async run(): Promise<void> {
    const { database, where, failed } = this.#deps;
    if (where === undefined) return;
    try {
      await aloneWith(database, 'backup', async () => {
        if (this.#wishes.delete('backup') || (await this.#backupIsDue())) await this.#backup(where);
        if (!this.#stopped && (this.#wishes.delete('drill') || (await this.#drillIsDue()))) await this.#drill(where);
      });
    } catch (error) {
      failed(error);
    }
  }

  async #backupIsDue(): Promise<boolean> {
    const { database, now } = this.#deps;
    const { everyHours } = await policyOf(database);
    if (everyHours === null) return false;
    const last = await lastRun(database, 'whole');
    if (last === undefined || now().getTime() - last.started_at.getTime() >= everyHours * hourMs) return true;
    return isOutdated(database, last.started_at);
  }

  async #drillIsDue(): Promise<boolean> {
    const { database, now } = this.#deps;
    const { drillEveryDays } = await policyOf(database);
    if (drillEveryDays === null || (await lastRun(database, 'whole')) === undefined) return false;
    const [last] = await latestDrills(database, 1);
    // One that could not be done is tried again the next day.
    const days = last?.result === 'failed' ? Math.min(1, drillEveryDays) : drillEveryDays;
    return last === undefined || now().getTime() - last.started_at.getTime() >= days * 24 * hourMs;
  }

  /** What was found damaged since the last backup is in no later one: copies are a person's to remove, tables are taken anew. */
  async #isDistrusted(): Promise<boolean> {
    const { database } = this.#deps;
    const [drill] = await latestDrills(database, 1);
    const last = await lastRun(database, 'whole');
    return drill?.result === 'bad' && last !== undefined && last.started_at <= drill.started_at;
  }

  async #at<T>(where: BlobPlace, work: (place: BackupPlace) => Promise<T>): Promise<T> {
    const place = await openBackupPlace(where, () => wasUsed(this.#deps.database, placeName(where)));
    try {
      return await work(place);
    } finally {
      place.close();
    }
  }

  async #backup(where: BlobPlace): Promise<void> {
    const { database, now } = this.#deps;
    const id = randomUUID();
    await database.transaction().execute((trx) => beginRun(trx, id, placeName(where), now()));
    let told = 0;
    const tell = (progress: Progress, atOnce = false): void => {
      if (!atOnce && performance.now() - told < toldEveryMs) return;
      told = performance.now();
      tellRun(database, id, progress).catch(() => {});
    };
    const entry = { actor: { kind: 'exchange', address: null }, action: 'backup.make', kind: 'execute' } as const;
    try {
      await this.#at(where, async (place) => {
        const made = await makeBackup(
          { ...this.#deps, place, anew: await this.#isDistrusted() },
          id,
          () => this.#stopped,
          tell,
        );
        const { manifest, objects, bytes, tableBytes } = made;
        const missing = manifest.missing.length;
        await database.transaction().execute(async (trx) => {
          const { snapshotXmin } = manifest;
          await endRun(trx, id, { at: now(), objects, bytes, tableBytes, snapshotXmin, missing });
          await this.#record(
            trx,
            { ...entry, outcome: 'success' },
            { backup: id, objects, bytes, tableBytes, missing },
          );
        });
        this.#deps.done({ backup: id, objects, bytes, tableBytes, missing });
        if (missing > 0) this.#deps.alarm({ backup: id, missing });
        const { backups } = await prune({ keys: this.#deps.keys, place, now }, await policyOf(database));
        await forgetRuns(database, backups);
      });
    } catch (error) {
      // One that is whole stays so, though what is old could not be removed.
      const code = codeOf(error);
      const ended = await lastRun(database, 'running');
      if (ended?.id === id) {
        await endRun(database, id, { at: now(), code });
        if (code !== 'BACKUP_STOPPED') await this.#record(database, { ...entry, outcome: 'failure' }, { code });
      }
      throw error;
    }
  }

  async #drill(where: BlobPlace): Promise<void> {
    const { database, now } = this.#deps;
    const id = randomUUID();
    await database.transaction().execute((trx) => beginDrill(trx, id, now()));
    const entry = { actor: { kind: 'exchange', address: null }, action: 'backup.drill', kind: 'execute' } as const;
    const nothing = { backupId: null, loaded: false, packs: 0, instances: 0, bytes: 0, lost: 0, erased: 0 };
    try {
      const done = await this.#at(where, (place) => drillRestore({ ...this.#deps, place }, id, () => this.#stopped));
      const { manifest, ...figures } = done;
      const good = figures.lost === 0 && manifest.missing.length === 0;
      if (this.#stopped) throw new BackupError('BACKUP_STOPPED', 'the drill was stopped');
      await database.transaction().execute(async (trx) => {
        const end = { ...figures, at: now(), backupId: manifest.id, code: null };
        await endDrill(trx, id, { ...end, result: good ? 'good' : 'bad' });
        const detail = { backup: manifest.id, ...figures, missing: manifest.missing.length };
        await this.#record(trx, { ...entry, outcome: good ? 'success' : 'failure' }, detail);
      });
      if (!good)
        this.#deps.alarm({ drill: id, backup: manifest.id, lost: figures.lost, missing: manifest.missing.length });
    } catch (error) {
      const code = codeOf(error);
      // What a restore would have come to the same end with is no trouble that passes.
      const bad = error instanceof BackupError && code !== 'BACKUP_STOPPED';
      await endDrill(database, id, { ...nothing, at: now(), result: bad ? 'bad' : 'failed', code });
      if (code !== 'BACKUP_STOPPED') await this.#record(database, { ...entry, outcome: 'failure' }, { code });
      if (bad) this.#deps.alarm({ drill: id, code });
      throw error;
    }
  }

  async #record(db: Database | Trx, entry: Omit<AuditEntry, 'detail'>, detail: object): Promise<void> {
    const accounts = await allAccounts(db);
    await this.#deps.audit.record(
      db,
      accounts.map((accountId) => ({ ...entry, accountId, detail })),
    );
  }

  #go(): void {
    this.#running = this.run().finally(() => {
      this.#running = undefined;
      // Asked for meanwhile; or another node is at it.
      this.#wait(this.#wishes.size > 0 ? soonMs : lookEveryMs);
    });
  }

  #wait(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#go(), ms).unref();
  }
}

/** What a run is said to have ended with: a code of ours, or that of whatever gave the trouble. */
function codeOf(error: unknown): string {
  if (error instanceof BackupError || error instanceof BlobError) return error.code;
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'INTERNAL_ERROR';
}
