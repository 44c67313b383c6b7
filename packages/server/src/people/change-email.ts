import type { EmailChangeAnswer, MailedAnswer } from '@symbolon/contract';
import { AccessError, type Actor, type Past, type SignedIn } from '../access/index.ts';
import { recordPast } from '../audit/index.ts';
import { accountsWith, changeEmail } from './address-change.store.ts';
import { mailMissing, PeopleError } from './errors.ts';
import { knownDevice } from './known-devices.ts';
import { addressChangeById, endLinksOf, useLink } from './mailed-link.store.ts';
import { linkOver, provenLink } from './mailed-link.ts';
import { ownPassword } from './own-sessions.store.ts';
import { mustBeBrowser } from './own-sessions.ts';
import { doorLimits, provePassword, provingLimits } from './prove-password.ts';
import type { Browser, SessionDeps } from './sessions.ts';

const hourMs = 3_600_000;

/**
 * Asks to change one's own address, with the password: a link goes to the new one, and the old one is told. Nothing is changed
 * until the link is used. Whether somebody else has the new address is not said here: its owner is told by the link.
 *
 * @throws PeopleError MAIL_NOT_SET_UP, PASSWORD_WRONG; AccessError ACCESS_TOO_MANY_TRIES
 */
export async function askToChangeEmail(
  deps: SessionDeps,
  actor: SignedIn,
  { current, email }: { readonly current: string; readonly email: string },
  browser: Browser,
): Promise<MailedAnswer> {
  mustBeBrowser(actor);
  if (!deps.mail.sends) throw mailMissing();
  const { userId } = actor;
  const own = await deps.database.transaction().execute((trx) => ownPassword(trx, userId));
  const entry = { actor, userId, action: 'email.change', kind: 'update' } as const;
  const refusal = { ...entry, outcome: 'refused' } as const;
  const refuse = (past?: Past): Promise<unknown> =>
    past ? recordPast(deps.audit, deps.database, past, refusal) : deps.audit.record(deps.database, [refusal]);
  const device = await knownDevice(deps.database, userId, browser);
  const proven = await provePassword(deps.attempts, {
    password: current,
    hash: own?.hash ?? undefined,
    limits: provingLimits(own?.email ?? '', actor.address, device?.id),
    refused: ({ past }) => refuse(past),
  });
  if (!own?.email || !proven) throw new PeopleError('PASSWORD_WRONG', 'The password that you have now is not right.');
  // Mails to strangers, by who is signed in.
  const limit = { name: `address changes of ${userId}`, tries: 10, windowMs: hourMs };
  await deps.attempts
    .take({ own: limit, all: { ...limit, name: 'address changes', tries: 2000 } })
    .catch(async (error: unknown) => {
      if (error instanceof AccessError) await refuse(error.past);
      throw error;
    });
  await deps.database.transaction().execute(async (trx) => {
    await deps.mail.tell(trx, { kind: 'address-change', userId, about: { to: email } });
    await deps.mail.tell(trx, { kind: 'address-change-asked', userId, about: { email } });
    await deps.audit.record(trx, [{ ...entry, outcome: 'success', detail: { after: { email } } }]);
  });
  return { mailedTo: email };
}

type Change = NonNullable<Awaited<ReturnType<typeof addressChangeById>>>;

const provenChange = (
  deps: SessionDeps,
  actor: Actor,
  text: string,
  refused: (row: Change | undefined, past?: Past) => Promise<unknown>,
): Promise<Change> =>
  provenLink(deps, { kind: 'address change', text, actor }, (id) => addressChangeById(deps.database, id), refused);

export async function lookAtEmailChange(deps: SessionDeps, actor: Actor, secret: string): Promise<EmailChangeAnswer> {
  const { email, expiresAt } = await provenChange(deps, actor, secret, async () => {});
  return { email, expiresAt: expiresAt.toISOString() };
}

/**
 * Proves the new address by the link that was mailed to it: from now on they sign in with that one. Links for a new password
 * that the old mailbox holds end, and it is told.
 *
 * Law  the link alone changes nothing: an address that was mistyped is somebody else's mailbox, and a new password would go there
 *      next. So it takes the password as well, with the limits of a sign-in; a wrong one leaves the link as it is.
 *
 * @throws PeopleError MAILED_LINK_NOT_FOUND, MAILED_LINK_OVER, PASSWORD_WRONG, EMAIL_TAKEN; AccessError ACCESS_TOO_MANY_TRIES
 */
export async function confirmEmail(
  deps: SessionDeps,
  actor: Actor,
  { secret, password }: { readonly secret: string; readonly password: string },
  browser: Browser,
): Promise<EmailChangeAnswer> {
  const entry = { actor, action: 'email.confirm', kind: 'update' } as const;
  const refusal = { ...entry, outcome: 'refused' } as const;
  const { id, userId, email, expiresAt } = await provenChange(deps, actor, secret, (_, past) =>
    past ? recordPast(deps.audit, deps.database, past, refusal) : deps.audit.record(deps.database, [refusal]),
  );
  const own = await deps.database.transaction().execute((trx) => ownPassword(trx, userId));
  const [accountId] = await accountsWith(deps.database, userId);
  const about = { ...refusal, userId, ...(accountId !== undefined && { accountId }) };
  const device = await knownDevice(deps.database, userId, browser);
  const proven = await provePassword(deps.attempts, {
    password,
    hash: own?.hash ?? undefined,
    limits: doorLimits(own?.email ?? '', actor.address, device?.id),
    refused: ({ past }) =>
      past ? recordPast(deps.audit, deps.database, past, about) : deps.audit.record(deps.database, [about]),
  });
  if (!proven) throw new PeopleError('PASSWORD_WRONG', 'The password of who asked for this address is not right.');
  await deps.database.transaction().execute(async (trx) => {
    // Whoever has another password or address since then has no such link any more.
    await ownPassword(trx, userId);
    if (!(await useLink(trx, 'address_changes', id, deps.now()))) throw linkOver();
    const before = await changeEmail(trx, userId, email).catch((error: unknown) => {
      if ((error as { code?: string }).code === uniqueViolation) return undefined;
      throw error;
    });
    if (before === undefined)
      throw new PeopleError('EMAIL_TAKEN', 'Somebody signs in with this address on this exchange already.');
    await endLinksOf(trx, 'password_resets', userId);
    await deps.audit.record(
      trx,
      (await accountsWith(trx, userId)).map((accountId) => ({
        ...entry,
        accountId,
        userId,
        outcome: 'success',
        detail: { before: { email: before }, after: { email } },
      })),
    );
    await deps.mail.tell(trx, { kind: 'address-changed', userId, about: { to: before, email } });
  });
  return { email, expiresAt: expiresAt.toISOString() };
}

const uniqueViolation = '23505';
