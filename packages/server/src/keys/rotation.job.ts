import { accountKeyName } from './key-contexts.ts';
import type { KeySchedule } from './key-schedules.store.ts';
import type { KeyService, KeyVersion } from './key-service.ts';
import { chains, type KeyEvent, type KeyStore } from './key-store.ts';
import { rootNames } from './root-keys.ts';
import { liveVersions, type RotationDeps, rotateAccount, rotatePatients, rotateRoots } from './rotation.ts';

const dayMs = 86_400_000;
const rootDays = 365;
const everyMs = 3_600_000;
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
      await rotatePatients(by, accountId, new Date(now().getTime() - schedule.patientDays * dayMs));
    }
  });
  return done !== undefined;
}

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
    await this.auditEvents().catch((error: unknown) => this.#deps.failed(error));
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
    const { service, store, now, schedules } = this.#deps;
    await rotateDue({ service, store, now, signal: this.#stop.signal }, await schedules());
    await this.auditEvents();
  }

  /** One after another, and none after the end. */
  #then(work: () => Promise<void>): void {
    this.#running = this.#running.then(async () => {
      if (!this.#stop.signal.aborted) await work().catch((error: unknown) => this.#deps.failed(error));
    });
  }
}
