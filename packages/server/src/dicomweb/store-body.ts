import type { Readable } from 'node:stream';
import { boundaryOf, readMultipart } from '@symbolon/contract';
import { IntakeError, type SentPart } from '../intake/index.ts';

const dicom = /^application\/dicom\s*(;|$)/i;

/**
 * Gives what arrives, and gives up on a sender who says nothing for `idleMs` while we wait: a line that was cut leaves a
 * connection that nobody ends, and what it holds of the budget would be lost to all others.
 * Left early, it leaves the connection as it is: the answer goes out there, and what is still sent is for others to read.
 */
export async function* unlessSilent(body: Readable, idleMs: number): AsyncGenerator<Uint8Array> {
  let wake = (): void => {};
  const heard = (): void => wake();
  const events = ['readable', 'end', 'error', 'close'] as const;
  for (const event of events) body.on(event, heard);
  try {
    for (;;) {
      const chunk: Uint8Array | null = body.read();
      if (chunk !== null) {
        yield chunk;
        continue;
      }
      if (body.readableEnded) return;
      if (body.errored) throw body.errored;
      if (body.destroyed) throw broken('The connection ended before the request did.');
      if (!(await within(idleMs, (arrived) => (wake = arrived))))
        throw broken(`Nothing arrived for ${idleMs / 1000} seconds.`);
    }
  } finally {
    for (const event of events) body.off(event, heard);
  }
}

const broken = (why: string): IntakeError => new IntakeError('INTAKE_MULTIPART_BROKEN', why);

/** Whether something happens before the time is over. */
function within(ms: number, happens: (then: () => void) => void): Promise<boolean> {
  return new Promise((done) => {
    const timer = setTimeout(() => done(false), ms);
    happens(() => {
      clearTimeout(timer);
      done(true);
    });
  });
}

/**
 * The parts of a request, one after another, each to be read to its end before the next.
 *
 * @throws IntakeError INTAKE_CONTENT_TYPE_UNSUPPORTED  multipart/related of something else, by its `type`
 */
export async function* partsOf(contentType: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<SentPart> {
  if (dicom.test(contentType)) {
    yield { body, isDicom: true };
    return;
  }
  const type = /;\s*type\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1];
  if (type !== undefined && !dicom.test(type))
    throw new IntakeError(
      'INTAKE_CONTENT_TYPE_UNSUPPORTED',
      'Only multipart/related; type="application/dicom" is taken.',
    );
  for await (const part of readMultipart(body, boundaryOf(contentType))) {
    yield { body: part.body, isDicom: dicom.test(part.headers.get('content-type') ?? 'application/dicom') };
  }
}
