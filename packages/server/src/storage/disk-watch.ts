import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RoomState, StoragePlace } from '@symbolon/contract';
import { StorageError } from './errors.ts';
import { type Reserve, reserveOf } from './reserve.ts';

export type WatchedPlace = { readonly name: StoragePlace['name']; readonly folder: string };

export type DiskWatchOptions = {
  readonly places: readonly WatchedPlace[];
  readonly reserve: Reserve;
  /** Hears of each change of a place's state, once. */
  readonly changed: (place: StoragePlace) => void;
  /** Free and whole size of the disk under a folder. Units: bytes. */
  readonly measure?: (folder: string) => Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
};

const intervalMs = 5_000;
/** New data looks itself where nobody has looked for so long: at a gigabyte a second that is an eighth of the reserve. */
const freshMs = 250;
/** What is larger looks always. Bytes. */
const largeBytes = 16 * 1024 * 1024;

/**
 * How much room there is under each store. Below the reserve new data is refused, so that what is on its way can end well
 * and reads, deletions, sign-ins and their audit go on; below twice the reserve it is a warning.
 */
export class DiskWatch {
  readonly #options: DiskWatchOptions;
  #places: readonly StoragePlace[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Every place as it is now, or was a moment ago. */
  async places(): Promise<readonly StoragePlace[]> {
    if (performance.now() - this.#lookedAt > freshMs) await this.#look();
    return this.#places;
  }

  /** The worst of them. */
  async state(): Promise<RoomState> {
    return worst(await this.places());
  }

  /** @throws StorageError STORAGE_FULL  so many more bytes would leave less than the reserve */
  async require(moreBytes = 0): Promise<void> {
    if (moreBytes >= largeBytes) await this.#look();
    for (const { name, freeBytes, reserveBytes, state } of await this.places()) {
      // Where it cannot be told, the write itself will tell.
      if (state === 'unknown' || freeBytes - moreBytes >= reserveBytes) continue;
      throw new StorageError(
        'STORAGE_FULL',
        `The disk of the exchange is full (${name}). New data is refused until there is room again; what is held can be read.`,
      );
    }
  }

  /** For what can wait: it leaves twice the reserve to new data. @throws StorageError STORAGE_FULL */
  async requireAmple(): Promise<void> {
    for (const { name, state } of await this.places()) {
      if (state === 'low' || state === 'full')
        throw new StorageError(
          'STORAGE_FULL',
          `There is little room left on the disk of the exchange (${name}). What can wait does.`,
        );
    }
  }

  /** One look at a time: whoever asks meanwhile gets its answer. */
  #look(): Promise<void> {
    this.#looking ??= this.#measureAll().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #measureAll(): Promise<void> {
    const before = new Map(this.#places.map(({ name, state }) => [name, state]));
    this.#places = await Promise.all(this.#options.places.map((place) => this.#measure(place)));
    this.#lookedAt = performance.now();
    for (const place of this.#places)
      if (place.state !== (before.get(place.name) ?? 'ok')) this.#options.changed(place);
  }

  async #measure({ name, folder }: WatchedPlace): Promise<StoragePlace> {
    try {
      const { freeBytes, totalBytes } = await (this.#options.measure ?? measured)(folder);
      const reserveBytes = reserveOf(this.#options.reserve, totalBytes);
      const warnBytes = 2 * reserveBytes;
      const state = freeBytes < reserveBytes ? 'full' : freeBytes < warnBytes ? 'low' : 'ok';
      return { name, state, totalBytes, freeBytes, reserveBytes, warnBytes };
    } catch {
      return { name, state: 'unknown', totalBytes: 0, freeBytes: 0, reserveBytes: 0, warnBytes: 0 };
    }
  }
}

const severity: readonly RoomState[] = ['ok', 'unknown', 'low', 'full'];

function worst(places: readonly StoragePlace[]): RoomState {
  return places.reduce<RoomState>(
    (found, { state }) => (severity.indexOf(state) > severity.indexOf(found) ? state : found),
    'ok',
  );
}

/** Of the folder, or of the one above where it is not made yet. What only root may use counts as used. */
async function measured(folder: string): Promise<{ freeBytes: number; totalBytes: number }> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, blocks, bsize } = await statfs(at);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || at === dirname(at)) throw error;
    }
  }
}
