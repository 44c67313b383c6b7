import type { ListedBlobStore } from './blob-store.ts';

/** Units: bytes. Ranges larger than `largestRange` are not kept. */
export type CacheBudget = { readonly bytes: number; readonly largestRange: number };

/** What belongs to a range beside its bytes, about: two keys and the entries of two maps. */
const entryBytes = 300;

/**
 * A store whose small ranges are kept in memory once read, least recently used first out.
 *
 * Law   an object is never changed, so what was read stays true until `remove`, after whose begin nothing of the object is
 *       given out of memory. Failures are not kept. Each reader gets bytes of their own.
 */
export function cached(store: ListedBlobStore, { bytes: budget, largestRange }: CacheBudget): ListedBlobStore {
  /** By `name start end`, in the order of their last use. */
  const ranges = new Map<string, Uint8Array>();
  /** Which ranges there are of an object, and how often it was removed while somebody read it. */
  const objects = new Map<string, { readonly keys: Set<string>; readers: number; removed: boolean }>();
  let kept = 0;

  const objectOf = (name: string) => {
    const object = objects.get(name) ?? { keys: new Set<string>(), readers: 0, removed: false };
    objects.set(name, object);
    return object;
  };
  const drop = (name: string, key: string): void => {
    const bytes = ranges.get(key);
    if (bytes === undefined) return;
    ranges.delete(key);
    kept -= bytes.length + entryBytes;
    const object = objects.get(name);
    object?.keys.delete(key);
    if (object && object.keys.size === 0 && object.readers === 0) objects.delete(name);
  };
  const forget = (name: string): void => {
    const object = objects.get(name);
    if (object === undefined) return;
    for (const key of [...object.keys]) drop(name, key);
    object.removed = true;
    objects.delete(name);
  };

  return {
    put: (name, pieces, signal) => store.put(name, pieces, signal),
    facts: (name) => store.facts(name),
    list: (after) => store.list(after),
    unfinished: (before, what) => store.unfinished(before, what),

    async read(name, start, end) {
      const key = `${name} ${start} ${end}`;
      const known = ranges.get(key);
      if (known !== undefined) {
        ranges.delete(key);
        ranges.set(key, known);
        return known.slice();
      }
      const object = objectOf(name);
      object.readers += 1;
      try {
        const bytes = await store.read(name, start, end);
        // Read by two at once it is kept once.
        if (object.removed || bytes.length > largestRange || ranges.has(key)) return bytes;
        ranges.set(key, bytes.slice());
        object.keys.add(key);
        kept += bytes.length + entryBytes;
        for (const oldest of ranges.keys()) {
          if (kept <= budget) break;
          drop(oldest.slice(0, oldest.indexOf(' ')), oldest);
        }
        return bytes;
      } finally {
        object.readers -= 1;
        if (object.readers === 0 && object.keys.size === 0 && objects.get(name) === object) objects.delete(name);
      }
    },

    async remove(name) {
      forget(name);
      try {
        await store.remove(name);
      } finally {
        // What was read between the two.
        forget(name);
      }
    },
  };
}
