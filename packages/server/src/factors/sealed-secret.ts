import { context } from '@symbolon/vault';
import { factorsKeyName, type KeyService } from '../keys/index.ts';

const contextOf = (userId: string, factorId: string): Uint8Array =>
  context('wrap', 'exchange', 'factor', userId, factorId);

/** Whoever has the database alone learns nobody's secret, and whoever can write to it cannot give one person that of another. */
export const sealSecret = (
  keys: KeyService,
  secret: Uint8Array,
  userId: string,
  factorId: string,
): Promise<Uint8Array> => keys.wrap(factorsKeyName, secret, contextOf(userId, factorId));

export const openSecret = (
  keys: KeyService,
  sealed: Uint8Array,
  userId: string,
  factorId: string,
): Promise<Uint8Array> => keys.unwrap(factorsKeyName, sealed, contextOf(userId, factorId));
