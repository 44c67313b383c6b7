import { type Action, actions, provenActions } from '@symbolon/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor, LinkVisitor, SignedIn, StudyReader } from './actor.ts';
import { isDoneByOtherPage, isFromOwnPage, linkSecretIn, sessionSecretIn } from './cookies.ts';
import { AccessError, AddressRefused, proofNeeded } from './errors.ts';
import { may } from './policy.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request to this route does. A route without one does not start. */
    action?: Action;
    /** `link`: a road for who came by a link, in whose path the link stands. Everything else is for people. */
    by?: 'link';
  }
  interface FastifyRequest {
    actor: Actor;
    /** Asks again who asks and whether they may, and says who they are now; throws where that ended meanwhile. For answers that take long. */
    stillMay: () => Promise<Actor>;
  }
}

/** With what somebody shows that they opened a link, and what they want. */
export type LinkCredential = {
  readonly linkId: string;
  readonly secret: string;
  readonly address: string;
  readonly action: Action;
};

export type GuardDeps = {
  /** The actor behind a bearer token, or undefined. */
  readonly actorOfToken: (token: string, address: string) => Promise<SignedIn | undefined>;
  /** The actor behind a browser's session, or undefined where it is unknown or over; whether this is asked by the page itself, and not by a person. */
  readonly actorOfSession: (secret: string, address: string, byItself: boolean) => Promise<SignedIn | undefined>;
  /** The same by the id of the session, which may go by another secret since. */
  readonly actorOfSessionId: (id: string, address: string) => Promise<SignedIn | undefined>;
  /** Who opened this link in this browser; throws where the link is revoked or over. */
  readonly actorOfLink: (credential: LinkCredential) => Promise<LinkVisitor | undefined>;
  /** Records that somebody was turned away. */
  readonly recordRefusal: (actor: Actor, action: Action) => Promise<void>;
};

function bearer(request: FastifyRequest): string | undefined {
  const found = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '');
  return found?.[1];
}

/** Who asks. A token that is none is an error; a cookie that is none leaves a visitor, who may want to sign in anew. */
async function actorOf(deps: GuardDeps, request: FastifyRequest): Promise<Actor> {
  const visitor: Actor = { kind: 'visitor', address: request.ip };
  const { config } = request.routeOptions;
  const action = config.action as Action;
  const crossSite = async (): Promise<never> => {
    await deps.recordRefusal(visitor, action);
    throw new AccessError('ACCESS_CROSS_SITE', 'This request was made by a page that is not of this exchange.');
  };
  // What anybody may do, too: a page could sign somebody in as somebody else, who then sees what they send.
  if (request.headers.authorization === undefined && isDoneByOtherPage(request.method, request.headers))
    return crossSite();
  /** A cookie proves nothing for a page of another site; what anybody may look at, such as a page, it may all the same. */
  const proves = async (secret: string | undefined): Promise<boolean> => {
    if (secret === undefined) return false;
    if (isFromOwnPage(request.method, request.headers)) return true;
    return may(visitor, action) ? false : crossSite();
  };
  if (config.by === 'link') {
    const secret = linkSecretIn(request.headers);
    const { linkId } = request.params as { linkId?: string };
    if (linkId === undefined || !(await proves(secret))) return visitor;
    const credential = { linkId, secret: secret as string, address: request.ip, action };
    return (await deps.actorOfLink(credential)) ?? visitor;
  }
  /** From an address that is not let in nobody is anybody: a page opens, and asks to sign in. */
  const letIn = async (found: Promise<SignedIn | undefined>): Promise<SignedIn | undefined> =>
    found.catch(async (error: unknown) => {
      if (!(error instanceof AddressRefused)) throw error;
      if (request.headers.authorization === undefined && may(visitor, action)) return undefined;
      await deps.recordRefusal(error.actor, action);
      throw error;
    });
  if (request.headers.authorization !== undefined) {
    const token = bearer(request);
    const actor = token === undefined ? undefined : await letIn(deps.actorOfToken(token, request.ip));
    if (actor) return actor;
    await deps.recordRefusal(visitor, action);
    throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'The token is not known, or no longer valid.');
  }
  const secret = sessionSecretIn(request.headers);
  if (!(await proves(secret))) return visitor;
  return (await letIn(deps.actorOfSession(secret as string, request.ip, isByItself(request)))) ?? visitor;
}

