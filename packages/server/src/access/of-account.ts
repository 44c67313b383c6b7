import type { FastifyRequest } from 'fastify';
import type { Database } from '../platform/db/database.ts';
import type { Databases } from '../platform/db/databases.ts';
import { studyReader } from './guard.ts';

/** What routes are given in place of what the work takes: two roads to the tables, of which each request goes by one. */
export type Routed<D> = Omit<D, 'database'> & { readonly databases: Databases };

type Reader<R> = { within(database: Database): R };

/**
 * What the work of a request takes: the rows of the account of who asks, and no others; also for what reads packs.
 *
 * @throws AccessError ACCESS_SIGN_IN_NEEDED
 */
export function ofAccount<D extends { readonly databases: Databases; readonly reader?: Reader<unknown> }>(
  deps: D,
  request: Pick<FastifyRequest, 'actor'>,
): D & { readonly database: Database } {
  return within(deps, studyReader(request).accountId);
}

/** The same for an account that is known otherwise, as that of a link is. */
export function within<D extends { readonly databases: Databases; readonly reader?: Reader<unknown> }>(
  deps: D,
  accountId: string,
): D & { readonly database: Database } {
  const database = deps.databases.of(accountId);
  const { reader } = deps;
  return { ...deps, database, ...(reader && { reader: reader.within(database) }) };
}
