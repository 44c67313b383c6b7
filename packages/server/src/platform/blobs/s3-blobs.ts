import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3Place } from './blob-place.ts';
import {
  BlobError,
  type BlobFacts,
  isBlobName,
  type ListedBlobStore,
  listPageNames,
  requireBlobName,
  unlessStopped,
} from './blob-store.ts';
import { PieceSource } from './piece-source.ts';
import type { Again } from './retrying.ts';
import { isMissing, isRefusal, s3ReadFailed, s3WriteFailed, troubleOf } from './s3-errors.ts';
import { isObjectThere, stoppedBy } from './s3-is-there.ts';
import { leftUploads } from './s3-left-uploads.ts';
import { putStream } from './s3-upload.ts';

/** Each stream holds two parts in memory: 320 MiB at the most. */
const mostStreams = 32;
/** Names whose last write nobody knows the outcome of; the oldest are forgotten first. */
const mostInDoubt = 1_000;
/** Hashed in one turn of the event loop: some 10 ms. Bytes. */
const hashedAtOnce = 4 * 1024 * 1024;

/**
 * Objects in a bucket, under a prefix. `again` tries parts of streams again; everything else is the caller's to try again.
 *
 * Law   `put` returns when the server has acknowledged the whole object, and has checked it against its MD5.
 *       A name that is there already is refused by asking first. Two programs that put one name in the same moment are not
 *       told apart: names are random, each is drawn for one `put`, and not every server knows `If-None-Match`.
 */
export function s3Blobs(
  client: S3Client,
  { bucket, prefix }: S3Place,
  again: Again,
  pageNames = listPageNames,
): ListedBlobStore {
  const underWay = new Set<string>();
  /** What is under such a name is ours, the same bytes or nothing: whoever tries again writes it anew. */
  const inDoubt = new Set<string>();
  let streams = 0;

  const objectOf = (name: string) => {
    requireBlobName(name);
    return { Bucket: bucket, Key: prefix + name };
  };
  const head = async (name: string, signal?: AbortSignal): Promise<BlobFacts> => {
    const asked = new HeadObjectCommand(objectOf(name));
    const { ContentLength = 0, LastModified = new Date(0) } = await client.send(asked, stoppedBy(signal));
    return { bytes: ContentLength, writtenAt: LastModified };
  };
  const isThere = (name: string, signal?: AbortSignal): Promise<boolean> => {
    return isObjectThere(client, objectOf(name), signal).catch((error: unknown) => {
      throw s3WriteFailed(`nobody could tell whether object ${name} exists`, error);
    });
  };

  const putWhole = async (name: string, pieces: readonly Uint8Array[], signal?: AbortSignal): Promise<void> => {
    const body = {
      ContentLength: pieces.reduce((sum, { length }) => sum + length, 0),
      ContentMD5: await md5Of(pieces),
      Body: Readable.from(pieces.filter(({ length }) => length > 0)),
    };
    unlessStopped(signal);
    try {
      await client.send(new PutObjectCommand({ ...objectOf(name), ...body }), stoppedBy(signal));
      inDoubt.delete(name);
    } catch (error) {
      if (!isRefusal(error)) doubt(name);
      throw error;
    }
  };
  const doubt = (name: string): void => {
    inDoubt.add(name);
    for (const oldest of inDoubt) if (inDoubt.size > mostInDoubt) inDoubt.delete(oldest);
  };

  return {
    async put(name, pieces, signal) {
      const object = objectOf(name);
      unlessStopped(signal);
      const whole = Array.isArray(pieces);
      if (underWay.has(name)) throw exists(name);
      if (!whole && streams >= mostStreams) throw new BlobError('BLOB_STORE_BUSY', 'too many streams at once');
      underWay.add(name);
      if (!whole) streams += 1;
      const source = new PieceSource(pieces, signal);
      try {
        if (whole) {
          if (!inDoubt.has(name) && (await isThere(name, signal))) throw exists(name);
          await putWhole(name, pieces, signal);
        } else {
          if (await again(() => isThere(name, signal), signal)) throw exists(name);
          const { pieces: stream } = source as { pieces: AsyncIterable<Uint8Array> };
          const bytesThere = () =>
            head(name).then(
              ({ bytes }) => bytes,
              () => undefined,
            );
          await putStream(
            { client, object, again, signal, bytesThere, putWhole: (all) => putWhole(name, all, signal) },
            stream,
          );
        }
      } catch (cause) {
        if (source.failed) throw source.failed.error;
        unlessStopped(signal);
        throw s3WriteFailed(`object ${name} could not be written`, cause);
      } finally {
        underWay.delete(name);
        if (!whole) streams -= 1;
        source.close();
      }
    },

    async read(name, start, end) {
      const object = objectOf(name);
      try {
        // No range is empty: whether the object is there can still be told.
        if (start === end) {
          await head(name);
          return new Uint8Array();
        }
        const answer = await client.send(new GetObjectCommand({ ...object, Range: `bytes=${start}-${end - 1}` }));
        return await exactly(answer, start, end, name);
      } catch (error) {
        if (troubleOf(error).status === 416) throw cutShort(name);
        throw s3ReadFailed(`object ${name}`, error);
      }
    },

    async facts(name) {
      return head(name).catch((error: unknown) => {
        throw s3ReadFailed(`object ${name}`, error);
      });
    },

    async remove(name) {
      await client.send(new DeleteObjectCommand(objectOf(name))).catch((error: unknown) => {
        if (!isMissing(error)) throw s3WriteFailed(`object ${name} could not be removed`, error);
      });
      inDoubt.delete(name);
    },

    async *list(after) {
      let behind = prefix + (after ?? '');
      for (;;) {
        const asked = { Bucket: bucket, Prefix: prefix, StartAfter: behind, MaxKeys: pageNames };
        const { Contents = [], IsTruncated } = await client
          .send(new ListObjectsV2Command(asked))
          .catch((error: unknown) => {
            throw s3ReadFailed('a page of names', error);
          });
        const names = Contents.map(({ Key = '' }) => Key.slice(prefix.length)).filter(isBlobName);
        if (names.length > 0) yield names;
        const last = Contents.at(-1)?.Key;
        if (!IsTruncated || last === undefined) return;
        behind = last;
      }
    },

    unfinished: (before, what) => leftUploads(client, { bucket, prefix }, before, what),
  };
}

