import { paths } from '@symbolon/contract';
import { type Exchange, readJson, refusal, request } from './exchange.ts';
import { readStoreAnswer, type StoreOutcome } from './store-answer.ts';
import { type BodyPart, sizeOf } from './transport.ts';

/** One DICOM file; the digest is of all its bytes. */
export type StoreFile = { readonly sha256: string; readonly body: BodyPart };

/** 200 all taken, 202 some, 409 none: each time the exchange answered for every file. Source: PS3.18 Table 10.5.3-1. */
const answeredForEach: ReadonlySet<number> = new Set([200, 202, 409]);

/** The parts and delimiters of a multipart/related body of DICOM files. Source: PS3.18 §8.6.1, RFC 2387. */
function storeBody(files: readonly StoreFile[], boundary: string): readonly BodyPart[] {
  const encoder = new TextEncoder();
  const parts: BodyPart[] = [];
  for (const { body } of files) {
    parts.push(
      encoder.encode(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
      body,
      encoder.encode('\r\n'),
    );
  }
  parts.push(encoder.encode(`--${boundary}--\r\n`));
  return parts;
}

/**
 * 128 random bits: no file holds them by accident, and none can on purpose. Not `randomUUID`, which browsers have on
 * pages with a certificate that they trust only.
 */
function randomName(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Sends one batch by STOW-RS.
 *
 * Shape   out: one outcome for every file that the exchange spoke of, by its digest; a file that it passed over is
 *         absent, and nothing is known of it.
 * Source  PS3.18 §10.5.
 *
 * @throws ClientError EXCHANGE_OUT_OF_REACH, EXCHANGE_UNAVAILABLE  nothing is known of any file; ask `held`
 * @throws ClientError EXCHANGE_REFUSED, EXCHANGE_FAILED            the batch as a whole
 */
export async function store(
  exchange: Exchange,
  files: readonly StoreFile[],
  options: { readonly signal?: AbortSignal | undefined; readonly onSent?: (bytes: number) => void } = {},
): Promise<Map<string, StoreOutcome>> {
  const boundary = `symbolon-${randomName()}`;
  const body = storeBody(files, boundary);
  const answer = await request(exchange, `${paths.dicomweb}/studies`, {
    method: 'POST',
    headers: {
      accept: 'application/dicom+json',
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      'content-length': String(body.reduce((total, part) => total + sizeOf(part), 0)),
    },
    body,
    ...options,
  });
  const problem = answer.headers.get('content-type')?.includes('problem+json') === true;
  if (problem || !answeredForEach.has(answer.status)) throw await refusal(answer);
  return readStoreAnswer(await readJson(answer));
}
