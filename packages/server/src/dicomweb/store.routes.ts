import type { IncomingMessage } from 'node:http';
import { MultipartError, paths, uid } from '@symbolon/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type SignedIn, signedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import {
  type GroupCommit,
  IntakeError,
  type PartResult,
  type StorePartDeps,
  slowMs,
  storePart,
} from '../intake/index.ts';
import { Patience } from '../platform/byte-budget.ts';
import { causesOf } from '../platform/causes-of.ts';
import type { Database } from '../platform/db/database.ts';
import { acceptedBy } from './accept.ts';
import { answerForm, storeAnswer, xmlOf } from './store-answer.ts';
import { Assembly } from './store-assembly.ts';
import { framingOf, partsOf, unlessSilent } from './store-body.ts';
import { codings, decoded } from './store-coding.ts';

export type StoreDeps = Omit<StorePartDeps, 'failed' | 'commit'> & {
  readonly commit: Pick<GroupCommit, 'batch'>;
  readonly publicUrl: string;
  readonly audit: Audit;
  readonly database: Database;
};

/** A sender who says nothing for so long is gone. A hospital's slow line says something more often. Milliseconds. */
const idleMs = 120_000;
/** Metadata and bulk data that hold less are in nobody's way. Bytes. */
const muchBytes = 1024 * 1024;
/** Refusals of a request that are one record of the audit log. */
const mostInRecord = 1000;

async function storeAll(deps: StoreDeps, request: FastifyRequest, study: string | undefined): Promise<PartResult[]> {
  const actor = signedIn(request);
  const results: Promise<PartResult>[] = [];
  const failed = (error: unknown): void =>
    request.log.error({ problem: causesOf(error) }, 'an instance could not be kept');
  let settled: PartResult[] = [];
  let unrecorded: unknown;
  const left = new AbortController();
  const assembly = new Assembly(deps.budget, `${deps.publicUrl}${request.url}`);
  const patience = new Patience(deps.budget, slowMs);
  const isOver = (waitedMs: number): boolean => patience.isOver(waitedMs, assembly.heldBytes > muchBytes);
  const batch = deps.commit.batch(deps.budget);
  const partDeps: StorePartDeps = { ...deps, commit: batch, failed };
  const body = unlessSilent(request.raw, idleMs, left.signal, isOver);
  try {
    const { 'content-type': type = '', 'content-encoding': coding } = request.headers;
    const framing = framingOf(type);
    const parts = partsOf(framing, decoded(coding, body), assembly);
    for await (const part of parts) {
      if ('refused' in part) results.push(Promise.resolve(part.refused));
      else results.push((await storePart(partDeps, actor, part, study)).result);
      await batch.room();
    }
  } catch (error) {
    if (error instanceof MultipartError) {
      throw new IntakeError(
        'INTAKE_MULTIPART_BROKEN',
        `The multipart body is broken: ${error.message}. What came whole was taken.`,
        { cause: error },
      );
    }
    // Nobody hears this answer; but a sender who hung up is not a database that is away (both say ECONNRESET).
    if (request.raw.destroyed && !request.raw.complete && !(error instanceof IntakeError)) {
      throw new IntakeError('INTAKE_MULTIPART_BROKEN', 'The connection ended before the request did.', {
        cause: error,
      });
    }
    throw error;
  } finally {
    batch.end();
    left.abort();
    await body.return(undefined);
    assembly.release();
    // What was read is being made durable; the answer, whatever it is, waits for that.
    settled = (await Promise.allSettled(results)).flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    await recordRefusals(deps, actor, settled).catch((error: unknown) => {
      unrecorded = error;
    });
  }
  if (results.length === 0) throw new IntakeError('INTAKE_EMPTY', 'The request holds no part.');
  await Promise.all(results);
  if (unrecorded !== undefined) throw unrecorded;
  return settled;
}

/** What was taken is recorded by its commit; what was refused never came there. */
async function recordRefusals(deps: StoreDeps, actor: SignedIn, results: readonly PartResult[]): Promise<void> {
  const refused = results.flatMap((result) => ('refusal' in result ? [result] : []));
  if (refused.length === 0) return;
  const told = refused.map(({ refusal, sentSha256 }) => ({ code: refusal.code, sha256: sentSha256 }));
  for (let at = 0; at < told.length; at += mostInRecord) {
    const detail = { refused: told.slice(at, at + mostInRecord) };
    await deps.audit.record(deps.database, [
      { actor, action: 'instance.store', kind: 'create', outcome: 'refused', detail },
    ]);
  }
}

/** STOW-RS (PS3.18 §10.5): files, or metadata with bulk data, alone or in `multipart/related`. */
export function storeRoutes(app: FastifyInstance, deps: StoreDeps): void {
  void app.register(async (stow) => {
    stow.removeAllContentTypeParsers();
    const asStream = (
      _: FastifyRequest,
      payload: IncomingMessage,
      done: (error: null, body: IncomingMessage) => void,
    ): void => done(null, payload);
    // Any type, so that whoever sends another is told which there are.
    stow.addContentTypeParser('*', asStream);
    const handle = async (request: FastifyRequest, reply: FastifyReply, study?: string) => {
      const form = answerForm(acceptedBy(request));
      reply.header('accept-encoding', codings);
      const { status, body } = storeAnswer(await storeAll(deps, request, study), `${deps.publicUrl}${paths.dicomweb}`);
      return reply
        .status(status)
        .type(`application/dicom+${form}`)
        .send(form === 'xml' ? xmlOf(body) : JSON.stringify(body));
    };

    stow.post(`${paths.dicomweb}/studies`, { config: { action: 'instance.store' } }, (request, reply) =>
      handle(request, reply),
    );
    stow.post<{ Params: { study: string } }>(
      `${paths.dicomweb}/studies/:study`,
      { config: { action: 'instance.store' } },
      async (request, reply) => handle(request, reply, uid.parse(request.params.study)),
    );
  });
}
