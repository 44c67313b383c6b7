import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isMissing, troubleOf } from './s3-errors.ts';

export const stoppedBy = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });

/** Asks for a byte of it, and not by HEAD: Swift sends a body with the 404 of a HEAD, which breaks the connection. */
export async function isObjectThere(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  signal?: AbortSignal,
): Promise<boolean> {
  const asked = new GetObjectCommand({ ...object, Range: 'bytes=0-0' });
  try {
    const { Body } = await client.send(asked, stoppedBy(signal));
    (Body as Readable).destroy();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    if (troubleOf(error).status === 416) return true;
    throw error;
  }
}
