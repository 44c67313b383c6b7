import { paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import { acceptedBy, preferred } from './accept.ts';
import { resourceAt } from './described-resources.ts';
import { capabilityTypes } from './described-routes.ts';
import { DicomWebError } from './errors.ts';
import { wadlJson, wadlXml } from './wadl.ts';

export type CapabilitiesDeps = {
  readonly publicUrl: string;
  /** The methods that are wired at an address. */
  readonly methodsAt: (url: string) => readonly string[];
};

const forms = capabilityTypes.map((type) => ({ type }));

/**
 * Retrieve Capabilities (PS3.18 §8.9): what can be asked of the root, or of a resource and of all below it. It tells of forms of
 * addresses and of nothing that is held, so that anybody may ask.
 */
export function capabilitiesRoutes(app: FastifyInstance, { publicUrl, methodsAt }: CapabilitiesDeps): void {
  const root = paths.dicomweb;
  for (const address of [root, `${root}/*`])
    app.options(address, { config: { action: 'exchange.look' } }, async (request, reply) => {
      const [asked = ''] = request.url.split('?', 1);
      const path = asked === `${root}/` ? root : asked;
      const resource = resourceAt(path.slice(root.length));
      if (resource === undefined) return reply.callNotFound();
      const form = preferred(acceptedBy(request), forms);
      if (form === undefined)
        throw new DicomWebError(
          'NOT_ACCEPTABLE',
          `Capabilities are described as ${capabilityTypes.join(' or ')}. Name one of them in Accept.`,
        );
      const spelled = form.type === 'application/json' ? wadlJson : wadlXml;
      return reply
        .headers({
          allow: methodsAt(path).join(', '),
          'cache-control': 'no-cache',
          vary: 'accept',
          'content-type': form.type,
        })
        .send(spelled(`${publicUrl}${root}/`, resource));
    });
}
