import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3Place } from './blob-place.ts';
import type { Unfinished } from './blob-store.ts';
import { isMissing, s3ReadFailed, s3WriteFailed } from './s3-errors.ts';
import { isObjectThere } from './s3-is-there.ts';

type Upload = { readonly Bucket: string; readonly Key: string; readonly UploadId: string };

/**
 * What streams that never ended left in a bucket: uploads begun before `before`. That is earlier than their last byte, and
 * so errs by the length of an upload; whoever asks leaves a day.
 *
 * Law   an upload whose object is there is left alone. Swift writes the object first and forgets the upload then; where it
 *       ends between the two, the upload stays on record, and to abort it would remove what the object is made of.
 */
export async function leftUploads(
  client: S3Client,
  { bucket, prefix }: Pick<S3Place, 'bucket' | 'prefix'>,
  before: Date,
  what: 'count' | 'remove',
): Promise<Unfinished> {
  let [count, bytes] = [0, 0];
  for await (const { begun, ...upload } of uploads(client, bucket, prefix)) {
    if (begun >= before || (await isCompleted(client, upload))) continue;
    bytes += await uploadedBytes(client, upload);
    count += 1;
    if (what === 'remove') await abortUpload(client, upload);
  }
  return { count, bytes };
}

async function* uploads(client: S3Client, bucket: string, prefix: string) {
  let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await client
      .send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...from }))
      .catch((error: unknown) => {
        throw s3ReadFailed('a page of uploads', error);
      });
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key !== undefined && UploadId !== undefined && Initiated !== undefined)
        yield { Bucket: bucket, Key, UploadId, begun: Initiated };
    }
    if (!page.IsTruncated) return;
    from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}

async function isCompleted(client: S3Client, { Bucket, Key }: Upload): Promise<boolean> {
  return isObjectThere(client, { Bucket, Key }).catch((error: unknown) => {
    throw s3ReadFailed('the object of an upload', error);
  });
}

async function uploadedBytes(client: S3Client, upload: Upload): Promise<number> {
  let bytes = 0;
  let marker: string | undefined;
  do {
    const asked = new ListPartsCommand({ ...upload, ...(marker === undefined ? {} : { PartNumberMarker: marker }) });
    const page = await client.send(asked).catch((error: unknown) => {
      // It came to its end meanwhile.
      if (isMissing(error)) return undefined;
      throw s3ReadFailed('the parts of an upload', error);
    });
    for (const { Size = 0 } of page?.Parts ?? []) bytes += Size;
    marker = page?.IsTruncated ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return bytes;
}

async function abortUpload(client: S3Client, upload: Upload): Promise<void> {
  await client.send(new AbortMultipartUploadCommand(upload)).catch((error: unknown) => {
    if (!isMissing(error)) throw s3WriteFailed('an upload could not be taken away', error);
  });
}
