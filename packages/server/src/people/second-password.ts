import type { UserRow } from '@symbolon/contract';
import { AccessError, type Limits, networkOf, type SignedIn } from '../access/index.ts';
import { mustBeGood, PasswordTooWeak } from '../passwords/index.ts';
import { changing } from './change-member.ts';
import { PeopleError } from './errors.ts';
import { type ChangeDeps, recorded } from './member-change.ts';
import { mustBeBrowser } from './own-sessions.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { mustKnowPassword } from './prove-again.ts';
import { provePassword } from './prove-password.ts';
import { closeIdentitiesOf, replaceSecondPassword, secondPassword } from './second-password.store.ts';
import { type Browser, renewSession, type SessionDeps } from './sessions.ts';
import { passwordPolicyOf } from './sign-in-policy.store.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How long identities stay open; a locked screen closes them sooner. */
const openMs = 60 * minuteMs;

/** Tries at one person's second password from one place: whoever gets there knows the first one. Nobody else uses them up. */
function limitsOf({ accountId, userId, address }: SignedIn): Limits {
  const network = networkOf(address);
  const own = { name: `second password ${accountId} ${userId} from ${network}`, tries: 10, windowMs: 15 * minuteMs };
  return { own, all: { name: `second passwords of ${accountId} ${userId} in a day`, tries: 100, windowMs: dayMs } };
}

/** @throws PeopleError SECOND_PASSWORD_WRONG  also where there is none; AccessError ACCESS_TOO_MANY_TRIES */
async function mustKnowSecond(
  deps: SessionDeps,
  actor: SignedIn,
  password: string,
  action: 'identity.open' | 'identity.protect',
): Promise<void> {
  const hash = (await secondPassword(deps.database, actor)) ?? undefined;
  const limits = limitsOf(actor);
  const refused = () => deps.audit.record(deps.database, [{ actor, action, kind: 'update', outcome: 'refused' }]);
  if (await provePassword(deps.attempts, { password, hash, limits, refused })) return;
  throw new PeopleError('SECOND_PASSWORD_WRONG', 'The second password is not right.');
}

/** Opens identities in this session, which goes on under the secret that this gives. */
export async function openIdentities(deps: SessionDeps, actor: SignedIn, password: string): Promise<string> {
  mustBeBrowser(actor);
  await mustKnowSecond(deps, actor, password, 'identity.open');
  return opened(deps, actor, 'identity.open');
}

async function opened(
  deps: SessionDeps,
  actor: SignedIn,
  action: 'identity.open' | 'identity.protect',
  change?: { readonly former: string | null; readonly hash: string },
): Promise<string> {
  const now = deps.now();
  return deps.database.transaction().execute(async (trx) => {
    if (change !== undefined && !(await replaceSecondPassword(trx, actor, change)))
      throw new PeopleError('SECOND_PASSWORD_WRONG', 'The second password was changed meanwhile.');
    const identitiesUntil = new Date(now.getTime() + openMs);
    const secret = await renewSession(trx, actor, { identitiesUntil }, now);
    await deps.audit.record(trx, [{ actor, action, kind: 'update', outcome: 'success' }]);
    return secret;
  });
}

export async function closeIdentities(deps: SessionDeps, actor: SignedIn): Promise<void> {
  mustBeBrowser(actor);
  await deps.database.transaction().execute(async (trx) => {
    await closeIdentitiesOf(trx, actor.credentialId);
    await deps.audit.record(trx, [{ actor, action: 'identity.close', kind: 'update', outcome: 'success' }]);
  });
}

/**
 * Chooses one's second password in this account, and opens identities with it. Where there is one already, only who knows it
 * chooses another: the first password alone opens nothing.
 *
 * @throws PeopleError PASSWORD_WRONG, SECOND_PASSWORD_WRONG; PasswordTooWeak; AccessError ACCESS_TOO_MANY_TRIES
 */
export async function chooseSecondPassword(
  deps: SessionDeps,
  actor: SignedIn,
  input: { readonly current: string; readonly former?: string | undefined; readonly password: string },
  browser: Browser,
): Promise<string> {
  const { email, hash: first } = await mustKnowPassword(
    deps,
    actor,
    { password: input.current, browser },
    'identity.protect',
  );
  const former = await secondPassword(deps.database, actor);
  if (former !== null) await mustKnowSecond(deps, actor, input.former ?? '', 'identity.protect');
  await mustBeGood(deps, { password: input.password, email }, await passwordPolicyOf(deps.database, actor.userId));
  if (await verifyPassword(input.password, first)) throw new PasswordTooWeak('another one than the first');
  return opened(deps, actor, 'identity.protect', { former, hash: await hashPassword(input.password) });
}

/** Clears the second password of somebody who forgot it: they choose another, and until then see no identities. Never one's own. */
export function clearSecondPassword(deps: ChangeDeps, asker: SignedIn, userId: string): Promise<UserRow> {
  return changing(deps, asker, 'identity.clear', userId, async (trx, _, actor) => {
    if (userId === actor.userId)
      throw new AccessError(
        'ACCESS_REFUSED',
        'Another administrator clears yours: the first password alone opens nothing.',
      );
    const { accountId } = actor;
    const former = await secondPassword(trx, { accountId, userId });
    await replaceSecondPassword(trx, { accountId, userId }, { former, hash: null });
    const change = { before: { secondPassword: former !== null }, after: { secondPassword: false } };
    return recorded(deps, trx, actor, { action: 'identity.clear', kind: 'update', userId, ...change });
  });
}
