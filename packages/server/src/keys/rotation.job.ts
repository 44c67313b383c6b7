import { setTimeout as pause } from 'node:timers/promises';
import { accountKeyName } from './key-contexts.ts';
import type { KeySchedule } from './key-schedules.store.ts';
import type { KeyService, KeyVersion } from './key-service.ts';
import { chains, type KeyEvent, type KeyStore } from './key-store.ts';
import { KeysError } from './keys-error.ts';
import { rootNames } from './root-keys.ts';
import { liveVersions, type RotationDeps, rotateAccount, rotatePatients, rotateRoots } from './rotation.ts';

const dayMs = 86_400_000;
const rootDays = 365;
const everyMs = 3_600_000;
const lookMs = 1_000;
const eventsEveryMs = 15_000;
const eventsAtOnce = 100;

/** Begun and not finished, or older than it should be. */
function due(live: readonly KeyVersion[], days: number, now: Date): boolean {
  const newest = live.at(-1);
  return newest !== undefined && (live.length > 1 || now.getTime() - newest.madeAt.getTime() >= days * dayMs);
}

async function anyDue(service: KeyService, names: readonly string[], days: number, now: Date): Promise<boolean> {
  for (const name of names) if (due(await liveVersions(service, name), days, now)) return true;
  return false;
}

/** Rotates what is older than its schedule, and finishes what a crash ended; false where another process does so now. */
export async function rotateDue(
  deps: Omit<RotationDeps, 'by'>,
  schedules: ReadonlyMap<string, KeySchedule>,
): Promise<boolean> {
  const { service, store, now, signal } = deps;
  const by = { ...deps, by: 'schedule' } as const;
  const roots = rootNames.map((name) => `${name}/root`);
  const done = await store.alone('rotation', async () => {
    if (await anyDue(service, roots, rootDays, now())) await rotateRoots(by);
    for (const accountId of await store.accounts()) {
      const schedule = schedules.get(accountId);
      if (!schedule || signal?.aborted) continue;
      const names = chains.map((chain) => accountKeyName(chain, accountId));
      if (await anyDue(service, names, schedule.accountDays, now())) await rotateAccount(by, accountId);
      if (schedule.patientDays === null) continue;
      await rotatePatients(by, accountId, new Date(now().getTime() - schedule.patientDays * dayMs));
    }
  });
  return done !== undefined;
}

/** How far the replacement of an account's patients' keys is; `of` is null until they were counted. */
export type RotationProgress = { readonly begunAt: Date; readonly patients: number; readonly of: number | null };

export type KeyCareDeps = {
  readonly service: KeyService;
  readonly store: KeyStore;
  readonly now: () => Date;
  readonly schedules: () => Promise<ReadonlyMap<string, KeySchedule>>;
  /** Writes an event into the audit of an account; returns when it is durable. */
  readonly record: (accountId: string, event: KeyEvent) => Promise<void>;
  readonly failed: (error: unknown) => void;
};

/** Rotates keys by their schedule, every hour, and brings what was done with keys, from a shell too, into the audit. */
export class KeyCare {
  readonly #deps: KeyCareDeps;
  readonly #stop = new AbortController();
  #timers: NodeJS.Timeout[] = [];
  #running: Promise<void> = Promise.resolve();
  readonly #asked = new Set<Promise<void>>();
  readonly #byPerson = new Map<string, RotationProgress>();
  readonly #bySchedule = new Map<string, RotationProgress>();

  constructor(deps: KeyCareDeps) {
    this.#deps = deps;
  }

  start(): void {
    const soon = setTimeout(() => this.#then(() => this.#rotate()), 60_000);
    const rotating = setInterval(() => this.#then(() => this.#rotate()), everyMs);
    const telling = setInterval(() => this.#then(() => this.auditEvents()), eventsEveryMs);
    this.#timers = [soon, rotating, telling].map((timer) => timer.unref());
    this.#then(() => this.auditEvents());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#running;
    await Promise.all(this.#asked);
    await this.auditEvents().catch((error: unknown) => this.#deps.failed(error));
  }

  /** Looks soon whether something is due, instead of within the hour. */
  look(): void {
    this.#then(() => this.#rotate());
  }

  /** Of a replacement of patients' keys that this process does now. */
  progress(accountId: string): RotationProgress | undefined {
    return this.#byPerson.get(accountId) ?? this.#bySchedule.get(accountId);
  }

  /**
   * Begins to give every patient of an account a new key, and returns when it is certain to be done here: `asked` is called
   * first, and nothing is begun where it fails. What a stop of the exchange leaves undone is not taken up by itself.
   *
   * @throws KeysError KEYS_BUSY  keys are being rotated or copied already
   */
  async rotateNow(accountId: string, asked: () => Promise<void>): Promise<void> {
    const { store, now, failed } = this.#deps;
    // A look that finds nothing due holds the keys for some milliseconds: that is no reason to turn somebody away.
    await Promise.race([this.#running, pause(lookMs, undefined, { ref: false })]);
    const begun = Promise.withResolvers<void>();
    const work = async (): Promise<void> => {
      await asked();
      const begunAt = now();
      this.#byPerson.set(accountId, { begunAt, patients: 0, of: null });
      begun.resolve();
      try {
        await rotatePatients({ ...this.#rotation(this.#byPerson), by: 'person' }, accountId, begunAt);
      } catch (error) {
        failed(error);
      }
      this.#byPerson.delete(accountId);
    };
    const done = store.alone('rotation', work).then((did) => {
      if (!did) throw new KeysError('KEYS_BUSY', 'keys are being rotated or copied already');
      this.#then(() => this.auditEvents());
    });
    const tracked: Promise<void> = done.catch(begun.reject).finally(() => this.#asked.delete(tracked));
    this.#asked.add(tracked);
    return begun.promise;
  }

  /** A crash between the record and the mark gives a second record; its detail names the same event. */
  async auditEvents(): Promise<void> {
    const { store, record } = this.#deps;
    const events = await store.unauditedEvents(eventsAtOnce);
    if (events.length === 0) return;
    const accounts = await store.accounts();
    for (const event of events) {
      // What concerns all keys is in the audit of each account.
      for (const accountId of event.accountId === null ? accounts : [event.accountId]) await record(accountId, event);
      if (accounts.length > 0) await store.markAudited([event.id]);
    }
  }

  async #rotate(): Promise<void> {
    const rotation = this.#rotation(this.#bySchedule);
    await rotateDue(rotation, await this.#deps.schedules()).finally(() => this.#bySchedule.clear());
    await this.auditEvents();
  }

  #rotation(progress: Map<string, RotationProgress>): Omit<RotationDeps, 'by'> {
    const { service, store, now } = this.#deps;
    const onProgress = (accountId: string, patients: number, of: number): void => {
      const begunAt = progress.get(accountId)?.begunAt ?? now();
      progress.set(accountId, { begunAt, patients, of });
    };
    return { service, store, now, signal: this.#stop.signal, onProgress };
  }

  /** One after another, and none after the end. */
  #then(work: () => Promise<void>): void {
    this.#running = this.#running.then(async () => {
      if (!this.#stop.signal.aborted) await work().catch((error: unknown) => this.#deps.failed(error));
    });
  }
}
