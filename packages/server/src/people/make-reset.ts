import { type HandedLink, pages } from '@symbolon/contract';
import { AccessError, beyondOf, decisionsOf, reachedByGrants, refuseBeyond, type SignedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { PeopleError } from './errors.ts';
import { otherAccounts } from './factor-standing.store.ts';
import type { InviteDeps } from './invite.ts';
import { replaceReset } from './mailed-link.store.ts';
import { changingAccount, mustBe, mustBeWithinReach, presentMember } from './member-change.ts';
import { hasGrants } from './membership.store.ts';
import { newOneTimeSecret } from './one-time-secret.ts';
import { ownPassword } from './own-sessions.store.ts';
import { userForSignIn } from './people.store.ts';

const hourMs = 3_600_000;

/** A new link by which somebody sets a new password: it works once, for an hour, and ends the one before. */
export async function newReset(
  { publicUrl, now }: Pick<InviteDeps, 'publicUrl' | 'now'>,
  trx: Trx,
  { userId, createdBy }: { readonly userId: string; readonly createdBy: string | null },
): Promise<{ readonly address: string; readonly expiresAt: string }> {
  const { id, digest, text } = newOneTimeSecret();
  const createdAt = now();
  const expiresAt = new Date(createdAt.getTime() + hourMs);
  // Whoever changes their password or address has this lock before they end such links: none slips in between, and nobody waits in a ring.
  await ownPassword(trx, userId);
  await replaceReset(trx, { id, digest, userId, createdBy, createdAt, expiresAt });
  return { address: `${publicUrl}${pages.reset}#${text}`, expiresAt: expiresAt.toISOString() };
}

/**
 * Has a link made for somebody who forgot their password. Where the exchange sends mails it goes to their mailbox; otherwise to
 * the administrator who asks, who could use it, and so only of a person whom nobody but this account knows.
 *
 * @throws PeopleError USER_NOT_FOUND, USER_STATE_OTHER, USER_IS_OWNER, USER_ELSEWHERE_TOO; AccessError RIGHTS_BEYOND_YOURS, ACCESS_REFUSED
 */
export function makeReset(deps: InviteDeps, asker: SignedIn, userId: string): Promise<HandedLink> {
  const { accountId } = asker;
  return changingAccount(deps, asker, 'user.reset', async ({ trx, actor }) => {
    const member = await presentMember(trx, accountId, userId);
    if (userId === actor.userId)
      throw new AccessError(
        'ACCESS_REFUSED',
        'One’s own password is changed under My security, or by “Forgotten your password?”.',
      );
    await mustBeWithinReach(trx, actor, member);
    mustBe(member, 'active');
    if (member.kind !== 'person' || member.email === null)
      throw new PeopleError('USER_STATE_OTHER', 'A program has no password.');
    if (await hasGrants(trx, accountId, member.namespaceId, deps.now()))
      refuseBeyond(beyondOf(actor, reachedByGrants(decisionsOf(member.role))));
    const mailed = deps.mail.sends;
    // Whoever takes up an invitation elsewhere has this lock, too: they are counted below, or end what is made here.
    await ownPassword(trx, userId);
    if (!mailed && member.isOwner)
      throw new PeopleError(
        'USER_IS_OWNER',
        'They own the account. Whoever runs the exchange makes their link: symbolon user reset.',
      );
    if (!mailed && (await otherAccounts(trx, userId, accountId)) > 0)
      throw new PeopleError(
        'USER_ELSEWHERE_TOO',
        'Their password opens other accounts, too. Whoever runs the exchange makes their link: symbolon user reset.',
      );
    const entry = { actor, action: 'user.reset', kind: 'create', outcome: 'success' } as const;
    await deps.audit.record(trx, [{ ...entry, detail: { user: userId, mailed } }]);
    if (!mailed) return newReset(deps, trx, { userId, createdBy: actor.userId });
    await deps.mail.tell(trx, { kind: 'password-reset', userId, accountId, about: { by: actor.userId } });
    return { mailedTo: member.email };
  });
}

/** The same from the shell of the exchange, for whom no administrator can help: anybody with a password who is active somewhere; undefined where that is nobody. */
export async function makeResetFromShell(
  deps: Pick<InviteDeps, 'publicUrl' | 'now'> & { readonly audit: Audit },
  trx: Trx,
  email: string,
): Promise<{ readonly address: string; readonly expiresAt: string } | undefined> {
  const user = await userForSignIn(trx, { email });
  if (!user) return undefined;
  await deps.audit.record(trx, [
    {
      actor: { kind: 'exchange', address: null },
      accountId: user.accountId,
      userId: user.id,
      action: 'user.reset',
      kind: 'create',
      outcome: 'success',
      detail: { user: user.id, by: 'shell' },
    },
  ]);
  return newReset(deps, trx, { userId: user.id, createdBy: null });
}
