import { randomUUID } from 'node:crypto';
import { type setupRequest, standardPasswordPolicy, type TokenAnswer } from '@symbolon/contract';
import type { z } from 'zod';
import { AccessError, type Actor, type Attempts, type Limits, networkOf } from '../access/index.ts';
import { type Audit, recordPast } from '../audit/index.ts';
import type { KeyChains } from '../keys/index.ts';
import { mustBeGood, type PasswordLists } from '../passwords/index.ts';
import type { Database } from '../platform/db/database.ts';
import { PeopleError } from './errors.ts';
import { requirePasswordChange } from './own-sessions.store.ts';
import { hashPassword } from './passwords.ts';
import { addFirstOwner, anyAccount, lockSetUp } from './people.store.ts';
import { type From, startSession } from './sessions.ts';
import type { SetupSecret } from './setup-secret.ts';
import { issueToken } from './tokens.ts';

export type SetUpDeps = PasswordLists & {
  readonly database: Database;
  readonly chains: KeyChains;
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly secret: SetupSecret;
  readonly now: () => Date;
};

/** A program goes on with a token, a browser with a session. */
export type SetUpDone = { readonly token: TokenAnswer } | { readonly session: string };

const minuteMs = 60_000;

/** Nothing over all networks together: whoever guesses must not keep the one who has the secret from using it. */
function limitsFrom(address: string): Limits {
  const network = networkOf(address);
  const own = { name: `set-up from ${network}`, tries: 20, windowMs: 15 * minuteMs };
  return { own, all: { name: `sign-in from ${network}`, tries: 200, windowMs: 15 * minuteMs } };
}

/** Makes the first account and its owner with a namespace, who is signed in at once. Works once, with the one-time secret. */
export async function setUp(
  deps: SetUpDeps,
  actor: Actor,
  input: z.output<typeof setupRequest>,
  agent: From['agent'],
): Promise<SetUpDone> {
  const refusal = { actor, action: 'account.setup', kind: 'create', outcome: 'refused' } as const;
  const refused = () => deps.audit.record(deps.database, [refusal]);
  const limits = limitsFrom(actor.address);
  await deps.attempts.take(limits).catch(async (error: unknown) => {
    if (error instanceof AccessError && error.past) await recordPast(deps.audit, deps.database, error.past, refusal);
    throw error;
  });
  if (!(await deps.secret.matches(input.secret))) {
    await refused();
    throw new PeopleError('SETUP_SECRET_WRONG', 'The set-up secret is not right, or was used already.');
  }
  await deps.attempts.giveBack(limits);
  await mustBeGood(deps, input, standardPasswordPolicy);
  const passwordHash = await hashPassword(input.password);
  const owner = { accountId: randomUUID(), userId: randomUUID(), namespaceId: randomUUID() };
  const answer = await deps.database.transaction().execute(async (trx) => {
    await lockSetUp(trx);
    if (await anyAccount(trx))
      throw new PeopleError('ACCOUNT_EXISTS_ALREADY', 'This exchange has been set up already.');
    await deps.chains.addAccount(owner.accountId);
    const [before = ''] = input.email.split('@');
    const { accountName, email, name = before } = input;
    await addFirstOwner(trx, { ...owner, accountName, email, name, passwordHash });
    if (input.changePassword) await requirePasswordChange(trx, [owner.userId]);
    const who = { accountId: owner.accountId, userId: owner.userId };
    await deps.audit.record(trx, [{ actor, ...who, action: 'account.setup', kind: 'create', outcome: 'success' }]);
    return input.as === 'session'
      ? { session: await startSession(trx, owner, { address: actor.address, agent }, deps.now()) }
      : { token: (await issueToken(trx, owner, 'made at set-up')).answer };
  });
  await deps.secret.discard();
  return answer;
}
