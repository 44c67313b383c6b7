import { erasure, erasureGround, pathOf, paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed } from '../access/index.ts';
import { receiverOf } from '../platform/http/taken.ts';
import { type DeleteDeps, erasePath } from './delete.ts';
import type { Params } from './selection.ts';

/** As OpenAPI and capabilities have it: UIDs are checked where they are looked for, as on every road of DICOMweb. */
const params = z.custom<Params>();
const querystring = z.object({ ground: erasureGround.default('other') });

/** Delete, an extension: of a study, a series or an instance, by an erasure. */
export function deleteRoutes(app: FastifyInstance, routed: Routed<DeleteDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const study = `${paths.dicomweb}/studies/:study`;
  for (const resource of [study, `${study}/series/:series`, `${study}/series/:series/instances/:instance`])
    routes.delete(
      resource,
      { config: { action: 'study.erase' }, schema: { params, querystring, response: { 202: erasure } } },
      async (request, reply) => {
        const deps = ofAccount(routed, request);
        const begun = await erasePath(deps, request, request.query.ground, receiverOf(reply).signal);
        return reply
          .status(202)
          .headers({
            'cache-control': 'no-store',
            location: `${deps.publicUrl}${pathOf(paths.erasure, { erasureId: begun.id })}`,
          })
          .send(begun);
      },
    );
}
