import type { Readable } from 'node:stream';
import { boundaryOf, readMultipart } from '@symbolon/contract';
import { IntakeError, type SentPart, tooSlow } from '../intake/index.ts';
import type { Assembly, Refused } from './store-assembly.ts';

/**
 * Gives what arrives, and gives up on a sender who says nothing for `idleMs` while we wait: a line that was cut leaves a
 * connection that nobody ends, and what it holds of the budget would be lost to all others. `isOver` hears how long each wait
 * for the sender was, and says whether that was too much.
 * Left early, which `left` says also to a reading that waits, it leaves the connection as it is: the answer goes out there,
 * and what is still sent is for others to read.
 */
export async function* unlessSilent(
  body: Readable,
  idleMs: number,
  left?: AbortSignal,
  isOver: (waitedMs: number) => boolean = () => false,
): AsyncGenerator<Uint8Array> {
  let wake = (): void => {};
  const heard = (): void => wake();
  const events = ['readable', 'end', 'error', 'close'] as const;
  for (const event of events) body.on(event, heard);
  left?.addEventListener('abort', heard);
  try {
    while (!left?.aborted) {
      const chunk: Uint8Array | null = body.read();
      if (chunk !== null) {
        yield chunk;
        continue;
      }
      if (body.readableEnded) return;
      if (body.errored) throw body.errored;
      if (body.destroyed) throw broken('The connection ended before the request did.');
      const began = performance.now();
      if (!(await within(idleMs, (arrived) => (wake = arrived))))
        throw broken(`Nothing arrived for ${idleMs / 1000} seconds.`);
      if (isOver(performance.now() - began)) throw tooSlow();
      // TLS gives 16 KiB a time. What else came with them is read at once: each piece goes through six hands.
      await new Promise((next) => setImmediate(next));
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

/** What the Content-Type of a request says of its parts, and of the first of them, if anything. */
type Framing = { readonly boundary: string | undefined; readonly root: PartForm | undefined };
type PartForm = 'dicom' | 'json' | 'xml';

/**
 * @throws IntakeError INTAKE_CONTENT_TYPE_UNSUPPORTED
 * @throws MultipartError MULTIPART_BOUNDARY_MISSING
 */
export function framingOf(contentType: string): Framing {
  const alone = formOf(contentType);
  if (alone !== undefined) return { boundary: undefined, root: alone };
  const type = /;\s*type\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1];
  const root = type === undefined ? undefined : formOf(type);
  if (!multipart.test(contentType) || (type !== undefined && root === undefined))
    throw new IntakeError(
      'INTAKE_CONTENT_TYPE_UNSUPPORTED',
      'Send application/dicom, application/dicom+json or application/dicom+xml, alone or as the type of multipart/related.',
    );
  return { boundary: boundaryOf(contentType), root };
}

const multipart = /^\s*multipart\/related\s*(;|$)/i;

const formOf = (contentType: string): PartForm | undefined =>
  (['dicom', 'json', 'xml'] as const).find((form) => forms[form].test(contentType));

const forms: Record<PartForm, RegExp> = {
  dicom: /^\s*application\/dicom\s*(;|$)/i,
  json: /^\s*application\/dicom\+json\s*(;|$)/i,
  xml: /^\s*application\/dicom\+xml\s*(;|$)/i,
};

/** What metadata is called by those who know JSON and XML, and not DICOM's names of them. */
const plain: Record<PartForm, RegExp> = {
  dicom: /(?!)/,
  json: /^\s*application\/json\s*(;|$)/i,
  xml: /^\s*(application|text)\/xml\s*(;|$)/i,
};

/** Both would hold of the budget, and one would wait for the other. */
const mixed = 'A request holds files, or metadata and bulk data. Send the file in another.';

/** The parts of a request, one after another, each to be read to its end before the next. */
export async function* partsOf(
  framing: Framing,
  body: AsyncIterable<Uint8Array>,
  assembly: Assembly,
): AsyncGenerator<SentPart | Refused> {
  const { boundary } = framing;
  let { root } = framing;
  if (boundary === undefined) {
    if (root === 'json' || root === 'xml') yield* assembly.metadata(root, body);
    else yield { body, isDicom: true };
  } else {
    let first = true;
    for await (const { headers, body: part } of readMultipart(body, boundary)) {
      const contentType = headers.get('content-type');
      let contentForm = contentType === undefined ? undefined : formOf(contentType);
      if (contentType !== undefined && !headers.has('content-location') && plain[root ?? 'dicom'].test(contentType))
        contentForm = root;
      root ??= contentForm ?? 'dicom';
      const unsaid = contentType === undefined;
      if (root === 'dicom') yield { body: part, isDicom: unsaid || contentForm === 'dicom' };
      else if (contentForm === 'dicom') yield* assembly.refuse(part, mixed);
      else if (contentForm !== undefined || (unsaid && first)) yield* assembly.metadata(contentForm ?? root, part);
      else yield* assembly.bulk(headers, part);
      first = false;
    }
  }
  yield* assembly.end();
}
