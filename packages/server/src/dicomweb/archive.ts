import type { FastifyReply } from 'fastify';
import { AccessError, may, signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { archived, archiveHeaders } from '../studies/index.ts';
import { type Asked, type RetrieveDeps, recordReading, select, watching } from './selection.ts';

const action = 'study.download';

/**
 * A study or a series as one zip with its DICOMDIR: what people get from the page of a study, with the same permission.
 *
 * @throws AccessError ACCESS_REFUSED  of who may look at files, and not take them away; that is on record
 */
export async function archive(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const actor = signedIn(request);
  if (!may(actor, action)) {
    await deps.audit.record(deps.database, [{ actor, action, kind: 'execute', outcome: 'refused' }]);
    throw new AccessError('ACCESS_REFUSED', `A zip is a download: your role does not include ${action}.`);
  }
  const selection = await select(deps, request, { doing: action });
  await recordReading(deps, request, selection);
  const pieces = archived(deps, selection.parts);
  return sendPieces(request, reply, archiveHeaders, watching(deps, request, selection)(pieces));
}
