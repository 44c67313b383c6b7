import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflate } from 'node:zlib';
import { IntakeError } from '../intake/index.ts';

/** What the Accept-Encoding of a 415 names (RFC 9110 §15.5.16). */
export const codings = 'gzip, deflate';

/** So much may come of whatever was sent, and beyond that a hundred times what was sent. */
const freeBytes = 64 * 1024 * 1024;
const mostTimes = 100;

/**
 * The body without its Content-Encoding, as it comes.
 *
 * @throws IntakeError INTAKE_CONTENT_TYPE_UNSUPPORTED  a coding that is not known, or several
 * @throws IntakeError INTAKE_MULTIPART_BROKEN          not what the coding says, or cut short
 * @throws IntakeError REQUEST_TOO_LARGE                it inflates to more than anything of use would
 */
export function decoded(coding: string | undefined, body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const name = (coding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return body;
  if (name === 'gzip' || name === 'x-gzip') return inflated(createGunzip(), body);
  if (name === 'deflate') return inflated(createInflate(), body);
  throw new IntakeError(
    'INTAKE_CONTENT_TYPE_UNSUPPORTED',
    'Of content codings gzip and deflate are taken. Send the body in one of them, or without Content-Encoding.',
  );
}

async function* inflated(
  engine: ReturnType<typeof createGunzip>,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let [sent, given] = [0, 0];
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      sent += chunk.length;
      yield chunk;
    }
  };
  // Its failure is that of the reading below.
  pipeline(counted(), engine).catch(() => {});
  try {
    for await (const chunk of engine as AsyncIterable<Uint8Array>) {
      given += chunk.length;
      if (given > freeBytes + mostTimes * sent)
        throw new IntakeError(
          'REQUEST_TOO_LARGE',
          `The body inflates to more than ${mostTimes} times what was sent. Send it without Content-Encoding.`,
        );
      yield chunk;
    }
  } catch (error) {
    if (!(Object(error) as { code?: unknown }).code?.toString().startsWith('Z_')) throw error;
    const why = 'The body is not what its Content-Encoding says, or ends too early. What came whole was taken.';
    throw new IntakeError('INTAKE_MULTIPART_BROKEN', why, { cause: error });
  }
}