const exists = (name: string): BlobError => new BlobError('BLOB_EXISTS', `object ${name} exists`);
const cutShort = (name: string): BlobError =>
  new BlobError('BLOB_CUT_SHORT', `object ${name} is shorter than its row says`);

/** The bytes from `start` to `end`, or why not: never fewer, never others. */
async function exactly(
  { Body, ContentRange, ContentLength }: GetObjectCommandOutput,
  start: number,
  end: number,
  name: string,
): Promise<Uint8Array> {
  const body = Body as Readable;
  try {
    const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? '') ?? [];
    if (size !== undefined && Number(size) < end) throw cutShort(name);
    if (Number(from) !== start || ContentLength !== end - start)
      throw new BlobError('BLOB_READ_FAILED', `the store gave another part of object ${name} than was asked for`);
    const bytes = new Uint8Array(end - start);
    let filled = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (filled + chunk.length > bytes.length) break;
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
    if (filled !== bytes.length) throw new BlobError('BLOB_READ_FAILED', `the store broke off within object ${name}`);
    return bytes;
  } finally {
    body.destroy();
  }
}

/** As `Content-MD5` has it; the event loop is let go between. */
async function md5Of(pieces: readonly Uint8Array[]): Promise<string> {
  const digest = createHash('md5');
  let since = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += hashedAtOnce) {
      const part = piece.subarray(at, at + hashedAtOnce);
      digest.update(part);
      since += part.length;
      if (since < hashedAtOnce) continue;
      since = 0;
      await nextTurn();
    }
  }
  return digest.digest('base64');
}
