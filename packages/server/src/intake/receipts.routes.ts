import { createHash } from 'node:crypto';
import { heldAnswer, heldRequest, paths, receiptAnswer, receiptKeyAnswer, receiptRequest } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { receiptKeyName } from '../keys/index.ts';
import { heldAmong } from './held.ts';
import { createReceipt, type ReceiptDeps } from './receipts.ts';

/** A receipt for 200,000 files is 13 MB of digests. */
const bodyLimit = 16 * 1024 * 1024;

export function receiptRoutes(app: FastifyInstance, deps: Routed<ReceiptDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    paths.held,
    { bodyLimit, config: { action: 'instance.held' }, schema: { body: heldRequest, response: { 200: heldAnswer } } },
    async (request) => {
      const actor = signedIn(request);
      const held = [...(await heldAmong(ofAccount(deps, request), actor, request.body.sha256)).keys()];
      const detail = { asked: request.body.sha256.length, held: held.length };
      await deps.audit.record(deps.databases.of(actor.accountId), [
        { actor, action: 'instance.held', kind: 'read', outcome: 'success', detail },
      ]);
      return { held };
    },
  );

  routes.post(
    paths.receipts,
    {
      bodyLimit,
      config: { action: 'receipt.create' },
      schema: { body: receiptRequest, response: { 201: receiptAnswer } },
    },
    async (request, reply) =>
      reply.status(201).send(await createReceipt(ofAccount(deps, request), signedIn(request), request.body)),
  );

  routes.get(
    paths.receiptKey,
    { config: { action: 'exchange.look' }, schema: { response: { 200: receiptKeyAnswer } } },
    async () => {
      const key = await deps.keyService.publicKey(receiptKeyName);
      return {
        publicKey: Buffer.from(key).toString('base64'),
        fingerprint: createHash('sha256').update(key).digest('hex'),
      };
    },
  );
}
