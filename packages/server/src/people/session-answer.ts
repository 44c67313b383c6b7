import { type Action, actions, type MeAnswer, type SessionAnswer } from '@symbolon/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AccessError,
  type Actor,
  deviceCookieOf,
  deviceSecretIn,
  may,
  type SignedIn,
  sessionCookieOf,
} from '../access/index.ts';
import { recoveryCodesOf } from '../factors/index.ts';
import { deviceOf } from './device.ts';
import { factorKindsOf } from './factor-standing.store.ts';
import { trustDaysOf } from './factor-standing.ts';
import { rememberDevice, trustBrowser } from './known-devices.ts';
import { anyAccount, profileOf } from './people.store.ts';
import { sessionFacts } from './session.store.ts';
import { actorOfSession, type Browser, type SessionDeps } from './sessions.ts';

const actionNames = Object.keys(actions) as Action[];

export async function profile(deps: Pick<SessionDeps, 'database'>, actor: SignedIn): Promise<MeAnswer> {
  const { userId, accountId, role } = actor;
  const found = await profileOf(deps.database, userId, accountId);
  if (!found) throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'You are no longer a member of this account.');
  return { userId, accountId, role, ...found, permissions: actionNames.filter((action) => may(actor, action)) };
}

/** With what they can show that it is they. */
async function waysOf({ database }: Pick<SessionDeps, 'database'>, { userId }: SignedIn) {
  const codes = await recoveryCodesOf(database, userId);
  const trustDays = await trustDaysOf(database, userId);
  return { ...(await factorKindsOf(database, userId)), recoveryCodes: (codes?.left ?? 0) > 0, trustDays };
}

/** What the page has to know of its session: when it locks itself, and whether identities are open. */
async function factsOf(
  { database, now }: Pick<SessionDeps, 'database' | 'now'>,
  { by, credentialId }: SignedIn,
): Promise<Partial<SessionAnswer>> {
  const facts = by === 'session' ? await sessionFacts(database, credentialId) : undefined;
  if (facts === undefined) return {};
  const { lockMinutes, secondPassword } = facts.policy;
  const until = facts.identitiesUntil !== null && facts.identitiesUntil > now() ? facts.identitiesUntil : null;
  const state = until !== null ? 'open' : facts.hasSecondPassword ? 'closed' : 'unset';
  return {
    ...(lockMinutes !== null && { lockMinutes }),
    ...(secondPassword && { identities: { state, until: until?.toISOString() ?? null } }),
  };
}

/** How somebody stands: who they are, or what is still to be done. */
export async function stateOf(deps: Pick<SessionDeps, 'database' | 'now'>, actor: Actor): Promise<SessionAnswer> {
  if (actor.kind === 'person' && actor.steps.length > 0) {
    const unfinished: SessionAnswer = { state: 'unfinished', me: null, steps: [...actor.steps] };
    return actor.steps[0] === 'second-factor' ? { ...unfinished, secondFactor: await waysOf(deps, actor) } : unfinished;
  }
  if (actor.kind === 'person')
    return { state: 'signed in', me: await profile(deps, actor), ...(await factsOf(deps, actor)) };
  return { state: (await anyAccount(deps.database)) ? 'signed out' : 'unclaimed', me: null };
}

/** What a browser is known by, of a request. */
export const browserOf = (request: FastifyRequest): Browser => ({
  agent: request.headers['user-agent'] ?? '',
  device: deviceSecretIn(request.headers),
});

/**
 * What the page is told of a session that began a moment ago. The cookies carry the secrets: that of the session, and, where a
 * second factor is not or no longer to be shown, that by which the browser is known from now on.
 */
export async function begunSession(
  deps: SessionDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
  { trust = false }: { readonly trust?: boolean } = {},
): Promise<SessionAnswer> {
  const actor = await actorOfSession(deps, { secret }, request.ip);
  const cookies = [sessionCookieOf(secret)];
  if (actor && !actor.steps.includes('second-factor')) {
    const from = { ...browserOf(request), address: request.ip };
    const device = await deps.database.transaction().execute(async (trx) => {
      const remembered = await rememberDevice(trx, actor.userId, from, deps.now());
      const about = { device: deviceOf(from.agent), address: from.address };
      if (remembered.isNew) await deps.mail.tell(trx, { kind: 'new-device', userId: actor.userId, about });
      if (trust) await trustBrowser(trx, actor.userId, remembered.secret, deps.now());
      return remembered;
    });
    cookies.push(deviceCookieOf(device.secret));
  }
  reply.status(201).header('cache-control', 'no-store').header('set-cookie', cookies);
  return stateOf(deps, actor ?? { kind: 'visitor', address: request.ip });
}
