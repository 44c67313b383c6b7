import type { IncomingMessage } from 'node:http';
import { boundaryOf, MultipartError, paths, readMultipart, uid } from '@symbolon/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { signedIn } from '../access/index.ts';
import { IntakeError } from './errors.ts';
import { storeAnswer } from './store-answer.ts';
import { type PartResult, type StorePartDeps, storePart } from './store-part.ts';

export type StoreDeps = StorePartDeps & { readonly publicUrl: string };

/** The bodies of a request's parts, one after another. */
async function* partsOf(request: FastifyRequest): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const contentType = request.headers['content-type'] ?? '';
  const body = request.body as IncomingMessage;
  if (/^application\/dicom\s*(;|$)/i.test(contentType)) {
    yield body;
    return;
  }
  for await (const part of readMultipart(body, boundaryOf(contentType))) {
    const type = part.headers.get('content-type') ?? 'application/dicom';
    if (!/^application\/dicom\s*(;|$)/i.test(type)) {
      throw new IntakeError('INTAKE_CONTENT_TYPE_UNSUPPORTED', 'Every part must be application/dicom.');
    }
    yield part.body;
  }
}

async function storeAll(deps: StoreDeps, request: FastifyRequest, study: string | undefined): Promise<PartResult[]> {
  const actor = signedIn(request);
  const results: Promise<PartResult>[] = [];
  try {
    for await (const body of partsOf(request)) results.push((await storePart(deps, actor, body, study)).result);
  } catch (error) {
    if (!(error instanceof MultipartError)) throw error;
    throw new IntakeError(
      'INTAKE_MULTIPART_BROKEN',
      `The multipart body is broken: ${error.message}. What came whole was taken.`,
      { cause: error },
    );
  } finally {
    // What was read is being made durable; the answer, whatever it is, waits for that.
    await Promise.allSettled(results);
  }
  if (results.length === 0) throw new IntakeError('INTAKE_EMPTY', 'The request holds no part.');
  return Promise.all(results);
}

/** STOW-RS (PS3.18 §10.5): `application/dicom`, alone or in `multipart/related`. Answers DICOM JSON. */
export function storeRoutes(app: FastifyInstance, deps: StoreDeps): void {
  void app.register(async (stow) => {
    stow.removeAllContentTypeParsers();
    const asStream = (
      _: FastifyRequest,
      payload: IncomingMessage,
      done: (error: null, body: IncomingMessage) => void,
    ): void => done(null, payload);
    stow.addContentTypeParser(/^multipart\/related/i, asStream);
    stow.addContentTypeParser(/^application\/dicom\s*(;|$)/i, asStream);
    const handler = async (request: FastifyRequest, study?: string) =>
      storeAnswer(await storeAll(deps, request, study), `${deps.publicUrl}${paths.dicomweb}`);

    stow.post(`${paths.dicomweb}/studies`, { config: { action: 'instance.store' } }, async (request, reply) => {
      const { status, body } = await handler(request);
      return reply.status(status).type('application/dicom+json').send(JSON.stringify(body));
    });
    stow.post<{ Params: { study: string } }>(
      `${paths.dicomweb}/studies/:study`,
      { config: { action: 'instance.store' } },
      async (request, reply) => {
        const { status, body } = await handler(request, uid.parse(request.params.study));
        return reply.status(status).type('application/dicom+json').send(JSON.stringify(body));
      },
    );
  });
}
