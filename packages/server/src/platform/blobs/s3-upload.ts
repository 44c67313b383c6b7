import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Again } from './retrying.ts';
import { s3WriteFailed } from './s3-errors.ts';

/** What S3 takes at the least as a part that is not the last; its 10,000 parts make 48 GiB. Bytes. */
const partBytes = 5 * 1024 * 1024;
const abortMs = 10_000;

export type S3Stream = {
  readonly client: S3Client;
  readonly object: { readonly Bucket: string; readonly Key: string };
  readonly again: Again;
  readonly signal: AbortSignal | undefined;
  /** For what turns out to be no longer than a part. */
  readonly putWhole: (pieces: readonly Uint8Array[]) => Promise<void>;
  /** How long the object is that is there now; undefined where there is none, or nobody can tell. */
  readonly bytesThere: () => Promise<number | undefined>;
};

/**
 * Writes an object whose length nobody knows yet, part by part; nobody sees it before the last, nor ever where it breaks.
 *
 * Law   each part carries its MD5, which the server checks, and is tried again by itself.
 * Cost  memory: two parts, of which one fills while the other goes out.
 */
export async function putStream(stream: S3Stream, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let [filling, leaving] = [new Uint8Array(partBytes), new Uint8Array(0)];
  let filled = 0;
  let upload: Upload | undefined;
  try {
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; ) {
        if (filled === partBytes) {
          upload ??= await Upload.begin(stream);
          await upload.add(filling);
          [filling, leaving] = [leaving.length > 0 ? leaving : new Uint8Array(partBytes), filling];
          filled = 0;
        }
        const part = piece.subarray(at, at + partBytes - filled);
        filling.set(part, filled);
        filled += part.length;
        at += part.length;
      }
    }
    const last = filling.subarray(0, filled);
    if (upload === undefined) {
      await stream.again(() => stream.putWhole([last]).catch(failed), stream.signal);
      return;
    }
    await upload.add(last);
    await upload.complete();
  } catch (error) {
    await upload?.abort();
    throw error;
  }
}

class Upload {
  readonly #stream: S3Stream;
  readonly #object: S3Stream['object'] & { readonly UploadId: string };
  readonly #parts: { ETag: string | undefined; PartNumber: number }[] = [];
  #bytes = 0;
  #underWay: Promise<void> = Promise.resolve();

  private constructor(stream: S3Stream, uploadId: string) {
    this.#stream = stream;
    this.#object = { ...stream.object, UploadId: uploadId };
  }

  static async begin(stream: S3Stream): Promise<Upload> {
    const { client, object, again, signal } = stream;
    const asked = new CreateMultipartUploadCommand(object);
    const { UploadId } = await again(() => client.send(asked, stoppedBy(signal)).catch(failed), signal);
    return new Upload(stream, UploadId ?? '');
  }

  /** Returns when the part before is up; `bytes` may not change before that of the next. @throws BlobError */
  async add(bytes: Uint8Array): Promise<void> {
    await this.#underWay;
    const { client, again, signal } = this.#stream;
    const PartNumber = this.#parts.length + 1;
    const ContentMD5 = createHash('md5').update(bytes).digest('base64');
    const asked = { ...this.#object, PartNumber, ContentMD5, ContentLength: bytes.length, Body: bytes };
    this.#bytes += bytes.length;
    this.#underWay = again(async () => {
      const { ETag } = await client.send(new UploadPartCommand(asked), stoppedBy(signal)).catch(failed);
      this.#parts.push({ ETag, PartNumber });
    }, signal);
    // Told to whoever waits for it next.
    this.#underWay.catch(() => {});
  }

  /** Returns when the object is durable. @throws BlobError */
  async complete(): Promise<void> {
    await this.#underWay;
    const { client, again, signal, bytesThere } = this.#stream;
    const asked = new CompleteMultipartUploadCommand({ ...this.#object, MultipartUpload: { Parts: this.#parts } });
    await again(async () => {
      await client.send(asked, stoppedBy(signal)).catch(async (error: unknown) => {
        // Its answer may have been lost, and whoever completes twice is told that there is no such upload.
        if ((await bytesThere()) !== this.#bytes) failed(error);
      });
    }, signal);
  }

  /** Never throws: what stays is found among the unfinished. */
  async abort(): Promise<void> {
    await this.#underWay.catch(() => {});
    const asked = new AbortMultipartUploadCommand(this.#object);
    await this.#stream.client.send(asked, stoppedBy(AbortSignal.timeout(abortMs))).catch(() => {});
  }
}

const stoppedBy = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });

const failed = (error: unknown): never => {
  throw s3WriteFailed('an object could not be uploaded', error);
};
