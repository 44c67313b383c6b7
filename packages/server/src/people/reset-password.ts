import type { LookAtResetAnswer } from '@symbolon/contract';
import { AccessError, type Actor, networkOf, type Past, siteOf } from '../access/index.ts';
import { recordPast } from '../audit/index.ts';
import { nextPassword } from './change-password.ts';
import { mailMissing } from './errors.ts';
import { resetById, useLink } from './mailed-link.store.ts';
import { linkNotFound, linkOver, provenLink } from './mailed-link.ts';
import { endOpenLinks } from './open-links.ts';
import { ownPassword, replacePassword } from './own-sessions.store.ts';
import { endAllRecorded } from './own-sessions.ts';
import { userForSignIn } from './people.store.ts';
import { forgetGuesses } from './prove-password.ts';
import { endSession } from './session.store.ts';
import { type From, isLetIn, type SessionDeps, startSession } from './sessions.ts';
import { passwordPolicyOf } from './sign-in-policy.store.ts';

const minuteMs = 60_000;

/**
 * Asks for a link by mail. What is done here is the same whoever has the address, and whether anybody has it: that is looked up
 * when the mail is made.
 *
 * Law  past the limit of one address nothing more is sent to it, and nobody is told: its owner has links enough, and who asks in
 *      their place learns nothing and keeps nobody out. No limit is shared by all: whoever used it up would switch this off for
 *      everybody. What is written is bounded by where it comes from; what is sent, by the people there are.
 *
 * @throws PeopleError MAIL_NOT_SET_UP; AccessError ACCESS_TOO_MANY_TRIES  from one network, or one site of many
 */
export async function askForReset(deps: SessionDeps, actor: Actor, email: string): Promise<void> {
  if (!deps.mail.sends) throw mailMissing();
  const entry = { actor, action: 'password.reset', kind: 'execute' } as const;
  const refuse = (past: Past) => recordPast(deps.audit, deps.database, past, { ...entry, outcome: 'refused' });
  const network = networkOf(actor.address);
  const all = { name: `resets from ${network}`, tries: 30, windowMs: 15 * minuteMs };
  const own = { name: `reset of ${email} from ${network}`, tries: 10, windowMs: 15 * minuteMs };
  const site = { name: `resets from site ${siteOf(actor.address)}`, tries: 300, windowMs: 15 * minuteMs };
  const here = { own, all, others: [site] };
  await deps.attempts.take(here).catch(async (error: unknown) => {
    if (error instanceof AccessError && error.past) await refuse(error.past);
    throw error;
  });
  const ofAddress = { name: `reset of ${email}`, tries: 5, windowMs: 60 * minuteMs, everywhere: true };
  const past = await deps.attempts.count(ofAddress);
  if (past !== undefined) {
    await refuse(past);
    return;
  }
  await deps.database.transaction().execute(async (trx) => {
    await deps.mail.tell(trx, { kind: 'password-reset', about: { email } });
    await deps.audit.record(trx, [{ ...entry, outcome: 'success' }]);
  });
}

const provenReset = (
  deps: SessionDeps,
  actor: Actor,
  text: string,
  refused: (row: Reset | undefined, past?: Past) => Promise<unknown>,
): Promise<Reset> => provenLink(deps, { kind: 'reset', text, actor }, (id) => resetById(deps.database, id), refused);

type Reset = NonNullable<Awaited<ReturnType<typeof resetById>>>;

/** Whose password it sets: told to who has the link alone. */
export async function lookAtReset(deps: SessionDeps, actor: Actor, secret: string): Promise<LookAtResetAnswer> {
  const { userId, email, expiresAt } = await provenReset(deps, actor, secret, async () => {});
  return { email, expiresAt: expiresAt.toISOString(), rules: await passwordPolicyOf(deps.database, userId) };
}

/**
 * Sets a new password by a link, once. Every session of theirs ends, in all accounts; a second factor still stands: the session
 * that begins has proven none. Undefined where they may not sign in from there: the password is set all the same.
 *
 * @throws PeopleError MAILED_LINK_NOT_FOUND, MAILED_LINK_OVER, PASSWORD_TOO_WEAK; AccessError ACCESS_TOO_MANY_TRIES
 */
export async function resetPassword(
  deps: SessionDeps,
  actor: Actor,
  { secret, password }: { readonly secret: string; readonly password: string },
  agent: From['agent'],
): Promise<string | undefined> {
  const entry = { actor, action: 'password.reset', kind: 'update' } as const;
  const row = await provenReset(deps, actor, secret, async (of, past) => {
    const user = of && (await userForSignIn(deps.database, { id: of.userId }));
    const about = user && { accountId: user.accountId, userId: user.id };
    const refusal = { ...entry, ...about, outcome: 'refused' } as const;
    if (past) await recordPast(deps.audit, deps.database, past, refusal);
    else await deps.audit.record(deps.database, [refusal]);
  });
  const { userId, email, passwordHash: former } = row;
  const user = await userForSignIn(deps.database, { id: userId });
  if (!user || former === null) throw linkNotFound();
  const owner = { userId, accountId: user.accountId, namespaceId: user.namespaceId };
  const hash = await nextPassword(deps, { userId, email, former, password });
  const letIn = await isLetIn(deps.database, owner, actor.address);
  const now = deps.now();
  const session = await deps.database.transaction().execute(async (trx) => {
    // The address first, and then the link: who changes either holds the same row.
    const held = await ownPassword(trx, userId);
    if (!(await useLink(trx, 'password_resets', row.id, now)) || held?.hash !== former || held.email !== email)
      throw linkOver();
    await replacePassword(trx, userId, { former, hash, at: now });
    await endOpenLinks(trx, userId);
    const ended = await endAllRecorded(deps, trx, actor, userId);
    await deps.audit.record(trx, [
      { ...entry, accountId: owner.accountId, userId, outcome: 'success', detail: { sessions: ended } },
    ]);
    await deps.mail.tell(trx, { kind: 'password-changed', userId });
    // Whoever signs in anew leaves no session behind.
    if (actor.kind === 'person' && actor.by === 'session') await endSession(trx, actor);
    return letIn ? startSession(trx, owner, { address: actor.address, agent }, now) : undefined;
  });
  await forgetGuesses(deps.attempts, email);
  return session;
}
