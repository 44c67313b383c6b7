import type { DecodedFrame } from '@symbolon/pixels';
import { ByteBudget } from '../platform/byte-budget.ts';
import { FadingCache } from '../platform/fading-cache.ts';
import type { Figure } from '../platform/http/metrics.ts';
import { Erasures } from './erasures.ts';
import type { FramePicture } from './frame-job.ts';
import { ImageFinder } from './image-id.ts';
import { SeriesImages } from './series-images.ts';
import { sharedNoLonger, wipe } from './shared-frame.ts';
import { FrameFinder } from './stored-frames.ts';
import { StoredPictures } from './stored-picture.ts';

/** What nobody asks for again within this is not kept. */
const idleMs = 120_000;
/** Frames that a person looks at in several windows, sizes and parts. Bytes. */
const decodedBytes = 64 * 1024 * 1024;
/** Pictures that several people look at. Bytes. */
const madeBytes = 32 * 1024 * 1024;
/** What belongs to a kept thing beside its pixels, about. Bytes. */
const entryBytes = 500;

/**
 * What the routes of one exchange keep in memory between requests. Whether somebody may see it is asked anew each time, and
 * before; who reads it is on record as who reads it from the stores.
 */
export class RenderingMemory {
  readonly #erasures = new Erasures();
  readonly finder = new ImageFinder(this.#erasures);
  readonly pictures = new StoredPictures(this.#erasures);
  readonly stored = new FrameFinder(this.#erasures);
  readonly series = new SeriesImages(this.#erasures);
  /** What frames take on their way to a picture, or into another transfer syntax; light ones take nothing of it. */
  readonly frames = new ByteBudget(256 * 1024 * 1024);
  /** What was made for receivers who have not taken it yet, where it is large. */
  readonly outgoing = new ByteBudget(512 * 1024 * 1024);
  readonly #decoded: FadingCache<DecodedFrame>;
  readonly #made: FadingCache<FramePicture>;
  /** Those who wait for a picture that somebody else may be given before them. */
  readonly #waiting = new Map<string, Set<(picture: FramePicture) => void>>();

  constructor(now: () => Date) {
    this.#decoded = new FadingCache<DecodedFrame>({ maxBytes: decodedBytes, idleMs, now, gone: sharedNoLonger });
    this.#made = new FadingCache({ maxBytes: madeBytes, idleMs, now });
  }

  /** Whether a decoded frame of so many bytes would be kept. */
  keeps(bytes: number): boolean {
    return bytes + entryBytes <= decodedBytes;
  }

  decoded(name: string): DecodedFrame | undefined {
    return this.#decoded.get(name);
  }

  made(name: string): FramePicture | undefined {
    return this.#made.get(name);
  }

  /** A picture that was made since `made` had none. */
  madeMeanwhile(name: string): FramePicture | undefined {
    return this.#made.peek(name);
  }

  /** Calls `then` when somebody else was given this picture; returns what ends that. */
  whenMade(name: string, then: (picture: FramePicture) => void): () => void {
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting.add(then));
    return () => {
      waiting.delete(then);
      if (waiting.size === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name);
    };
  }

  /** To keep what is about to be read of a pack: nothing of it is kept if meanwhile something was forgotten. */
  keeping(packId: string): Keeping {
    const still = this.#erasures.since();
    return {
      still,
      decoded: (name, frame) => {
        if (still()) this.#decoded.set(packId, name, frame, frame.words.buffer.byteLength + entryBytes);
        else {
          wipe(frame);
          sharedNoLonger(frame);
        }
      },
      made: (name, picture) => {
        if (!still()) return;
        this.#made.set(packId, name, picture, picture.bytes.length + name.length + entryBytes);
        for (const then of this.#waiting.get(name) ?? []) then(picture);
      },
    };
  }

  /** Leaves nothing in memory of packs that were erased. */
  forget(packs: Iterable<string>): void {
    const packIds = new Set(packs);
    this.#erasures.another();
    this.#decoded.forget(packIds, wipe);
    // Not overwritten: an answer that was decided before may be sending them, and would end in zeros.
    this.#made.forget(packIds);
    for (const part of [this.finder, this.pictures, this.stored, this.series]) part.forget(packIds);
  }

  figures(): Figure[] {
    const caches = { frames: this.#decoded.figures, pictures: this.#made.figures };
    const each = (name: string, help: string, value: (of: FadingCache<unknown>['figures']) => number): Figure[] =>
      Object.entries(caches).map(([cache, figures]) => ({ name, help, value: value(figures), labels: { cache } }));
    return [
      ...each('rendering_cache_bytes', 'Decoded frames and pictures in memory.', ({ bytes }) => bytes),
      ...each('rendering_cache_hits', 'Asked for and in memory, since the start.', ({ hits }) => hits),
      ...each('rendering_cache_misses', 'Asked for and not in memory, since the start.', ({ misses }) => misses),
    ];
  }
}

export type Keeping = {
  /** Whether nothing was erased meanwhile. */
  still(): boolean;
  decoded(name: string, frame: DecodedFrame): void;
  made(name: string, picture: FramePicture): void;
};
