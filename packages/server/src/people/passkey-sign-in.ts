import type { passkeySignIn } from '@symbolon/contract';
import type { z } from 'zod';
import { type Actor, admits, standingOf } from '../access/index.ts';
import { checkPasskey, FactorError, takePasskey } from '../factors/index.ts';
import { userForSignIn } from './people.store.ts';
import type { ProvingDeps } from './prove-second-factor.ts';
import { endSession } from './session.store.ts';
import { type Browser, startSession } from './sessions.ts';

/**
 * A session by a passkey alone. It proves both: that somebody holds it, and, since the device verified them, that it is they. No
 * password is looked at, so no tries at one stand in the way.
 *
 * @throws FactorError FACTOR_WRONG  each refusal is audited
 */
export async function signInWithPasskey(
  deps: ProvingDeps,
  actor: Actor,
  input: z.output<typeof passkeySignIn>,
  { agent }: Browser,
): Promise<string> {
  const entry = { actor, action: 'session.create', kind: 'create' } as const;
  let concerning: { accountId?: string; userId?: string } = {};
  try {
    const passkey = await checkPasskey(deps, null, input);
    const user = await userForSignIn(deps.database, { id: passkey.userId });
    const refused = new FactorError('FACTOR_WRONG', 'The passkey was not accepted. Try again, or another one.');
    if (user === undefined) throw refused;
    const { id: userId, accountId, namespaceId } = user;
    concerning = { accountId, userId };
    const standing = await standingOf(deps.database, accountId, userId);
    if (![standing?.accountAddresses, standing?.role.addresses].every((list) => admits(list ?? [], actor.address)))
      throw new FactorError('FACTOR_WRONG', refused.message, { address: 'refused' });
    const now = deps.now();
    return await deps.database.transaction().execute(async (trx) => {
      await takePasskey(trx, passkey, now);
      if (actor.kind === 'person' && actor.by === 'session') await endSession(trx, actor);
      const owner = { userId, accountId, namespaceId };
      const secret = await startSession(trx, owner, { address: actor.address, agent }, now, { factor: 'passkey' });
      const detail = { by: 'passkey' };
      await deps.audit.record(trx, [{ ...entry, ...concerning, outcome: 'success', detail }]);
      return secret;
    });
  } catch (error) {
    if (error instanceof FactorError) {
      const detail = { by: 'passkey', ...error.found };
      await deps.audit.record(deps.database, [{ ...entry, ...concerning, outcome: 'refused', detail }]);
    }
    throw error;
  }
}
