import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BlobPlace, S3Place } from './blob-place.ts';
import { BlobError, type ListedBlobStore } from './blob-store.ts';
import { cached } from './cached.ts';
import { fileBlobs } from './file-blobs.ts';
import { markStore, requireMark } from './file-store-mark.ts';
import { limited } from './limited.ts';
import { again, type Retries, retrying } from './retrying.ts';

export type OpenedBlobs = {
  readonly store: ListedBlobStore;
  /** The same without what is kept in memory, for whoever looks after what is kept in the store. */
  readonly uncached: ListedBlobStore;
  /** Whether it answers now; a question is asked once a second at most. @throws BlobError BLOB_READ_FAILED */
  readonly check: () => Promise<void>;
  /** That it is the store which the database knows; `expected`: whether rows name objects in it. @throws Error  in words for whoever starts the exchange */
  readonly fits: (expected: () => Promise<boolean>) => Promise<void>;
  readonly close: () => void;
};

/** Some two seconds: a commit that waits holds a connection to the database, and senders have patience of their own. */
const retries: Retries = {
  tries: 4,
  firstDelayMs: 250,
  maxDelayMs: 2_000,
  sleep: (ms, signal) => pause(ms, undefined, signal === undefined ? {} : { signal }),
  random: Math.random,
};
const limits = { writes: 32, reads: 64, waiting: 1_000 };
/**
 * What a viewer asks for again: headers, and the segments of a CT or MR frame. Each way to the store costs its distance. Reading
 * a whole object goes by the MiB, and is not to push all else out. Bytes.
 */
const cacheBudget = { bytes: 64 * 1024 * 1024, largestRange: 768 * 1024 };
const askedForMs = 1_000;

/** The SDK costs 31 MiB and a tenth of a second: only who has a use for it pays. */
async function s3() {
  const [{ s3Blobs }, { checkS3, s3Advice, s3Client }] = await Promise.all([
    import('./s3-blobs.ts'),
    import('./s3-client.ts'),
  ]);
  return { s3Blobs, checkS3, s3Advice, s3Client };
}

/**
 * Opens a store with what belongs around it. A file store stands alone; one behind a network is asked again, for little at
 * once, and its small ranges stay in memory.
 *
 * @throws Error  in words for whoever starts the exchange
 */
export async function openBlobs(place: BlobPlace): Promise<OpenedBlobs> {
  if (place.kind === 'file') {
    const store = fileBlobs(place.folder, { marked: true });
    return {
      store,
      uncached: store,
      check: () => requireMark(place.folder),
      fits: (expected) => markStore(place.folder, store, expected),
      close: () => {},
    };
  }
  const { s3Blobs, checkS3, s3Advice, s3Client } = await s3();
  const client = s3Client(place);
  await checkS3(client, place).catch((error: unknown) => {
    client.destroy();
    throw new Error(s3Advice(place, error));
  });
  const uncached = retrying(limited(s3Blobs(client, place, again(retries)), limits), retries);
  return {
    store: cached(uncached, cacheBudget),
    uncached,
    check: onceInAWhile(() => checkS3(client, place)),
    fits: async () => {},
    close: () => client.destroy(),
  };
}

/**
 * Whether what is written into one store lies in the other: then one server has two names, and halves that belong apart would
 * lie together. Asked with an object of no bytes, which is removed.
 *
 * @throws BlobError
 */
export async function areOnePlace(one: S3Place, other: S3Place): Promise<boolean> {
  // The one whose prefix is the longer may lie in the other.
  const [inner, outer] = one.prefix.length >= other.prefix.length ? [one, other] : [other, one];
  if (inner.bucket !== outer.bucket || !inner.prefix.startsWith(outer.prefix)) return false;
  const { s3Blobs, s3Client } = await s3();
  const clients = [s3Client(inner), s3Client(outer)] as const;
  const [inside, around] = clients.map((client, at) =>
    s3Blobs(client, { ...(at === 0 ? inner : outer), prefix: inner.prefix }, again(retries)),
  ) as [ListedBlobStore, ListedBlobStore];
  const name = randomUUID();
  try {
    await inside.put(name, []);
    return await around.facts(name).then(
      () => true,
      (error: unknown) => {
        if (error instanceof BlobError && error.code === 'BLOB_MISSING') return false;
        throw error;
      },
    );
  } finally {
    await inside.remove(name).catch(() => {});
    for (const client of clients) client.destroy();
  }
}

/** Whoever asks meanwhile, or soon after, gets the same answer: anybody may ask whether the exchange is ready. */
function onceInAWhile(check: () => Promise<void>): () => Promise<void> {
  let last: { readonly at: number; readonly answer: Promise<void> } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.at > askedForMs)
      last = { at: performance.now(), answer: check() };
    return last.answer;
  };
}
