import { BoundedCache } from '../platform/bounded-cache.ts';
import { FadingCache } from '../platform/fading-cache.ts';
import type { Figure } from '../platform/http/metrics.ts';

/** What nobody asks for again within this is not kept. */
const idleMs = 120_000;
/** Metadata that a person's viewers ask for again, or several people's. Bytes. */
const metadataBytes = 32 * 1024 * 1024;
/** What belongs to a kept thing beside its text, about. Bytes. */
const entryBytes = 300;

/**
 * What retrieving keeps in memory between requests, by pack: what a pack holds never changes. Whether somebody may see it is asked
 * anew each time, and before; who reads it is on record as who reads it from the stores.
 */
export class RetrieveMemory {
  readonly #metadata: FadingCache<Buffer>;
  readonly #seriesUids = new BoundedCache<string>(4 * 1024 * 1024);
  #erasures = 0;

  constructor(now: () => Date) {
    this.#metadata = new FadingCache({ maxBytes: metadataBytes, idleMs, now });
  }

  /** The metadata of all that is current in a pack, as JSON without the brackets around it. */
  metadata(name: string): Buffer | undefined {
    return this.#metadata.get(name);
  }

  /** To keep what is about to be read of a pack: nothing of it is kept if meanwhile something was forgotten. */
  keeping(packId: string): { metadata(name: string, text: Buffer): void; seriesUid(uid: string): void } {
    const began = this.#erasures;
    return {
      metadata: (name, text) => {
        if (began === this.#erasures) this.#metadata.set(packId, name, text, text.length + name.length + entryBytes);
      },
      seriesUid: (uid) => {
        if (began === this.#erasures) this.#seriesUids.set(packId, uid, entryBytes);
      },
    };
  }

  /** The Series Instance UID of what a pack holds. */
  seriesUid(packId: string): string | undefined {
    return this.#seriesUids.get(packId);
  }

  /** Leaves nothing in memory of packs that were erased. */
  forget(packs: Iterable<string>): void {
    const packIds = new Set(packs);
    this.#erasures += 1;
    this.#metadata.forget(packIds);
    for (const id of packIds) this.#seriesUids.delete(id);
  }

  figures(): Figure[] {
    const { bytes, hits, misses } = this.#metadata.figures;
    return [
      { name: 'retrieve_metadata_bytes', help: 'Metadata of DICOMweb in memory.', value: bytes },
      {
        name: 'retrieve_metadata_hits',
        help: 'Metadata of packs asked for and in memory, since the start.',
        value: hits,
      },
      {
        name: 'retrieve_metadata_misses',
        help: 'Metadata of packs asked for and not in memory, since the start.',
        value: misses,
      },
    ];
  }
}
