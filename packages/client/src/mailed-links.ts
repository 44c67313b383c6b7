import {
  type EmailChange,
  type EmailChangeAnswer,
  emailChangeAnswer,
  type HandedLink,
  handedLink,
  type LookAtResetAnswer,
  lookAtResetAnswer,
  type MailedAnswer,
  mailedAnswer,
  passwordResetAnswer,
  pathOf,
  paths,
  type SessionAnswer,
  sessionAnswer,
  type UseEmailChangeRequest,
  type UseResetRequest,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** Asks for a link by mail; answered alike whether somebody has that address or not. */
export async function askForPasswordReset(exchange: Exchange, email: string): Promise<void> {
  await call(exchange, { path: paths.passwordResets, json: { email }, answer: passwordResetAnswer });
}

/** Whose password the link sets; `secret` is what stands behind the `#` of its address. */
export function lookAtPasswordReset(exchange: Exchange, secret: string): Promise<LookAtResetAnswer> {
  return call(exchange, { path: paths.lookAtReset, json: { secret }, answer: lookAtResetAnswer });
}

/** Sets the new password. Never tried twice: it works once. */
export function setPasswordByLink(exchange: Exchange, request: UseResetRequest): Promise<SessionAnswer> {
  return call(exchange, { path: paths.useReset, json: request, answer: sessionAnswer });
}

/** Has a link made for somebody who forgot their password: shown once, or mailed to them. */
export function makePasswordReset(exchange: Exchange, userId: string): Promise<HandedLink> {
  return call(exchange, { method: 'POST', path: pathOf(paths.userPasswordReset, { userId }), answer: handedLink });
}

/** Asks to change one's own address: a link goes to the new one. */
export function changeOwnEmail(exchange: Exchange, change: EmailChange): Promise<MailedAnswer> {
  return call(exchange, { method: 'PUT', path: paths.myEmail, json: change, answer: mailedAnswer });
}

export function lookAtEmailChange(exchange: Exchange, secret: string): Promise<EmailChangeAnswer> {
  return call(exchange, { path: paths.lookAtEmailChange, json: { secret }, answer: emailChangeAnswer });
}

/** Proves the new address, with the password of who asked for it. Never tried twice: it works once. */
export function confirmEmailChange(exchange: Exchange, request: UseEmailChangeRequest): Promise<EmailChangeAnswer> {
  return call(exchange, { path: paths.useEmailChange, json: request, answer: emailChangeAnswer });
}
