import type { EndedSessionsAnswer, OwnPasswordAnswer } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { recordPast } from '../audit/index.ts';
import { mustBeGood, PasswordTooWeak } from '../passwords/index.ts';
import { PeopleError } from './errors.ts';
import { knownDevice } from './known-devices.ts';
import { endOpenLinks } from './open-links.ts';
import { formerPasswords, ownPassword, replacePassword } from './own-sessions.store.ts';
import { endRecorded, mustBeBrowser } from './own-sessions.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { forgetGuesses, provePassword, provingLimits } from './prove-password.ts';
import { secondPasswordsOf } from './second-password.store.ts';
import { type Browser, renewSession, type SessionDeps } from './sessions.ts';
import { passwordAgeOf, passwordPolicyOf } from './sign-in-policy.store.ts';

/**
 * The hash of a password that follows the one somebody has: by the strictest rules of all accounts in which they are active, and
 * none that they had.
 *
 * Cost  one argon2id for each password that they had, of which the last 24 are kept.
 *
 * @throws PasswordTooWeak
 */
export async function nextPassword(
  deps: Pick<SessionDeps, 'database' | 'breached'>,
  {
    userId,
    email,
    former,
    password,
  }: { readonly userId: string; readonly email: string; readonly former: string; readonly password: string },
): Promise<string> {
  await mustBeGood(deps, { password, email }, await passwordPolicyOf(deps.database, userId));
  for (const one of [former, ...(await formerPasswords(deps.database, userId))])
    if (await verifyPassword(password, one)) throw new PasswordTooWeak('none that you had before');
  for (const one of await secondPasswordsOf(deps.database, userId))
    if (await verifyPassword(password, one)) throw new PasswordTooWeak('another one than your second');
  return hashPassword(password);
}

/**
 * One's own password, by who knows the one that holds. Every other session of theirs ends with it, in all accounts: whoever
 * learned the old one is out. This one goes on under a new secret: so is whoever copied the former. Tokens go on: they were not made
 * of it.
 *
 * @returns how many sessions ended, and the new secret
 * @throws PeopleError PASSWORD_WRONG; PasswordTooWeak; AccessError ACCESS_TOO_MANY_TRIES
 */
export async function changePassword(
  deps: SessionDeps,
  actor: SignedIn,
  { current, password }: { readonly current: string; readonly password: string },
  browser: Browser,
): Promise<EndedSessionsAnswer & { readonly session: string }> {
  mustBeBrowser(actor);
  const { userId } = actor;
  const found = await deps.database.transaction().execute((trx) => ownPassword(trx, userId));
  const { email, hash: former } = found ?? {};
  const entry = { actor, userId, action: 'password.change', kind: 'update' } as const;
  const refusal = { ...entry, accountId: actor.accountId, outcome: 'refused' } as const;
  const device = await knownDevice(deps.database, userId, browser);
  const proven = await provePassword(deps.attempts, {
    password: current,
    hash: former ?? undefined,
    limits: provingLimits(email ?? '', actor.address, device?.id),
    refused: ({ past }) =>
      past ? recordPast(deps.audit, deps.database, past, refusal) : deps.audit.record(deps.database, [refusal]),
  });
  if (!email || !former || !proven)
    throw new PeopleError('PASSWORD_WRONG', 'The password that you have now is not right.');
  const hash = await nextPassword(deps, { userId, email, former, password });
  return deps.database.transaction().execute(async (trx) => {
    if ((await ownPassword(trx, userId))?.hash !== former)
      throw new PeopleError('PASSWORD_WRONG', 'The password was changed meanwhile.');
    await replacePassword(trx, userId, { former, hash, at: deps.now() });
    await endOpenLinks(trx, userId);
    const ended = await endRecorded(deps, trx, actor, { allBut: actor.credentialId });
    await deps.audit.record(trx, [{ ...entry, outcome: 'success', detail: { sessions: ended } }]);
    await forgetGuesses(deps.attempts, email);
    await deps.mail.tell(trx, { kind: 'password-changed', userId });
    const session = await renewSession(trx, actor, { provenAt: deps.now() }, deps.now());
    return { ended, session };
  });
}

const dayMs = 86_400_000;

/** By what rules, and until when, one changes it: in the account that asks for it soonest. */
export async function showOwnPassword(deps: SessionDeps, actor: SignedIn): Promise<OwnPasswordAnswer> {
  mustBeBrowser(actor);
  const { email, changedAt, days } = await passwordAgeOf(deps.database, actor.userId);
  return {
    email,
    rules: await passwordPolicyOf(deps.database, actor.userId),
    changedAt: changedAt.toISOString(),
    until: days === null ? null : new Date(changedAt.getTime() + days * dayMs).toISOString(),
  };
}