/**
 * Who asked for a long answer, as they are now. A session is not asked for by its secret: whoever unlocked the screen, or showed once more that
 * it is them, goes on under another secret than this request came with.
 */
async function stillThere(deps: GuardDeps, request: FastifyRequest): Promise<Actor> {
  const { actor, ip: address } = request;
  if (actor.kind !== 'person' || actor.by !== 'session') return actorOf(deps, request);
  try {
    return (await deps.actorOfSessionId(actor.credentialId, address)) ?? { kind: 'visitor', address };
  } catch (error) {
    if (error instanceof AddressRefused)
      await deps.recordRefusal(error.actor, request.routeOptions.config.action as Action);
    throw error;
  }
}

/** Whether a page asks by itself, as it says, while nobody touches it: that keeps no session alive. */
const isByItself = ({ headers }: FastifyRequest): boolean => headers['symbolon-by-itself'] !== undefined;

/**
 * A long answer goes on behind a locked screen, and while new terms of use wait: whoever asked for it was there, and it is on no
 * screen. Whatever proves less of who that was stops it.
 */
const begunBefore = (actor: Actor): Actor =>
  actor.kind === 'person'
    ? { ...actor, steps: actor.steps.filter((step) => step !== 'unlock' && step !== 'accept-terms') }
    : actor;

/** Stands before every route: finds out who asks, and asks the policy engine whether they may. */
export function guard(app: FastifyInstance, deps: GuardDeps): void {
  app.decorateRequest('actor');
  app.decorateRequest('stillMay');
  app.addHook('onRoute', (route) => {
    const action = route.config?.action;
    if (action === undefined || !(action in actions)) {
      throw new Error(`the route ${route.method} ${route.url} declares no action`);
    }
  });
  app.addHook('onRequest', async (request) => {
    request.actor = { kind: 'visitor', address: request.ip };
    if (request.is404) return;
    const action = request.routeOptions.config.action as Action;
    request.actor = await actorOf(deps, request);
    request.stillMay = async () => {
      const now = begunBefore(await stillThere(deps, request));
      if (!may(now, action)) throw now.kind === 'person' && now.steps.length > 0 ? unfinished() : signInNeeded();
      return now;
    };
    if (may(request.actor, action)) {
      const { actor, method } = request;
      if (
        actor.kind === 'person' &&
        !actor.proven &&
        actor.steps.length === 0 &&
        method !== 'GET' &&
        provenActions.includes(action)
      )
        throw proofNeeded();
      return;
    }
    await deps.recordRefusal(request.actor, action);
    if (request.actor.kind === 'visitor') throw signInNeeded();
    if (request.actor.kind === 'person' && request.actor.steps.length > 0) throw unfinished();
    throw new AccessError(
      'ACCESS_REFUSED',
      request.actor.kind === 'link' ? 'This link does not open that.' : `Your role does not include ${action}.`,
    );
  });
}

const signInNeeded = (): AccessError =>
  new AccessError(
    'ACCESS_SIGN_IN_NEEDED',
    'This needs a sign-in: in a browser at /sign-in, or an API token (Authorization: Bearer …).',
  );

const unfinished = (): AccessError =>
  new AccessError(
    'ACCESS_SIGN_IN_UNFINISHED',
    'Something is still to be done at /sign-in before this session opens anything.',
  );

/** The signed-in person of a request that the guard let through. */
export const signedIn = ({ actor }: Pick<FastifyRequest, 'actor'>): SignedIn => {
  if (actor.kind !== 'person') throw signInNeeded();
  return actor;
};

/** Who reads a study: a person, or who came by a link. */
export const studyReader = ({ actor }: Pick<FastifyRequest, 'actor'>): StudyReader => {
  if (actor.kind === 'visitor') throw signInNeeded();
  return actor;
};
