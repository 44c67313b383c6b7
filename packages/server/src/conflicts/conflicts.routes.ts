import {
  choiceRequest,
  choiceRow,
  conflictAnswer,
  conflictQuery,
  conflictsAnswer,
  conflictsQuery,
  keptFileRequest,
  paths,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Actor, ofAccount, type Routed, signedIn, whileAllowed } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { choose } from './choose.ts';
import { type ConflictDeps, conflictPlace } from './conflict-deps.ts';
import { keptFile } from './kept-file.ts';
import { listConflicts } from './list-conflicts.ts';
import { PixelComparison } from './pixel-difference.ts';
import { type After, showConflict } from './show-conflict.ts';
import { undoChoice } from './undo-choice.ts';

const studyParams = z.object({ studyId: z.uuid() });
const choiceParams = studyParams.extend({ choiceId: z.uuid() });
const ordinal = z.coerce.number().int().min(0);

/** 10,000 ids of instances. */
const bodyLimit = 1024 * 1024;

function afterOf(text: string | undefined): After | undefined {
  if (text === undefined) return undefined;
  const [at, position] = text.split('.').map(Number) as [number, number];
  return { ordinal: at, position };
}

/** What was kept aside (Law 5): looked at, chosen from, and fetched, by people of the account. */
export function conflictRoutes(app: FastifyInstance, deps: Routed<ConflictDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const comparison = new PixelComparison();
  const noStore = { 'cache-control': 'no-store' } as const;

  routes.get(
    paths.conflicts,
    {
      config: { action: 'conflict.read' },
      schema: {
        querystring: conflictsQuery.extend({ before: ordinal.optional() }),
        response: { 200: conflictsAnswer },
      },
    },
    async (request, reply) => {
      const { state, before } = request.query;
      return reply
        .headers(noStore)
        .send(await listConflicts(ofAccount(deps, request), signedIn(request), state, before));
    },
  );
  routes.get(
    paths.studyConflict,
    {
      config: { action: 'conflict.read' },
      schema: { params: studyParams, querystring: conflictQuery, response: { 200: conflictAnswer } },
    },
    async (request, reply) => {
      const after = afterOf(request.query.after);
      const { studyId } = request.params;
      return reply
        .headers(noStore)
        .send(await showConflict(ofAccount(deps, request), comparison, signedIn(request), studyId, after));
    },
  );
  routes.post(
    paths.conflictChoices,
    {
      bodyLimit,
      config: { action: 'conflict.resolve' },
      schema: { params: studyParams, body: choiceRequest, response: { 201: choiceRow } },
    },
    async (request, reply) => {
      const { until, ...rest } = request.body;
      const choosing = { ...rest, until: Number(until) };
      const row = await choose(ofAccount(deps, request), signedIn(request), request.params.studyId, choosing);
      return reply.status(201).headers(noStore).send(row);
    },
  );
  routes.delete(
    paths.conflictChoice,
    { config: { action: 'conflict.resolve' }, schema: { params: choiceParams, response: { 200: choiceRow } } },
    async (request, reply) => {
      const { studyId, choiceId } = request.params;
      return reply
        .headers(noStore)
        .send(await undoChoice(ofAccount(deps, request), signedIn(request), studyId, choiceId));
    },
  );
  routes.post(
    paths.keptFile,
    { config: { action: 'conflict.download' }, schema: { params: studyParams, body: keptFileRequest } },
    async (request, reply) => {
      const { studyId } = request.params;
      const { bytes, pieces } = await keptFile(
        ofAccount(deps, request),
        signedIn(request),
        studyId,
        request.body.sha256,
      );
      // As it was sent, preamble and all: for a program or an archive, never to be opened by a click.
      const headers = {
        'content-type': 'application/octet-stream',
        'content-length': bytes,
        'content-disposition': 'attachment; filename="image.dcm"',
      };
      const stillTheirs = (now: Actor) =>
        conflictPlace(ofAccount(deps, { actor: now }), signedIn({ actor: now }), 'conflict.download', studyId);
      return sendPieces(request, reply, headers, whileAllowed(request, pieces, stillTheirs));
    },
  );
}
