import {
  type IssuedTokenAnswer,
  type issueTokenRequest,
  maxTokenDays,
  type Permission,
  permits,
} from '@symbolon/contract';
import type { z } from 'zod';
import {
  AccessError,
  identitiesClosed,
  may,
  othersTokenBeyondOf,
  refuseBeyond,
  rightsAt,
  type SignedIn,
  type Standing,
  standingOf,
  tokenBeyondOf,
} from '../access/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { PeopleError, userNotFound } from './errors.ts';
import { shownToken } from './list-tokens.ts';
import type { Member } from './member.store.ts';
import { type ChangeDeps, changingAccount, mustBe, presentMember } from './member-change.ts';
import { type KeptToken, tokenOfAccount } from './token.store.ts';
import { issueToken } from './tokens.ts';

type Asked = z.output<typeof issueTokenRequest>;

const dayMs = 86_400_000;

/**
 * Makes a token for oneself, or for a program of the account. It is shown once.
 *
 * Law     nobody gets by a token what its maker does not have: no more rights than the maker has at this moment, and, where the
 *         maker came by a token, no longer life and no other addresses than that one; revoked with it.
 * @throws AccessError RIGHTS_BEYOND_YOURS, ACCESS_REFUSED, IDENTITIES_CLOSED
 * @throws PeopleError USER_NOT_FOUND, USER_STATE_OTHER, TOKEN_LIFE_TOO_LONG
 */
export function makeToken(deps: ChangeDeps, asker: SignedIn, userId: string, asked: Asked): Promise<IssuedTokenAnswer> {
  const { accountId } = asker;
  if (asker.identitiesClosed) throw identitiesClosed();
  return changingAccount(deps, asker, 'token.issue', async ({ trx, actor }) => {
    if (!may(actor, 'token.issue', { accountId, userId })) throw userNotFound();
    const member = await presentMember(trx, accountId, userId);
    mustBe(member, 'active');
    // What a person did must be what that person did.
    if (member.kind === 'person' && userId !== actor.userId)
      throw new AccessError(
        'ACCESS_REFUSED',
        'Tokens of a person are made by that person alone. Add a program for others.',
      );
    const expiresAt = asked.expiresAt === null ? null : new Date(asked.expiresAt);
    const maker = actor.by === 'token' ? await tokenOfAccount(trx, accountId, actor.credentialId) : undefined;
    lifeMustBeBounded(member, expiresAt, deps.now());
    if (maker) mustBeWithinToken(maker, { expiresAt, addresses: asked.addresses });
    await mustBeCovered(trx, actor, member, asked.scope);
    const { scope, addresses, label } = asked;
    const owner = { userId, accountId, namespaceId: member.namespaceId };
    const made = await issueToken(trx, owner, label, {
      ...{ expiresAt, scope, addresses, createdBy: actor.userId },
      ...(maker && { madeWith: maker.id }),
    });
    const after = { label, expiresAt: asked.expiresAt, scope, addresses };
    await deps.audit.record(trx, [
      {
        actor,
        action: 'token.issue',
        kind: 'create',
        outcome: 'success',
        detail: { user: userId, token: made.id, after },
      },
    ]);
    const kept = (await tokenOfAccount(trx, accountId, made.id)) as KeptToken;
    return { secret: made.answer.token, token: shownToken(kept, deps.now()) };
  });
}

function lifeMustBeBounded({ kind }: Member, expiresAt: Date | null, now: Date): void {
  if (expiresAt !== null && expiresAt <= now) throw tooLong('It would be over already.');
  if (kind === 'service') return;
  if (expiresAt === null || expiresAt.getTime() > now.getTime() + maxTokenDays * dayMs)
    throw tooLong(`A token of a person ends within ${maxTokenDays} days.`);
}

const tooLong = (message: string): PeopleError => new PeopleError('TOKEN_LIFE_TOO_LONG', message);

/** What a token makes ends with it, and is used from where it is. */
function mustBeWithinToken(
  maker: KeptToken,
  made: { readonly expiresAt: Date | null; readonly addresses: readonly string[] },
): void {
  if (maker.expiresAt !== null && (made.expiresAt === null || made.expiresAt > maker.expiresAt))
    throw tooLong('A token that is made with a token ends with it at the latest.');
  if (maker.addresses.length === 0) return;
  if (made.addresses.length === 0 || made.addresses.some((one) => !maker.addresses.includes(one)))
    throw new AccessError(
      'RIGHTS_BEYOND_YOURS',
      'A token that is made with a token can be used from addresses of that one only; name some of them.',
    );
}

async function mustBeCovered(trx: Trx, actor: SignedIn, holder: Member, scope: readonly Permission[] | null) {
  const standing = (await standingOf(trx, actor.accountId, holder.id)) as Standing;
  const all = rightsAt(standing, null, undefined);
  const missing = scope?.find((name) => ![all.account, ...all.groups.values()].some((some) => permits(some, name)));
  if (missing !== undefined) throw new AccessError('RIGHTS_BEYOND_YOURS', `Its holder does not have ${missing}.`);
  // What a role in a group gives from some addresses only, it gives to either token from there.
  if (holder.id === actor.userId) refuseBeyond(tokenBeyondOf(actor, rightsAt(standing, scope, actor.address)));
  else refuseBeyond(othersTokenBeyondOf(actor, rightsAt(standing, scope, undefined)));
}
