import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { placeName, type S3Place } from './blob-place.ts';
import { BlobError } from './blob-store.ts';
import { troubleOf } from './s3-errors.ts';

/** Units: milliseconds. */
export type S3Timeouts = {
  readonly connect: number;
  /** Without a byte in either direction. */
  readonly idle: number;
};

const usualTimeouts: S3Timeouts = { connect: 3_000, idle: 15_000 };
/** More than may be asked for at once: the queue is `limited`'s, and not the agent's. */
const maxSockets = 256;

/** What goes wrong comes as an error; the SDK's own log would say it again, with the request. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * A client of one store. Credentials come by the SDK's own chain: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY first.
 *
 * The SDK tries once: `retrying` tries again, and knows what may be. It adds no checksums of its own, which Swift and older
 * servers do not take: what is written carries its MD5, which every server checks. `Expect: 100-continue` would open a new
 * connection for each object.
 */
export function s3Client(place: S3Place, timeouts: S3Timeouts = usualTimeouts): S3Client {
  const client = new S3Client({
    endpoint: place.endpoint,
    region: place.region,
    forcePathStyle: place.pathStyle,
    followRegionRedirects: false,
    maxAttempts: 1,
    logger: silent,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: timeouts.connect,
      socketTimeout: timeouts.idle,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
  });
  // Bytes are not hashed a second time to sign them: the signature covers the MD5, and TLS the rest.
  client.middlewareStack.add(
    (next) => (asked) => {
      const request = asked.request as { headers?: Record<string, string>; body?: unknown };
      if (request.headers && request.body !== undefined) request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(asked);
    },
    { step: 'build', name: 'unsignedPayload' },
  );
  return client;
}

const checkMs = 5_000;

/** Whether the store answers and lets us in. @throws BlobError BLOB_READ_FAILED */
export async function checkS3(client: S3Client, { bucket, prefix }: S3Place): Promise<void> {
  const asked = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 });
  await client.send(asked, { abortSignal: AbortSignal.timeout(checkMs) }).catch((error: unknown) => {
    throw new BlobError('BLOB_READ_FAILED', 'the store does not answer as it should', { cause: troubleOf(error) });
  });
}

/** Why a store could not be opened, and what to do about it. */
export function s3Advice(place: S3Place, error: unknown): string {
  const { status, code } = troubleOf(error);
  const where = placeName(place);
  if (code === 'CredentialsProviderError')
    return `there are no credentials for ${where}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
  if (status === undefined) return `${where} does not answer (${code}). Check the address, and that the store runs.`;
  if (code === 'NoSuchBucket' || status === 404)
    return `the bucket ${place.bucket} is not at ${place.endpoint}. Make it, or check its name and path-style.`;
  if (/Region|AuthorizationHeaderMalformed|Redirect/.test(code) || (status >= 300 && status < 400))
    return `${where} is not in the region ${place.region}. Set ?region=… behind the address.`;
  if (status === 401 || status === 403)
    return `${place.endpoint} refuses the credentials for ${place.bucket} (${code}). Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, what they permit, and the clock of this machine.`;
  return `${where} answers ${status} ${code}.`;
}
