import {
  type AccountMadeAnswer,
  type AccountRequest,
  type AccountRow,
  type AccountsAnswer,
  type AccountsQuery,
  accountMadeAnswer,
  accountRow,
  accountsAnswer,
  type HandedLink,
  handedLink,
  type MyAccountsAnswer,
  myAccountsAnswer,
  pathOf,
  paths,
  type SessionAnswer,
  sessionAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';
import { queryText } from './query-text.ts';

/** One page of the accounts of the exchange, by name; for who operates it. */
export function accounts(exchange: Exchange, query: AccountsQuery = {}, signal?: AbortSignal): Promise<AccountsAnswer> {
  return call(exchange, { path: paths.accounts + queryText(query), answer: accountsAnswer, signal });
}

/** Makes another account, and gives the address of its owner's invitation, which is shown once. */
export function createAccount(exchange: Exchange, request: AccountRequest): Promise<AccountMadeAnswer> {
  return call(exchange, { path: paths.accounts, json: request, answer: accountMadeAnswer });
}

/** A new invitation for the owner of an account who has not taken theirs up; the old one ends. */
export function inviteOwnerAgain(exchange: Exchange, accountId: string): Promise<HandedLink> {
  const path = pathOf(paths.accountInvitation, { accountId });
  return call(exchange, { method: 'POST', path, answer: handedLink });
}

/** The account in which one is. */
export function account(exchange: Exchange, signal?: AbortSignal): Promise<AccountRow> {
  return call(exchange, { path: paths.account, answer: accountRow, signal });
}

export function changeAccount(exchange: Exchange, change: { readonly name: string }): Promise<AccountRow> {
  return call(exchange, { method: 'PATCH', path: paths.account, json: change, answer: accountRow });
}

/** Gives the account to another of its administrators; only its owner can. */
export function transferAccount(exchange: Exchange, userId: string): Promise<AccountRow> {
  return call(exchange, { path: paths.accountOwner, json: { userId }, answer: accountRow });
}

/** The accounts in which one can go on. */
export function myAccounts(exchange: Exchange, signal?: AbortSignal): Promise<MyAccountsAnswer> {
  return call(exchange, { path: paths.myAccounts, answer: myAccountsAnswer, signal });
}

/** For browsers: the session goes on in another account. */
export function switchAccount(exchange: Exchange, accountId: string): Promise<SessionAnswer> {
  return call(exchange, { path: paths.sessionAccount, json: { accountId }, answer: sessionAnswer });
}
