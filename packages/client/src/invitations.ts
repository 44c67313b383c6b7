import {
  type AcceptInvitationRequest,
  type LookAtInvitationAnswer,
  lookAtInvitationAnswer,
  paths,
  type SessionAnswer,
  sessionAnswer,
  type TokenAnswer,
  tokenAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** What stands behind an invitation; `secret` is what stands behind the `#` of its address. */
export function lookAtInvitation(exchange: Exchange, secret: string): Promise<LookAtInvitationAnswer> {
  return call(exchange, { path: paths.lookAtInvitation, json: { secret }, answer: lookAtInvitationAnswer });
}

/** Takes it up for a program. Never tried twice: it works once. */
export function acceptInvitation(
  exchange: Exchange,
  request: Omit<AcceptInvitationRequest, 'as'>,
): Promise<TokenAnswer> {
  return call(exchange, { path: paths.acceptInvitation, json: { ...request, as: 'token' }, answer: tokenAnswer });
}

/** The same in a browser, which is then signed in. */
export function acceptInvitationInBrowser(
  exchange: Exchange,
  request: Omit<AcceptInvitationRequest, 'as'>,
): Promise<SessionAnswer> {
  return call(exchange, { path: paths.acceptInvitation, json: { ...request, as: 'session' }, answer: sessionAnswer });
}
