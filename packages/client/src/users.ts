import {
  type InvitedAnswer,
  invitedAnswer,
  pathOf,
  paths,
  type ServiceRequest,
  type UserCard,
  type UserRequest,
  type UserRow,
  type UsersAnswer,
  type UsersQuery,
  userCard,
  userRow,
  usersAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';
import { queryText } from './query-text.ts';

/** One page of the people and programs of the account, by name. */
export function users(exchange: Exchange, query: UsersQuery = {}, signal?: AbortSignal): Promise<UsersAnswer> {
  return call(exchange, { path: paths.users + queryText(query), answer: usersAnswer, signal });
}

/** All of them, those too who were removed: for what names people from long ago. */
export async function everyUser(exchange: Exchange, signal?: AbortSignal): Promise<readonly UserRow[]> {
  const all: UserRow[] = [];
  for (const state of [undefined, 'removed'] as const) {
    for (let before: string | undefined; ; ) {
      const page = await users(exchange, { state, before, limit: 200 }, signal);
      all.push(...page.users);
      if (page.next === null) break;
      before = page.next;
    }
  }
  return all;
}

export function user(exchange: Exchange, userId: string, signal?: AbortSignal): Promise<UserCard> {
  return call(exchange, { path: pathOf(paths.user, { userId }), answer: userCard, signal });
}

/** Adds a person, and gives the address of their invitation, which is shown once. */
export function createUser(exchange: Exchange, request: UserRequest): Promise<InvitedAnswer> {
  return call(exchange, { path: paths.users, json: request, answer: invitedAnswer });
}

/** Adds a program. */
export function createService(exchange: Exchange, request: ServiceRequest): Promise<UserRow> {
  return call(exchange, { path: paths.services, json: request, answer: userRow });
}

/** A new invitation; the old one ends. */
export function inviteAgain(exchange: Exchange, userId: string): Promise<InvitedAnswer> {
  return call(exchange, { method: 'POST', path: pathOf(paths.userInvitation, { userId }), answer: invitedAnswer });
}

export function changeUser(exchange: Exchange, userId: string, change: { readonly name: string }): Promise<UserRow> {
  return call(exchange, { method: 'PATCH', path: pathOf(paths.user, { userId }), json: change, answer: userRow });
}

/** From the next request on nothing that they have opens anything: their sessions end, their tokens rest. */
export function suspendUser(exchange: Exchange, userId: string): Promise<UserRow> {
  return call(exchange, { method: 'POST', path: pathOf(paths.userSuspension, { userId }), answer: userRow });
}

/** From their next request on they choose a new password before they go on. */
export function requirePasswordChange(exchange: Exchange, userId: string): Promise<UserRow> {
  return call(exchange, { method: 'POST', path: pathOf(paths.userPasswordChange, { userId }), answer: userRow });
}

/** Clears the second password of somebody who forgot it. */
export function clearSecondPassword(exchange: Exchange, userId: string): Promise<UserRow> {
  return call(exchange, { method: 'DELETE', path: pathOf(paths.userSecondPassword, { userId }), answer: userRow });
}

/** Ends a suspension. */
export function letUserIn(exchange: Exchange, userId: string): Promise<UserRow> {
  return call(exchange, { method: 'DELETE', path: pathOf(paths.userSuspension, { userId }), answer: userRow });
}

/** Takes somebody out of the account, or oneself. What they did stays in the audit, what they sent in the account. */
export function removeUser(exchange: Exchange, userId: string): Promise<UserRow> {
  return call(exchange, { method: 'DELETE', path: pathOf(paths.user, { userId }), answer: userRow });
}

export function assignRole(exchange: Exchange, userId: string, roleId: string): Promise<UserRow> {
  return call(exchange, { method: 'PUT', path: pathOf(paths.userRole, { userId }), json: { roleId }, answer: userRow });
}
