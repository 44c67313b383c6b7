import type { Readable } from 'node:stream';
import { boundaryOf, readMultipart } from '@symbolon/contract';
import { IntakeError, type SentPart } from '../intake/index.ts';

const dicom = /^application\/dicom\s*(;|$)/i;

/**
 * Gives what arrives, and gives up on a sender who says nothing for `idleMs` while we wait: a line that was cut leaves a
 * connection that nobody ends, and what it holds of the budget would be lost to all others.
 */
export async function* unlessSilent(body: Readable, idleMs: number): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, failed) => {
      timer = setTimeout(() => {
        failed(new IntakeError('INTAKE_MULTIPART_BROKEN', `Nothing arrived for ${idleMs / 1000} seconds.`));
        body.destroy();
      }, idleMs);
    });
    const next = await Promise.race([chunks.next(), silence]).finally(() => clearTimeout(timer));
    if (next.done) return;
    yield next.value;
  }
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
