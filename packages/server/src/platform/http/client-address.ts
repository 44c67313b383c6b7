import { isIP } from 'node:net';
import { isWithin } from '@symbolon/contract';
import type { FastifyRequest } from 'fastify';

/** Whether the word of who is at this address is taken on where a request comes from. */
export type TrustsProxy = (address: string) => boolean;

/**
 * Proxies whose `X-Forwarded-For` is believed: read from the right, each address that a trusted proxy names, up to the first that is
 * no such proxy. What stands before that anybody may have written. Undefined where none are trusted: then the header is not read.
 */
export function trustedProxies(ranges: readonly string[]): TrustsProxy | undefined {
  return ranges.length === 0 ? undefined : (address) => isWithin(address, ranges);
}

/** A trusted proxy that names something else than an address would have it stand in the audit, and counted as where somebody is. */
export function requireClientAddress(request: FastifyRequest): void {
  if (isIP(request.ip) !== 0) return;
  throw Object.assign(new Error('a trusted proxy named no address'), { statusCode: 400 });
}
